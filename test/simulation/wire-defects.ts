/**
 * Deliberate defects outside the core, and of what only lost tails and silence show: in the engine, the connector, the lock of the
 * data folder, the database's reader. Caught by histories over the venue's protocol (defects.ts says what a defect is).
 */
import type { Defect } from "./defects.ts";

const DEFECTS_OF_THE_WIRE: readonly Omit<Defect, "histories">[] = [
  {
    name: "an order leaves before its record is written",
    file: "engine/engine.ts",
    find: `    const durable = this.#makeDurable(decision);
    if (durable === null) return;
    carryOut(durable, this.#parts.connections, this.#snapshots, this.#parts.together);`,
    replace: `    carryOut(decision, this.#parts.connections, this.#snapshots, this.#parts.together);
    const durable = this.#makeDurable(decision);
    if (durable === null) return;`,
  },
  {
    name: "the first record of a run may be lost with an order that is out",
    late: true,
    file: "engine/engine.ts",
    find: `    if (this.#isStartKept) return "written";`,
    replace: `    if (this.#unwritten.length === 0) return "written";`,
  },
  {
    name: "what a full disk does not take is sent all the same",
    late: true,
    file: "engine/engine.ts",
    find: `    if (written === "full" && orders + amends === 0) return reductions;`,
    replace: `    if (written === "full") return decision;`,
  },
  {
    name: "every run gives the same ids",
    file: "engine/recovery.ts",
    find: "Math.floor(chance() * 36).toString(36)",
    replace: "Math.floor(chance() * 0).toString(36)",
  },
  {
    name: "an order of a lost tail is nobody's",
    late: true,
    file: "core/order-fates.ts",
    find: "  if (lastDecision === undefined || identity.decision <= lastDecision) return undefined;",
    replace: "  if (lastDecision !== undefined || identity.decision >= 0) return undefined;",
  },
  {
    name: "a fee that was paid counts as received",
    late: true,
    file: "exchange/bybit/parse.ts",
    find: `optionalDecimal<ExecutionV5>(row, "execFee") || "0"`,
    replace: `Decimal.parse(optionalDecimal<ExecutionV5>(row, "execFee") || "0").negated().toString()`,
  },
  {
    name: "an execution that is told twice has two ids",
    file: "exchange/bybit/parse.ts",
    find: `    tradeId: TradeId(text<ExecutionV5>(row, "execId")),
    venueOrderId`,
    replace: `    tradeId: TradeId(text<ExecutionV5>(row, "execId").concat(String(context.receivedAtMs))),
    venueOrderId`,
  },
  {
    name: "what was executed while nobody streamed is not read",
    late: true,
    file: "exchange/bybit/missed-executions.ts",
    find: "    this.#untoldSinceMs ??= Math.max(0, sinceMs);",
    replace: "    this.#untoldSinceMs ??= sinceMs < 0 ? 0 : null;",
  },
  {
    name: "an order without an answer never arrived",
    late: true,
    file: "exchange/bybit/order-outcomes.ts",
    find: "      if (answer.mayHaveArrived) return unknownOutcome(of, answer.cause);",
    replace: "",
  },
  {
    name: "a stream that breaks took no order",
    late: true,
    file: "exchange/bybit/account-orders.ts",
    find: `    this.#tell(isNew ? unknownOutcome(of, cause) : changeRefused(of, "unknown", cause));`,
    replace: `    this.#tell(isNew ? rejectedOutcome(of, "try-again", cause) : changeRefused(of, "unknown", cause));`,
  },
  {
    name: "a look-up that fails finds no order",
    late: true,
    file: "exchange/bybit/connect.ts",
    find: `      if (result.kind === "error") this.#questionFailed("look-up", clientOrderId, result.error);`,
    replace: `      if (result.kind === "error")
        this.#found(clientOrderId, { order: null, executions: [], serverTimeMs: this.serverNowMs() + 60_000 });`,
  },
  {
    name: "a key's orders do not wait for their turn",
    late: true,
    file: "exchange/bybit/key-lane.ts",
    find: "    if (this.#waiting !== null || this.#restMs() > 0 || !this.#window.hasRoom()) return false;",
    replace: "    if (this.#restMs() > Number.MAX_VALUE) return false;",
  },
  {
    name: "an order that is over is never forgotten",
    late: true,
    file: "core/working-order.ts",
    find: "    leg.working.delete(order.clientOrderId);",
    replace: "",
  },
  {
    name: "the data folder is not locked",
    file: "data-folder.ts",
    find: `    database.exec("begin exclusive");`,
    replace: `    database.exec("begin");`,
  },
  {
    name: "the database forgets open orders over a restart",
    late: true,
    file: "store/projection.ts",
    find: "    this.#orders.restore(orders);",
    replace: "    this.#orders.restore(orders.slice(0, 0));",
  },
  {
    name: "a leader of whom nothing was heard is followed",
    late: true,
    file: "core/risk/freshness.ts",
    find: "  return active && ageMs > limitMs ? {",
    replace: "  return active && ageMs > limitMs * 1_000 ? {",
  },
  {
    name: "a follower of whom nothing was heard opens",
    late: true,
    file: "core/risk/freshness.ts",
    find: "  return ageMs > limitMs ? {",
    replace: "  return ageMs > limitMs * 1_000 ? {",
  },
];

export const WIRE_DEFECTS: readonly Defect[] = DEFECTS_OF_THE_WIRE.map((defect) => ({
  ...defect,
  histories: "wire",
}));
