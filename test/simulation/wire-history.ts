/**
 * At the end: the exchange's history of orders against the journal, and money. Every order of ours that the exchange took has
 * its intent in the journal, or, where a power cut took that and it filled or waits, was adopted afterwards; what waits at the exchange
 * is what the copier believes to wait; nobody's money came from nowhere or went nowhere, to the last unit.
 */
import { isOpen, type State } from "../../src/core/state.ts";
import { describeViolation } from "../checker/checker.ts";
import { type CheckedAccount, type Evidence, isOurs } from "../checker/evidence.ts";
import { exact, minus, negative, plus, show, sign, times } from "../checker/exact.ts";
import { checkMoney } from "../checker/money.ts";
import { signed } from "../checker/targets.ts";
import { checkedAccount, checkedMoney } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import type { WireAccount, WireWorld } from "./wire-world.ts";

export function historyBreaches(world: WireWorld, followers: readonly CheckedAccount[]): string[] {
  const written = writtenIn(world.journal);
  const intended = new Set<string>(written.intents.map(({ clientOrderId }) => clientOrderId));
  const lost = new Set<string>(world.history.lostIntents.map(({ clientOrderId }) => clientOrderId));
  return followers.flatMap(({ account, requests, fills }) => {
    const open = openOrdersOf(world, account);
    return requests.flatMap(({ clientOrderId, outcome, quantity, symbol }) => {
      if (outcome !== "accepted" || !isOurs(clientOrderId) || intended.has(clientOrderId)) return [];
      const name = `${account} ${symbol} ${clientOrderId} of ${quantity}`;
      if (!lost.has(clientOrderId)) return [`${name} has no intent`];
      // One that a later decision of the same tail took back before it filled left nothing to be found.
      const isThere = open.has(clientOrderId) || fills.some((fill) => fill.clientOrderId === clientOrderId);
      return isThere ? [`${name} of a lost tail was never adopted`] : [];
    });
  });
}

/** What waits at the exchange for us, and what the copier believes to wait there, is the same. */
export function openOrderBreaches(world: WireWorld, state: State): string[] {
  return [...state.followers.keys()].flatMap((account) => {
    const open = openOrdersOf(world, account);
    const known = [...state.orders].flatMap(([id, leg]) => {
      const order = leg.working.get(id);
      return leg.market.follower.account === account && order !== undefined && isOpen(order) ? [id] : [];
    });
    const strange = [...open].filter((id) => isOurs(id) && !known.some((one) => one === id));
    return [
      ...strange.map((id) => `${account}: ${id} is open at the exchange, and the copier does not know it`),
      ...known.filter((id) => !open.has(id)).map((id) => `${account}: ${id} is believed open, and is not`),
    ];
  });
}

function openOrdersOf(world: WireWorld, account: string): ReadonlySet<string> {
  return new Set(world.exchange.account(account).openOrders.map(({ orderLinkId }) => String(orderLinkId)));
}

/** Of each account: what was paid in, and what its executions and fundings came to, is what it is worth now. */
export function conservationBreaches(world: WireWorld, accounts: readonly WireAccount[]): string[] {
  return accounts.flatMap(({ account, mode }) => {
    const history = world.exchange.account(account);
    const { fills, positions } = checkedAccount(account, mode, history);
    const { deposited, wallet, fundings, open } = checkedMoney(world.deposited(account), history);
    const cash = fills.map(({ side, quantity, price, fee = "0" }) =>
      minus(negative(times(signed(side, quantity), exact(price))), exact(fee)),
    );
    const held = positions.map(({ symbol, quantity }) =>
      times(exact(quantity), exact(open.find((one) => one.symbol === symbol)?.mark ?? "0")),
    );
    const paid = fundings.map(({ payment }) => exact(payment));
    const came = [...cash, ...held, ...paid].reduce(plus, exact(deposited));
    const worth = open.map(({ unrealised }) => exact(unrealised)).reduce(plus, exact(wallet));
    const difference = minus(worth, came);
    // What a liquidated account owes beyond its money is paid by the insurance fund.
    const isCovered = sign(exact(wallet)) === 0 && sign(difference) > 0;
    if (sign(difference) === 0 || isCovered) return [];
    return [`${account} is worth ${show(worth)}, and ${show(came)} by what it paid in, traded and was paid`];
  });
}

/**
 * The copier's own books, leader by leader, against the account's history. What an order of a lost tail did is held for nobody,
 * and in nobody's book.
 */
export function bookBreaches(world: WireWorld, evidence: Evidence): string[] {
  const { books, intents } = writtenIn(world.journal);
  const known = new Set<string>(intents.map(({ clientOrderId }) => clientOrderId));
  const lost = world.history.lostIntents.filter(({ clientOrderId }) => !known.has(clientOrderId));
  const whole = evidence.followers.filter(({ account }) =>
    lost.every(({ follower }) => follower !== account),
  );
  const followers = whole.map((account) => ({
    ...account,
    money: checkedMoney(world.deposited(account.account), world.exchange.account(account.account)),
  }));
  // What others hold on the account is in nobody's book, and a funding row that a silent stream lost is not told again.
  return checkMoney({ ...evidence, followers, books })
    .filter(({ rule, numbers }) => rule !== "money-total" && !numbers.startsWith("funding "))
    .map(describeViolation);
}
