/** What becomes of copies when their allocation ends. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  FOLLOWER,
  LEADER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  VENUE,
} from "../../../test/core/story.ts";
import { SECOND, TwoLeaders } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { AccountId } from "../model/identifiers.ts";
import { plainAllocation, type StopMode } from "../settings.ts";

/** The follower holds half of the leader's 1 when its allocation ends. */
function ended(stopMode: StopMode, startMode: "all" | "new-only" = "all"): Story {
  const story = new Story({ allocation: { stopMode, startMode } });
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

const owned = (story: Story) => [story.leg().ownedLots, story.leg().foreignLots];

describe("close", () => {
  it("closes at once", () => {
    expect(orderTexts(ended("close").allocate())).toEqual(["-500 reduce"]);
  });
});

describe("leave", () => {
  it("makes the position the owner's: nothing is sent, then or later", () => {
    const story = ended("leave");
    expect(orderTexts(story.allocate())).toEqual([]);
    expect(owned(story)).toEqual([0, 500]);
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual([]);
    expect(orderTexts(story.followerSnapshot([story.row("0.5")]))).toEqual([]);
    expect(owned(story)).toEqual([0, 500]);
  });

  it("waits for an order that is under way", () => {
    const story = ended("leave");
    const adding = onlyOrder(story.leaderFill("buy", "1"));
    expect(orderTexts(story.allocate())).toEqual([]);
    expect(owned(story)).toEqual([500, 0]);
    expect(orderTexts(story.fill(adding, "0.5", "1"))).toEqual([]);
    expect(owned(story)).toEqual([0, 1_000]);
  });

  it("leaves new copies in that place to nobody: the position is foreign there", () => {
    const story = ended("leave");
    story.allocate();
    expect(reasonsOf(story.allocate({ stopMode: "leave" }))).toEqual(["foreign-position"]);
  });
});

describe("leave, beside a leader on the other side", () => {
  /** 500 for the first leader and -100 for the second: 400 are held. */
  const netted = () => {
    const both = new TwoLeaders({ allocation: { stopMode: "leave" } });
    const { story } = both;
    story.configure({
      ...story.settings,
      allocations: story.settings.allocations.map((one) => ({ ...one, stopMode: "leave" })),
    });
    both.filled(both.first("buy", "0.5"), "0.5");
    both.filled(both.second("sell", "0.1"), "0.4");
    return both;
  };
  const without = ({ story }: TwoLeaders, leader: string) => {
    const allocations = story.settings.allocations.filter((one) => one.leader !== leader);
    return orderTexts(story.configure({ ...story.settings, allocations }));
  };

  it("takes what it had set off from the others: what is ours is there, and can be closed", () => {
    const both = netted();
    expect(without(both, SECOND)).toEqual([]);
    expect([owned(both.story), both.held()]).toEqual([
      [400, 0],
      [400, 0],
    ]);
    const closing = both.first("sell", "0.5");
    expect(orderTexts(closing)).toEqual(["-400 reduce"]);
    both.filled(closing, "0");
    expect([owned(both.story), both.targets()]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("gives the whole position away with the larger part", () => {
    const both = netted();
    expect(without(both, LEADER)).toEqual([]);
    expect([owned(both.story), both.held()]).toEqual([
      [0, 400],
      [0, 0],
    ]);
    expect(orderTexts(both.second("buy", "0.1"))).toEqual([]);
  });

  it("makes nothing of the owner's ours, where they were even and the owner is on one of the sides", () => {
    const both = new TwoLeaders({ allocation: { stopMode: "leave" } });
    const { story } = both;
    story.followerHolds("-0.3");
    for (let time = 0; time < 2; time += 1) {
      story.nowMs += 2_000;
      story.followerSnapshot([story.row("-0.3")]);
    }
    both.first("sell", "0.1");
    expect(both.second("buy", "0.1").crossings).toHaveLength(1);
    expect(without(both, SECOND)).toEqual([]);
    expect([owned(story), both.held()]).toEqual([
      [0, -300],
      [0, 0],
    ]);
    expect(orderTexts(both.first("buy", "0.1"))).toEqual([]);
  });
});

describe("with-leader", () => {
  it("goes down with the leader until it is flat, and never grows", () => {
    const story = ended("with-leader");
    expect(orderTexts(story.allocate())).toEqual([]);
    const more = story.leaderFill("buy", "1");
    expect([orderTexts(more), reasonsOf(more)]).toEqual([[], ["allocation-ended"]]);
    const less = story.leaderFill("sell", "1.4");
    expect(orderTexts(less)).toEqual(["-200 reduce"]);
    story.fill(onlyOrder(less), "0.2", "0.3");
    const flat = story.leaderFill("sell", "0.6");
    expect(orderTexts(flat)).toEqual(["-300 reduce"]);
    story.fill(onlyOrder(flat), "0.3", "0");
    const anew = story.leaderFill("buy", "1");
    expect([orderTexts(anew), reasonsOf(anew)]).toEqual([[], []]);
  });

  it("leaves others the reason why they do not copy the change with which it ends", () => {
    const story = ended("with-leader");
    const other = AccountId("other");
    story.configure({
      ...story.settings,
      accounts: [...story.settings.accounts, { account: other, venue: VENUE, role: "follower" }],
      allocations: [{ ...plainAllocation(LEADER, other), symbols: ["ETHUSDT"] }],
    });
    const flat = story.leaderFill("sell", "1");
    expect(orderTexts(flat)).toEqual(["-500 reduce"]);
    expect(flat.denials).toMatchObject([{ follower: other, reason: "symbol-filtered" }]);
    expect(story.leaderFill("buy", "1").denials).toMatchObject([
      { follower: other, reason: "symbol-filtered" },
    ]);
  });

  it("has the reason of a filter that leaves its instrument out, from the change after the one with which it ends", () => {
    const story = ended("with-leader");
    story.allocate({ stopMode: "with-leader", symbols: ["ETHUSDT"] });
    const flat = story.leaderFill("sell", "1");
    expect([orderTexts(flat), reasonsOf(flat)]).toEqual([["-500 reduce"], []]);
    const decoded = encodeCheckpoint(decodeCheckpoint(encodeCheckpoint(story.state)));
    expect(decoded).toBe(encodeCheckpoint(story.state));
    const anew = story.leaderFill("buy", "1");
    expect([orderTexts(anew), reasonsOf(anew)]).toEqual([[], ["symbol-filtered"]]);
  });

  it("closes when the leader turns, and does not follow to the other side", () => {
    const story = ended("with-leader");
    story.allocate();
    const turned = story.leaderFill("sell", "3");
    expect(orderTexts(turned)).toEqual(["-500 reduce"]);
    expect(orderTexts(story.fill(onlyOrder(turned), "0.5", "0"))).toEqual([]);
  });

  it("goes on after a restart from a checkpoint", () => {
    const story = ended("with-leader");
    story.allocate();
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    story.nowMs += 5_000;
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    story.configure(story.settings);
    story.followerSnapshot([story.row("0.5")]);
    expect(orderTexts(story.leaderSnapshot([story.row("0.4")]))).toEqual(["-300 reduce"]);
  });

  it("gives up what was not bought yet", () => {
    const story = ended("with-leader");
    story.command({ kind: "pause" });
    story.leaderFill("buy", "1");
    const decision = story.allocate();
    expect([orderTexts(decision), reasonsOf(decision)]).toEqual([[], ["allocation-ended"]]);
    story.command({ kind: "resume" });
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual(["-250 reduce"]);
  });

  it("closes when the leader is not configured any more: nobody tells what it does", () => {
    const story = ended("with-leader");
    story.allocate();
    const accounts = story.settings.accounts.filter(({ account }) => account !== LEADER);
    expect(orderTexts(story.configure({ ...story.settings, accounts }))).toEqual(["-500 reduce"]);
  });

  it.each([
    ["all", ["+500"]],
    ["new-only", []],
  ] as const)(
    "copies again when the allocation is back, start mode %s deciding on the rest",
    (startMode, orders) => {
      const story = ended("with-leader", startMode);
      story.allocate();
      story.leaderFill("buy", "1");
      expect(orderTexts(story.allocate({ stopMode: "with-leader", startMode }))).toEqual(orders);
    },
  );

  it("closes what the allocation leaves out when it is back", () => {
    const story = ended("with-leader");
    story.allocate();
    expect(orderTexts(story.allocate({ stopMode: "with-leader", side: "short" }))).toEqual(["-500 reduce"]);
  });

  it("holds for a symbol that is filtered out, with one explanation", () => {
    const story = ended("with-leader");
    expect(orderTexts(story.allocate({ stopMode: "with-leader", symbolsDenied: ["BTC*"] }))).toEqual([]);
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["allocation-ended"]);
    expect(orderTexts(story.leaderFill("sell", "1.5"))).toEqual(["-250 reduce"]);
  });
});

test("an account that is gone and comes back closes, or was left, by its stop mode", () => {
  const outcomes = (["close", "leave"] as const).map((stopMode) => {
    const story = ended(stopMode);
    const { settings } = story;
    const accounts = settings.accounts.filter(({ account }) => account !== FOLLOWER);
    story.configure({ ...settings, accounts, allocations: [] });
    return orderTexts(story.configure({ ...settings, allocations: [] }));
  });
  expect(outcomes).toEqual([["-500 reduce"], []]);
});

test("with-leader: what is held never grows and is never more than the rule's size", () => {
  const trades = fc.array(
    fc.integer({ min: -400, max: 400 }).filter((lots) => lots !== 0),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(trades, (lots) => {
      const story = ended("with-leader");
      story.allocate();
      let [leader, held] = [1_000, 500];
      for (const change of lots) {
        leader += change;
        let decision = story.leaderFill(change > 0 ? "buy" : "sell", String(Math.abs(change) / 1_000));
        while (decision.orders.length > 0) {
          const order = onlyOrder(decision);
          const holds = (story.leg().ownedLots + order.lots) / 1_000;
          decision = story.fill(order, String(Math.abs(order.lots) / 1_000), String(holds));
        }
        const now = story.leg().ownedLots;
        expect(now).toBe(Math.min(held, Math.max(Math.trunc(leader / 2), 0)));
        held = now;
      }
    }),
    { numRuns: 100 },
  );
});
