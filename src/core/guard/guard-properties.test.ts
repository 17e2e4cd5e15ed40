/**
 * No sequence of events leads past a stop once it is seen: nothing that is stopped grows, nothing that is cut grows past its cut,
 * reductions always pass, a level acts once, and a replay gives the same bytes.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { NO_RELATION_GUARDS, TIERS, tick, watch } from "../../../test/core/guarded.ts";
import { FOLLOWER } from "../../../test/core/story.ts";
import { SECOND, TwoLeaders } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { decide, refold } from "../decide.ts";
import { type Decision, isEmpty, type PlannedOrder } from "../decision.ts";
import { decodeDecision, encodeDecision } from "../decision-codec.ts";
import { type Copy, type CopyLeg, emptyState, isOpen, type State } from "../state.ts";
import { barOf } from "./stop.ts";

const RUNS = Number(process.env.GUARD_RUNS ?? 60);

type Step =
  | { readonly kind: "trade"; readonly first: boolean; readonly lots: number }
  | { readonly kind: "mark"; readonly by: number }
  | { readonly kind: "equity"; readonly equity: number }
  | { readonly kind: "fill"; readonly part: number }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "pause" | "resume" | "release" | "panic" | "panic-second" | "restart" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("trade" as const),
    first: fc.boolean(),
    lots: fc.integer({ min: -900, max: 900 }),
  }),
  fc.record({ kind: fc.constant("mark" as const), by: fc.integer({ min: -1_500, max: 1_500 }) }),
  fc.record({ kind: fc.constant("equity" as const), equity: fc.integer({ min: 9_000, max: 10_500 }) }),
  fc.record({ kind: fc.constant("fill" as const), part: fc.constantFrom(0.3, 1) }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(200, 5_000, 40_000, 3_600_000) }),
  fc.record({
    kind: fc.constantFrom("pause", "resume", "release", "panic", "panic-second", "restart"),
  }) as fc.Arbitrary<Step>,
);

class Watched {
  readonly two = new TwoLeaders();
  #mark = 60_000;

  constructor() {
    const { story } = this.two;
    const watcher = new Watcher();
    const feed = story.feed.bind(story);
    story.feed = (event) => {
      const decision = feed(event);
      watcher.see(decision, story.state);
      return decision;
    };
    const guards = {
      ...NO_RELATION_GUARDS,
      stopLoss: { share: "0.04", from: "peak", action: "close", coolOffMs: 60_000 },
      positionStop: { share: "0.02", coolOffMs: null },
    } as const;
    const [first, ...others] = story.settings.allocations;
    if (first === undefined) throw new Error("no allocation");
    story.settings = { ...story.settings, allocations: [{ ...first, guards }, ...others] };
    watch(story, {
      tiers: { ...TIERS, coolOffMs: 600_000 },
      dailyLoss: { limit: { kind: "share", value: "0.06" }, action: "pause", coolOffMs: 120_000 },
      drawdown: { limit: { kind: "amount", value: "900" }, action: "halt", coolOffMs: null },
    });
  }

  take(one: Step): void {
    const { story } = this.two;
    switch (one.kind) {
      case "trade":
        if (one.lots !== 0) this.#trade(one.first, one.lots);
        return;
      case "mark":
        this.#mark = Math.min(Math.max(this.#mark + one.by, 50_000), 70_000);
        story.price(String(this.#mark));
        tick(story);
        return;
      case "equity":
        story.equity(FOLLOWER, String(one.equity));
        return;
      case "fill":
        this.two.fillOpen(one.part);
        return;
      case "pass":
        story.wait(one.ms);
        return;
      case "restart":
        return this.#restart();
      case "panic-second":
        story.command({ kind: "panic", leader: SECOND });
        return;
      case "panic":
      case "pause":
      case "resume":
      case "release":
        story.command({ kind: one.kind, account: FOLLOWER });
    }
  }

  #trade(first: boolean, lots: number): void {
    const quantity = String(Math.abs(lots) / 1_000);
    const side = lots > 0 ? "buy" : "sell";
    if (first) this.two.first(side, quantity);
    else this.two.second(side, quantity);
  }

  #restart(): void {
    const { story } = this.two;
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    story.configure(story.settings);
    this.two.settle();
  }

  /**
   * What stands closed is closed in the end. One leader's part of a netted position may need the account to hold more, which a
   * pause of the owner's forbids.
   */
  checkClosed(): void {
    this.two.settle();
    const { market } = this.two.story.leg();
    const { paused, stops } = market.follower;
    for (const copy of market.copies) {
      for (const { cuts, heldLots } of copy.legs) {
        const closing = stops.filter(({ id }) =>
          cuts.some(({ stop, keeps }) => stop === id && keeps.part === 0),
        );
        const isDue = paused ? closing.some(({ leader }) => leader === null) : closing.length > 0;
        if (isDue) expect([copy.index, heldLots]).toEqual([copy.index, 0]);
      }
    }
    expect([...this.two.story.leg().working.values()].filter(isOpen)).toEqual([]);
  }
}

/** Holds every decision against what stands, by its own account of what was held when each stop began. */
class Watcher {
  /** By stop and leg; and what each leg held when the event before was done with. */
  readonly #began = new Map<string, number>();
  readonly #held = new Map<string, number>();
  #level = 0;

  see(decision: Decision, { markets, followers }: State): void {
    for (const { copies } of markets)
      for (const copy of copies) for (const part of copy.legs) this.#note(copy, part);
    for (const planned of decision.orders) if (!planned.order.reduceOnly) this.#checkIncrease(planned);
    const tiers = decision.stops.filter(({ guard }) => guard === "loss-tier");
    for (const { level } of tiers) expect(level).toBeGreaterThan(this.#level);
    const standing = [...followers.values()].flatMap(({ stops }) => stops);
    for (const { copies } of markets)
      for (const copy of copies)
        for (const part of copy.legs) this.#held.set(`${copy.index} ${part.leg}`, Math.abs(part.heldLots));
    this.#level = standing.find(({ guard }) => guard === "loss-tier")?.level ?? 0;
  }

  #note(copy: Copy, part: CopyLeg): void {
    for (const { stop } of part.cuts) {
      const key = `${stop} ${copy.index} ${part.leg}`;
      const held = this.#held.get(`${copy.index} ${part.leg}`) ?? 0;
      if (!this.#began.has(key)) this.#began.set(key, held);
    }
  }

  #checkIncrease({ market, order, shares }: PlannedOrder): void {
    for (const { copy: index, lots } of shares ?? [{ copy: 0, lots: Math.abs(order.lots) }]) {
      const copy = market.copies[index];
      const part = copy?.legs.find(({ leg }) => leg === order.leg);
      if (copy === undefined || part === undefined) continue;
      const after = part.heldLots + lots * Math.sign(order.lots);
      const grows = Math.abs(after) > Math.abs(part.heldLots) || after * part.heldLots < 0;
      if (!grows) continue;
      expect(barOf(copy)).toBeNull();
      for (const { stop, keeps } of part.cuts) {
        const held = this.#began.get(`${stop} ${copy.index} ${part.leg}`) ?? 0;
        const most = held === 0 ? Math.abs(part.wantedLots) : held;
        expect(Math.abs(after)).toBeLessThanOrEqual(Math.floor((most * keeps.part) / keeps.whole));
      }
    }
  }
}

it("nothing leads past a stop, and a replay gives the same bytes", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const watched = new Watched();
      for (const one of steps) watched.take(one);
      watched.checkClosed();
      checkReplay(watched);
    }),
    { numRuns: RUNS },
  );
});

function checkReplay({ two }: Watched): void {
  const { events, decisions, state: live } = two.story;
  const again = emptyState();
  const folded = emptyState();
  let read = emptyState();
  for (const [index, event] of events.entries()) {
    const decision = decide(again, event);
    const recorded = decisions[index];
    if (recorded === undefined) throw new Error("no decision");
    const text = encodeDecision(again, decision);
    refold(folded, event, (state) => decodeDecision(state, text));
    expect(decision.stops).toEqual(recorded.stops);
    expect(isEmpty(decision)).toBe(isEmpty(recorded));
    decide(read, event);
    if (index % 7 === 0) read = decodeCheckpoint(encodeCheckpoint(read));
  }
  const text = encodeCheckpoint(live);
  expect(encodeCheckpoint(again)).toBe(text);
  expect(encodeCheckpoint(folded)).toBe(text);
  expect(encodeCheckpoint(read)).toBe(text);
}
