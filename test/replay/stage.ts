/**
 * Who takes part in one replay: the leaders with their scripts, and all their orders in order of time. One leader alone, or
 * several at once on the same instruments, then on grids that hold what any of them traded.
 */
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { InstrumentSettings } from "../../src/exchange/simulated/market-types.ts";
import { instrumentsOf, isShipped, type LeaderOrder, type LeaderScript } from "./leader-script.ts";

/** The only one of a replay. */
export const LEADER = AccountId("leader");

export interface LeaderPart {
  readonly account: AccountId;
  readonly script: LeaderScript;
}

export interface StagedOrder extends LeaderOrder {
  readonly leader: AccountId;
}

export interface Stage {
  readonly leaders: readonly LeaderPart[];
  readonly instruments: readonly InstrumentSettings[];
  readonly synthesised: number;
  /** Oldest first; of one moment in the order of the leaders. */
  readonly orders: readonly StagedOrder[];
}

export function stageOf(scripts: readonly LeaderScript[]): Stage {
  const leaders = scripts.map((script, place) => ({ account: nameOf(place, scripts.length), script }));
  const orders = leaders
    .flatMap(({ account, script }) => script.orders.map((order) => ({ ...order, leader: account })))
    .sort((left, right) => left.atMs - right.atMs);
  const instruments = instrumentsOf(
    orders,
    scripts.flatMap(({ carried }) => carried),
  );
  const synthesised = instruments.filter(({ symbol }) => !isShipped(symbol, instruments)).length;
  return { leaders, instruments, synthesised, orders };
}

function nameOf(place: number, of: number): AccountId {
  return of === 1 ? LEADER : AccountId(`leader-${place + 1}`);
}

/** The first by its number in the record, and how many are with it. */
export function titleOf({ leaders: [first, ...others] }: Stage): string {
  return `${first?.script.trader ?? "nobody"}${others.length === 0 ? "" : ` and ${others.length} others`}`;
}
