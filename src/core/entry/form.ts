/**
 * The form of an order that adds: at market where no rule of entries is stated; at once or not at all at the tightest cap of
 * those who share it, so that nobody pays more than they allow; or resting at the leader's price.
 */
import type { Ticks } from "../model/amounts.ts";
import type { Wish } from "../netting.ts";
import { MARKET, type OrderForm, type OrderPurpose } from "../order.ts";

export interface EntryForm {
  readonly purpose: Extract<OrderPurpose, "rebalance" | "entry-rest" | "slice">;
  readonly form: OrderForm;
}

export const AT_MARKET: EntryForm = { purpose: "rebalance", form: MARKET };

/** `side` is 1 for a purchase, -1 for a sale. */
export function entryForm(wishes: readonly Wish[], side: number): EntryForm {
  let tightest: Ticks | null = null;
  for (const { goal, part, rests, cap } of wishes) {
    if (Math.sign(goal - part.heldLots) !== side) continue;
    if (rests?.isAsked === true)
      return { purpose: "entry-rest", form: { kind: "limit", price: rests.price, timeInForce: "GTC" } };
    if (cap !== null && (tightest === null || (cap - tightest) * side < 0)) tightest = cap;
  }
  if (tightest === null) return AT_MARKET;
  return { purpose: "rebalance", form: { kind: "limit", price: tightest, timeInForce: "IOC" } };
}

/** The wishes with the first that is to rest asked for; null where none is. */
export function askingToRest(wishes: readonly Wish[]): readonly Wish[] | null {
  const chosen = wishes.find(({ rests }) => rests !== null);
  if (chosen?.rests == null) return null;
  const { rests } = chosen;
  const asked = { ...chosen, goal: rests.goal, waits: null, rests: { ...rests, isAsked: true } };
  return wishes.map((wish) => (wish === chosen ? asked : wish));
}

/** What is to rest is placed from `untilMs` on; what crosses meanwhile, and what only shrinks, does not wait for it. */
export function restingLater(wishes: readonly Wish[], untilMs: number): readonly Wish[] {
  return wishes.map((wish) => {
    const { rests, waits } = wish;
    if (rests === null) return wish;
    return { ...wish, waits: typeof waits === "number" ? Math.min(waits, untilMs) : untilMs };
  });
}
