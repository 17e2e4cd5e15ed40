/**
 * Room 6: carries out a durable decision. All orders of one decision go out in one pass without waiting for one another;
 * questions follow.
 */
import type { Decision, Question } from "../core/decision.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { AccountConnection } from "../exchange/exchange.ts";
import type { Snapshots } from "./snapshots.ts";

type Connections = ReadonlyMap<AccountId, AccountConnection>;

export function carryOut(decision: Decision, connections: Connections, snapshots: Snapshots): void {
  for (const { order } of decision.orders) connections.get(order.account)?.submit([order]);
  for (const question of decision.questions) ask(question, connections, snapshots);
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
