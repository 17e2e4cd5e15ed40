/** What guards stopped or cut, what the kill switch closes, and what a leader's margin tells, as reports for the owner. */
import type { Event, PositionRow } from "../core/event.ts";
import type { GuardKind, Verdict } from "../core/guard/stop.ts";
import type { State } from "../core/state.ts";
import type { AlertReport } from "./alert.ts";
import type { AlertKind } from "./kinds.ts";

/** A leader's liquidation price that moves away by more than this part of itself without a trade. */
const MARGIN_MOVE = 0.01;

const WORDS: Readonly<Record<GuardKind, string>> = {
  "loss-tier": "the account's loss reached a level of sl_loss_tiers_usd",
  "daily-loss": "the account's loss of the day reached max_daily_loss",
  drawdown: "the account's loss from its peak reached max_account_drawdown",
  "stop-loss": "the loss of this relation reached stop_loss",
  "position-stop": "the loss of this position reached position_stop",
  liquidation: "the position came too near to its liquidation price",
  panic: "the kill switch was pulled",
  monitoring: "something was found of the leader's record",
};

export function fromVerdict(verdict: Verdict): AlertReport {
  const { guard, action, follower, leader, instrument, detail, level } = verdict;
  return {
    kind: kindOf(verdict),
    follower,
    ...(leader === null ? {} : { leader }),
    ...(instrument === null ? {} : { instrument }),
    cause: `${WORDS[guard]}: ${action}`,
    numbers: detail,
    topic: `${guard} ${level}`,
  };
}

function kindOf({ guard, action }: Verdict): AlertKind {
  if (guard === "liquidation") return action === "warn" ? "liquidation-near" : "holding-cut";
  if (guard === "position-stop") return "position-stopped";
  if (guard === "stop-loss") return action === "replace" ? "leader-to-replace" : "relation-stopped";
  return action === "reduce" ? "holding-cut" : "account-stopped";
}

/** Null when the event is nothing of this. */
export function fromStopEvent(event: Event, state: State): AlertReport | null {
  if (event.kind === "command-issued" && event.command.kind === "panic") {
    const { account, leader } = event.command;
    return {
      kind: "panic",
      ...(account === undefined ? {} : { follower: account }),
      ...(leader === undefined ? {} : { leader }),
      topic: String(state.eventSequence),
    };
  }
  if (event.kind === "command-issued" && event.command.kind === "stop") {
    const { account, leader, action, detail } = event.command;
    return {
      kind: "leader-stopped",
      follower: account,
      leader,
      cause: action,
      numbers: detail,
      topic: String(state.eventSequence),
    };
  }
  if (event.kind === "command-issued" && event.command.kind === "replace") {
    const { account, leader, by, score } = event.command;
    return {
      kind: by === null ? "nobody-to-replace" : "leader-replaced",
      follower: account,
      leader,
      ...(by === null ? {} : { numbers: { by, score: score ?? "" } }),
      topic: String(state.eventSequence),
    };
  }
  if (event.kind === "leader-position-reported") return marginAdded(event.account, event.position, state);
  return null;
}

function marginAdded(
  leader: Extract<Event, { readonly kind: "leader-position-reported" }>["account"],
  { instrument, leg }: PositionRow,
  state: State,
): AlertReport | null {
  const holding = state.leaders.get(leader)?.holdings.get(instrument)?.get(leg);
  if (holding === undefined || holding.liquidationBefore === null || holding.liquidationTicks === null)
    return null;
  const { lots, liquidationBefore: before, liquidationTicks: now } = holding;
  const away = lots > 0 ? before - now : now - before;
  if (away <= before * MARGIN_MOVE) return null;
  const tick = state.instruments.get(instrument)?.tickSize.toNumber() ?? 1;
  const price = (ticks: number) => Number((ticks * tick).toPrecision(12));
  return {
    kind: "leader-margin-added",
    leader,
    instrument,
    numbers: { before: price(before), now: price(now) },
  };
}
