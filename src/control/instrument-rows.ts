/**
 * One row per instrument (and leg, on hedge accounts) of a follower: what the leaders hold, what it should hold, what it
 * holds, what is under way, and why they differ.
 */
import type { Leg } from "../core/event.ts";
import { Lots } from "../core/model/amounts.ts";
import { Decimal } from "../core/model/decimal.ts";
import { type Instrument, quantityText } from "../core/model/instrument.ts";
import { hasOpenOrders, inFlightLots } from "../core/ownership.ts";
import type { ReasonKind } from "../core/reason.ts";
import {
  type Copy,
  type FollowerLeg,
  type FollowerMarket,
  type FollowerState,
  filledLots,
  isInFlight,
  isOpen,
  type State,
  type WorkingOrder,
} from "../core/state.ts";
import { leaderSize, legsOf, legTarget, targetLots } from "../core/target.ts";
import type { InstrumentStatus } from "./control.ts";

/** Shown while a proposal waits; no reason of the closed list, as the change has no outcome yet. */
export const AWAITS_APPROVAL = "awaits-approval";

/** What is missing is too little for the venue: nothing is to be done until it adds up. */
const TOO_LITTLE: ReadonlySet<string | null> = new Set(["below-minimum-quantity", "below-minimum-notional"]);

export function instrumentRows(state: State, follower: FollowerState): readonly InstrumentStatus[] {
  const copied = [...follower.markets.values()].flatMap(marketRows);
  const symbols = new Set(copied.map(({ symbol }) => symbol));
  const excluded = excludedRows(state, follower)
    .filter(({ symbol }) => !symbols.has(symbol))
    .map(({ of: _, ...row }) => row);
  return [...copied, ...excluded].sort(
    (left, right) =>
      left.symbol.localeCompare(right.symbol) || (left.positionIdx ?? 0) - (right.positionIdx ?? 0),
  );
}

export type RowParity = "at-target" | "within-step" | "explained" | "unexplained";

/** How what is held stands to its target: the one judgement, for counts, certificates and whoever else asks. */
export function rowParity({ steps, reason }: Pick<InstrumentStatus, "steps" | "reason">): RowParity {
  if (steps === 0) return "at-target";
  if (reason !== "") return "explained";
  return steps <= 1 ? "within-step" : "unexplained";
}

/** Whether there is nothing more to do in a market, and why not. */
export function isAtRest(market: FollowerMarket): { readonly isAtRest: boolean; readonly reason: string } {
  if (market.legs.some(hasOpenOrders)) return { isAtRest: false, reason: "an order is in flight" };
  const asked = market.copies.flatMap(({ legs }) => legs).find(({ proposal }) => proposal !== null);
  if (asked !== undefined) return { isAtRest: false, reason: AWAITS_APPROVAL };
  const apart = market.legs.filter((leg) => targetLots(market, leg.leg) !== leg.ownedLots);
  if (apart.length > 0 && !TOO_LITTLE.has(market.lastReason)) {
    return { isAtRest: false, reason: market.lastReason ?? "not at its target yet" };
  }
  const isWaiting = market.copies.some(({ pendingChanges }) => pendingChanges.length > 0);
  return { isAtRest: !isWaiting, reason: isWaiting ? "a change of the leader is being worked on" : "" };
}

/** 1 and 2 name the legs of hedge accounts; one-way accounts have none. */
export function positionIdx(leg: Leg): { readonly positionIdx?: 1 | 2 } {
  switch (leg) {
    case "net":
      return {};
    case "long":
      return { positionIdx: 1 };
    case "short":
      return { positionIdx: 2 };
  }
}

function marketRows(market: FollowerMarket): readonly InstrumentStatus[] {
  if (market.copies.length === 0 && market.legs.every(({ foreignLots }) => foreignLots === 0)) return [];
  const legs = market.mode === null ? modelessLegs(market) : legsOf(market.mode);
  return legs.map((name) => {
    const leg = market.legs.find((candidate) => candidate.leg === name);
    return legRow(market, name, leg);
  });
}

/** Before the venue has told the mode, and on accounts where nothing is copied: what there is, at least one row. */
function modelessLegs(market: FollowerMarket): readonly Leg[] {
  return market.legs.length === 0 ? ["net"] : market.legs.map(({ leg }) => leg);
}

function legRow(market: FollowerMarket, name: Leg, leg: FollowerLeg | undefined): InstrumentStatus {
  const { instrument, copies } = market;
  const target = targetLots(market, name);
  const held = leg?.ownedLots ?? 0;
  const foreign = leg?.foreignLots ?? 0;
  const several = copies.length > 1;
  const leader = sum(copies.map((copy) => leaderHolds(copy, name)));
  const concerns = leader !== "0" || target !== held;
  return {
    symbol: instrument.spec.symbol,
    ...positionIdx(name),
    leader,
    ...(several ? { leaders: copies.map((copy) => leaderRow(copy, name)) } : {}),
    target: quantityText(instrument, target),
    held: leg === undefined ? "0" : quantityText(instrument, leg.ownedLots),
    ...(foreign === 0 || leg === undefined ? {} : { foreign: quantityText(instrument, leg.foreignLots) }),
    inFlight: leg === undefined ? "0" : quantityText(instrument, inFlightLots(leg)),
    ...(leg === undefined ? {} : { ...restingOf(instrument, leg), ...workingOf(instrument, leg) }),
    ...pendingOf(market, name),
    steps: Math.abs(target - held),
    // A leg where nothing is wanted has none.
    reason: concerns ? reasonOf(market, name, leg) : "",
  };
}

/** What is worked rests or is on its way in between, which clears the reason that stood. */
function reasonOf(market: FollowerMarket, name: Leg, leg: FollowerLeg | undefined): string {
  const reason = standingReason(market, name);
  if (reason !== null) return reason;
  if (asksFor(market, name)) return AWAITS_APPROVAL;
  return leg !== undefined && leg.work !== null ? WORKING : "";
}

/** That of the leg itself; the market's, unless it is only another leg's. */
function standingReason({ copies, lastReason }: FollowerMarket, name: Leg): ReasonKind | null {
  const legs = copies.flatMap((copy) => copy.legs);
  const own = legs.find((part) => part.leg === name && part.lastReason !== null)?.lastReason ?? null;
  if (own !== null) return own;
  return legs.some((part) => part.leg !== name && part.lastReason === lastReason) ? null : lastReason;
}

const WORKING: ReasonKind = "working";

function workingOf(instrument: Instrument, { work }: FollowerLeg): Pick<InstrumentStatus, "working"> {
  if (work === null) return {};
  const { slice, slices, filledLots, wantedLots } = work;
  const [filled, wanted] = [quantityText(instrument, filledLots), quantityText(instrument, wantedLots)];
  return { working: { slice, slices, filled, wanted } };
}

/** Of orders that rest, what may still fill of each kind: a stop and a target close the same position, and do not add up. */
function restingOf(instrument: Instrument, leg: FollowerLeg): Pick<InstrumentStatus, "resting"> {
  const lots = { entries: 0, exits: 0, takeProfits: 0, stopLosses: 0 };
  for (const order of leg.working.values()) {
    if (!isOpen(order) || isInFlight(order)) continue;
    const left = Math.max(Math.abs(order.lots) - filledLots(order), 0);
    lots[restingKind(order)] += order.lots < 0 ? -left : left;
  }
  if (Object.values(lots).every((one) => one === 0)) return {};
  const text = (one: number) => quantityText(instrument, Lots(one));
  return {
    resting: {
      entries: text(lots.entries),
      exits: text(lots.exits),
      takeProfits: text(lots.takeProfits),
      stopLosses: text(lots.stopLosses),
    },
  };
}

function restingKind({ purpose, reduceOnly }: WorkingOrder): keyof NonNullable<InstrumentStatus["resting"]> {
  if (purpose === "take-profit") return "takeProfits";
  if (purpose === "stop") return "stopLosses";
  return reduceOnly ? "exits" : "entries";
}

function pendingOf({ copies }: FollowerMarket, name: Leg): Pick<InstrumentStatus, "pending"> {
  const parts = copies.flatMap(({ legs }) => legs.filter(({ leg }) => leg === name));
  const reasons = new Set(parts.flatMap(({ pendingNotes }) => pendingNotes.map(({ reason }) => reason)));
  return reasons.size === 0 ? {} : { pending: [...reasons].sort() };
}

function asksFor({ copies }: FollowerMarket, name: Leg): boolean {
  return copies.some(({ legs }) => legs.some(({ leg, proposal }) => leg === name && proposal !== null));
}

function leaderRow(copy: Copy, name: Leg) {
  const part = copy.legs.find(({ leg }) => leg === name);
  return {
    nickname: copy.leader.account,
    leader: leaderHolds(copy, name).toString(),
    target: part === undefined ? "0" : quantityText(copy.market.instrument, legTarget(part)),
  };
}

function leaderHolds(copy: Copy, name: Leg): Decimal {
  return amount(copy.leaderInstrument, leaderSize(copy, name));
}

export interface ExcludedRow extends InstrumentStatus {
  readonly reason: ReasonKind;
  /** The leader. */
  readonly of: string;
}

/** What its leaders hold and this follower does not copy, with the reason. */
export function excludedRows(state: State, follower: FollowerState): readonly ExcludedRow[] {
  const rows: ExcludedRow[] = [];
  for (const leader of state.leaders.values()) {
    for (const [id, { excluded }] of leader.copies) {
      const instrument = state.instruments.get(id);
      const found = excluded.find(({ allocation }) => allocation.follower === follower.account);
      if (instrument === undefined || found === undefined) continue;
      const held = [...(leader.holdings.get(id)?.values() ?? [])].map(({ lots }) => amount(instrument, lots));
      if (held.every(({ isZero }) => isZero)) continue;
      const none = { target: "0", held: "0", inFlight: "0", steps: 0 };
      const { symbol } = instrument.spec;
      rows.push({ symbol, leader: sum(held), ...none, reason: found.reason, of: leader.account });
    }
  }
  return rows;
}

function amount(instrument: Instrument, lots: Lots): Decimal {
  return instrument.lotSize.times(Decimal.of(BigInt(lots), 0));
}

function sum(amounts: readonly Decimal[]): string {
  return amounts.reduce((total, value) => total.plus(value), Decimal.zero).toString();
}
