/**
 * What the guards measure from: kept with the account, moved on by events alone (never by deciding), so that a replay and a
 * restart find the same. All amounts are decimal texts in the settle coin; null is not measured yet.
 */

import { netOf, profitOf, worthOf } from "../ledger.ts";
import { Decimal } from "../model/decimal.ts";
import type { AccountId, AllocationId } from "../model/identifiers.ts";
import { markTicks } from "../quotes.ts";
import type { Copy, FollowerState, State } from "../state.ts";
import type { AccountGuards } from "./guard-settings.ts";

const DAY_MS = 86_400_000;

export interface AccountWatch {
  /** What the marks have moved the account by since its last equity report. */
  drift: string;
  /** Day in UTC that `daily` belongs to. */
  day: number;
  /** Equity that the loss tiers count from. */
  tiers: string | null;
  /** First equity of the day. */
  daily: string | null;
  /** Largest equity. */
  peak: string | null;
}

export interface RelationWatch {
  readonly allocation: AllocationId;
  readonly leader: AccountId;
  /** An equal part of the follower's equity when the relation began. */
  capital: string | null;
  /** Profit that the loss counts from, and the best since. */
  base: string | null;
  peak: string | null;
}

export function emptyWatch(): AccountWatch {
  return { drift: "0", day: -1, tiers: null, daily: null, peak: null };
}

/** The last equity report and what the marks moved since; null while it is not known in this run. */
export function equityNow({ venue, confirmedAtMs, equity, watch }: FollowerState): Decimal | null {
  if (venue === null || confirmedAtMs === 0 || equity === null) return null;
  const reported = Decimal.tryParse(equity);
  return reported === undefined ? null : reported.plus(Decimal.parse(watch.drift));
}

/** A report tells all that the marks moved so far. */
export function noteEquity(state: State, follower: FollowerState): void {
  follower.watch.drift = "0";
  for (const market of follower.markets.values()) {
    const ticks = markTicks(state, market.instrument);
    for (const leg of market.legs) leg.marked = ticks === null ? null : { lots: leg.venue.lots, ticks };
  }
}

/** Takes in what the marks moved everything that the account holds, whoever's it is, and moves on what is measured from. */
export function observe(state: State, follower: FollowerState): void {
  followMarks(state, follower);
  const equity = equityNow(follower);
  if (equity !== null) followEquity(state, follower, equity);
  followPositions(follower);
  followRelations(state, follower, equity);
}

function followMarks(state: State, follower: FollowerState): void {
  let drift = Decimal.zero;
  for (const market of follower.markets.values()) {
    for (const leg of market.legs) {
      if (leg.marked === null && leg.venue.lots === 0) continue;
      const ticks = markTicks(state, market.instrument);
      if (ticks === null) continue;
      const { marked } = leg;
      if (marked !== null && marked.lots !== 0 && marked.ticks !== ticks)
        drift = drift.plus(worthOf(market.instrument, marked.lots, ticks - marked.ticks));
      leg.marked = { lots: leg.venue.lots, ticks };
    }
  }
  if (!drift.isZero) follower.watch.drift = Decimal.parse(follower.watch.drift).plus(drift).toString();
}

function followEquity(state: State, follower: FollowerState, equity: Decimal): void {
  const { watch } = follower;
  const tiers = guardsOf(state, follower)?.tiers ?? null;
  const day = Math.floor(state.nowMs / DAY_MS);
  if (day !== watch.day) {
    watch.day = day;
    watch.daily = null;
    if (tiers?.reference === "day") watch.tiers = null;
  }
  watch.daily ??= equity.toString();
  watch.peak = larger(watch.peak, equity);
  watch.tiers =
    tiers?.reference === "peak" ? larger(watch.tiers, equity) : (watch.tiers ?? equity.toString());
}

export function guardsOf(state: State, { account }: FollowerState) {
  return state.guards.get(account) ?? null;
}

/**
 * The loss tiers count from something else now: from the day's first equity or the largest one, as they are known. Where they count
 * from the start again, that is what they counted from last: a loss that was counted is not forgotten.
 */
export function followReference(
  { guards }: Pick<State, "guards">,
  { account, watch }: FollowerState,
  before: ReadonlyMap<AccountId, AccountGuards>,
): void {
  const reference = guards.get(account)?.tiers?.reference ?? "start";
  if (reference === (before.get(account)?.tiers?.reference ?? "start")) return;
  if (reference === "day") watch.tiers = watch.daily;
  if (reference === "peak") watch.tiers = watch.peak;
}

/** The most that was in a position since it opened. */
function followPositions(follower: FollowerState): void {
  for (const { copies } of follower.markets.values()) {
    for (const copy of copies) {
      if (copy.opened === null || copy.allocation.guards.positionStop === null) continue;
      const put = netOf(copy.ledger).minus(Decimal.parse(copy.opened.base)).absolute();
      copy.opened.cost = larger(copy.opened.cost, put);
    }
  }
}

function followRelations(state: State, follower: FollowerState, equity: Decimal | null): void {
  for (const copies of relationsOf(follower)) {
    const [first] = copies;
    if (first === undefined) continue;
    const profit = profitOfAll(state, copies);
    if (profit === null) continue;
    const watch = relationWatch(follower, first);
    if (watch.capital === null && equity !== null) watch.capital = partOf(state, follower, equity);
    watch.base ??= profit.toString();
    watch.peak = larger(watch.peak, profit);
  }
}

/** The copies of one follower whose relation has a stop, by relation. */
export function relationsOf({ markets }: FollowerState): Copy[][] {
  const found = new Map<AllocationId, Copy[]>();
  for (const { copies } of markets.values()) {
    for (const copy of copies) {
      if (copy.allocation.guards.stopLoss === null) continue;
      const known = found.get(copy.allocation.id);
      if (known === undefined) found.set(copy.allocation.id, [copy]);
      else known.push(copy);
    }
  }
  return [...found.values()];
}

/** Null while the price of something that they hold is not known. */
export function profitOfAll(state: State, copies: readonly Copy[]): Decimal | null {
  let sum = Decimal.zero;
  for (const copy of copies) {
    const profit = profitOf(state, copy);
    if (profit === null) return null;
    sum = sum.plus(profit);
  }
  return sum;
}

function relationWatch(follower: FollowerState, { allocation, leader }: Copy): RelationWatch {
  const known = follower.relations.find((one) => one.allocation === allocation.id);
  if (known !== undefined) return known;
  const made: RelationWatch = {
    allocation: allocation.id,
    leader: leader.account,
    capital: null,
    base: null,
    peak: null,
  };
  follower.relations.push(made);
  return made;
}

const CENTS = 2;

function partOf({ settings }: State, { account }: FollowerState, equity: Decimal): string {
  const relations = settings.allocations.filter(({ follower }) => follower === account).length;
  return equity.dividedBy(Decimal.of(BigInt(Math.max(relations, 1)), 0), CENTS, "towards-zero").toString();
}

function larger(known: string | null, value: Decimal): string {
  return known !== null && Decimal.parse(known).compare(value) >= 0 ? known : value.toString();
}

/** The account is another one from now on, or begins anew. */
export function measureAllAnew(follower: FollowerState): void {
  follower.watch = emptyWatch();
  follower.relations = [];
  for (const market of follower.markets.values()) {
    for (const leg of market.legs) leg.marked = null;
    for (const copy of market.copies) copy.opened = null;
  }
}
