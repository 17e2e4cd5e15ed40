/** All formats by name, and which one a file is of. */
import { binanceCopyReader, isBinanceCopy } from "./binance-copy.ts";
import { bybitCsvReader, bybitJsonReader, isBybitCsv, isBybitJson } from "./bybit.ts";
import { FormatError, type HistoryReader, type ReaderOptions } from "./format.ts";
import type { FormatName } from "./format-names.ts";
import { GENERIC_COLUMNS, genericCsvReader, isGenericCsv } from "./generic-csv.ts";
import { hyperliquidReader, isHyperliquid } from "./hyperliquid.ts";
import { type OwnFormat, OwnFormatReader } from "./own-format.ts";

interface Format {
  readonly name: FormatName;
  matches(head: string): boolean;
  read(options: ReaderOptions): HistoryReader;
}

const FORMATS: readonly Format[] = [
  { name: "binance-copy", matches: isBinanceCopy, read: binanceCopyReader },
  { name: "hyperliquid", matches: isHyperliquid, read: hyperliquidReader },
  { name: "bybit", matches: isBybitJson, read: bybitJsonReader },
  { name: "bybit", matches: isBybitCsv, read: bybitCsvReader },
  { name: "csv", matches: isGenericCsv, read: genericCsvReader },
];

/**
 * The reader for a file of this beginning: one of the program's own, else of the user's (`own`). Throws a FormatError that says what could
 * be read.
 */
export function openFormat(
  name: string,
  options: ReaderOptions,
  own: readonly OwnFormat[] = [],
): { name: string; reader: HistoryReader } {
  const wanted = FORMATS.filter((format) => name === "auto" || format.name === name);
  const format =
    wanted.find(({ matches }) => matches(options.head)) ??
    (name === "auto" ? undefined : fallback(wanted, options.head));
  if (format !== undefined) return { name: format.name, reader: format.read(options) };
  const mine = own.find((one) => (name === "auto" ? one.matches(options.head) : one.name === name));
  if (mine === undefined) throw new FormatError(unknown(options.head));
  return { name: mine.name, reader: new OwnFormatReader(mine, options) };
}

/** Named by the user, but not recognised: let its own reader say what is missing. */
function fallback(wanted: readonly Format[], head: string): Format | undefined {
  const isJson = /^\s*[[{]/.test(head);
  return isJson ? wanted[0] : wanted.at(-1);
}

function unknown(head: string): string {
  const first = head.split("\n", 1)[0] ?? "";
  if (first.includes(";") && !first.includes(","))
    return "the cells are separated by semicolons: commas are meant";
  if (head.trim() === "") return "the file is empty";
  return `no known format: a Binance lead history (Port_IDs, Trade_History, or port_id, qty_base), fills of Hyperliquid (JSON), executions of Bybit (JSON or CSV), or a CSV with the columns ${GENERIC_COLUMNS.required.join(", ")} is meant`;
}
