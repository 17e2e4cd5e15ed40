/** What "max-positions" may count: the copies of leaders that oppose each other stand in an account that holds nothing. */
import { expect, test } from "vitest";
import type { CheckedAllocation, Evidence } from "../evidence.ts";
import { HALF, NOTHING } from "../fixture.ts";
import { checkDenials } from "./denials.ts";
import type { RuleRecord, WrittenDenial, WrittenOrder } from "./record.ts";

const SLACK_MS = 1_000;
const LATER_MS = 100_000;

function allocation(leader: string): CheckedAllocation {
  return {
    ...HALF,
    leader,
    multiplier: "1",
    rules: {
      hours: null,
      positionsMax: 1,
      followerPositionsMax: null,
      slippageBpsMax: null,
      onRunaway: "skip",
      entryDelayMaxMs: null,
      notWorse: false,
      copyStops: false,
      exitParity: false,
      stopMode: "close",
      orderMost: null,
      symbolMost: null,
      leaderMost: null,
      leverageMax: "10",
      stopLoss: null,
      positionStop: null,
    },
  };
}

/** Bought at once and sold again. */
function evidence(leaders: readonly string[]): Evidence {
  const fill = { symbol: "BTCUSDT", leg: "net", quantity: "1", price: "60000" } as const;
  const follower = {
    account: "follower",
    mode: "one-way",
    positions: [],
    held: [],
    fills: [
      { ...fill, side: "buy", atMs: 1_000, clientOrderId: "buy" },
      { ...fill, side: "sell", atMs: 2_000, clientOrderId: "sell" },
    ],
    requests: [],
    equities: [],
  } as const;
  const allocations = leaders.map(allocation);
  return {
    ...NOTHING,
    allocations,
    versions: allocations.map((one) => ({ fromMs: 0, untilMs: LATER_MS, allocation: one })),
    followers: [follower],
    slackMs: SLACK_MS,
  };
}

function order(sequence: number, leader: string, quantity: string): WrittenOrder {
  return {
    sequence,
    atMs: sequence * 1_000,
    clientOrderId: quantity,
    follower: "follower",
    symbol: "BTCUSDT",
    leg: "net",
    quantity,
    reduceOnly: quantity.startsWith("-"),
    purpose: "rebalance",
    limitPrice: "",
    shares: [{ leader, quantity, held: "0" }],
    isHeld: false,
    shown: "0",
    others: { account: 0, byLeader: {} },
  };
}

function record(parts: Partial<RuleRecord>): RuleRecord {
  const nothing = { denials: [], orders: [], crossings: [], stops: [], ends: [], commands: [], figures: [] };
  return { ...nothing, prices: [], givenUp: [], measured: [], starts: [], ...parts };
}

function denial(leader: string): WrittenDenial {
  return {
    sequence: 9,
    atMs: LATER_MS,
    follower: "follower",
    leader,
    symbol: "DOGEUSDT",
    leg: "net",
    reason: "max-positions",
    detail: { of: "allocation", open: 1, limit: 1 },
  };
}

const BOTH = ["bull", "bear"];
const [BUY, SELL] = [order(1, "bull", "1"), order(2, "bear", "-1")];
const LOST = { clientOrderId: "buy", follower: "follower", symbol: "BTCUSDT" };
const CROSSING = { sequence: 3, atMs: 3_000, follower: "follower", symbol: "BTCUSDT", leg: "net" } as const;

test.each([
  ["a part that another leader's order opposes", BOTH, "bull", { orders: [BUY, SELL] }],
  ["a part that was opened by a reduction of the account", BOTH, "bear", { orders: [BUY, SELL] }],
  ["a part that crossed inside", BOTH, "bear", { crossings: [{ ...CROSSING, leader: "bear" }] }],
])("counts %s", (_, leaders, leader, parts) => {
  expect(checkDenials(evidence(leaders), record({ ...parts, denials: [denial(leader)] }))).toEqual([]);
});

test.each([
  ["one leader's", ["bull"], "bull"],
  ["one of several leaders'", BOTH, "bear"],
])("counts what an order of a lost tail opened, as %s", (_, leaders, leader) => {
  const bought = { ...evidence(leaders), lostIntents: [LOST] };
  const followers = bought.followers.map((one) => ({ ...one, fills: one.fills.slice(0, 1) }));
  const held = { ...bought, followers };
  expect(checkDenials(held, record({ denials: [denial(leader)] }))).toEqual([]);
});

test("does not count what an order of a lost tail opened and what was closed long ago", () => {
  const sold = { ...evidence(["bull"]), lostIntents: [LOST] };
  const [violation] = checkDenials(
    sold,
    record({ orders: [order(2, "bull", "-1")], denials: [denial("bull")] }),
  );
  expect(violation?.numbers).toBe("max-positions: 0 can have been open, not 1");
});

test.each([
  ["what only another leader has", BOTH, "bear", { orders: [BUY] }],
  ["what the only leader closed long ago", ["bull"], "bull", { orders: [BUY, order(2, "bull", "-1")] }],
])("does not count %s", (_, leaders, leader, parts) => {
  const [violation] = checkDenials(evidence(leaders), record({ ...parts, denials: [denial(leader)] }));
  expect(violation?.numbers).toBe("max-positions: 0 can have been open, not 1");
});
