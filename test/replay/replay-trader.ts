/**
 * Replays recorded accounts: their carried positions, then every order at its place in time, with the bars between them.
 * Seconds keep their length, longer pauses are shortened (bars of the pause are played inside what is left of it), so that
 * two months fit into minutes of virtual time. Gives back what happened, for the report and the independent checker.
 */
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { Event } from "../../src/core/event.ts";
import { recover } from "../../src/engine/recovery.ts";
import type { Evidence } from "../checker/evidence.ts";
import { evidenceOf } from "./evidence-of.ts";
import type { ExchangeSide, FaultSetup } from "./exchange-side.ts";
import type { FollowerSetup } from "./followers.ts";
import { firstOrders, furnish, hastenFunding } from "./furnish.ts";
import { Interludes } from "./interludes.ts";
import type { UnusedReason } from "./leader-script.ts";
import type { RecordedFill } from "./recorded-fills.ts";
import type { RecordedMarket } from "./recorded-market.ts";
import { ReplayWorld } from "./replay-world.ts";
import type { Stage, StagedOrder } from "./stage.ts";
import { Tally } from "./tally.ts";

/** A longer pause between recorded seconds is cut to this. */
const PAUSE_MS_MAX = 20_000;
/** Bars played per symbol and pause. */
const BARS_MAX = 12;
/** Long enough for several snapshots and everything that waits for them. */
const SETTLE_MS = 75_000;
const SECOND_MS = 1_000;
/** Longer than the public stream holds news back. */
const APPROACH_MS = 250;

export interface Replayed {
  readonly stage: Stage;
  readonly unused: ReadonlyMap<RecordedFill, UnusedReason>;
  readonly tally: Tally;
  readonly evidence: Evidence;
  readonly virtualMs: number;
  /** What went wrong in the replay itself, in words. */
  readonly complaints: readonly string[];
}

export interface ReplayOptions {
  readonly seed: number;
  readonly followers: readonly FollowerSetup[];
  readonly faults?: FaultSetup;
  readonly market: RecordedMarket;
}

export function replayStage(stage: Stage, options: ReplayOptions): Replayed {
  return new Replay(stage, options).run();
}

class Replay {
  readonly #stage: Stage;
  readonly #options: ReplayOptions;
  readonly #world: ReplayWorld;
  readonly #interludes: Interludes;
  readonly #tally = new Tally();
  readonly #unused: Map<RecordedFill, UnusedReason>;
  readonly #complaints: string[] = [];

  constructor(stage: Stage, options: ReplayOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#unused = new Map(stage.leaders.flatMap(({ script }) => [...script.unused]));
    const observer = {
      decided: (event: Event, decision: Decision) => this.#tally.note(event, decision),
      failed: (error: Error) => {
        throw error;
      },
    };
    this.#world = new ReplayWorld({
      seed: options.seed,
      startMs: (stage.orders[0]?.atMs ?? 0) - SECOND_MS,
      leaders: stage.leaders.map(({ account }) => account),
      followers: options.followers,
      observer,
    });
    this.#interludes = new Interludes(this.#world, stage, options.followers);
  }

  run(): Replayed {
    const { clock, exchange } = this.#world;
    const startMs = clock.nowMs();
    try {
      const { followers, seed } = this.#options;
      this.#complaints.push(...furnish(exchange, this.#stage, followers, seed));
      // A settlement that a stream loses without a disconnect is not told again.
      if (this.#options.faults === undefined) hastenFunding(exchange, this.#stage);
      this.#world.startCopier();
      exchange.putFaults(this.#options.faults ?? {});
      this.#play();
      exchange.putFaults({});
      clock.runUntil(clock.nowMs() + SETTLE_MS);
      this.#checkJournal();
      const evidence = evidenceOf(this.#world, this.#stage, followers, this.#options.faults !== undefined);
      const virtualMs = clock.nowMs() - startMs;
      return {
        stage: this.#stage,
        unused: this.#unused,
        tally: this.#tally,
        evidence,
        virtualMs,
        complaints: this.#complaints,
      };
    } finally {
      this.#world.stop();
    }
  }

  /** The journal alone must lead to the same state, to the letter. */
  #checkJournal(): void {
    const { journal, engine } = this.#world.copier;
    if (encodeCheckpoint(recover(journal).state) !== encodeCheckpoint(engine.state))
      this.#complaints.push("the journal folds to another state than the engine's");
  }

  #play(): void {
    let lastMs = this.#stage.orders[0]?.atMs ?? 0;
    for (const burst of burstsOf(this.#stage.orders)) {
      const atMs = burst[0]?.atMs ?? 0;
      this.#pause(lastMs, atMs);
      this.#interludes.play();
      this.#approach(burst);
      this.#trade(burst);
      lastMs = atMs;
    }
  }

  /** The market is at the price of a symbol's first fill a little before it, as it must have been. */
  #approach(burst: readonly StagedOrder[]): void {
    const { clock, exchange } = this.#world;
    for (const { symbol, fills } of firstOrders(burst)) exchange.movePrice(symbol, fills[0]?.price ?? "");
    clock.runUntil(clock.nowMs() + APPROACH_MS);
  }

  /** The orders of one recorded second, spread over a second. */
  #trade(burst: readonly StagedOrder[]): void {
    const { clock, exchange } = this.#world;
    const startMs = clock.nowMs();
    burst.forEach((order, place) => {
      clock.runUntil(startMs + Math.floor((place * SECOND_MS) / burst.length));
      this.#note(order, exchange.trade(order.leader, order));
    });
    clock.runUntil(startMs + SECOND_MS);
  }

  #note(order: StagedOrder, outcome: ReturnType<ExchangeSide["trade"]>): void {
    if (outcome.kind === "as-recorded") return;
    const reason = outcome.kind === "refused" ? "refused-by-exchange" : "not-as-recorded";
    for (const fill of order.fills) this.#unused.set(fill, reason);
    this.#complaints.push(`line ${order.fills[0]?.line ?? 0}: ${JSON.stringify(outcome)}`);
  }

  /** Plays the bars between two recorded seconds for what leaders hold. */
  #pause(fromMs: number, toMs: number): void {
    const { clock, exchange } = this.#world;
    const startMs = clock.nowMs();
    const lengthMs = Math.min(toMs - fromMs, PAUSE_MS_MAX);
    for (const { share, symbol, price } of this.#closes(fromMs, toMs)) {
      clock.runUntil(startMs + Math.floor(share * lengthMs));
      exchange.movePrice(symbol, price);
    }
    clock.runUntil(startMs + Math.max(0, lengthMs));
  }

  #closes(fromMs: number, toMs: number): readonly { share: number; symbol: string; price: string }[] {
    const { venue } = this.#world.protocol.state;
    const held = this.#stage.leaders.flatMap(({ account }) => venue.positions(account));
    const symbols = new Set(held.map(({ symbol }) => symbol));
    const found = [...symbols].flatMap((symbol) => {
      const closes = this.#options.market.closes(symbol, fromMs, toMs);
      const tick = venue.instrument(symbol)?.tickSize ?? "1";
      const every = Math.ceil(closes.length / BARS_MAX);
      return closes
        .filter((_, place) => place % every === 0)
        .map(({ atMs, price }) => ({
          share: (atMs - fromMs) / (toMs - fromMs),
          symbol,
          price: onGrid(price, tick),
        }));
    });
    return found.sort((left, right) => left.share - right.share);
  }
}

function burstsOf(orders: readonly StagedOrder[]): readonly (readonly StagedOrder[])[] {
  return [...Map.groupBy(orders, ({ atMs }) => atMs).values()];
}

function onGrid(price: number, tick: string): string {
  const places = tick.split(".")[1]?.length ?? 0;
  const ticks = Math.max(1, Math.round(price / Number(tick)));
  return (ticks * Number(tick)).toFixed(places);
}
