/** Sets an exchange up for a replay: instruments, accounts, first prices, the leaders' leverages and what they bring along. */
import type { ExchangeSide } from "./exchange-side.ts";
import type { FollowerSetup } from "./followers.ts";
import type { LeaderOrder } from "./leader-script.ts";
import type { LeaderPart, Stage } from "./stage.ts";

/** The record does not tell: some below and some above the followers' cap, some as they are. */
const LEVERAGES = [10, 3, 25, 20, 5];

/** Says what could not be done. */
export function furnish(
  exchange: ExchangeSide,
  stage: Stage,
  followers: readonly FollowerSetup[],
  seed: number,
): readonly string[] {
  for (const instrument of stage.instruments) exchange.putInstrument(instrument);
  for (const { account, script } of stage.leaders)
    exchange.putAccount(account, ampleBalance(script.exposureUsdt), script.mode);
  for (const { name, balance, mode } of followers) exchange.putAccount(name, balance, mode);
  for (const { symbol, fills } of firstOrders(stage.orders))
    exchange.movePrice(symbol, fills[0]?.price ?? "");
  return stage.leaders.flatMap((leader, place) => furnishLeader(exchange, stage, leader, seed + place));
}

function furnishLeader(
  exchange: ExchangeSide,
  { instruments }: Stage,
  { account, script }: LeaderPart,
  seed: number,
): readonly string[] {
  const traded = new Set(script.instruments.map(({ symbol }) => symbol));
  instruments.forEach(({ symbol, maxLeverage }, place) => {
    if (!traded.has(symbol)) return;
    const wanted = LEVERAGES[(seed + place) % LEVERAGES.length] ?? 1;
    exchange.setLeverage(account, symbol, String(Math.min(wanted, Number(maxLeverage))));
  });
  return script.carried.flatMap((position) => {
    const outcome = exchange.carry(account, position);
    return outcome.kind === "as-recorded" ? [] : [`carried ${JSON.stringify([position, outcome])}`];
  });
}

/** The record does not tell: settlements every few minutes of the replay's own time, some received, some paid. */
const FUNDING_INTERVAL_MINUTES = 3;
const FUNDING_RATES = ["0.0001", "-0.0002", "0.00005"];

/** Has funding settled often enough that a replay meets it: its months last minutes. */
export function hastenFunding(exchange: ExchangeSide, { instruments }: Stage): void {
  instruments.forEach(({ symbol }, place) => {
    const rate = FUNDING_RATES[place % FUNDING_RATES.length] ?? "0";
    exchange.setFunding(symbol, FUNDING_INTERVAL_MINUTES, rate);
  });
}

/** Twice what it ever had at stake: the leader is never short of margin, and its leverage is a real trader's. */
function ampleBalance(exposureUsdt: number): string {
  return String(Math.max(10_000, Math.ceil(exposureUsdt * 2)));
}

/** The first order of each symbol. */
export function firstOrders<Order extends LeaderOrder>(orders: readonly Order[]): readonly Order[] {
  return [...new Map(orders.toReversed().map((order) => [order.symbol, order])).values()];
}
