/**
 * What a venue's instruments can be traded in: steps, minima and ticks, one JSON file for each venue in the data folder's
 * `instruments`. For studies of what a follower would have got; the engine asks its venue itself, each time it starts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type InstrumentSpec, makeInstrument } from "../core/model/instrument.ts";
import { MarketDataError } from "./market-history.ts";
import { replaceFile } from "./replace-file.ts";

export interface StoredInstruments {
  /** As in SeriesId. */
  readonly venue: string;
  /** When it was told, or when the file of it was made. */
  readonly toldAtMs: number;
  /** The venue itself told all of them: what is missing is not listed. */
  readonly isComplete: boolean;
  /** By symbol. */
  readonly specs: readonly InstrumentSpec[];
}

const INSTRUMENTS_MAX = 20_000;

function fileOf(folder: string, venue: string): string {
  return join(folder, `${encodeURIComponent(venue)}.json`);
}

/** Null where there is none. Throws a MarketDataError that names the file and what is wrong with it. */
export function readInstruments(folder: string, venue: string): StoredInstruments | null {
  const path = fileOf(folder, venue);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  return checked(parsed(text, path), path);
}

/** Whole, or not at all. */
export function writeInstruments(folder: string, stored: StoredInstruments): void {
  const specs = stored.specs.toSorted((left, right) => (left.symbol < right.symbol ? -1 : 1));
  replaceFile(fileOf(folder, stored.venue), `${JSON.stringify({ ...stored, specs })}\n`);
}

/** Rows of a file put over what is there: it stays as complete as it was, and as old. */
export function withInstruments(
  known: StoredInstruments | null,
  added: Omit<StoredInstruments, "isComplete">,
): StoredInstruments {
  const specs = new Map((known?.specs ?? []).map((spec) => [spec.symbol, spec]));
  for (const spec of added.specs) specs.set(spec.symbol, spec);
  const { venue, toldAtMs } = known ?? added;
  return { venue, toldAtMs, isComplete: known?.isComplete ?? false, specs: [...specs.values()] };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MarketDataError(`${path} is not JSON; ${RENEW}`, { cause });
  }
}

const RENEW = "remove it, and have it made again by copytrader market instruments";

function checked(value: unknown, path: string): StoredInstruments {
  const wrong = (what: string) => new MarketDataError(`${path}: ${what}; ${RENEW}`);
  if (typeof value !== "object" || value === null) throw wrong("an object is expected");
  // Each field is looked at below.
  const { venue, toldAtMs, isComplete, specs } = value as Partial<Record<keyof StoredInstruments, unknown>>;
  if (typeof venue !== "string") throw wrong("venue is no text");
  if (typeof toldAtMs !== "number") throw wrong("toldAtMs is no number");
  if (typeof isComplete !== "boolean") throw wrong("isComplete is neither true nor false");
  if (!Array.isArray(specs) || specs.length > INSTRUMENTS_MAX)
    throw wrong(`specs is no list of at most ${INSTRUMENTS_MAX}`);
  for (const [at, spec] of specs.entries()) {
    const field = wrongField(spec);
    if (field !== null) throw wrong(`specs[${at}] is no instrument: ${field}`);
    try {
      makeInstrument(spec);
    } catch (cause) {
      throw wrong(`specs[${at}] is no instrument: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return { venue, toldAtMs, isComplete, specs };
}

const TEXTS = [
  ...([
    "venue",
    "symbol",
    "baseCoin",
    "settleCoin",
    "status",
    "tickSize",
    "quantityStep",
    "minQuantity",
  ] as const),
  ...(["maxLimitQuantity", "maxMarketQuantity", "minNotional", "minPrice", "maxPrice"] as const),
  ...(["maxLeverage", "leverageStep"] as const),
] satisfies readonly (keyof InstrumentSpec)[];

/** A field of another kind; what the texts say, makeInstrument judges. */
function wrongField(spec: unknown): string | null {
  if (typeof spec !== "object" || spec === null) return "an object is expected";
  const given: Partial<Record<string, unknown>> = { ...spec };
  const { fundingIntervalMinutes, lotSize = "", elsewhere = [] } = given;
  const odd = TEXTS.find((name) => typeof given[name] !== "string");
  if (odd !== undefined) return `${odd} is no text`;
  if (typeof fundingIntervalMinutes !== "number") return "fundingIntervalMinutes is no number";
  if (typeof lotSize !== "string") return "lotSize is no text";
  return Array.isArray(elsewhere) ? null : "elsewhere is no list";
}
