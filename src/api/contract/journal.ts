/** What happened and why: changes of leaders with the orders they became or the reason why not, and orders beside them. */
import { z } from "zod";
import { amount, leg, nextCursor, nickname, page, quantity, span, symbol, timeMs } from "./common.ts";
import { positionPath } from "./copying.ts";

export const order = {
  clientOrderId: z.string(),
  status: z.string().exactOptional(),
  side: z.string().exactOptional(),
  quantity: amount.exactOptional(),
  filledQuantity: amount.exactOptional(),
  averagePrice: amount.exactOptional(),
  venueReason: z.string().exactOptional(),
};

export const journalEntry = z
  .object({
    change: z.int(),
    at: timeMs,
    leader: nickname,
    follower: z.string().meta({ description: '"" where nobody copies the leader there.' }),
    symbol,
    leg,
    changedBy: quantity,
    leaderHolds: quantity,
    orders: z.array(z.object(order)),
    reason: z.string(),
    explanation: z.string(),
    detail: z.record(z.string(), z.unknown()),
    pending: z.boolean(),
  })
  .meta({ id: "JournalEntry" });

export const otherOrder = z
  .object({
    ...order,
    cause: z.string(),
    explanation: z.string(),
    at: timeMs,
    follower: nickname,
    symbol,
    leg,
  })
  .meta({
    id: "OtherOrder",
    description: "An order that answers no change alone: a close, the second step of a turn.",
  });

export const worked = z
  .object({
    at: timeMs,
    follower: nickname,
    symbol,
    leg,
    wanted: amount,
    quantity: amount,
    side: z.enum(["buy", "sell"]),
    reduces: z.boolean(),
    startedAtMs: timeMs,
    slices: z.int(),
    atTouch: amount,
    atMid: amount,
    paid: amount,
    fees: amount,
    saved: amount,
    savedBps: amount,
    savedToMid: amount,
    savedToMidBps: amount,
  })
  .meta({ id: "Worked" });

export const journalQuery = z.object({
  leader: nickname
    .optional()
    .meta({ description: "Only changes of this leader; then no orders beside them." }),
  follower: nickname.optional(),
  symbol: symbol.optional(),
  reason: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "A word of the closed list of reasons; then no orders beside them." }),
  ...span,
  ...page,
});

export const journalPage = z
  .object({
    items: z.array(journalEntry).meta({ description: "Newest first." }),
    other_orders: z.array(otherOrder).meta({ description: "Of the time of this page, newest first." }),
    worked: z
      .array(worked)
      .meta({ description: "Large changes whose working ended in the time of this page." }),
    sequence: z.int().meta({ description: "Of the journal, that the answer is based on." }),
    kept: z
      .object({ from: z.int(), sinceMs: timeMs })
      .nullable()
      .meta({ description: "Where the kept records begin; null while all are kept." }),
    next_cursor: nextCursor,
  })
  .meta({ id: "JournalPage" });

export const changeParams = z.object({ change: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
export const changeQuery = z.object({ leader: nickname.optional(), follower: nickname.optional() });

export const changeExplanation = z
  .object({
    change: z.int(),
    items: z
      .array(
        journalEntry.pick({ leader: true, follower: true, symbol: true, leg: true, pending: true }).extend({
          path: positionPath.nullable().meta({
            description:
              "At the very decision on it; null where it is not decided yet (`pending`), or its records are not kept any more.",
          }),
        }),
      )
      .meta({ description: "Each entry of the journal with this number, of those that you see." }),
  })
  .meta({ id: "ChangeExplanation" });
