/**
 * The body of `POST /control/history/SYMBOL` as a market's past: rows as the venue itself answers them, in any order. Bars and
 * marks: `[open time, open, high, low, close, volume]` (marks without volume); funding: `[time, rate]`.
 */
import type { MarketPast } from "../../venue-types.ts";
import { ControlError, ControlReader, decimalText } from "./reader.ts";

export function readPast(body: unknown): MarketPast {
  const reader = new ControlReader(body, ["bars", "marks", "funding"]);
  const bars = rowsIn(reader, "bars", 6).map(([openTimeMs, open, high, low, close, volume]) => ({
    ...{ openTimeMs: Number(openTimeMs), open: Number(open), high: Number(high) },
    ...{ low: Number(low), close: Number(close), volume: Number(volume) },
  }));
  const marks = rowsIn(reader, "marks", 5).map(([openTimeMs, open, high, low, close]) => ({
    ...{ openTimeMs: Number(openTimeMs), open: Number(open), high: Number(high) },
    ...{ low: Number(low), close: Number(close) },
  }));
  const funding = rowsIn(reader, "funding", 2).map(([time, fundingRate = ""]) => ({
    time: Number(time),
    fundingRate,
  }));
  return { bars, marks, funding };
}

/** Rows of decimal texts; [] when there are none. */
function rowsIn(reader: ControlReader, key: string, columns: number): readonly (readonly string[])[] {
  return (reader.list(key) ?? []).map((row, index) => {
    if (!Array.isArray(row) || row.length !== columns)
      throw new ControlError(400, `${key}[${index}]: a list of ${columns} decimal numbers is expected`);
    return row.map((cell: unknown) => decimalText(cell, `${key}[${index}]`));
  });
}
