/** What a simulated follower's record is made of, beside its money: costs by cause, orders, and what was not known. Plain numbers. */
import type { CopySettings } from "../../analytics/copying/copy-settings.ts";

const SECOND_MS = 1_000;

export interface CountedTrade {
  readonly atMs: number;
  readonly orders: number;
  readonly value: number;
  /** Costs: what is paid more than the leader paid, each in the asset of profit. */
  readonly delay: number;
  readonly slippage: number;
  readonly fee: number;
  readonly isImpactKnown: boolean;
}

export class CopyCounts {
  readonly unlisted = new Set<string>();
  /** Of unknown size when the history begins. */
  readonly unsized = new Set<string>();
  /** Steps and minima are those of the leader's fills. */
  readonly assumed = new Set<string>();
  delay = 0;
  slippage = 0;
  fees = 0;
  funding = 0;
  orders = 0;
  ordersInRate = 0;
  tradedValue = 0;
  /** Of that, without a volume to tell the impact by. */
  impactUnknownValue = 0;
  changes = 0;
  /** At the follower's size. */
  changedValue = 0;
  orderedValue = 0;
  unlistedValue = 0;
  /** Value of changes by the length of the bars that priced them; null where none did. */
  readonly pricedBy = new Map<number | null, number>();
  /** Fees of the leader by day, at the follower's size; negative is paid. */
  readonly leaderFees: Float64Array;
  /** Profit of the leader's, by day and at the follower's size, that nobody could tell how to copy. */
  readonly leftOut: Float64Array;
  readonly #proportion: number;
  readonly #ordersPerSecond: number;
  #second = 0;
  #ordersOfSecond = 0;

  /** `proportion`: of the capitals at the beginning, follower's over leader's. */
  constructor({ ordersPerSecond }: CopySettings, proportion: number, days: number) {
    this.#ordersPerSecond = ordersPerSecond;
    this.#proportion = proportion;
    this.leaderFees = new Float64Array(days);
    this.leftOut = new Float64Array(days);
  }

  get proportion(): number {
    return this.#proportion;
  }

  leaderPaid(day: number, fee: number): void {
    this.leaderFees[day] = (this.leaderFees[day] ?? 0) + fee * this.#proportion;
  }

  /** A change of the leader's by so much value; gives it at the follower's size. */
  changed(value: number): number {
    const own = value * this.#proportion;
    this.changes += 1;
    this.changedValue += own;
    return own;
  }

  unlistedChange(value: number): void {
    this.unlistedValue += this.changed(value);
  }

  /** Profit of the leader's that is not compared. */
  leaveOut(day: number, profit: number): void {
    this.leftOut[day] = (this.leftOut[day] ?? 0) + profit * this.#proportion;
  }

  ordered(value: number): void {
    this.orderedValue += value;
  }

  priced(intervalMs: number | null, value: number): void {
    this.pricedBy.set(intervalMs, (this.pricedBy.get(intervalMs) ?? 0) + value);
  }

  funded(amount: number): void {
    this.funding += amount;
  }

  traded({ atMs, orders, value, delay, slippage, fee, isImpactKnown }: CountedTrade): void {
    this.delay += delay;
    this.slippage += slippage;
    this.fees += fee;
    this.tradedValue += value;
    if (!isImpactKnown) this.impactUnknownValue += value;
    this.#count(Math.floor(atMs / SECOND_MS), orders);
  }

  #count(second: number, orders: number): void {
    if (second !== this.#second) this.#ordersOfSecond = 0;
    this.#second = second;
    const room = Math.max(this.#ordersPerSecond - this.#ordersOfSecond, 0);
    this.#ordersOfSecond += orders;
    this.orders += orders;
    this.ordersInRate += Math.min(orders, room);
  }
}
