/** Limits, stops and what they stand at; what capital copying takes. */
import { z } from "zod";
import {
  amount,
  detail,
  largePage,
  nextCursor,
  nickname,
  positionIdx,
  quantity,
  symbol,
  timeMs,
} from "./common.ts";

export const stop = z
  .object({
    id: z.int(),
    guard: z.string(),
    action: z.enum(["warn", "reduce", "pause", "halt", "close", "replace"]),
    leader: nickname.exactOptional(),
    symbol: symbol.exactOptional(),
    since: timeMs,
    until: timeMs.nullable().meta({ description: "Null: until it is released." }),
    text: z.string(),
    detail,
  })
  .meta({ id: "Stop", description: "What is stopped or cut, until when, and why." });

export const guardUse = z
  .object({
    guard: z.string().meta({ description: "The key that it is set by; `kill switch` for the command." }),
    of: z.string(),
    use: amount,
    at: amount,
    left: amount,
    unit: z.string(),
    action: z.string(),
    source: z.string(),
    note: z.string(),
    stands: stop.nullable(),
  })
  .meta({ id: "GuardUse" });

export const limitUse = z
  .object({
    limit: z.string(),
    of: z.string(),
    measure: z.string(),
    unit: z.string(),
    use: amount,
    most: amount,
    headroom: amount,
    source: z.string(),
    note: z.string(),
  })
  .meta({ id: "LimitUse" });

export const limitQuery = z.object({ follower: nickname.optional(), ...largePage });
export const limits = z
  .object({
    next_cursor: nextCursor,
    followers: z.array(
      z.object({
        follower: nickname,
        equity: amount,
        limits: z.array(limitUse),
        guards: z.array(guardUse),
        off: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: "Limits" });

export const place = { follower: nickname, symbol, positionIdx: positionIdx.exactOptional() };

export const holdings = z
  .object({
    positions: z.array(z.object({ ...place, held: quantity, value: amount })),
    unresolved: z.int().meta({ description: "Orders of ours that may still fill." }),
  })
  .meta({ id: "Holdings" });

export const capital = z
  .object({
    leader: nickname,
    followers: z.array(
      z.object({
        follower: nickname,
        sizing: z.string(),
        capital: amount,
        smallestEquity: amount.nullable(),
        margin: amount,
        positions: z.array(
          z.object({
            symbol,
            kind: z.enum(["held", "typical"]),
            leader: quantity,
            price: amount,
            target: quantity,
            least: amount,
            isCopied: z.boolean(),
            errorPercent: z.string(),
            margin: amount,
            followsCapital: z.boolean(),
            neededCapital: amount,
            neededFactor: z.string(),
            reason: z.string(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "Capital" });
