/**
 * The path from what leaders hold to the order, or to the reason why there is none, for each position of a follower: every
 * step with its numbers. It reads the state and asks the very functions that decide, so that it cannot tell another story than
 * the decision; nothing is changed. What status and journal show is made from it.
 */
import { type Denial, emptyDraft } from "./decision.ts";
import type { Leg } from "./event.ts";
import { copiesOf } from "./explanation.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import { type Instrument, priceText, quantityText, toWholeSteps } from "./model/instrument.ts";
import type { Wish } from "./netting.ts";
import { NO_OWN_CODE } from "./own-code.ts";
import { hasOpenOrders, inFlightLots } from "./ownership.ts";
import { hasEntries } from "./pending/entries.ts";
import { explainPending } from "./pending/explain-pending.ts";
import { valuationTicks } from "./quotes.ts";
import { detailText } from "./reason.ts";
import { type LegPlan, planLeg } from "./reconcile.ts";
import { objectionToIncrease, roomOf } from "./risk/check-risk.ts";
import { limitsAsTheyStand } from "./risk/extension-limit.ts";
import { clampText, tierClamp } from "./risk/leverage-cap.ts";
import type { SizingRule } from "./settings.ts";
import { unitsPerLeaderUnit } from "./shape/symbol-map.ts";
import { exactShare } from "./sizing/exact-share.ts";
import type { Fraction } from "./sizing/ratio.ts";
import { savedBps } from "./slicing/worked.ts";
import type {
  Copy,
  CopyLeg,
  FollowerLeg,
  FollowerMarket,
  FollowerState,
  LeaderState,
  State,
} from "./state.ts";
import { leaderSize, leftOutSize, legsOf, legTarget, targetLots } from "./target.ts";
import { whyNot } from "./why-not.ts";

/** Places of a size before it is rounded; enough to see by what a step it misses. */
const EXACT_PLACES = 8;

export type PathStepKind =
  | "leader"
  | "mapped"
  | "sized"
  | "rounded"
  | "raised"
  | "given-up"
  | "target"
  | "capped"
  | "waits"
  | "pending"
  | "held"
  | "netted"
  | "crossed"
  | "in-flight"
  | "worked"
  | "leverage"
  | "order"
  | "reason";

/** One step: its numbers (quantities are signed decimal strings), and the same for people. */
export interface PathStep {
  readonly step: PathStepKind;
  readonly text: string;
  readonly numbers: Readonly<Record<string, string | number>>;
}

export interface LeaderPath {
  readonly leader: string;
  readonly steps: readonly PathStep[];
}

export interface PositionPath {
  readonly follower: string;
  readonly symbol: string;
  readonly leg: Leg;
  /** From each leader that is copied there to what its copy may hold. */
  readonly leaders: readonly LeaderPath[];
  /** From all of them to the account's order or reason. */
  readonly account: readonly PathStep[];
}

/** Of all that its leaders hold, it holds, or is under way; what is not copied, with the reason. */
export function explainFollower(state: State, follower: FollowerState): readonly PositionPath[] {
  const copied = [...follower.markets.values()].filter(isOfInterest);
  return [...copied.flatMap((market) => explainPath(state, market)), ...excludedPaths(state, follower)];
}

/** Of one change that is being decided about: the leg where it shows, or why it is not copied at all. */
export function explainChange(
  state: State,
  { market, leg, ...change }: Pick<Denial, "market" | "leg"> & Partial<Denial>,
): PositionPath | null {
  if (market !== null) {
    const paths = explainPath(state, market);
    return paths.find((path) => path.leg === leg) ?? paths[0] ?? null;
  }
  const follower = change.follower === undefined ? undefined : state.followers.get(change.follower);
  const symbol = change.instrument && state.instruments.get(change.instrument)?.spec.symbol;
  const excluded = follower === undefined ? [] : excludedPaths(state, follower);
  return excluded.find((path) => path.symbol === symbol && path.leaders[0]?.leader === change.leader) ?? null;
}

function isOfInterest({ legs, copies }: FollowerMarket): boolean {
  const isBusy = legs.some((leg) => leg.ownedLots !== 0 || leg.foreignLots !== 0 || hasOpenOrders(leg));
  return (
    isBusy ||
    copies.some((copy) => copy.active && hasEntries(copy)) ||
    copies.some(({ active, leader, leaderInstrument }) => active && holdsAny(leader, leaderInstrument))
  );
}

function holdsAny(leader: LeaderState, instrument: Instrument): boolean {
  return holdingTexts(leader, instrument).length > 0;
}

function excludedPaths(state: State, { account }: FollowerState): readonly PositionPath[] {
  return [...state.leaders.values()].flatMap((leader) =>
    [...leader.copies].flatMap(([id, { excluded }]): PositionPath[] => {
      const instrument = state.instruments.get(id);
      const found = excluded.find(({ allocation }) => allocation.follower === account);
      if (instrument === undefined || found === undefined || !holdsAny(leader, instrument)) return [];
      const steps = [holdsStep(leader, instrument), reasonStep(found.reason, found.detail)];
      const leaders = [{ leader: leader.account, steps }];
      return [{ follower: account, symbol: instrument.spec.symbol, leg: "net", leaders, account: [] }];
    }),
  );
}

/** One for each of the follower's legs in this instrument; before its mode is known there is none to tell of. */
export function explainPath(state: State, market: FollowerMarket): readonly PositionPath[] {
  if (market.mode === null) return [];
  return legsOf(market.mode).flatMap((name) => {
    const leg = market.legs.find((candidate) => candidate.leg === name);
    return leg === undefined ? [] : [pathOf(state, leg)];
  });
}

function pathOf(state: State, leg: FollowerLeg): PositionPath {
  const { market } = leg;
  const plan = planLeg(state, leg, emptyDraft({ ...NO_OWN_CODE, limits: limitsAsTheyStand }));
  return {
    follower: market.follower.account,
    symbol: market.instrument.spec.symbol,
    leg: leg.leg,
    leaders: plan.wishes.map((wish) => leaderPath(state, wish, plan, leg)),
    account: accountSteps(state, leg, plan),
  };
}

function leaderPath(state: State, wish: Wish, plan: LegPlan, leg: FollowerLeg): LeaderPath {
  const { copy, part } = wish;
  const steps = [
    leaderStep(copy, part),
    mappedStep(copy, part),
    ...sizedSteps(copy, part),
    ...adjustedSteps(copy, part),
    targetStep(copy, part),
    ...limitSteps(state, wish),
    ...outcomeSteps(wish, plan, leg),
    ...explainPending(state, leg, copy, part).map((told) => ({ step: "pending", ...told }) as const),
  ];
  return { leader: copy.leader.account, steps };
}

function leaderStep(copy: Copy, part: CopyLeg): PathStep {
  const { leader, leaderInstrument: instrument } = copy;
  const held = holdsStep(leader, instrument);
  const leftOut = leftOutSize(copy, part.leg);
  if (leftOut === 0) return held;
  const left = quantityText(instrument, leftOut);
  return {
    step: "leader",
    text: `${held.text}; of it ${left} is on the side that is not copied`,
    numbers: { ...held.numbers, leftOut: left },
  };
}

function holdsStep(leader: LeaderState, instrument: Instrument): PathStep {
  const holds = holdingTexts(leader, instrument);
  const { symbol } = instrument.spec;
  return {
    step: "leader",
    text: `${leader.account} holds ${holds.join(" and ") || "nothing"} of ${symbol}`,
    numbers: { symbol, holds: holds.join(" ") || "0" },
  };
}

function holdingTexts({ holdings }: LeaderState, instrument: Instrument): readonly string[] {
  return [...(holdings.get(instrument.id)?.values() ?? [])]
    .filter(({ lots }) => lots !== 0)
    .map(({ leg, lots }) => `${quantityText(instrument, lots)}${leg === "net" ? "" : ` ${leg}`}`);
}

function mappedStep(copy: Copy, { leg }: CopyLeg): PathStep {
  const { allocation, leaderInstrument, market } = copy;
  const { symbol } = market.instrument.spec;
  const shaped = quantityText(leaderInstrument, leaderSize(copy, leg));
  const units = unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument).toString();
  const ways = [
    ...(allocation.inverse ? ["inverse"] : []),
    ...(allocation.side === "both" ? [] : [`${allocation.side} only`]),
    ...(units === "1" ? [] : [`${units} units for each of its own`]),
  ];
  const how = ways.length === 0 ? "" : ` (${ways.join(", ")})`;
  const place = leg === "net" ? symbol : `${symbol} ${leg}`;
  return {
    step: "mapped",
    text: `copied as ${shaped} of ${place}${how}`,
    numbers: {
      symbol,
      leg,
      quantity: shaped,
      units,
      inverse: String(allocation.inverse),
      side: allocation.side,
    },
  };
}

function sizedSteps(copy: Copy, part: CopyLeg): readonly PathStep[] {
  const { instrument } = copy.market;
  const { rule, numbers } = ruleOf(copy, part);
  const scaling = copy.allocation.positionScaling;
  const scaled = scaling === "1" ? "" : ` x position_scaling ${scaling}`;
  if (part.unsized !== null)
    return [{ step: "sized", text: `not sized by ${rule}${scaled}: ${part.unsized}`, numbers }];
  const share = exactShare(copy, part, part.leaderLots);
  const exact = share === null ? null : exactText(instrument, share);
  const wanted = quantityText(instrument, part.wantedLots);
  const sized = { ...numbers, scaling, exact: exact ?? wanted };
  const { quantityStep } = instrument.spec;
  return [
    { step: "sized", text: `sized by ${rule}${scaled} to ${exact ?? wanted}`, numbers: sized },
    {
      step: "rounded",
      text: `rounded towards zero to the step ${quantityStep}: ${wanted}`,
      numbers: { step: quantityStep, wanted },
    },
  ];
}

function ruleOf(
  { rule }: Copy,
  { proportion, opening }: CopyLeg,
): { readonly rule: string; readonly numbers: Readonly<Record<string, string | number>> } {
  const base = { rule: rule.kind };
  switch (rule.kind) {
    case "multiplier":
      return { rule: `multiplier ${rule.multiplier}`, numbers: { ...base, multiplier: rule.multiplier } };
    case "fixed-notional":
    case "fixed-quantity": {
      const amount = rule.kind === "fixed-notional" ? rule.notional : rule.quantity;
      const at = opening?.price ? ` at the opening's price ${opening.price}` : "";
      const numbers = { ...base, amount, ...(opening === null ? {} : { peakLots: opening.peakLots }) };
      return { rule: `${rule.kind} ${amount}${at}`, numbers: { ...numbers, price: opening?.price ?? "" } };
    }
    case "equity-proportional":
    case "volatility-target":
      return byCapital(rule, proportion);
  }
}

function byCapital(
  rule: Extract<SizingRule, { readonly kind: "equity-proportional" | "volatility-target" }>,
  proportion: CopyLeg["proportion"],
): { readonly rule: string; readonly numbers: Readonly<Record<string, string | number>> } {
  const base = rule.capital?.kind ?? "equity";
  const anchor = proportion === null ? "" : ` ${proportion.follower} / ${proportion.leader}`;
  const numbers = {
    rule: rule.kind,
    capital: base,
    ...(proportion === null ? {} : { follower: proportion.follower, leader: proportion.leader }),
  };
  if (rule.kind === "equity-proportional") return { rule: `${rule.kind} (${base}${anchor})`, numbers };
  const measured = proportion?.volatility ?? "";
  const swing = measured === "" ? "" : ` x volatility ${rule.volatility} / ${measured}`;
  return {
    rule: `${rule.kind} (${base}${anchor}${swing}, at most ${rule.factorMax} times)`,
    numbers: { ...numbers, volatility: rule.volatility, measured, factorMax: rule.factorMax },
  };
}

function exactText({ lotSize }: Instrument, { numerator, denominator }: Fraction): string {
  const lots = Decimal.of(numerator, 0).times(lotSize);
  return lots.dividedBy(Decimal.of(denominator, 0), EXACT_PLACES, "towards-zero").toString();
}

function adjustedSteps({ market: { instrument } }: Copy, part: CopyLeg): readonly PathStep[] {
  const excess = quantityText(instrument, part.excessLots);
  const waived = quantityText(instrument, part.waivedLots);
  const why = part.waivedFor ?? "waived";
  const raised = {
    step: "raised",
    text: `raised by ${excess} to the venue's minimum`,
    numbers: { excess },
  } as const;
  const givenUp = {
    step: "given-up",
    text: `given up: ${waived} (${why})`,
    numbers: { waived, why },
  } as const;
  const stopped = quantityText(instrument, part.stoppedLots);
  const { stoppedFor } = part;
  const fired = {
    step: "given-up",
    text: `closed before the leader: ${stopped} (${stoppedFor})`,
    numbers: { stopped, why: stoppedFor },
  } as const;
  return [
    ...(part.excessLots === 0 ? [] : [raised]),
    ...(part.waivedLots === 0 ? [] : [givenUp]),
    ...(part.stoppedLots === 0 ? [] : [fired]),
  ];
}

function targetStep({ market: { instrument }, active }: Copy, part: CopyLeg): PathStep {
  const target = quantityText(instrument, legTarget(part));
  const held = quantityText(instrument, part.heldLots);
  const ended = active ? "" : " (the allocation ended)";
  return { step: "target", text: `target ${target}, holds ${held}${ended}`, numbers: { target, held } };
}

function limitSteps(state: State, wish: Wish): readonly PathStep[] {
  const { copy, part, goal, objection, waits } = wish;
  const { instrument } = copy.market;
  const allowed = quantityText(instrument, goal);
  if (waits !== null) return [waitStep(state, wish, allowed)];
  if (objection === null || goal === legTarget(part)) return [];
  const { reason, detail } = objection;
  const text = `may hold ${allowed} now: ${reason}${detailText(detail)}`;
  return [{ step: "capped", text, numbers: { allowed, reason, ...detail } }];
}

function waitStep({ nowMs }: State, { part, waits, rests, asks }: Wish, allowed: string): PathStep {
  const id = part.proposal?.id;
  const forWhat =
    id !== undefined || asks !== null
      ? `for approval${id === undefined ? "" : ` (proposal ${id})`}`
      : forWhatOf({ waits, rests });
  const until =
    typeof waits === "number" ? `, ${Math.max(0, Math.round((waits - nowMs) / 1_000))} s more at most` : "";
  return {
    step: "waits",
    text: `may hold ${allowed} now: more waits ${forWhat}${until}`,
    numbers: {
      allowed,
      ...(typeof waits === "number" ? { untilMs: waits } : {}),
      ...(id === undefined ? {} : { proposal: id }),
    },
  };
}

function forWhatOf({ waits, rests }: Pick<Wish, "waits" | "rests">): string {
  if (waits === "event") return "for news of the leader";
  if (waits === "rest") return "at the leader's price, as an order that rests";
  return rests === null ? "for its delay" : "to rest at the leader's price again";
}

/** What comes of one copy: a crossing, a share of the order, or its reason. */
function outcomeSteps(wish: Wish, { step, netting }: LegPlan, { market }: FollowerLeg): readonly PathStep[] {
  const { copy } = wish;
  const { instrument } = market;
  const moved = netting.crossing?.moves.find(({ copy: index }) => index === copy.index)?.lots ?? 0;
  const crossed = quantityText(instrument, Lots(moved));
  const crossing = {
    step: "crossed",
    text: `${crossed} crosses with other leaders' copies, without an order`,
    numbers: { crossed },
  } as const;
  const why =
    step.kind === "order" && copiesOf({ market, shares: netting.shares }).includes(copy)
      ? null
      : whyNot(wish, step, netting);
  const isSaid = why === null || why.reason === "crossed-inside" || why === wish.objection;
  return [...(moved === 0 ? [] : [crossing]), ...(isSaid ? [] : [reasonStep(why.reason, why.detail)])];
}

function reasonStep(reason: string, detail: Readonly<Record<string, string | number>>): PathStep {
  return { step: "reason", text: `${reason}${detailText(detail)}`, numbers: { reason, ...detail } };
}

function accountSteps(state: State, leg: FollowerLeg, plan: LegPlan): readonly PathStep[] {
  const { step } = plan;
  const { market } = leg;
  const { instrument } = market;
  const target = quantityText(instrument, targetLots(market, leg.leg));
  const held = quantityText(instrument, leg.ownedLots);
  const foreign = quantityText(instrument, leg.foreignLots);
  const flying = quantityText(instrument, inFlightLots(leg));
  const own = leg.foreignLots === 0 ? "" : `, beside ${foreign} of the owner's`;
  const several = market.copies.length > 1 ? `${market.copies.length} leaders together: ` : "";
  return [
    {
      step: "netted",
      text: `${several}target ${target}`,
      numbers: { target, leaders: market.copies.length },
    },
    { step: "held", text: `holds ${held} of ours${own}`, numbers: { held, foreign } },
    ...(hasOpenOrders(leg)
      ? [{ step: "in-flight", text: `in flight: ${flying}`, numbers: { inFlight: flying } } as const]
      : []),
    ...workedSteps(leg),
    ...clippedSteps(state, leg, plan),
    ...leverageSteps(state, market),
    unreadStep(market) ?? outcomeOf(state, leg, step),
  ];
}

/** Only where the venue's risk tiers decide. */
function leverageSteps(state: State, market: FollowerMarket): readonly PathStep[] {
  const clamp = tierClamp(state, market);
  return clamp === null ? [] : [{ step: "leverage", text: clampText(clamp), numbers: { ...clamp } }];
}

/** A large change that is being worked, and what working the earlier ones came to. */
function workedSteps({ work, market }: FollowerLeg): readonly PathStep[] {
  const { instrument, worked } = market;
  const steps: PathStep[] = [];
  if (work !== null) {
    const [filled, wanted] = [work.filledLots, work.wantedLots].map((lots) => quantityText(instrument, lots));
    const { slice, slices } = work;
    const text = `is worked: slice ${slice} of ${slices}, ${filled} of ${wanted} filled`;
    steps.push({
      step: "worked",
      text,
      numbers: { slice, slices, filled: filled ?? "", wanted: wanted ?? "" },
    });
  }
  if (worked.changes === 0) return steps;
  const { changes, saved, savedToMid, fees } = worked;
  const bps = savedBps(saved, worked.atTouch);
  const text = `worked before: ${changes}, saved ${saved} USDT (${bps} bps) against crossing at once, ${savedToMid} against the middle, fees ${fees}`;
  const amounts = {
    saved: saved.toString(),
    savedBps: bps,
    savedToMid: savedToMid.toString(),
    fees: fees.toString(),
  };
  return [...steps, { step: "worked", text, numbers: { changes, ...amounts } }];
}

/** What a limit of the account left of an increase. */
function clippedSteps(state: State, leg: FollowerLeg, { wishes, step }: LegPlan): readonly PathStep[] {
  if (step.kind !== "order" || step.reduceOnly) return [];
  const goal = wishes.reduce((sum, wish) => addLots(sum, wish.goal), ZERO_LOTS);
  const wanted = subtractLots(goal, leg.ownedLots);
  const { planned } = emptyDraft();
  const objection = objectionToIncrease(state, leg, { lots: wanted, planned });
  if (objection === null || Math.abs(wanted) <= roomOf(objection)) return [];
  const { instrument } = leg.market;
  const room = quantityText(instrument, toWholeSteps(instrument, Lots(Math.floor(roomOf(objection)))));
  const { reason, detail } = objection;
  const text = `room for ${room} more: ${reason}${detailText(detail)}`;
  return [{ step: "capped", text, numbers: { room, reason, ...detail } }];
}

/** Before the account was read, nothing is decided about it. */
function unreadStep({ follower }: FollowerMarket): PathStep | null {
  if (follower.venue === null) return reasonStep("account-removed", {});
  if (follower.confirmedAtMs !== 0 || follower.halted !== null) return null;
  return { step: "waits", text: "waits for the account to be read", numbers: {} };
}

function outcomeOf(state: State, leg: FollowerLeg, step: LegPlan["step"]): PathStep {
  const { instrument } = leg.market;
  switch (step.kind) {
    case "order": {
      const quantity = quantityText(instrument, Lots(Math.abs(step.lots)));
      const side = step.lots > 0 ? "buy" : "sell";
      const ticks = valuationTicks(state, instrument);
      const price = ticks === null ? "" : priceText(instrument, ticks);
      const kind = step.reduceOnly ? ", reduce-only" : "";
      const at = price === "" ? "" : ` at about ${price}`;
      const { form, purpose } = step.entry;
      const limit = form.kind === "limit" ? priceText(instrument, form.price) : "";
      const worst = step.lots > 0 ? "at most" : "at least";
      const bound =
        limit === "" ? at : purpose !== "rebalance" ? ` resting at ${limit}` : `, ${worst} ${limit}`;
      const stated = limit === "" ? {} : { limit };
      const numbers = { side, quantity, reduceOnly: String(step.reduceOnly), price, ...stated };
      return { step: "order", text: `order: ${side} ${quantity}${bound}${kind}`, numbers };
    }
    case "wait": {
      const text = hasOpenOrders(leg)
        ? "waits for the order in flight"
        : "waits for what is asked of the venue";
      const numbers = step.untilMs === null ? {} : { untilMs: step.untilMs };
      return { step: "waits", text, numbers };
    }
    case "deny":
      return reasonStep(step.reason, step.detail);
    case "none":
      return { step: "reason", text: "nothing to send", numbers: {} };
  }
}
