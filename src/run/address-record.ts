/**
 * Remembers in the data folder what venues go on counting against this address when this process is gone: when stream connections
 * were begun, how many requests may have been sent, and until when the venue refuses everything. A line for each is written before
 * it happens; the kernel keeps it when the process is killed. What cannot be read or written counts as none, and is told: a full
 * disk is no reason not to connect.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import type { AddressMemory, RequestBlock } from "../exchange/bybit/address-memory.ts";

/** Longer than any venue's window. */
const CONNECTIONS_KEPT_MS = 15 * 60_000;
const REQUESTS_KEPT_MS = 60_000;
/** The file is written anew with what still counts after so many lines. */
const LINES_MAX = 5_000;

/** Of a connection the host, of requests and a ban the group of hosts that counts them together. */
type Entry =
  | { readonly kind: "connection"; readonly at: string; readonly atMs: number }
  | { readonly kind: "requests"; readonly at: string; readonly atMs: number; readonly count: number }
  /** `atMs` is its end. */
  | { readonly kind: "banned"; readonly at: string; readonly atMs: number };

export interface AddressRecordParts {
  readonly file: string;
  readonly nowMs: () => number;
  readonly onProblem: (cause: string) => void;
}

export class AddressRecord implements AddressMemory {
  readonly #parts: AddressRecordParts;
  #entries: Entry[];
  #descriptor: number | null = null;
  #lines = 0;
  #isTold = false;

  constructor(parts: AddressRecordParts) {
    this.#parts = parts;
    this.#entries = this.#attempt(() => readEntries(parts.file)) ?? [];
    this.#rewrite();
  }

  connections(host: string): readonly number[] {
    return this.#entries
      .filter(({ kind, at }) => kind === "connection" && at === host)
      .map(({ atMs }) => atMs);
  }

  connectionBegun(host: string, atMs: number): void {
    this.#note({ kind: "connection", at: host, atMs });
  }

  requests(group: string): readonly RequestBlock[] {
    return this.#entries.flatMap((entry) =>
      entry.kind === "requests" && entry.at === group ? [{ atMs: entry.atMs, count: entry.count }] : [],
    );
  }

  requestsBegun(group: string, { atMs, count }: RequestBlock): void {
    this.#note({ kind: "requests", at: group, atMs, count });
  }

  bannedUntilMs(group: string): number {
    const bans = this.#entries.filter(({ kind, at }) => kind === "banned" && at === group);
    return Math.max(0, ...bans.map(({ atMs }) => atMs));
  }

  banned(group: string, untilMs: number): void {
    this.#note({ kind: "banned", at: group, atMs: untilMs });
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #note(entry: Entry): void {
    this.#entries.push(entry);
    this.#lines += 1;
    if (this.#lines > LINES_MAX) this.#rewrite();
    else if (this.#descriptor !== null) {
      const descriptor = this.#descriptor;
      this.#attempt(() => writeSync(descriptor, lineOf(entry)));
    }
  }

  /** Leaves out what no venue counts any more. */
  #rewrite(): void {
    const nowMs = this.#parts.nowMs();
    this.#entries = this.#entries.filter((entry) => entry.atMs > nowMs - keptMs(entry));
    this.#lines = this.#entries.length;
    this.close();
    this.#descriptor = this.#attempt(() => {
      const { file } = this.#parts;
      writeFileSync(`${file}.new`, this.#entries.map(lineOf).join(""), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      return openSync(file, "a", 0o600);
    });
  }

  #attempt<Value>(action: () => Value): Value | null {
    try {
      return action();
    } catch (error) {
      if (!this.#isTold) this.#parts.onProblem(error instanceof Error ? error.message : String(error));
      this.#isTold = true;
      return null;
    }
  }
}

function keptMs({ kind }: Entry): number {
  if (kind === "banned") return 0;
  return kind === "connection" ? CONNECTIONS_KEPT_MS : REQUESTS_KEPT_MS;
}

function lineOf(entry: Entry): string {
  const count = entry.kind === "requests" ? ` ${entry.count}` : "";
  return `${entry.kind} ${entry.atMs} ${entry.at}${count}\n`;
}

/** A torn or damaged line is left out. */
function readEntries(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const lines = text.matchAll(
    /^(?:(connection|banned) (\d{13}) (\S{1,255})|requests (\d{13}) (\S{1,255}) (\d{1,4}))\n/gm,
  );
  return [...lines].map(([, kind, atMs, at = "", requestsAtMs, group = "", count]) =>
    kind === "connection" || kind === "banned"
      ? { kind, at, atMs: Number(atMs) }
      : { kind: "requests", at: group, atMs: Number(requestsAtMs), count: Number(count) },
  );
}
