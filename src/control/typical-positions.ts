/** A leader's typical positions from the journal: by symbol, the median of its largest sizes between being flat and flat again. */
import { Decimal } from "../core/model/decimal.ts";
import type { OutcomeRecord } from "../store/store.ts";
import type { StoreReader } from "../store/writer.ts";
import type { CapitalRequest } from "./control.ts";

export interface TypicalPosition {
  readonly symbol: string;
  /** Unsigned decimal quantity. */
  readonly quantity: string;
}

/** Changes of all leaders that are looked through, the newest first. */
const CHANGES_MAX = 10_000;

export async function typicalOf(
  store: Pick<StoreReader, "outcomes">,
  { leader, follower }: CapitalRequest,
): Promise<readonly TypicalPosition[]> {
  const scope = follower === undefined ? {} : { follower };
  const outcomes = await store.outcomes({ ...scope, limit: CHANGES_MAX });
  // What was refused at the door has no follower: nothing of it was ever held.
  return typicalPositions(outcomes.filter((one) => one.leader === leader && one.follower !== ""));
}

type Change = Pick<OutcomeRecord, "change" | "symbol" | "leg" | "leaderHolds">;

/** `changes` of one leader, in any order; each may be there once for every follower. */
export function typicalPositions(changes: readonly Change[]): readonly TypicalPosition[] {
  const series = Map.groupBy(changes, ({ symbol, leg }) => `${symbol} ${leg}`);
  const peaks = new Map<string, Decimal[]>();
  for (const history of series.values()) {
    const [{ symbol } = { symbol: "" }] = history;
    peaks.set(symbol, [...(peaks.get(symbol) ?? []), ...peaksOf(history)]);
  }
  return [...peaks].flatMap(([symbol, sizes]) => {
    const sorted = sizes.toSorted((left, right) => left.compare(right));
    const median = sorted[(sorted.length - 1) >> 1];
    return median === undefined ? [] : [{ symbol, quantity: median.toString() }];
  });
}

/** The largest size of each position, the one that is still open included. */
function peaksOf(history: readonly Change[]): readonly Decimal[] {
  const peaks: Decimal[] = [];
  let peak = Decimal.zero;
  let side = 0;
  for (const { leaderHolds } of history.toSorted((left, right) => left.change - right.change)) {
    const holds = Decimal.parse(leaderHolds);
    if (holds.sign !== side && !peak.isZero) peaks.push(peak);
    if (holds.sign !== side) peak = Decimal.zero;
    side = holds.sign;
    if (holds.absolute().compare(peak) > 0) peak = holds.absolute();
  }
  return peak.isZero ? peaks : [...peaks, peak];
}
