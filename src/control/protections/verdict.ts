/** What a protection saved or cost, and whether that can be told from chance. */
import { holmAdjusted } from "../../analytics/selection/false-discovery.ts";
import { type TotalTest, testedTotal } from "../../analytics/selection/total-test.ts";
import { INTERVAL_DAYS_MIN, type Resampling } from "../../backtest/report.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { ProtectedRun } from "./protected-run.ts";

/**
 * `saved` and `cost` only where chance alone seldom brings as much, all that was compared taken into account. `no-difference`: no
 * money came of it either way, mostly as it never struck.
 */
export type ProtectionVerdict =
  | "saved"
  | "cost"
  | "chance"
  | "too-few-strikes"
  | "too-few-days"
  | "no-difference";

/** In the settle coin, after fees and funding: above zero was saved, below zero was the price of it. */
export interface Difference extends Pick<TotalTest, "interval" | "chance"> {
  /** To the last digit that the venue tells; decimal text. */
  readonly saved: string;
  /** Whether every decision was the same, byte for byte. */
  readonly isSame: boolean;
  /** Whether the equity was the same on every day: what struck kept nothing from being done. */
  readonly isLevel: boolean;
}

/** What of two runs is held against each other. */
export type ComparedRun = Pick<ProtectedRun, "equityTo" | "equity" | "days" | "doings">;

const CONFIDENCE = 0.95;
const SURE = 0.05;
/** What fewer strikes brought says something of these days, and little of the next ones. */
export const STRIKES_MIN = 5;

/** `one` with the protection, `other` without it; both of the same days from the same equity. */
export function differenceOf(
  one: ComparedRun,
  other: ComparedRun,
  { resamples, seed }: Resampling,
): Difference {
  const saved = Decimal.parse(one.equityTo).minus(Decimal.parse(other.equityTo)).toString();
  const ahead = Float64Array.from(one.equity, (equity, day) => equity - (other.equity[day] ?? 0));
  const isSame = one.doings === other.doings;
  const isLevel = one.equityTo === other.equityTo && ahead.every((value) => value === 0);
  if (isLevel || one.days.length < INTERVAL_DAYS_MIN)
    return { saved, isSame, isLevel, interval: null, chance: null };
  const daily = ahead.map((value, day) => value - (ahead[day - 1] ?? 0));
  const { interval, chance } = testedTotal(daily, { resamples, seed, confidence: CONFIDENCE });
  return { saved, isSame, isLevel, interval, chance };
}

/** Chances for as many questions as there are (Holm); what made no difference was asked, too. */
export function adjustedChances(differences: readonly Difference[]): readonly (number | null)[] {
  const adjusted = holmAdjusted(differences.map(({ chance }) => chance ?? 1));
  return differences.map(({ chance }, at) => (chance === null ? null : (adjusted[at] ?? 1)));
}

export function verdictOf(
  { saved, isLevel }: Difference,
  adjustedChance: number | null,
  { days, strikes }: { readonly days: number; readonly strikes: number },
): ProtectionVerdict {
  if (isLevel) return "no-difference";
  if (days < INTERVAL_DAYS_MIN) return "too-few-days";
  if (strikes < STRIKES_MIN) return "too-few-strikes";
  if (adjustedChance === null || adjustedChance >= SURE) return "chance";
  return Decimal.parse(saved).sign >= 0 ? "saved" : "cost";
}
