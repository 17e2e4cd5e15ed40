/**
 * Room 6: carries out a durable decision. All orders of one decision go out in one pass without waiting for one another;
 * questions follow.
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
  if (decision.orders.length > 1 && together !== undefined) together(() => submitAll(decision, connections));
  else submitAll(decision, connections);
  for (const question of decision.questions) ask(question, connections, snapshots);
}

function submitAll({ orders }: Decision, connections: Connections): void {
  for (const { order } of orders) connections.get(order.account)?.submit([order]);
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
    case "snapshot":
      return snapshots.request(question.account);
  }
}
