/** The journal's pages: every order of ours is on one, with the change that it answers or by itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { OrderRecord, OutcomeRecord, Store } from "../store/store.ts";
import { journalReport } from "./journal-report.ts";

let folder = "";
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "journal-report-"));
  store = await openSqliteStore({ path: join(folder, "copytrader.db") });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** A turn in two steps, a change during a pause, and what the end of the pause brought. */
test("the second step of a turn, and what a pause had held up, stand by themselves", async () => {
  await write(
    [change(10, 1_000, ["first-step"]), change(20, 2_000, [], "paused")],
    [order("first-step", 1_000), order("second-step", 1_004), order("after-the-pause", 2_500)],
  );
  const { entries, otherOrders } = await journalReport(store, { limit: 10 });
  expect(entries.map(({ change: number, orders, reason }) => [number, orders.length, reason])).toEqual([
    [20, 0, "paused"],
    [10, 1, ""],
  ]);
  expect(otherOrders).toMatchObject([
    { at: 2_500, clientOrderId: "after-the-pause", follower: "f", symbol: "BTCUSDT", status: "filled" },
    { at: 1_004, clientOrderId: "second-step" },
  ]);
});

test("page by page every order appears once, also one that comes long after its change", async () => {
  await write(
    [change(10, 1_000, ["late"]), change(20, 2_000, ["prompt"]), change(30, 3_000, [], "paused")],
    [order("alone", 1_500), order("prompt", 2_000), order("late", 3_500), order("newest", 4_000)],
  );
  const pages = [];
  for (const before of [undefined, 30, 20, 10]) {
    const filter = { ...(before === undefined ? {} : { before }), limit: 1 };
    const { entries, otherOrders } = await journalReport(store, filter);
    pages.push([
      ...entries.flatMap(({ orders }) => orders.map(({ clientOrderId }) => clientOrderId)),
      ...otherOrders.map(({ clientOrderId }) => clientOrderId),
    ]);
  }
  expect(pages).toEqual([["newest"], ["prompt"], ["late", "alone"], []]);
});

test("where a reason is asked for, orders have no place", async () => {
  await write([change(20, 2_000, [], "paused")], [order("alone", 2_500)]);
  const { entries, otherOrders } = await journalReport(store, { reason: "paused", limit: 10 });
  expect([entries.length, otherOrders]).toEqual([1, []]);
});

function write(outcomes: readonly OutcomeRecord[], orders: readonly OrderRecord[]): Promise<void> {
  return store.apply([{ sequence: 1, outcomes, orders }]);
}

function change(number: number, atMs: number, orders: readonly string[], reason = ""): OutcomeRecord {
  const place = { leader: "l", follower: "f", symbol: "BTCUSDT", leg: "net" } as const;
  return { change: number, ...place, changedBy: "1", leaderHolds: "1", atMs, orders, reason, detail: "{}" };
}

function order(clientOrderId: string, decidedAtMs: number): OrderRecord {
  return {
    clientOrderId,
    account: "f",
    symbol: "BTCUSDT",
    leg: "net",
    side: "buy",
    quantity: "1",
    filledQuantity: "1",
    averagePrice: "60000",
    reduceOnly: false,
    purpose: "rebalance",
    cause: "",
    status: "filled",
    venueOrderId: "",
    venueReason: "",
    leaderPrice: "60000",
    leaderTimeMs: decidedAtMs,
    decidedAtMs,
    updatedAtMs: decidedAtMs,
    decision: decidedAtMs,
  };
}
