/**
 * What the decision being made sends already. Several markets of one follower are often decided on at once (at a start, after
 * a pause), before any of it is in the state: without this each of them would have the whole room to itself. Also keeps what
 * the limits on one leg have in common, so that it is worked out once.
 */
import type { Leg } from "./event.ts";
import type { Exposure, Terms } from "./exposure.ts";
import type { Lots } from "./model/amounts.ts";
import type { Netting } from "./netting.ts";
import type { Allowance } from "./risk/allowance.ts";
import type { Copy, FollowerLeg, FollowerMarket, FollowerState } from "./state.ts";

/** Signed lots that one copy may come to hold more, or fewer. */
export interface CopyGrowth {
  readonly copy: Copy;
  readonly leg: Leg;
  readonly lots: number;
}

/** An order that goes out, or a crossing: what adds nothing to the account may add something to copies. */
interface PlannedOrder {
  readonly leg: FollowerLeg;
  /** Signed; nothing for a crossing alone. */
  readonly lots: number;
  readonly reduceOnly: boolean;
  readonly netting: Netting;
}

const NONE: readonly PlannedOrder[] = [];

export class Planned {
  /** By the follower's number. */
  readonly #byFollower: PlannedOrder[][] = [];
  /** What was granted on the leg that is being looked at, before it is known what is sent. */
  #granted: CopyGrowth[] = [];
  #account: FollowerState | null = null;
  #exposure: Exposure | null = null;
  #allowed: FollowerState | null = null;
  #allowance: Allowance | null = null;
  #valued: FollowerMarket | null = null;
  #terms: Terms | null = null;
  #levered: FollowerMarket | null = null;
  #leverage: number | null = null;
  #passed: FollowerLeg | null = null;
  #passedLots = 0;

  of(follower: FollowerState): readonly PlannedOrder[] {
    return this.#byFollower[follower.index] ?? NONE;
  }

  ofCopy(copy: Copy): readonly CopyGrowth[] {
    const planned = this.of(copy.market.follower).filter(({ leg }) => leg.market === copy.market);
    return [...planned.flatMap(growthsOf), ...this.#granted].filter((growth) => growth.copy === copy);
  }

  /** A new leg is looked at. */
  begin(): void {
    if (this.#granted.length > 0) this.#granted = [];
  }

  grant(growth: CopyGrowth): void {
    this.#granted.push(growth);
  }

  /** The same without what was granted to one copy, for another look at it. */
  without(copy: Copy): Planned {
    const others = this.decided();
    others.#granted = this.#granted.filter((growth) => growth.copy !== copy);
    return others;
  }

  /** The same without anything that is only granted yet. */
  decided(): Planned {
    const sent = new Planned();
    this.#byFollower.forEach((growths, index) => {
      sent.#byFollower[index] = growths;
    });
    return sent;
  }

  /** The leg is decided: an order of `lots` (signed) goes out, or none and something crosses. */
  add(
    leg: FollowerLeg,
    { lots, reduceOnly }: { readonly lots: number; readonly reduceOnly: boolean },
    netting: Netting,
  ): void {
    const { follower } = leg.market;
    const known = this.#byFollower[follower.index];
    const order = { leg, lots, reduceOnly, netting };
    if (known === undefined) this.#byFollower[follower.index] = [order];
    else known.push(order);
    this.#account = null;
  }

  /** The account's exposure as it was noted; null where it was not, or something was added since. */
  account(follower: FollowerState): Exposure | null {
    return this.#account === follower ? this.#exposure : null;
  }

  noteAccount(follower: FollowerState, exposure: Exposure): void {
    this.#account = follower;
    this.#exposure = exposure;
  }

  allowance(follower: FollowerState): Allowance | null {
    return this.#allowed === follower ? this.#allowance : null;
  }

  noteAllowance(follower: FollowerState, allowance: Allowance): void {
    this.#allowed = follower;
    this.#allowance = allowance;
  }

  terms(market: FollowerMarket): Terms | null {
    return this.#valued === market ? this.#terms : null;
  }

  noteTerms(market: FollowerMarket, terms: Terms): void {
    this.#valued = market;
    this.#terms = terms;
  }

  /** The leverage to have there (null: any) as it was noted; undefined where it was not. */
  leverage(market: FollowerMarket): number | null | undefined {
    return this.#levered === market ? this.#leverage : undefined;
  }

  noteLeverage(market: FollowerMarket, wanted: number | null): void {
    this.#levered = market;
    this.#leverage = wanted;
  }

  /** No limit speaks against so many lots on the leg, as things are. */
  notePassed(leg: FollowerLeg, lots: Lots): void {
    this.#passed = leg;
    this.#passedLots = lots;
  }

  /** Whether that was found of these lots, or of more. */
  hasPassed(leg: FollowerLeg, lots: Lots): boolean {
    if (this.#passed !== leg || Math.sign(this.#passedLots) !== Math.sign(lots)) return false;
    return Math.abs(lots) <= Math.abs(this.#passedLots);
  }
}

function growthsOf({ leg, lots, netting }: PlannedOrder): CopyGrowth[] {
  const moves = netting.crossing?.moves ?? [];
  const shares = netting.shares ?? [{ copy: 0, lots: Math.abs(lots) }];
  const gained = lots === 0 ? [] : shares.map((share) => ({ ...share, lots: share.lots * Math.sign(lots) }));
  return [...moves, ...gained].flatMap(({ copy: index, lots: gain }) => {
    const copy = leg.market.copies[index];
    return copy === undefined ? [] : [{ copy, leg: leg.leg, lots: gain }];
  });
}
