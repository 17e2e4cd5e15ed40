/** Orders, one leg at a time: what is sent, what waits, and what may go beside an order whose fate is unknown. */
import { describe, expect, it } from "vitest";
import {
  FOLLOWER,
  LEADER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  type StoryOptions,
} from "../../test/core/story.ts";
import { encodeDecision } from "./decision-codec.ts";

/** A story in which the follower holds 0.5 of the leader's 1. */
function holding(options: StoryOptions = {}): Story {
  const story = new Story(options);
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

describe("following a leader", () => {
  it("opens, adds, reduces and closes in step, reduce-only on each decrease (pains 14, 16)", () => {
    const story = holding();
    const added = story.leaderFill("buy", "0.4");
    expect(orderTexts(added)).toEqual(["+200"]);
    story.fill(onlyOrder(added), "0.2", "0.7");
    const reduced = story.leaderFill("sell", "0.6");
    expect(orderTexts(reduced)).toEqual(["-300 reduce"]);
    story.fill(onlyOrder(reduced), "0.3", "0.4");
    expect(orderTexts(story.leaderFill("sell", "0.8"))).toEqual(["-400 reduce"]);
  });

  it("goes on with the very report that ends a contradiction about what the leader holds", () => {
    const story = holding();
    story.leaderSnapshot([]);
    const added = story.leaderFill("buy", "0.4");
    expect(orderTexts(added)).toEqual([]);
    const { nowMs } = story;
    const position = story.row("1.4", "net", "");
    const told = {
      kind: "leader-position-reported",
      account: LEADER,
      position,
      receivedAtMs: nowMs,
    } as const;
    expect(orderTexts(story.feed(told))).toEqual(["+200"]);
  });

  it("flips in two steps, the second after the first is done (pain 6)", () => {
    const story = holding();
    const closing = story.leaderFill("sell", "1.6");
    expect(orderTexts(closing)).toEqual(["-500 reduce"]);
    expect(orderTexts(story.accept(onlyOrder(closing)))).toEqual([]);
    expect(orderTexts(story.fill(onlyOrder(closing), "0.5", "0"))).toEqual(["-300"]);
  });

  it("does not take its own close, on its way from another stream, for a position of the owner's", () => {
    const story = holding();
    const closing = onlyOrder(story.leaderFill("sell", "1.6"));
    const early = story.report(closing, "0.5");
    expect(orderTexts(early)).toEqual([]);
    expect(reasonsOf(early)).toEqual([]);
    expect(orderTexts(story.followerHolds("0"))).toEqual(["-300"]);
  });

  it("sends at most the venue's largest order, then the rest", () => {
    const story = new Story({ instrument: { maxMarketQuantity: "0.4" } });
    const first = story.leaderFill("buy", "1");
    expect(orderTexts(first)).toEqual(["+400"]);
    expect(orderTexts(story.fill(onlyOrder(first), "0.4", "0.4"))).toEqual(["+100"]);
  });

  it("tries what did not fill again after a pause that grows", () => {
    const story = new Story();
    let order = onlyOrder(story.leaderFill("buy", "1"));
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      story.accept(order);
      expect(orderTexts(story.report(order, "0"))).toEqual([]);
      const fromMs = story.nowMs;
      order = onlyOrder(story.waitForOrder(10_000));
      pauses.push(story.nowMs - fromMs);
    }
    expect(pauses).toEqual([200, 400, 800, 1_600]);
  });
});

describe("a follower that was halted before it was read", () => {
  it("is not touched on what an earlier run knew, and is reduced once it is read", () => {
    const story = holding();
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    story.configure(story.settings);
    story.feed({ kind: "account-refused", account: FOLLOWER, cause: "key", atMs: story.nowMs });
    story.leaderSnapshot([story.row("1")]);
    const left = story.leaderFill("sell", "1");
    expect(orderTexts(left)).toEqual([]);
    expect(reasonsOf(left)).toEqual(["halted"]);
    expect(orderTexts(story.followerSnapshot([story.row("0.5")]))).toEqual(["-500 reduce"]);
  });
});

describe("an order of unknown fate", () => {
  it("is looked up at once, and nothing is added before the answer (pain 5)", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    const { questions } = story.unknown(order);
    expect(questions).toMatchObject([{ kind: "look-up", clientOrderId: order.clientOrderId }]);
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual([]);
    expect(orderTexts(story.fill(order, "0.5", "0.5"))).toEqual(["+500"]);
  });

  it("lets a reduction of what is confirmed pass (pain 12)", () => {
    const story = holding();
    const adding = onlyOrder(story.leaderFill("buy", "0.4"));
    story.unknown(adding);
    const reducing = story.leaderFill("sell", "1");
    expect(orderTexts(reducing)).toEqual(["-300 reduce"]);
    story.fill(onlyOrder(reducing), "0.3", "0.2");
    const late = story.report(adding, "0.2");
    expect(orderTexts(late)).toEqual(["-200 reduce"]);
  });

  it("has a refused reduction beside it wait for its pause", () => {
    const story = holding();
    story.unknown(onlyOrder(story.leaderFill("buy", "0.4")));
    const reducing = onlyOrder(story.leaderFill("sell", "1"));
    expect(orderTexts(story.reject(reducing, "reduce-only-violation"))).toEqual([]);
    expect(orderTexts(story.waitForOrder(1_000))).toEqual(["-300 reduce"]);
  });

  it("never arrived only when the venue's clock has passed the request's window and a margin", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.unknown(order);
    const first = story.nowMs;
    expect(orderTexts(story.notFound(order, first))).toEqual([]);
    expect(orderTexts(story.notFound(order, first + 6_500))).toEqual([]);
    const again = story.notFound(order, first + 6_501);
    expect(orderTexts(again)).toEqual(["+500"]);
    expect(onlyOrder(again).clientOrderId).not.toBe(order.clientOrderId);
  });

  it("never arrived once the request is void, where the connection tells when", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    const expiresAtServerMs = story.nowMs + 100;
    story.unknown(order, expiresAtServerMs);
    expect(orderTexts(story.notFound(order, expiresAtServerMs + 1_500))).toEqual([]);
    expect(orderTexts(story.notFound(order, expiresAtServerMs + 1_501))).toEqual(["+500"]);
  });

  it("is not given up while the connection still owes its answer", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.notFound(order, story.nowMs);
    expect(orderTexts(story.notFound(order, story.nowMs + 60_000))).toEqual([]);
  });

  it("is what every order without an answer becomes at a restart (pains 1, 2)", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    const restarted = story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    expect(orderTexts(restarted)).toEqual([]);
    expect(restarted.questions).toMatchObject([{ kind: "look-up", clientOrderId: order.clientOrderId }]);
    story.leaderSnapshot([]);
    expect(orderTexts(story.followerSnapshot([]))).toEqual([]);
    expect(story.leg().ownedLots).toBe(0);
    story.fill(order, "0.5", "0.5");
    expect(story.leg().ownedLots).toBe(500);
  });

  it("counts once what was filled of it before a restart: held and open together make the target (pains 2, 3)", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.accept(order);
    story.followerHolds("0.2");
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    const told = Array.from({ length: 3 }, () => {
      const open = story.orderRow(order, "0.2", "working");
      const decisions = [story.leaderSnapshot([story.row("1")])];
      return [...decisions, story.followerSnapshotWith([open], [story.row("0.2")])];
    });
    expect(told.flat().flatMap(orderTexts)).toEqual([]);
    expect(story.leg().ownedLots).toBe(200);
    expect(orderTexts(story.fill(order, "0.5", "0.5"))).toEqual([]);
    expect(orderTexts(story.followerSnapshot([story.row("0.5")]))).toEqual([]);
    expect(story.leg().ownedLots).toBe(500);
  });
});

describe("the same snapshot", () => {
  it("gives the same plan byte for byte, and told again no other one (pain 4)", () => {
    const [first, second] = [1, 2].map(() => {
      const story = holding();
      const decisions = Array.from({ length: 4 }, () => {
        story.followerSnapshot([story.row("0.5")]);
        return story.leaderSnapshot([story.row("1.4")]);
      });
      return {
        texts: decisions.flatMap(orderTexts),
        bytes: decisions.map((one) => encodeDecision(story.state, one)),
      };
    });
    expect(first?.texts).toEqual(["+200"]);
    expect(first).toEqual(second);
  });
});

describe("a refusal", () => {
  it("of an increase is not tried again until the leader adds", () => {
    const story = new Story();
    const refused = story.reject(onlyOrder(story.leaderFill("buy", "1")), "insufficient-margin");
    expect(orderTexts(refused)).toEqual([]);
    expect(story.wait(120_000).flatMap(orderTexts)).toEqual([]);
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    expect(orderTexts(story.leaderFill("buy", "0.4"))).toEqual(["+200"]);
  });

  it("of an increase is the reason from then on, also where something was given up for another one before", () => {
    const story = new Story({ allocation: { slippageBpsMax: "10" } });
    story.price("60061");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["slippage"]);
    story.price("60000");
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "insufficient-margin");
    expect(story.wait(1_000).flatMap(orderTexts)).toEqual([]);
    const added = story.leaderFill("buy", "0.001");
    expect(added.denials).toMatchObject([
      { reason: "refused-by-exchange", detail: { waivedLots: 1_000, wantedLots: 1_000 } },
    ]);
  });

  it("of a reduction is tried again", () => {
    const story = holding();
    story.reject(onlyOrder(story.leaderFill("sell", "1")), "bad-request");
    expect(story.wait(1_000).flatMap(orderTexts)).toEqual(["-500 reduce"]);
  });

  it("for the venue's minimum value is tried again, unless such parts are skipped", () => {
    const accumulating = new Story();
    accumulating.reject(onlyOrder(accumulating.leaderFill("buy", "1")), "below-minimum");
    expect(accumulating.wait(1_000).flatMap(orderTexts)).toEqual(["+500"]);
    const skipping = new Story({ allocation: { minimumPolicy: { kind: "skip" } } });
    skipping.reject(onlyOrder(skipping.leaderFill("buy", "1")), "below-minimum");
    expect(skipping.wait(60_000).flatMap(orderTexts)).toEqual([]);
  });

  it("that may pass (rate limit) is tried again", () => {
    const story = new Story();
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "rate-limited");
    expect(story.wait(1_000).flatMap(orderTexts)).toEqual(["+500"]);
  });

  it("of a rounded-up order gives up the rounding too", () => {
    const minimumPolicy = { kind: "round-up", excessMax: "10" } as const;
    const story = new Story({ allocation: { minimumPolicy }, instrument: { minNotional: "120" } });
    const order = onlyOrder(story.leaderFill("buy", "0.002"));
    expect(order.lots).toBe(2);
    story.reject(order, "insufficient-margin");
    expect(story.wait(120_000).flatMap(orderTexts)).toEqual([]);
  });

  it("for the position mode asks for the mode again", () => {
    const story = new Story();
    const refused = story.reject(onlyOrder(story.leaderFill("buy", "1")), "position-mode-mismatch");
    expect(refused.questions).toMatchObject([{ kind: "describe-market" }]);
    expect(orderTexts(story.describe("hedge"))).toEqual(["long +500"]);
  });
});

describe("commands", () => {
  it("pause stops increases and lets reductions run; resume catches up", () => {
    const story = holding();
    story.command({ kind: "pause", account: FOLLOWER });
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["paused"]);
    const reduction = story.leaderFill("sell", "1.6");
    expect(orderTexts(reduction)).toEqual(["-300 reduce"]);
    story.fill(onlyOrder(reduction), "0.3", "0.2");
    story.leaderFill("buy", "0.6");
    expect(orderTexts(story.command({ kind: "resume" }))).toEqual(["+300"]);
  });

  it("close sells what we own and does not buy it again (pain 43)", () => {
    const story = holding();
    const closing = story.command({ kind: "close", account: FOLLOWER });
    expect(orderTexts(closing)).toEqual(["-500 reduce"]);
    story.fill(onlyOrder(closing), "0.5", "0");
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    expect(orderTexts(story.leaderFill("buy", "0.2"))).toEqual(["+100"]);
  });

  it("close of another symbol touches nothing here", () => {
    const story = holding();
    expect(orderTexts(story.command({ kind: "close", account: FOLLOWER, symbol: "ETHUSDT" }))).toEqual([]);
  });
});

describe("delay", () => {
  it("holds increases back, not reductions", () => {
    const story = new Story({ allocation: { delayMs: 2_000 } });
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual([]);
    const sent = story.wait(2_000).filter(({ orders }) => orders.length > 0);
    expect(sent.flatMap(orderTexts)).toEqual(["+500"]);
    story.fill(onlyOrder(sent[0] ?? expect.fail("nothing sent")), "0.5", "0.5");
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual(["-500 reduce"]);
  });

  it("is whole for what the leader opens soon after it closed", () => {
    const story = new Story({ allocation: { delayMs: 2_000 } });
    story.leaderFill("buy", "1");
    const [sent] = story.wait(2_000).filter(({ orders }) => orders.length > 0);
    story.fill(onlyOrder(sent ?? expect.fail("nothing sent")), "0.5", "0.5");
    story.fill(onlyOrder(story.leaderFill("sell", "1")), "0.5", "0");
    story.wait(1_500);
    story.leaderFill("sell", "1");
    expect(story.wait(1_900).flatMap(orderTexts)).toEqual([]);
    expect(story.wait(200).flatMap(orderTexts)).toEqual(["-500"]);
  });
});

describe("leverage", () => {
  it("is set to the leader's, under the cap, before an increase", () => {
    const story = new Story({ allocation: { leverageMax: "25" } });
    const leader = story.leaderSnapshot([story.row("1", "net", "20")]);
    expect(orderTexts(leader)).toEqual([]);
    expect(leader.questions).toMatchObject([{ kind: "set-leverage", leverageHundredths: 2_000 }]);
    const instrument = story.leg().market.instrument.id;
    const set = story.feed({
      kind: "leverage-set",
      account: FOLLOWER,
      instrument,
      leverage: "20",
      atMs: story.nowMs,
    });
    expect(orderTexts(set)).toEqual(["+500"]);
  });

  it("follows a leader that changes it while all is held", () => {
    const story = holding({ allocation: { leverageMax: "25" } });
    story.nowMs += 2_000;
    const changed = story.leaderSnapshot([story.row("1", "net", "20")]);
    expect(changed.questions).toMatchObject([{ kind: "set-leverage", leverageHundredths: 2_000 }]);
  });

  it("of a position that is not ours is left alone", () => {
    const story = new Story({ bare: true });
    story.followerSnapshot([story.row("0.1")]);
    story.price("60000");
    story.describe("one-way", "50");
    const { questions, denials } = story.leaderSnapshot([story.row("1", "net", "20")]);
    expect(questions).toEqual([]);
    expect(denials).toMatchObject([{ reason: "foreign-position" }]);
  });
});
