/**
 * Everything that can happen to the core, as plain data. Each event that the core reads is appended to the journal as it
 * stands here, so amounts are decimal strings, times are UTC milliseconds, and nothing here holds a secret.
 * Rooms 1 and 2 (connector and inbox) make these; nothing else does. Names are past tense.
 */

import type { LeaderEvidence } from "./evidence.ts";
import type { AccountId, ClientOrderId, InstrumentId, TradeId, VenueOrderId } from "./model/identifiers.ts";
import type { InstrumentSpec } from "./model/instrument.ts";
import type { TimeInForce } from "./order.ts";
import type { ReasonDetail } from "./reason.ts";
import type { Settings } from "./settings.ts";

/** Which of an account's positions in an instrument: the only one (one-way mode), or one side (hedge mode). */
export type Leg = "net" | "long" | "short";
export type Side = "buy" | "sell";
export type PositionMode = "one-way" | "hedge";
/** Of a whole account: what bears a position's losses is all of it (cross), or what was set aside for it (isolated). */
export type MarginMode = "cross" | "isolated" | "portfolio";
export type FollowedMarginMode = Exclude<MarginMode, "portfolio">;

/** One execution of an account, however it was learned. */
export interface FillReport {
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  readonly tradeId: TradeId;
  readonly venueOrderId: VenueOrderId;
  /** Our id where the order carries one of ours; absent otherwise. */
  readonly clientOrderId?: ClientOrderId;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  /** The venue's order of changes within one instrument; rises with each matching event, shared by its fills. */
  readonly sequence: number;
  readonly venueTimeMs: number;
  readonly receivedAtMs: number;
}

export interface LeaderFillReport extends FillReport {
  /** The moment of receipt on the venue's clock, where the connector knows that clock; ours may be wrong by any amount. */
  readonly receivedAtServerMs?: number;
  /** Its order rested and was taken; absent: it took, or nobody says. For attribution only. */
  readonly isMaker?: true;
}

/** One position as the venue states it, absolute. */
export interface PositionRow {
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  /** Signed: + long, - short, "0" flat. */
  readonly quantity: string;
  /** Average entry price; "" when flat. */
  readonly entryPrice: string;
  /** Decimal text, "" where the venue does not say. */
  readonly leverage: string;
  /** At which the venue would liquidate it; absent where it states none. */
  readonly liquidationPrice?: string;
  /** As in FillReport: the last matching event that this row contains; -1 when the venue never traded it. */
  readonly sequence: number;
  readonly venueTimeMs: number;
  /**
   * The position's own exits, where they are asked for and there are any: prices at which it is closed whole, and the
   * distance of a trailing stop. Exits of a part are orders of their own.
   */
  readonly takeProfit?: string;
  readonly stopLoss?: string;
  readonly trailingStop?: string;
}

/** `untriggered`: a conditional order whose price has not come yet; it is not in the book. */
export type OrderStatus = "working" | "untriggered" | "filled" | "cancelled" | "rejected";

/** What an order asks for; in journals of earlier versions all of it is absent, and the order was at market. */
export interface StatedTerms {
  /** Of a conditional order: what it becomes when it is triggered. */
  readonly orderType?: "market" | "limit";
  /** "" for an order at market. */
  readonly price?: string;
  /** "" where the order has none; it stays after triggering. */
  readonly triggerPrice?: string;
}

/** State of one order as the venue states it; `filledQuantity` is cumulative and unsigned. */
export interface OrderRow extends StatedTerms {
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  readonly side: Side;
  readonly status: OrderStatus;
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly averagePrice: string;
  /** Worth of all that filled, exactly (an average is rounded); absent where nothing has, or the venue does not say. */
  readonly filledValue?: string;
  /** Paid for all that filled; absent where the venue does not say. */
  readonly fee?: string;
  readonly reduceOnly: boolean;
  /** The venue's word for a cancellation or rejection; "" when there is none. */
  readonly venueReason: string;
  readonly venueTimeMs: number;
}

/** What makes an order an exit of its position; `order` is any other, whether it rests in the book or waits for a trigger. */
export type LeaderOrderKind = "order" | "take-profit" | "stop-loss" | "trailing-stop";

/** An order of a leader's own, as the venue states it. */
export interface LeaderOrderRow extends Required<StatedTerms> {
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  readonly venueOrderId: VenueOrderId;
  readonly orderKind: LeaderOrderKind;
  readonly side: Side;
  readonly status: OrderStatus;
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly averagePrice: string;
  readonly timeInForce: TimeInForce;
  /** Which price the trigger is compared with, and from which side it is to come; null without a trigger. */
  readonly triggerBy: "last" | "mark" | "index" | null;
  readonly triggerDirection: "rises" | "falls" | null;
  readonly reduceOnly: boolean;
  /** An exit of the position as large as it is at the time, whatever quantity is stated. */
  readonly whole?: true;
  readonly venueReason: string;
  readonly venueTimeMs: number;
}

/** Equity of an account in the settle coin; what a venue does not say is "". */
export interface EquityReport {
  readonly equity: string;
  readonly available: string;
  /** Wallet balance: equity without open profit and loss. Absent where the source does not tell it. */
  readonly balance?: string;
}

/** Why a submission was refused, in our classes; `code` and `text` are the venue's own words. */
export type RejectionClass =
  | "insufficient-margin"
  | "below-minimum"
  | "above-maximum"
  | "price-out-of-band"
  /** The price is beyond the trigger of a conditional order. */
  | "trigger-passed"
  | "reduce-only-violation"
  | "market-closed"
  | "position-mode-mismatch"
  | "leverage-too-high"
  | "account-refused"
  | "rate-limited"
  | "try-again"
  | "bad-request";

/**
 * Why an order was not cancelled or amended: it is finished, or the venue knows none (`already-gone`), nobody knows whether
 * the request was carried out (`unknown`), or the venue refused it for another reason and the order stands as it was.
 */
export interface ChangeRefusal {
  readonly class: "already-gone" | "unknown" | RejectionClass;
  readonly code: number;
  readonly text: string;
}

export interface Rejection {
  readonly class: RejectionClass;
  readonly code: number;
  readonly text: string;
}

/** Decimal strings: a position worth `limit` or less, in the settle coin, may have `maxLeverage`. */
export interface RiskTierRow {
  readonly limit: string;
  readonly maxLeverage: string;
}

export type Event =
  /** First record of each run: the random epoch that order ids of this run carry. */
  | { readonly kind: "engine-started"; readonly epoch: string; readonly atMs: number }
  /** The settings in force from here on, whole. */
  | { readonly kind: "settings-changed"; readonly settings: Settings; readonly atMs: number }
  /** Adds or replaces instruments. */
  | {
      readonly kind: "instruments-listed";
      readonly instruments: readonly InstrumentSpec[];
      readonly atMs: number;
    }
  /** All risk tiers of an instrument; earlier versions did not read them. */
  | {
      readonly kind: "risk-tiers-listed";
      readonly instrument: InstrumentId;
      readonly tiers: readonly RiskTierRow[];
      readonly atMs: number;
    }
  | ({ readonly kind: "leader-filled" } & LeaderFillReport)
  | ({ readonly kind: "follower-filled" } & FillReport)
  | FundingSettled
  | PositionReported<"leader-position-reported">
  | PositionReported<"follower-position-reported">
  | SnapshotTaken<"leader-snapshot-taken">
  | SnapshotTaken<"follower-snapshot-taken">
  /** Modes and leverage of one instrument on one account, also when flat. */
  | {
      readonly kind: "market-described";
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly mode: PositionMode;
      readonly leverage: string;
      readonly atMs: number;
    }
  | ({ readonly kind: "equity-reported"; readonly account: AccountId; readonly atMs: number } & EquityReport)
  /** The venue took the order (it may be filled already; that comes by order and fill reports). */
  | {
      readonly kind: "order-accepted";
      readonly account: AccountId;
      readonly clientOrderId: ClientOrderId;
      readonly venueOrderId: VenueOrderId;
      readonly atMs: number;
    }
  /** The venue certainly did not take the order. */
  | {
      readonly kind: "order-rejected";
      readonly account: AccountId;
      readonly clientOrderId: ClientOrderId;
      readonly rejection: Rejection;
      readonly atMs: number;
    }
  /** Nobody knows whether the venue took the order: to be looked up. */
  | {
      readonly kind: "order-outcome-unknown";
      readonly account: AccountId;
      readonly clientOrderId: ClientOrderId;
      readonly cause: string;
      /** On the venue's clock: from then on it does not act on the request any more. Absent when nobody knows. */
      readonly expiresAtServerMs?: number;
      readonly atMs: number;
    }
  /** State of an order by stream or look-up. */
  | {
      readonly kind: "order-reported";
      readonly account: AccountId;
      readonly order: OrderRow;
      readonly atMs: number;
    }
  /** A cancellation that was not carried out, or whose fate nobody knows. One that succeeds is an `order-reported`. */
  | OrderChangeRefused<"order-cancel-refused">
  /** The same for an amendment. */
  | OrderChangeRefused<"order-amend-refused">
  /** An order of a leader's own, where these are asked for: most leaders' are not, so that the journal does not grow by them. */
  | {
      readonly kind: "leader-order-reported";
      readonly account: AccountId;
      readonly order: LeaderOrderRow;
      readonly atMs: number;
    }
  /** A look-up found nothing; an answer only once `serverTimeMs` has passed the request's window. */
  | {
      readonly kind: "order-not-found";
      readonly account: AccountId;
      readonly clientOrderId: ClientOrderId;
      readonly serverTimeMs: number;
      readonly atMs: number;
    }
  | {
      readonly kind: "leverage-set";
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly leverage: string;
      readonly atMs: number;
    }
  | {
      readonly kind: "leverage-refused";
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly leverage: string;
      readonly rejection: Rejection;
      readonly atMs: number;
    }
  | {
      readonly kind: "margin-mode-set";
      readonly account: AccountId;
      readonly marginMode: FollowedMarginMode;
      readonly atMs: number;
    }
  | {
      readonly kind: "margin-mode-refused";
      readonly account: AccountId;
      readonly marginMode: FollowedMarginMode;
      readonly rejection: Rejection;
      readonly atMs: number;
    }
  /** A look-up, market query or leverage request got no usable answer; ask again after a pause. */
  | {
      readonly kind: "question-failed";
      readonly account: AccountId;
      readonly question: "look-up" | "describe-market" | "set-leverage" | "set-margin-mode" | "snapshot";
      readonly subject: string;
      readonly cause: string;
      readonly atMs: number;
    }
  /** `up` once the private stream is authenticated and subscribed, `down` when it is lost. */
  | {
      readonly kind: "connection-changed";
      readonly account: AccountId;
      readonly state: "up" | "down";
      readonly cause: string;
      readonly atMs: number;
    }
  /** The venue refuses the account itself (revoked key, withdrawal right, wrong secret): it is halted. */
  | {
      readonly kind: "account-refused";
      readonly account: AccountId;
      readonly cause: string;
      readonly atMs: number;
    }
  /** What had halted followers for this cause is over; other halts stay. */
  | { readonly kind: "halts-released"; readonly cause: string; readonly atMs: number }
  /** Conflated per instrument. */
  | {
      readonly kind: "price-updated";
      readonly instrument: InstrumentId;
      readonly bid: string;
      readonly ask: string;
      readonly mark: string;
      readonly atMs: number;
      /** When it stood so, by the venue's clock; absent where that does not say. */
      readonly venueTimeMs?: number;
    }
  /** A leader's record was measured anew. */
  | {
      readonly kind: "evidence-updated";
      readonly account: AccountId;
      readonly evidence: LeaderEvidence;
      readonly atMs: number;
    }
  | { readonly kind: "clock-ticked"; readonly atMs: number }
  | { readonly kind: "command-issued"; readonly command: Command; readonly atMs: number };

export interface OrderChangeRefused<Kind extends string> {
  readonly kind: Kind;
  readonly account: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly refusal: ChangeRefusal;
  readonly atMs: number;
}

/** Funding of one position: of a follower, ours and its owner's together; of a leader, where its venue tells it, for attribution only. */
export interface FundingSettled {
  readonly kind: "funding-settled";
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  readonly tradeId: TradeId;
  /** Signed, in the settle coin: + received, - paid. */
  readonly payment: string;
  readonly venueTimeMs: number;
  readonly atMs: number;
}

export interface PositionReported<Kind extends string> {
  readonly kind: Kind;
  readonly account: AccountId;
  readonly position: PositionRow;
  readonly receivedAtMs: number;
}

/** The whole of an account by request: instruments that are not listed are flat. */
export interface SnapshotTaken<Kind extends string> {
  readonly kind: Kind;
  readonly account: AccountId;
  readonly positions: readonly PositionRow[];
  /** Open orders of the account with an id of ours, those that wait for a trigger too. */
  readonly orders: readonly OrderRow[];
  /** How many open orders of the account are not ours; absent where the source does not tell it. */
  readonly foreignOrders?: number;
  /** Executions from before it are still being read: what differs may be an order of ours that nobody has told of; absent: none are. */
  readonly awaitsExecutions?: true;
  /** From when on executions may not have been told yet, on the venue's clock: a later run reads on from there; absent: all are. */
  readonly untoldSinceMs?: number;
  /** A leader's own open orders, where these are followed; absent otherwise. */
  readonly leaderOrders?: readonly LeaderOrderRow[];
  /** Of the account, where it is asked for and the venue tells one of these; absent otherwise. */
  readonly marginMode?: MarginMode;
  readonly equity: EquityReport;
  /** The server's clock when it answered the first request of the snapshot. */
  readonly serverTimeMs: number;
  readonly requestedAtMs: number;
  readonly receivedAtMs: number;
}

export type Command =
  /** Increases stop, reductions go on. No account means every follower. */
  | { readonly kind: "pause"; readonly account?: AccountId }
  | { readonly kind: "resume"; readonly account?: AccountId }
  /** Close what we own (in one instrument or all) and do not buy it again: the leader's present size is waived. */
  | { readonly kind: "close"; readonly account: AccountId; readonly symbol?: string }
  /** What is stopped or was given up there is wanted again: of all copies of the account, or those of one leader or instrument. */
  | {
      readonly kind: "release";
      readonly account: AccountId;
      readonly leader?: AccountId;
      readonly symbol?: string;
    }
  /**
   * Everything that is ours is closed, on every follower, on one, or what copies one leader, and nothing is bought there
   * before `resume` or `release`.
   */
  | { readonly kind: "panic"; readonly account?: AccountId; readonly leader?: AccountId }
  /**
   * Of the engine itself: something that was found of `leader`'s record stops its copies. `pause`: they do not grow. `close`: they
   * are closed besides. `replace`: the same, and the best of `replacements` takes its place. It stands until a release.
   */
  | {
      readonly kind: "stop";
      readonly account: AccountId;
      readonly leader: AccountId;
      readonly action: "pause" | "close" | "replace";
      /** Absent: those of the relation's stop_loss. */
      readonly replacements?: readonly AccountId[];
      /** What was found, with its numbers. */
      readonly detail: ReasonDetail;
    }
  /**
   * Of the engine itself: who takes the place of `leader`, whose relation was stopped to be replaced; null where nobody named
   * has a fresh score.
   */
  | {
      readonly kind: "replace";
      readonly account: AccountId;
      readonly leader: AccountId;
      readonly by: AccountId | null;
      readonly score?: string;
    }
  /** The owner's answer to a proposal (approval.ts). `target`, signed, is what was seen: more is not approved. */
  | {
      readonly kind: "approve";
      readonly account: AccountId;
      readonly proposal: number;
      readonly target: string;
    }
  | { readonly kind: "decline"; readonly account: AccountId; readonly proposal: number };

export type EventKind = Event["kind"];
/** Every kind there is. */
export const EVENT_KINDS: Readonly<Record<EventKind, true>> = {
  "engine-started": true,
  "settings-changed": true,
  "instruments-listed": true,
  "risk-tiers-listed": true,
  "leader-filled": true,
  "follower-filled": true,
  "funding-settled": true,
  "leader-position-reported": true,
  "follower-position-reported": true,
  "leader-snapshot-taken": true,
  "follower-snapshot-taken": true,
  "market-described": true,
  "equity-reported": true,
  "order-accepted": true,
  "order-rejected": true,
  "order-outcome-unknown": true,
  "order-reported": true,
  "order-cancel-refused": true,
  "order-amend-refused": true,
  "leader-order-reported": true,
  "order-not-found": true,
  "leverage-set": true,
  "leverage-refused": true,
  "margin-mode-set": true,
  "margin-mode-refused": true,
  "question-failed": true,
  "connection-changed": true,
  "account-refused": true,
  "halts-released": true,
  "price-updated": true,
  "evidence-updated": true,
  "clock-ticked": true,
  "command-issued": true,
};

export type EventOf<Kind extends EventKind> = Extract<Event, { readonly kind: Kind }>;

/** When it was known to the engine. */
export function timeOf(event: Event): number {
  return "atMs" in event ? event.atMs : event.receivedAtMs;
}
