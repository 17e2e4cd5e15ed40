/**
 * Room 6: carries out a durable decision. Cancellations, orders and amendments of one decision go out in one pass, in this
 * order, without waiting for one another; questions follow.
 */
import type { Decision, Question } from "../core/decision.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { AccountConnection } from "../exchange/exchange.ts";
import type { Snapshots } from "./snapshots.ts";

type Connections = ReadonlyMap<AccountId, AccountConnection>;

/** Runs an action and sends what it sends in one go at its end. */
export type Together = (action: () => void) => void;

export function carryOut(
  decision: Decision,
  connections: Connections,
  snapshots: Snapshots,
  together: Together | undefined,
): void {
  const { cancels, orders, amends } = decision;
  const isMany = cancels.length + orders.length + amends.length > 1;
  if (isMany && together !== undefined) together(() => submitAll(decision, connections));
  else submitAll(decision, connections);
  for (const question of decision.questions) ask(question, connections, snapshots);
}

function submitAll({ cancels, orders, amends }: Decision, connections: Connections): void {
  for (const { market, clientOrderId } of cancels)
    connections.get(market.follower.account)?.cancel(clientOrderId, market.instrument.id);
  for (const { order } of orders) connections.get(order.account)?.submit([order]);
  for (const { market, clientOrderId, change } of amends)
    connections.get(market.follower.account)?.amend(clientOrderId, market.instrument.id, change);
}

function ask(question: Question, connections: Connections, snapshots: Snapshots): void {
  const connection = connections.get(question.account);
  if (connection === undefined) return;
  switch (question.kind) {
    case "look-up":
      return connection.lookUp(question.clientOrderId, question.instrument);
    case "describe-market":
      return connection.describeMarket(question.instrument);
    case "set-leverage":
      return connection.setLeverage(question.instrument, String(question.leverageHundredths / 100));
    case "set-margin-mode":
      return connection.setMarginMode?.(question.marginMode);
    case "snapshot":
      return snapshots.request(question.account);
  }
}
