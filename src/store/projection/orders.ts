/**
 * Follows each order of ours from its decision to its end, as the row that the database keeps of it. The core forgets an
 * order as soon as it is settled; the row is made from the same events beside it, and stays.
 */
import type { PlannedOrder } from "../../core/decision.ts";
import { type Event, type OrderRow, timeOf } from "../../core/event.ts";
import { Lots } from "../../core/model/amounts.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { ClientOrderId } from "../../core/model/identifiers.ts";
import { priceText, quantityText } from "../../core/model/instrument.ts";
import { filledLots, type State, type WorkingOrder } from "../../core/state.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import type { OrderRecord } from "../store.ts";
import { causeOf } from "./cause.ts";

const AVERAGE_PLACES = 12;

export class OrderBookkeeper {
  /** Rows of the orders that the core still knows. */
  readonly #open = new Map<string, OrderRecord>();
  readonly #changed = new Set<string>();

  /** Continues with rows that were written before. */
  restore(orders: readonly OrderRecord[]): void {
    for (const order of orders) this.#open.set(order.clientOrderId, order);
  }

  noteDecision({ sequence, event, decision }: FoldedStep, state: State): void {
    for (const planned of decision.orders) {
      const cause = causeOf(planned, event, state);
      this.#put({ ...intendedRow(planned, state.nowMs, sequence + 1), cause });
    }
  }

  /** The rows that the step changed. */
  noteStep(step: FoldedStep, state: State): readonly OrderRecord[] {
    if (step.decision.refusal === null) this.#follow(step, state);
    const rows = [...this.#changed].flatMap((id) => this.#open.get(id) ?? []);
    this.#changed.clear();
    this.#forgetSettled(step.event, rows, state);
    return rows;
  }

  #follow({ event, sequence }: FoldedStep, state: State): void {
    switch (event.kind) {
      case "engine-started":
        return this.#loseTrack(event.atMs);
      case "order-accepted":
        return this.#change(event.clientOrderId, event.atMs, (row) => ({
          ...(isOver(row) ? {} : { status: "accepted" as const }),
          venueOrderId: event.venueOrderId || row.venueOrderId,
        }));
      case "order-rejected": {
        const { class: kind, code, text } = event.rejection;
        const ending = { status: "rejected", venueReason: `${kind} ${code} ${text}`.trim() } as const;
        return this.#change(event.clientOrderId, event.atMs, (row) => (isOver(row) ? {} : ending));
      }
      case "order-outcome-unknown":
        return this.#change(event.clientOrderId, event.atMs, (row) =>
          row.status === "intended" ? { status: "unknown", venueReason: event.cause } : {},
        );
      case "order-not-found":
        return this.#change(event.clientOrderId, event.atMs, (row) =>
          isOver(row) || isOpenInCore(state, event.clientOrderId) ? {} : { status: "never-arrived" },
        );
      case "order-reported":
        return this.#report(event.order, event, sequence, state);
      case "follower-snapshot-taken":
        for (const order of event.orders) this.#report(order, event, sequence, state);
        return;
      case "follower-filled":
        return this.#fill(event, sequence, state);
      default:
        return;
    }
  }

  /** The process ended: whatever had no outcome is to be looked up. */
  #loseTrack(atMs: number): void {
    for (const id of this.#open.keys()) {
      this.#change(id, atMs, (row) => (isOver(row) ? {} : { status: "unknown" }));
    }
  }

  #report(order: OrderRow, event: Event, sequence: number, state: State): void {
    const id = order.clientOrderId;
    if (!this.#open.has(id)) this.#adopt(id, event, sequence, state);
    this.#change(id, timeOf(event), (row) => {
      const filled = larger(row.filledQuantity, order.filledQuantity);
      return {
        ...statusOfReport(row, order),
        filledQuantity: filled,
        averagePrice:
          filled === order.filledQuantity ? order.averagePrice || row.averagePrice : row.averagePrice,
        venueOrderId: order.venueOrderId || row.venueOrderId,
      };
    });
  }

  #fill(fill: Extract<Event, { kind: "follower-filled" }>, sequence: number, state: State): void {
    const id = fill.clientOrderId;
    if (id === undefined) return;
    if (!this.#open.has(id)) this.#adopt(id, fill, sequence, state);
    const instrument = state.instruments.get(fill.instrument);
    const working = workingOrder(state, id);
    if (instrument === undefined || working === undefined) return;
    const filled = quantityText(instrument, filledLots(working));
    this.#change(id, fill.receivedAtMs, (row) => {
      if (larger(row.filledQuantity, filled) === row.filledQuantity) return {};
      const averagePrice = weighted(row, filled, fill.price);
      return { filledQuantity: filled, averagePrice, venueOrderId: fill.venueOrderId || row.venueOrderId };
    });
  }

  /** An order with our mark that the journal does not know: its decision was in a tail that a power cut took. */
  #adopt(id: string, event: Event, sequence: number, state: State): void {
    const working = workingOrder(state, id);
    const leg = state.orders.get(ClientOrderId(id));
    if (working === undefined || leg === undefined) return;
    const { instrument, follower } = leg.market;
    this.#put({
      clientOrderId: id,
      account: follower.account,
      symbol: instrument.spec.symbol,
      leg: leg.leg,
      side: working.lots < 0 ? "sell" : "buy",
      quantity: quantityText(instrument, Lots(Math.abs(working.lots))),
      filledQuantity: "0",
      averagePrice: "",
      reduceOnly: working.reduceOnly,
      purpose: working.purpose,
      cause: "",
      status: "unknown",
      venueOrderId: "",
      venueReason: "adopted: its record was lost",
      leaderPrice: "",
      leaderTimeMs: 0,
      decidedAtMs: timeOf(event),
      updatedAtMs: timeOf(event),
      decision: sequence,
    });
  }

  #put(row: OrderRecord): void {
    this.#open.set(row.clientOrderId, row);
    this.#changed.add(row.clientOrderId);
  }

  #change(id: string, atMs: number, change: (row: OrderRecord) => Partial<OrderRecord>): void {
    const row = this.#open.get(id);
    if (row === undefined) return;
    const next = { ...row, ...change(row) };
    const isSame = Object.entries(next).every(([name, value]) => Reflect.get(row, name) === value);
    if (!isSame) this.#put({ ...next, updatedAtMs: atMs });
  }

  /** Keeps as many rows as the core keeps orders; it forgets some at its snapshots without a word about them. */
  #forgetSettled(event: Event, rows: readonly OrderRecord[], state: State): void {
    const ids =
      event.kind === "follower-snapshot-taken"
        ? [...this.#open.keys()]
        : rows.map((row) => row.clientOrderId);
    for (const id of ids) if (!state.orders.has(ClientOrderId(id))) this.#open.delete(id);
  }
}

function intendedRow(
  { market: { instrument }, order }: PlannedOrder,
  atMs: number,
  decision: number,
): Omit<OrderRecord, "cause"> {
  const { context } = order;
  return {
    clientOrderId: order.clientOrderId,
    account: order.account,
    symbol: instrument.spec.symbol,
    leg: order.leg,
    side: order.lots < 0 ? "sell" : "buy",
    quantity: quantityText(instrument, Lots(Math.abs(order.lots))),
    filledQuantity: "0",
    averagePrice: "",
    reduceOnly: order.reduceOnly,
    purpose: order.purpose,
    status: "intended",
    venueOrderId: "",
    venueReason: "",
    leaderPrice: context.leaderPrice === null ? "" : priceText(instrument, context.leaderPrice),
    leaderTimeMs: context.leaderTimeMs,
    decidedAtMs: context.decidedAtMs,
    updatedAtMs: atMs,
    decision,
  };
}

function statusOfReport(row: OrderRecord, order: OrderRow): Partial<OrderRecord> {
  if (isOver(row)) return {};
  if (order.status === "working" || order.status === "untriggered") return { status: "accepted" };
  return { status: order.status, venueReason: order.venueReason };
}

function isOver({ status }: OrderRecord): boolean {
  return status !== "intended" && status !== "accepted" && status !== "unknown";
}

function workingOrder(state: State, id: string): WorkingOrder | undefined {
  const key = ClientOrderId(id);
  return state.orders.get(key)?.working.get(key);
}

function isOpenInCore(state: State, id: string): boolean {
  const working = workingOrder(state, id);
  return working !== undefined && working.status !== "closed";
}

/** Average of what was filled before at the row's price and the rest at `price`; as it was when a price is no number. */
function weighted(row: OrderRecord, filled: string, price: string): string {
  const [before, after] = [Decimal.parse(row.filledQuantity), Decimal.parse(filled)];
  const known = row.averagePrice === "" ? Decimal.zero : Decimal.tryParse(row.averagePrice);
  const latest = Decimal.tryParse(price);
  if (known === undefined || latest === undefined) return row.averagePrice;
  const value = known.times(before).plus(latest.times(after.minus(before)));
  return value.dividedBy(after, AVERAGE_PLACES, "half-even").toString();
}

function larger(left: string, right: string): string {
  const [first, second] = [Decimal.tryParse(left), Decimal.tryParse(right)];
  if (second === undefined) return left;
  return first !== undefined && first.compare(second) >= 0 ? left : right;
}
