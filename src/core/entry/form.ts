/**
 * The form of an order that adds: at market where no rule of entries is stated; at once or not at all at the tightest cap of
 * those who share it, so that nobody pays more than they allow; or resting at the leader's price.
 */
import type { Ticks } from "../model/amounts.ts";
import type { Wish } from "../netting.ts";
import { MARKET, type OrderForm, type OrderPurpose } from "../order.ts";

export interface EntryForm {
  readonly purpose: Extract<OrderPurpose, "rebalance" | "entry-rest">;
  readonly form: OrderForm;
}

export const AT_MARKET: EntryForm = { purpose: "rebalance", form: MARKET };

/** `side` is 1 for a purchase, -1 for a sale. */
export function entryForm(wishes: readonly Wish[], side: number): EntryForm {
  const asking = wishes.filter(({ goal, part }) => Math.sign(goal - part.heldLots) === side);
  const resting = asking.find(({ rests }) => rests?.isAsked === true)?.rests;
  if (resting != null)
    return { purpose: "entry-rest", form: { kind: "limit", price: resting.price, timeInForce: "GTC" } };
  const price = tightest(
    asking.flatMap(({ cap }) => (cap === null ? [] : [cap])),
    side,
  );
  if (price === undefined) return AT_MARKET;
  return { purpose: "rebalance", form: { kind: "limit", price, timeInForce: "IOC" } };
}

function tightest(caps: readonly Ticks[], side: number): Ticks | undefined {
  return caps.toSorted((left, right) => (left - right) * side)[0];
}

/** The wishes with the first that is to rest asked for; null where none is. */
export function askingToRest(wishes: readonly Wish[]): readonly Wish[] | null {
  const chosen = wishes.find(({ rests }) => rests !== null);
  if (chosen?.rests == null) return null;
  const { rests } = chosen;
  const asked = { ...chosen, goal: rests.goal, waits: null, rests: { ...rests, isAsked: true } };
  return wishes.map((wish) => (wish === chosen ? asked : wish));
}
