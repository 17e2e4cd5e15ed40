/** Who passes the filters, how traders trade, and which strategies there are. */
import { z } from "zod";
import { nextCursor, nickname } from "./common.ts";
import { figures } from "./traders.ts";

const traderKey = { id: z.string(), venue: z.string(), leader: nickname.nullable() };
const unit = z.enum(["fraction", "ratio", "days", "count"]);
const asks = z.enum(["at-least", "at-most", "one-of"]).nullable();
const bound = z.union([z.number(), z.array(z.string()), z.null()]);

const filterResult = z.object({
  filter: z.string(),
  result: z.enum(["passed", "failed", "cannot-tell"]),
  unit,
  asks,
  bound,
  value: z.number().nullable(),
  by: z.number().nullable().meta({ description: "How far beyond the bound; null unless it failed." }),
  because: z.string().nullable().meta({ description: "Why it cannot be told." }),
  notes: z.array(z.string()),
});

export const filtered = z
  .object({
    filters: z.array(z.object({ filter: z.string(), unit, asks, bound })),
    benchmark: z.string().nullable(),
    next_cursor: nextCursor,
    traders: z.array(
      z.object({
        ...traderKey,
        passes: z.boolean(),
        style: z.string(),
        results: z.array(filterResult),
        reservations: z.array(z.object({ word: z.string(), text: z.string() })),
      }),
    ),
    set: filterResult.nullable(),
  })
  .meta({ id: "FilteredTraders" });

const concentration = z.object({
  index: z.number().nullable(),
  largest: z.object({ sector: z.string(), share: z.number() }).nullable(),
  unknown: z.number().nullable(),
});

export const styles = z
  .object({
    next_cursor: nextCursor,
    traders: z.array(
      z.object({
        ...traderKey,
        label: z.string(),
        probabilities: z.record(z.string(), z.number()).nullable(),
        confidence: z.enum(["high", "moderate", "low", "none"]),
        reasons: z.array(z.string()),
        agreement: z.number().nullable(),
        trips: z.int(),
        market_share: z.number(),
        features: figures,
        coins: concentration,
        sectors: concentration,
      }),
    ),
  })
  .meta({ id: "Styles" });

export const strategies = z
  .object({
    strategies: z.array(
      z.object({
        name: z.string(),
        shortName: z.string().nullable(),
        description: z.string(),
        isInForce: z.boolean(),
        options: z.array(
          z.object({
            name: z.string(),
            value: z.union([z.string(), z.number(), z.boolean()]),
            source: z.string(),
            meaning: z.string(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "Strategies" });
