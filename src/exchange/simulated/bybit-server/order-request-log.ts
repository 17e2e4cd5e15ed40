/**
 * Every order request that ever arrived for one account, with what became of it: the evidence that tests and checkers
 * read. Bodies are kept as the text that came in and parsed only when somebody asks. Bounded; what was let go is counted.
 */
import { isRecord } from "./parameters.ts";

export type OrderAction = "create" | "amend" | "cancel";
type RequestOutcome = "accepted" | "rejected" | "lost";

export interface OrderRequestEntry {
  readonly action: OrderAction;
  readonly via: "rest" | "ws";
  readonly arrivedAt: number;
  /** JSON text that holds the body: the REST body, or the whole frame of order entry. */
  readonly source: string;
  /** Place within a batch; -1 outside of one. */
  readonly member: number;
  readonly outcome: RequestOutcome;
  readonly retCode: number;
  readonly orderId: string;
}

export interface OrderRequestRow {
  readonly action: OrderAction;
  readonly via: "rest" | "ws";
  readonly arrivedAt: number;
  readonly body: unknown;
  readonly outcome: RequestOutcome;
  readonly retCode: number;
  readonly orderId: string;
}

const ENTRIES_MAX = 250_000;
const DROPPED_AT_ONCE = 25_000;

export class OrderRequestLog {
  #entries: OrderRequestEntry[] = [];
  #dropped = 0;

  add(entry: OrderRequestEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length <= ENTRIES_MAX) return;
    this.#entries = this.#entries.slice(DROPPED_AT_ONCE);
    this.#dropped += DROPPED_AT_ONCE;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** How many of the oldest are no longer kept. */
  get dropped(): number {
    return this.#dropped;
  }

  rows(): readonly OrderRequestRow[] {
    return this.#entries.map((entry) => ({
      action: entry.action,
      via: entry.via,
      arrivedAt: entry.arrivedAt,
      body: bodyOf(entry),
      outcome: entry.outcome,
      retCode: entry.retCode,
      orderId: entry.orderId,
    }));
  }
}

/** The body of one order; a batch member gets the category of its batch. */
function bodyOf(entry: OrderRequestEntry): unknown {
  const whole = parsed(entry.source);
  const frame = entry.via === "ws" && isRecord(whole) ? whole.args : undefined;
  const body = Array.isArray(frame) ? frame[0] : whole;
  if (entry.member < 0 || !isRecord(body)) return body;
  const members = body.request;
  const member: unknown = Array.isArray(members) ? members[entry.member] : undefined;
  return isRecord(member) ? { category: body.category, ...member } : member;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    // A request that is no JSON was refused; what came in is still shown.
    if (error instanceof SyntaxError) return source;
    throw error;
  }
}
