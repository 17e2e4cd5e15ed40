/**
 * Money: what the copier says each leader's copies brought in and cost sums, decimal by decimal, to what the venue's own
 * executions and funding rows say of our orders; its profits are cash, what is held at a price, fees and funding; and all of
 * them together are the change of the account's equity. What an owner closed or a liquidation took is no execution of ours: it
 * is held apart, at a price that there was. Nothing is rounded here: the venue's amounts are exact.
 */
import type {
  CheckedAccount,
  CheckedBook,
  CheckedFill,
  CheckedMoney,
  Evidence,
  Violation,
} from "./evidence.ts";
import { isOurs } from "./evidence.ts";
import { compare, type Exact, exact, minus, negative, plus, show, sign, times, ZERO } from "./exact.ts";
import { ledgerOf } from "./ledger.ts";
import { legsIn, signed } from "./targets.ts";

export function checkMoney(evidence: Evidence): Violation[] {
  const { books } = evidence;
  if (books === undefined) return [];
  return evidence.followers.flatMap((follower) => {
    const { money } = follower;
    if (money === undefined) return [];
    const own = books.filter((book) => book.follower === follower.account);
    return [
      ...checkSums(evidence, follower, money, own),
      ...own.flatMap((book) => checkProfit(evidence, book)),
      ...checkTotal(evidence, follower, money, own),
    ];
  });
}

function checkSums(
  evidence: Evidence,
  follower: CheckedAccount,
  money: CheckedMoney,
  books: readonly CheckedBook[],
): Violation[] {
  return evidence.instruments.flatMap(({ symbol }) => {
    const place = `${follower.account} ${symbol}`;
    const fills = follower.fills.filter((fill) => fill.symbol === symbol);
    const [ours, others] = [fills.filter(isOfOurs), fills.filter((fill) => !isOfOurs(fill))];
    const kept = books.filter((book) => book.symbol === symbol);
    const paid = money.fundings.filter((row) => row.symbol === symbol);
    const expected = {
      cash: sum(ours.map(cashOf)),
      fees: sum(ours.map(feeOf)),
      funding: sum(paid.map(({ payment }) => exact(payment))),
    };
    const wrong = (["cash", "fees", "funding"] as const).flatMap((what) => {
      const said = sum(kept.map((book) => exact(book[what])));
      if (compare(said, expected[what]) === 0) return [];
      const numbers = `${what} of all leaders ${show(said)}, by the account's history ${show(expected[what])}`;
      return [{ rule: "money-sum", subject: place, numbers } as const];
    });
    return [...wrong, ...checkTaken(evidence, follower, symbol, { kept, isAlone: others.length === 0 })];
  });
}

/**
 * Nothing is taken where nobody else trades and nothing is left to the owner; else it is worth something between the lowest and
 * the highest price there was.
 */
function checkTaken(
  evidence: Evidence,
  follower: CheckedAccount,
  symbol: string,
  { kept, isAlone }: { readonly kept: readonly CheckedBook[]; readonly isAlone: boolean },
): Violation[] {
  const taken = sum(kept.map((book) => exact(book.taken)));
  const prices = evidence.prices.filter((point) => point.symbol === symbol).map(({ price }) => exact(price));
  let [least, most] = [ZERO, ZERO];
  for (const leg of isAlone ? [] : legsIn(follower.mode)) {
    const { steps } = ledgerOf(follower, symbol, leg);
    for (const step of steps.filter(({ ours }) => !ours)) {
      const worths = prices.map((price) => times(minus(step.ownBefore, step.ownAfter), price));
      least = plus(
        least,
        worths.reduce((low, one) => (compare(one, low) < 0 ? one : low), worths[0] ?? ZERO),
      );
      most = plus(
        most,
        worths.reduce((high, one) => (compare(one, high) > 0 ? one : high), worths[0] ?? ZERO),
      );
    }
  }
  if (mayLeave(evidence, follower)) {
    const left = leftWorth(evidence, follower, symbol, { kept, prices, isAlone });
    [least, most] = [plus(least, left.least), plus(most, left.most)];
  }
  if (compare(taken, least) >= 0 && compare(taken, most) <= 0) return [];
  const numbers = `${show(taken)} is said to be taken, ${show(least)} to ${show(most)} was`;
  return [{ rule: "money-taken", subject: `${follower.account} ${symbol}`, numbers }];
}

/** Copies that ended may have become the owner's. */
function mayLeave({ versions = [] }: Evidence, { account }: CheckedAccount): boolean {
  return versions.some(
    ({ allocation: { follower, constant, rules } }) =>
      follower === account && !constant && rules?.stopMode === "leave",
  );
}

/**
 * What of ours is there and in no copy was left to the owner. That is its sum only: parts on both sides may have been left, at
 * prices that differ, of no more than we traded. Where others trade too it may be gone since.
 */
function leftWorth(
  evidence: Evidence,
  follower: CheckedAccount,
  symbol: string,
  {
    kept,
    prices,
    isAlone,
  }: { readonly kept: readonly CheckedBook[]; readonly prices: readonly Exact[]; readonly isAlone: boolean },
): { readonly least: Exact; readonly most: Exact } {
  const highest = prices.reduce((high, one) => (compare(one, high) > 0 ? one : high), ZERO);
  const lowest = prices.reduce((low, one) => (compare(one, low) < 0 ? one : low), highest);
  const traded = sum(
    follower.fills
      .filter((fill) => fill.symbol === symbol && isOfOurs(fill))
      .map(({ quantity }) => exact(quantity)),
  );
  if (!isAlone) return { least: negative(times(traded, highest)), most: times(traded, highest) };
  const held = sum(
    follower.positions.filter((one) => one.symbol === symbol).map(({ quantity }) => exact(quantity)),
  );
  const left = minus(held, sum(kept.map((book) => heldFor(evidence, book))));
  const spread = times(traded, minus(highest, lowest));
  const [low, high] = [times(left, lowest), times(left, highest)];
  const [least, most] = sign(left) < 0 ? [high, low] : [low, high];
  return { least: minus(least, spread), most: plus(most, spread) };
}

/** Said at the price that the copier knew last. */
function checkProfit(evidence: Evidence, book: CheckedBook): Violation[] {
  const { leader, follower, symbol } = book;
  const subject = `${leader}>${follower} ${symbol}`;
  const held = heldFor(evidence, book);
  if (book.price === "" || book.profit === "") {
    return sign(held) === 0 && book.profit !== ""
      ? []
      : [{ rule: "money-missing", subject, numbers: `no price for ${show(held)}` }];
  }
  const own = profitAt(book, held, exact(book.price));
  if (compare(own, exact(book.profit)) === 0) return [];
  const numbers = `said ${book.profit}, comes to ${show(own)} at ${book.price}`;
  return [{ rule: "money-profit", subject, numbers }];
}

/** At the venue's mark: the leaders' profits, and what others did on the account, are the change of its equity. */
function checkTotal(
  evidence: Evidence,
  follower: CheckedAccount,
  money: CheckedMoney,
  books: readonly CheckedBook[],
): Violation[] {
  const marks = new Map(money.open.map(({ symbol, mark }) => [symbol, exact(mark)]));
  const profits = books.map((book) =>
    profitAt(book, heldFor(evidence, book), marks.get(book.symbol) ?? ZERO),
  );
  const others = follower.fills.filter((fill) => !isOfOurs(fill));
  const taken = sum(books.map((book) => exact(book.taken)));
  const apart = minus(sum(others.map((fill) => minus(cashOf(fill), feeOf(fill)))), taken);
  const total = plus(sum(profits), apart);
  const equity = plus(exact(money.wallet), sum(money.open.map(({ unrealised }) => exact(unrealised))));
  const change = minus(equity, exact(money.deposited));
  if (compare(total, change) === 0) return [];
  const isCovered = others.length > 0 && sign(exact(money.wallet)) === 0 && compare(total, change) < 0;
  if (isCovered) return [];
  const numbers = `leaders ${show(sum(profits))}, others ${show(apart)}, equity changed by ${show(change)}`;
  return [{ rule: "money-total", subject: follower.account, numbers }];
}

function profitAt({ cash, taken, fees, funding }: CheckedBook, held: Exact, price: Exact): Exact {
  const traded = plus(plus(exact(cash), exact(taken)), times(held, price));
  return plus(minus(traded, exact(fees)), exact(funding));
}

function heldFor({ virtual = [] }: Evidence, { leader, follower, symbol }: CheckedBook): Exact {
  return sum(
    virtual
      .filter((part) => part.leader === leader && part.follower === follower && part.symbol === symbol)
      .map(({ quantity }) => exact(quantity)),
  );
}

function isOfOurs({ clientOrderId }: CheckedFill): boolean {
  return isOurs(clientOrderId);
}

function cashOf({ side, quantity, price }: CheckedFill): Exact {
  return negative(times(signed(side, quantity), exact(price)));
}

function feeOf({ fee }: CheckedFill): Exact {
  return exact(fee ?? "0");
}

function sum(values: readonly Exact[]): Exact {
  return values.reduce(plus, ZERO);
}
