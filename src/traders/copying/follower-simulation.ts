/**
 * A follower beside one leader, fill by fill: each change of what the leader holds is copied after the delay, at the price of then,
 * in sizes that the follower's venue takes. Money is counted by the same curve as the leader's own (equity-curve.ts), so that the two
 * differ by what copying costs and by nothing else. With no delay, no cost and steps without end they are equal.
 */
import { type PathMove, unseenMove } from "../../analytics/copying/bar-path.ts";
import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import { slippageOf } from "../../analytics/copying/slippage.ts";
import { endOfDayMs, utcDay } from "../../analytics/equity/days.ts";
import { EquityCurve } from "../../analytics/equity/equity-curve.ts";
import { type OpeningPosition, positionName } from "../../analytics/equity/opening.ts";
import type { PositionFill, PositionFunding } from "../../analytics/positions/position-fill.ts";
import type { Lots } from "../../core/model/amounts.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { TraderMarks } from "../marks.ts";
import { type Capitals, CopiedLeg } from "./copied-leg.ts";
import type { CopiedMarket } from "./copied-market.ts";
import { CopyCounts } from "./copy-counts.ts";
import { MarketFunding } from "./market-funding.ts";
import type { MarketMoves } from "./market-moves.ts";

export interface FollowerInput {
  readonly settings: CopySettings;
  readonly opening: readonly OpeningPosition[];
  /** The leader's, from its evidence: capital at the beginning, profit of each UTC day. */
  readonly base: number;
  readonly leaderPnl: Float64Array;
  /** Whether the leader's history tells its funding payments; else the follower's come from the rates of the market. */
  readonly tellsFunding: boolean;
  readonly marks: Pick<TraderMarks, "markAt">;
  readonly moves: MarketMoves;
  marketOf(symbol: string): CopiedMarket | "unlisted";
}

export interface FollowerOutcome {
  /** Per UTC day of the leader's record. */
  readonly pnl: Float64Array;
  readonly counts: CopyCounts;
  /** Symbols that were held over some time without a rate of funding that is known. */
  readonly unfunded: readonly string[];
  /** Whether any was paid by the rates of the market. */
  readonly hasFunding: boolean;
}

/** Volatility a year of a market of which no bar tells anything. */
export const UNSEEN_VOLATILITY = 1;

interface Moment {
  readonly leg: CopiedLeg;
  readonly before: Decimal;
  readonly bought: Traded;
  readonly sold: Traded;
}

interface Traded {
  quantity: number;
  value: number;
}

interface Pending {
  readonly leg: CopiedLeg;
  readonly target: Lots;
  readonly fromMs: number;
  readonly atMs: number;
  /** What the leader paid. */
  readonly price: number;
  /** Of the leader's change at the follower's size. */
  readonly value: number;
}

export class FollowerSimulation {
  readonly #input: FollowerInput;
  readonly #curve: EquityCurve;
  readonly #counts: CopyCounts;
  readonly #funding: MarketFunding;
  readonly #equity: Decimal;
  /** Null for what is not copied: unlisted, or held in a size that nobody tells. */
  readonly #legs = new Map<string, CopiedLeg | null>();
  #moment = new Map<CopiedLeg, Moment>();
  #pending: Pending[] = [];
  #nowMs = 0;
  #firstDay = 0;
  #day = 0;
  #capitals: Capitals = { leader: "0", follower: "0" };
  #leaderEarned = 0;
  #isBegun = false;

  constructor(input: FollowerInput) {
    this.#input = input;
    this.#equity = Decimal.parse(input.settings.equity);
    this.#curve = new EquityCurve({ opening: [], markAt: input.marks.markAt });
    this.#counts = new CopyCounts(
      input.settings,
      this.#equity.toNumber() / input.base,
      input.leaderPnl.length,
    );
    this.#funding = new MarketFunding(input.moves, input.marks);
  }

  /** The leader's, in the order of time, together with `pay`. */
  apply(fill: PositionFill): void {
    this.#reach(fill.timeMs);
    this.#counts.leaderPaid(this.#day - this.#firstDay, fill.fee.toNumber());
    const leg = this.#legOf(fill);
    if (leg === null) return this.#leaveOut(fill.symbol, fill.realizedPnl);
    const change = this.#momentOf(leg);
    const side = fill.side === "buy" ? change.bought : change.sold;
    side.quantity += fill.quantity.toNumber();
    side.value += fill.quantity.times(fill.price).toNumber();
    const before = fill.positionBefore ?? leg.held;
    leg.held = fill.side === "buy" ? before.plus(fill.quantity) : before.minus(fill.quantity);
  }

  /** A funding payment of the leader's: the follower pays by what it holds of that position. */
  pay({ timeMs, symbol, leg: name, side, amount }: PositionFunding): void {
    this.#reach(timeMs);
    const leg =
      this.#legs.get(positionName(symbol, name)) ??
      this.#legs.get(positionName(symbol, side === "buy" ? "long" : "short"));
    if (leg === null) return this.#leaveOut(symbol, amount);
    if (leg === undefined || leg.held.isZero) return;
    const share = leg.owned.toNumber() / leg.held.toNumber();
    this.#book(leg, amount.toNumber() * share, timeMs);
  }

  /** After the last fill. Null without one. */
  finish(): FollowerOutcome | null {
    if (!this.#isBegun) return null;
    this.#flush();
    // What is still due falls into the last day. Whoever has nothing to trade any more is valued where the record ends.
    this.#settleFunding(this.#nowMs);
    for (const one of this.#pending.splice(0)) this.#execute(one);
    const result = this.#curve.finish();
    if (result === null) return null;
    const unfunded = [...this.#funding.unknown].sort();
    return { pnl: result.pnl, counts: this.#counts, unfunded, hasFunding: this.#counts.funding !== 0 };
  }

  #reach(ms: number): void {
    if (!this.#isBegun) this.#begin(ms);
    if (ms === this.#nowMs) return;
    this.#flush();
    this.#advance(ms);
  }

  #begin(ms: number): void {
    this.#isBegun = true;
    this.#nowMs = ms;
    this.#firstDay = utcDay(ms);
    this.#day = this.#firstDay;
    this.#curve.reach(ms);
    this.#readCapitals();
    for (const { symbol, leg: name, quantity, firstPrice, isUnknown } of this.#input.opening) {
      if (isUnknown) {
        this.#legs.set(positionName(symbol, name), null);
        this.#counts.unsized.add(symbol);
        continue;
      }
      const leg = this.#legOf({ symbol, leg: name, quantity: Decimal.zero, price: firstPrice });
      if (leg === null || quantity.isZero) continue;
      const price = this.#input.marks.markAt(symbol, ms)?.price ?? firstPrice.toNumber();
      const change = this.#momentOf(leg);
      const side = quantity.sign > 0 ? change.bought : change.sold;
      side.quantity = Math.abs(quantity.toNumber());
      side.value = side.quantity * price;
      leg.held = quantity;
    }
    this.#flush();
  }

  #legOf({
    symbol,
    leg,
    quantity,
    price,
  }: Pick<PositionFill, "symbol" | "leg" | "quantity" | "price">): CopiedLeg | null {
    const name = positionName(symbol, leg);
    const known = this.#legs.get(name);
    const isUnlisted = this.#counts.unlisted.has(symbol);
    if (known === null && isUnlisted) this.#counts.unlistedChange(quantity.times(price).toNumber());
    if (known !== undefined) return known;
    const market = this.#input.marketOf(symbol);
    const made = market === "unlisted" ? null : new CopiedLeg(symbol, leg, market);
    this.#legs.set(name, made);
    if (market === "unlisted") {
      this.#counts.unlisted.add(symbol);
      this.#counts.unlistedChange(quantity.times(price).toNumber());
    } else if (market.isAssumed) this.#counts.assumed.add(symbol);
    return made;
  }

  /** What was held in an unknown size, only the venue knows the profit of: it counts on neither side. */
  #leaveOut(symbol: string, profit: Decimal | null): void {
    if (profit === null || !this.#counts.unsized.has(symbol)) return;
    this.#counts.leaveOut(this.#day - this.#firstDay, profit.toNumber());
  }

  #momentOf(leg: CopiedLeg): Moment {
    const known = this.#moment.get(leg);
    if (known !== undefined) return known;
    const nothing = { quantity: 0, value: 0 };
    const made = { leg, before: leg.held, bought: { ...nothing }, sold: { ...nothing } };
    this.#moment.set(leg, made);
    return made;
  }

  /** What the leader did at one moment is one change of each position. */
  #flush(): void {
    if (this.#moment.size === 0) return;
    const moment = this.#moment;
    this.#moment = new Map();
    for (const change of moment.values()) this.#copy(change);
  }

  #copy({ leg, before, bought, sold }: Moment): void {
    const changed = leg.held.minus(before);
    if (changed.isZero) return;
    const side = changed.sign > 0 ? bought : sold;
    const other = changed.sign > 0 ? sold : bought;
    const traded = side.quantity > 0 ? side : other;
    const price = traded.value / traded.quantity;
    leg.follow(this.#capitals);
    const { delayMs } = this.#input.settings;
    const fromMs = this.#nowMs;
    const lastMs = endOfDayMs(this.#firstDay + this.#input.leaderPnl.length - 1) - 1;
    const value = this.#counts.changed(Math.abs(changed.toNumber()) * price);
    const atMs = Math.min(fromMs + delayMs, Math.max(lastMs, fromMs));
    this.#pending.push({ leg, target: leg.target, fromMs, atMs, price, value });
  }

  /** Time passes: what is due is done, and days end. */
  #advance(ms: number): void {
    for (;;) {
      const dayEndMs = endOfDayMs(this.#day);
      const [next] = this.#pending;
      if (next !== undefined && next.atMs <= ms && next.atMs < dayEndMs) {
        this.#pending.shift();
        this.#execute(next);
      } else if (ms >= dayEndMs) this.#endDay(dayEndMs);
      else break;
    }
    this.#nowMs = ms;
    this.#curve.reach(ms);
  }

  #endDay(dayEndMs: number): void {
    this.#settleFunding(dayEndMs - 1);
    this.#curve.reach(dayEndMs);
    this.#leaderEarned += this.#input.leaderPnl[this.#day - this.#firstDay] ?? 0;
    this.#day += 1;
    this.#nowMs = dayEndMs;
    this.#readCapitals();
    for (const leg of this.#legs.values()) {
      if (leg === null || !leg.rebalance(this.#capitals)) continue;
      const mark = this.#input.marks.markAt(leg.symbol, dayEndMs);
      if (mark === null) continue;
      const [fromMs, atMs] = [dayEndMs, dayEndMs];
      this.#execute({ leg, target: leg.target, fromMs, atMs, price: mark.price, value: 0 });
    }
  }

  /** As the days before left them. */
  #readCapitals(): void {
    const text = (amount: Decimal) => amount.dividedBy(Decimal.one, CAPITAL_SCALE, "half-even").toString();
    this.#capitals = {
      leader: text(Decimal.fromNumber(this.#input.base + this.#leaderEarned)),
      follower: text(this.#equity.plus(this.#curve.closed)),
    };
  }

  #execute({ leg, target, fromMs, atMs, price, value }: Pending): void {
    const orders = leg.ordersTo(target, price);
    if (orders.length === 0) return;
    this.#counts.ordered(value);
    const seen = this.#input.moves.between(leg.symbol, fromMs, atMs);
    const move = seen ?? unseenMove(atMs - fromMs, UNSEEN_VOLATILITY);
    for (const lots of orders) this.#trade(leg, lots, { atMs, price, move, bar: seen?.bar ?? null });
    this.#counts.priced(seen?.intervalMs ?? null, value);
  }

  #trade(
    leg: CopiedLeg,
    lots: Lots,
    at: {
      readonly atMs: number;
      readonly price: number;
      readonly move: PathMove;
      readonly bar: { readonly sigma: number; readonly volume: number } | null;
    },
  ): void {
    this.#settleLeg(leg, at.atMs);
    const { settings } = this.#input;
    const { follower, units } = leg.market;
    const filled = leg.fill(lots);
    const quantity = filled.toNumber();
    const side = Math.sign(lots);
    const later = at.price * at.move.ratio * (1 + side * at.move.unknown);
    const tick = follower.tickSize.toNumber() * units.toNumber();
    const slip = later * slippageOf(settings, { quantity, price: later, tick, bar: at.bar });
    const paid = Decimal.fromNumber(Math.max(later + side * slip, 0));
    const fee = Decimal.fromNumber(settings.feeRate * quantity * paid.toNumber());
    this.#curve.apply({
      timeMs: at.atMs,
      symbol: leg.symbol,
      side: side > 0 ? "buy" : "sell",
      leg: leg.leg,
      price: paid,
      quantity: filled,
      realizedPnl: null,
      fee: fee.negated(),
      positionBefore: null,
      leverage: null,
    });
    this.#counts.traded({
      atMs: at.atMs,
      orders: Math.ceil(Math.abs(lots) / follower.maxMarketLots),
      value: quantity * paid.toNumber(),
      delay: side * quantity * (later - at.price),
      slippage: quantity * slip,
      fee: fee.toNumber(),
      isImpactKnown: at.bar !== null,
    });
  }

  #settleFunding(ms: number): void {
    for (const leg of this.#legs.values()) if (leg !== null) this.#settleLeg(leg, ms);
  }

  /** Rates of the market since the last look, on what was held meanwhile. */
  #settleLeg(leg: CopiedLeg, ms: number): void {
    if (this.#input.tellsFunding) return;
    const amount = this.#funding.due(leg, ms);
    if (amount !== null) this.#book(leg, amount, ms);
  }

  #book({ symbol, leg, owned }: CopiedLeg, amount: number, timeMs: number): void {
    this.#counts.funded(amount);
    const side = owned.sign < 0 ? "sell" : "buy";
    this.#curve.pay({ timeMs, symbol, leg, side, amount: Decimal.fromNumber(amount) });
  }
}

const CAPITAL_SCALE = 8;
