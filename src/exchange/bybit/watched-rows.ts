/** What the watch of a private stream is told: which changes the stream carried, and which positions a snapshot showed. */
import type { PositionRow } from "../../core/event.ts";
import { integer, type RawRow, text } from "../raw.ts";
import type { StreamWatch } from "../stream-watch.ts";
import { symbolOf } from "./format.ts";
import { isUsdtLinear } from "./parse.ts";

/** Rows of executions or positions, readable ones. */
export function tellWatch(watch: StreamWatch, rows: readonly RawRow[]): void {
  for (const row of rows) if (isUsdtLinear(row)) watch.told(text(row, "symbol"), integer(row, "seq"));
}

export function showWatch(
  watch: StreamWatch,
  positions: readonly PositionRow[],
  requestedAtMs: number,
): void {
  const shown = positions.map(({ instrument, leg, quantity, sequence }) => {
    return { symbol: symbolOf(instrument), leg, quantity, sequence };
  });
  watch.shown(shown, requestedAtMs);
}
