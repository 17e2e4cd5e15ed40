/**
 * Markets: made from settings, and changed while they trade. Positions and orders survive a change of steps: a coarser
 * step only binds new orders, a finer one rescales what exists exactly.
 */
import { CandleStore } from "./candles.ts";
import { unitsFrom, unitsText } from "./fixed-point.ts";
import { nextSettlement } from "./funding.ts";
import type { Units } from "./instruments.ts";
import { instrumentRow, instrumentSettings, makeFilters, makeUnits } from "./instruments.ts";
import { GivenHouse } from "./liquidity.ts";
import type { InstrumentSettings } from "./market-types.ts";
import { OrderQueue } from "./order-queue.ts";
import { houseOf, priceMoved } from "./price-moves.ts";
import { Recent } from "./recent.ts";
import { makeRiskTiers } from "./risk-tiers.ts";
import type { Market, Order, Position } from "./state.ts";
import type { World } from "./world.ts";

const DEFAULT_FUNDING_UNITS = 10_000;
const FUNDING_RATES_KEPT = 1000;

/** Throws a RangeError on settings that make no sense. */
export function createMarket(world: World, settings: InstrumentSettings): Market {
  const symbolId = world.markets.size + 1;
  const units = makeUnits(settings.tickSize, settings.qtyStep);
  const price = Math.round(Number(settings.basePrice) / units.tickUsdt);
  if (!(price > 0))
    throw new RangeError(`${settings.symbol}: basePrice makes no sense: ${settings.basePrice}`);
  const market: Market = {
    symbol: settings.symbol,
    symbolId,
    settings,
    row: instrumentRow(settings, symbolId),
    units,
    filters: makeFilters(settings, units),
    tiers: makeRiskTiers(settings, symbolId),
    last: price,
    mark: price,
    indexPrice: price,
    tradedPrice: price,
    tradedUp: true,
    seq: 0,
    updateId: 1,
    bids: new OrderQueue(1),
    asks: new OrderQueue(-1),
    house: new GivenHouse([], []),
    untriggered: new Set(),
    holders: new Set(),
    fundingUnits: DEFAULT_FUNDING_UNITS,
    nextFundingMs: nextSettlement(world.nowMs, settings.fundingIntervalMinutes),
    fundingHistory: new Recent(FUNDING_RATES_KEPT),
    pastFunding: [],
    trades: new Recent(world.limits.publicTradesKept),
    candles: new CandleStore(world.limits.candlesKept),
    markCandles: new CandleStore(world.limits.candlesKept),
  };
  market.candles.record(world.nowMs, price, 0, 0);
  market.markCandles.record(world.nowMs, price, 0, 0);
  market.house = houseOf(world, market);
  world.markets.set(settings.symbol, market);
  return market;
}

/** Creates or changes an instrument; a new one needs what its listing needs. */
export function setInstrument(
  world: World,
  change: Partial<InstrumentSettings> & { readonly symbol: string },
): Market {
  const known = world.markets.get(change.symbol);
  if (known === undefined) return createMarket(world, newListing(change));
  const settings = { ...known.settings, ...change };
  const finer = finerUnits(known, settings);
  const filters = makeFilters(settings, finer ?? known.units);
  if (finer !== undefined) rescale(known, finer);
  known.settings = settings;
  known.row = instrumentRow(settings, known.symbolId);
  known.filters = filters;
  known.tiers = makeRiskTiers(settings, known.symbolId);
  known.nextFundingMs = nextSettlement(world.nowMs, settings.fundingIntervalMinutes);
  known.house = houseOf(world, known);
  priceMoved(world, known, false);
  return known;
}

function newListing(change: Partial<InstrumentSettings> & { readonly symbol: string }): InstrumentSettings {
  const { tickSize, qtyStep, maxOrderQty, maxLeverage, basePrice } = change;
  if (tickSize === undefined || qtyStep === undefined || basePrice === undefined) {
    throw new RangeError(`${change.symbol}: a new instrument needs tickSize, qtyStep and basePrice`);
  }
  return instrumentSettings({
    ...change,
    tickSize,
    qtyStep,
    basePrice,
    maxOrderQty: maxOrderQty ?? unitsText(Math.ceil(10_000_000 / Number(basePrice)), 0),
    maxLeverage: maxLeverage ?? "50",
  });
}

/** The units in which both the old and the new steps are whole; undefined when the present ones serve. */
function finerUnits(market: Market, settings: InstrumentSettings): Units | undefined {
  const { units } = market;
  const tick = commonStep(unitsText(units.tickUnits, units.priceScale), settings.tickSize);
  const lot = commonStep(unitsText(units.lotUnits, units.quantityScale), settings.qtyStep);
  const next = makeUnits(tick, lot);
  return next.lotTickMoney === units.lotTickMoney && next.tickUsdt === units.tickUsdt ? undefined : next;
}

function commonStep(left: string, right: string): string {
  const scale = Math.max(left.split(".")[1]?.length ?? 0, right.split(".")[1]?.length ?? 0);
  let [one, two] = [unitsFrom(left, scale) ?? 0, unitsFrom(right, scale) ?? 0];
  while (two !== 0) [one, two] = [two, one % two];
  if (one <= 0) throw new RangeError(`not a step: ${right}`);
  return unitsText(one, scale);
}

function rescale(market: Market, units: Units): void {
  const factors = {
    ticks: Math.round(market.units.tickUsdt / units.tickUsdt),
    lots: Math.round(market.units.lotBase / units.lotBase),
  };
  market.units = units;
  market.last *= factors.ticks;
  market.mark *= factors.ticks;
  market.indexPrice *= factors.ticks;
  market.tradedPrice *= factors.ticks;
  market.candles.rescale(factors.ticks, factors.lots);
  market.markCandles.rescale(factors.ticks, factors.lots);
  rescaleHoldings(market, factors);
}

interface Factors {
  readonly ticks: number;
  readonly lots: number;
}

function rescaleHoldings(market: Market, factors: Factors): void {
  const resting = [...market.bids.orders(), ...market.asks.orders()];
  for (const order of resting) (order.sign === 1 ? market.bids : market.asks).remove(order);
  const holdings = new Set([
    ...market.holders,
    ...[...resting, ...market.untriggered].map((one) => one.holding),
  ]);
  for (const holding of holdings) {
    for (const position of holding.positions) rescalePosition(position, factors);
    for (const order of holding.orders) rescaleOrder(order, market.units, factors);
  }
  for (const order of resting) (order.sign === 1 ? market.bids : market.asks).add(order);
}

function rescalePosition(position: Position, factors: Factors): void {
  position.lots *= factors.lots;
  position.buyLots *= factors.lots;
  position.sellLots *= factors.lots;
  position.buyLotTicks *= factors.lots * factors.ticks;
  position.sellLotTicks *= factors.lots * factors.ticks;
}

function rescaleOrder(order: Order, units: Units, factors: Factors): void {
  order.units = units;
  order.lots *= factors.lots;
  order.filled *= factors.lots;
  order.price *= factors.ticks;
  order.trigger *= factors.ticks;
}
