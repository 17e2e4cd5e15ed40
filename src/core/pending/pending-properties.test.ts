/**
 * Whatever the leader does with orders that wait, whatever the price does, and in whatever order it is heard: no order of the
 * leader's is bought or sold more than once, what rests is what the leader has resting, and in the end every target is held; a
 * replay and a checkpoint give the same.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Pending, type Stream } from "../../../test/core/pending.ts";
import { FOLLOWER } from "../../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { refold } from "../decide.ts";
import { decodeDecision, encodeDecision } from "../decision-codec.ts";
import { emptyState, isOpen, leftOf } from "../state.ts";

const RUNS = Number(process.env.PENDING_RUNS ?? 400);

type Side = "buy" | "sell";
type Act =
  | {
      readonly act: "waits";
      readonly id: string;
      readonly lots: number;
      readonly away: number;
      readonly isStop: boolean;
    }
  | { readonly act: "edit"; readonly id: string; readonly lots: number; readonly away: number }
  | { readonly act: "takesBack" | "endsOwn"; readonly id: string }
  | { readonly act: "fillsOwn" | "fillsLeader"; readonly id: string; readonly lots: number }
  | { readonly act: "trades"; readonly lots: number }
  | { readonly act: "moves"; readonly away: number }
  | { readonly act: "slow"; readonly isSlow: boolean }
  | { readonly act: "hear"; readonly stream: Stream }
  | { readonly act: "wait"; readonly ms: number }
  | { readonly act: "reduces"; readonly lots: number }
  | { readonly act: "list" | "restart" | "pause" | "resume" | "report" | "read" };

const id = fc.constantFrom("a", "b", "c");
const lots = fc.integer({ min: 2, max: 60 }).map((half) => half * 2);
const away = fc.integer({ min: 1, max: 9 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constant("waits" as const), id, lots, away, isStop: fc.boolean() }),
  fc.record({ act: fc.constant("edit" as const), id, lots, away }),
  fc.record({ act: fc.constant("takesBack" as const), id }),
  fc.record({ act: fc.constantFrom("fillsOwn" as const, "fillsLeader" as const), id, lots }),
  fc.record({ act: fc.constant("trades" as const), lots }),
  fc.record({ act: fc.constant("moves" as const), away: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ act: fc.constant("slow" as const), isSlow: fc.boolean() }),
  fc.record({
    act: fc.constant("hear" as const),
    stream: fc.constantFrom("fills" as const, "orders" as const, "own" as const),
  }),
  fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({ act: fc.constant("reduces" as const), lots }),
  fc.record({ act: fc.constant("endsOwn" as const), id }),
  fc.record({
    act: fc.constantFrom(
      "list" as const,
      "restart" as const,
      "pause" as const,
      "resume" as const,
      "report" as const,
      "read" as const,
    ),
  }),
);

class World {
  readonly pending: Pending;
  /** The most that the leader's orders of one life could come to, in all, in the follower's lots. */
  due = 0;
  readonly #side: Side;
  #lives = 0;
  readonly #names = new Map<string, string>();

  constructor(side: Side, inverse: boolean) {
    this.pending = new Pending({ allocation: { inverse } });
    this.#side = side;
  }

  do(act: Act): void {
    const { pending } = this;
    switch (act.act) {
      case "waits":
        this.#lives += 1;
        if (pending.leader.has(this.#nameOf(act.id))) return;
        this.#names.set(act.id, `${act.id}${this.#lives}`);
        this.due += act.lots / 2;
        return pending.waits(
          this.#nameOf(act.id),
          this.#side,
          act.lots,
          this.#priceOf(act.away, act.isStop),
          act.isStop,
        );
      case "edit": {
        const known = pending.leader.get(this.#nameOf(act.id));
        if (known === undefined) return;
        this.due += Math.max(act.lots, known.filled + 2) / 2;
        return pending.edit(known.id, {
          lots: Math.max(act.lots, known.filled + 2),
          price: this.#priceOf(act.away, known.isStop),
        });
      }
      case "takesBack":
        return pending.takesBack(this.#nameOf(act.id));
      case "endsOwn":
        return pending.endsOwn(this.#nameOf(act.id));
      case "fillsOwn":
        return pending.fillsOwn(this.#nameOf(act.id), act.lots / 2);
      case "fillsLeader":
        return pending.fillsLeader(this.#nameOf(act.id), act.lots);
      case "trades":
        this.due += act.lots / 2;
        return pending.trades(this.#side, act.lots);
      case "moves":
        return pending.moves(60_000 + act.away * 300);
      case "slow":
        pending.isSlow = act.isSlow;
        return;
      case "hear":
        pending.hear(act.stream);
        return;
      case "wait":
        return pending.wait(act.ms);
      case "list":
        pending.hearAll();
        pending.listLeader();
        return pending.listOwn();
      case "restart":
        return pending.restart();
      case "reduces": {
        const most = Math.min(act.lots, Math.abs(pending.leads));
        if (most > 0) pending.trades(this.#side === "buy" ? "sell" : "buy", most);
        return;
      }
      case "report":
        return pending.reports();
      case "read":
        return pending.listLeader();
      case "pause":
      case "resume":
        return pending.decide(pending.story.command({ kind: act.act, account: FOLLOWER }));
    }
  }

  settle(): void {
    const { pending } = this;
    pending.isSlow = false;
    pending.decide(pending.story.command({ kind: "resume", account: FOLLOWER }));
    for (let turn = 0; turn < 6; turn += 1) {
      pending.hearAll();
      pending.listLeader();
      pending.listOwn();
      pending.wait(8_000);
    }
  }

  #nameOf(name: string): string {
    return this.#names.get(name) ?? name;
  }

  /** A limit waits on the better side of the price, a stop on the worse. */
  #priceOf(steps: number, isStop: boolean): number {
    const way = (this.#side === "buy") === isStop ? 1 : -1;
    return this.pending.price + way * steps * 300;
  }
}

const sides = fc.constantFrom("buy" as const, "sell" as const);
const stories = fc.array(acts, { maxLength: 40 });

it("never trades an order of the leader's twice, and holds the target in the end", () => {
  fc.assert(
    fc.property(sides, fc.boolean(), stories, (side, inverse, story) => {
      const world = new World(side, inverse);
      const { pending } = world;
      const buys = (side === "buy") !== inverse;
      for (const act of story) {
        world.do(act);
        expect(buys ? pending.bought : pending.sold).toBeLessThanOrEqual(world.due);
      }
      world.settle();
      const ahead = [...(pending.leg().market.copies[0]?.legs ?? [])].flatMap((part) => part.ahead);
      expect(ahead.filter(({ order }) => !pending.leader.has(order))).toEqual([]);
      const early = ahead.reduce((sum, one) => sum + one.lots, 0);
      const share = (pending.leads / 2) * (inverse ? -1 : 1);
      expect(Math.abs(pending.holds - share - early)).toBeLessThan(1);
      expect(buys ? pending.bought : pending.sold).toBeLessThanOrEqual(world.due);
    }),
    { numRuns: RUNS },
  );
});

it("never takes anything back while the leader only adds", () => {
  const adding = acts.filter(
    ({ act }) => !["edit", "takesBack", "endsOwn", "reduces", "pause", "resume", "restart"].includes(act),
  );
  fc.assert(
    fc.property(sides, fc.array(adding, { maxLength: 25 }), (side, story) => {
      const world = new World(side, false);
      const { pending } = world;
      for (const act of story) world.do(act);
      world.settle();
      expect(side === "buy" ? pending.sold : pending.bought).toBe(0);
    }),
    { numRuns: RUNS },
  );
});

it("rests what the leader has resting, once everything is heard", () => {
  fc.assert(
    fc.property(sides, stories, (side, story) => {
      const world = new World(side, false);
      const { pending } = world;
      for (const act of story) world.do(act);
      world.settle();
      const part = pending.leg().market.copies[0]?.legs[0];
      for (const order of pending.leader.values()) {
        const early = Math.abs(part?.ahead.find((one) => one.order === order.id)?.lots ?? 0);
        const ended = part?.pendingNotes.some((one) => one.order === order.id) === true;
        let resting = 0;
        for (const own of pending.leg().working.values())
          if (isOpen(own) && own.follows?.order === order.id) resting += leftOf(own);
        const wanted = Math.max((order.lots - order.filled) / 2 - early, 0);
        if (!ended) expect(Math.abs(resting - wanted)).toBeLessThanOrEqual(1);
      }
      const others = [...pending.own.values()].filter(
        (own) => !pending.leader.has(pending.followed(own) ?? ""),
      );
      expect(others).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

it("is the same after a checkpoint, and in a replay", () => {
  fc.assert(
    fc.property(sides, stories, (side, acts) => {
      const world = new World(side, false);
      const { story } = world.pending;
      for (const act of acts) world.do(act);
      const text = encodeCheckpoint(story.state);
      expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
      const replayed = emptyState();
      for (const [index, event] of story.events.entries()) {
        const decision = story.decisions[index];
        if (decision === undefined) throw new Error("each event has its decision");
        const recorded = encodeDecision(story.state, decision);
        refold(replayed, event, (state) => decodeDecision(state, recorded));
      }
      expect(encodeCheckpoint(replayed)).toBe(text);
    }),
    { numRuns: 100 },
  );
});
