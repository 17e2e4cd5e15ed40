/**
 * What each follower's copies may lose together, and which leader brings how much of it: the leaders' pasts per unit held by their records in the
 * trader store, times what is held of them now, with the limits in force beside it. Nothing is asked of a venue.
 */
import { DAY_MS } from "../analytics/equity/days.ts";
import { partedBeta } from "../analytics/risk/benchmark-beta.ts";
import {
  type Parted,
  type PortfolioRisk,
  portfolioRisk,
  type RiskIntervals,
  riskIntervals,
} from "../analytics/risk/portfolio-risk.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import type { Configuration } from "../config.ts";
import type { TraderKey } from "../store/trader-store.ts";
import { type FoundRisk, type RiskLack, riskReading, riskWindow } from "../traders/risk/leader-risk.ts";
import type { GuardUse, LimitsReport, LimitUse } from "./control.ts";
import { fromRecords } from "./leader-records.ts";
import { traderOf } from "./leader-traders.ts";
import type { AllocationStatus } from "./owner-commands.ts";

export interface CopiedRisk {
  readonly confidence: number;
  readonly days: number;
  /** UTC day (YYYY-MM-DD), the last that counts. */
  readonly until: string;
  readonly benchmark: string;
  readonly followers: readonly FollowerRisk[];
}

export interface FollowerRisk {
  readonly follower: string;
  /** In the settle coin; null where it is not known. */
  readonly equity: number | null;
  readonly leaders: readonly LeaderPart[];
  /** Null where nothing is held of anybody whose record tells, or the equity is not known: `why_not`. */
  readonly figures: RiskFigures | null;
  readonly why_not: string | null;
  /** Those of the portfolio's risk that are on, with their use by what the engine was told. */
  readonly limits: readonly LimitUse[];
  /** How far the account itself has fallen, and where that stops it. */
  readonly drawdown: Pick<GuardUse, "guard" | "use" | "at" | "unit" | "action"> | null;
}

export interface LeaderPart {
  readonly leader: string;
  /** In the settle coin, longs and shorts added; null where a price is not known. */
  readonly held: number | null;
  readonly is_inverse: boolean;
  /** Days of its own in the window, and the last day of its record; null without any. */
  readonly own_days: number;
  readonly record_until: string | null;
  /** It ended more than RECORD_OLD_DAYS days ago. */
  readonly is_old: boolean;
  /** Why its record tells nothing; null where it does. */
  readonly lack: RiskLack | null;
  /** What one unit of it held risks, by itself. */
  readonly per_unit: {
    readonly value_at_risk: number;
    readonly cvar: number;
    readonly annual_volatility: number;
    readonly beta: number | null;
  } | null;
}

export interface RiskFigure {
  /** Share of equity; of beta a multiple. */
  readonly whole: number;
  readonly interval_95: Interval | null;
  /** By leader; they sum to the whole. */
  readonly by_leader: Readonly<Record<string, number>>;
}

export interface RiskFigures {
  readonly value_at_risk: RiskFigure;
  readonly cvar: RiskFigure;
  readonly normal_value_at_risk: RiskFigure;
  readonly normal_cvar: RiskFigure;
  readonly annual_volatility: RiskFigure;
  /** Null where it is not known of somebody who is held. */
  readonly beta: RiskFigure | null;
  readonly deepest_fall: RiskFigure;
  readonly fall_now: RiskFigure;
}

export interface RiskQuestion {
  readonly allocations: readonly AllocationStatus[];
  readonly limits: LimitsReport;
  readonly nowMs: number;
  readonly days: number;
  readonly confidence: number;
  readonly benchmark: string;
  readonly resamples: number;
  readonly seed: number;
}

export const RECORD_OLD_DAYS = 30;
const DAYS_A_YEAR = 365;
const NO_INTERVALS: RiskIntervals = { valueAtRisk: null, shortfall: null, annualVolatility: null };

/** Relations that ended, and hold nothing, are left out. */
export async function copiedRisk(
  dataFolder: string,
  accounts: Configuration["accounts"],
  question: RiskQuestion,
): Promise<CopiedRisk> {
  const { allocations, limits, nowMs, days, confidence, benchmark } = question;
  const copying = allocations.filter(({ state, positions }) => state !== "ended" || positions.length > 0);
  const known = await readingsOf(dataFolder, accounts, copying, question);
  const followers = [...new Set(copying.map(({ follower }) => follower))].sort();
  return {
    confidence,
    days,
    until: dayText(nowMs - DAY_MS),
    benchmark,
    followers: followers.map((follower) => {
      const report = limits.followers.find((one) => one.follower === follower);
      const own = copying.filter((one) => one.follower === follower);
      return followerRisk(own, { follower, report, known, question });
    }),
  };
}

interface Known {
  readonly found: FoundRisk;
  readonly until: string | null;
}

async function readingsOf(
  dataFolder: string,
  accounts: Configuration["accounts"],
  copying: readonly AllocationStatus[],
  { nowMs, days, benchmark }: RiskQuestion,
): Promise<ReadonlyMap<string, Known>> {
  const names = [...new Set(copying.map(({ leader }) => leader))];
  const leaders = names.flatMap((name): { name: string; trader: TraderKey }[] => {
    const account = accounts.find((one) => one.account === name && one.role === "leader");
    return account === undefined ? [] : [{ name, trader: traderOf(account) }];
  });
  const window = riskWindow(nowMs, days);
  const traders = leaders.map(({ trader }) => trader);
  const found = await fromRecords(dataFolder, traders, (record): Known => {
    if (record === null) return { found: { ok: false, lack: "no-record" }, until: null };
    const { evidence, marks } = record;
    return {
      found: riskReading(evidence, { marks, benchmark, window }),
      until: evidence.days.at(-1) ?? null,
    };
  });
  return new Map(leaders.flatMap(({ name }, at) => (found[at] === undefined ? [] : [[name, found[at]]])));
}

interface Subject {
  readonly follower: string;
  readonly report: LimitsReport["followers"][number] | undefined;
  readonly known: ReadonlyMap<string, Known>;
  readonly question: RiskQuestion;
}

function followerRisk(own: readonly AllocationStatus[], subject: Subject): FollowerRisk {
  const { follower, report, known, question } = subject;
  const equity = report === undefined || report.equity === "" ? null : Number(report.equity);
  const leaders = own.map((one) => leaderPart(one, known, question));
  const made = figuresOf(leaders, equity, subject);
  const drawdown = report?.guards.find(({ guard }) => guard === "max_account_drawdown");
  return {
    follower,
    equity,
    leaders,
    figures: typeof made === "string" ? null : made,
    why_not: typeof made === "string" ? made : null,
    limits: (report?.limits ?? []).filter(({ limit }) => isRiskLimit(limit)),
    drawdown: drawdown === undefined ? null : shownGuard(drawdown),
  };
}

function shownGuard({ guard, use, at, unit, action }: GuardUse): FollowerRisk["drawdown"] {
  return { guard, use, at, unit, action };
}

function isRiskLimit(limit: string): boolean {
  return limit === "portfolio risk" || /^max_portfolio_(var_95|cvar_95|volatility|beta)$/.test(limit);
}

function leaderPart(
  { leader, settings, positions }: AllocationStatus,
  known: ReadonlyMap<string, Known>,
  { confidence, nowMs }: RiskQuestion,
): LeaderPart {
  const { found, until } = known.get(leader) ?? { found: { ok: false, lack: "no-record" }, until: null };
  const unpriced = positions.some(({ held, value }) => Number(held) !== 0 && value === "");
  const part = {
    leader,
    held: unpriced ? null : positions.reduce((sum, { value }) => sum + Math.abs(Number(value)), 0),
    is_inverse: settings.some(({ keyPath, value }) => keyPath === "inverse" && value === true),
    record_until: until,
    is_old: until !== null && nowMs - Date.parse(until) > RECORD_OLD_DAYS * DAY_MS,
  };
  if (!found.ok) return { ...part, own_days: 0, lack: found.lack, per_unit: null };
  const { unit, beta } = found.reading;
  const alone = portfolioRisk([unit.returns], { confidence, periodsPerYear: DAYS_A_YEAR });
  return {
    ...part,
    own_days: unit.ownDays,
    lack: null,
    per_unit: {
      value_at_risk: alone.valueAtRisk.whole,
      cvar: alone.shortfall.whole,
      annual_volatility: alone.annualVolatility.whole,
      beta: beta?.beta ?? null,
    },
  };
}

/** A word why there are none. */
function figuresOf(
  leaders: readonly LeaderPart[],
  equity: number | null,
  { known, question }: Subject,
): RiskFigures | string {
  if (equity === null || !(equity > 0)) return "the equity is not known";
  if (leaders.some(({ held }) => held === null)) return "a price is not known of something that is held";
  const counted = leaders.flatMap((one) => {
    const found = known.get(one.leader)?.found;
    if (found === undefined || !found.ok || one.held === null || one.held === 0) return [];
    const weight = ((one.is_inverse ? -1 : 1) * one.held) / equity;
    return [{ leader: one.leader, weight, reading: found.reading }];
  });
  if (counted.length === 0)
    return leaders.every(({ held }) => held === 0)
      ? "nothing is held"
      : "nothing is known of those who are held";
  const terms = { confidence: question.confidence, periodsPerYear: DAYS_A_YEAR };
  const parts = counted.map(({ weight, reading }) => reading.unit.returns.map((value) => weight * value));
  const betas = counted.flatMap(({ weight, reading: { beta } }) =>
    beta === null ? [] : [weight * beta.beta],
  );
  return told(
    counted.map(({ leader }) => leader),
    portfolioRisk(parts, terms),
    betas.length < counted.length ? null : partedBeta(betas),
    riskIntervals(parts, terms, question) ?? NO_INTERVALS,
  );
}

function told(
  leaders: readonly string[],
  risk: PortfolioRisk,
  beta: Parted | null,
  intervals: RiskIntervals,
): RiskFigures {
  const figure = ({ whole, parts }: Parted, interval: Interval | null = null): RiskFigure => ({
    whole,
    interval_95: interval,
    by_leader: Object.fromEntries(leaders.map((leader, at) => [leader, parts[at] ?? 0])),
  });
  return {
    value_at_risk: figure(risk.valueAtRisk, intervals.valueAtRisk),
    cvar: figure(risk.shortfall, intervals.shortfall),
    normal_value_at_risk: figure(risk.normalValueAtRisk),
    normal_cvar: figure(risk.normalShortfall),
    annual_volatility: figure(risk.annualVolatility, intervals.annualVolatility),
    beta: beta === null ? null : figure(beta),
    deepest_fall: figure(risk.deepestFall),
    fall_now: figure(risk.fallNow),
  };
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
