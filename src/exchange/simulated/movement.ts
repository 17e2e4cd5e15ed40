/**
 * What moves prices by itself as time passes: seeded random walks or recorded bars. A movement says when it is due next
 * and does one step at a time, so that funding and triggers happen in between at their own times.
 */
import type { Bar, BarSeries, LiquiditySource } from "./market-types.ts";
import { bestAgainst, fillByHouse, recordPublicTrade } from "./matching.ts";
import { queueOf } from "./order-life.ts";
import { movePrice } from "./price-moves.ts";
import type { Random } from "./random.ts";
import type { Market, Sign } from "./state.ts";
import type { World } from "./world.ts";

export interface Movement {
  /** Infinity when nothing will move any more. */
  readonly nextMs: number;
  /** Does the step that is due at `nextMs`; `world.nowMs` is that time, `untilMs` how far time has come. */
  step(world: World, untilMs: number): void;
}

const DEFAULT_STEP_MS = 250;
/** A longer gap is walked in longer strides, so that waking up from a long sleep does not take minutes. */
const MAX_STEPS_BEHIND = 14_400;

/** Undefined for sources that do not move by themselves. Throws a RangeError on bars of an unknown symbol. */
export function makeMovement(world: World, source: LiquiditySource): Movement | undefined {
  switch (source.kind) {
    case "flat":
    case "external":
      return undefined;
    case "moving":
      return new Walks(world, source.stepMs ?? DEFAULT_STEP_MS, source.symbols);
    case "bars":
      return new BarWalk(world, source.series, source.offsetMs ?? 0);
  }
}

interface Walk {
  readonly market: Market;
  /** Price before rounding, in ticks, and the mark it was rounded to. */
  exact: number;
  mark: number;
  readonly volatilityPerStep: number;
  readonly tradeChance: number;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;
/** Share of each market's variance that all have in common. */
const COMMON = 0.5;
const JUMP_CHANCE = 0.0002;
const JUMP_SIZE = 8;

/** Geometric random walks with a common factor and rare jumps. */
class Walks implements Movement {
  nextMs: number;
  readonly #stepMs: number;
  #strideMs: number;
  readonly #walks: Walk[] = [];

  constructor(world: World, stepMs: number, symbols: readonly string[] | undefined) {
    this.#stepMs = stepMs;
    this.#strideMs = stepMs;
    this.nextMs = world.nowMs - (world.nowMs % stepMs) + stepMs;
    const chosen = symbols === undefined ? undefined : new Set(symbols);
    for (const market of world.markets.values()) {
      if (chosen === undefined || chosen.has(market.symbol)) this.#walks.push(walkOf(market, stepMs));
    }
  }

  step(world: World, untilMs: number): void {
    const common = world.random.gaussian() * Math.sqrt(this.#strideMs / this.#stepMs);
    const own = Math.sqrt(this.#strideMs / this.#stepMs);
    for (const walk of this.#walks) {
      advance(world.random, walk, common, own);
      if (walk.mark !== walk.market.last || walk.mark !== walk.market.mark) {
        movePrice(world, walk.market, { last: walk.mark, touches: false });
      }
      if (world.random.next() < walk.tradeChance) tradeSomething(world, walk.market);
    }
    const stepsBehind = (untilMs - this.nextMs) / this.#stepMs;
    if (stepsBehind > MAX_STEPS_BEHIND) {
      this.#strideMs = this.#stepMs * Math.ceil(stepsBehind / MAX_STEPS_BEHIND);
    } else if (stepsBehind < 1) {
      this.#strideMs = this.#stepMs;
    }
    this.nextMs += this.#strideMs;
  }
}

function walkOf(market: Market, stepMs: number): Walk {
  const leverage = market.filters.maxLeverageHundredths / 100;
  const yearly = leverage >= 100 ? 0.55 : leverage >= 75 ? 0.8 : leverage >= 50 ? 1.0 : 1.3;
  const tradeChance = leverage >= 100 ? 0.8 : leverage >= 50 ? 0.25 : 0.08;
  const volatilityPerStep = yearly * Math.sqrt(stepMs / YEAR_MS);
  return { market, exact: market.mark, mark: market.mark, volatilityPerStep, tradeChance };
}

/** `scale` makes up for a stride of several steps; `common` is scaled already. */
function advance(random: Random, walk: Walk, common: number, scale: number): void {
  const { market } = walk;
  // A price that was set by control is where the walk goes on from.
  if (walk.mark !== market.mark) walk.exact = market.mark;
  const own = random.gaussian() * scale;
  const jump = random.next() < JUMP_CHANCE ? JUMP_SIZE : 1;
  const shock = Math.sqrt(COMMON) * common + Math.sqrt(1 - COMMON) * own;
  const { minTicks, maxTicks, stepTicks } = market.filters;
  const moved = walk.exact * Math.exp(walk.volatilityPerStep * jump * shock);
  walk.exact = Math.min(maxTicks / 2, Math.max(minTicks * 20, moved));
  walk.mark = Math.max(stepTicks, Math.round(walk.exact / stepTicks) * stepTicks);
}

/** Somebody trades: with an account's order when that is the best there is, else with the house. */
function tradeSomething(world: World, market: Market): void {
  const sign: Sign = world.random.next() < 0.5 ? 1 : -1;
  const price = bestAgainst(market, sign);
  if (price === 0) return;
  const usdt = 50 * Math.exp(3 * world.random.next() + world.random.gaussian());
  const steps = Math.ceil(usdt / (price * market.units.lotTickUsdt * market.filters.stepLots));
  const lots = Math.max(market.filters.minLots, steps * market.filters.stepLots);
  const maker = queueOf(market, sign === 1 ? -1 : 1).best;
  if (maker?.price === price && maker.first !== undefined) {
    fillByHouse(world, maker.first, lots);
  } else {
    market.seq++;
    recordPublicTrade(world, market, { sign, price, lots });
  }
  world.flush();
}

interface SeriesWalk {
  readonly market: Market;
  readonly series: BarSeries;
  bar: number;
  /** 0 open, 1 first extreme, 2 second extreme, 3 close. */
  point: number;
  dueMs: number;
}

/** Moves through open, the two extremes and the close of each bar, the nearer extreme to the open first. */
class BarWalk implements Movement {
  nextMs = Number.POSITIVE_INFINITY;
  readonly #offsetMs: number;
  readonly #walks: SeriesWalk[] = [];

  constructor(world: World, series: readonly BarSeries[], offsetMs: number) {
    this.#offsetMs = offsetMs;
    for (const one of series) this.#add(world, one);
    this.#findNext();
  }

  step(world: World, _untilMs: number): void {
    const dueMs = this.nextMs;
    for (const walk of this.#walks) {
      if (walk.dueMs !== dueMs) continue;
      applyPoint(world, walk);
      this.#proceed(walk);
    }
    this.#findNext();
  }

  #add(world: World, series: BarSeries): void {
    const market = world.markets.get(series.symbol);
    if (market === undefined) throw new RangeError(`bars of ${series.symbol}, which is not listed`);
    const walk: SeriesWalk = { market, series, bar: -1, point: 3, dueMs: 0 };
    this.#proceed(walk);
    while (walk.dueMs + series.barMs < world.nowMs) this.#proceed(walk);
    const first = series.bars[walk.bar];
    if (first !== undefined) movePrice(world, market, { last: ticksOf(market, first.open), touches: false });
    this.#walks.push(walk);
  }

  #proceed(walk: SeriesWalk): void {
    walk.point = (walk.point + 1) % 4;
    if (walk.point === 0) walk.bar++;
    const bar = walk.series.bars[walk.bar];
    const share = walk.point === 3 ? walk.series.barMs - 1 : (walk.series.barMs * walk.point) / 3;
    walk.dueMs =
      bar === undefined ? Number.POSITIVE_INFINITY : bar.openTimeMs + this.#offsetMs + Math.floor(share);
  }

  #findNext(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const walk of this.#walks) next = Math.min(next, walk.dueMs);
    this.nextMs = next;
  }
}

function applyPoint(world: World, walk: SeriesWalk): void {
  const bar = walk.series.bars[walk.bar];
  if (bar === undefined) return;
  const { market } = walk;
  const last = ticksOf(market, priceAt(bar, walk.point));
  movePrice(world, market, { last, touches: false });
  const { stepLots } = market.filters;
  const lots = Math.floor(bar.volume / 4 / market.units.lotBase / stepLots) * stepLots;
  if (lots <= 0 || !Number.isSafeInteger(lots * last)) return;
  market.seq++;
  recordPublicTrade(world, market, { sign: bar.close >= bar.open ? 1 : -1, price: last, lots });
}

function priceAt(bar: Bar, point: number): number {
  const rises = bar.close >= bar.open;
  switch (point) {
    case 0:
      return bar.open;
    case 1:
      return rises ? bar.low : bar.high;
    case 2:
      return rises ? bar.high : bar.low;
    default:
      return bar.close;
  }
}

function ticksOf(market: Market, price: number): number {
  const { stepTicks, minTicks, maxTicks } = market.filters;
  const ticks = Math.round(price / market.units.tickUsdt / stepTicks) * stepTicks;
  return Math.min(maxTicks, Math.max(minTicks, ticks));
}
