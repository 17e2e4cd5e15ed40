/**
 * "What happened and why" from the database: leader changes with the orders they became, or the one reason why not; and
 * beside them the orders that no change asked for alone, so that every order of ours is somewhere.
 */
import { REASONS } from "../core/reason.ts";
import type { OrderRecord, OutcomeRecord } from "../store/store.ts";
import type { StoreReader } from "../store/writer.ts";
import type {
  JournalEntryReport,
  JournalFilter,
  JournalOrder,
  JournalReport,
  OtherOrderReport,
  WorkedReport,
} from "./control.ts";
import { ORDER_CAUSES } from "./order-causes.ts";

const LIMIT_MAX = 10_000;
/** Orders that are looked through for the details of the entries. */
const ORDERS_MAX = 10_000;
/** Changes before the page among which an order's own is looked for: an order may come long after its change. */
const OLDER_CHANGES_MAX = 1_000;

export async function journalReport(
  store: StoreReader,
  filter: JournalFilter,
): Promise<Omit<JournalReport, "sequence">> {
  const { leader, follower, symbol, reason, before, fromMs = 0, toMs } = filter;
  const limit = Math.min(filter.limit, LIMIT_MAX);
  const scope = symbol === undefined ? {} : { symbol };
  const outcomes = await store.outcomes({
    ...scope,
    ...(leader === undefined ? {} : { leader }),
    ...(follower === undefined ? {} : { follower }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(reason === undefined ? {} : { reason }),
    ...(before === undefined ? {} : { beforeChange: before }),
    limit: limit + OLDER_CHANGES_MAX,
  });
  const rows = await store.orders({
    ...scope,
    ...(follower === undefined ? {} : { account: follower }),
    limit: ORDERS_MAX,
  });
  const orders = new Map(rows.map((row) => [row.clientOrderId, row]));
  const within = outcomes.filter(({ atMs }) => atMs >= fromMs);
  const entries = within.slice(0, limit).map((outcome) => entryOf(outcome, orders));
  // With a reason or a leader only changes are asked for: orders and worked changes have none.
  if (reason !== undefined || leader !== undefined) return { entries, otherOrders: [] };
  const page = {
    startMs: within.length > limit ? (within[limit - 1]?.atMs ?? fromMs) : fromMs,
    endMs: Math.min(await timeOf(store, before), toMs ?? Infinity),
    limit,
  };
  const worked = await workedReports(store, filter, page);
  return {
    ...(worked.length === 0 ? {} : { worked }),
    entries,
    otherOrders: otherOrders(rows, outcomes, page),
  };
}

/** What is no change belongs to a page by its time: from `startMs` on, and before `endMs`. */
interface Page {
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

/** Orders within the time of the page that belong to no change of it or before it. */
function otherOrders(
  rows: readonly OrderRecord[],
  outcomes: readonly OutcomeRecord[],
  { startMs, endMs, limit }: Page,
): readonly OtherOrderReport[] {
  const answers = new Set(outcomes.flatMap(({ orders }) => orders));
  return rows
    .filter(
      ({ clientOrderId: id, decidedAtMs }) =>
        decidedAtMs >= startMs && decidedAtMs < endMs && !answers.has(id),
    )
    .slice(0, limit)
    .map((row) => ({
      at: row.decidedAtMs,
      follower: row.account,
      symbol: row.symbol,
      leg: row.leg,
      cause: row.cause,
      explanation: ORDER_CAUSES[row.cause],
      ...orderOf(row.clientOrderId, row),
    }));
}

/** Those that ended within the time of the page. */
async function workedReports(
  store: StoreReader,
  { follower, symbol }: JournalFilter,
  { startMs, endMs, limit }: Page,
): Promise<readonly WorkedReport[]> {
  const found = await store.worked({
    ...(follower === undefined ? {} : { account: follower }),
    ...(symbol === undefined ? {} : { symbol }),
    limit: LIMIT_MAX,
  });
  return found
    .filter(({ atMs }) => atMs >= startMs && atMs < endMs)
    .slice(0, limit)
    .map(({ account, atMs, symbol: name, leg, detail }) => {
      const worked: Omit<WorkedReport, "at" | "follower" | "symbol" | "leg"> = JSON.parse(detail);
      return { at: atMs, follower: account, symbol: name, leg, ...worked };
    });
}

/** When the change was at which the page before this one ended. */
async function timeOf(store: StoreReader, change: number | undefined): Promise<number> {
  if (change === undefined) return Infinity;
  const [found] = await store.outcomes({ beforeChange: change + 1, limit: 1 });
  return found?.atMs ?? 0;
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

/** Every word that may stand as a reason in an entry. */
export const REASON_WORDS: readonly string[] = [...Object.keys(REASONS), ...Object.keys(REFUSALS)];

/** Its sentence; "" for a word that is none. */
export function explanationOf(reason: string): string {
  const known = Object.entries(REASONS).find(([word]) => word === reason);
  return known?.[1] ?? REFUSALS[reason] ?? "";
}

function detailOf(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
