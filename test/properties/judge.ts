/**
 * Holds every decision against the limits in force. What an account holds is read from the venue's own books and the figures
 * that were told, never from the core's sums; what one leader's copy holds is known to the core alone, and is added up anew here.
 */
import type { Decision } from "../../src/core/decision.ts";
import type { Leg } from "../../src/core/event.ts";
import { leverageOf } from "../../src/core/exposure.ts";
import { barOf } from "../../src/core/guard/stop.ts";
import type { AccountId } from "../../src/core/model/identifiers.ts";
import { sectorOf } from "../../src/core/model/sectors.ts";
import type { ApprovedOrder } from "../../src/core/order.ts";
import { REASONS, type ReasonKind } from "../../src/core/reason.ts";
import type { ExposureLimit, ExposureMeasure, RiskLimits } from "../../src/core/risk-settings.ts";
import { isWithin } from "../../src/core/shape/trading-hours.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerMarket,
  type FollowerState,
  filledLots,
  isOpen,
  type LeaderState,
  type State,
  type WorkingOrder,
} from "../../src/core/state.ts";
import { leastOf, legTarget } from "../../src/core/target.ts";
import { judgeLosses } from "./judge-losses.ts";
import { symbolOf, type VenueAccount } from "./venue-account.ts";

export interface Breach {
  readonly rule: string;
  readonly numbers: string;
}

export interface Judged {
  readonly state: State;
  readonly decision: Decision;
  readonly accounts: ReadonlyMap<AccountId, VenueAccount>;
  /** As the core was told it last, in USDT. */
  readonly equity: ReadonlyMap<AccountId, number>;
  /** When increases went out while their rate was limited, this decision's not among them. */
  readonly increasesAtMs: ReadonlyMap<AccountId, number[]>;
}

/** A lot at a tick is so many millionths of a USDT. */
const UNITS = 100;
const ROUNDING = 2;
const LIMITS_BY_REASON: ReadonlySet<ReasonKind> = new Set<ReasonKind>([
  "portfolio-exposure",
  "leader-exposure",
  "strategy-exposure",
  "symbol-exposure",
  "portfolio-leverage",
  "sector-concentration",
  "margin-reserve",
  "order-rate",
  "correlation-limit",
  "portfolio-risk",
  "order-cap",
  "symbol-cap",
  "leader-cap",
  "max-positions",
  "leverage-above-cap",
  "stopped",
  "cut",
]);

/** Puts the decision's orders into the venue's books, and looks at each with all of them under way. */
export function judgeDecision(judged: Judged): Breach[] {
  const { decision } = judged;
  if (decision.orders.length === 0 && decision.crossings.length === 0 && decision.denials.length === 0)
    return [];
  for (const { order } of decision.orders) judged.accounts.get(order.account)?.put(order);
  const grown = grownBy(decision);
  return [
    ...decision.orders.flatMap(({ order, market }) => judgeOrder(judged, order, market)),
    ...grown.flatMap((growth) => judgeGrowth(judged, growth)),
    ...judgeLosses(judged, grown),
    ...judgeDenials(judged),
  ];
}

function judgeOrder(judged: Judged, order: ApprovedOrder, market: FollowerMarket): Breach[] {
  const account = judged.accounts.get(order.account);
  if (account === undefined) return [{ rule: "unknown-account", numbers: order.account }];
  const symbol = symbolOf(order);
  if (order.reduceOnly) {
    const held = account.held.get(`${symbol} ${order.leg}`) ?? 0;
    const grows = held !== 0 && Math.sign(held) === Math.sign(order.lots);
    return grows ? [{ rule: "reduction-grows", numbers: `${symbol} ${held} and ${order.lots}` }] : [];
  }
  return judgeIncrease(judged, account, order, market);
}

function judgeIncrease(
  judged: Judged,
  account: VenueAccount,
  order: ApprovedOrder,
  market: FollowerMarket,
): Breach[] {
  const { state, equity: equities } = judged;
  const { follower } = market;
  const { limits } = follower;
  const side = Math.sign(order.lots);
  const equity = Math.max(equities.get(order.account) ?? 0, 0) * 1e6;
  const all = reached(state, account, follower, () => true);
  const one = reached(state, account, follower, ({ instrument }) => instrument === market.instrument);
  const sector = sectorOf(market.instrument.spec.baseCoin);
  const within = reached(
    state,
    account,
    follower,
    ({ instrument }) => sectorOf(instrument.spec.baseCoin) === sector,
  );
  const past = (rule: string, exposure: Reached, limit: ExposureLimit | null, part = "1"): Breach[] => {
    if (limit === null) return [];
    const used = usedOf(exposure, limit.measure, side);
    const most = Math.floor(equity * Number(limit.share) * Number(part));
    return used <= most + ROUNDING ? [] : [{ rule, numbers: `${used} of ${most} after ${order.lots}` }];
  };
  const gross = (share: string | null) => (share === null ? null : { share, measure: "gross" as const });
  const whole = limits.portfolioExposure ?? { share: "1", measure: "gross" as const };
  return [
    ...past("portfolio-exposure", all, limits.portfolioExposure),
    ...past("portfolio-leverage", all, gross(limits.portfolioLeverage)),
    ...past("symbol-exposure", one, limits.symbolExposure),
    ...(limits.sectorConcentration === null
      ? []
      : past("sector-concentration", within, whole, limits.sectorConcentration)),
    ...judgeReserve(limits, all, equity),
    ...judgeRate(judged, follower, order),
    ...judgePermission(state, market, order),
  ];
}

function judgeReserve({ freeMarginReserve }: RiskLimits, { margin }: Reached, equity: number): Breach[] {
  if (freeMarginReserve === null) return [];
  const free = equity - margin;
  const least = Math.floor(equity * Number(freeMarginReserve));
  return free >= least - ROUNDING ? [] : [{ rule: "margin-reserve", numbers: `${free} of ${least}` }];
}

function judgeRate(
  { state, decision, increasesAtMs }: Judged,
  { limits, account }: FollowerState,
  last: ApprovedOrder,
): Breach[] {
  if (limits.ordersPerMinute === null) return [];
  const own = decision.orders.filter(({ order }) => order.account === account && !order.reduceOnly);
  const upTo = own.findIndex(({ order }) => order === last) + 1;
  const recent = (increasesAtMs.get(account) ?? []).filter((atMs) => atMs > state.nowMs - 60_000).length;
  const sent = recent + upTo;
  return sent <= limits.ordersPerMinute ? [] : [{ rule: "order-rate", numbers: `${sent} in a minute` }];
}

function judgePermission(state: State, market: FollowerMarket, order: ApprovedOrder): Breach[] {
  const { follower, instrument } = market;
  const leg = market.legs.find((one) => one.leg === order.leg);
  const breaches: Breach[] = [];
  const forbids = (isForbidden: boolean, rule: string, numbers = "") => {
    if (isForbidden) breaches.push({ rule, numbers: `${symbolOf(order)} ${order.lots} ${numbers}` });
  };
  forbids(follower.paused, "paused");
  forbids(follower.halted !== null, "halted");
  forbids(instrument.spec.status !== "trading", "not-trading");
  forbids(leg === undefined || leg.foreignLots !== 0, "foreign-position");
  forbids(state.nowMs - follower.confirmedAtMs > state.settings.followerStaleAfterMs, "follower-stale");
  const active = market.copies.filter((copy) => copy.active);
  const cap = Math.min(100, ...active.map(({ allocation }) => Number(allocation.leverageMax)));
  const current = (market.leverageHundredths ?? 100) / 100;
  forbids(current > cap, "leverage-above-cap", `${current} above ${cap}`);
  return breaches;
}

/** Values in millionths: each leg at the furthest that its open orders can take it. */
interface Reached {
  gross: number;
  margin: number;
  most: number;
  least: number;
}

function reached(
  state: State,
  account: VenueAccount,
  follower: FollowerState,
  counts: (market: FollowerMarket) => boolean,
): Reached {
  const sum: Reached = { gross: 0, margin: 0, most: 0, least: 0 };
  const open = account.open();
  for (const market of follower.markets.values()) {
    if (!counts(market)) continue;
    for (const leg of ["net", "long", "short"]) {
      const place = `${market.instrument.spec.symbol} ${leg}`;
      const held = account.held.get(place) ?? 0;
      let [most, least] = [held, held];
      for (const { order, place: of, filled } of open) {
        const rest = Math.abs(order.lots) - filled;
        if (of === place && order.lots > 0) most += rest;
        else if (of === place) least -= rest;
      }
      add(state, sum, market, most, least);
    }
  }
  return sum;
}

function add(state: State, sum: Reached, market: FollowerMarket, most: number, least: number): void {
  if (most === 0 && least === 0) return;
  const value = ticksOf(state, market) * UNITS;
  const gross = Math.max(Math.abs(most), Math.abs(least)) * value;
  sum.gross += gross;
  sum.margin += (gross * 100) / (leverageOf(state, market) ?? 100);
  sum.most += most * value;
  sum.least += least * value;
}

export function ticksOf(state: State, { instrument }: FollowerMarket): number {
  const quote = state.quotes.get(instrument.id);
  return quote?.mark ?? quote?.last ?? 0;
}

function usedOf({ gross, margin, most, least }: Reached, measure: ExposureMeasure, side: number): number {
  if (measure === "net") return side > 0 ? most : -least;
  return measure === "gross" ? gross : Math.floor(margin);
}

/** A copy that may come to hold more by a decision, by an order or by what crossed inside. */
export interface Growth {
  readonly copy: Copy;
  readonly part: CopyLeg;
  /** Signed: what it gets, and what it may hold then. */
  readonly lots: number;
  readonly after: number;
}

function grownBy({ orders, crossings }: Decision): Growth[] {
  const grown: Growth[] = [];
  for (const { market, order, shares } of orders) {
    for (const { copy, lots } of shares ?? [{ copy: 0, lots: Math.abs(order.lots) }])
      note(grown, market, copy, order.leg, lots * Math.sign(order.lots), true);
  }
  for (const { leg, moves } of crossings)
    for (const { copy, lots } of moves) note(grown, leg.market, copy, leg.leg, lots, false);
  return grown;
}

/** The decision is committed: a crossing is in what is held, an order is not. */
function note(
  grown: Growth[],
  market: FollowerMarket,
  index: number,
  leg: Leg,
  lots: number,
  isToCome: boolean,
): void {
  const copy = market.copies[index];
  const part = copy?.legs.find((one) => one.leg === leg);
  if (copy === undefined || part === undefined || lots === 0) return;
  const after = isToCome ? part.heldLots + lots : part.heldLots;
  const before = after - lots;
  if (Math.abs(after) > Math.abs(before) || after * before < 0) grown.push({ copy, part, lots, after });
}

function judgeGrowth(judged: Judged, growth: Growth): Breach[] {
  const { state, equity: equities } = judged;
  const { copy, part, lots, after } = growth;
  const { market, allocation, leader } = copy;
  const { follower } = market;
  const { limits } = follower;
  const equity = Math.max(equities.get(follower.account) ?? 0, 0) * 1e6;
  const breaches: Breach[] = [];
  const who = `${follower.account} ${leader.account} ${market.instrument.spec.symbol} ${part.leg} by ${lots}`;
  const past = (rule: string, used: number, most: number) => {
    if (used > most + ROUNDING) breaches.push({ rule, numbers: `${who}: ${used} of ${most}` });
  };
  const forbids = (isForbidden: boolean, rule: string) => {
    if (isForbidden) breaches.push({ rule, numbers: who });
  };
  forbids(!copy.active, "ended");
  forbids(barOf(copy) !== null, "stopped");
  forbids(state.nowMs - leader.confirmedAtMs > state.settings.leaderStaleAfterMs, "leader-stale");
  const { tradingHours } = allocation;
  forbids(tradingHours !== null && !isWithin(tradingHours, state.nowMs), "outside-hours");
  const side = Math.sign(lots);
  const exposed = (rule: string, limit: ExposureLimit | null, counts: (one: Copy) => boolean) => {
    if (limit === null) return;
    const used = usedOf(copiesReached(state, follower, counts), limit.measure, side);
    past(rule, used, Math.floor(equity * Number(limit.share)));
  };
  exposed("leader-exposure", limits.traderExposure, (one) => one.leader === leader);
  const style = freshStyle(state, leader, limits);
  if (style !== null)
    exposed(
      "strategy-exposure",
      limits.strategyExposure,
      (one) => freshStyle(state, one.leader, limits) === style,
    );
  const isAsked = limits.strategyExposure !== null && limits.withoutEvidence === "deny";
  forbids(isAsked && style === null, "evidence-missing");
  const capped = (rule: string, cap: string | null, counts: (one: Copy) => boolean) => {
    if (cap !== null) past(rule, copiesReached(state, follower, counts).gross, Number(cap) * 1e6);
  };
  const own = (one: Copy) => one.allocation.id === allocation.id;
  capped("leader-cap", allocation.leaderNotionalMax, own);
  capped("symbol-cap", allocation.symbolNotionalMax, (one) => own(one) && one.market === market);
  if (allocation.orderNotionalMax !== null) {
    const added = Math.min(Math.abs(lots), Math.abs(after)) * ticksOf(state, market) * UNITS;
    past("order-cap", added, Number(allocation.orderNotionalMax) * 1e6);
  }
  return [...breaches, ...judgeCorrelation(judged, growth, who)];
}

function copiesReached(state: State, follower: FollowerState, counts: (copy: Copy) => boolean): Reached {
  const sum: Reached = { gross: 0, margin: 0, most: 0, least: 0 };
  for (const market of follower.markets.values())
    for (const copy of market.copies)
      if (counts(copy))
        for (const part of copy.legs) {
          const { most, least } = reachOfPart(copy, part, () => true);
          add(state, sum, market, most, least);
        }
  return sum;
}

export function reachOfPart(copy: Copy, part: CopyLeg, counts: (clientOrderId: string) => boolean) {
  let [most, least]: [number, number] = [part.heldLots, part.heldLots];
  const leg = copy.market.legs.find((one) => one.leg === part.leg);
  for (const order of leg?.working.values() ?? []) {
    if (!isOpen(order) || !counts(order.clientOrderId)) continue;
    const rest = leftOfPart(order, copy);
    if (order.lots > 0) most += Math.max(rest, 0);
    else least -= Math.max(rest, 0);
  }
  return { most, least };
}

/** One without shares was sent when the market had one copy, which is the first for good. */
function leftOfPart(order: WorkingOrder, { index }: Copy): number {
  if (order.shares === null) return index === 0 ? Math.abs(order.lots) - filledLots(order) : 0;
  const share = order.shares.find(({ copy }) => copy === index);
  return share === undefined ? 0 : share.lots - share.givenLots;
}

function freshStyle(
  state: State,
  { evidence }: LeaderState,
  { evidenceMaxAgeMs }: RiskLimits,
): string | null {
  if (evidence === null || state.nowMs - evidence.measuredAtMs > evidenceMaxAgeMs) return null;
  return evidence.style ?? null;
}

/** A leader of whom nothing was held before opens nothing beside one that it moves with. */
function judgeCorrelation({ state, decision }: Judged, { copy }: Growth, who: string): Breach[] {
  const { follower } = copy.market;
  const { correlation, evidenceMaxAgeMs, withoutEvidence } = follower.limits;
  if (correlation === null) return [];
  const fresh = new Set<string>(decision.orders.map(({ order }) => order.clientOrderId));
  const moved = new Set(decision.crossings.map(({ leg }) => leg.market));
  const held = new Set<LeaderState>();
  for (const market of follower.markets.values())
    for (const one of market.copies)
      for (const part of one.legs) {
        const { most, least } = reachOfPart(one, part, (id) => !fresh.has(id));
        if (most !== 0 || least !== 0 || moved.has(market)) held.add(one.leader);
      }
  if (held.has(copy.leader)) return [];
  const told = (from: LeaderState, of: LeaderState) =>
    from.evidence !== null && state.nowMs - from.evidence.measuredAtMs <= evidenceMaxAgeMs
      ? { value: from.evidence.correlations?.[of.account], atMs: from.evidence.measuredAtMs }
      : { value: undefined, atMs: 0 };
  for (const other of held) {
    const measures = [told(copy.leader, other), told(other, copy.leader)].filter(
      ({ value }) => value !== undefined,
    );
    if (measures.length === 0 && withoutEvidence === "deny")
      return [{ rule: "evidence-missing", numbers: `${who} beside ${other.account}` }];
    const isPast = measures.length > 0 && measures.every(({ value }) => Number(value) > Number(correlation));
    if (isPast) return [{ rule: "correlation-limit", numbers: `${who} with ${other.account}` }];
  }
  return [];
}

/**
 * Where a limit refused something, nothing that is to shrink was left without an order: with every copy at its target as far as
 * that is no growth, the account holds no more than that.
 */
function judgeDenials({ state, decision }: Judged): Breach[] {
  return decision.denials.flatMap(({ market, reason }) => {
    if (market === null || !LIMITS_BY_REASON.has(reason)) return [];
    return market.legs.flatMap((leg) => {
      const [owned, least] = [leg.ownedLots, leastOfAll(market, leg.leg)];
      const beyond = Math.abs(owned) - Math.max(least * Math.sign(owned), 0);
      // An increase that other copies may have waits for its leverage or its price: what shrinks crosses with it.
      const againAtMs = Math.max(leg.retryAtMs, leg.restAgainAtMs, market.leverageAgainAtMs);
      const waits = againAtMs > state.nowMs;
      const isHeldUp = waits || leg.mismatchSinceMs !== null || leg.venue.disputed;
      const isOnItsWay = [...leg.working.values()].some(isOpen);
      if (owned === 0 || beyond < market.instrument.minLots || isHeldUp || isOnItsWay) return [];
      return [{ rule: "reduction-refused", numbers: `${reason} (${REASONS[reason]}): ${owned} to ${least}` }];
    });
  });
}

function leastOfAll({ copies }: FollowerMarket, name: Leg): number {
  let sum = 0;
  for (const { legs } of copies)
    for (const part of legs) if (part.leg === name) sum += leastOf(part.heldLots, legTarget(part));
  return sum;
}
