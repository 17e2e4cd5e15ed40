/** Virtual positions: what each leader's copies hold of one account always sums to what we own there. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BTC,
  FOLLOWER,
  LEADER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  type Story,
} from "../../test/core/story.ts";
import { filling, SECOND, TwoLeaders, trading } from "../../test/core/two-leaders.ts";
import { makeClientOrderId } from "./client-order-id.ts";
import type { Decision } from "./decision.ts";
import type { Lots } from "./model/amounts.ts";
import { VenueOrderId } from "./model/identifiers.ts";
import { NO_LIMITS } from "./risk-settings.ts";
import { split, unassignedLots } from "./virtual.ts";

describe("shares", () => {
  it("are exact, in proportion, and never more than asked for", () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 40),
        fc.array(fc.nat(2 ** 36), { minLength: 1, maxLength: 8 }),
        (total, weights) => {
          const sum = weights.reduce((all, one) => all + one, 0);
          const parts = split(total, weights);
          expect(parts.reduce((all, one) => all + one, 0)).toBe(Math.min(total, sum));
          parts.forEach((part, index) => {
            const weight = weights[index] ?? 0;
            expect(part).toBeLessThanOrEqual(weight);
            if (total < sum) expect(Math.abs(part - (total * weight) / sum)).toBeLessThan(weights.length);
          });
        },
      ),
    );
  });
});

/** So much was bought by an order that the journal lost, and the venue states the position with it. */
function lostFill(story: Story, quantity: string, holds: string): Decision {
  const identity = { market: 0, leg: "net", purpose: "rebalance", decision: 1_000, part: 0 } as const;
  const { nowMs } = story;
  const order = {
    instrument: BTC,
    leg: "net",
    clientOrderId: makeClientOrderId({ ...identity, epoch: "abcdefgh" }),
    venueOrderId: VenueOrderId("lost"),
    side: "buy",
    status: "filled",
    quantity,
    filledQuantity: quantity,
    averagePrice: "60000",
    reduceOnly: false,
    venueReason: "",
    venueTimeMs: nowMs,
  } as const;
  const decision = story.feed({ kind: "order-reported", account: FOLLOWER, order, atMs: nowMs });
  story.followerHolds(holds);
  return decision;
}

describe("two leaders on one account (pain 29)", () => {
  it("a fill of an order for both is shared out in proportion, whatever the parts it comes in", () => {
    const pair = new TwoLeaders();
    pair.story.command({ kind: "pause", account: FOLLOWER });
    pair.first("buy", "0.6");
    pair.second("buy", "0.2");
    const both = pair.story.command({ kind: "resume", account: FOLLOWER });
    expect(orderTexts(both)).toEqual(["+800"]);
    pair.story.fill(onlyOrder(both), "0.5", "0.5");
    expect(pair.held()).toEqual([375, 125]);
  });

  it("opposite wishes cross inside, without an order, and both changes are explained", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    const crossed = pair.second("sell", "0.5");
    expect(orderTexts(crossed)).toEqual(["-500 reduce"]);
    pair.filled(crossed, "0");
    expect(pair.held()).toEqual([500, -500]);
    pair.story.command({ kind: "pause", account: FOLLOWER });
    pair.first("sell", "0.5");
    const closed = pair.second("buy", "0.5");
    expect(orderTexts(closed)).toEqual([]);
    expect(reasonsOf(closed)).toEqual(["crossed-inside", "crossed-inside"]);
    expect(pair.held()).toEqual([0, 0]);
  });

  it("closing one never moves the other", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("buy", "0.3"), "0.8");
    const closing = pair.first("sell", "0.5");
    expect(orderTexts(closing)).toEqual(["-500 reduce"]);
    pair.filled(closing, "0.3");
    expect(pair.held()).toEqual([0, 300]);
  });

  it("a stale leader keeps nobody else from trading", () => {
    const pair = new TwoLeaders();
    pair.story.nowMs += 61_000;
    pair.story.followerSnapshot([]);
    pair.snapshotOfSecond();
    expect(orderTexts(pair.second("buy", "0.3"))).toEqual(["+300"]);
    const stale = pair.first("buy", "0.3");
    expect(reasonsOf(stale)).toEqual(["leader-stale"]);
  });

  it("a stale leader whose copy shrinks keeps what that opens from being bought, and is named", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.3"), "0.3");
    pair.story.nowMs += 61_000;
    pair.story.followerSnapshot([pair.story.row("0.3")]);
    pair.snapshotOfSecond();
    pair.filled(pair.second("sell", "0.5"), "0");
    pair.fillOpen(1);
    expect(pair.held()).toEqual([300, -500]);
    for (const denied of [pair.first("sell", "0.1"), pair.second("sell", "0.1")])
      expect(denied.denials).toMatchObject([{ reason: "leader-stale", detail: { leader: LEADER } }]);
  });

  it("a pause lets one leader's reduction go on while the other's addition is denied", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("buy", "0.3"), "0.8");
    pair.story.command({ kind: "pause", account: FOLLOWER });
    expect(reasonsOf(pair.first("buy", "0.4"))).toEqual(["paused"]);
    const reduced = pair.second("sell", "0.1");
    expect(orderTexts(reduced)).toEqual(["-100 reduce"]);
    pair.filled(reduced, "0.7");
    expect(pair.held()).toEqual([500, 200]);
  });

  it("what a limit on the account leaves no room for is given up by both, and not bought when there is room", () => {
    const pair = new TwoLeaders();
    const limits = { ...NO_LIMITS, portfolioExposure: { share: "1", measure: "gross" } } as const;
    const accounts = pair.story.settings.accounts.map((one) =>
      one.account === FOLLOWER ? { ...one, limits } : one,
    );
    pair.story.configure({ ...pair.story.settings, accounts });
    pair.story.command({ kind: "pause", account: FOLLOWER });
    pair.first("buy", "0.3");
    pair.second("buy", "0.3");
    const within = pair.story.command({ kind: "resume", account: FOLLOWER });
    expect(orderTexts(within)).toEqual(["+166"]);
    const full = pair.story.fill(onlyOrder(within), "0.166", "0.166");
    expect(orderTexts(full)).toEqual([]);
    expect(pair.held()).toEqual([83, 83]);
    expect(pair.targets()).toEqual([83, 83]);
    pair.story.price("30000");
    expect(orderTexts(pair.story.followerSnapshot([pair.story.row("0.166")]))).toEqual([]);
  });

  it("what the owner closes is taken from both in proportion, and not bought again", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.6"), "0.6");
    pair.filled(pair.second("buy", "0.3"), "0.9");
    pair.story.followerHolds("0.6");
    pair.story.nowMs += 5_000;
    pair.story.followerSnapshot([pair.story.row("0.6")]);
    pair.story.nowMs += 5_000;
    const after = pair.story.followerSnapshot([pair.story.row("0.6")]);
    expect(orderTexts(after)).toEqual([]);
    expect(pair.held()).toEqual([400, 200]);
  });

  it("what the owner closes is first what belongs to nobody, and no copy gives up anything for that", () => {
    const pair = new TwoLeaders();
    const { story } = pair;
    pair.filled(pair.first("buy", "0.6"), "0.6");
    pair.filled(pair.second("buy", "0.3"), "0.9");
    const back = lostFill(story, "0.2", "1.1");
    expect([orderTexts(back), unassignedLots(story.leg())]).toEqual([["-200 reduce"], 200]);
    story.reject(onlyOrder(back), "market-closed");
    story.followerHolds("1");
    story.nowMs += 5_000;
    const rest = story.followerSnapshot([story.row("1")]);
    expect([orderTexts(rest), pair.held(), pair.targets()]).toEqual([
      ["-100 reduce"],
      [600, 300],
      [600, 300],
    ]);
    pair.filled(rest, "0.9");
    expect([story.leg().ownedLots, pair.held()]).toEqual([900, [600, 300]]);
  });

  it("whatever the leaders do and however orders fill, the parts sum to the whole", () => {
    const action = fc.oneof(
      trading,
      filling,
      fc.record({ command: fc.constantFrom("pause" as const, "resume" as const) }),
    );
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 40 }), (actions) => {
        const pair = new TwoLeaders();
        for (const one of actions) {
          if ("command" in one) pair.story.command({ kind: one.command, account: FOLLOWER });
          else pair.happens(one);
          expect(unassignedLots(pair.story.leg())).toBe(0 as Lots);
        }
        pair.story.command({ kind: "resume", account: FOLLOWER });
        pair.settle();
        expect(pair.held()).toEqual(pair.targets());
        expect(pair.pending()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("belongs to the second leader alone", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.second("buy", "0.3"), "0.3");
    expect(pair.held()).toEqual([0, 300]);
    expect(SECOND).toBe("second");
  });
});
