/**
 * On which rung of the ladder a recorded reason belongs. What is not named below is missed where it was given up, and late where it
 * waits; a new reason has to be put somewhere before this compiles.
 */
import type { Cause } from "../../analytics/attribution/components.ts";
import type { ReasonKind } from "../../core/reason.ts";

type Rung = "start-date" | "rounding" | "caps" | "minimum" | "missed-or-late";

const RUNGS: Readonly<Record<ReasonKind, Rung>> = {
  "late-entry": "start-date",
  "at-target": "rounding",
  "below-step": "rounding",
  "below-minimum-quantity": "minimum",
  "below-minimum-notional": "minimum",
  "max-positions": "caps",
  "leverage-above-cap": "caps",
  "portfolio-exposure": "caps",
  "leader-exposure": "caps",
  "strategy-exposure": "caps",
  "symbol-exposure": "caps",
  "portfolio-leverage": "caps",
  "sector-concentration": "caps",
  "portfolio-risk": "caps",
  "margin-reserve": "caps",
  "order-cap": "caps",
  "symbol-cap": "caps",
  "leader-cap": "caps",
  "size-impossible": "caps",
  "correlation-limit": "missed-or-late",
  "order-rate": "missed-or-late",
  "symbol-filtered": "missed-or-late",
  "side-filtered": "missed-or-late",
  "outside-hours": "missed-or-late",
  slippage: "missed-or-late",
  "too-late": "missed-or-late",
  "rest-expired": "missed-or-late",
  "exit-filled": "missed-or-late",
  "instrument-not-listed": "missed-or-late",
  "price-apart": "missed-or-late",
  "instrument-not-trading": "missed-or-late",
  paused: "missed-or-late",
  halted: "missed-or-late",
  "leader-stale": "missed-or-late",
  "leader-uncounted": "missed-or-late",
  "follower-stale": "missed-or-late",
  "foreign-position": "missed-or-late",
  waived: "missed-or-late",
  stopped: "missed-or-late",
  cut: "missed-or-late",
  "stop-fired": "missed-or-late",
  "trigger-passed": "missed-or-late",
  "pending-asks": "missed-or-late",
  "pending-opposite": "missed-or-late",
  "pending-too-many": "missed-or-late",
  "pending-price": "missed-or-late",
  "pending-ended": "missed-or-late",
  "leader-did-not-fill": "missed-or-late",
  "refused-by-exchange": "missed-or-late",
  "not-approved": "missed-or-late",
  "crossed-inside": "missed-or-late",
  "allocation-ended": "missed-or-late",
  "account-removed": "missed-or-late",
  "no-price": "missed-or-late",
  "equity-unknown": "missed-or-late",
  "evidence-missing": "missed-or-late",
  "evidence-stale": "missed-or-late",
  "extension-denied": "missed-or-late",
  "extension-failed": "missed-or-late",
  "execution-paced": "missed-or-late",
  working: "missed-or-late",
};

/** What is given up for good. */
export function causeOfGivenUp(reason: ReasonKind): Cause {
  const rung = RUNGS[reason];
  return { component: rung === "missed-or-late" ? "missed" : rung, reason };
}

/** What is still wanted, and waits because of it. */
export function causeOfWaiting(reason: ReasonKind): Cause {
  const rung = RUNGS[reason];
  return { component: rung === "missed-or-late" ? "late" : rung, reason };
}
