/**
 * What the independent checker reads, as plain JSON: the venue's history of each account, the settings in force, and the
 * outcomes and intents that the copier recorded. Quantities and prices are decimal strings, times UTC milliseconds.
 * Whoever runs a copier (simulator, kill tests, replay) fills this in from the venue's own record.
 */

import type { RuleRecord } from "./rules/record.ts";

export type CheckedLeg = "net" | "long" | "short";

export interface CheckedInstrument {
  readonly symbol: string;
  readonly quantityStep: string;
  readonly minQuantity: string;
  /** "0" when there is none. */
  readonly minNotional: string;
  readonly maxMarketQuantity: string;
  readonly tickSize: string;
  readonly trading: boolean;
}

export interface CheckedPosition {
  readonly symbol: string;
  readonly leg: CheckedLeg;
  /** Signed. */
  readonly quantity: string;
}

export interface CheckedFill {
  readonly symbol: string;
  readonly leg: CheckedLeg;
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly price: string;
  readonly atMs: number;
  /** "" for what the account's owner did. */
  readonly clientOrderId: string;
  /** Paid; absent where the venue records none. */
  readonly fee?: string;
}

/** Nothing is unfilled of an order that is over. */
export interface CheckedWaiting {
  readonly orderId: string;
  readonly symbol: string;
  readonly leg: CheckedLeg;
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly atMs: number;
}

/** An account's money by the venue's own record, in the settle coin. */
export interface CheckedMoney {
  readonly deposited: string;
  /** Wallet balance at the end. */
  readonly wallet: string;
  /** Positive = received. */
  readonly fundings: readonly { readonly symbol: string; readonly payment: string }[];
  /** What is open at the end, at the venue's mark. */
  readonly open: readonly {
    readonly symbol: string;
    readonly mark: string;
    readonly unrealised: string;
  }[];
}

/** Figures of an account at a moment; what sizing does not ask for may be absent. */
export interface CheckedFigures {
  readonly atMs: number;
  readonly equity: string;
  readonly balance?: string;
  readonly available?: string;
}

/** One order request that the venue received, or that is known to have been lost. */
export interface CheckedRequest {
  readonly action: "create" | "amend" | "cancel";
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly leg: CheckedLeg;
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly reduceOnly: boolean;
  /** It waits in the book for its price. */
  readonly rests?: boolean;
  readonly outcome: "accepted" | "rejected" | "lost";
  readonly atMs: number;
}

export interface CheckedAccount {
  readonly account: string;
  readonly mode: "one-way" | "hedge";
  /** What it holds at the end. */
  readonly positions: readonly CheckedPosition[];
  /** What it held before the first of `fills`. */
  readonly held: readonly CheckedPosition[];
  /** In the venue's order. */
  readonly fills: readonly CheckedFill[];
  readonly requests: readonly CheckedRequest[];
  /** What was unfilled of each of its own orders that wait to open, from a time on, in order; absent: it had none. */
  readonly waited?: readonly CheckedWaiting[];
  /** Every equity that it had, in order; needed for sizing by capital only. */
  readonly equities: readonly CheckedFigures[];
  /** How much its record was said to swing, in order; needed for leaders under sizing by volatility only. */
  readonly volatilities?: readonly { readonly atMs: number; readonly volatility: string }[];
  /** Absent where money is not judged. */
  readonly money?: CheckedMoney;
}

export interface CheckedAllocation {
  readonly leader: string;
  readonly follower: string;
  readonly sizing:
    | "multiplier"
    | "equity-proportional"
    | "fixed-notional"
    | "fixed-quantity"
    | "volatility-target";
  /** Multiplier (1 under the other rules) and scaling. */
  readonly multiplier: string;
  readonly scaling: string;
  /** Which of the follower's figures stands against the leader's; equity when absent. */
  readonly capital?: "equity" | "balance" | "free-margin" | "fixed-sum";
  /** The fixed sum, notional or quantity. */
  readonly amount?: string;
  /** How far a size by figures may be from what they say now, as a share; absent under the other rules. */
  readonly band?: string;
  /** What a volatility target aims at, its largest factor, and how old a measurement may be. */
  readonly target?: { readonly volatility: string; readonly factorMax: string; readonly maxAgeMs: number };
  readonly minimumPolicy: "accumulate" | "skip" | "round-up";
  /** How much larger than wanted a rounded-up order may be; "0" under the other policies. */
  readonly excessMax: string;
  /** `*` stands for any letters; null: all. */
  readonly symbols: readonly string[] | null;
  /** Symbols not to copy, whatever else is said; absent: none. */
  readonly denied?: readonly string[];
  /** Of the leader's positions; absent: both. */
  readonly side?: "both" | "long" | "short";
  /** Holds the opposite. */
  readonly inverse?: boolean;
  /** What else is stated; absent: none of it. */
  readonly rules?: CheckedRules;
  readonly copyExisting: boolean;
  /** Absent: not judged. */
  readonly leverageMax?: string;
  /** Whether large changes are worked in slices; absent: they are not. */
  readonly works?: boolean;
  /** Whether increases wait for the owner's approval; absent: they do not. */
  readonly asksFirst?: boolean;
  /** Whether orders of the leader's that wait to open wait here too, and may fill before the leader's. */
  readonly copiesPending?: boolean;
  /** Whether these settings held all the time; what changed meanwhile is judged by the versions, and else not at all. */
  readonly constant: boolean;
}

/** Rules of one allocation; null and false mean that a rule is not stated. */
export interface CheckedRules {
  readonly hours: readonly CheckedHours[] | null;
  readonly positionsMax: number | null;
  readonly followerPositionsMax: number | null;
  readonly slippageBpsMax: string | null;
  readonly onRunaway: "skip" | "rest" | "take";
  readonly entryDelayMaxMs: number | null;
  readonly notWorse: boolean;
  readonly copyStops: boolean;
  readonly exitParity: boolean;
  readonly stopMode: "close" | "leave" | "with-leader";
  readonly orderMost: string | null;
  readonly symbolMost: string | null;
  readonly leaderMost: string | null;
  readonly leverageMax: string;
  readonly stopLoss: { readonly share: string; readonly coolOffMs: number | null } | null;
  readonly positionStop: { readonly share: string; readonly coolOffMs: number | null } | null;
}

/** Minutes of the day in UTC; `days` (0 is Sunday) on which it begins. Ends before `toMinute`, perhaps on the next day. */
export interface CheckedHours {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** An allocation as it was in force for a time, both ends included. */
export interface CheckedVersion {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly allocation: CheckedAllocation;
}

/** What is watched on an account; absent: not. */
export interface CheckedGuards {
  readonly follower: string;
  /** When they were in force, both ends included; absent: all the time. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  readonly tiers?: {
    readonly losses: readonly string[];
    readonly reference: "start" | "day" | "peak";
  };
  readonly dailyLoss?: { readonly kind: "share" | "amount"; readonly value: string };
  readonly drawdown?: { readonly kind: "share" | "amount"; readonly value: string };
  readonly liquidation?: boolean;
}

/**
 * Limits of a follower's account: gross values over equity, and orders that add risk. Absent: none, or none that is checked.
 */
export interface CheckedLimits {
  readonly follower: string;
  /** When they were in force, both ends included; absent: all the time. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** Times equity, as decimal strings. */
  readonly portfolio?: string;
  readonly symbol?: string;
  /** The copies of one leader. */
  readonly leader?: string;
  /** How each of them counts; absent: gross. */
  readonly measures?: Partial<Record<"portfolio" | "symbol" | "leader", "gross" | "net" | "margin">>;
  /** Gross, of all positions. */
  readonly leverage?: string;
  /** Of one sector's positions, of what the portfolio may have. */
  readonly sector?: string;
  /** The copies of leaders of one style; gross. */
  readonly strategy?: string;
  /** How closely leaders of whom something is held may move together. */
  readonly correlation?: string;
  /** What all copies together may risk, by measure: shares of equity, as decimal strings. */
  readonly risk?: Readonly<Record<string, string>>;
  /** How old a measurement may be for these three, and whether they refuse without one; absent: they do not. */
  readonly evidenceMaxAgeMs?: number;
  readonly withoutEvidence?: "off" | "deny";
  readonly ordersPerMinute?: number;
  /** Share of equity that stays free; the venue's own figures are not looked at here. */
  readonly freeMargin?: string;
}

/** What a leader change led to for one follower, as the copier recorded it. */
export interface CheckedOutcome {
  readonly change: number;
  readonly leader: string;
  readonly follower: string;
  readonly symbol: string;
  readonly leg: CheckedLeg;
  readonly changedBy: string;
  readonly leaderHolds: string;
  /** When the copier received it. */
  readonly atMs: number;
  /** When the copier worked it off, which may be after what it received later; absent: at once. */
  readonly learnedMs?: number;
  /** When its reason was given; absent: not known. */
  readonly deniedAtMs?: number;
  /** When what was read of the account that a reason calls stale was asked for, last in that run; absent: not known. */
  readonly readAtMs?: number;
  readonly orders: readonly string[];
  /** "" when orders explain it. */
  readonly reason: string;
  readonly detail: Readonly<Record<string, number | string>>;
}

export interface CheckedIntent {
  readonly clientOrderId: string;
  readonly follower: string;
  readonly symbol: string;
  /** By the copier's clock; absent where that is not known. */
  readonly decidedAtMs?: number;
}

/** What of an account's position is held for one leader, by the copier's own record at the end. */
export interface CheckedVirtual {
  /** "" for what is held for nobody. */
  readonly leader: string;
  readonly follower: string;
  readonly symbol: string;
  readonly leg: CheckedLeg;
  /** Signed. */
  readonly quantity: string;
}

/** What a leader's copies in one instrument brought in and cost, by the copier's own record at the end. */
export interface CheckedBook {
  readonly leader: string;
  readonly follower: string;
  readonly symbol: string;
  /** Received for sales less paid for purchases, with what changed hands between leaders. */
  readonly cash: string;
  readonly fees: string;
  readonly funding: string;
  /** Worth of what an owner or a liquidation took. */
  readonly taken: string;
  /** At `price`; "" where no price is known. */
  readonly profit: string;
  readonly price: string;
}

/** A reason that a status shows at the end. */
export interface StandingReason {
  readonly follower: string;
  readonly symbol: string;
  readonly reason: string;
}

export interface Evidence {
  readonly instruments: readonly CheckedInstrument[];
  /** Symbols whose terms change: only what does not depend on them is judged there. */
  readonly changing?: readonly string[];
  readonly allocations: readonly CheckedAllocation[];
  readonly leaders: readonly CheckedAccount[];
  readonly followers: readonly CheckedAccount[];
  /** Of each follower's account, all that were in force at some time. */
  readonly limits?: readonly CheckedLimits[];
  readonly outcomes: readonly CheckedOutcome[];
  readonly intents: readonly CheckedIntent[];
  /** Those of them that a power cut took from the record: until the venue tells of their executions they are nobody's. */
  readonly lostIntents?: readonly CheckedIntent[];
  readonly standing: readonly StandingReason[];
  /** Absent where the copier records none. */
  readonly virtual?: readonly CheckedVirtual[];
  /** Absent where money is not judged. */
  readonly books?: readonly CheckedBook[];
  /** What owners told the copier. */
  readonly commands: readonly {
    readonly kind:
      | "pause"
      | "resume"
      | "close"
      | "release"
      | "approve"
      | "decline"
      | "panic"
      | "stop"
      | "replace";
    readonly follower: string | null;
    /** Absent: at any time. */
    readonly atMs?: number;
    /** Of what it is about; absent: of all. */
    readonly symbol?: string;
  }[];
  /** Followers whose losses are watched: what they hold may be cut or stopped. */
  readonly guarded?: readonly string[];
  readonly guards?: readonly CheckedGuards[];
  /** Allocations with the times in which they were in force; absent: as they are at the end, all the time. */
  readonly versions?: readonly CheckedVersion[];
  /** What the copier wrote of rules, limits and guards; absent where no run draws them. */
  readonly record?: RuleRecord;
  /** Whether the owner has limits of their own. */
  readonly ownLimits?: boolean;
  /** Price of each symbol over time, in order; empty when not known. */
  readonly prices: readonly { readonly symbol: string; readonly atMs: number; readonly price: string }[];
  /** Followers that were halted at some time. */
  readonly halted: readonly string[];
  /** When the copier began anew, by its own clock; it knows no price then. Absent: not known. */
  readonly starts?: readonly number[];
  /** When it wrote down settings that it was told, by its own clock; absent: not known. */
  readonly settledMs?: readonly number[];
  /** Whether data may have gone stale: connections or reads failed for long. */
  readonly outages: boolean;
  /** After how long without a read something is stale; absent: not known. */
  readonly staleAfterMs?: { readonly leader: number; readonly follower: number };
  /** What differs by timing alone is given this long: the copier's staleness limit and the life of a request. */
  readonly slackMs: number;
  /** By how much the copier's clock may have differed from that of what it is compared with; absent: not at all. */
  readonly clockOffMaxMs?: number;
}

export interface Violation {
  readonly rule:
    | "off-target"
    | "doubled"
    | "past-target"
    | "without-intent"
    | "unexplained"
    | "explained-twice"
    | "broken-chain"
    | "foreign-touched"
    | "past-limit"
    | "not-reduce-only"
    | "below-minimum"
    | "impossible-reason"
    | "rule-broken"
    | "guard-silent"
    | "guard-wrong"
    | "stop-ended"
    | "stop-ignored"
    | "not-reduced"
    | "stop-loosened"
    | "stops-doubled"
    | "virtual-sum"
    | "virtual-off-target"
    | "money-missing"
    | "money-sum"
    | "money-taken"
    | "money-profit"
    | "money-total";
  readonly subject: string;
  readonly numbers: string;
}

/** Orders of the copier carry this mark. */
export function isOurs(clientOrderId: string): boolean {
  return /^ct[0-9a-z]{22}$/.test(clientOrderId);
}
