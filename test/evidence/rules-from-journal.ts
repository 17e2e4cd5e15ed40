/** What a journal says of rules, limits and guards, for the independent checker. */
import type { PlannedOrder } from "../../src/core/decision.ts";
import type { Event } from "../../src/core/event.ts";
import type { LeaderRisk } from "../../src/core/evidence.ts";
import { copiesOf } from "../../src/core/explanation.ts";
import { covers, standingStop, type Verdict } from "../../src/core/guard/stop.ts";
import { ZERO_LOTS } from "../../src/core/model/amounts.ts";
import type { InstrumentId } from "../../src/core/model/identifiers.ts";
import { priceText, quantityText } from "../../src/core/model/instrument.ts";
import type { State } from "../../src/core/state.ts";
import { type Crossing, heldLots } from "../../src/core/virtual.ts";
import type { FoldedStep } from "../../src/journal/fold.ts";
import type {
  RuleRecord,
  Written,
  WrittenCrossing,
  WrittenOrder,
  WrittenStop,
} from "../checker/rules/record.ts";

type Lists = { -readonly [Key in keyof RuleRecord]: RuleRecord[Key][number][] };

/** Is told of each step of the fold. */
export class RuleReader {
  readonly lists: Lists = {
    denials: [],
    orders: [],
    crossings: [],
    stops: [],
    ends: [],
    commands: [],
    figures: [],
    prices: [],
    givenUp: [],
    measured: [],
    starts: [],
  };
  /** Stops that stand, by follower. */
  readonly #standing = new Map<string, readonly number[]>();
  /** Before its own decision crosses anything between leaders. */
  readonly #heldBefore = new WeakMap<Verdict, WrittenStop["held"]>();

  decided({ sequence, decision }: FoldedStep, state: State): void {
    const at = { sequence, atMs: state.nowMs };
    for (const verdict of decision.stops) this.#heldBefore.set(verdict, heldUnder(state, verdict));
    for (const { copy, leader, follower, instrument, leg, reason, detail } of decision.denials) {
      if (copy === null) continue;
      this.lists.denials.push({ ...at, leader, follower, symbol: symbolOf(instrument), leg, reason, detail });
    }
    for (const planned of decision.orders) this.lists.orders.push(orderOf(planned, at));
    for (const crossing of decision.crossings) this.lists.crossings.push(...crossingsOf(crossing, at));
    for (const { kind, copy, leg, reason: own } of decision.adjustments) {
      // Without a reason of its own it is for what the same decision says of that part of the copy.
      const said = decision.denials.find(
        (denial) => denial.copy === copy && (denial.leg ?? leg) === leg,
      )?.reason;
      const reason = own ?? (kind === "waive" ? said : undefined);
      if (reason === undefined) continue;
      const { follower, instrument } = copy.market;
      const place = {
        follower: follower.account,
        leader: copy.leader.account,
        symbol: instrument.spec.symbol,
      };
      this.lists.givenUp.push({ sequence, ...place, reason });
    }
  }

  folded({ sequence, event, decision }: FoldedStep, state: State): void {
    const at = { sequence, atMs: state.nowMs };
    if (decision.refusal === null) this.#note(event, at);
    for (const verdict of decision.stops)
      this.#begin(state, verdict, at, this.#heldBefore.get(verdict) ?? heldUnder(state, verdict));
    for (const { account, stops } of state.followers.values()) {
      const known = this.#standing.get(account) ?? [];
      if (known.length === 0 && stops.length === 0) continue;
      const by = event.kind === "command-issued" ? event.command.kind : event.kind;
      for (const stop of stops)
        if ((stop.guard === "panic" || stop.guard === "monitoring") && !known.includes(stop.id))
          this.#begin(state, stop, at, heldUnder(state, stop));
      for (const id of known)
        if (!stops.some((stop) => stop.id === id)) this.lists.ends.push({ ...at, follower: account, id, by });
      this.#standing.set(
        account,
        stops.map(({ id }) => id),
      );
    }
  }

  /** Guards say so in a decision; the owner's panic is in force with its command. */
  #begin(state: State, verdict: Verdict, at: Written, held: WrittenStop["held"]): void {
    const stop = stopOf(state, verdict, at, held);
    if (stop !== null) this.lists.stops.push(stop);
  }

  #note(event: Event, at: Written): void {
    const { lists } = this;
    if (event.kind === "engine-started") lists.starts.push(at);
    else if (event.kind === "price-updated")
      lists.prices.push({
        ...at,
        symbol: symbolOf(event.instrument),
        price: event.mark,
        best: [event.bid, event.ask],
      });
    else if (event.kind === "follower-snapshot-taken" || event.kind === "leader-snapshot-taken") {
      const { equity, available } = event.equity;
      lists.figures.push({ ...at, account: event.account, equity, available, isSnapshot: true });
    } else if (event.kind === "equity-reported") {
      const { account, equity, available } = event;
      lists.figures.push({ ...at, account, equity, available, isSnapshot: false });
    } else if (event.kind === "evidence-updated") {
      const { account, evidence } = event;
      const { measuredAtMs, annualVolatility: volatility, style, correlations = {}, risk } = evidence;
      const said = {
        ...(volatility === undefined ? {} : { volatility }),
        ...(style === undefined ? {} : { style }),
        ...(risk === undefined ? {} : { risk: riskWord(risk) }),
      };
      lists.measured.push({ ...at, account, measuredAtMs, correlations, ...said });
    } else if (event.kind === "command-issued") {
      const { command } = event;
      const { kind, account = null } = command;
      const leader = "leader" in command ? (command.leader ?? null) : null;
      const symbol = "symbol" in command ? (command.symbol ?? null) : null;
      lists.commands.push({ ...at, kind, follower: account, leader, symbol });
    }
  }
}

/** One for each leader that gains or loses by it. */
function crossingsOf({ leg, moves }: Crossing, at: Written): WrittenCrossing[] {
  const { follower, instrument, copies } = leg.market;
  const { symbol } = instrument.spec;
  return moves.flatMap(({ copy }) => {
    const leader = copies[copy]?.leader.account;
    return leader === undefined ? [] : [{ ...at, follower: follower.account, leader, symbol, leg: leg.leg }];
  });
}

function orderOf(planned: PlannedOrder, at: Written): WrittenOrder {
  const { market, order, shares } = planned;
  const { instrument, follower } = market;
  const { form } = order;
  const simple = form.kind === "conditional" ? form.becomes : form;
  const own = market.legs.find(({ leg }) => leg === order.leg);
  return {
    ...at,
    clientOrderId: order.clientOrderId,
    follower: follower.account,
    symbol: instrument.spec.symbol,
    leg: order.leg,
    quantity: quantityText(instrument, order.lots),
    reduceOnly: order.reduceOnly,
    purpose: order.purpose,
    limitPrice: simple.kind === "limit" ? priceText(instrument, simple.price) : "",
    shares: copiesOf(planned).map((copy) => {
      const share = shares?.find(({ copy: index }) => index === copy.index);
      const lots = share === undefined ? order.lots : share.lots * Math.sign(order.lots);
      return {
        leader: copy.leader.account,
        quantity: quantityText(instrument, lots as typeof order.lots),
        held: quantityText(instrument, heldLots(copy, order.leg)),
      };
    }),
    isHeld: own !== undefined && own.ownedLots !== 0,
    shown: quantityText(instrument, own?.venue.lots ?? ZERO_LOTS),
    others: othersHeld(planned),
  };
}

function othersHeld(planned: PlannedOrder): WrittenOrder["others"] {
  const { market, order } = planned;
  const isElsewhere = (one: typeof market, leg: string): boolean => one !== market || leg !== order.leg;
  const markets = [...market.follower.markets.values()];
  const owned = markets.flatMap((one) =>
    one.legs.filter(({ leg, ownedLots }) => ownedLots !== 0 && isElsewhere(one, leg)),
  );
  const byLeader: Record<string, number> = {};
  for (const { leader } of copiesOf(planned)) {
    byLeader[leader.account] = markets.reduce((sum, one) => {
      const copies = one.copies.filter((copy) => copy.leader === leader);
      const legs = one.legs.filter(({ leg }) => isElsewhere(one, leg));
      return sum + legs.filter(({ leg }) => copies.some((copy) => heldLots(copy, leg) !== 0)).length;
    }, 0);
  }
  return { account: owned.length, byLeader };
}

/** What the copies that a stop is about hold. */
function heldUnder(state: State, stop: Verdict): WrittenStop["held"] {
  const follower = state.followers.get(stop.follower);
  const copies = [...(follower?.markets.values() ?? [])].flatMap((market) => market.copies);
  return copies
    .filter((copy) => covers(stop, copy))
    .flatMap((copy) =>
      copy.legs.map((part) => ({
        leader: copy.leader.account,
        symbol: copy.market.instrument.spec.symbol,
        leg: part.leg,
        quantity: quantityText(copy.market.instrument, part.heldLots),
      })),
    );
}

function stopOf(state: State, verdict: Verdict, at: Written, held: WrittenStop["held"]): WrittenStop | null {
  const follower = state.followers.get(verdict.follower);
  const stop = follower === undefined ? undefined : standingStop(follower, verdict);
  if (follower === undefined || stop === undefined) return null;
  const { id, guard, leader, instrument, keeps, bars, untilFlat, untilMs, level, detail } = stop;
  return {
    ...at,
    follower: follower.account,
    id,
    guard,
    leader,
    symbol: instrument === null ? null : symbolOf(instrument),
    keeps,
    bars,
    untilFlat,
    untilMs,
    level,
    detail,
    held,
  };
}

function riskWord({ beta }: LeaderRisk): "with-beta" | "without-beta" {
  return beta === undefined ? "without-beta" : "with-beta";
}

function symbolOf(instrument: InstrumentId): string {
  return instrument.slice(0, instrument.indexOf("@"));
}
