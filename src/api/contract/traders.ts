/** Traders whose record is studied, and what it proves. */
import { z } from "zod";
import { amount, largePage, nextCursor, nickname, page, quantity, symbol, timeMs } from "./common.ts";

const share = z.number().meta({ description: "0.1 is 10 %." });
/** Figures by the names of docs/evidence.md; null where one cannot be told. */
export const figures = z
  .record(z.string(), z.number().nullable())
  .meta({ id: "Figures", description: "By the names of docs/evidence.md; null where one cannot be told." });

export const interval = z
  .tuple([z.number(), z.number()])
  .meta({ id: "Interval", description: "Low and high." });

const trader = {
  id: z.string(),
  venue: z.string(),
  leader: nickname
    .nullable()
    .meta({ description: "As which leader it is configured; null: it cannot be copied before it is." }),
};

export const quality = z.object({ word: z.string(), meaning: z.string(), doubtful: z.string() }).meta({
  id: "QualityFlag",
  description: "What is known to be wrong with a history, and what may not be concluded.",
});

const sums = {
  fills: z.int(),
  first_ms: timeMs.nullable(),
  last_ms: timeMs.nullable(),
  realized_pnl: amount,
  fees: amount,
  funding: amount,
  traded_notional: amount,
  symbols: z.array(symbol),
  trips: z.object({ finished: z.int(), won: z.int(), lost: z.int(), unseen: z.int() }),
};

export const availableTrader = z
  .object({
    ...trader,
    copied_by: z.array(nickname),
    record: z
      .object({ ...sums, quality: z.array(z.string()) })
      .nullable()
      .meta({
        description: "Null where nothing of its record is known: traders import or fetch takes it in.",
      }),
  })
  .meta({ id: "Trader" });

export const tradersQuery = z.object({
  venue: z.string().min(1).max(50).optional(),
  /** Only those that can be copied. */
  leaders: z.enum(["true", "false"]).optional().meta({ description: "true: only configured leaders." }),
  ...page,
});

export const tradersPage = z
  .object({ items: z.array(availableTrader), next_cursor: nextCursor })
  .meta({ id: "TradersPage" });

export const traderPerformance = z
  .object({
    ...trader,
    ...sums,
    open: z.array(
      z.object({
        symbol,
        leg: z.enum(["net", "long", "short"]),
        quantity,
        average_entry: z.number(),
        since_ms: timeMs,
      }),
    ),
    quality: z.array(quality),
    returns: z
      .object({
        first_day: z.string(),
        last_day: z.string(),
        days: z.int(),
        total: share,
        worst_day: share,
        base: z.number(),
        is_base_stated: z.boolean(),
        assumptions: z.array(z.object({ word: z.string(), text: z.string() })),
        daily: z.array(z.number()).meta({ description: "Return of each day from the first on." }),
      })
      .nullable(),
    figures,
    trade_figures: z
      .unknown()
      .meta({ description: "Of round trips and the account, by the names of docs/evidence.md." }),
  })
  .meta({ id: "TraderPerformance" });

export const traderTrade = z
  .object({
    number: z.int().meta({ description: "From the first of the record on." }),
    symbol,
    direction: z.enum(["long", "short"]),
    open_ms: timeMs,
    close_ms: timeMs,
    pnl: amount.meta({ description: "Before fees." }),
    fees: amount.meta({ description: "Negative is paid." }),
    funding: amount.meta({ description: "Negative is paid." }),
    net: amount.meta({ description: "After fees and funding." }),
    fills: z.int(),
    max_quantity: amount,
    max_notional: amount.meta({ description: "The largest quantity at its average entry." }),
    is_partly_unseen: z.boolean().meta({
      description: "Something of it was there before the record, or is missing in it.",
    }),
  })
  .meta({ id: "TraderTrade", description: "A round trip, from flat to flat." });

export const tradesQuery = z.object({ symbol: symbol.optional(), ...page });

export const traderTrades = z
  .object({
    items: z.array(traderTrade).meta({ description: "Those that ended last first." }),
    next_cursor: nextCursor,
  })
  .meta({ id: "TraderTrades" });

const evidenceFigures = ["total_return", "cagr", "annual_volatility", "sharpe", "max_drawdown"] as const;

export const evidenceQuery = z.object({
  equity: z
    .string()
    .regex(/^\d{1,15}(\.\d{1,10})?(,\d{1,15}(\.\d{1,10})?){0,4}$/, {
      error: "must be amounts above zero with commas between, five at most",
    })
    .default("1000,10000,100000")
    .meta({ description: "Capitals of followers, in USDT." }),
  delay_ms: z.coerce.number().min(0).max(3_600_000).default(1_000),
});

export const traderEvidence = z
  .object({
    ...trader,
    days: z.int(),
    trips: z.int(),
    figures: z.record(z.enum(evidenceFigures), z.number().nullable()),
    intervals: z
      .record(z.enum(evidenceFigures), interval.nullable())
      .meta({ description: "95 %, by days drawn anew in blocks of `block_length_days`." }),
    block_length_days: z.number(),
    above: z
      .array(
        z.object({
          benchmark: z.number().meta({ description: "Sharpe ratio a year." }),
          probability: z.number().nullable(),
          days_needed: z.number().nullable().meta({ description: "Null: no length of record would do." }),
        }),
      )
      .meta({ description: "How likely its true Sharpe ratio is above, by itself: it was not chosen." }),
    followers: z.array(
      z.object({
        equity: amount,
        delay_ms: z.number(),
        total: share,
        edge: z.record(z.string(), z.number().nullable()).meta({
          description: "Where the leader's profit went: `net` is `gross` and `funding` less the rest.",
        }),
        copyability: z.object({
          score: z.number().nullable(),
          parts: z.record(z.string(), z.number().nullable()),
        }),
        orders: z.int(),
        assumptions: z.array(z.object({ word: z.string(), text: z.string() })),
      }),
    ),
  })
  .meta({ id: "TraderEvidence" });

export const copyForm = z
  .strictObject({
    follower: nickname.exactOptional().meta({ description: "Implied where there is one." }),
    position_scaling: z.number().min(0).max(100).exactOptional(),
    max_exposure: z.number().gt(0).max(100).exactOptional().meta({
      description:
        "Most that its copies may be worth, as a part of the follower's equity now: becomes max_leader_notional.",
    }),
    values: z.record(z.string().min(1).max(100), z.unknown()).exactOptional().meta({
      description: "Other keys of an account file.",
    }),
  })
  .meta({ id: "CopyForm" });

const rankedFigures = z.object({
  days: z.int(),
  sharpe: z.number(),
  shrunkSharpe: z.number(),
  lowerBound: z.number(),
  upperBound: z.number(),
  probabilisticSharpe: z.number().nullable(),
  deflatedSharpe: z.number().nullable(),
  daysNeeded: z.number().nullable(),
  pValue: z.number(),
  qValue: z.number(),
  conclusion: z.enum(["skill-likely", "unproven", "losing"]),
  sharpeInterval: interval.nullable(),
});

const remark = z.object({ word: z.string(), text: z.string() });

export const rankingQuery = z.object({
  by: z.enum(["net", "gross", "model"]).default("net"),
  equity: z
    .string()
    .regex(/^\d{1,15}(\.\d{1,10})?$/, { error: "must be an amount above zero" })
    .default("10000"),
  delay_ms: z.coerce.number().min(0).max(3_600_000).default(1_000),
  min_days: z.coerce.number().int().min(0).max(10_000).default(30),
  min_trips: z.coerce.number().int().min(0).max(100_000).default(10),
  screened: z.coerce.number().int().min(0).max(1e9).default(0),
  intervals: z.coerce
    .number()
    .int()
    .min(0)
    .max(200)
    .default(20)
    .meta({ description: "How many get intervals by resampling." }),
  ...largePage,
});

export const ranking = z
  .object({
    screened: z.int(),
    luckiestSharpe: z
      .number()
      .nullable()
      .meta({ description: "What the luckiest of all who were looked at would show without skill." }),
    by: z.enum(["net", "gross", "model"]),
    equity: amount,
    next_cursor: nextCursor,
    traders: z.array(
      z.object({
        ...trader,
        days: z.int(),
        roundTrips: z.int(),
        verdict: z.string(),
        reasons: z.array(remark),
        reservations: z.array(remark),
        figures: rankedFigures.nullable(),
        follower: z
          .object({
            figures: rankedFigures.nullable(),
            edge: z.record(z.string(), z.number().nullable()),
            copyability: z.object({
              score: z.number().nullable(),
              parts: z.record(z.string(), z.number().nullable()),
            }),
            reservations: z.array(remark),
          })
          .nullable(),
        predictedSharpe: z.number().nullable(),
        lockStep: z.array(z.object({ id: z.string(), venue: z.string() })),
      }),
    ),
  })
  .meta({ id: "Ranking" });
