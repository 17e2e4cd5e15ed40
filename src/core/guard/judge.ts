/**
 * Runs the guards over every follower about which something was learned: one guard per file, each says what is to be stopped.
 * They look at the account's own figures and the marks, never at what is known of the leader, so they act without it; nothing
 * keeps a reduction that they want from being sent.
 */
import type { Decimal } from "../model/decimal.ts";
import type { FollowerState, State } from "../state.ts";
import { judgeDailyLoss } from "./daily-loss.ts";
import { judgeDrawdown } from "./drawdown.ts";
import { isMarketWatched } from "./guard-settings.ts";
import { judgeLiquidation } from "./liquidation.ts";
import { judgeLossTiers } from "./loss-tiers.ts";
import { judgePositionStops } from "./position-stop.ts";
import type { Verdict } from "./stop.ts";
import { judgeStopLosses } from "./stop-loss.ts";
import { equityNow, observe } from "./watch.ts";

/** `equity` is that of now, null where it is not known. */
type Guard = (state: State, follower: FollowerState, equity: Decimal | null) => Verdict[];

const GUARDS: readonly Guard[] = [
  judgeLossTiers,
  judgeDailyLoss,
  judgeDrawdown,
  judgeStopLosses,
  judgePositionStops,
  judgeLiquidation,
];

/** Those that the event being handled told something about, in the order in which they came. */
export function judge(state: State): Verdict[] {
  const found: Verdict[] = [];
  for (const follower of state.observed) {
    if (follower.venue === null || follower.confirmedAtMs === 0) continue;
    const equity = equityNow(follower);
    for (const guard of GUARDS) found.push(...guard(state, follower, equity));
  }
  return found;
}

/** Something of the follower's account is new: it is judged with this event. */
export function observeNow(state: State, follower: FollowerState): void {
  observe(state, follower);
  state.observed.add(follower);
}

/** The marks moved: whoever holds something there is judged. */
export function observeMoved(state: State): void {
  if (state.moved.size === 0) return;
  const concerned = new Set<FollowerState>();
  for (const market of state.markets) {
    if (!state.moved.has(market.instrument.id) || !isMarketWatched(state, market)) continue;
    if (market.legs.some(({ venue }) => venue.lots !== 0)) concerned.add(market.follower);
  }
  state.moved.clear();
  for (const follower of concerned) observeNow(state, follower);
}
