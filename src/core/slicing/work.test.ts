/** Large changes are worked in slices: they rest as makers, follow the best price, then cross; what that saved is recorded. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, reasonsOf } from "../../../test/core/story.ts";
import { WorkedStory } from "../../../test/core/worked.ts";

describe("A large increase", () => {
  it("is sliced over time: each slice rests at the best price of its side, then crosses", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    expect(worked.sent).toEqual(["slice +125 at 59990"]);
    worked.wait(5_000);
    expect(worked.sent.slice(1)).toEqual(["cancel", "rebalance +125"]);
    worked.wait(40_000);
    expect(worked.held).toBe(500);
    expect(worked.sent.slice(3)).toEqual([
      ...["slice +125 at 59990", "cancel", "rebalance +125"],
      ...["slice +125 at 59990", "cancel", "rebalance +125"],
      ...["slice +125 at 59990", "cancel", "rebalance +125"],
    ]);
    expect(worked.story.leg().work).toBeNull();
  });

  it("saves the spread where its slices are taken, and says so to the last unit", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    for (let slice = 0; slice < 4; slice += 1) {
      for (const { order } of [...worked.standing.values()]) worked.take(order, 125, 59_990);
      worked.wait(10_000);
    }
    expect(worked.sent).toEqual(Array.from({ length: 4 }, () => "slice +125 at 59990"));
    const [done] = worked.done;
    expect(worked.done).toHaveLength(1);
    expect(done).toMatchObject({
      side: "buy",
      wantedLots: 500,
      filledLots: 500,
      slices: 4,
      atTouch: "30000",
      atMid: "29997.5",
      paid: "29995",
      fees: "0.4",
      saved: "5",
      savedBps: "1.67",
      savedToMid: "2.5",
      savedToMidBps: "0.83",
    });
    expect(worked.story.leg().market.worked).toMatchObject({ changes: 1 });
    expect(worked.story.leg().market.worked.saved.toString()).toBe("5");
  });

  it("says what it cost where the price ran away", () => {
    const worked = new WorkedStory({ chase: false });
    worked.leader("buy", "1");
    worked.book(60_090, 60_100);
    worked.wait(60_000);
    expect(worked.done).toMatchObject([{ paid: "30050", saved: "-50", savedBps: "-16.67" }]);
  });

  it("follows the best price when that moves away, and does not when it comes nearer", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    worked.book(59_995, 60_005);
    worked.wait(1_000);
    expect(worked.sent.at(-1)).toBe("amend to 59995");
    worked.book(59_985, 60_000);
    worked.wait(2_000);
    expect(worked.sent.at(-1)).toBe("amend to 59995");
    expect(worked.resting()).toEqual([{ lots: 125, price: 59_995 }]);
  });

  it("stays where it is without chasing", () => {
    const worked = new WorkedStory({ chase: false });
    worked.leader("buy", "1");
    worked.book(59_995, 60_005);
    worked.wait(3_000);
    expect(worked.resting()).toEqual([{ lots: 125, price: 59_990 }]);
  });

  it("is asked for again at the new price when the venue refuses a maker that would have crossed", () => {
    const worked = new WorkedStory();
    const { story } = worked;
    // The core has not heard of the lower book yet.
    [worked.bid, worked.ask] = [59_970, 59_980];
    worked.carryOut(story.leaderFill("buy", "1"));
    expect(worked.resting()).toEqual([]);
    worked.wait(1_000);
    expect(worked.sent).toEqual(["slice +125 at 59990", "slice +125 at 59970"]);
  });

  it("crosses at once, slice by slice, where nothing is to rest", () => {
    const worked = new WorkedStory({ crossAfterMs: 0 });
    worked.leader("buy", "1");
    expect(worked.sent).toEqual(["rebalance +125"]);
    worked.wait(40_000);
    expect(worked.sent).toEqual(Array.from({ length: 4 }, () => "rebalance +125"));
  });

  it("is left as one order up to the threshold, and where nothing is said", () => {
    const small = new WorkedStory({ above: "30000" });
    small.leader("buy", "1");
    expect(small.sent).toEqual(["rebalance +500"]);
    const never = new WorkedStory({}, { work: null });
    never.leader("buy", "1");
    expect(never.sent).toEqual(["rebalance +500"]);
  });

  it("never passes the cap on slippage: neither resting, nor following, nor crossing", () => {
    const worked = new WorkedStory({}, { slippageBpsMax: "1", onRunaway: "take" });
    worked.leader("buy", "1", "59990");
    expect(worked.resting()).toEqual([{ lots: 125, price: 59_990 }]);
    worked.book(60_040, 60_050);
    worked.wait(1_000);
    expect(worked.resting()).toEqual([{ lots: 125, price: 59_995.9 }]);
    worked.wait(60_000);
    expect(worked.held).toBe(0);
    expect(worked.sent.filter((text) => text.startsWith("rebalance"))).toEqual(
      expect.arrayContaining(["rebalance +125 at 59995.9"]),
    );
  });

  it("is explained by its orders, and by its reason with the numbers in between", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    const decision = worked.story.leaderFill("buy", "0.2");
    expect(reasonsOf(decision)).toEqual(["working"]);
    expect(decision.denials[0]?.detail).toMatchObject({ slice: 1, slices: 4, missingLots: 600 });
  });
});

describe("What changes meanwhile", () => {
  it("goes into the slices that are to come", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    worked.wait(6_000);
    worked.leader("buy", "0.6");
    worked.wait(40_000);
    expect(worked.held).toBe(800);
    expect(worked.sent.filter((text) => text.startsWith("rebalance"))).toEqual([
      "rebalance +125",
      ...Array.from({ length: 3 }, () => "rebalance +225"),
    ]);
    expect(worked.done).toMatchObject([{ wantedLots: 800, filledLots: 800 }]);
  });

  it("takes back the slice before what the leader sold is sold", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    worked.wait(6_000);
    worked.wait(6_000);
    expect(worked.resting()).toHaveLength(1);
    worked.leader("sell", "0.9");
    expect(worked.sent.slice(-2)).toEqual(["cancel", "rebalance -75"]);
    worked.wait(60_000);
    expect([worked.held, worked.resting().length]).toEqual([50, 0]);
    expect(worked.done).toMatchObject([{ wantedLots: 500, filledLots: 125 }]);
  });

  it("drops the slices that are left when the leader turns", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    worked.wait(12_000);
    worked.leader("sell", "1.1");
    worked.wait(60_000);
    expect([worked.held, worked.resting().length]).toEqual([-50, 0]);
    expect(worked.done).toHaveLength(1);
  });

  it("ends it when nothing may be added, and begins anew with what is missing", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    worked.wait(6_000);
    worked.carryOut(worked.story.command({ kind: "pause" }));
    worked.wait(2_000);
    expect([worked.held, worked.resting().length]).toEqual([125, 0]);
    expect(worked.done).toMatchObject([{ filledLots: 125 }]);
    worked.carryOut(worked.story.command({ kind: "resume" }));
    worked.wait(45_000);
    expect(worked.held).toBe(500);
    expect(worked.done).toMatchObject([{ filledLots: 125 }, { wantedLots: 375, filledLots: 375 }]);
  });
});

describe("A slice that is taken back", () => {
  it("has rested for a moment before another takes its place", () => {
    const worked = new WorkedStory();
    worked.leader("buy", "1");
    for (let time = 0; time < 3; time += 1) {
      worked.carryOut(worked.story.command({ kind: "pause" }));
      worked.carryOut(worked.story.command({ kind: "resume" }));
    }
    expect(worked.sent).toEqual(["slice +125 at 59990", "cancel"]);
    worked.wait(1_000);
    expect(worked.sent).toEqual(["slice +125 at 59990", "cancel", "slice +125 at 59990"]);
    worked.wait(60_000);
    expect(worked.held).toBe(500);
  });
});

describe("A large reduction", () => {
  const held = (work = {}): WorkedStory => {
    const worked = new WorkedStory({ exits: true, slices: 2, overMs: 20_000, crossAfterMs: 0, ...work });
    worked.leader("buy", "1");
    worked.wait(20_000);
    expect(worked.held).toBe(500);
    [worked.sent.length, worked.done.length] = [0, 0];
    return worked;
  };

  it("goes at once where the owner does not say otherwise", () => {
    const worked = held({ exits: false });
    worked.leader("sell", "0.9");
    expect(worked.sent).toEqual(["rebalance -450"]);
  });

  it("is worked where the owner says so, at the best price of its side", () => {
    const worked = held({ crossAfterMs: 5_000 });
    worked.leader("sell", "0.9");
    expect(worked.sent).toEqual(["slice -225 at 60000"]);
    worked.book(59_980, 59_985);
    worked.wait(1_000);
    expect(worked.sent.at(-1)).toBe("amend to 59985");
    worked.wait(30_000);
    expect(worked.sent.slice(2)).toEqual([
      ...["cancel", "rebalance -225"],
      ...["slice -225 at 59985", "cancel", "rebalance -225"],
    ]);
    expect(worked.held).toBe(50);
    expect(worked.done).toMatchObject([{ side: "sell", reduces: true, filledLots: 450, saved: "-4.5" }]);
  });

  it("is taken back when the leader buys again", () => {
    const worked = held({ crossAfterMs: 5_000 });
    worked.leader("sell", "0.9");
    worked.leader("buy", "0.9");
    worked.wait(20_000);
    expect([worked.sent, worked.held]).toEqual([["slice -225 at 60000", "cancel"], 500]);
  });

  it.each([
    ["the owner's close", { kind: "close", account: FOLLOWER }],
    ["the kill switch", { kind: "panic" }],
  ] as const)("goes at once, and all of it, by %s", (_name, command) => {
    const worked = held({ crossAfterMs: 5_000 });
    worked.leader("sell", "0.9");
    worked.carryOut(worked.story.command(command));
    worked.wait(2_000);
    expect([worked.held, worked.resting().length]).toEqual([0, 0]);
    expect(worked.sent.slice(1)).toEqual(["cancel", "rebalance -500"]);
  });

  it("goes at once when the leader turns", () => {
    const worked = held();
    worked.leader("sell", "1.1");
    expect(worked.sent[0]).toBe("rebalance -500");
  });
});
