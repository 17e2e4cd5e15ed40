/** What is stopped or cut on a follower, until when, and the numbers at which it was. */
import { NOBODY } from "../core/guard/replacement.ts";
import type { GuardKind, Stop } from "../core/guard/stop.ts";
import type { FollowerState, State } from "../core/state.ts";

export interface StopStatus {
  /** Of this follower, never used again. */
  readonly id: number;
  readonly guard: GuardKind;
  readonly action: Stop["action"];
  /** Whose copies; absent: those of every leader. */
  readonly leader?: string;
  /** Absent: every instrument. */
  readonly symbol?: string;
  readonly since: number;
  /** Null: until it is released. */
  readonly until: number | null;
  /** In a sentence. */
  readonly text: string;
  readonly detail: Stop["detail"];
}

/** The key that a guard is set by, as its owner knows it. */
export const GUARD_NAMES: Readonly<Record<GuardKind, string>> = {
  "loss-tier": "sl_loss_tiers_usd",
  "daily-loss": "max_daily_loss",
  drawdown: "max_account_drawdown",
  "stop-loss": "stop_loss",
  "position-stop": "position_stop",
  liquidation: "liquidation_guard",
  panic: "kill switch",
  monitoring: "traders.monitoring",
};

const DONE: Readonly<Record<Stop["action"], string>> = {
  warn: "warned of",
  reduce: "cut",
  pause: "paused",
  halt: "halted",
  close: "closed",
  replace: "closed, to be replaced,",
};

export function stopsOf(state: State, { stops }: FollowerState): readonly StopStatus[] {
  return stops.map((stop) => stopStatus(state, stop));
}

export function stopStatus(state: State, stop: Stop): StopStatus {
  const { id, guard, action, leader, instrument, sinceMs, untilMs, detail } = stop;
  const symbol = instrument === null ? undefined : state.instruments.get(instrument)?.spec.symbol;
  return {
    id,
    guard,
    action,
    ...(leader === null ? {} : { leader }),
    ...(symbol === undefined ? {} : { symbol }),
    since: sinceMs,
    until: untilMs,
    text: textOf(stop, symbol),
    detail,
  };
}

function doneBy(action: Stop["action"], { replacement }: Stop["detail"]): string {
  if (action !== "replace" || replacement === undefined) return DONE[action];
  return replacement === NOBODY
    ? "closed, with nobody of a fresh score to replace it,"
    : `closed, replaced by ${replacement},`;
}

/** What keeps the whole account from adding, or null. */
export function accountStop({ stops }: FollowerState): Stop | null {
  return stops.find(({ bars, leader, instrument }) => bars && leader === null && instrument === null) ?? null;
}

/** `paused by max_daily_loss (loss 500, limit 500), until released` */
export function textOf({ guard, action, leader, untilMs, detail }: Stop, symbol?: string): string {
  const what = [
    leader === null ? "" : `the copies of ${leader} `,
    symbol === undefined ? "" : `in ${symbol} `,
  ];
  const numbers = ["finding", "value", "loss", "limit", "distance"].flatMap((name) =>
    detail[name] === undefined ? [] : [`${name} ${detail[name]}`],
  );
  const end =
    guard === "panic"
      ? "until resume or release"
      : untilMs === null
        ? "until released"
        : `until ${new Date(untilMs).toISOString()}`;
  return `${what.join("")}${doneBy(action, detail)} by ${guard === "panic" ? "the " : ""}${GUARD_NAMES[guard]}${numbers.length === 0 ? "" : ` (${numbers.join(", ")})`}, ${end}`;
}
