/** Long computations in the background: what is asked, how far they are, and what came of them. */
import { z } from "zod";
import { nextCursor, page, timeMs } from "./common.ts";
import { whatIfResult } from "./job-results.ts";

export const JOB_KINDS = [
  "backtest",
  "what_if",
  "protections",
  "strategy_search",
  "optimisation",
  "trader_import",
  "trader_fetch",
  "discovery",
  "market_fetch",
  "market_import",
  "backup",
  "check",
  "report",
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATES = ["queued", "running", "finished", "failed", "cancelled", "interrupted"] as const;

const name = z.string().regex(/^[\w.:-]{1,100}$/, "must be a name of 1 to 100 letters, digits, _ . : or -");
const text = z.string().min(1).max(200);
const count = (least: number, most: number) => z.int().min(least).max(most).optional();
const number = (most: number) => z.number().min(0).max(most).optional();
const date = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/,
    "must be a day (2024-05-01) or a moment (2024-05-01T12:00Z)",
  );
const money = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,18})?$/, "must be an amount above zero, as a decimal text")
  .optional();

/** Of the follower who copies in the past. */
const follower = {
  equity: money.meta({ description: "Of the follower, in USDT; that of the configuration without." }),
  delay: number(86_400).meta({ description: "Seconds from the leader's fill to the follower's." }),
  delay_spread: number(5),
  fee_rate: number(10).meta({ description: "Per cent of the value of each fill." }),
  slippage: z.enum(["fixed", "depth", "impact"]).optional(),
  minute_share: number(5),
  slippage_bps: number(1_000),
  impact: number(100),
  order_latency: count(0, 60_000).meta({ description: "Milliseconds from an order to the exchange." }),
  resamples: count(0, 100_000),
  seed: count(0, 2 ** 32 - 1),
};

const past = {
  start_date: date,
  end_date: date,
  ...follower,
};

const ABOUT = "What is left out is as for the command of the same name; docs/ has a page on each.";

export const backtestRequest = z
  .strictObject({
    ...past,
    strategy: name.optional(),
    strategies: z.array(name).min(1).max(20).optional(),
    compare: z.boolean().optional(),
  })
  .meta({ id: "BacktestRequest", description: ABOUT });

export const whatIfRequest = z
  .strictObject({
    leader: name,
    settings: z
      .record(z.string().regex(/^[a-z_]{1,60}$/), z.union([text, z.number(), z.boolean()]))
      .optional()
      .meta({ description: "The keys of an account file that say how is copied and what limits it." }),
    venue: name.optional(),
    leader_equity: money,
    delays: z.array(z.number().gt(0).max(3_600)).min(1).max(12).optional(),
    horizon: count(1, 3_650),
    lives: count(1, 200),
    ...follower,
  })
  .meta({ id: "WhatIfRequest", description: ABOUT });

export const protectionsRequest = z
  .strictObject({
    ...past,
    leaders: z.array(name).max(50).optional(),
    strategy: name.optional(),
    only: z.array(name).min(1).max(20).optional(),
    try: z.array(z.string().min(1).max(1_000)).max(20).optional(),
  })
  .meta({ id: "ProtectionsRequest", description: ABOUT });

export const strategySearchRequest = z
  .strictObject({
    ...past,
    name,
    grid: z
      .record(z.string().regex(/^[a-z_]{1,60}$/), z.array(z.union([name, z.number()])).max(50))
      .optional()
      .meta({ description: "What to try of an option; without values the usual ones." }),
    trials: count(1, 1_000),
    folds: count(2, 50),
    purge_days: count(0, 3_650),
    embargo_days: count(0, 3_650),
  })
  .meta({ id: "StrategySearchRequest", description: ABOUT });

export const reportRequest = z
  .strictObject({
    account: z.string().min(1).max(200).optional().meta({ description: "A follower's nickname." }),
    leader: z.string().min(1).max(200).optional(),
    period: z
      .string()
      .regex(
        /^(daily|weekly|monthly|\d{4}-\d{2}(-\d{2})?|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})$/,
        "must be daily, weekly, monthly, a day (2026-11-20), a month (2026-11) or FROM..TO",
      )
      .default("daily"),
    formats: z
      .array(z.enum(["html", "pdf", "png", "csv", "json"]))
      .min(1)
      .max(5)
      .default(["html"]),
  })
  .meta({
    id: "ReportRequest",
    description: "Of one account, of one leader's copies, or of all accounts together; docs/reports.md.",
  });

export type ReportRequest = z.infer<typeof reportRequest>;
export type BacktestRequest = z.infer<typeof backtestRequest>;
export type WhatIfRequest = z.infer<typeof whatIfRequest>;
export type ProtectionsRequest = z.infer<typeof protectionsRequest>;
export type StrategySearchRequest = z.infer<typeof strategySearchRequest>;

export const job = z
  .object({
    id: z.int(),
    kind: z.enum(JOB_KINDS),
    state: z
      .enum(JOB_STATES)
      .meta({ description: "`interrupted`: the server ended meanwhile; what was finished of it is kept." }),
    user: z.string().meta({ description: "Who started it." }),
    request: z.record(z.string(), z.unknown()).meta({
      description: "As it was asked; of what was sent along only names and sizes.",
    }),
    created_ms: timeMs,
    started_ms: timeMs.nullable(),
    ended_ms: timeMs.nullable(),
    progress: z
      .object({
        part: z.number().nullable().meta({ description: "0 to 1, of what `text` names." }),
        text: z.string(),
      })
      .nullable(),
    problem: z
      .object({ code: z.string(), detail: z.string(), errors: z.array(z.string()) })
      .nullable()
      .meta({ description: "Why it failed." }),
    negative: z.boolean().meta({
      description: "Finished, and the finding is no: a copy that does not pay, nothing better found.",
    }),
  })
  .meta({ id: "Job" });

export type Job = z.infer<typeof job>;

export const jobQuery = z.object({ state: z.enum(JOB_STATES).optional(), ...page });
export const jobPage = z.object({
  items: z.array(job).meta({ description: "Newest first." }),
  next_cursor: nextCursor,
});
export const jobId = z.object({ id: z.coerce.number().int().min(1).max(1e12) });
export const jobResult = z.object({
  job,
  result: z.unknown().meta({ description: "What the command of the same name answers with --json." }),
});
export const whatIfJobResult = z.object({
  job,
  result: z
    .union([whatIfResult, z.unknown()])
    .meta({ description: "What copytrader what-if answers with --json; of another version in its form." }),
});

export const comparisonQuery = z.object({
  ids: z
    .string()
    .regex(
      /^\d{1,12}(,\d{1,12}){0,9}$/,
      "must be ids of finished backtests with commas between, ten at most",
    ),
});
