/** What copying came to, and why: over time, against the leader, what is owed for it, and what it may lose. */
import { z } from "zod";
import { amount, nextCursor, nickname, page, symbol, timeMs } from "./common.ts";
import { guardUse, limitUse } from "./risk.ts";
import { figures, interval } from "./traders.ts";

export const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: "must be a day in UTC such as 2026-01-31" })
  .meta({ description: "A day in UTC: 2026-01-31." });

export const period = z.enum(["day", "week", "month", "quarter"]);

const periodResult = {
  firstDay: z.string(),
  lastDay: z.string(),
  profit: amount,
  fees: amount,
  funding: amount,
  flow: amount.meta({ description: "What came in beside copying, less what went out." }),
  equity: amount,
  return: z.number(),
};

const episode = z.object({
  peak: z.string().nullable(),
  first_underwater: z.string(),
  trough: z.string(),
  depth: z.number(),
  last_underwater: z.string(),
  recovery: z.string().nullable(),
  recovered: z.boolean(),
  days: z.int(),
});

export const performanceReport = z
  .object({
    asOfMs: timeMs,
    firstDay: z.int().meta({ description: "Days since 1970." }),
    isCut: z.boolean(),
    by: period.nullable(),
    rows: z.array(
      z.object({
        of: z.enum(["portfolio", "follower", "leader", "strategy", "selection"]),
        name: z.string(),
        isPaper: z.boolean(),
        firstDay: z.string(),
        lastDay: z.string(),
        days: z.int(),
        daysWithout: z.int(),
        total: z.object(periodResult),
        drawdown: z.object({ now: z.number(), since: z.string().nullable(), deepest: episode.nullable() }),
        figureDays: z.int(),
        isTooShort: z.boolean(),
        figures,
        intervals: z.record(z.string(), interval.nullable()).nullable(),
        sharpeAboveZero: z.number().nullable(),
        periods: z.array(
          z.object({
            period: z.string(),
            isWhole: z.boolean(),
            drawdown: z.number(),
            daysWithout: z.int(),
            ...periodResult,
          }),
        ),
        limit: guardUse.nullable(),
      }),
    ),
  })
  .meta({ id: "Performance" });

const side = z.object({ trades: amount, fees: amount, funding: amount, profit: amount });

const difference = {
  leaderScaled: side,
  followerResult: side,
  difference: amount,
  components: z
    .array(
      z.object({
        component: z.string(),
        amount,
        reasons: z.array(z.object({ reason: z.string(), amount })),
      }),
    )
    .meta({ description: "In order; they sum to the difference." }),
  residual: amount.meta({ description: 'Always "0".' }),
};

const metrics = z.object({
  changes: z.int(),
  copied: z.int(),
  notCopied: z.array(z.object({ reason: z.string(), changes: z.int() })),
  copyAccuracy: z.number().nullable(),
  executionDelayMs: z
    .object({ p50: z.number(), p95: z.number(), p99: z.number(), executions: z.int() })
    .nullable(),
  delayParts: z.object({ heard: z.number(), decided: z.number(), filled: z.number() }).nullable(),
  slippageBps: z.string().nullable(),
  slippageSpreadBps: z
    .object({
      p5: z.number(),
      p25: z.number(),
      p50: z.number(),
      p75: z.number(),
      p95: z.number(),
      executions: z.int(),
    })
    .nullable()
    .meta({ description: "Of each execution by itself: percentiles." }),
  timeInParity: z.string().nullable(),
  exposureError: z.string().nullable(),
});

export const attributionReport = z
  .object({
    window: z.object({ fromMs: timeMs, toMs: timeMs }),
    journalFromMs: timeMs,
    totals: z.array(z.object({ ...difference, coin: z.string(), metrics })),
    rows: z.array(
      z.object({
        ...difference,
        leader: nickname,
        follower: nickname,
        symbol,
        coin: z.string(),
        trade: z.int().nullable().exactOptional(),
        metrics,
        unpricedChanges: z.int(),
      }),
    ),
    withoutPrice: z.array(z.string()),
  })
  .meta({ id: "Attribution" });

export const feePayment = z
  .strictObject({
    leader: nickname,
    follower: nickname,
    amount: z
      .string()
      .regex(/^(?=.*[1-9])\d{1,15}(\.\d{1,18})?$/, "must be an amount above zero, as a decimal text"),
    coin: z
      .string()
      .min(1)
      .max(20)
      .exactOptional()
      .meta({ description: "Where there are ledgers in several." }),
  })
  .meta({ id: "FeePayment" });

export const feesReport = z
  .object({
    asOfMs: timeMs,
    accounts: z.array(
      z.object({
        leader: nickname,
        follower: nickname,
        coin: z.string(),
        isPaper: z.boolean(),
        profit: amount,
        mark: amount,
        settled: amount,
        accrued: amount,
        paid: amount,
        owed: amount,
        knownFrom: z.string().nullable(),
        rows: z.array(
          z.object({
            period: z.string(),
            firstDay: z.string(),
            lastDay: z.string(),
            rate: z.string(),
            profit: amount,
            mark: amount,
            fee: amount,
            settled: z.boolean(),
          }),
        ),
      }),
    ),
    totals: z.array(
      z.object({
        leader: nickname,
        coin: z.string(),
        isPaper: z.boolean(),
        settled: amount,
        accrued: amount,
        paid: amount,
        owed: amount,
      }),
    ),
  })
  .meta({ id: "Fees" });

const riskFigure = z
  .object({
    whole: z.number(),
    interval_95: interval.nullable(),
    by_leader: z.record(z.string(), z.number()),
  })
  .meta({ id: "RiskFigure" });

export const riskReport = z
  .object({
    confidence: z.number(),
    days: z.int(),
    until: z.string(),
    benchmark: z.string(),
    followers: z.array(
      z.object({
        follower: nickname,
        equity: z.number().nullable(),
        leaders: z.array(
          z.object({
            leader: nickname,
            held: z.number().nullable(),
            is_inverse: z.boolean(),
            own_days: z.int(),
            record_until: z.string().nullable(),
            is_old: z.boolean(),
            lack: z.string().nullable(),
            per_unit: z
              .object({
                value_at_risk: z.number(),
                cvar: z.number(),
                annual_volatility: z.number(),
                beta: z.number().nullable(),
              })
              .nullable(),
          }),
        ),
        figures: z
          .object({
            value_at_risk: riskFigure,
            cvar: riskFigure,
            normal_value_at_risk: riskFigure,
            normal_cvar: riskFigure,
            annual_volatility: riskFigure,
            beta: riskFigure.nullable(),
            deepest_fall: riskFigure,
            fall_now: riskFigure,
          })
          .nullable(),
        why_not: z.string().nullable(),
        limits: z.array(limitUse),
        drawdown: guardUse.pick({ guard: true, use: true, at: true, unit: true, action: true }).nullable(),
      }),
    ),
  })
  .meta({ id: "CopiedRisk" });

export const correlationsReport = z
  .object({
    alike: z.number(),
    leaders: z.array(
      z.object({
        leader: nickname,
        trader: z.object({ venue: z.string(), trader: z.string() }),
        days: z.int(),
      }),
    ),
    pairs: z.array(
      z.object({
        one: nickname,
        other: nickname,
        days: z.int(),
        correlation: z.number().nullable(),
        interval_95: interval.nullable(),
        shrunk: z.object({ value: z.number(), interval }).nullable(),
      }),
    ),
    followers: z.array(
      z.object({
        follower: nickname,
        weighted_by: z.enum(["exposure", "equal"]),
        leaders: z.array(z.object({ leader: nickname, exposure: z.number().nullable(), weight: z.number() })),
        effective_number: z.number().nullable(),
        effective_number_careful: z.number().nullable(),
        one_bet: z.array(z.object({ leaders: z.array(nickname), weight: z.number(), sure: z.boolean() })),
      }),
    ),
  })
  .meta({ id: "CopiedCorrelations" });

export const reportFile = z
  .object({
    name: z.string(),
    of: z.enum(["portfolio", "account", "leader"]),
    whose: z.string().meta({ description: "The account or the leader; empty of all accounts together." }),
    kind: z.enum(["daily", "weekly", "monthly", "range"]),
    period: z.string(),
    format: z.enum(["html", "pdf", "png", "csv", "json"]),
    bytes: z.int(),
    made_ms: timeMs,
  })
  .meta({ id: "ReportFile" });

export const reportFiles = z
  .object({ items: z.array(reportFile).meta({ description: "Newest first." }), next_cursor: nextCursor })
  .meta({ id: "ReportFiles" });

export const reportFilesQuery = z.object({
  account: nickname.optional(),
  format: z.enum(["html", "pdf", "png", "csv", "json"]).optional(),
  ...page,
});

export const reportFileName = z.object({ name: z.string().min(1).max(200) });
