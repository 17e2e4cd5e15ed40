/**
 * How much capital copying a leader takes: which of its positions (those it holds, and its typical ones) come to an order that
 * the venue takes, what is lost of the others, and the smallest equity at which nothing is.
 */

import { leastLots } from "../core/minimum.ts";
import { Lots, type Ticks } from "../core/model/amounts.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { AllocationId } from "../core/model/identifiers.ts";
import {
  type Instrument,
  lotsFrom,
  priceText,
  quantityText,
  toWholeSteps,
} from "../core/model/instrument.ts";
import { valuationTicks } from "../core/quotes.ts";
import { desiredLeverage } from "../core/risk/leverage-cap.ts";
import { baseOf, capitalsOf } from "../core/sizing/capital.ts";
import { exactSize } from "../core/sizing/exact.ts";
import type { Fraction } from "../core/sizing/ratio.ts";
import type { Copy, State } from "../core/state.ts";
import { notionalOf } from "../core/worth.ts";
import type {
  CapitalPosition,
  CapitalReport,
  CapitalRequest,
  CapitalStatus,
  FollowerCapital,
} from "./control.ts";
import { ControlError } from "./control.ts";
import type { TypicalPosition } from "./typical-positions.ts";

/** Throws a ControlError when nobody of that name is copied, or not by that follower. */
export function capitalOf(
  state: State,
  { leader, follower }: CapitalRequest,
  typical: readonly TypicalPosition[],
): CapitalReport {
  const allocations = state.settings.allocations.filter((one) => one.leader === leader);
  if (allocations.length === 0) {
    const leaders = [...new Set(state.settings.allocations.map((one) => one.leader))].join(", ");
    const known = leaders === "" ? "nobody is copied yet" : `copied are: ${leaders}`;
    throw new ControlError("bad-request", `"${leader}" is copied by nobody; ${known}`);
  }
  const asked = allocations.filter((one) => follower === undefined || one.follower === follower);
  if (asked.length === 0) {
    const names = allocations.map((one) => one.follower).join(", ");
    throw new ControlError("unknown-follower", `"${follower}" does not copy "${leader}"; ${names} does`);
  }
  const copies = activeCopies(state);
  return {
    leader,
    followers: asked.map(({ id, follower: name }) =>
      followerCapital(name, copies.get(id) ?? [], state, typical),
    ),
  };
}

/** Of every relation, for a status: by what the leaders hold now. */
export function capitalNeeds(state: State): readonly CapitalStatus[] {
  const copies = activeCopies(state);
  return state.settings.allocations.map(({ id, leader, follower }) => {
    const report = followerCapital(follower, copies.get(id) ?? [], state, []);
    const { capital, smallestEquity, positions } = report;
    const lost = positions.filter(({ isCopied }) => !isCopied).map(({ symbol }) => symbol);
    return { leader, follower, capital, smallestEquity, lost: [...new Set(lost)] };
  });
}

/** By allocation, in one pass: a thousand followers have a hundred thousand markets. */
function activeCopies({ markets }: State): ReadonlyMap<AllocationId, readonly Copy[]> {
  const active = markets.flatMap(({ copies }) => copies.filter((copy) => copy.active));
  return Map.groupBy(active, ({ allocation }) => allocation.id);
}

function followerCapital(
  follower: string,
  copies: readonly Copy[],
  state: State,
  typical: readonly TypicalPosition[],
): FollowerCapital {
  const positions = copies.flatMap((copy) => [
    ...heldBy(copy).map((lots) => positionOf(state, copy, lots, "held")),
    ...typical.flatMap(({ symbol, quantity }) => {
      const lots =
        symbol === copy.leaderInstrument.spec.symbol ? lotsFrom(copy.leaderInstrument, quantity) : 0;
      return lots === undefined || lots === 0 ? [] : [positionOf(state, copy, Lots(lots), "typical")];
    }),
  ]);
  const margin = positions
    .filter(({ kind }) => kind === "held")
    .reduce((sum, position) => sum.plus(Decimal.parse(position.margin || "0")), Decimal.zero);
  return {
    follower,
    sizing: copies[0]?.allocation.sizing.kind ?? "",
    capital: capitalText(copies[0]),
    smallestEquity: smallestEquity(positions, margin),
    margin: cents(margin, "ceiling"),
    positions: positions.sort((left, right) => left.symbol.localeCompare(right.symbol)),
  };
}

/** Null where a position is not reached at any equity, or where a figure is missing. */
function smallestEquity(positions: readonly CapitalPosition[], margin: Decimal): string | null {
  let least = Decimal.zero;
  for (const { neededCapital, isCopied, followsCapital } of positions) {
    if (neededCapital === "" || (!followsCapital && !isCopied)) return null;
    const needed = followsCapital ? Decimal.parse(neededCapital) : margin;
    if (needed.compare(least) > 0) least = needed;
  }
  return cents(least, "ceiling");
}

function heldBy({ leader, leaderInstrument }: Copy): readonly Lots[] {
  const legs = [...(leader.holdings.get(leaderInstrument.id)?.values() ?? [])];
  return legs.flatMap(({ lots }) => (lots === 0 ? [] : [lots]));
}

function positionOf(state: State, copy: Copy, lots: Lots, kind: CapitalPosition["kind"]): CapitalPosition {
  const { instrument } = copy.market;
  const { rule } = copy;
  const followsCapital = rule.kind === "equity-proportional" || rule.kind === "volatility-target";
  const price = valuationTicks(state, instrument);
  const known = {
    symbol: instrument.spec.symbol,
    kind,
    leader: quantityText(copy.leaderInstrument, lots),
    price: price === null ? "" : priceText(instrument, price),
    followsCapital,
  };
  const exact = exactSize(state, copy, lots);
  if (typeof exact === "string" || price === null)
    return { ...known, ...NOT_KNOWN, reason: typeof exact === "string" ? exact : "no-price" };
  const rounded = Number(exact.numerator / exact.denominator);
  if (!Number.isSafeInteger(rounded)) return { ...known, ...NOT_KNOWN, reason: "size-impossible" };
  const least = leastLots(instrument, price);
  const target = toWholeSteps(instrument, Lots(rounded));
  const isCopied = target >= least;
  return {
    ...known,
    target: quantityText(instrument, isCopied ? target : Lots(0)),
    least: quantityText(instrument, Lots(least)),
    isCopied,
    errorPercent: errorPercent(exact, isCopied ? target : 0),
    margin: cents(marginOf(state, copy, target, price), "ceiling"),
    neededCapital: followsCapital ? neededCapital(copy, exact, least) : "0",
    neededFactor: quotient(BigInt(least) * exact.denominator, exact.numerator, 4),
    reason: isCopied ? "" : belowReason(instrument, target),
  };
}

const NOT_KNOWN = {
  target: "",
  least: "",
  isCopied: false,
  errorPercent: "",
  margin: "",
  neededCapital: "",
  neededFactor: "",
} as const;

function belowReason(instrument: Instrument, target: Lots): CapitalPosition["reason"] {
  return target < instrument.minLots ? "below-minimum-quantity" : "below-minimum-notional";
}

/** How far what is held is from what the rule wants, in per cent of it: 100 is all of it. */
function errorPercent(exact: Fraction, target: number): string {
  const missing = exact.numerator - BigInt(target) * exact.denominator;
  return quotient(missing * 100n, exact.numerator, 2, "half-even");
}

/** At what capital, all else being equal, the size reaches `least`. */
function neededCapital(copy: Copy, exact: Fraction, least: number): string {
  const { rule } = copy;
  if (rule.kind !== "equity-proportional" && rule.kind !== "volatility-target") return "0";
  const capital = Decimal.parse(capitalsOf(copy, baseOf(rule)).follower ?? "0");
  const factor = BigInt(least) * exact.denominator * capital.units;
  return quotient(factor, exact.numerator * 10n ** BigInt(capital.scale), 2);
}

function marginOf(state: State, copy: Copy, target: Lots, price: Ticks): Decimal {
  const { instrument } = copy.market;
  const leverage = desiredLeverage(state, copy.market) ?? copy.market.leverageHundredths ?? 100;
  return notionalOf(instrument, target, price)
    .times(Decimal.of(100n, 0))
    .dividedBy(Decimal.of(BigInt(leverage), 0), 8, "ceiling");
}

function capitalText(copy: Copy | undefined): string {
  if (copy === undefined) return "";
  const { sizing } = copy.allocation;
  const base =
    sizing.kind === "equity-proportional" || sizing.kind === "volatility-target" ? sizing.capital : undefined;
  return capitalsOf(copy, base ?? { kind: "equity" }).follower ?? "";
}

function quotient(
  top: bigint,
  bottom: bigint,
  places: number,
  mode: "ceiling" | "half-even" = "ceiling",
): string {
  if (bottom === 0n) return "";
  return Decimal.of(top, 0).dividedBy(Decimal.of(bottom, 0), places, mode).toString();
}

function cents(amount: Decimal, mode: "ceiling"): string {
  return amount.dividedBy(Decimal.one, 2, mode).toString();
}
