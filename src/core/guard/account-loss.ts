/** What the limits on an account's loss have in common: how much may be lost, and the verdict when it is. */
import { Decimal } from "../model/decimal.ts";
import type { FollowerState, State } from "../state.ts";
import type { LossLimit } from "./guard-settings.ts";
import { ALL, atLeast, type GuardKind, goesFurther, NOTHING, standingStop, type Verdict } from "./stop.ts";

export interface Loss {
  /** What it is measured from, and now. */
  readonly from: Decimal;
  readonly equity: Decimal;
}

/** Null while the loss is below its limit, or its stop stands already and the limit as it is now asks for no more than that. */
export function lossVerdict(
  state: State,
  follower: FollowerState,
  guard: GuardKind,
  { limit, action, coolOffMs }: LossLimit,
  { from, equity }: Loss,
): Verdict | null {
  const subject = { guard, follower: follower.account, leader: null, instrument: null };
  const most = mostLoss(limit, from);
  const loss = from.minus(equity);
  if (loss.sign <= 0 || loss.compare(most) < 0) return null;
  const standing = standingStop(follower, subject);
  const verdict: Verdict = {
    ...subject,
    action,
    keeps: action === "close" ? NOTHING : ALL,
    bars: true,
    untilFlat: false,
    untilMs: action === "halt" ? null : endOf(state, coolOffMs),
    level: 0,
    detail: {
      loss: loss.toString(),
      limit: most.toString(),
      from: from.toString(),
      equity: equity.toString(),
      action,
    },
  };
  return standing === undefined || goesFurther(verdict, standing) ? atLeast(verdict, standing) : null;
}

/** In the settle coin. */
export function mostLoss({ kind, value }: LossLimit["limit"], from: Decimal): Decimal {
  return kind === "amount" ? Decimal.parse(value) : from.times(Decimal.parse(value));
}

export function endOf({ nowMs }: State, coolOffMs: number | null): number | null {
  return coolOffMs === null ? null : nowMs + coolOffMs;
}
