/**
 * What a leader came to hold, statement by statement: its whole record told by a recorded leader at once, as nothing of that depends on
 * when it is heard of.
 */
import type { Leg } from "../../core/event.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { InstrumentId } from "../../core/model/identifiers.ts";
import { type Instrument, lotsFrom, ticksFrom } from "../../core/model/instrument.ts";
import { POSITION_FACTOR_MAX } from "../../core/sizing/size.ts";
import type { ConnectionEvent } from "../../exchange/exchange.ts";
import type { Clock } from "../../exchange/transport.ts";
import type { LeaderFill } from "../leader-fill.ts";
import { ticksAt } from "../market/recorded-books.ts";
import { RecordedLeader } from "../recorded-leader.ts";
import type { WorldLeader, WorldParts } from "../world.ts";

/** What the leader came to hold, one statement after the other. */
export interface HeldColumns {
  /** The statements of own fill n are from `firstOf[n]` to before `firstOf[n + 1]`. */
  readonly firstOf: Int32Array;
  readonly market: Int32Array;
  /** Net position of the market afterwards, in the leader's lots. */
  readonly lots: Float64Array;
  /** Place of its first leg that is open among all legs, by which they are told; -1 without any. */
  readonly place: Int32Array;
  /** 1 a fill, 0 a position that was told because it differed from what was known. */
  readonly isFill: Uint8Array;
  /** Follower's ticks of what the leader paid; 0 where it told a position. */
  readonly paid: Float64Array;
}

interface Statement {
  readonly lots: number;
  readonly place: number;
  readonly isFill: boolean;
}

export interface HeldParts extends Pick<WorldParts, "marketOf"> {
  readonly leader: WorldLeader;
  /** Oldest first. */
  readonly own: readonly LeaderFill[];
  readonly numbers: ReadonlyMap<InstrumentId, number>;
  /** Gets what only the engine can live through. */
  readonly strange: Set<string>;
}

export function heldOf({ leader, marketOf, own, numbers, strange }: HeldParts): HeldColumns {
  const statements = new Statements(leader, strange);
  const firstOf = new Int32Array(own.length + 1);
  const rows: (Statement & { readonly market: number; readonly paid: number })[] = [];
  for (const [at, fill] of own.entries()) {
    firstOf[at] = rows.length;
    const pair = marketOf(leader.venue, fill.symbol);
    const market = pair === null ? undefined : numbers.get(pair.follower.id);
    if (pair === null || market === undefined) continue;
    const { leader: instrument, follower, units } = pair;
    if (ticksFrom(instrument, fill.price.toString()) === undefined)
      strange.add(`${leader.name} paid prices of ${fill.symbol} between two ticks`);
    const ticks = ticksAt(fill.price.toNumber() / units, follower.tickSize.toNumber(), Math.round);
    for (const one of statements.of(fill, instrument))
      rows.push({ ...one, market, paid: one.isFill ? ticks : 0 });
  }
  firstOf[own.length] = rows.length;
  return {
    firstOf,
    market: Int32Array.from(rows, ({ market }) => market),
    lots: Float64Array.from(rows, ({ lots }) => lots),
    place: Int32Array.from(rows, ({ place }) => place),
    isFill: Uint8Array.from(rows, ({ isFill }) => Number(isFill)),
    paid: Float64Array.from(rows, ({ paid }) => paid),
  };
}

/** Timers of a recorded leader are for what nobody asks here. */
const STOPPED: Clock = { nowMs: () => 0, elapsedMs: () => 0, setTimer: () => ({ cancel: () => {} }) };

class Statements {
  readonly #leader: RecordedLeader;
  readonly #strange: Set<string>;
  /** By symbol and leg, in the leader's units. */
  readonly #legs = new Map<string, Map<Leg, Decimal>>();
  /** Of each leg, in the order of its first fill. */
  readonly #places = new Map<string, number>();
  #told: ConnectionEvent[] = [];

  constructor({ account, venue }: WorldLeader, strange: Set<string>) {
    this.#strange = strange;
    const listener = (event: ConnectionEvent) => this.#told.push(event);
    this.#leader = new RecordedLeader({ account, venue, clock: STOPPED, listener });
    this.#leader.tell("0");
  }

  of(fill: LeaderFill, instrument: Instrument): readonly Statement[] {
    this.#told = [];
    this.#leader.heard(fill);
    const legs = this.#legs.get(fill.symbol) ?? new Map<Leg, Decimal>();
    this.#legs.set(fill.symbol, legs);
    const name = legName(fill.symbol, fill.leg);
    this.#places.set(name, this.#places.get(name) ?? this.#places.size);
    return this.#told.flatMap((event) => {
      if (event.kind !== "leader-filled" && event.kind !== "leader-position-reported") return [];
      const isFill = event.kind === "leader-filled";
      if (isFill) legs.set(event.leg, after(legs.get(event.leg) ?? Decimal.zero, event));
      else legs.set(event.position.leg, Decimal.parse(event.position.quantity));
      return [this.#statement(fill.symbol, legs, { instrument, isFill })];
    });
  }

  #statement(
    symbol: string,
    legs: ReadonlyMap<Leg, Decimal>,
    { instrument, isFill }: { readonly instrument: Instrument; readonly isFill: boolean },
  ): Statement {
    let sum = Decimal.zero;
    for (const [leg, quantity] of legs) {
      sum = sum.plus(quantity);
      const lots = lotsFrom(instrument, quantity.toString());
      if (lots === undefined || Math.abs(lots) > instrument.maxMarketLots * POSITION_FACTOR_MAX)
        this.#strange.add(`${symbol} was held in quantities that are impossible there`);
      if ((leg === "long" && quantity.sign < 0) || (leg === "short" && quantity.sign > 0))
        this.#strange.add(`of ${symbol} a ${leg} position on the other side is told`);
    }
    const open = [...legs].filter(([, quantity]) => !quantity.isZero);
    const places = open.map(([leg]) => this.#places.get(legName(symbol, leg)) ?? 0);
    const place = places.length === 0 ? -1 : Math.min(...places);
    return { lots: lotsFrom(instrument, sum.toString()) ?? 0, place, isFill };
  }
}

function legName(symbol: string, leg: Leg): string {
  return `${symbol} ${leg}`;
}

function after(
  before: Decimal,
  { side, quantity }: { readonly side: string; readonly quantity: string },
): Decimal {
  const by = Decimal.parse(quantity);
  return side === "buy" ? before.plus(by) : before.minus(by);
}
