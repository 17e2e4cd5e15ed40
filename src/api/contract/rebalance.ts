/** What a strategy would do now, and every order of it. */
import { z } from "zod";
import { preview } from "./commands.ts";
import { nickname, timeMs } from "./common.ts";

const share = z.object({
  leader: nickname,
  factor: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,4})?$/, { error: "must be a decimal text with at most four decimals" })
    .meta({ description: 'Its position_scaling from now on; "0" ends the relation.' }),
});

export const rebalanceForm = z
  .strictObject({ follower: nickname, shares: z.array(share).min(1).max(1_000) })
  .meta({ id: "Rebalance", description: "Only leaders whose factor becomes another." });

export const decision = z
  .object({
    asOfMs: timeMs,
    strategy: z.string(),
    allocations: z.array(z.object({ trader: z.string(), weight: z.number(), scale: z.number() })),
    verdicts: z.array(
      z.object({
        trader: z.string(),
        isIn: z.boolean(),
        reason: z.string(),
        numbers: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
        from: z.number(),
        wanted: z.number(),
        weight: z.number(),
      }),
    ),
    turnover: z.number(),
    cost: z.number(),
    gain: z.number(),
    part: z.number(),
    notes: z.array(z.string()),
  })
  .meta({ id: "StrategyDecision" });

export const rebalancePreview = z
  .object({
    strategy: z.string(),
    followers: z.array(
      z.object({
        follower: nickname,
        equity: z.number(),
        decision: decision.nullable(),
        problem: z.string().nullable().meta({ description: "Why nothing can be decided." }),
        planned: z.object({ request: rebalanceForm, preview }).nullable().meta({
          description: "`request` is what POST /api/v1/rebalance takes; null where there is nothing to move.",
        }),
      }),
    ),
  })
  .meta({ id: "RebalancePreview" });
