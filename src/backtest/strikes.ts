/**
 * What stops did in a backtest, and what every copy held and had brought in from step to step: so that of two runs the one can say what
 * became of a position that the other one had stopped.
 */
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { GuardKind, StopAction, Verdict } from "../core/guard/stop.ts";
import { covers, cutTarget } from "../core/guard/stop.ts";
import { netOf, worthOf } from "../core/ledger.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { valuationTicks } from "../core/quotes.ts";
import type { ReasonDetail } from "../core/reason.ts";
import type { Copy, State } from "../core/state.ts";

/** A copy of which a stop cut something. Quantities are signed; all are decimal texts. */
export interface StruckPosition {
  readonly leader: string;
  readonly instrument: string;
  readonly quantity: string;
  readonly cut: string;
  /** As the engine knew it then. */
  readonly price: string;
}

export interface Strike {
  readonly atMs: number;
  readonly guard: GuardKind;
  /** Null: of the whole account. */
  readonly leader: string | null;
  readonly instrument: string | null;
  readonly action: StopAction;
  /** Null: until it is released, which nobody does in a backtest. */
  readonly untilMs: number | null;
  /** What was measured. */
  readonly numbers: ReasonDetail;
  readonly positions: readonly StruckPosition[];
}

/** From then on, until the next step. Decimal texts. */
export interface HoldingStep {
  readonly atMs: number;
  /** Signed. */
  readonly quantity: string;
  /** What the copy brought in and cost so far, without what is held; in the settle coin. */
  readonly net: string;
  /** The same with what is held, at the price of that moment; null where none was known. */
  readonly worth: string | null;
}

/** By leader and instrument, with a blank between. */
export type HoldingSteps = Readonly<Record<string, readonly HoldingStep[]>>;

export class StrikeRecorder {
  readonly #follower: AccountId;
  readonly #strikes: Strike[] = [];
  readonly #steps = new Map<Copy, HoldingStep[]>();

  constructor(follower: AccountId) {
    this.#follower = follower;
  }

  get strikes(): readonly Strike[] {
    return this.#strikes;
  }

  decided(event: Event, { stops, crossings }: Decision, state: State): void {
    for (const verdict of stops)
      if (verdict.follower === this.#follower) this.#strikes.push(strikeOf(state, verdict));
    for (const stop of commanded(event, state, this.#follower)) this.#strikes.push(strikeOf(state, stop));
    // What a liquidation took is told by whatever tells of the account; prices and time move nothing by themselves.
    const isStill = event.kind === "price-updated" || event.kind === "clock-ticked";
    if (!isStill || crossings.length > 0) this.#follow(state);
  }

  /** With what every copy that holds something comes to at the end. */
  stepsUntil(state: State): HoldingSteps {
    this.#follow(state);
    for (const copy of this.#copies(state)) if (heldOf(copy) !== 0) this.#note(state, copy);
    return Object.fromEntries([...this.#steps].map(([copy, steps]) => [keyOf(copy), steps]));
  }

  #follow(state: State): void {
    for (const copy of this.#copies(state)) {
      const last = this.#steps.get(copy)?.at(-1);
      const isNew = last === undefined ? heldOf(copy) !== 0 : last.net !== netOf(copy.ledger).toString();
      if (isNew || (last !== undefined && last.quantity !== quantityOf(copy, heldOf(copy)).toString()))
        this.#note(state, copy);
    }
  }

  #note(state: State, copy: Copy): void {
    const held = heldOf(copy);
    const known = this.#steps.get(copy);
    if (known === undefined && held === 0) return;
    const net = netOf(copy.ledger);
    const ticks = valuationTicks(state, copy.market.instrument);
    const worth =
      held === 0 ? net : ticks === null ? null : net.plus(worthOf(copy.market.instrument, held, ticks));
    const step = {
      atMs: state.nowMs,
      quantity: quantityOf(copy, held).toString(),
      net: net.toString(),
      worth: worth?.toString() ?? null,
    };
    if (known === undefined) this.#steps.set(copy, [step]);
    else known.push(step);
  }

  *#copies({ followers }: State): Iterable<Copy> {
    for (const { copies } of followers.get(this.#follower)?.markets.values() ?? []) yield* copies;
  }
}

/** What was found of a leader's record is no verdict of a guard: a command stops its copies. */
function commanded(event: Event, { followers }: State, follower: AccountId): readonly Verdict[] {
  if (event.kind !== "command-issued" || event.command.kind !== "stop") return [];
  const { account, leader } = event.command;
  if (account !== follower) return [];
  const stops = followers.get(follower)?.stops ?? [];
  return stops.filter((stop) => stop.guard === "monitoring" && stop.leader === leader);
}

/** How copies are named in steps. */
export function stepKey({ leader, instrument }: Pick<StruckPosition, "leader" | "instrument">): string {
  return `${leader} ${instrument}`;
}

function keyOf({ leader, market }: Copy): string {
  return stepKey({ leader: leader.account, instrument: market.instrument.id });
}

function heldOf({ legs }: Copy): number {
  return legs.reduce((sum, { heldLots }) => sum + heldLots, 0);
}

function quantityOf({ market }: Pick<Copy, "market">, lots: number): Decimal {
  return market.instrument.lotSize.times(Decimal.of(BigInt(lots), 0));
}

function strikeOf(state: State, verdict: Verdict): Strike {
  const { guard, leader, instrument, action, untilMs, detail, follower } = verdict;
  const markets = state.followers.get(follower)?.markets.values() ?? [];
  const copies = [...markets].flatMap((market) => market.copies.filter((copy) => covers(verdict, copy)));
  return {
    atMs: state.nowMs,
    guard,
    leader,
    instrument,
    action,
    untilMs,
    numbers: detail,
    positions: copies.flatMap((copy) => struck(state, copy)),
  };
}

/** Nothing where the stop leaves what is held. */
function struck(state: State, copy: Copy): readonly StruckPosition[] {
  const held = heldOf(copy);
  const left = copy.legs.reduce((sum, leg) => sum + leftOf(leg), 0);
  const ticks = valuationTicks(state, copy.market.instrument);
  if (held === 0 || held === left || ticks === null) return [];
  return [
    {
      leader: copy.leader.account,
      instrument: copy.market.instrument.id,
      quantity: quantityOf(copy, held).toString(),
      cut: quantityOf(copy, held - left).toString(),
      price: copy.market.instrument.tickSize.times(Decimal.of(BigInt(ticks), 0)).toString(),
    },
  ];
}

/** Of what a leg holds, on its side. */
function leftOf(leg: Copy["legs"][number]): number {
  if (leg.cuts.length === 0) return leg.heldLots;
  const target = cutTarget(leg);
  if (Math.sign(target) !== Math.sign(leg.heldLots)) return 0;
  return Math.sign(leg.heldLots) * Math.min(Math.abs(target), Math.abs(leg.heldLots));
}
