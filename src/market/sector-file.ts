/**
 * The owner's own sectors of coins: `sectors.json` in the data folder, an object of coin and sector (`{"PEPE": "memes"}`). It
 * goes before the table of the program where traders are judged; limits of the engine go by the program's table alone.
 */
import { existsSync, readFileSync } from "node:fs";
import { MarketDataError } from "./market-history.ts";

const ENTRIES_MAX = 10_000;
const COIN = /^[A-Z0-9]{1,20}$/;
const SECTOR = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Empty where there is no such file. Throws a MarketDataError that names what is wrong. */
export function readSectorFile(path: string): ReadonlyMap<string, string> {
  if (!existsSync(path)) return new Map();
  const value = parsed(readFileSync(path, "utf8"), path);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MarketDataError(`${path}: an object of coin and sector is expected, such as {"PEPE": "memes"}`);
  const entries = Object.entries(value);
  if (entries.length > ENTRIES_MAX) throw new MarketDataError(`${path}: more than ${ENTRIES_MAX} coins`);
  return new Map(entries.map(([coin, sector]) => [coinName(coin, path), sectorName(coin, sector, path)]));
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MarketDataError(`${path} is not JSON: ${why}`, { cause });
  }
}

function coinName(coin: string, path: string): string {
  if (COIN.test(coin)) return coin;
  throw new MarketDataError(
    `${path}: ${JSON.stringify(coin)} is no coin; write it in capitals, such as PEPE`,
  );
}

function sectorName(coin: string, sector: unknown, path: string): string {
  if (typeof sector === "string" && SECTOR.test(sector)) return sector;
  throw new MarketDataError(
    `${path}: ${coin}: a sector is written in small letters and dashes, such as memes`,
  );
}
