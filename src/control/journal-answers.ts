/** What is answered of the journal: what leaders changed and what came of it, and how a rebuilt database stands. Quantities are signed decimal strings. */
import type { Worked } from "../core/slicing/worked.ts";
import type { KeptRecords } from "../journal/kept.ts";
import type { OrderCause } from "../store/store.ts";

export interface JournalReport {
  /** Newest first. */
  readonly entries: readonly JournalEntryReport[];
  /**
   * Orders that answer no change alone, newest first: the second step of a turn, what a pause or a refusal had held up, what
   * was closed by command.
   */
  readonly otherOrders: readonly OtherOrderReport[];
  /** Large changes whose working ended, newest first; absent where there are none. */
  readonly worked?: readonly WorkedReport[];
  /** The sequence of the journal that the answer is based on. */
  readonly sequence: number;
  /** Where the kept records begin; absent while all are kept. */
  readonly kept?: KeptRecords;
}

/**
 * What working a large change saved (negative: cost) against crossing all of it at once at the best price when it was decided, and
 * against the middle of the book then, in the settle coin and basis points. Without fees.
 */
export interface WorkedReport extends Omit<Worked, "wantedLots" | "filledLots"> {
  readonly at: number;
  readonly follower: string;
  readonly symbol: string;
  readonly leg: "net" | "long" | "short";
  /** What was wanted, and what of it was had; the amounts are of the latter. */
  readonly wanted: string;
  readonly quantity: string;
}

export interface JournalEntryReport {
  readonly change: number;
  readonly at: number;
  readonly leader: string;
  readonly follower: string;
  readonly symbol: string;
  readonly leg: "net" | "long" | "short";
  readonly changedBy: string;
  readonly leaderHolds: string;
  readonly orders: readonly JournalOrder[];
  readonly reason: string;
  /** The reason in a sentence. */
  readonly explanation: string;
  /** The numbers at that moment. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Neither an order nor a reason yet. */
  readonly pending: boolean;
}

export interface JournalOrder {
  readonly clientOrderId: string;
  readonly status?: string;
  readonly side?: string;
  readonly quantity?: string;
  readonly filledQuantity?: string;
  readonly averagePrice?: string;
  readonly venueReason?: string;
}

export interface OtherOrderReport extends JournalOrder {
  /** What led to it: a command, a stop, the end of a relation; "" where nothing but the target did. */
  readonly cause: OrderCause;
  /** The cause in words. */
  readonly explanation: string;
  readonly at: number;
  readonly follower: string;
  readonly symbol: string;
  readonly leg: "net" | "long" | "short";
}

export interface RebuildReport {
  readonly sequence: number;
  /** Where the kept records begin: nothing from before can be in the database now. Absent while all are kept. */
  readonly kept?: KeptRecords;
}
