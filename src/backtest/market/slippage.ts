/**
 * What an order at market finds in a book that nobody recorded: models of its levels round the middle price. Whatever the model, the
 * one matching engine walks the levels, so that paper, live and backtest fill in one way.
 */
import { impactOf } from "../../analytics/copying/slippage.ts";
import type { PastBar } from "./price-tape.ts";

/**
 * fixed: the best price lies so far from the middle, whatever the size.
 * depth: half a spread, and behind it that share of a minute's volume within ten basis points, and so on as densely.
 * impact: half a spread, and behind it levels that make an order of quantity q pay factor x deviation x sqrt(q / volume) on average.
 */
export type SlippageModel =
  | { readonly kind: "fixed"; readonly bps: number }
  | { readonly kind: "depth"; readonly halfSpreadBps: number; readonly minuteShare: number }
  | { readonly kind: "impact"; readonly halfSpreadBps: number; readonly factor: number };

export type SlippageKind = SlippageModel["kind"];

/** Half a spread of one basis point and a factor of one, as in what is told of copying a trader. */
export const SLIPPAGE_DEFAULTS: { readonly [Kind in SlippageKind]: Extract<SlippageModel, { kind: Kind }> } =
  {
    fixed: { kind: "fixed", bps: 5 },
    depth: { kind: "depth", halfSpreadBps: 1, minuteShare: 0.1 },
    impact: { kind: "impact", halfSpreadBps: 1, factor: 1 },
  };

/** One level: distance from the middle as a share of it, quantity in base units. */
export interface ModelLevel {
  readonly distance: number;
  readonly quantity: number;
}

export interface ModelledMarket {
  /** In quote currency. */
  readonly price: number;
  readonly tick: number;
  /** Of quantities, in base units: a level of impact ends on it, so that no order pays for parts of one that nobody can trade. */
  readonly step: number;
  /** The last bar that ended; null where nothing is known. */
  readonly bar: PastBar | null;
  /** What is added to the distance of each level but the fixed one: what is not known of the price. */
  readonly doubt: number;
}

/** No order is larger than this, in base units: what a level holds that stands for any size. */
const ANY_USDT = 1e9;
/** No level lies further away: an exchange takes no market order beyond some percent. */
const DISTANCE_MAX = 0.05;
const DEPTH_LEVELS = 32;
const MINUTE_MS = 60_000;
const BPS = 10_000;

/** How far the best price lies from the middle, as a share of it. */
export function bestDistance(
  model: SlippageModel,
  { price, tick, doubt }: Pick<ModelledMarket, "price" | "tick" | "doubt">,
): number {
  if (model.kind === "fixed") return model.bps / BPS;
  const { halfSpreadBps: bps } = model;
  return (bps === 0 ? 0 : Math.max(bps / BPS, tick / 2 / price)) + doubt;
}

/** The levels of one side, best first. */
export function levelsOf(model: SlippageModel, market: ModelledMarket): readonly ModelLevel[] {
  const { price, bar } = market;
  const any = ANY_USDT / price;
  const begin = bestDistance(model, market);
  switch (model.kind) {
    case "fixed":
      return [{ distance: begin, quantity: any }];
    case "depth":
      return depthLevels(begin, (minuteVolume(bar) ?? 0) * model.minuteShare, any);
    case "impact": {
      if (bar === null || bar.volume === null || bar.volume <= 0 || bar.sigma === 0 || model.factor === 0)
        return [{ distance: begin, quantity: any }];
      const { sigma, volume } = bar;
      const average = (quantity: number) => model.factor * impactOf(quantity, { sigma, volume });
      return impactLevels({ begin, average, volume, step: market.step });
    }
  }
}

function minuteVolume(bar: PastBar | null): number | null {
  return bar?.volume == null || bar.volume <= 0 ? null : (bar.volume * MINUTE_MS) / bar.intervalMs;
}

/** `near`: within ten basis points; 0 where no volume is known. */
function depthLevels(begin: number, near: number, any: number): readonly ModelLevel[] {
  if (near <= 0) return [{ distance: begin, quantity: any }];
  const perBps = near / 10;
  const levels: ModelLevel[] = [];
  let [from, width] = [0, 0.5];
  while (from / BPS < DISTANCE_MAX && levels.length < DEPTH_LEVELS) {
    levels.push({ distance: begin + from / BPS, quantity: perBps * width });
    from += width;
    width *= 1.35;
  }
  return levels;
}

interface Impact {
  readonly begin: number;
  /** What an order of that size pays beyond `begin`, as a share of the price. */
  readonly average: (quantity: number) => number;
  readonly volume: number;
  readonly step: number;
}

/**
 * Sizes grow by a factor; each level costs what the orders that just end with it pay more than those before, and those that end within it
 * pay at most 1.9 % more than they should.
 */
function impactLevels({ begin, average, volume, step }: Impact): readonly ModelLevel[] {
  const levels: ModelLevel[] = [];
  let [doneSteps, done, paid] = [0, 0, 0];
  let steps = Math.max(1, (volume * SMALLEST_SHARE) / step);
  while (done < volume * LARGEST_SHARE) {
    const upToSteps = Math.max(doneSteps + 1, Math.floor(steps));
    const upTo = upToSteps * step;
    const pays = average(upTo) * upTo;
    const distance = (pays - paid) / (upTo - done);
    if (distance > DISTANCE_MAX) break;
    levels.push({ distance: begin + distance, quantity: upTo - done });
    [doneSteps, done, paid] = [upToSteps, upTo, pays];
    steps = upToSteps * GROWTH;
  }
  return levels;
}

const SMALLEST_SHARE = 1e-6;
/** Of the bar's volume: no order finds more than this. */
const LARGEST_SHARE = 14;
const GROWTH = 1.55;
