/**
 * Orders of leaders that wait to open, and whoever copies them (`copy_pending`): placed, edited, taken back, filled whole by the
 * price, or in part and without the other side's.
 */
import { Ticks } from "../../src/core/model/amounts.ts";
import { MARKET, type OrderForm } from "../../src/core/order.ts";
import type { Allocation } from "../../src/core/settings.ts";
import type { SeededChance } from "./chance.ts";
import type { PlainHappening } from "./happenings.ts";
import { SYMBOLS } from "./markets.ts";
import { isOpen, type VenueAccount, type VenueOrder } from "./model-venue.ts";
import type { World } from "./world.ts";

/** How much of such a history is about them. */
export const WAITING_SHARE = 0.5;
/** More are copied when they fill. */
const OPEN_MAX = 5;

/** What the size of an order that waits would be at its own price is asked of rules by multiple only. */
export function drawPending(chance: SeededChance, plain: Allocation): Allocation {
  const multiplier = chance.pick(["1", "0.5", "0.1", "0.037", "2"]);
  return {
    ...plain,
    sizing: { kind: "multiplier", multiplier },
    copyPending: chance.hits(0.9),
    delayMs: 0,
  };
}

/** What happens next to them; null where there is nothing that it could be about. */
export function drawWaiting(
  chance: SeededChance,
  { venue }: World,
  leader: VenueAccount,
): PlainHappening | null {
  const open = openOf(leader);
  const dice = chance.next();
  if (open.length === 0 || (dice < 0.4 && open.length < OPEN_MAX)) return placed(chance, venue, leader);
  const order = chance.pick(open);
  if (dice < 0.6) return edited(chance, leader, order);
  if (dice < 0.7) return { kind: "withdraw", account: leader.name, place: placeOf(leader, order) };
  if (dice < 0.9) {
    const at = order.status === "untriggered" ? order.trigger : order.price;
    return { kind: "price", symbol: order.symbol, ticks: Math.max(at, 1_000) };
  }
  const account = chance.hits(0.5) ? leader : chance.pick([...venue.accounts.values()]);
  const resting = openOf(account).filter(({ status }) => status === "working");
  if (resting.length === 0) return null;
  const place = placeOf(account, chance.pick(resting));
  return { kind: "met", account: account.name, place, share: chance.pick([0.3, 0.7, 1]) };
}

/** What of an account's waits to open. */
function openOf({ orders }: VenueAccount): readonly VenueOrder[] {
  return [...orders.values()].filter((order) => isOpen(order) && !order.reduceOnly);
}

function placeOf({ orders }: VenueAccount, order: VenueOrder): number {
  return [...orders.values()].filter(isOpen).indexOf(order);
}

function placed(chance: SeededChance, { prices }: World["venue"], leader: VenueAccount): PlainHappening {
  const { symbol } = chance.pick(SYMBOLS);
  const leg = leader.mode === "one-way" ? ("net" as const) : chance.pick(["long", "short"] as const);
  const side = leg === "net" ? chance.pick(["buy", "sell"] as const) : leg === "long" ? "buy" : "sell";
  const steps = chance.hits(0.2) ? chance.whole(1, 5) : chance.whole(1, symbol === "BTCUSDT" ? 400 : 20_000);
  const price = prices.get(symbol) ?? 1;
  const isStop = chance.hits(0.35);
  const up = (side === "buy") === isStop;
  const at = away(chance, price, up);
  const form: OrderForm = isStop
    ? {
        kind: "conditional",
        trigger: at,
        by: chance.pick(["mark", "last"] as const),
        direction: up ? "rises" : "falls",
        becomes: MARKET,
      }
    : { kind: "limit", price: at, timeInForce: "GTC" };
  return { kind: "wait", account: leader.name, symbol, leg, side, steps, form };
}

function away(chance: SeededChance, price: number, up: boolean): Ticks {
  return Ticks(Math.max(1_000, Math.round(price * (1 + (up ? 1 : -1) * chance.between(0.0005, 0.02)))));
}

function edited(chance: SeededChance, leader: VenueAccount, order: VenueOrder): PlainHappening {
  const at = order.status === "untriggered" ? order.trigger : order.price;
  const price = chance.hits(0.6) ? away(chance, at, chance.hits(0.5)) : at;
  const steps = chance.hits(0.6)
    ? Math.max(1, Math.round(order.steps * chance.between(0.3, 1.8)))
    : order.steps;
  return { kind: "edit", account: leader.name, place: placeOf(leader, order), price, steps };
}

/** All of it is taken back. */
export function withdrawn(leader: VenueAccount): readonly PlainHappening[] {
  return openOf(leader).map(() => ({ kind: "withdraw" as const, account: leader.name, place: 0 }));
}
