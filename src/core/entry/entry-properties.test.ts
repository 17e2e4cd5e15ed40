/**
 * No sequence of events makes what a copy holds, has in flight and has resting more than its target when an order is decided, and
 * what rests is taken back as soon as it is too much; no increase is bounded worse than the cap; in the end every target is
 * held; a replay gives the same bytes.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { limitExit } from "../../../test/core/limit-exits.ts";
import { FOLLOWER, LEADER, type Story } from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { decide, refold } from "../decide.ts";
import type { Decision } from "../decision.ts";
import { decodeDecision, encodeDecision } from "../decision-codec.ts";
import type { ApprovedOrder } from "../order.ts";
import type { Allocation } from "../settings.ts";
import { type Copy, emptyState, filledLots, isOpen, type WorkingOrder } from "../state.ts";
import { legTarget } from "../target.ts";

const RUNS = Number(process.env.ENTRY_RUNS ?? 80);
const BPS = 20;
const PRICES = [59_800, 59_900, 60_000, 60_100, 60_200] as const;

type Step =
  | { readonly kind: "trade"; readonly first: boolean; readonly lots: number; readonly price: number }
  | { readonly kind: "book"; readonly price: number }
  | { readonly kind: "accept" | "unknown"; readonly which: number }
  | { readonly kind: "fill"; readonly which: number; readonly part: number }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "exit"; readonly id: number; readonly lots: number; readonly price: number }
  | { readonly kind: "pause" | "resume" | "release" | "restart" };

const which = fc.nat(3);
const price = fc.constantFrom(...PRICES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("trade" as const),
    first: fc.boolean(),
    lots: fc.integer({ min: -900, max: 900 }),
    price,
  }),
  fc.record({ kind: fc.constant("book" as const), price }),
  fc.record({ kind: fc.constantFrom("accept" as const, "unknown" as const), which }),
  fc.record({ kind: fc.constant("fill" as const), which, part: fc.constantFrom(0, 0.3, 1) }),
  fc.record({
    kind: fc.constant("exit" as const),
    id: fc.nat(2),
    lots: fc.integer({ min: -900, max: 900 }),
    price,
  }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(100, 1_000, 12_000) }),
  fc.record({ kind: fc.constantFrom("pause", "resume", "release", "restart") }) as fc.Arbitrary<Step>,
);

const rule = fc.record({
  onRunaway: fc.constantFrom("skip" as const, "rest" as const, "take" as const),
  restMs: fc.constantFrom(2_000, 30_000),
  slippageBpsMax: fc.constantFrom(null, "5", String(BPS)),
  entryDelayMaxMs: fc.constantFrom(null, 10_000),
  exitParity: fc.boolean(),
  exitRestMs: fc.constantFrom(0, 3_000),
});

class Watched {
  readonly two = new TwoLeaders();
  #orders: ApprovedOrder[] = [];

  constructor(rules: readonly Partial<Allocation>[]) {
    const { story } = this.two;
    const { allocations } = story.settings;
    story.allocate(...allocations.map((allocation, index) => ({ ...allocation, ...rules[index] })));
    const feed = story.feed.bind(story);
    story.feed = (event) => {
      const decision = feed(event);
      for (const { order } of decision.orders) this.#orders.push(order);
      this.#check(decision);
      return decision;
    };
  }

  #copies(): readonly Copy[] {
    return this.two.story.state.markets.flatMap(({ copies }) => copies);
  }

  /** By its own sums: per copy, held and everything open against the target. */
  #check(decision: Decision): void {
    for (const copy of this.#copies()) {
      const target = targetOf(copy);
      const grown = decision.orders.filter(
        ({ order }) => !order.reduceOnly && asksFor(copy, order.lots, target) && sharesIn(decision, copy),
      );
      if (grown.length > 0) expect(committed(copy)).toBeLessThanOrEqual(Math.abs(target));
      const standing = entriesOf(copy).filter(
        ({ change, status }) => change === null && status === "accepted",
      );
      const resting = standing.reduce((sum, order) => sum + unfilled(order, copy), 0);
      if (resting > 0 && !isAwaited(copy))
        expect(Math.abs(heldToward(copy, target)) + resting).toBeLessThanOrEqual(Math.abs(target));
    }
    for (const { order } of decision.orders) if (!order.reduceOnly) this.#checkPrice(order);
  }

  #checkPrice({ form, lots }: ApprovedOrder): void {
    if (form.kind !== "limit") return;
    const [worst, best] = [Math.max(...PRICES), Math.min(...PRICES)];
    if (lots > 0) expect(form.price).toBeLessThanOrEqual(worst * 10 * (1 + BPS / 10_000));
    else expect(form.price).toBeGreaterThanOrEqual(best * 10 * (1 - BPS / 10_000));
  }

  take(one: Step): void {
    const { story } = this.two;
    switch (one.kind) {
      case "trade":
        return this.#trade(one);
      case "book":
        story.book(String(one.price - 5), String(one.price + 5), String(one.price));
        return;
      case "accept":
        this.#pick(one.which, (order) => story.accept(order));
        return;
      case "unknown":
        this.#pick(one.which, (order) => story.unknown(order));
        return;
      case "fill":
        return this.#fill(one.which, one.part);
      case "pass":
        story.wait(one.ms);
        return;
      case "exit":
        return this.#exit(one);
      case "restart":
        return this.#restart();
      case "pause":
      case "resume":
      case "release":
        story.command({ kind: one.kind, account: FOLLOWER });
    }
  }

  #trade({ first, lots, price: at }: Extract<Step, { kind: "trade" }>): void {
    if (lots === 0) return;
    const [side, quantity] = [lots > 0 ? "buy" : "sell", String(Math.abs(lots) / 1_000)] as const;
    if (first) this.two.story.leaderFill(side, quantity, { price: String(at) });
    else this.two.second(side, quantity);
  }

  /** The first leader's limit exit is placed, moved or taken back. */
  #exit({ id, lots, price: at }: Extract<Step, { kind: "exit" }>): void {
    const { story } = this.two;
    story.nowMs += 1;
    const { nowMs } = story;
    const status = lots === 0 ? "cancelled" : "working";
    const side = lots > 0 ? "buy" : "sell";
    const order = limitExit(`exit-${id}`, { side, status, price: String(at), venueTimeMs: nowMs });
    const quantity = String(Math.abs(lots) / 1_000);
    story.feed({
      kind: "leader-order-reported",
      account: LEADER,
      order: { ...order, quantity },
      atMs: nowMs,
    });
  }

  #open(): readonly WorkingOrder[] {
    return [...this.two.story.leg().working.values()].filter(isOpen);
  }

  #pick(index: number, act: (order: ApprovedOrder) => unknown): void {
    const open = this.#open();
    const chosen = open[index % Math.max(open.length, 1)];
    const sent = this.#orders.find(({ clientOrderId }) => clientOrderId === chosen?.clientOrderId);
    if (sent !== undefined) act(sent);
  }

  /** The order ends with a part of it filled; only what is at the venue is. */
  #fill(index: number, part: number): void {
    const { story } = this.two;
    this.#pick(index, (order) => {
      const most = order.reduceOnly ? Math.max(-story.leg().venue.lots * Math.sign(order.lots), 0) : 1e9;
      const lots = Math.min(Math.floor(Math.abs(order.lots) * part), most);
      const holds = story.leg().venue.lots + lots * Math.sign(order.lots);
      story.fill(order, String(lots / 1_000), String(holds / 1_000));
    });
  }

  #restart(): void {
    const { story } = this.two;
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    story.configure(story.settings);
    this.two.settle();
  }

  checkEnd(): void {
    const { story } = this.two;
    story.command({ kind: "resume", account: FOLLOWER });
    for (let turn = 0; turn < 4; turn += 1) this.two.settle();
    expect(this.#open()).toEqual([]);
    expect(this.two.held()).toEqual(this.two.targets());
  }
}

function targetOf(copy: Copy): number {
  return copy.legs.reduce((sum, part) => sum + legTarget(part), 0);
}

function heldOf(copy: Copy): number {
  return copy.legs.reduce((sum, part) => sum + part.heldLots, 0);
}

function heldToward(copy: Copy, target: number): number {
  const held = heldOf(copy);
  return Math.sign(held) === Math.sign(target) ? held : 0;
}

function asksFor(copy: Copy, lots: number, target: number): boolean {
  return Math.sign(lots) === Math.sign(target) && Math.abs(heldToward(copy, target)) < Math.abs(target);
}

function sharesIn(decision: Decision, copy: Copy): boolean {
  return decision.orders.some(({ shares }) => shares?.some((share) => share.copy === copy.index) ?? true);
}

function entriesOf(copy: Copy): readonly WorkingOrder[] {
  const orders = copy.market.legs.flatMap(({ working }) => [...working.values()]);
  return orders.filter((order) => isOpen(order) && order.purpose === "entry-rest");
}

/** One without shares was sent when there was one copy only. */
function unfilled(order: WorkingOrder, copy: Copy): number {
  if (order.shares === null) return copy.index === 0 ? Math.abs(order.lots) - filledLots(order) : 0;
  const share = order.shares.find(({ copy: index }) => index === copy.index);
  return share === undefined ? 0 : share.lots - share.givenLots;
}

/** Held and all that is open for it, as far as it is on the side of its target. */
function committed(copy: Copy): number {
  const side = Math.sign(targetOf(copy));
  const orders = copy.market.legs.flatMap(({ working }) => [...working.values()]);
  const open = orders.filter((order) => isOpen(order) && Math.sign(order.lots) === side && !order.reduceOnly);
  const coming = open.reduce((sum, order) => sum + unfilled(order, copy), 0);
  return heldOf(copy) * side + coming;
}

/** Nothing is decided before the account was read. */
function isAwaited({ market }: Copy): boolean {
  return market.follower.confirmedAtMs === 0;
}

it("held and resting never exceed the target, and all of it ends well", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), fc.tuple(rule, rule), (steps, rules) => {
      const watched = new Watched(rules);
      for (const one of steps) watched.take(one);
      watched.checkEnd();
      checkReplay(watched.two.story);
    }),
    { numRuns: RUNS },
  );
});

function checkReplay({ events, state: live }: Story): void {
  const [again, folded] = [emptyState(), emptyState()];
  let read = emptyState();
  for (const [index, event] of events.entries()) {
    const text = encodeDecision(again, decide(again, event));
    refold(folded, event, (state) => decodeDecision(state, text));
    decide(read, event);
    if (index % 7 === 0) read = decodeCheckpoint(encodeCheckpoint(read));
  }
  const text = encodeCheckpoint(live);
  expect([encodeCheckpoint(again), encodeCheckpoint(folded), encodeCheckpoint(read)]).toEqual([
    text,
    text,
    text,
  ]);
}
