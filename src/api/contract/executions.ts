/** Orders and fills, page by page. */
import { z } from "zod";
import { amount, leg, nextCursor, nickname, page, span, symbol, timeMs } from "./common.ts";

const orderStatus = z.enum([
  "intended",
  "accepted",
  "unknown",
  "filled",
  "cancelled",
  "rejected",
  "never-arrived",
]);

export const fillQuery = z.object({
  account: nickname.optional(),
  symbol: symbol.optional(),
  ...span,
  ...page,
});
export const orderQuery = fillQuery.extend({ status: orderStatus.optional() });

const side = z.enum(["buy", "sell"]);

export const orderRow = z
  .object({
    clientOrderId: z.string(),
    venueOrderId: z.string(),
    account: nickname,
    symbol,
    leg,
    side,
    quantity: amount,
    filledQuantity: amount,
    averagePrice: amount,
    reduceOnly: z.boolean(),
    purpose: z.string(),
    cause: z
      .string()
      .meta({ description: 'What led to it beside what a leader changed; "" where nothing did.' }),
    status: orderStatus,
    venueReason: z.string(),
    leaderPrice: amount,
    leaderTimeMs: timeMs,
    decidedAtMs: timeMs,
    updatedAtMs: timeMs,
    decision: z.int().meta({ description: "Record of the journal that decided it." }),
  })
  .meta({ id: "OrderRow" });

export const orderPage = z
  .object({ items: z.array(orderRow).meta({ description: "Newest first." }), next_cursor: nextCursor })
  .meta({ id: "OrderPage" });

export const fillRow = z
  .object({
    tradeId: z.string(),
    account: nickname,
    role: z.enum(["leader", "follower"]),
    symbol,
    leg,
    side,
    quantity: amount,
    price: amount,
    fee: amount,
    clientOrderId: z.string(),
    venueTimeMs: timeMs,
    sequence: z.int().meta({ description: "Its record of the journal." }),
    positionBefore: z.string().meta({ description: 'Of a leader, signed; "" where it is not known.' }),
  })
  .meta({ id: "FillRow" });

export const fillPage = z
  .object({ items: z.array(fillRow).meta({ description: "Newest first." }), next_cursor: nextCursor })
  .meta({ id: "FillPage" });
