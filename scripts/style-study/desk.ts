/** A generated trader's desk: chance, markets, and positions that become round trips with fills near the bars' closes. */
import type { PositionAdd } from "../../src/analytics/positions/round-trip.ts";
import type { StyleTrip } from "../../src/analytics/style/style-trip.ts";
import { BARS_A_DAY, gaussian, type StudyMarket } from "./study-market.ts";

export type Sign = 1 | -1;

export interface DeskHabits {
  /** Value of a usual position, and the deviation of its logarithm (base e). */
  readonly size: number;
  readonly sizeSpread: number;
  /** Share of value that rests in the book. */
  readonly makerShare: number;
  /** Seconds until an order is filled, at most. */
  readonly delaySeconds: number;
}

export class Desk {
  readonly random: () => number;
  readonly markets: readonly StudyMarket[];
  readonly habits: DeskHabits;
  readonly trips: StyleTrip[] = [];
  /** No trade before: a week of history is what features look back on. */
  readonly firstBar = 7 * BARS_A_DAY + 1;
  readonly lastBar: number;

  constructor(random: () => number, markets: readonly StudyMarket[], habits: DeskHabits) {
    this.random = random;
    this.markets = markets;
    this.habits = habits;
    this.lastBar = Math.min(...markets.map(({ length }) => length)) - 2;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.random();
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  side(): Sign {
    return this.chance(0.5) ? 1 : -1;
  }

  pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[Math.floor(this.random() * values.length)] ?? values[0];
  }

  value(): number {
    return this.habits.size * Math.exp(this.habits.sizeSpread * gaussian(this.random));
  }

  open(market: StudyMarket, at: number, sign: Sign, more: Partial<OpenOptions> = {}): Position {
    return new Position(this, market, at, sign, more);
  }
}

export interface OpenOptions {
  readonly value: number;
  /** Exactly then, instead of some seconds after the bar. */
  readonly ms: number;
  readonly makerShare: number;
}

export class Position {
  readonly market: StudyMarket;
  readonly sign: Sign;
  readonly openedAt: number;
  readonly #desk: Desk;
  readonly #openMs: number;
  readonly #makerShare: number;
  readonly #adds: PositionAdd[] = [];
  #quantity: number;
  #cost: number;

  constructor(desk: Desk, market: StudyMarket, at: number, sign: Sign, more: Partial<OpenOptions>) {
    const price = market.price(at) * (1 + sign * 0.0001);
    this.market = market;
    this.sign = sign;
    this.openedAt = at;
    this.#desk = desk;
    this.#openMs = more.ms ?? this.#fillMs(at);
    this.#makerShare = more.makerShare ?? desk.habits.makerShare;
    this.#quantity = (more.value ?? desk.value()) / price;
    this.#cost = this.#quantity * price;
  }

  get average(): number {
    return this.#cost / this.#quantity;
  }

  get additions(): number {
    return this.#adds.length;
  }

  get quantity(): number {
    return this.#quantity;
  }

  /** Move since the average entry, with the position. */
  gain(at: number): number {
    return this.sign * Math.log(this.market.price(at) / this.average);
  }

  add(at: number, quantity: number): void {
    const price = this.market.price(at);
    this.#adds.push({ atMs: this.#fillMs(at), quantity, price, averageEntry: this.average });
    this.#quantity += quantity;
    this.#cost += quantity * price;
  }

  /** `pnl` as a share of the value where the fills are not the bars' closes. */
  close(at: number, ms = this.#fillMs(at), pnlShare?: number): void {
    const exit = this.market.price(at) * (1 - this.sign * 0.0001);
    const share = pnlShare ?? this.sign * (exit / this.average - 1);
    const { random } = this.#desk;
    const spread = Math.min(this.#makerShare, 1 - this.#makerShare);
    const makerShare = this.#makerShare + spread * (2 * random() - 1);
    this.#desk.trips.push({
      symbol: this.market.symbol,
      side: this.sign === 1 ? "long" : "short",
      openMs: this.#openMs,
      closeMs: Math.max(ms, this.#openMs + 1_000, (this.#adds.at(-1)?.atMs ?? 0) + 1_000),
      pnl: share * this.#cost,
      fees: 2 * this.#cost * (0.0002 * makerShare + 0.0005 * (1 - makerShare)),
      maxQuantity: this.#quantity,
      maxNotional: this.#cost,
      adds: this.#adds,
      makerShare,
    });
  }

  #fillMs(at: number): number {
    return Math.round(this.market.endMs(at) + this.#desk.random() * this.#desk.habits.delaySeconds * 1_000);
  }
}

export interface Rules {
  /** Bars between two looks. */
  readonly every: number;
  readonly enter: (at: number) => Sign | 0;
  readonly exit: (at: number, position: Position) => boolean;
  /** Quantity to add, 0 for none. */
  readonly add?: (at: number, position: Position) => number;
}

/** One position at a time in one market, by rules that are looked at as bars end. What is open at the end is closed there. */
export function trade(desk: Desk, market: StudyMarket, rules: Rules): void {
  let position: Position | null = null;
  const phase = desk.whole(0, rules.every - 1);
  for (let at = desk.firstBar + phase; at < desk.lastBar; at += rules.every) {
    if (position === null) {
      const sign = rules.enter(at);
      if (sign !== 0) position = desk.open(market, at, sign);
    } else if (rules.exit(at, position)) {
      position.close(at);
      position = null;
    } else {
      const quantity = rules.add?.(at, position) ?? 0;
      if (quantity > 0) position.add(at, quantity);
    }
  }
  position?.close(desk.lastBar);
}
