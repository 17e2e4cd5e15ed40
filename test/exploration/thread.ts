/** One thread of an exploration: does what crew.ts asks of it. */
import { parentPort, workerData } from "node:worker_threads";
import { Hand, type Order, type ThreadData } from "./crew.ts";
import { Table } from "./table.ts";

const { space, memory }: ThreadData = workerData;
const hand = new Hand(space, new Table(memory));

function carryOut(order: Order): unknown {
  switch (order.kind) {
    case "begin":
      return hand.begin();
    case "work":
      return hand.work(order.untilMs);
    case "give":
      return hand.give(order.count);
    case "take":
      return hand.take(order.given);
  }
}

parentPort?.on("message", (order: Order) => parentPort?.postMessage(carryOut(order)));
