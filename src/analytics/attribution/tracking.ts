/**
 * How well a copy follows, beside what that cost: changes copied, delay, slippage, time in parity, exposure error. Sums only, so that
 * a window is the difference of two moments and copies add up; docs/attribution.md has the definitions.
 */
import { Decimal } from "../../core/model/decimal.ts";

const { zero } = Decimal;

/** One execution of an order that answered a leader's change; times in milliseconds on our own clock. */
export interface DelaySample {
  /** From the leader's execution until we knew of it, until the order was decided on, and until it was known to be filled. */
  readonly heardMs: number;
  readonly decidedMs: number;
  readonly filledMs: number;
}

export interface TrackingSums {
  /** Leader changes that were answered by an order, or by what is held already. */
  readonly copied: number;
  /** And those that were not, by recorded reason. */
  readonly notCopied: ReadonlyMap<string, number>;
  /** The first `delayCount` of `delays`, which others may be added to. */
  readonly delays: readonly DelaySample[];
  readonly delayCount: number;
  /** Of executions whose leader's price is known: paid more, or received less, than at that price; and their worth at it. */
  readonly slipped: Decimal;
  readonly slippable: Decimal;
  /** The same of each execution by itself, in basis points: the first `slipCount`, as with delays. */
  readonly slips: readonly number[];
  readonly slipCount: number;
  /** Milliseconds looked at, and of them with the holding within a step of the leader's scaled one. */
  readonly observedMs: number;
  readonly parityMs: number;
  /** Worth x milliseconds: of what was held too much or too little, and of the leader's scaled holding. */
  readonly errorWorth: Decimal;
  readonly scaledWorth: Decimal;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How executions lie: the middle, between which two half of them are, and between which two nine of ten. */
export interface Spread {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly executions: number;
}

export interface CopyMetrics {
  readonly changes: number;
  readonly copied: number;
  readonly notCopied: readonly { readonly reason: string; readonly changes: number }[];
  /** copied / changes; null without changes. */
  readonly copyAccuracy: number | null;
  /** From the leader's execution to ours; null where no execution answered a change. */
  readonly executionDelayMs: (Percentiles & { readonly executions: number }) | null;
  /** The parts of it, each by itself, so that the medians need not sum to that of the whole. */
  readonly delayParts: { readonly heard: number; readonly decided: number; readonly filled: number } | null;
  /** + worse than the leader, weighted by value, two decimals; null where no price of the leader's is known. */
  readonly slippageBps: string | null;
  /** The same of each execution by itself, each counted once whatever its value. */
  readonly slippageSpreadBps: Spread | null;
  /** Shares of one, four decimals; null where nothing was looked at, or the leader held nothing. */
  readonly timeInParity: string | null;
  readonly exposureError: string | null;
}

export const NO_TRACKING: TrackingSums = {
  copied: 0,
  notCopied: new Map(),
  delays: [],
  delayCount: 0,
  slipped: zero,
  slippable: zero,
  slips: [],
  slipCount: 0,
  observedMs: 0,
  parityMs: 0,
  errorWorth: zero,
  scaledWorth: zero,
};

/** Of what happened between two moments of one copy. */
export function trackingBetween(from: TrackingSums, to: TrackingSums): TrackingSums {
  const notCopied = new Map(
    [...to.notCopied].map(([reason, count]) => [reason, count - (from.notCopied.get(reason) ?? 0)]),
  );
  return {
    copied: to.copied - from.copied,
    notCopied,
    delays: to.delays.slice(from.delayCount, to.delayCount),
    delayCount: to.delayCount - from.delayCount,
    slipped: to.slipped.minus(from.slipped),
    slippable: to.slippable.minus(from.slippable),
    slips: to.slips.slice(from.slipCount, to.slipCount),
    slipCount: to.slipCount - from.slipCount,
    observedMs: to.observedMs - from.observedMs,
    parityMs: to.parityMs - from.parityMs,
    errorWorth: to.errorWorth.minus(from.errorWorth),
    scaledWorth: to.scaledWorth.minus(from.scaledWorth),
  };
}

/** Of several copies or windows together. */
export function trackingSum(parts: readonly TrackingSums[]): TrackingSums {
  const notCopied = new Map<string, number>();
  for (const part of parts)
    for (const [reason, count] of part.notCopied) notCopied.set(reason, (notCopied.get(reason) ?? 0) + count);
  const amounts = (which: "slipped" | "slippable" | "errorWorth" | "scaledWorth") =>
    parts.reduce((sum, part) => sum.plus(part[which]), zero);
  const counts = (which: "copied" | "delayCount" | "slipCount" | "observedMs" | "parityMs") =>
    parts.reduce((sum, part) => sum + part[which], 0);
  return {
    copied: counts("copied"),
    notCopied,
    delays: parts.flatMap(({ delays }) => delays),
    delayCount: counts("delayCount"),
    slipped: amounts("slipped"),
    slippable: amounts("slippable"),
    slips: parts.flatMap(({ slips }) => slips),
    slipCount: counts("slipCount"),
    observedMs: counts("observedMs"),
    parityMs: counts("parityMs"),
    errorWorth: amounts("errorWorth"),
    scaledWorth: amounts("scaledWorth"),
  };
}

export function metricsOf(sums: TrackingSums): CopyMetrics {
  const notCopied = [...sums.notCopied]
    .filter(([, changes]) => changes > 0)
    .map(([reason, changes]) => ({ reason, changes }))
    .sort((left, right) => right.changes - left.changes || (left.reason < right.reason ? -1 : 1));
  const changes = notCopied.reduce((all, one) => all + one.changes, sums.copied);
  const { delays } = sums;
  const part = (which: keyof DelaySample) =>
    percentile(
      delays.map((sample) => sample[which]),
      50,
    );
  const whole = delays.map(({ heardMs, decidedMs, filledMs }) => heardMs + decidedMs + filledMs);
  return {
    changes,
    copied: sums.copied,
    notCopied,
    copyAccuracy: changes === 0 ? null : sums.copied / changes,
    executionDelayMs: delays.length === 0 ? null : { ...percentilesOf(whole), executions: delays.length },
    delayParts:
      delays.length === 0
        ? null
        : { heard: part("heardMs"), decided: part("decidedMs"), filled: part("filledMs") },
    slippageBps: ratio(sums.slipped.times(BPS), sums.slippable, 2),
    slippageSpreadBps: spreadOf(sums.slips),
    timeInParity: ratio(wholeNumber(sums.parityMs), wholeNumber(sums.observedMs), 4),
    exposureError: ratio(sums.errorWorth, sums.scaledWorth, 4),
  };
}

const BPS = Decimal.of(10_000n, 0);

function wholeNumber(count: number): Decimal {
  return Decimal.of(BigInt(Math.round(count)), 0);
}

function ratio(part: Decimal, of: Decimal, places: number): string | null {
  return of.isZero ? null : part.dividedBy(of, places, "half-even").toString();
}

function percentilesOf(values: readonly number[]): Percentiles {
  return { p50: percentile(values, 50), p95: percentile(values, 95), p99: percentile(values, 99) };
}

function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const at = (percent: number) => percentile(values, percent);
  return { p5: at(5), p25: at(25), p50: at(50), p75: at(75), p95: at(95), executions: values.length };
}

/** Nearest rank: a value that there was. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length) - 1, 0)] ?? 0;
}
