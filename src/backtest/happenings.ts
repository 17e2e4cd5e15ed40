/** Counts what happens in a backtest, from what the engine is told and decides: orders, fills, fees, funding, reasons, liquidations. */
import type { Decision } from "../core/decision.ts";
import type { Event, FillReport } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { ReasonKind } from "../core/reason.ts";
import type { EngineObserver } from "../engine/observer.ts";

/** Amounts are in the settle coin. */
export interface Happenings {
  readonly leaderFills: number;
  readonly orders: number;
  readonly rejections: number;
  readonly fills: number;
  /** Value of all fills, both ways. */
  readonly traded: number;
  readonly fees: number;
  /** Received; negative is paid. */
  readonly funding: number;
  /** Fills of no order of ours: the venue took the position. */
  readonly liquidations: number;
  /** Leaders' changes that led to no order, by reason. */
  readonly reasons: Readonly<Partial<Record<ReasonKind, number>>>;
  readonly events: number;
}

export interface CopiedFill {
  readonly atMs: number;
  readonly instrument: string;
  readonly leg: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
}

export class HappeningsCounter implements EngineObserver {
  readonly #follower: AccountId;
  readonly #onFill: (fill: CopiedFill) => void;
  readonly #reasons = new Map<ReasonKind, number>();
  readonly #sums = { leaderFills: 0, orders: 0, rejections: 0, fills: 0, traded: 0, fees: 0, funding: 0 };
  #liquidations = 0;
  #events = 0;

  constructor(follower: AccountId, onFill: (fill: CopiedFill) => void) {
    this.#follower = follower;
    this.#onFill = onFill;
  }

  get happenings(): Happenings {
    return {
      ...this.#sums,
      liquidations: this.#liquidations,
      reasons: Object.fromEntries(this.#reasons),
      events: this.#events,
    };
  }

  decided(event: Event, { orders, denials }: Decision): void {
    this.#events += 1;
    this.#sums.orders += orders.length;
    for (const { reason, changes } of denials)
      if (changes.length > 0) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + changes.length);
    switch (event.kind) {
      case "leader-filled":
        this.#sums.leaderFills += 1;
        return;
      case "follower-filled":
        if (event.account === this.#follower) this.#filled(event);
        return;
      case "funding-settled":
        this.#sums.funding += Number(event.payment);
        return;
      case "order-rejected":
        this.#sums.rejections += 1;
        return;
      default:
        return;
    }
  }

  failed(error: Error): void {
    throw error;
  }

  #filled({ clientOrderId, instrument, leg, side, quantity, price, fee, venueTimeMs }: FillReport): void {
    this.#sums.fills += 1;
    this.#sums.traded += Number(quantity) * Number(price);
    this.#sums.fees += Number(fee);
    if (clientOrderId === undefined) this.#liquidations += 1;
    this.#onFill({ atMs: venueTimeMs, instrument, leg, side, quantity, price, fee });
  }
}
