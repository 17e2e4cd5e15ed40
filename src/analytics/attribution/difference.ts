/**
 * The difference between two moments of a copy's books, and its split. The difference is that of the two results; the components are
 * the results of their own ledgers, valued at the same prices at both edges. What the components do not add up to is the residual:
 * always nothing, and no component is made so that it is.
 */
import { Decimal } from "../../core/model/decimal.ts";
import { COMPONENTS, type Component } from "./components.ts";
import { type Book, type BookSnapshot, keyOf, type Side } from "./copy-book.ts";

const { zero } = Decimal;

/** Books and the price that values what is held. */
export interface Edge {
  readonly books: BookSnapshot;
  readonly price: Decimal;
}

/** A result and what it is made of: profit = trades - fees + funding. */
export interface SideResult {
  readonly trades: Decimal;
  readonly fees: Decimal;
  readonly funding: Decimal;
  readonly profit: Decimal;
}

export interface ComponentAmount {
  readonly component: Component;
  /** + the follower has more because of it. */
  readonly amount: Decimal;
  /** By recorded reason, where there are any; they sum to the amount. */
  readonly reasons: readonly { readonly reason: string; readonly amount: Decimal }[];
}

export interface Difference {
  readonly leader: SideResult;
  readonly follower: SideResult;
  readonly difference: Decimal;
  /** In the order of the ladder, each named once. */
  readonly components: readonly ComponentAmount[];
  readonly residual: Decimal;
}

export function differenceBetween(from: Edge, to: Edge): Difference {
  const leader = sideResult(from.books.leader, to.books.leader, from.price, to.price);
  const follower = sideResult(from.books.follower, to.books.follower, from.price, to.price);
  const components = COMPONENTS.map((component): ComponentAmount => {
    switch (component) {
      case "spread":
      case "impact":
      case "fees":
      case "funding":
        return plain(component, to.books[component].minus(from.books[component]));
      default:
        return held(component, from, to);
    }
  });
  return withResidual({ leader, follower, components });
}

/** Of several copies, windows or trades together. */
export function sumOf(parts: readonly Difference[]): Difference {
  const side = (which: "leader" | "follower"): SideResult => ({
    trades: total(parts.map((part) => part[which].trades)),
    fees: total(parts.map((part) => part[which].fees)),
    funding: total(parts.map((part) => part[which].funding)),
    profit: total(parts.map((part) => part[which].profit)),
  });
  const components = COMPONENTS.map((component) => {
    const found = parts.flatMap((part) => part.components.filter((one) => one.component === component));
    const byReason = Map.groupBy(
      found.flatMap(({ reasons }) => reasons),
      ({ reason }) => reason,
    );
    const reasons = [...byReason].map(([reason, amounts]) => ({
      reason,
      amount: total(amounts.map(({ amount }) => amount)),
    }));
    return { component, amount: total(found.map(({ amount }) => amount)), reasons };
  });
  return withResidual({ leader: side("leader"), follower: side("follower"), components });
}

function withResidual(split: Pick<Difference, "leader" | "follower" | "components">): Difference {
  const difference = split.follower.profit.minus(split.leader.profit);
  const residual = difference.minus(total(split.components.map(({ amount }) => amount)));
  return { ...split, difference, residual };
}

function sideResult(from: Side, to: Side, fromPrice: Decimal, toPrice: Decimal): SideResult {
  const trades = resultOf(from, to, fromPrice, toPrice);
  const fees = to.fees.minus(from.fees);
  const funding = to.funding.minus(from.funding);
  return { trades, fees, funding, profit: trades.minus(fees).plus(funding) };
}

/** Cash that moved, and what is held at the end less what was held at the beginning, each at its price. */
function resultOf(from: Book, to: Book, fromPrice: Decimal, toPrice: Decimal): Decimal {
  const worth = to.quantity.times(toPrice).minus(from.quantity.times(fromPrice));
  return to.cash.minus(from.cash).plus(worth);
}

function held(component: Component, from: Edge, to: Edge): ComponentAmount {
  const before = new Map(from.books.causes.map(({ cause, book }) => [keyOf(cause), book]));
  const found = to.books.causes
    .filter(({ cause }) => cause.component === component)
    .map(({ cause, book }) => ({
      reason: cause.reason,
      amount: resultOf(before.get(keyOf(cause)) ?? NOTHING, book, from.price, to.price),
    }));
  const reasons = found.filter(({ reason, amount }) => reason !== "" && !amount.isZero);
  return { component, amount: total(found.map(({ amount }) => amount)), reasons };
}

const NOTHING: Book = { quantity: zero, cash: zero };

function plain(component: Component, amount: Decimal): ComponentAmount {
  return { component, amount, reasons: [] };
}

function total(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((sum, amount) => sum.plus(amount), zero);
}
