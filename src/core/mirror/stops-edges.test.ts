/** Stops of ours between several leaders, in hedge mode, over restarts and refusals, and at prices off the grid. */
import { describe, expect, it } from "vitest";
import { type LeaderExit, Mirrored } from "../../../test/core/mirrored.ts";
import { ALLOCATION, BTC_SPEC, FOLLOWER, LEADER, Story, VENUE } from "../../../test/core/story.ts";
import { SECOND } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { AllocationId, InstrumentId } from "../model/identifiers.ts";
import { heldLots } from "../virtual.ts";
import { mirroredTicks } from "./mirrored-price.ts";

const STOP: LeaderExit = { kind: "stop-loss", whole: true, trigger: "55000" };
const TARGET: LeaderExit = { kind: "take-profit", whole: true, trigger: "65000" };

function twoLeaders(): Mirrored {
  const mirrored = new Mirrored();
  const { story } = mirrored;
  const { accounts, allocations } = story.settings;
  mirrored.heard(
    story.configure({
      ...story.settings,
      accounts: [...accounts, { account: SECOND, venue: VENUE, role: "leader" }],
      allocations: [
        ...allocations,
        { ...ALLOCATION, copyStops: true, id: AllocationId(SECOND, FOLLOWER), leader: SECOND },
      ],
    }),
  );
  mirrored.list([], SECOND);
  return mirrored;
}

function copiesHold(mirrored: Mirrored): number[] {
  return mirrored.leg().market.copies.map((copy) => heldLots(copy, "net"));
}

describe("several leaders on one account", () => {
  it("have a set of stops each, and what fires closes only its own copy", () => {
    const mirrored = twoLeaders();
    mirrored.trade("buy", "0.020");
    mirrored.trade("buy", "0.010", { account: SECOND });
    mirrored.exit(STOP);
    mirrored.exit({ ...STOP, id: "other", trigger: "54000", account: SECOND });
    expect(mirrored.rests()).toEqual(["stop -10 falls 55000", "stop -5 falls 54000"]);
    mirrored.fire(550_000, "falls");
    expect([mirrored.held(), copiesHold(mirrored)]).toEqual([5, [0, 5]]);
    expect(mirrored.rests()).toEqual(["stop -5 falls 54000"]);
    mirrored.trade("sell", "0.020");
    expect([mirrored.held(), copiesHold(mirrored)]).toEqual([5, [0, 5]]);
  });

  it("on opposite sides: never more than the account owns, and none against it", () => {
    const mirrored = twoLeaders();
    mirrored.trade("buy", "0.020");
    mirrored.trade("sell", "0.008", { account: SECOND });
    mirrored.exit(STOP);
    mirrored.exit({ ...STOP, id: "other", side: "buy", trigger: "65000", account: SECOND });
    expect([mirrored.held(), mirrored.rests()]).toEqual([6, ["stop -6 falls 55000"]]);
  });

  it("one closes a part while the other's stop rests: that stays as it is", () => {
    const mirrored = twoLeaders();
    mirrored.trade("buy", "0.020");
    mirrored.trade("buy", "0.010", { account: SECOND });
    mirrored.exit({ ...STOP, id: "other", trigger: "54000", account: SECOND });
    const decision = mirrored.trade("sell", "0.010");
    expect(decision.orders.map(({ order }) => order.lots)).toEqual([-5]);
    expect([mirrored.held(), mirrored.rests()]).toEqual([10, ["stop -5 falls 54000"]]);
  });
});

it("in hedge mode each leg has its own", () => {
  const mirrored = new Mirrored({ mode: "hedge" });
  mirrored.trade("buy", "0.020", { leg: "long" });
  mirrored.trade("sell", "0.010", { leg: "short" });
  mirrored.exit({ ...STOP, leg: "long" });
  mirrored.exit({ ...STOP, id: "short", leg: "short", side: "buy", trigger: "65000" });
  expect(mirrored.rests()).toEqual(["stop +5 rises 65000", "stop -10 falls 55000"]);
  mirrored.fire(650_000, "rises");
  expect([mirrored.held("long"), mirrored.held("short")]).toEqual([10, 0]);
});

describe("a whole close as our stop may have fired", () => {
  it.each([
    ["goes at once where the position is ours alone", 0, 1],
    ["waits for the stop where the owner holds some of the position, which stays", 5, 0],
  ])("%s", (_, owners, sentAtOnce) => {
    const mirrored = new Mirrored();
    mirrored.trade("buy", "0.020");
    mirrored.exit(STOP);
    mirrored.holds.set("net", 10 + owners);
    mirrored.listOwn();
    mirrored.isSlow = true;
    const closing = mirrored.trade("sell", "0.020");
    expect([closing.cancels.length, closing.orders.length]).toEqual([1, sentAtOnce]);
    mirrored.fire(550_000, "falls");
    mirrored.isSlow = false;
    mirrored.answer();
    mirrored.wait(5_000);
    expect([mirrored.held(), mirrored.leg().ownedLots]).toEqual([owners, 0]);
  });

  it("waits for the stop where another leader's growth is denied beside the owner's position, too", () => {
    const mirrored = twoLeaders();
    mirrored.trade("buy", "0.020");
    mirrored.exit(STOP);
    mirrored.holds.set("net", 15);
    for (let time = 0; time < 2; time += 1) {
      mirrored.wait(2_000);
      mirrored.listOwn();
    }
    mirrored.trade("buy", "0.040", { account: SECOND });
    mirrored.isSlow = true;
    const closing = mirrored.trade("sell", "0.020");
    expect([closing.cancels.length, closing.orders.length]).toEqual([1, 0]);
    mirrored.fire(550_000, "falls");
    mirrored.isSlow = false;
    mirrored.answer();
    mirrored.wait(5_000);
    expect([mirrored.held(), mirrored.leg().ownedLots]).toEqual([5, 0]);
  });

  it("goes after a second where nothing is heard of the stop", () => {
    const mirrored = new Mirrored();
    mirrored.trade("buy", "0.020");
    mirrored.exit(STOP);
    mirrored.holds.set("net", 15);
    mirrored.listOwn();
    mirrored.isSlow = true;
    mirrored.trade("sell", "0.020");
    expect(mirrored.story.waitForOrder(1_000).orders).toMatchObject([
      { order: { lots: -10, reduceOnly: true } },
    ]);
  });
});

describe("restart, reconnect and refusal", () => {
  it("a restart leaves what rests as it is, and counts the owner's own orders", () => {
    const mirrored = new Mirrored();
    mirrored.trade("buy", "0.020");
    mirrored.exit(STOP);
    const { length } = mirrored.sent;
    mirrored.restart([STOP]);
    mirrored.wait(20_000);
    expect([mirrored.rests(), mirrored.sent.length]).toEqual([["stop -10 falls 55000"], length]);
    expect(mirrored.story.state.followers.get(FOLLOWER)?.foreignOrders).toBe(2);
  });

  it.each([
    ["removed", [], []],
    ["moved", [{ ...STOP, trigger: "56000" }], ["stop -10 falls 56000"]],
    ["added", [STOP, TARGET], ["stop -10 falls 55000", "take-profit -10 rises 65000"]],
  ])("what the leader %s meanwhile is done at the start", (_, exits, rests) => {
    const mirrored = new Mirrored();
    mirrored.trade("buy", "0.020");
    mirrored.exit(STOP);
    mirrored.restart(exits);
    mirrored.wait(20_000);
    expect(mirrored.rests()).toEqual(rests);
  });

  it("what fired while we were down is known by the position and not bought again", () => {
    const mirrored = new Mirrored();
    mirrored.trade("buy", "0.020");
    mirrored.exit({ ...STOP, id: "half", quantity: "0.010" });
    mirrored.isSlow = true;
    mirrored.fire(550_000, "falls");
    mirrored.isSlow = false;
    mirrored.restart([]);
    mirrored.wait(20_000);
    expect([mirrored.held(), mirrored.rests()]).toEqual([0, []]);
  });

  it("one that a lost tail of the journal had placed is cancelled first, and then placed anew", () => {
    const mirrored = new Mirrored();
    const { story } = mirrored;
    mirrored.trade("buy", "0.020");
    const kept = encodeCheckpoint(story.state);
    mirrored.exit(STOP);
    Object.assign(story.state, decodeCheckpoint(kept));
    const [first] = mirrored.resting.keys();
    mirrored.isSlow = true;
    mirrored.restart([STOP]);
    expect([...mirrored.resting.keys()]).toEqual([first]);
    mirrored.isSlow = false;
    mirrored.answer();
    mirrored.wait(20_000);
    expect([mirrored.rests(), mirrored.resting.has(first ?? "")]).toEqual([["stop -10 falls 55000"], false]);
    expect(mirrored.sent.filter((text) => text.startsWith("stop"))).toHaveLength(2);
  });

  it("places nothing for a leader that was not read in this run", () => {
    const mirrored = new Mirrored();
    mirrored.trade("buy", "0.020");
    mirrored.story.feed({ kind: "engine-started", epoch: "bcdefghi", atMs: mirrored.story.nowMs });
    mirrored.exit(STOP);
    expect(mirrored.rests()).toEqual([]);
  });

  it("what the leader's venue does not tell of is left as it stands", () => {
    const mirrored = new Mirrored();
    mirrored.trade("buy", "0.020");
    mirrored.exit(STOP);
    mirrored.heard(mirrored.story.leaderSnapshot([mirrored.story.row("0.020")]));
    expect(mirrored.rests()).toEqual(["stop -10 falls 55000"]);
  });

  it.each(["insufficient-margin", "bad-request", "rate-limited", "reduce-only-violation"] as const)(
    "%s: nothing else waits, and it is tried again",
    (refusal) => {
      const mirrored = new Mirrored();
      mirrored.trade("buy", "0.020");
      mirrored.refuses = refusal;
      mirrored.exit(STOP);
      expect(mirrored.rests()).toEqual([]);
      mirrored.wait(2_000);
      expect([mirrored.rests(), mirrored.held()]).toEqual([["stop -10 falls 55000"], 10]);
    },
  );
});

describe("the same price in other units goes to the tick that is met first", () => {
  const SMALL = InstrumentId("1MBTCUSDT", VENUE);
  const story = new Story({
    allocation: { symbolMap: { BTCUSDT: { symbol: "1MBTCUSDT", units: "1000" } } },
    bare: true,
  });
  story.feed({
    kind: "instruments-listed",
    instruments: [{ ...BTC_SPEC, symbol: "1MBTCUSDT" }],
    atMs: story.nowMs,
  });
  story.leaderFill("buy", "1");
  const copy = story.state.followers.get(FOLLOWER)?.markets.get(SMALL)?.copies[0];

  it.each([
    ["55000", "floor", 550],
    ["55049.9", "floor", 550],
    ["55049.9", "ceiling", 551],
    ["0", "floor", null],
    ["", "floor", null],
    ["99", "floor", null],
  ] as const)("%s by %s", (price, mode, ticks) => {
    if (copy === undefined) throw new Error(`${LEADER} is not copied`);
    expect(mirroredTicks(copy, price, mode)).toBe(ticks);
  });
});
