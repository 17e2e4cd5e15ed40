/** A leader's orders that wait rest as the follower's own, scaled, and follow edits, fills and cancellations. */
import { describe, expect, it } from "vitest";
import { Pending } from "../../../test/core/pending.ts";
import { FOLLOWER } from "../../../test/core/story.ts";

describe("a limit order of the leader's that waits to open", () => {
  it("rests at the follower's venue, of the same share, at the same price", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    expect(pending.rests()).toEqual(["+50 at 59000"]);
    expect(pending.story.decisions.flatMap(({ orders }) => orders)).toMatchObject([
      { order: { purpose: "pending-entry", reduceOnly: false }, follows: { order: "a", quantity: "0.1" } },
    ]);
  });

  it("does not rest without the setting", () => {
    const pending = new Pending({ allocation: { copyPending: false } });
    pending.waits("a", "buy", 100, 59_000);
    expect(pending.rests()).toEqual([]);
    expect(pending.story.decisions.flatMap(({ questions }) => questions)).not.toContainEqual(
      expect.objectContaining({ kind: "look-up" }),
    );
  });

  it("changes its price and shrinks in place, and grows by a new order", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.edit("a", { price: 58_000 });
    expect(pending.rests()).toEqual(["+50 at 58000"]);
    pending.edit("a", { lots: 60, price: 58_500 });
    expect(pending.rests()).toEqual(["+30 at 58500"]);
    expect(pending.story.decisions.flatMap(({ cancels }) => cancels)).toEqual([]);
    pending.edit("a", { lots: 120 });
    expect(pending.rests()).toEqual(["+60 at 58500"]);
    expect(pending.story.decisions.flatMap(({ cancels }) => cancels)).toHaveLength(1);
  });

  it("goes with the leader's", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.takesBack("a");
    expect([pending.rests(), pending.holds]).toEqual([[], 0]);
  });

  it("is gone with one that the whole list lacks", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.leader.clear();
    pending.wait(2_000);
    pending.listLeader();
    expect(pending.rests()).toEqual([]);
  });

  it("fills once, whichever is heard first", () => {
    for (const streams of [
      ["fills", "orders", "own"],
      ["own", "fills", "orders"],
      ["orders", "own", "fills"],
      ["orders", "fills", "own"],
    ] as const) {
      const pending = new Pending();
      pending.waits("a", "buy", 100, 59_000);
      pending.isSlow = true;
      pending.moves(59_000);
      for (const stream of streams) while (pending.hear(stream)) pending.wait(50);
      pending.isSlow = false;
      pending.hearAll();
      pending.wait(20_000);
      expect([pending.holds, pending.bought, pending.sold, pending.rests()]).toEqual([50, 50, 0, []]);
      expect(pending.leg().market.copies[0]?.legs[0]?.ahead).toEqual([]);
      expect(pending.said()).toEqual([]);
    }
  });

  it("keeps what filled before the leader's, and buys nothing more when the leader's fills", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.fillsOwn("a", 20);
    pending.wait(20_000);
    expect([pending.holds, pending.sold, pending.rests()]).toEqual([20, 0, ["+30 at 59000"]]);
    pending.fillsOwn("a", 30);
    pending.wait(10_000);
    expect([pending.holds, pending.rests()]).toEqual([50, []]);
    pending.fillsLeader("a", 100);
    pending.wait(10_000);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([50, 50, 0]);
    pending.trades("sell", 100);
    expect(pending.holds).toBe(0);
  });

  it("is bought at market where the leader's filled and ours did not, once ours is gone", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.fillsLeader("a", 100);
    pending.hear("fills");
    expect(pending.story.decisions.at(-1)).toMatchObject({ orders: [], cancels: [{}] });
    pending.isSlow = false;
    pending.hearAll();
    expect([pending.holds, pending.bought, pending.rests()]).toEqual([50, 50, []]);
  });

  it("waits to hear by which order the leader's position grew, where that is told first", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.fillsLeader("a", 100);
    pending.reports();
    expect(pending.story.decisions.at(-1)).toMatchObject({ orders: [], cancels: [] });
    pending.hear("fills");
    expect(pending.story.decisions.at(-1)).toMatchObject({ orders: [], cancels: [{}] });
    pending.isSlow = false;
    pending.hearAll();
    expect([pending.holds, pending.bought, pending.rests()]).toEqual([50, 50, []]);
  });

  it("goes on waiting for that for as long as no fill tells it", () => {
    const pending = new Pending();
    pending.waits("a", "sell", 4, 59_900, true);
    pending.isSlow = true;
    pending.moves(59_900);
    pending.reports();
    pending.wait(10_000);
    pending.isSlow = false;
    pending.hearAll();
    pending.wait(20_000);
    expect([pending.holds, pending.sold, pending.bought, pending.rests()]).toEqual([-2, 2, 0, []]);
  });

  it("is not placed again while the leader's may have filled with ours", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.moves(59_000);
    pending.reports();
    while (pending.hear("own"));
    pending.wait(10_000);
    expect([pending.holds, pending.bought, pending.rests()]).toEqual([50, 50, []]);
    pending.isSlow = false;
    pending.hearAll();
    pending.wait(20_000);
    expect([pending.holds, pending.bought, pending.sold, pending.rests()]).toEqual([50, 50, 0, []]);
  });

  it("lets the leader's other orders be copied as soon as a fill tells that it was one of them", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.trades("buy", 40);
    pending.reports();
    expect(pending.story.decisions.at(-1)).toMatchObject({ orders: [], cancels: [] });
    pending.hear("fills");
    expect(pending.story.decisions.at(-1)).toMatchObject({ orders: [{ order: { lots: 20 } }], cancels: [] });
    pending.isSlow = false;
    pending.hearAll();
    expect([pending.holds, pending.rests()]).toEqual([20, ["+50 at 59000"]]);
  });

  it("has the leader's account read where no fill tells it within a second", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.trades("buy", 40);
    pending.reports();
    const asked = () =>
      pending.story.decisions.flatMap(({ questions }) => questions.filter(({ kind }) => kind === "snapshot"));
    pending.wait(900);
    expect([asked(), pending.holds]).toEqual([[], 0]);
    pending.wait(200);
    expect([asked(), pending.holds]).toEqual([[{ kind: "snapshot", account: "leader" }], 0]);
    pending.listLeader();
    expect([pending.holds, pending.rests()]).toEqual([20, ["+50 at 59000"]]);
    pending.isSlow = false;
    pending.hearAll();
    pending.wait(20_000);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([20, 20, 0]);
  });

  it("does not wait for what a read of the leader's account tells", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.trades("buy", 40);
    pending.listLeader();
    expect([pending.holds, pending.rests()]).toEqual([20, ["+50 at 59000"]]);
  });

  it("does not rest for one that the leader's account lacked when it was read, and that is told late", () => {
    const pending = new Pending();
    pending.isSlow = true;
    pending.waits("a", "buy", 100, 59_000);
    pending.moves(59_000);
    pending.listLeader();
    while (pending.hear("own"));
    pending.hear("orders");
    expect([pending.holds, pending.rests()]).toEqual([50, []]);
    pending.isSlow = false;
    pending.hearAll();
    pending.wait(20_000);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([50, 50, 0]);
  });

  it("does not let a reduction wait for that", () => {
    const pending = new Pending();
    pending.trades("buy", 100);
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.trades("sell", 40);
    pending.reports();
    expect(pending.holds).toBe(30);
  });

  it("keeps what filled before the leader's where another of them filled meanwhile", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.waits("b", "buy", 100, 61_000, true);
    pending.isSlow = true;
    pending.fillsOwn("a", 50);
    pending.moves(61_000);
    pending.isSlow = false;
    pending.hearAll();
    pending.wait(20_000);
    expect([pending.holds, pending.bought, pending.sold, pending.rests()]).toEqual([100, 100, 0, []]);
    pending.fillsLeader("a", 100);
    pending.wait(20_000);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([100, 100, 0]);
  });

  it("is no earlier than the leader's where only the end of another was told, and not yet its fill", () => {
    const pending = new Pending();
    pending.waits("a", "sell", 100, 61_000);
    pending.waits("b", "sell", 100, 59_000, true);
    pending.isSlow = true;
    pending.moves(59_000);
    pending.moves(61_000);
    pending.hear("fills");
    while (pending.hear("orders"));
    pending.hear("own");
    pending.hear("fills");
    pending.isSlow = false;
    pending.hearAll();
    pending.wait(20_000);
    expect([pending.holds, pending.sold, pending.bought]).toEqual([-100, 100, 0]);
  });

  it("is not bought twice where ours fills while it is being cancelled", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.fillsOwn("a", 50);
    pending.fillsLeader("a", 100);
    pending.hear("fills");
    pending.isSlow = false;
    pending.hearAll();
    pending.wait(10_000);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([50, 50, 0]);
  });

  it("buys the difference of a part that filled there first", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.fillsLeader("a", 40);
    expect([pending.holds, pending.rests()]).toEqual([20, ["+30 at 59000"]]);
  });

  it("closes what the leader did not get, after a grace, with its reason", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.fillsOwn("a", 30);
    pending.takesBack("a");
    pending.wait(2_500);
    expect(pending.holds).toBe(30);
    pending.wait(1_000);
    expect([pending.holds, pending.rests(), pending.said()]).toEqual([0, [], ["a leader-did-not-fill"]]);
  });

  it("keeps the whole of a leader's further orders beside it", () => {
    const pending = new Pending();
    pending.trades("buy", 100);
    pending.waits("a", "buy", 100, 59_000);
    pending.waits("b", "buy", 60, 58_000);
    expect(pending.rests()).toEqual(["+30 at 58000", "+50 at 59000"]);
    pending.trades("sell", 40);
    expect([pending.holds, pending.rests()]).toEqual([30, ["+30 at 58000", "+50 at 59000"]]);
    pending.moves(58_900);
    expect([pending.holds, pending.rests()]).toEqual([80, ["+30 at 58000"]]);
    pending.wait(20_000);
    expect([pending.holds, pending.sold]).toEqual([80, 20]);
  });
});

describe("a conditional order of the leader's that waits to open", () => {
  it("rests as one, at the same trigger", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 61_000, true);
    expect(pending.rests()).toEqual(["+50 when it rises to 61000"]);
    pending.edit("a", { price: 61_500 });
    expect(pending.rests()).toEqual(["+50 when it rises to 61500"]);
    pending.moves(61_500);
    pending.wait(10_000);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([50, 50, 0]);
  });

  it("pays no more than the cap on slippage allows", () => {
    const pending = new Pending({ allocation: { slippageBpsMax: "10" } });
    pending.waits("a", "buy", 100, 61_000, true);
    expect(pending.rests()).toEqual(["+50 when it rises to 61000 for 61061"]);
  });
});

describe("what it is for a copy that is shaped", () => {
  it("waits for the leader's price, and goes at market then, in an inverse copy", () => {
    const pending = new Pending({ allocation: { inverse: true } });
    pending.waits("a", "buy", 100, 59_000);
    expect(pending.rests()).toEqual(["-50 when it falls to 59000"]);
    pending.moves(59_000);
    pending.wait(10_000);
    expect([pending.holds, pending.sold, pending.bought]).toEqual([-50, 50, 0]);
  });

  it("is left out on the side that is not copied", () => {
    const pending = new Pending({ allocation: { side: "long" } });
    pending.waits("a", "sell", 100, 61_000);
    expect([pending.rests(), pending.said()]).toEqual([[], ["a side-filtered"]]);
  });

  it("is on the leg of its side in hedge mode", () => {
    const pending = new Pending({ mode: "hedge" });
    pending.waits("a", "sell", 100, 61_000);
    expect(pending.story.decisions.flatMap(({ orders }) => orders)).toMatchObject([
      { order: { leg: "short", lots: -50, purpose: "pending-entry" } },
    ]);
  });

  it("asks first where increases do: the fill is proposed", () => {
    const pending = new Pending({ allocation: { autoCopy: false } });
    pending.waits("a", "buy", 100, 59_000);
    expect([pending.rests(), pending.said()]).toEqual([[], ["a pending-asks"]]);
    pending.fillsLeader("a", 100);
    expect(pending.story.state.proposalSequence).toBe(1);
  });

  it("keeps a sized order through a tick of equity, within the band", () => {
    const sizing = { kind: "equity-proportional", rebalanceBand: "0.1" } as const;
    const pending = new Pending({ allocation: { sizing } });
    pending.waits("a", "buy", 100, 59_000);
    expect(pending.rests()).toEqual(["+100 at 59000"]);
    pending.decide(pending.story.equity(FOLLOWER, "10500"));
    pending.listLeader();
    expect(pending.rests()).toEqual(["+100 at 59000"]);
    pending.decide(pending.story.equity(FOLLOWER, "8000"));
    pending.listLeader();
    expect(pending.rests()).not.toEqual(["+100 at 59000"]);
  });
});

describe("what keeps it from resting", () => {
  it("is taken back while the follower is paused, and placed again after that", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.decide(pending.story.command({ kind: "pause", account: FOLLOWER }));
    expect([pending.rests(), pending.said()]).toEqual([[], ["a paused"]]);
    pending.decide(pending.story.command({ kind: "resume", account: FOLLOWER }));
    expect(pending.rests()).toEqual(["+50 at 59000"]);
  });

  it("is taken back and stays away in a panic", () => {
    const pending = new Pending();
    pending.trades("buy", 100);
    pending.waits("a", "buy", 100, 59_000);
    pending.fillsOwn("a", 20);
    pending.decide(pending.story.command({ kind: "panic", account: FOLLOWER }));
    pending.wait(1_000);
    expect([pending.rests(), pending.holds]).toEqual([[], 0]);
  });

  it("is clipped by a cap, with the reason", () => {
    const pending = new Pending({ allocation: { symbolNotionalMax: "1800" } });
    pending.waits("a", "buy", 100, 59_000);
    expect([pending.rests(), pending.said()]).toEqual([["+30 at 59000"], ["a symbol-cap"]]);
    pending.listLeader();
    pending.wait(5_000);
    expect([pending.rests(), pending.said()]).toEqual([["+30 at 59000"], ["a symbol-cap"]]);
  });

  it("is refused by a cap that leaves no room", () => {
    const pending = new Pending({ allocation: { symbolNotionalMax: "1" } });
    pending.waits("a", "buy", 100, 59_000);
    expect([pending.rests(), pending.said()]).toEqual([[], ["a symbol-cap"]]);
  });

  it("is not placed again where the owner took it back", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.endsOwn("a");
    pending.listLeader();
    pending.wait(20_000);
    expect([pending.rests(), pending.said()]).toEqual([[], ["a pending-ended"]]);
    pending.fillsLeader("a", 100);
    expect(pending.holds).toBe(50);
  });

  it("is taken back where the owner opens a position of their own there", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.holds = 394;
    pending.decide(pending.story.followerHolds("0.394"));
    pending.wait(2_000);
    pending.listOwn();
    pending.wait(2_000);
    pending.listOwn();
    expect([pending.rests(), pending.said()]).toEqual([[], ["a foreign-position"]]);
  });

  it("is left to its fill against what the leader holds", () => {
    const pending = new Pending();
    pending.trades("sell", 100);
    pending.waits("a", "buy", 150, 59_000);
    expect(pending.rests()).toEqual([]);
    pending.moves(59_000);
    pending.wait(5_000);
    expect(pending.holds).toBe(25);
  });

  it("is no larger than one order may be, and stays", () => {
    const pending = new Pending({ instrument: { maxMarketQuantity: "0.03" } });
    pending.waits("a", "buy", 100, 59_000);
    pending.listLeader();
    pending.wait(20_000);
    expect(pending.rests()).toEqual(["+30 at 59000"]);
    const { decisions } = pending.story;
    expect([
      decisions.flatMap(({ orders }) => orders).length,
      decisions.flatMap(({ cancels }) => cancels),
    ]).toEqual([1, []]);
    pending.moves(59_000);
    pending.wait(20_000);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([50, 50, 0]);
  });

  it("does not come and go where the owner's own limits grant a part of it", () => {
    const pending = new Pending({
      ownLimits: () => ({ limit: "mine", failed: false, room: 20, givesUp: false, detail: {} }),
    });
    pending.waits("a", "buy", 100, 59_000);
    for (let turn = 0; turn < 10; turn += 1) pending.wait(1_000);
    expect(pending.rests()).toEqual(["+20 at 59000"]);
    expect(pending.story.decisions.flatMap(({ orders }) => orders).length).toBeLessThan(4);
  });

  it("is no more than five on one leg", () => {
    const pending = new Pending();
    for (let place = 1; place <= 6; place += 1) pending.waits(`n${place}`, "buy", 20, 59_000 - place * 100);
    expect(pending.rests()).toHaveLength(5);
    expect(pending.said()).toEqual(["n6 pending-too-many"]);
  });
});

it("stays through a restart, and is looked at anew", () => {
  const pending = new Pending();
  pending.waits("a", "buy", 100, 59_000);
  pending.restart();
  expect(pending.rests()).toEqual(["+50 at 59000"]);
  expect(pending.story.decisions.flatMap(({ orders }) => orders)).toHaveLength(1);
});

it("is not bought back what the owner closed of it, also when the leader's fills", () => {
  const pending = new Pending();
  pending.waits("a", "buy", 100, 59_000);
  pending.fillsOwn("a", 50);
  pending.holds = 0;
  pending.decide(pending.story.followerHolds("0"));
  pending.wait(2_000);
  pending.listOwn();
  pending.fillsLeader("a", 100);
  pending.wait(10_000);
  expect([pending.holds, pending.bought, pending.sold]).toEqual([0, 50, 0]);
});
