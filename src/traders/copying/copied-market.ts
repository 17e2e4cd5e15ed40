/**
 * One symbol of a leader beside the follower's instrument for it: what its venue lists under the coin's name (1000PEPEUSDT, kPEPE and
 * PEPEUSDT are one coin) with the real steps and minima. Where no list tells, the finest steps of the leader's own fills stand in.
 */
import type { PositionFill } from "../../analytics/positions/position-fill.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { AccountId, VenueId } from "../../core/model/identifiers.ts";
import { type Instrument, type InstrumentSpec, makeInstrument } from "../../core/model/instrument.ts";
import { sameCoinIn } from "../../core/model/symbol-name.ts";
import { plainAllocation } from "../../core/settings.ts";
import type { Ratio } from "../../core/sizing/ratio.ts";
import { sizingTerms } from "../../core/sizing/sizing.ts";
import { remembered } from "../remembered.ts";

/** What the follower's venue lists. */
export interface InstrumentList {
  /** The instrument for a symbol of any venue, and how many of its units one of the symbol's is; null where none is known. */
  find(symbol: string): { readonly spec: InstrumentSpec; readonly units: Decimal } | null;
  /** Whether what is not in it is not listed; else nothing is known of that. */
  readonly isComplete: boolean;
  /** Names the list in what is kept of results made from it. */
  readonly key: string;
}

export const NO_LIST: InstrumentList = { find: () => null, isComplete: false, key: "none" };

export function instrumentList(
  specs: readonly InstrumentSpec[],
  { isComplete, key }: Pick<InstrumentList, "isComplete" | "key">,
): InstrumentList {
  const bySymbol = new Map(specs.map((spec) => [spec.symbol, spec]));
  const names = [...bySymbol.keys()];
  const find = remembered((symbol) => {
    const same = bySymbol.has(symbol) ? { symbol, units: 1 } : sameCoinIn(symbol, names);
    const spec = bySymbol.get(same?.symbol ?? "");
    return spec === undefined || same === null ? null : { spec, units: Decimal.fromNumber(same.units) };
  });
  return { find, isComplete, key };
}

export interface CopiedMarket {
  readonly follower: Instrument;
  /** Follower's units in one of the leader's. */
  readonly units: Decimal;
  /** On the grid of what the leader traded; names the follower's as what it is elsewhere. */
  readonly leader: Instrument;
  /** Follower's lots per leader's lot, before the proportion of their capitals. */
  readonly ratio: Ratio;
  readonly isAssumed: boolean;
}

/** The finest digits and the sum of all quantities of one symbol. */
export interface SeenSteps {
  quantityScale: number;
  priceScale: number;
  traded: number;
}

export const NOTHING_SEEN: Readonly<SeenSteps> = { quantityScale: 0, priceScale: 0, traded: 0 };

export function seeSteps(seen: SeenSteps, { quantity, price, positionBefore }: PositionFill): void {
  seen.quantityScale = Math.max(seen.quantityScale, digits(quantity), digits(positionBefore ?? Decimal.zero));
  seen.priceScale = Math.max(seen.priceScale, digits(price));
  seen.traded += quantity.toNumber() + Math.abs(positionBefore?.toNumber() ?? 0);
}

function digits(value: Decimal): number {
  const [, fraction = ""] = value.toString().split(".");
  return fraction.length;
}

/** `unlisted`: the venue has it not. */
export function copiedMarket(
  symbol: string,
  seen: Readonly<SeenSteps>,
  list: InstrumentList,
): CopiedMarket | "unlisted" {
  const found = list.find(symbol);
  if (found === null && list.isComplete) return "unlisted";
  const units = found?.units ?? Decimal.one;
  const follower = makeInstrument(found?.spec ?? assumedSpec(symbol, seen));
  const leader = makeInstrument({
    ...follower.spec,
    venue: VenueId("leader"),
    symbol,
    tickSize: leaderTick(seen, follower).toString(),
    ...stepsOf(leaderStep(seen)),
    elsewhere: [{ symbol: follower.spec.symbol, units: units.toString() }],
  });
  const allocation = plainAllocation(AccountId("leader"), AccountId("follower"));
  const rule = { kind: "equity-proportional", rebalanceBand: "0" } as const;
  const { ratio } = sizingTerms({ ...allocation, sizing: rule }, leader, follower);
  return { follower, units, leader, ratio, isAssumed: found === null };
}

/** So many digits that a position is never past what whole lots can count. */
function leaderStep({ quantityScale, traded }: Readonly<SeenSteps>): Decimal {
  const room = traded > 0 ? Math.floor(Math.log10(Number.MAX_SAFE_INTEGER / traded)) : LOT_DIGITS_MAX;
  return Decimal.one.timesPowerOfTen(-Math.min(quantityScale, room - 1));
}

/** What the leader paid lies on it, also where its own venue has finer prices than the follower's. */
function leaderTick({ priceScale }: Readonly<SeenSteps>, { tickSize }: Instrument): Decimal {
  return Decimal.one.timesPowerOfTen(-Math.max(Math.min(priceScale, PRICE_DIGITS_MAX), tickSize.scale));
}

const LOT_DIGITS_MAX = 15;
/** So many decimals leave room for any price before the point. */
const PRICE_DIGITS_MAX = 10;
/** Steps in the largest order of an assumed instrument: none is too large. */
const STEPS_MAX = Decimal.of(1_000_000_000_000n, 0);
/** The smallest value of an order in most USDT contracts at Bybit. */
const ASSUMED_MIN_NOTIONAL = "5";

function stepsOf(step: Decimal) {
  const most = step.times(STEPS_MAX).toString();
  return {
    quantityStep: step.toString(),
    minQuantity: step.toString(),
    maxLimitQuantity: most,
    maxMarketQuantity: most,
  };
}

function assumedSpec(symbol: string, seen: Readonly<SeenSteps>): InstrumentSpec {
  return {
    venue: VenueId("assumed"),
    symbol,
    baseCoin: symbol,
    settleCoin: "USDT",
    status: "trading",
    tickSize: Decimal.one.timesPowerOfTen(-seen.priceScale).toString(),
    ...stepsOf(leaderStep(seen)),
    minNotional: ASSUMED_MIN_NOTIONAL,
    minPrice: "0",
    maxPrice: Decimal.one.timesPowerOfTen(15 - seen.priceScale).toString(),
    maxLeverage: "100",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
  };
}
