/** Sets an exchange up for a script: instruments, accounts, first prices, the leader's leverages and what it brings along. */
import type { ExchangeSide } from "./exchange-side.ts";
import { type FollowerSetup, LEADER } from "./followers.ts";
import type { LeaderOrder, LeaderScript } from "./leader-script.ts";

/** The record does not tell: some below and some above the followers' cap, some as they are. */
const LEVERAGES = [10, 3, 25, 20, 5];

/** Says what could not be done. */
export function furnish(
  exchange: ExchangeSide,
  script: LeaderScript,
  followers: readonly FollowerSetup[],
  seed: number,
): readonly string[] {
  for (const instrument of script.instruments) exchange.putInstrument(instrument);
  exchange.putAccount(LEADER, ampleBalance(script.exposureUsdt), script.mode);
  for (const { name, balance, mode } of followers) exchange.putAccount(name, balance, mode);
  for (const { symbol, fills } of firstOrders(script.orders))
    exchange.movePrice(symbol, fills[0]?.price ?? "");
  script.instruments.forEach(({ symbol, maxLeverage }, place) => {
    const wanted = LEVERAGES[(seed + place) % LEVERAGES.length] ?? 1;
    exchange.setLeverage(LEADER, symbol, String(Math.min(wanted, Number(maxLeverage))));
  });
  return script.carried.flatMap((position) => {
    const outcome = exchange.carry(LEADER, position);
    return outcome.kind === "as-recorded" ? [] : [`carried ${JSON.stringify([position, outcome])}`];
  });
}

/** Twice what it ever had at stake: the leader is never short of margin, and its leverage is a real trader's. */
function ampleBalance(exposureUsdt: number): string {
  return String(Math.max(10_000, Math.ceil(exposureUsdt * 2)));
}

/** The first order of each symbol. */
export function firstOrders(orders: readonly LeaderOrder[]): readonly LeaderOrder[] {
  return [...new Map(orders.toReversed().map((order) => [order.symbol, order])).values()];
}
