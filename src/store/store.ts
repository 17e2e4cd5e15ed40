/**
 * THE CONTRACT of the database: what is read from the journal (orders, fills, positions, equity, reasons), written behind
 * and rebuildable, and the accounts and allocations in force. Never on the path of an order. SQLite is the default;
 * PostgreSQL fills the same contract later. Amounts are decimal strings, times UTC milliseconds.
 */
import type { Leg, Side } from "../core/event.ts";
import type { GuardKind } from "../core/guard/stop.ts";
import type { OrderPurpose } from "../core/order.ts";
import type { AccountDayRecord, CopyDayRecord, DayFilter } from "./day-records.ts";

export interface AccountRecord {
  readonly account: string;
  readonly venue: string;
  readonly role: "leader" | "follower";
  readonly accountType: string;
  /** When its key was last verified with the venue; null when never. */
  readonly verifiedAtMs: number | null;
}

export interface AllocationRecord {
  readonly id: string;
  readonly leader: string;
  readonly follower: string;
  /** The allocation's settings as JSON. */
  readonly settings: string;
}

export type OrderCause =
  | ""
  | "close-command"
  | "uncopy"
  | "resume"
  | "release"
  | "approve"
  | "settings"
  | GuardKind
  | Exclude<OrderPurpose, "rebalance" | "close">;

export interface OrderRecord {
  readonly clientOrderId: string;
  readonly account: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly averagePrice: string;
  readonly reduceOnly: boolean;
  readonly purpose: string;
  /** What led to it beside what a leader changed; "" where nothing else did, or it is not known. */
  readonly cause: OrderCause;
  readonly status:
    | "intended"
    | "accepted"
    | "unknown"
    | "filled"
    | "cancelled"
    | "rejected"
    | "never-arrived";
  readonly venueOrderId: string;
  readonly venueReason: string;
  readonly leaderPrice: string;
  readonly leaderTimeMs: number;
  readonly decidedAtMs: number;
  readonly updatedAtMs: number;
  /** Journal sequence of the decision. */
  readonly decision: number;
}

export interface FillRecord {
  readonly tradeId: string;
  readonly account: string;
  readonly role: "leader" | "follower";
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly clientOrderId: string;
  readonly venueTimeMs: number;
  /** Journal sequence of its event; 0 for rows of earlier versions. */
  readonly sequence: number;
  /** Of a leader: signed decimal, what it held there before; "" where that is not known. */
  readonly positionBefore: string;
}

export interface PositionRecord {
  readonly account: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly quantity: string;
  readonly ownedQuantity: string;
  readonly updatedAtMs: number;
}

export interface EquityRecord {
  readonly account: string;
  readonly atMs: number;
  readonly equity: string;
  readonly available: string;
}

/** One line of "what happened and why": a leader change and what it led to for one allocation. */
export interface OutcomeRecord {
  /** Number of the leader change: the count of its event in the journal (shared by all changes of one event). */
  readonly change: number;
  readonly leader: string;
  readonly follower: string;
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed decimal: what the leader's holding changed by, and what it is since. */
  readonly changedBy: string;
  readonly leaderHolds: string;
  readonly atMs: number;
  /** Exactly one of the two is set once the change is explained; both are empty while it is pending. */
  readonly orders: readonly string[];
  readonly reason: string;
  /** The numbers at that moment, as JSON. */
  readonly detail: string;
}

/** A large change that was worked, and what that saved or cost. */
export interface WorkedRecord {
  /** Journal sequence of the decision that ended it. */
  readonly decision: number;
  readonly account: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly atMs: number;
  /** Side, quantities, times and amounts (`WorkedReport` of control), as JSON. */
  readonly detail: string;
}

/** A row that reading goes on after. */
export type FillPlace = Pick<FillRecord, "sequence" | "account" | "tradeId">;

/** Where a page of orders, or of fills, begins: behind this one. */
export type OrderPlace = Pick<OrderRecord, "decidedAtMs" | "clientOrderId">;
export type FillMoment = Pick<FillRecord, "venueTimeMs" | "sequence">;

export interface ExecutionFilter<Place> {
  /** Absent: of all accounts. */
  readonly accounts?: readonly string[];
  readonly symbol?: string;
  /** From here on, and before there, in UTC milliseconds. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly before?: Place;
  readonly limit: number;
}

export interface OrderFilter extends ExecutionFilter<OrderPlace> {
  readonly status?: OrderRecord["status"];
}

export interface WorkedFilter {
  readonly account?: string;
  readonly symbol?: string;
  readonly limit: number;
}

/** All changes of one journal record; applied in one transaction together with its sequence. */
export interface StoreBatch {
  readonly sequence: number;
  readonly accounts?: readonly AccountRecord[];
  readonly allocations?: readonly AllocationRecord[];
  readonly orders?: readonly OrderRecord[];
  readonly fills?: readonly FillRecord[];
  readonly positions?: readonly PositionRecord[];
  readonly equity?: readonly EquityRecord[];
  readonly outcomes?: readonly OutcomeRecord[];
  readonly worked?: readonly WorkedRecord[];
  readonly accountDays?: readonly AccountDayRecord[];
  readonly copyDays?: readonly CopyDayRecord[];
}

export interface OutcomeFilter {
  readonly leader?: string;
  readonly follower?: string;
  readonly symbol?: string;
  readonly reason?: string;
  readonly beforeChange?: number;
  /** Before this moment, in UTC milliseconds. */
  readonly toMs?: number;
  readonly limit: number;
}

export interface Store {
  /** The last journal sequence that is in the database. */
  lastSequence(): Promise<number>;
  /** Applies batches in order, in one transaction; records with the same key are replaced. Applying twice changes nothing. */
  apply(batches: readonly StoreBatch[]): Promise<void>;
  /** Forgets everything that comes from the journal, before a rebuild; but not the days, which outlive its records. */
  clear(): Promise<void>;
  /** Forgets days that this record of the journal or a later one made: they are made anew. */
  forgetDays(fromSequence: number): Promise<void>;
  accounts(): Promise<readonly AccountRecord[]>;
  allocations(): Promise<readonly AllocationRecord[]>;
  orders(filter: {
    readonly account?: string;
    readonly symbol?: string;
    readonly limit: number;
  }): Promise<readonly OrderRecord[]>;
  fills(filter: {
    readonly account?: string;
    readonly symbol?: string;
    readonly limit: number;
  }): Promise<readonly FillRecord[]>;
  /** Of leaders, in the order of the journal. */
  leaderFills(filter: {
    readonly after: FillPlace | null;
    readonly limit: number;
  }): Promise<readonly FillRecord[]>;
  /** The oldest that is known of an account. */
  firstEquity(account: string): Promise<EquityRecord | null>;
  positions(filter: { readonly account?: string }): Promise<readonly PositionRecord[]>;
  equity(filter: {
    readonly account: string;
    readonly sinceMs: number;
    readonly limit: number;
  }): Promise<readonly EquityRecord[]>;
  /** Newest first. */
  outcomes(filter: OutcomeFilter): Promise<readonly OutcomeRecord[]>;
  /** Newest first. */
  worked(filter: WorkedFilter): Promise<readonly WorkedRecord[]>;
  /** By day; all of them. */
  accountDays(filter: DayFilter): Promise<readonly AccountDayRecord[]>;
  copyDays(filter: DayFilter): Promise<readonly CopyDayRecord[]>;
  /** What was written last of each account, and of each leader in each of its books. */
  lastAccountDays(): Promise<readonly AccountDayRecord[]>;
  lastCopyDays(): Promise<readonly CopyDayRecord[]>;
  close(): Promise<void>;
}
