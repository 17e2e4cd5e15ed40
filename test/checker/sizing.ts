/**
 * What a leader's size is multiplied by, for each of its sizes over time, by the rule of the allocation. Figures of the moment
 * (capital, volatility, price) are not known to the message, so each factor is a range over the time in which it was fixed.
 */
import type { CheckedAccount, CheckedAllocation, CheckedFigures, Evidence } from "./evidence.ts";
import { compare, type Exact, exact, magnitude, minus, over, plus, sign, times, ZERO } from "./exact.ts";
import { openedAt, openingsAt, ruleBeganMs } from "./openings.ts";

/** What a leader held on one leg from a moment on, signed. */
export interface HeldPoint {
  readonly atMs: number;
  readonly size: Exact;
}

export type Range = readonly [Exact, Exact];

export interface SizingCase {
  readonly evidence: Evidence;
  readonly leader: CheckedAccount;
  readonly follower: CheckedAccount;
  readonly allocation: CheckedAllocation;
  readonly symbol: string;
  /** One part of a size that is fixed as a whole: figures of any time count. */
  readonly isPart: boolean;
  /** The last point is what stands at the end, when nothing is on its way any more. */
  readonly isSettled: boolean;
}

/** A message and what follows from it are seen within this time, unless messages may be late. */
const PROMPT_MS = 10_000;
const ONE = exact("1");

/** One range for each point; null where nothing is held. */
export function factors(subject: SizingCase, points: readonly HeldPoint[]): readonly (Range | null)[] {
  return points.map(({ size }, at) => {
    if (sign(size) === 0) return null;
    const range = factorAt(subject, points, at);
    return subject.isSettled && at === points.length - 1 ? insideBand(subject, range) : range;
  });
}

/** Of what stands at the end, only what the band allows beside the latest figures. */
function insideBand(subject: SizingCase, [low, high]: Range): Range {
  const { sizing, capital, band, multiplier, scaling } = subject.allocation;
  if (band === undefined || capital === "free-margin") return [low, high];
  const told = subject.follower.equities.at(-1)?.atMs ?? 0;
  const window = { fromMs: told - patienceMs(subject.evidence), toMs: Number.MAX_SAFE_INTEGER };
  const constant = times(exact(multiplier), exact(scaling));
  const share = scaled(capitalShare(subject, window), [constant, constant]);
  const now = sizing === "volatility-target" ? scaled(share, volatilityFactor(subject, window)) : share;
  if (sign(now[0]) === 0) return [low, high];
  const least = over(now[0], plus(ONE, exact(band)));
  const most = over(now[1], minus(ONE, exact(band)));
  return [compare(low, least) > 0 ? low : least, compare(high, most) < 0 ? high : most];
}

/** Rules that look at each leg of a leader alone; the others fix something when the whole position opens. */
export function isByLeg({ sizing, capital }: CheckedAllocation): boolean {
  return sizing !== "fixed-notional" && sizing !== "fixed-quantity" && capital !== "free-margin";
}

function factorAt(subject: SizingCase, points: readonly HeldPoint[], at: number): Range {
  const { sizing, multiplier, scaling } = subject.allocation;
  const constant = times(exact(multiplier), exact(scaling));
  switch (sizing) {
    case "multiplier":
      return [constant, constant];
    case "equity-proportional":
      return scaled(capitalShare(subject, capitalWindow(subject, points, at)), [constant, constant]);
    case "volatility-target": {
      const window = capitalWindow(subject, points, at);
      const share = scaled(capitalShare(subject, window), [constant, constant]);
      return scaled(share, volatilityFactor(subject, window));
    }
    case "fixed-quantity":
      return scaled(perPeak(subject, points, at), [constant, constant]);
    case "fixed-notional":
      return scaled(scaled(perPeak(subject, points, at), openingPrices(subject, points, at)), [
        constant,
        constant,
      ]);
  }
}

function capitalWindow(subject: SizingCase, points: readonly HeldPoint[], at: number): Window {
  const isFree = subject.allocation.capital === "free-margin";
  return isFree ? openingWindow(subject, points, at) : windowOf(subject, points, at);
}

function scaled([low, high]: Range, [least, most]: Range): Range {
  return [times(low, least), times(high, most)];
}

function patienceMs({ outages, slackMs }: Evidence): number {
  return outages ? slackMs : PROMPT_MS;
}

function increasedAt(points: readonly HeldPoint[], at: number): number {
  const opened = openedAt(points, at);
  const sizeOf = (place: number): Exact => magnitude(points[place]?.size ?? ZERO);
  let last = at;
  while (last > opened && compare(sizeOf(last), sizeOf(last - 1)) <= 0) last -= 1;
  return last;
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From the last increase until the leader moves again: between them a band may fix it anew. */
function windowOf({ evidence, isPart }: SizingCase, points: readonly HeldPoint[], at: number): Window {
  if (isPart) return { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  const patience = patienceMs(evidence);
  const next = points[at + 1]?.atMs ?? Number.MAX_SAFE_INTEGER;
  return { fromMs: (points[increasedAt(points, at)]?.atMs ?? 0) - patience, toMs: next + patience };
}

function capitalShare({ allocation, leader, follower }: SizingCase, window: Window): Range {
  const { capital = "equity", amount = "0" } = allocation;
  const theirs = figures(leader, capital === "balance" ? "balance" : "equity", window);
  if (capital === "fixed-sum") return ratio([exact(amount), exact(amount)], theirs);
  return ratio(figures(follower, capital === "free-margin" ? "available" : capital, window), theirs);
}

/** Free margin counts when the position opens; where nothing was free then, it is sized when something is. */
function openingWindow(subject: SizingCase, points: readonly HeldPoint[], at: number): Window {
  const opened = points[openedAt(points, at)]?.atMs ?? 0;
  const patience = patienceMs(subject.evidence);
  const first = { fromMs: opened - patience, toMs: opened + patience };
  const isFree = sign(figures(subject.follower, "available", first)[0]) > 0;
  const isSized = isFree && isMeasuredBy(subject, first);
  return isSized ? first : { ...first, toMs: windowOf(subject, points, at).toMs };
}

/** Whether a measurement counted all through the window, where the rule needs one: what is not measured is sized when it is. */
function isMeasuredBy({ allocation: { target }, leader }: SizingCase, { fromMs, toMs }: Window): boolean {
  if (target === undefined) return true;
  return (leader.volatilities ?? []).some(({ atMs }) => atMs <= fromMs && toMs - atMs < target.maxAgeMs);
}

function ratio([low, high]: Range, [least, most]: Range): Range {
  return [over(sign(low) < 0 ? ZERO : low, most), over(sign(high) < 0 ? ZERO : high, least)];
}

interface Figure {
  readonly atMs: number;
  readonly text: string;
}

type FigureKind = "equity" | "balance" | "available";

const figuresKnown = new WeakMap<readonly CheckedFigures[], Map<FigureKind, readonly Figure[]>>();

function figures({ equities }: CheckedAccount, kind: FigureKind, window: Window): Range {
  const byKind = figuresKnown.get(equities) ?? new Map<FigureKind, readonly Figure[]>();
  figuresKnown.set(equities, byKind);
  const known =
    byKind.get(kind) ??
    equities.map((told) => ({ atMs: told.atMs, text: told[kind] ?? "" })).filter(({ text }) => text !== "");
  byKind.set(kind, known);
  return extremes(inForce(known, window).map(({ text }) => text)) ?? [ONE, ONE];
}

/** What was told in the window, and what was in force when it began. */
function inForce<Told extends { readonly atMs: number }>(
  told: readonly Told[],
  { fromMs, toMs }: Window,
): readonly Told[] {
  const first = firstFrom(told, fromMs);
  return told.slice(Math.max(first - 1, 0), firstFrom(told, toMs + 1));
}

function firstFrom(told: readonly { readonly atMs: number }[], atMs: number): number {
  let [low, high] = [0, told.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((told[middle]?.atMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compared as doubles, which tell amounts of 15 digits apart. */
function extremes(texts: readonly string[]): Range | null {
  const [first] = texts;
  if (first === undefined) return null;
  let [least, most] = [first, first];
  let [low, high] = [Number(first), Number(first)];
  for (const text of texts) {
    const value = Number(text);
    if (value < low) [least, low] = [text, value];
    if (value > high) [most, high] = [text, value];
  }
  return [exact(least), exact(most)];
}

/** Target / measured, at most the stated factor; perhaps nothing where no measurement was fresh when the window began. */
function volatilityFactor({ allocation, leader, evidence }: SizingCase, window: Window): Range {
  const { volatility = "0", factorMax = "1", maxAgeMs = 0 } = allocation.target ?? {};
  const told = inForce(leader.volatilities ?? [], window);
  const range = extremes(told.map((one) => one.volatility));
  if (range === null) return [ZERO, ZERO];
  const [calm, wild] = range;
  const factor = (measured: Exact): Exact => {
    const wanted = over(exact(volatility), measured);
    return compare(wanted, exact(factorMax)) > 0 ? exact(factorMax) : wanted;
  };
  const untilMs = window.fromMs + 2 * patienceMs(evidence);
  const isFresh = told.some(({ atMs }) => atMs <= window.fromMs && untilMs - atMs < maxAgeMs);
  return [isFresh ? factor(wild) : ZERO, factor(calm)];
}

/** A fixed size is for the leader's largest since it was flat; what was over before the copier could look may not be known to it. */
function perPeak(subject: SizingCase, points: readonly HeldPoint[], at: number): Range {
  const { evidence, allocation } = subject;
  const places = openingsAt(subject, points, at);
  const [first] = places;
  const since = points.slice(first, at + 1);
  const whole = points.slice(Math.min(...places), at + 1);
  const size = magnitude(points[at]?.size ?? ZERO);
  const seenFromMs = (points[first]?.atMs ?? 0) + patienceMs(evidence);
  const isSeen = (place: number): boolean => (since[place + 1]?.atMs ?? Number.MAX_SAFE_INTEGER) > seenFromMs;
  const seen = evidence.outages ? [] : since.filter((_, place) => isSeen(place));
  const amount = exact(allocation.amount ?? "0");
  const fromMs = (whole[0]?.atMs ?? 0) - patienceMs(evidence);
  const believed = largest(evidence.outages ? believedSince(subject, fromMs) : [], size);
  return [over(amount, largest(whole, believed)), over(amount, largest(seen, size))];
}

/** What the copier took the leader to hold: messages out of order have it believe for a moment in more than there ever was. */
function believedSince({ evidence, leader, symbol }: SizingCase, fromMs: number): readonly HeldPoint[] {
  return evidence.outcomes
    .filter((one) => one.leader === leader.account && one.symbol === symbol && one.atMs >= fromMs)
    .map(({ atMs, leaderHolds }) => ({ atMs, size: exact(leaderHolds) }));
}

function largest(points: readonly HeldPoint[], least: Exact): Exact {
  return points.reduce((most, { size }) => {
    const here = magnitude(size);
    return compare(here, most) > 0 ? here : most;
  }, least);
}

/** 1 / the price at the opening, or when the rule came into force beside the position. */
function openingPrices(subject: SizingCase, points: readonly HeldPoint[], at: number): Range {
  const openedMs = (place: number): number => points[place]?.atMs ?? 0;
  const places = openingsAt(subject, points, at);
  const beganMs = ruleBeganMs(subject, sign(points[at]?.size ?? ZERO), openedMs(places[0]));
  const known =
    beganMs === null
      ? places.flatMap((place) => pricesAtOpening(subject, openedMs(place)))
      : [...pricesPaid(subject, beganMs), ...pricesAround(subject, beganMs)];
  const [low, high] = extremes(known.filter((price) => Number(price) > 0)) ?? [ONE, ONE];
  return [over(ONE, high), over(ONE, low)];
}

/** What the leader paid, and for what it brought along, where the market stood. */
function pricesAtOpening(subject: SizingCase, openedMs: number): readonly string[] {
  const { evidence, follower } = subject;
  const begunMs = (follower.equities[0]?.atMs ?? 0) + patienceMs(evidence);
  const isOlder = openedMs <= begunMs;
  const stood = evidence.outages || isOlder ? pricesAround(subject, openedMs, isOlder ? begunMs : 0) : [];
  return [...pricesPaid(subject, openedMs), ...stood];
}

function pricesPaid({ evidence, leader, symbol }: SizingCase, fromMs: number): readonly string[] {
  const toMs = fromMs + patienceMs(evidence);
  return leader.fills
    .filter((fill) => fill.symbol === symbol && fill.atMs >= fromMs && fill.atMs <= toMs)
    .map(({ price }) => price);
}

function pricesAround({ evidence, symbol }: SizingCase, atMs: number, leastToMs = 0): readonly string[] {
  const patience = patienceMs(evidence);
  const ofSymbol = evidence.prices.filter((point) => point.symbol === symbol);
  const window = { fromMs: atMs - patience, toMs: Math.max(atMs + patience, leastToMs) };
  return inForce(ofSymbol, window).map(({ price }) => price);
}
