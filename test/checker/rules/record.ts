/**
 * What a copier's journal says of rules, limits and guards, as plain JSON: each denial with its numbers, each order with what it
 * is for, each stop with its beginning and its end, and what the copier had been told by then. `sequence` is the place in the
 * journal, so that what was known at a moment is known exactly; times are UTC milliseconds, amounts decimal text.
 */
import type { CheckedLeg } from "../evidence.ts";

export interface Written {
  readonly sequence: number;
  readonly atMs: number;
}

export interface WrittenDenial extends Written {
  readonly follower: string;
  readonly leader: string;
  readonly symbol: string;
  /** Null: every leg. */
  readonly leg: CheckedLeg | null;
  readonly reason: string;
  readonly detail: Readonly<Record<string, number | string>>;
}

/** For whom an order is: `held` by this leader's copy (signed) when it was decided. */
export interface WrittenShare {
  readonly leader: string;
  readonly quantity: string;
  readonly held: string;
}

export interface WrittenOrder extends Written {
  readonly clientOrderId: string;
  readonly follower: string;
  readonly symbol: string;
  readonly leg: CheckedLeg;
  /** Signed. */
  readonly quantity: string;
  readonly reduceOnly: boolean;
  readonly purpose: string;
  /** "" at market. */
  readonly limitPrice: string;
  readonly shares: readonly WrittenShare[];
  /** Whether something was held there by our own ledger, and how many other positions: all, and each leader's copies. */
  readonly isHeld: boolean;
  /** What the venue was known to hold there, the owner's too, signed. */
  readonly shown: string;
  readonly others: { readonly account: number; readonly byLeader: Readonly<Record<string, number>> };
}

/** Between leaders, or with what was held for none: no order was needed, so the account shows nothing of it. */
export interface WrittenCrossing extends Written {
  readonly follower: string;
  readonly leader: string;
  readonly symbol: string;
  readonly leg: CheckedLeg;
}

/** A stop as it was begun or deepened. */
export interface WrittenStop extends Written {
  readonly follower: string;
  /** Of the follower's; the same while it is deepened. */
  readonly id: number;
  readonly guard: string;
  /** Null: all of them. */
  readonly leader: string | null;
  readonly symbol: string | null;
  readonly keeps: { readonly part: number; readonly whole: number };
  readonly bars: boolean;
  readonly untilFlat: boolean;
  readonly untilMs: number | null;
  readonly level: number;
  readonly detail: Readonly<Record<string, number | string>>;
  /** What the copies that it covers held, signed. */
  readonly held: readonly {
    readonly leader: string;
    readonly symbol: string;
    readonly leg: CheckedLeg;
    readonly quantity: string;
  }[];
}

/** What was measured of a leader. */
export interface WrittenMeasurement extends Written {
  readonly account: string;
  readonly measuredAtMs: number;
  /** Annual. */
  readonly volatility?: string;
  readonly style?: string;
  /** Of what its positions risk: whether that was told, and with a beta. */
  readonly risk?: "with-beta" | "without-beta";
  readonly correlations: Readonly<Record<string, string>>;
}

export interface WrittenEnd extends Written {
  readonly follower: string;
  readonly id: number;
  /** Kind of the event that ended it; of a command, which. */
  readonly by: string;
}

export interface WrittenCommand extends Written {
  readonly kind: string;
  readonly follower: string | null;
  readonly leader: string | null;
  readonly symbol: string | null;
}

/** Figures of an account that the copier took in. */
export interface WrittenFigures extends Written {
  readonly account: string;
  readonly equity: string;
  readonly available: string;
  /** Told with the whole account, not by its stream. */
  readonly isSnapshot: boolean;
}

/** A price that the copier took in; "" where a run began and nothing was known any more. */
export interface WrittenPrice extends Written {
  readonly symbol: string;
  /** The mark. */
  readonly price: string;
  /** Best bid and ask, where they are told. */
  readonly best?: readonly string[];
}

export interface RuleRecord {
  readonly denials: readonly WrittenDenial[];
  readonly orders: readonly WrittenOrder[];
  readonly crossings: readonly WrittenCrossing[];
  readonly stops: readonly WrittenStop[];
  readonly ends: readonly WrittenEnd[];
  readonly commands: readonly WrittenCommand[];
  readonly figures: readonly WrittenFigures[];
  readonly prices: readonly WrittenPrice[];
  /** What was given up beside an order, with its reason. */
  readonly givenUp: readonly Pick<WrittenDenial, "sequence" | "follower" | "leader" | "symbol" | "reason">[];
  readonly measured: readonly WrittenMeasurement[];
  /** Where each run of the copier began. */
  readonly starts: readonly Written[];
}
