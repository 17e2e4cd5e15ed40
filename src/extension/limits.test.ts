/**
 * The owner's limits from question to verdict: whatever they do, an increase is let pass, made smaller or denied, reductions go
 * exactly as without them, and nothing but the answer comes out of them.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import noWeekends from "../../examples/extensions/no-weekends.ts";
import symbolShare from "../../examples/extensions/symbol-share.ts";
import { BTC, onlyOrder, orderTexts, reasonsOf, Story } from "../../test/core/story.ts";
import { TwoLeaders } from "../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../core/checkpoint.ts";
import { decide } from "../core/decide.ts";
import type { Decision, PlannedOrder } from "../core/decision.ts";
import { encodeDecision, ownCodeAsRecorded } from "../core/decision-codec.ts";
import { emptyState } from "../core/state.ts";
import type { ExtensionFailure } from "./asker.ts";
import type { Increase, RiskLimit } from "./contract.ts";
import { askingLimits } from "./limits.ts";

/** A limit as an owner may have written it: nothing about its answer is sure. */
function limitOf(check: (order: Increase) => unknown, name = "mine"): RiskLimit {
  return { contract: 1, kind: "risk-limit", name, description: "", check: check as RiskLimit["check"] };
}

/** A machine that is busy shall not fail a limit here; what never answers takes that long. */
const PATIENT_MS = 500;

interface Asking {
  readonly story: Story;
  readonly failures: ExtensionFailure[];
}

function asking(...checks: readonly ((order: Increase) => unknown)[]): Asking {
  const failures: ExtensionFailure[] = [];
  const limits = checks.map((check, place) => limitOf(check, `limit-${place}`));
  const ownLimits = askingLimits(limits, (failure) => failures.push(failure), PATIENT_MS);
  return { story: new Story({ ownLimits }), failures };
}

function denialOf(check: (order: Increase) => unknown) {
  const { story, failures } = asking(check);
  const decision = story.leaderFill("buy", "1");
  const [denial] = decision.denials;
  return { orders: orderTexts(decision), reason: denial?.reason, detail: denial?.detail, failures };
}

describe("what a limit is told", () => {
  it("is the order and the account, in plain data", () => {
    const seen: Increase[] = [];
    const { story } = asking((order) => {
      seen.push(order);
      return { kind: "allow" };
    });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    story.leaderFill("buy", "0.2");
    expect(seen).toHaveLength(2);
    expect(JSON.parse(JSON.stringify(seen[1]))).toEqual({
      atMs: story.nowMs,
      follower: { nickname: "follower", equity: "10000", available: "10000", balance: null },
      leaders: ["leader"],
      venue: "sim",
      symbol: "BTCUSDT",
      baseCoin: "BTC",
      settleCoin: "USDT",
      leg: "net",
      side: "buy",
      quantity: "0.1",
      price: "60000",
      value: "6000",
      held: "0.5",
      bid: "60000",
      ask: "60000",
      mark: "60000",
      positions: [{ symbol: "BTCUSDT", leg: "net", quantity: "0.5", inFlight: "0", value: "30000" }],
    });
  });

  it("cannot be changed by it: it tries, and the order is denied", () => {
    for (const change of [
      (order: Increase) => Object.assign(order, { quantity: "0" }),
      (order: Increase) => Object.assign(order.follower, { equity: "1000000" }),
      (order: Increase) => (order.positions as unknown[]).push({}),
      (order: Increase) => Object.defineProperty(order, "held", { value: "9" }),
      (order: Increase) => Object.setPrototypeOf(order, null),
    ]) {
      const { story } = asking((order) => {
        change(order);
        return { kind: "allow" };
      });
      const before = new Story();
      expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["extension-failed"]);
      before.leaderFill("buy", "1");
      expect(story.state.quotes.get(BTC)).toEqual(before.state.quotes.get(BTC));
      expect(story.leg().ownedLots).toBe(0);
      expect(story.state.followers.get(story.leg().market.follower.account)?.equity).toBe("10000");
    }
  });
});

describe("what a limit answers", () => {
  it("denies, with its numbers and name", () => {
    const found = denialOf(() => ({ kind: "deny", numbers: { share: 0.31, limit: "0.3" } }));
    const detail = { asked: "0.5", share: 0.31, limit: "0.3", extension: "limit-0" };
    expect(found).toMatchObject({ orders: [], reason: "extension-denied", detail, failures: [] });
  });

  it("makes an order smaller, rounded down to the step", () => {
    const { story } = asking(() => ({ kind: "at-most", quantity: "0.2009" }));
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+200"]);
  });

  it("counts as the strictest of several", () => {
    const { story } = asking(
      () => ({ kind: "at-most", quantity: "0.3" }),
      () => ({ kind: "allow" }),
      () => ({ kind: "at-most", quantity: "0.1" }),
    );
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+100"]);
  });

  it.each<[string, (order: Increase) => unknown, string]>([
    ["throws", () => fail("no data"), "Error: no data"],
    ["throws something that is no error", () => fail({ toString: () => fail("twice") }), "cannot be shown"],
    ["answers nothing", () => undefined, "must be an object, got nothing"],
    ["answers true", () => true, "must be an object, got true"],
    ["answers another word", () => ({ kind: "approve" }), 'kind must be "allow", "at-most" or "deny"'],
    ["answers a field too many", () => ({ kind: "allow", lots: 5 }), '"lots" is no field of it'],
    ["answers a number for a quantity", () => ({ kind: "at-most", quantity: 5 }), "decimal string"],
    ["answers less than nothing", () => ({ kind: "at-most", quantity: "-1" }), "decimal string"],
    ["answers what is no number", () => ({ kind: "deny", numbers: { a: Number.NaN } }), "numbers.a"],
    ["answers a promise", () => Promise.resolve({ kind: "allow" }), "the answer is a promise"],
    ["answers a promise that fails", () => Promise.reject(new Error("later")), "the answer is a promise"],
    [
      "answers what throws when it is read",
      () => ({
        get kind() {
          return fail("trap");
        },
      }),
      "Error: trap",
    ],
    [
      "never answers",
      () => {
        for (;;);
      },
      "no answer within 500 ms",
    ],
    [
      "never answers when it is read",
      () => ({
        get kind() {
          for (;;);
        },
      }),
      "no answer within 500 ms",
    ],
  ])("denies when it %s", (_name, check, cause) => {
    const { orders, reason, detail, failures } = denialOf(check);
    expect({ orders, reason }).toEqual({ orders: [], reason: "extension-failed" });
    expect(detail).toMatchObject({
      extension: "limit-0",
      maxMs: PATIENT_MS,
      cause: expect.stringContaining(cause),
    });
    expect(failures).toEqual([{ extension: "limit-0", cause: detail?.cause }]);
  });

  it("is told once while it fails, and again after it worked", () => {
    let works = false;
    const { story, failures } = asking(() => (works ? { kind: "deny" } : fail("broken")));
    story.leaderFill("buy", "1");
    story.followerSnapshot([]);
    expect(failures).toHaveLength(1);
    works = true;
    story.followerSnapshot([]);
    works = false;
    story.followerSnapshot([]);
    expect(failures).toHaveLength(2);
  });

  it("is not waited for again and again: after three failures nobody is asked for half a minute", () => {
    let calls = 0;
    const { story } = asking(() => {
      calls += 1;
      return fail("broken");
    });
    story.leaderFill("buy", "1");
    for (let look = 0; look < 10; look += 1) story.followerSnapshot([]);
    expect(calls).toBe(3);
    story.nowMs += 30_000;
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    expect(calls).toBe(4);
  });
});

describe("the examples", () => {
  it("cut what would be more than a quarter of the equity in one symbol", () => {
    const story = new Story({ ownLimits: askingLimits([symbolShare], () => {}, PATIENT_MS) });
    const order = onlyOrder(story.leaderFill("buy", "1"));
    expect(order.lots).toBe(41);
    story.fill(order, "0.041", "0.041");
    expect(story.decisions.flatMap(reasonsOf)).toEqual(["extension-denied"]);
  });

  it("open nothing at the weekend, and buy nothing of it on Monday", () => {
    const story = new Story({ ownLimits: askingLimits([noWeekends], () => {}, PATIENT_MS) });
    story.nowMs = Date.UTC(2026, 0, 3);
    story.leaderSnapshot([]);
    story.followerSnapshot([]);
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["extension-denied"]);
    story.nowMs = Date.UTC(2026, 0, 5);
    story.leaderSnapshot([story.row("1")]);
    expect(orderTexts(story.followerSnapshot([]))).toEqual([]);
    expect(orderTexts(story.leaderFill("buy", "0.5"))).toEqual(["+250"]);
  });
});

function fail(thrown: unknown): never {
  throw typeof thrown === "string" ? new Error(thrown) : thrown;
}

/** Steps of a story; quantities in thousandths. */
type Move =
  | { readonly kind: "first" | "second"; readonly side: "buy" | "sell"; readonly size: number }
  | { readonly kind: "fill"; readonly part: number }
  | { readonly kind: "settle" };

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("first" as const, "second" as const),
      side: fc.constantFrom("buy" as const, "sell" as const),
      size: fc.integer({ min: 1, max: 3_000 }),
    }),
    fc.record({ kind: fc.constant("fill" as const), part: fc.constantFrom(0, 0.3, 1) }),
    fc.constant({ kind: "settle" as const }),
  ),
  { minLength: 2, maxLength: 12 },
);

const answers: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant({ kind: "allow" }),
  fc.record({ kind: fc.constant("deny"), giveUp: fc.boolean() }),
  fc.record({
    kind: fc.constant("at-most"),
    quantity: fc.integer({ min: 0, max: 4_000 }).map((lots) => String(lots / 1_000)),
  }),
  fc.anything(),
);

const checks: fc.Arbitrary<(order: Increase) => unknown> = fc
  .tuple(fc.func<[string], unknown>(answers), fc.integer({ min: 0, max: 9 }))
  .map(([answerTo, trap]) => (order) => {
    const asked = JSON.stringify([order.atMs, order.quantity, order.held]);
    return trap === 0 && asked.length % 2 === 0 ? fail(asked) : answerTo(asked);
  });

function play(ownLimits: ReturnType<typeof askingLimits>, story: readonly Move[]): TwoLeaders {
  const two = new TwoLeaders({ ownLimits });
  for (const move of story) {
    if (move.kind === "fill") two.fillOpen(move.part);
    else if (move.kind === "settle") two.settle();
    else two[move.kind](move.side, String(move.size / 1_000));
  }
  return two;
}

describe("any limit at all", () => {
  it("makes orders fewer or smaller, and leaves every reduction as it is", () => {
    fc.assert(
      fc.property(moves, fc.array(checks, { minLength: 1, maxLength: 2 }), (drawn, drawnChecks) => {
        const limits = drawnChecks.map((check, place) => limitOf(check, `limit-${place}`));
        const { story } = play(
          askingLimits(limits, () => {}, PATIENT_MS),
          drawn,
        );
        const state = emptyState();
        for (const [place, event] of story.events.entries()) {
          const without = decide(decodeCheckpoint(encodeCheckpoint(state)), event);
          const happened = story.decisions[place];
          if (happened === undefined) throw new Error("an event without a decision");
          const text = recorded(happened);
          const again = decide(state, event, ownCodeAsRecorded(text));
          expect(encodeDecision(state, again)).toBe(text);
          expectWithin(again, without);
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Decisions are encoded by place and number, which do not change afterwards; the state is only asked for a change's place. */
function recorded(decision: Decision): string {
  return encodeDecision(emptyState(), decision);
}

/** In place of an increase that was denied, what another copy wants to be rid of may be reduced. */
function expectWithin(limited: Decision, without: Decision): void {
  for (const planned of without.orders) {
    if (planned.order.reduceOnly) expect(limited.orders.map(plain)).toContainEqual(plain(planned));
  }
  for (const planned of limited.orders) {
    const free = without.orders.find(({ order }) => order.leg === planned.order.leg);
    if (free === undefined) throw new Error(`${planned.order.lots} would not have been ordered`);
    if (planned.order.reduceOnly) continue;
    expect(free.order.reduceOnly).toBe(false);
    expect(Math.sign(planned.order.lots)).toBe(Math.sign(free.order.lots));
    expect(Math.abs(planned.order.lots)).toBeLessThanOrEqual(Math.abs(free.order.lots));
  }
}

function plain({ order: { lots, leg, reduceOnly } }: PlannedOrder) {
  return { lots, leg, reduceOnly };
}
