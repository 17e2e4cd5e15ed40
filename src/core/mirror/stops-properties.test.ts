/**
 * Whatever the leader does with its exits, whatever the price does, and whatever is heard late: stops of ours never close more
 * than is held, never add anything, and stand as the leader's do once everything is heard.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type LeaderExit, Mirrored } from "../../../test/core/mirrored.ts";
import { BTC, LEADER } from "../../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";

const RUNS = 400;

type Act =
  | { readonly act: "trade"; readonly side: "buy" | "sell"; readonly lots: number }
  | { readonly act: "set"; readonly exit: LeaderExit }
  | { readonly act: "remove"; readonly id: string }
  | { readonly act: "price"; readonly falls: boolean; readonly trigger: number }
  | { readonly act: "slow"; readonly slow: boolean }
  | { readonly act: "deaf"; readonly deaf: boolean }
  | { readonly act: "lost"; readonly exit: LeaderExit }
  | { readonly act: "again" }
  | { readonly act: "restart" }
  | { readonly act: "refuse" }
  | { readonly act: "wait"; readonly ms: number };

const ids = fc.constantFrom("a", "b", "c");

const exits: fc.Arbitrary<LeaderExit> = fc
  .record({
    id: ids,
    kind: fc.constantFrom("take-profit" as const, "stop-loss" as const),
    side: fc.constantFrom("buy" as const, "sell" as const),
    lots: fc.integer({ min: 1, max: 60 }),
    whole: fc.boolean(),
    level: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ lots, whole, level, ...rest }) => ({
    ...rest,
    quantity: String(lots / 1_000),
    trigger: String(50_000 + level * 2_000),
    ...(whole ? { whole: true as const } : {}),
  }));

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    act: fc.constant("trade" as const),
    side: fc.constantFrom("buy" as const, "sell" as const),
    lots: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ act: fc.constant("set" as const), exit: exits }),
  fc.record({ act: fc.constant("remove" as const), id: ids }),
  fc.record({
    act: fc.constant("price" as const),
    falls: fc.boolean(),
    trigger: fc.integer({ min: 500_000, max: 700_000 }),
  }),
  fc.record({ act: fc.constant("slow" as const), slow: fc.boolean() }),
  fc.record({ act: fc.constant("deaf" as const), deaf: fc.boolean() }),
  fc.record({ act: fc.constant("lost" as const), exit: exits }),
  fc.record({ act: fc.constant("again" as const) }),
  fc.record({ act: fc.constant("restart" as const) }),
  fc.record({ act: fc.constant("refuse" as const) }),
  fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
);

/** A stop closed all of it unheard, and the first snapshot after a start lacks the position. */
const FLAT_UNHEARD: [boolean, Act[]] = [
  false,
  [
    {
      act: "set",
      exit: { id: "a", kind: "stop-loss", side: "sell", quantity: "0.001", trigger: "52000", whole: true },
    },
    { act: "set", exit: { id: "b", kind: "take-profit", side: "sell", quantity: "0.002", trigger: "52000" } },
    { act: "refuse" },
    { act: "trade", side: "buy", lots: 2 },
    { act: "deaf", deaf: true },
    { act: "price", falls: false, trigger: 520_000 },
    { act: "restart" },
  ],
];

class World {
  readonly mirrored: Mirrored;
  readonly set = new Map<string, LeaderExit>();

  constructor(inverse: boolean) {
    this.mirrored = new Mirrored({ allocation: { inverse } });
  }

  do(act: Act): void {
    const { mirrored, set } = this;
    switch (act.act) {
      case "trade":
        mirrored.trade(act.side, String(act.lots / 1_000));
        return;
      case "set":
        set.set(act.exit.id ?? "", act.exit);
        mirrored.exit(act.exit);
        return;
      case "remove": {
        const exit = set.get(act.id);
        set.delete(act.id);
        // The same id never lives again at a venue.
        if (exit !== undefined) mirrored.list([...set.values()]);
        return;
      }
      case "price":
        mirrored.fire(act.trigger, act.falls ? "falls" : "rises");
        return;
      case "slow":
        mirrored.isSlow = act.slow;
        return;
      case "deaf":
        mirrored.isDeaf = act.deaf;
        return;
      case "lost":
        set.set(act.exit.id ?? "", act.exit);
        return;
      case "again": {
        const last = mirrored.story.events.findLast(({ kind }) => kind !== "engine-started");
        if (last !== undefined) mirrored.heard(mirrored.story.feed(last));
        return;
      }
      case "restart":
        mirrored.restart([...set.values()]);
        return;
      case "refuse":
        mirrored.refuses = "try-again";
        return;
      case "wait":
        mirrored.wait(act.ms);
        return;
    }
  }

  settle(): void {
    const { mirrored } = this;
    mirrored.isSlow = false;
    mirrored.isDeaf = false;
    mirrored.refuses = null;
    for (let turn = 0; turn < 6; turn += 1) {
      mirrored.answer();
      mirrored.list([...this.set.values()]);
      mirrored.listOwn();
      mirrored.wait(8_000);
    }
  }

  /** The follower's share of what the leader's exits close on this way of the price, but for what ours closed already. */
  due(direction: "rises" | "falls"): number {
    const { mirrored } = this;
    const leaderHolds = mirrored.story.state.leaders.get(LEADER)?.holdings.get(BTC)?.get("net")?.lots ?? 0;
    const stopped = Math.abs(mirrored.leg().market.copies[0]?.legs[0]?.stoppedLots ?? 0);
    const whole = Math.abs(mirrored.held()) + stopped;
    let closed = 0;
    for (const { side, kind, quantity, whole: isWhole } of this.set.values()) {
      if ((side === "buy") !== leaderHolds < 0 || leaderHolds === 0) continue;
      if (((kind === "take-profit") === (side === "sell")) !== (direction === "rises")) continue;
      closed += isWhole === true ? Math.abs(leaderHolds) : Math.round(Number(quantity) * 1_000);
    }
    if (closed === 0) return 0;
    const share = Math.min(closed, Math.abs(leaderHolds)) / Math.abs(leaderHolds);
    return Math.max(Math.floor(whole * share + 1e-9) - stopped, 0);
  }

  resting(direction: "rises" | "falls"): number {
    let sum = 0;
    for (const { form, lots } of this.mirrored.resting.values())
      if (form.direction === direction) sum += Math.abs(lots);
    return sum;
  }
}

it("never rests more than is held, on one way of the price, once everything is heard", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(acts, { maxLength: 40 }), (inverse, story) => {
      const world = new World(inverse);
      for (const act of story) world.do(act);
      world.settle();
      const { mirrored } = world;
      const held = Math.abs(mirrored.held());
      expect(mirrored.held()).toBe(mirrored.target());
      for (const direction of ["rises", "falls"] as const) {
        expect(world.resting(direction)).toBeLessThanOrEqual(held);
        expect(world.resting(direction)).toBe(world.due(direction));
      }
      const against = [...mirrored.resting.values()].filter(
        ({ lots }) => Math.sign(lots) !== -Math.sign(mirrored.held()),
      );
      expect(against).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

it("sends no stop that could add, or close more than is held when it is sent, next to those that rest", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(acts, { maxLength: 40 }), (inverse, story) => {
      const world = new World(inverse);
      const { mirrored } = world;
      for (const act of story) {
        const before = mirrored.sent.length;
        const heldBefore = Math.abs(mirrored.held());
        world.do(act);
        const stops = mirrored.story.decisions
          .flatMap(({ orders }) => orders)
          .filter(({ order: { purpose } }) => purpose === "stop" || purpose === "take-profit");
        expect(stops.every(({ order }) => order.reduceOnly)).toBe(true);
        const most = Math.max(heldBefore, Math.abs(mirrored.held()));
        if (!mirrored.isSlow && mirrored.sent.length > before)
          for (const direction of ["rises", "falls"] as const)
            expect(world.resting(direction)).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: RUNS, examples: [FLAT_UNHEARD] },
  );
});

it("what stops closed is not bought again before the leader adds", () => {
  fc.assert(
    fc.property(
      fc.array(exits, { maxLength: 5 }),
      fc.boolean(),
      fc.integer({ min: 2, max: 60 }),
      (set, falls, lots) => {
        const world = new World(false);
        world.do({ act: "trade", side: "buy", lots });
        for (const exit of set) world.do({ act: "set", exit });
        let held = Math.abs(world.mirrored.held());
        for (let step = 0; step < 10; step += 1) {
          const trigger = falls ? 700_000 - step * 20_000 : 500_000 + step * 20_000;
          world.do({ act: "price", falls, trigger });
          world.settle();
          expect(Math.abs(world.mirrored.held())).toBeLessThanOrEqual(held);
          held = Math.abs(world.mirrored.held());
          expect(world.mirrored.sent.filter((text) => text.startsWith("rebalance +"))).toHaveLength(1);
        }
      },
    ),
    { numRuns: RUNS },
  );
});

it("is the same after a checkpoint", () => {
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 30 }), (story) => {
      const world = new World(false);
      for (const act of story) world.do(act);
      const text = encodeCheckpoint(world.mirrored.story.state);
      expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    }),
    { numRuns: 100 },
  );
});
