/**
 * How the facade's requests travel over the socket: one JSON document per line, versioned, both ways bounded. What comes in
 * is read by hand into a request or refused; nothing else of it is used.
 */
import { alertRequestOf } from "./alert-requests.ts";
import { ControlError, type ControlFailure, type ControlRequest, type JournalFilter } from "./control.ts";
import { type FollowerShare, type OwnerCommand, STOP_MODES } from "./owner-commands.ts";

export const PROTOCOL_VERSION = 1;
export const REQUEST_BYTES_MAX = 64 * 1024;
/** A status of a thousand followers with a hundred instruments each is about 20 MB. */
export const ANSWER_BYTES_MAX = 128 * 1024 * 1024;

export interface WireRequest {
  readonly version: number;
  readonly id: number;
  readonly request: ControlRequest;
}

export type WireAnswer =
  | { readonly version: number; readonly id: number; readonly answer: unknown }
  | {
      readonly version: number;
      readonly id: number;
      readonly error: { readonly kind: ControlFailure; readonly message: string };
    };

/** Splits a stream of bytes into lines; throws a ControlError when one is longer than `bytesMax`. */
export class LineReader {
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that `chunk` completes, without their ends. */
  take(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let rest = chunk;
    for (let end = rest.indexOf(NEW_LINE); end >= 0; end = rest.indexOf(NEW_LINE)) {
      this.#add(rest.subarray(0, end));
      lines.push(Buffer.concat(this.#parts).toString("utf8"));
      this.#parts = [];
      this.#bytes = 0;
      rest = rest.subarray(end + 1);
    }
    this.#add(rest);
    return lines;
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes > this.#bytesMax) {
      throw new ControlError("bad-request", `a message is longer than ${this.#bytesMax} bytes`);
    }
    this.#parts.push(part);
  }
}

const NEW_LINE = 0x0a;
const SHOWN_CHARACTERS_MAX = 100;

/** The request on a line, or why it is none; `id` is -1 when it cannot be told. */
export function parseRequest(
  line: string,
):
  | { readonly id: number; readonly request: ControlRequest }
  | { readonly id: number; readonly error: ControlError } {
  let id = -1;
  try {
    const message = recordOf(parseJson(line), "a message");
    if (typeof message.id === "number") id = message.id;
    if (message.version !== PROTOCOL_VERSION) throw otherVersion(message.version);
    return { id, request: requestOf(recordOf(message.request, "request")) };
  } catch (error) {
    if (error instanceof ControlError) return { id, error };
    throw error;
  }
}

export function parseAnswer(line: string): WireAnswer {
  const message = recordOf(parseJson(line), "an answer");
  if (message.version !== PROTOCOL_VERSION) throw otherVersion(message.version);
  const id = typeof message.id === "number" ? message.id : -1;
  if (message.error === undefined) return { version: PROTOCOL_VERSION, id, answer: message.answer };
  const error = recordOf(message.error, "error");
  const kind = FAILURES.find((known) => known === error.kind) ?? "failure";
  const words = typeof error.message === "string" ? error.message : shown(error.message);
  return { version: PROTOCOL_VERSION, id, error: { kind, message: words } };
}

const FAILURES: readonly ControlFailure[] = [
  "bad-request",
  "unknown-follower",
  "unknown-leader",
  "unknown-relation",
  "unknown-proposal",
  "unknown-alert",
  "bad-settings",
  "conflict",
  "nothing-to-close",
  "not-running",
  "starting",
  "unreachable",
  "version",
  "failure",
];

function requestOf(raw: Readonly<Record<string, unknown>>): ControlRequest {
  switch (raw.kind) {
    case "status":
    case "parity":
    case "rebuild":
    case "allocations":
    case "proposals":
      return { kind: raw.kind };
    case "health":
      return { kind: "health", history: raw.history === true };
    case "explain":
      return { kind: "explain", ...optionalText(raw, "follower"), ...optionalText(raw, "symbol") };
    case "preview":
      return { kind: "preview", command: ownerCommandOf(recordOf(raw.command, "command")) };
    case "preview-close":
      return { kind: raw.kind, follower: text(raw, "follower"), ...optionalText(raw, "symbol") };
    case "limits":
    case "changeable-settings":
      return { kind: raw.kind, ...optionalText(raw, "follower") };
    case "holdings":
      return { kind: raw.kind, ...optionalText(raw, "follower"), ...optionalText(raw, "leader") };
    case "capital":
      return { kind: "capital", leader: text(raw, "leader"), ...optionalText(raw, "follower") };
    case "journal":
      return { kind: "journal", filter: filterOf(recordOf(raw.filter, "filter")) };
    default:
      return alertRequestOf(raw) ?? ownerCommandOf(raw);
  }
}

function ownerCommandOf(raw: Readonly<Record<string, unknown>>): OwnerCommand {
  switch (raw.kind) {
    case "pause":
    case "resume":
      return { kind: raw.kind, ...optionalText(raw, "follower") };
    case "panic":
      return { kind: raw.kind, ...optionalText(raw, "follower"), ...optionalText(raw, "leader") };
    case "close":
      return { kind: "close", follower: text(raw, "follower"), ...optionalText(raw, "symbol") };
    case "copy":
      return { kind: "copy", ...relationOf(raw), ...settingsOf(raw) };
    case "uncopy":
      return {
        kind: "uncopy",
        ...relationOf(raw),
        ...stopModeOf(raw.stopMode),
        ...optionalText(raw, "expected"),
      };
    case "rebalance":
      return { kind: "rebalance", follower: text(raw, "follower"), shares: sharesOf(raw.shares) };
    case "settings":
      return { kind: raw.kind, follower: text(raw, "follower"), ...settingsOf(raw) };
    case "portfolio-settings":
    case "alert-settings":
      return { kind: raw.kind, ...settingsOf(raw) };
    case "release":
      return {
        kind: "release",
        follower: text(raw, "follower"),
        ...optionalText(raw, "leader"),
        ...optionalText(raw, "symbol"),
      };
    case "approve":
      return { kind: "approve", proposal: wholeNumber(raw, "proposal"), ...optionalText(raw, "target") };
    case "decline":
      return { kind: "decline", proposal: wholeNumber(raw, "proposal") };
    default:
      throw new ControlError("bad-request", `there is no request ${shown(raw.kind)}`);
  }
}

function relationOf(raw: Readonly<Record<string, unknown>>) {
  return { leader: text(raw, "leader"), follower: text(raw, "follower") };
}

function settingsOf(raw: Readonly<Record<string, unknown>>) {
  return { values: recordOf(raw.values, "values"), ...optionalText(raw, "expected") };
}

const SHARES_MAX = 1_000;
const FACTOR = /^\d{1,3}(\.\d{1,4})?$/;

function sharesOf(value: unknown): readonly FollowerShare[] {
  if (!Array.isArray(value) || value.length > SHARES_MAX)
    throw new ControlError("bad-request", `shares must be a list of at most ${SHARES_MAX}`);
  return value.map((one) => {
    const raw = recordOf(one, "a share");
    const factor = text(raw, "factor");
    if (!FACTOR.test(factor))
      throw new ControlError("bad-request", "factor must be a decimal text with at most four decimals");
    return { leader: text(raw, "leader"), factor };
  });
}

function stopModeOf(value: unknown): { readonly stopMode?: (typeof STOP_MODES)[number] } {
  if (value === undefined) return {};
  const found = STOP_MODES.find((mode) => mode === value);
  if (found !== undefined) return { stopMode: found };
  throw new ControlError("bad-request", `stopMode must be one of ${STOP_MODES.join(", ")}`);
}

function filterOf(raw: Readonly<Record<string, unknown>>): JournalFilter {
  return {
    ...optionalText(raw, "leader"),
    ...optionalText(raw, "follower"),
    ...optionalText(raw, "symbol"),
    ...optionalText(raw, "reason"),
    ...optionalNumber(raw, "fromMs"),
    ...optionalNumber(raw, "toMs"),
    ...optionalNumber(raw, "before"),
    limit: wholeNumber(raw, "limit"),
  };
}

function text(raw: Readonly<Record<string, unknown>>, name: string): string {
  const value = raw[name];
  if (typeof value === "string" && value !== "" && value.length <= 200) return value;
  throw new ControlError("bad-request", `${name} must be a text of 1 to 200 characters`);
}

function optionalText<Name extends string>(
  raw: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [Key in Name]?: string } {
  // A computed key has the type of its name only by statement.
  return raw[name] === undefined ? {} : ({ [name]: text(raw, name) } as { readonly [Key in Name]: string });
}

function wholeNumber(raw: Readonly<Record<string, unknown>>, name: string): number {
  const value = raw[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ControlError("bad-request", `${name} must be a whole number`);
}

function optionalNumber<Name extends string>(
  raw: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [Key in Name]?: number } {
  // As in `optionalText`.
  return raw[name] === undefined
    ? {}
    : ({ [name]: wholeNumber(raw, name) } as { readonly [Key in Name]: number });
}

function recordOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ControlError("bad-request", `${what} must be an object`);
  }
  return Object.fromEntries(Object.entries(value));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ControlError("bad-request", "a message is not JSON", { cause: error });
  }
}

/** Of what came in, as much as a person needs; nothing here throws, whatever JSON held. */
function shown(value: unknown): string {
  // Nested deep enough, it could not be written again.
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return JSON.stringify(value)?.slice(0, SHOWN_CHARACTERS_MAX) ?? "nothing";
}

function otherVersion(version: unknown): ControlError {
  const message = `the other side speaks version ${shown(version)} of the control protocol, this one ${PROTOCOL_VERSION}; run the same version of copytrader`;
  return new ControlError("version", message);
}
