/**
 * At the end: the exchange's history of orders against the journal, and money. Every order of ours that the exchange took has
 * its intent in the journal, or, where a power cut took that, the journal learned of it afterwards and adopted it; nobody's
 * money came from nowhere or went nowhere, to the last unit.
 */
import type { Journal } from "../../src/journal/journal.ts";
import { describeViolation } from "../checker/checker.ts";
import { type CheckedAccount, type Evidence, isOurs } from "../checker/evidence.ts";
import { exact, minus, negative, plus, show, sign, times } from "../checker/exact.ts";
import { checkMoney } from "../checker/money.ts";
import { signed } from "../checker/targets.ts";
import { checkedAccount, checkedMoney } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import type { WireAccount, WireWorld } from "./wire-world.ts";

const ORDER_ID = /"ct[0-9a-z]{22}"/g;

export function historyBreaches(world: WireWorld, followers: readonly CheckedAccount[]): string[] {
  const intended = new Set<string>(
    writtenIn(world.journal).intents.map(({ clientOrderId }) => clientOrderId),
  );
  const lost = new Set<string>(world.history.lostIntents.map(({ clientOrderId }) => clientOrderId));
  const toldOf = idsIn(world.journal);
  return followers.flatMap(({ account, requests, fills }) =>
    requests.flatMap(({ clientOrderId, outcome, quantity, symbol }) => {
      if (outcome !== "accepted" || !isOurs(clientOrderId) || intended.has(clientOrderId)) return [];
      const name = `${account} ${symbol} ${clientOrderId} of ${quantity}`;
      if (!lost.has(clientOrderId)) return [`${name} has no intent`];
      // One that a later decision of the same tail took back before it filled left nothing to be found.
      if (!fills.some((fill) => fill.clientOrderId === clientOrderId)) return [];
      return toldOf.has(clientOrderId) ? [] : [`${name} of a lost tail was never found again`];
    }),
  );
}

/** All of our order ids that the journal's events name. */
function idsIn(journal: Pick<Journal, "read">): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { type, payload } of journal.read(1))
    if (type === "event") for (const [id] of payload.matchAll(ORDER_ID)) ids.add(id.slice(1, -1));
  return ids;
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
