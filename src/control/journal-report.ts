/** "What happened and why" from the database: leader changes with the orders they became, or the one reason why not. */
import { REASONS } from "../core/reason.ts";
import type { OrderRecord, OutcomeRecord } from "../store/store.ts";
import type { StoreReader } from "../store/writer.ts";
import type { JournalEntryReport, JournalFilter, JournalOrder } from "./control.ts";

const LIMIT_MAX = 10_000;
/** Orders that are looked through for the details of the entries. */
const ORDERS_MAX = 10_000;

export async function journalReport(
  store: StoreReader,
  filter: JournalFilter,
): Promise<readonly JournalEntryReport[]> {
  const { follower, symbol, reason, before, limit } = filter;
  const outcomes = await store.outcomes({
    ...(follower === undefined ? {} : { follower }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(reason === undefined ? {} : { reason }),
    ...(before === undefined ? {} : { beforeChange: before }),
    limit: Math.min(limit, LIMIT_MAX),
  });
  const wanted = outcomes.some(({ orders }) => orders.length > 0);
  const rows = wanted
    ? await store.orders({
        ...(follower === undefined ? {} : { account: follower }),
        ...(symbol === undefined ? {} : { symbol }),
        limit: ORDERS_MAX,
      })
    : [];
  const orders = new Map(rows.map((row) => [row.clientOrderId, row]));
  return outcomes.map((outcome) => entryOf(outcome, orders));
}

function entryOf(outcome: OutcomeRecord, orders: ReadonlyMap<string, OrderRecord>): JournalEntryReport {
  const { reason } = outcome;
  return {
    change: outcome.change,
    at: outcome.atMs,
    leader: outcome.leader,
    follower: outcome.follower,
    symbol: outcome.symbol,
    leg: outcome.leg,
    changedBy: outcome.changedBy,
    leaderHolds: outcome.leaderHolds,
    orders: outcome.orders.map((id) => orderOf(id, orders.get(id))),
    reason,
    explanation: explanationOf(reason),
    detail: detailOf(outcome.detail),
    pending: outcome.orders.length === 0 && reason === "",
  };
}

function orderOf(clientOrderId: string, row: OrderRecord | undefined): JournalOrder {
  if (row === undefined) return { clientOrderId };
  const { status, side, quantity, filledQuantity, averagePrice, venueReason } = row;
  return { clientOrderId, status, side, quantity, filledQuantity, averagePrice, venueReason };
}

/** Sentences of the statements that are refused at the door. */
const REFUSALS: Readonly<Record<string, string>> = {
  "unknown-account": "the statement names an account that is not configured",
  "unknown-instrument": "the statement names an instrument that the venue does not list",
  "wrong-step": "the statement's quantity or price is not a whole number of steps",
  "not-a-number": "the statement holds something that is no number",
  "price-out-of-bounds": "the statement's price is too far from the market",
  "stamp-in-the-future": "the statement's time lies in the future",
  "stamp-too-old": "the statement is too old to act upon",
  "impossible-size": "no order or position can be that large",
};

function explanationOf(reason: string): string {
  const known = Object.entries(REASONS).find(([word]) => word === reason);
  return known?.[1] ?? REFUSALS[reason] ?? "";
}

function detailOf(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
