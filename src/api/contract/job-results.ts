/** What came of long computations, as far as people are shown it. docs/backtesting.md and docs/what-if.md define each figure. */
import { z } from "zod";
import { amount } from "./common.ts";
import { figures, interval } from "./traders.ts";

const share = z.number().meta({ description: "0.1 is 10 %." });
const coins = z.number().meta({ description: "In the settle coin." });
const counts = z.record(z.string(), z.int());

/** One strategy of one backtest. */
const livedStrategy = z.object({
  id: z.int().meta({ description: "Of the backtest." }),
  request: z.record(z.string(), z.unknown()),
  strategy: z.string(),
  equityFrom: z.number(),
  equityTo: z.number(),
  days: z.array(z.string()),
  equity: z.array(z.number()).meta({ description: "At the end of each day." }),
  hourlyDrawdown: z.number(),
  exposure: z
    .object({ grossMean: z.number(), grossMax: z.number(), netMean: z.number() })
    .meta({ description: "Multiples of equity." }),
  turnover: z.number().meta({ description: "Value traded over the mean equity." }),
  hurdle: z.object({ ofEquityPerDay: z.number().nullable(), ofValueTraded: z.number().nullable() }),
  happenings: z.object({
    leaderFills: z.int(),
    orders: z.int(),
    rejections: z.int(),
    fills: z.int(),
    traded: coins,
    fees: coins,
    funding: coins.meta({ description: "Received; negative is paid." }),
    liquidations: z.int(),
    reasons: counts.meta({ description: "Leaders' changes that led to no order, by reason." }),
  }),
  figures,
  intervals: z
    .record(z.string(), interval.nullable())
    .meta({ description: "95 %, by the names of figures." }),
  leaders: z.array(z.object({ leader: z.string(), fees: amount, funding: amount, profit: amount })),
  lastVerdicts: z
    .array(
      z.object({
        trader: z.string(),
        isIn: z.boolean(),
        reason: z.string(),
        numbers: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
        weight: share,
      }),
    )
    .meta({ description: "Of its last decision: who is in and out, and why." }),
});

/** A strategy less the first one of its backtest, on the same days. */
const ahead = z.object({
  strategy: z.string(),
  returnAhead: share.meta({ description: "A year." }),
  returnInterval: interval.nullable(),
  adjustedChance: z.number().nullable().meta({
    description:
      "How often chance alone puts them so far apart, for as many questions as there are strategies.",
  }),
});

export const comparison = z
  .object({
    backtests: z.array(
      z.object({
        id: z.int(),
        warnings: z.array(z.string()).meta({ description: "Why a strategy copied nobody." }),
        assumptions: z.array(z.string()).meta({ description: "What it stands on, the gravest first." }),
        comparisons: z.array(ahead),
      }),
    ),
    items: z.array(
      livedStrategy.extend({
        in_decisions: counts.meta({ description: "By trader: at how many decisions it was in." }),
        decisions: z.int(),
      }),
    ),
    same_days: z
      .boolean()
      .meta({ description: "Whether all went through the same days: only then are they alike." }),
  })
  .meta({ id: "BacktestComparison", description: "Each strategy of each backtest beside the others." });

/** As the command answers it. */
export const backtestResult = z.object({
  warnings: z.array(z.string()),
  assumptions: z.array(z.string()),
  comparisons: z.array(ahead),
  strategies: z.array(
    livedStrategy.omit({ id: true, request: true }).extend({
      decisions: z.array(z.object({ allocations: z.array(z.object({ trader: z.string() })) })),
    }),
  ),
});

const quantiles = z.object({
  p5: share,
  p25: share,
  p50: share,
  p75: share,
  p95: share,
});

const delayLimit = z.looseObject({
  kind: z.enum(["never", "beyond", "until"]),
  delayMs: z.number().optional(),
});

export const whatIfResult = z
  .looseObject({
    verdict: z.looseObject({
      word: z.enum(["too-small", "does-not-pay", "not-shown", "paid"]),
      sentences: z.array(z.string()).meta({ description: "The gravest first." }),
    }),
    days: z.int(),
    trips: z.int(),
    equity: coins,
    own: z.looseObject({ scaledProfit: coins }),
    follower: z.looseObject({
      profit: coins,
      interval: interval.nullable(),
      drawdown: share,
      happenings: z.looseObject({
        orders: z.int(),
        fills: z.int(),
        traded: coins,
        fees: coins,
        funding: coins,
        liquidations: z.int(),
        reasons: counts,
      }),
    }),
    starts: z
      .looseObject({
        returns: quantiles,
        drawdowns: quantiles,
        lossShare: share,
        separate: z.int(),
        horizonDays: z.int(),
      })
      .nullable()
      .meta({ description: "What beginning at other moments would have given." }),
    noStarts: z.enum(["short-record", "start-mode"]).nullable(),
    settingCosts: z.array(
      z.looseObject({
        name: z.string(),
        kind: z.enum(["cost", "setting"]),
        cost: coins.meta({ description: "Profit without it less profit with it: negative where it helped." }),
        interval: interval.nullable(),
      }),
    ),
    delays: z.looseObject({
      by: z.enum(["light", "engine"]),
      points: z.array(
        z.looseObject({
          delayMs: z.number(),
          profit: coins.nullable(),
          interval: interval.nullable(),
          carefulProfit: coins,
          carefulInterval: interval.nullable(),
          lost: coins,
          lostInterval: interval.nullable(),
        }),
      ),
      limit: delayLimit.nullable(),
      carefulLimit: delayLimit,
    }),
    terms: z.looseObject({ delay: z.looseObject({ medianMs: z.number() }), orderLatencyMs: z.number() }),
    taken: z.array(z.string()).meta({ description: "What the light simulation takes for granted." }),
  })
  .meta({ id: "WhatIfResult" });

export type WhatIfResult = z.infer<typeof whatIfResult>;
