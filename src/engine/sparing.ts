/**
 * What need not be decided while nothing can be written: events that lead to no reduction. Prices and equity steer increases
 * only (the marks that guards need are told beside this), and a snapshot that shows what the one before showed confirms it for increases only.
 */
import type { Event } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";

export class Sparing {
  readonly #shown = new Map<AccountId, string>();

  /** True when the event may be left out; it is healed by the next of its kind, a price by being told again once there is room. */
  mayMiss(event: Event): boolean {
    if (event.kind === "price-updated" || event.kind === "equity-reported") return true;
    if (event.kind !== "leader-snapshot-taken" && event.kind !== "follower-snapshot-taken") return false;
    const shows = JSON.stringify([event.positions, event.orders, event.awaitsExecutions === true]);
    const isKnown = this.#shown.get(event.account) === shows;
    this.#shown.set(event.account, shows);
    return isKnown;
  }

  /** An event of the account was decided that is no snapshot: its next one is looked at. */
  forget(account: AccountId): void {
    this.#shown.delete(account);
  }

  forgetAll(): void {
    this.#shown.clear();
  }
}
