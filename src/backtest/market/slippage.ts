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
  /** The last bar that ended; null where nothing is known. */
  readonly bar: PastBar | null;
  /** What is added to the distance of each level but the fixed one: what is not known of the price. */
  readonly doubt: number;
}

/** No order is larger than this, in base units: what a level holds that stands for any size. */
const ANY_USDT = 1e9;
/** No level lies further away: an exchange takes no market order beyond some percent. */
const DISTANCE_MAX = 0.05;
const LEVELS = 16;
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
      return impactLevels(begin, (quantity) => model.factor * impactOf(quantity, { sigma, volume }), volume);
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
  while (from / BPS < DISTANCE_MAX && levels.length < LEVELS * 2) {
    levels.push({ distance: begin + from / BPS, quantity: perBps * width });
    from += width;
    width *= 1.35;
  }
  return levels;
}

/** Sizes grow by a factor; each level costs what the orders that just end with it pay more than those before. */
function impactLevels(
  begin: number,
  average: (quantity: number) => number,
  volume: number,
): readonly ModelLevel[] {
  const levels: ModelLevel[] = [];
  let done = 0;
  let upTo = volume * SMALLEST_SHARE;
  for (let place = 0; place < LEVELS; place += 1) {
    const quantity = upTo - done;
    const distance = (average(upTo) * upTo - average(done) * done) / quantity;
    if (distance > DISTANCE_MAX) break;
    levels.push({ distance: begin + distance, quantity });
    done = upTo;
    upTo *= GROWTH;
  }
  return levels;
}

const SMALLEST_SHARE = 1e-6;
const GROWTH = 3;
