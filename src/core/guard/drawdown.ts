/** Loss of an account since its largest equity. */
import { Decimal } from "../model/decimal.ts";
import type { FollowerState, State } from "../state.ts";
import { lossVerdict } from "./account-loss.ts";
import type { Verdict } from "./stop.ts";
import { guardsOf } from "./watch.ts";

export function judgeDrawdown(state: State, follower: FollowerState, equity: Decimal | null): Verdict[] {
  const limit = guardsOf(state, follower)?.drawdown ?? null;
  const { peak } = follower.watch;
  if (limit === null || equity === null || peak === null) return [];
  const verdict = lossVerdict(state, follower, "drawdown", limit, { from: Decimal.parse(peak), equity });
  return verdict === null ? [] : [verdict];
}
