/**
 * What copying executed, told as the owner wants it: each order with all of its fills, or one sum per follower after a time. Fed with
 * the journaled fills of our own orders; what a run could not tell any more is fed again from the journal.
 */
import type { Event } from "../core/event.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { AccountId, InstrumentId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import { FirstFills, type OwnFill } from "../engine/first-fills.ts";
import type { AlertReport } from "./alert.ts";
import type { OutboxView } from "./outbox-records.ts";

export interface CopiesSettings {
  readonly told: "off" | "each" | "summary";
  readonly summaryMs: number;
}

/** An order's fills come within this of each other, as a rule; later ones are told as more of it. */
const TOGETHER_MS = 1_000;
/** What a summary names; the rest is counted. */
const NAMED_MAX = 10;

interface Row {
  readonly instrument: InstrumentId;
  /** Signed: bought less sold. */
  quantity: Decimal;
  /** Of all of it, in the settle coin: quantity times price. */
  notional: Decimal;
  /** Bought and sold together. */
  volume: Decimal;
  fills: number;
}

interface Group {
  readonly follower: AccountId;
  readonly topic: string;
  readonly dueMs: number;
  readonly rows: Map<InstrumentId, Row>;
  readonly orders: Set<string>;
  event: number;
  atMs: number;
}

export class CopiesTold {
  readonly #settings: () => CopiesSettings;
  readonly #groups = new Map<string, Group>();
  readonly #fills = new FirstFills();

  constructor(settings: () => CopiesSettings) {
    this.#settings = settings;
  }

  /** Whether something waits to be told. */
  get isWaiting(): boolean {
    return this.#groups.size > 0;
  }

  note(event: Event, state: State): void {
    const fill = this.#fills.take(event, state);
    const { told, summaryMs } = this.#settings();
    if (told === "off" || fill === null) return;
    const { clientOrderId, account } = fill;
    const key = told === "each" ? `${account}|${clientOrderId}` : account;
    const dueMs = state.nowMs + (told === "each" ? TOGETHER_MS : summaryMs);
    const topic = told === "each" ? clientOrderId : "summary";
    const group = this.#groups.get(key) ?? { ...emptyGroup(account, topic, dueMs), atMs: state.nowMs };
    this.#groups.set(key, group);
    group.event = state.eventSequence;
    group.orders.add(clientOrderId);
    add(group.rows, fill);
  }

  /** What is to be told by now; all of it where nothing more will come. */
  due(nowMs: number, { isLast = false } = {}): readonly AlertReport[] {
    const reports: AlertReport[] = [];
    for (const [key, group] of this.#groups) {
      if (!isLast && nowMs < group.dueMs) continue;
      this.#groups.delete(key);
      reports.push(reportOf(group));
    }
    return reports;
  }
}

/**
 * Up to which event each follower's executed copies were told: what is told of one says nothing of what waits for another. Where nothing
 * was ever told here everything is the past, not what was missed.
 */
export function copiesToldUpTo({ entries, lastRun }: OutboxView): (follower: AccountId) => number {
  if (lastRun === null) return () => Number.POSITIVE_INFINITY;
  const told = new Map<AccountId | undefined, number>();
  for (const { alert } of entries.values()) {
    if (alert.kind !== "copies-executed") continue;
    const { follower, event = -1 } = alert;
    told.set(follower, Math.max(told.get(follower) ?? -1, event));
  }
  // Outboxes of earlier versions have sums of very many followers, without names.
  const together = told.get(undefined) ?? -1;
  return (follower) => Math.max(told.get(follower) ?? -1, together);
}

function emptyGroup(follower: AccountId, topic: string, dueMs: number): Group {
  return { follower, topic, dueMs, rows: new Map(), orders: new Set(), event: -1, atMs: 0 };
}

function add(rows: Group["rows"], { instrument, side, quantity, price }: OwnFill): void {
  const zero = Decimal.zero;
  const row = rows.get(instrument) ?? { instrument, quantity: zero, notional: zero, volume: zero, fills: 0 };
  rows.set(instrument, row);
  const size = Decimal.parse(quantity);
  row.quantity = row.quantity.plus(side === "buy" ? size : size.negated());
  row.notional = row.notional.plus(size.times(Decimal.parse(price)));
  row.volume = row.volume.plus(size);
  row.fills += 1;
}

function reportOf({ follower, topic, rows, orders, event, atMs }: Group): AlertReport {
  const all = [...rows.values()];
  const [only] = all;
  const isOne = orders.size === 1 && only !== undefined && all.length === 1;
  const sum = all.reduce((total, { notional }) => total.plus(notional), Decimal.zero);
  const fills = all.reduce((total, row) => total + row.fills, 0);
  const named = all.slice(0, NAMED_MAX).map(rowText);
  const more = all.length > NAMED_MAX ? [`${all.length - NAMED_MAX} more`] : [];
  return {
    kind: "copies-executed",
    follower,
    ...(isOne ? { instrument: only.instrument } : {}),
    cause: [...named, ...more].join(", "),
    numbers: { orders: orders.size, fills, notional: sum.roundedToStep(CENT, "half-even").toString() },
    topic,
    event,
    atMs,
  };
}

const CENT = Decimal.parse("0.01");
const PRICE_PLACES = 8;

/** `BTCUSDT +0.4 at 65000.5`: the average price of all that was bought and sold. */
function rowText({ instrument, quantity, notional, volume }: Row): string {
  const price = notional.dividedBy(volume, PRICE_PLACES, "half-even").toString();
  const sign = quantity.compare(Decimal.zero) > 0 ? "+" : "";
  return `${instrument.split("@")[0]} ${sign}${quantity.toString()} at ${price}`;
}
