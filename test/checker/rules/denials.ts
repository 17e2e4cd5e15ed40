/**
 * Every denial that was written for a rule, a limit or a guard, held against the settings in force at that moment, what the
 * copier had been told by then, and the exchange's history. What was given up once is named again without numbers: then the
 * denial that gave it up must have been written before.
 */
import type { CheckedAllocation, CheckedLimits, Evidence, Violation } from "../evidence.ts";
import { compare, type Exact, exact, minus, over, plus, show, sign, times, ZERO } from "../exact.ts";
import { underLimits } from "../in-force.ts";
import { signed } from "../targets.ts";
import { judgeCorrelation, judgeLack, judgePortfolioRisk, judgeStyle, judgeUnmeasured } from "./measured.ts";
import type { RuleRecord, WrittenDenial } from "./record.ts";
import { isAbout, isOpenAt, lastBefore, lastInForce, priceAt, standingAt, wasQuoted } from "./times.ts";

interface Case {
  readonly evidence: Evidence;
  readonly record: RuleRecord;
  readonly denial: WrittenDenial;
  readonly allocation: CheckedAllocation;
}

type Judge = (subject: Case) => string | null;

export function checkDenials(evidence: Evidence, record: RuleRecord): Violation[] {
  return record.denials.flatMap((denial) => {
    const problem = problemOf(evidence, record, denial);
    if (problem === null) return [];
    const { leader, follower, symbol, leg, reason } = denial;
    const subject = `${leader}>${follower} ${symbol} ${leg ?? "all"} at ${denial.atMs} (${denial.sequence})`;
    return [{ rule: "impossible-reason", subject, numbers: `${reason}: ${problem}` }];
  });
}

function problemOf(evidence: Evidence, record: RuleRecord, denial: WrittenDenial): string | null {
  const judge = JUDGES[denial.reason];
  if (judge === undefined) return null;
  if (denial.detail.waivedLots !== undefined) return wasGivenUp(record, denial);
  const allocations = lastInForce(evidence, denial);
  if (allocations.length === 0) return "nobody copies that leader there";
  const { follower, atMs } = denial;
  const problems = underLimits(evidence, follower, atMs, atMs).flatMap((known) =>
    allocations.map((allocation) => judge({ evidence: known, record, denial, allocation })),
  );
  return problems.includes(null) ? null : [...new Set(problems)].join(", or ");
}

/** What is only waited for, or named again, gives nothing up. */
function givesUp({ detail }: WrittenDenial): boolean {
  return detail.waivedLots === undefined && detail.capPrice === undefined;
}

/** Reasons that only an order that ended gives: they have no denial of their own with numbers. */
const BY_ORDER: Readonly<Record<string, readonly string[]>> = {
  "rest-expired": ["entry-rest"],
  slippage: ["rebalance"],
};

function wasGivenUp(record: RuleRecord, denial: WrittenDenial): string | null {
  const isSame = (one: Pick<WrittenDenial, "sequence" | "follower" | "leader" | "symbol">) =>
    one.sequence <= denial.sequence &&
    one.follower === denial.follower &&
    one.leader === denial.leader &&
    one.symbol === denial.symbol;
  const { reason } = denial;
  const isSaid = record.denials.some((one) => isSame(one) && one.reason === reason && givesUp(one));
  const isGiven = record.givenUp.some((one) => isSame(one) && one.reason === reason);
  const isOrdered = record.orders.some(
    ({ sequence, follower, symbol, purpose, limitPrice }) =>
      sequence < denial.sequence &&
      follower === denial.follower &&
      symbol === denial.symbol &&
      limitPrice !== "" &&
      BY_ORDER[reason]?.includes(purpose) === true,
  );
  return isSaid || isGiven || isOrdered ? null : "nothing was given up for it";
}

const JUDGES: Readonly<Record<string, Judge>> = {
  "outside-hours": ({ allocation: { rules }, denial }) => {
    if (rules?.hours == null) return "no hours are stated";
    return isOpenAt(rules.hours, denial.atMs) ? "it was inside them" : null;
  },
  "side-filtered": judgeSide,
  "max-positions": judgePositions,
  "late-entry": judgeLateEntry,
  slippage: judgeSlippage,
  "too-late": ({ allocation: { rules }, denial: { detail } }) => {
    if (rules?.entryDelayMaxMs !== detail.delayMaxMs) return "no such delay is stated";
    return Number(detail.delayMs) > Number(detail.delayMaxMs) ? null : "it was in time";
  },
  "rest-expired": () => "nothing had rested",
  "order-cap": judgeCap((rules) => rules.orderMost),
  "symbol-cap": judgeCap((rules) => rules.symbolMost),
  "leader-cap": judgeCap((rules) => rules.leaderMost),
  "portfolio-exposure": judgeShare((limits) => limits.portfolio),
  "symbol-exposure": judgeShare((limits) => limits.symbol),
  "leader-exposure": judgeShare((limits) => limits.leader),
  "portfolio-leverage": judgeShare((limits) => limits.leverage),
  "sector-concentration": judgeShare((limits) => limits.sector, shareOfSector),
  "strategy-exposure": (subject) =>
    judgeStyle(subject.evidence, subject.record, subject.denial) ??
    judgeShare((limits) => limits.strategy)(subject),
  "portfolio-risk": ({ evidence, record, denial }) => judgePortfolioRisk(evidence, record, denial),
  "correlation-limit": ({ evidence, record, denial }) => judgeCorrelation(evidence, record, denial),
  "evidence-missing": judgeMeasured,
  "evidence-stale": judgeMeasured,
  "margin-reserve": judgeReserve,
  "order-rate": judgeRate,
  stopped: ({ record, denial }) => judgeStop(record, denial, ({ bars }) => bars),
  cut: ({ record, denial }) => judgeStop(record, denial, ({ keeps }) => keeps.part < keeps.whole),
  paused: judgePaused,
  "leverage-above-cap": judgeLeverage,
  "stop-fired": judgeFired(["stop", "take-profit"], (rules) => rules.copyStops),
  "trigger-passed": judgeFired(["stop", "take-profit"], (rules) => rules.copyStops),
  "exit-filled": judgeFired(["rested-exit"], (rules) => rules.exitParity),
};

/** How old a measurement may be for sizing by volatility is judged with the outcomes (../reasons.ts). */
function judgeMeasured({ evidence, record, denial }: Case): string | null {
  const { limit, sizing } = denial.detail;
  if (limit !== undefined && typeof limit !== "number") return judgeLack(evidence, record, denial);
  const isSizing = sizing === "volatility-target" && denial.reason === "evidence-missing";
  return isSizing ? judgeUnmeasured(record, denial) : null;
}

/** The leader held something on the side that is left out, as far as that was known. */
function judgeSide({ evidence, denial, allocation: { side = "both" } }: Case): string | null {
  if (side === "both") return "both sides are copied";
  const leader = evidence.leaders.find(({ account }) => account === denial.leader);
  const wrong = side === "long" ? -1 : 1;
  const held = new Map<string, Exact>();
  let lastMs = 0;
  let isSeen = false;
  for (const fill of leader?.fills ?? []) {
    if (fill.symbol !== denial.symbol || fill.atMs > denial.atMs + evidence.slackMs) continue;
    const isStanding =
      lastMs <= denial.atMs + evidence.slackMs && fill.atMs >= denial.atMs - evidence.slackMs;
    isSeen ||= isStanding && [...held.values()].some((value) => sign(value) === wrong);
    held.set(fill.leg, plus(held.get(fill.leg) ?? ZERO, signed(fill.side, fill.quantity)));
    lastMs = fill.atMs;
  }
  isSeen ||= [...held.values()].some((value) => sign(value) === wrong);
  isSeen ||= believed(evidence, denial).some((value) => sign(value) === wrong);
  return isSeen ? null : `it held nothing ${side === "long" ? "short" : "long"}`;
}

function judgePositions({ evidence, record, denial, allocation }: Case): string | null {
  const { of, open, limit } = denial.detail;
  const { rules, follower } = allocation;
  const most = of === "allocation" ? rules?.positionsMax : rules?.followerPositionsMax;
  if (most !== limit) return `the limit is ${most ?? "none"}`;
  if (Number(open) < Number(limit)) return `${open} are fewer than ${limit}`;
  const places =
    of === "allocation" && isCopiedOfSeveral(evidence, follower)
      ? placesOfLeader(evidence, record, denial)
      : placesTaken(evidence, record, follower, denial);
  places.delete(`${denial.symbol} ${denial.leg}`);
  return places.size >= Number(open) ? null : `${places.size} can have been open, not ${open}`;
}

function isCopiedOfSeveral({ versions = [] }: Evidence, name: string): boolean {
  const copied = versions.filter(({ allocation }) => allocation.follower === name);
  return new Set(copied.map(({ allocation }) => allocation.leader)).size > 1;
}

/**
 * Where something was ordered or crossed for the leader. Leaders that oppose each other leave the account flat while each of
 * their copies holds something, so that its fills do not tell when a place became free.
 */
function placesOfLeader(
  evidence: Evidence,
  { orders, crossings }: RuleRecord,
  { follower, leader, sequence, atMs }: WrittenDenial,
): Set<string> {
  const ordered = orders.filter(({ shares }) => shares.some((share) => share.leader === leader));
  const crossed = crossings.filter((one) => one.leader === leader);
  return new Set([
    ...[...ordered, ...crossed]
      .filter((one) => one.follower === follower && one.sequence <= sequence)
      .map(({ symbol, leg }) => `${symbol} ${leg}`),
    ...placesOfLostTails(evidence, follower, atMs),
  ]);
}

/** Where orders were filled that a power cut took from the journal: what they opened is held without a record of them. */
function placesOfLostTails(
  { followers, lostIntents = [], slackMs }: Evidence,
  name: string,
  atMs: number,
): readonly string[] {
  const lost = new Set(lostIntents.map(({ clientOrderId }) => clientOrderId));
  const fills = followers.find(({ account }) => account === name)?.fills ?? [];
  return fills
    .filter((fill) => fill.atMs <= atMs + slackMs && lost.has(fill.clientOrderId))
    .map(({ symbol, leg }) => `${symbol} ${leg}`);
}

/** Where something of ours was held, wanted or ordered around that time. */
function placesTaken(
  evidence: Evidence,
  { orders }: RuleRecord,
  name: string,
  { atMs, sequence }: WrittenDenial,
): Set<string> {
  const { followers, slackMs } = evidence;
  const places = new Set(placesOfLostTails(evidence, name, atMs));
  for (const order of orders) {
    if (order.follower !== name || order.sequence > sequence || order.reduceOnly) continue;
    places.add(`${order.symbol} ${order.leg}`);
  }
  const account = followers.find((one) => one.account === name);
  const flatSinceMs = new Map<string, number>();
  const held = new Map<string, Exact>();
  for (const { symbol, leg, side, quantity, atMs: filledAtMs } of account?.fills ?? []) {
    if (filledAtMs > atMs + slackMs) break;
    const key = `${symbol} ${leg}`;
    const now = plus(held.get(key) ?? ZERO, signed(side, quantity));
    held.set(key, now);
    if (sign(now) === 0) flatSinceMs.set(key, filledAtMs);
    else flatSinceMs.delete(key);
  }
  const lastOrdered = (key: string): number =>
    orders.findLast(
      (one) => one.follower === name && `${one.symbol} ${one.leg}` === key && one.sequence <= sequence,
    )?.atMs ?? 0;
  for (const [key, sinceMs] of flatSinceMs)
    if (sinceMs < atMs - slackMs && lastOrdered(key) < atMs - slackMs) places.delete(key);
  return places;
}

/** What a buyer pays now is more than what the leader paid, or what a seller gets is less. */
function judgeLateEntry({ evidence, record, denial, allocation }: Case): string | null {
  const { price, leaderEntry } = denial.detail;
  if (allocation.rules?.notWorse !== true) return "no start mode asks for that";
  const known = priceAt(record, denial.symbol, denial.sequence);
  if (!wasQuoted(record, denial.symbol, denial.sequence, exact(String(price))))
    return `the price was ${known}`;
  if (leaderEntry === "" || leaderEntry === undefined) return null;
  const worse = minus(exact(String(price)), exact(String(leaderEntry)));
  const sides = sidesOf(evidence, denial, allocation);
  return sides.some((side) => sign(worse) === side) ? null : `${show(worse)} is no worse`;
}

/** On which sides the copy can have wanted to grow. */
function sidesOf(
  evidence: Evidence,
  denial: WrittenDenial,
  { inverse = false }: CheckedAllocation,
): readonly number[] {
  const { leg, symbol, atMs, leader: name } = denial;
  if (leg === "long") return [1];
  if (leg === "short") return [-1];
  const leader = evidence.leaders.find(({ account }) => account === name);
  const turn = inverse ? -1 : 1;
  const held = new Map<string, Exact>();
  const sides = new Set<number>();
  for (const fill of leader?.fills ?? []) {
    if (fill.symbol !== symbol || fill.atMs > atMs + evidence.slackMs) continue;
    if (fill.atMs >= atMs - evidence.slackMs)
      for (const value of held.values()) sides.add(sign(value) * turn);
    held.set(fill.leg, plus(held.get(fill.leg) ?? ZERO, signed(fill.side, fill.quantity)));
  }
  for (const value of held.values()) sides.add(sign(value) * turn);
  for (const value of believed(evidence, denial)) sides.add(sign(value) * turn);
  return [...sides].filter((side) => side !== 0);
}

/** What the copier took a leader to hold at times before; messages that came late had it believe in something that never was. */
function believed(
  { outcomes, slackMs }: Evidence,
  { leader, symbol, atMs }: WrittenDenial,
): readonly Exact[] {
  return outcomes
    .filter((one) => one.leader === leader && one.symbol === symbol)
    .filter((one) => one.atMs <= atMs && one.atMs >= atMs - slackMs)
    .map(({ leaderHolds }) => exact(leaderHolds));
}

const BPS = exact("10000");
/** Recorded means are shown to eight places. */
const ROUNDING_BPS = exact("0.02");

function judgeSlippage({ evidence, record, denial, allocation }: Case): string | null {
  const { price, leaderPrice, bps, bpsMax } = denial.detail;
  if (allocation.rules?.slippageBpsMax !== bpsMax) return "no such cap is stated";
  if (denial.detail.capPrice !== undefined) return judgeMissedCap(evidence, record, denial);
  if (allocation.rules?.onRunaway !== "skip") return "what runs away is not skipped";
  const known = priceAt(record, denial.symbol, denial.sequence);
  if (!wasQuoted(record, denial.symbol, denial.sequence, exact(String(price))))
    return `the price was ${known}`;
  const [now, paid] = [exact(String(price)), exact(String(leaderPrice))];
  const worse = over(times(minus(now, paid), BPS), paid);
  const isTrue = sidesOf(evidence, denial, allocation).some((side) => {
    const sided = times(worse, exact(String(side)));
    const isStated = compare(magnitudeOf(minus(sided, exact(String(bps)))), ROUNDING_BPS) <= 0;
    return isStated && compare(plus(sided, ROUNDING_BPS), exact(String(bpsMax))) > 0;
  });
  if (!isTrue) return `${show(worse)} from ${leaderPrice} to ${price}`;
  return judgePaid(evidence, denial);
}

/** What could not be bought at its cap says nothing of what was sold at one since, and the other way round. */
function judgeMissedCap(evidence: Evidence, record: RuleRecord, denial: WrittenDenial): string | null {
  const problems = ([1, -1] as const).map((side) => judgeMissedOn(side, evidence, record, denial));
  return problems.includes(null) ? null : (problems.find((one) => one !== NOTHING_TRIED) ?? NOTHING_TRIED);
}

const NOTHING_TRIED = "nothing was tried at a cap";

/** Waited for, not given up: the last order at a cap came back without a fill, and the cap is the worst tick within that of the leader's price. */
function judgeMissedOn(
  missed: 1 | -1,
  evidence: Evidence,
  record: RuleRecord,
  denial: WrittenDenial,
): string | null {
  const { capPrice, leaderPrice, bpsMax } = denial.detail;
  const bounded = record.orders.findLast(
    ({ sequence, follower, symbol, leg, purpose, reduceOnly, limitPrice, quantity }) =>
      sequence < denial.sequence &&
      follower === denial.follower &&
      symbol === denial.symbol &&
      (denial.leg === null || leg === denial.leg) &&
      purpose === "rebalance" &&
      !reduceOnly &&
      limitPrice !== "" &&
      sign(exact(quantity)) === missed,
  );
  if (bounded === undefined) return NOTHING_TRIED;
  const fills = evidence.followers.find(({ account }) => account === denial.follower)?.fills ?? [];
  if (fills.some(({ clientOrderId }) => clientOrderId === bounded.clientOrderId))
    return `${bounded.clientOrderId} was filled`;
  const [worst, paid] = [exact(String(capPrice)), exact(String(leaderPrice))];
  const side = exact(String(sign(exact(bounded.quantity))));
  const bpsOf = (price: Exact): Exact => times(over(times(minus(price, paid), BPS), paid), side);
  const { tickSize = "0" } = evidence.instruments.find(({ symbol }) => symbol === denial.symbol) ?? {};
  const next = plus(worst, times(exact(tickSize), side));
  const [most, least] = [
    plus(exact(String(bpsMax)), ROUNDING_BPS),
    minus(exact(String(bpsMax)), ROUNDING_BPS),
  ];
  const isWorst = compare(bpsOf(worst), most) <= 0 && compare(bpsOf(next), least) > 0;
  return isWorst ? judgePaid(evidence, denial) : `${show(bpsOf(worst))} from ${leaderPrice} to ${capPrice}`;
}

/** What the leader is said to have paid is between prices that there were. */
function judgePaid(evidence: Evidence, denial: WrittenDenial): string | null {
  const { leaderPrice } = denial.detail;
  const paid = exact(String(leaderPrice));
  const paidByLeader = evidence.leaders
    .find(({ account }) => account === denial.leader)
    ?.fills.filter(({ symbol, atMs }) => symbol === denial.symbol && atMs <= denial.atMs + evidence.slackMs)
    .map((fill) => exact(fill.price));
  const marks = evidence.prices
    .filter(({ symbol, atMs }) => symbol === denial.symbol && atMs <= denial.atMs)
    .map((one) => exact(one.price));
  const all = [...(paidByLeader ?? []), ...marks];
  const isNear = all.some((one) => compare(one, paid) >= 0) && all.some((one) => compare(one, paid) <= 0);
  return isNear ? null : `nobody ever paid ${leaderPrice}`;
}

function magnitudeOf(value: Exact): Exact {
  return sign(value) < 0 ? minus(ZERO, value) : value;
}

function judgeCap(of: (rules: NonNullable<CheckedAllocation["rules"]>) => string | null): Judge {
  return ({ denial: { detail }, allocation: { rules } }) => {
    const cap = rules === undefined ? null : of(rules);
    if (cap === null) return "no such cap is stated";
    return isPast(detail, exact(cap));
  };
}

/** The stated limit is the one that holds, and what is held with what was asked for is past it. */
function isPast(detail: WrittenDenial["detail"], limit: Exact): string | null {
  const { value = "", asked = "", limit: stated = "" } = detail;
  if (value === "too large") return null;
  if (compare(exact(String(stated)), limit) !== 0) return `the limit is ${show(limit)}, not ${stated}`;
  const sum = plus(exact(String(value)), exact(String(asked)));
  return compare(sum, limit) > 0 ? null : `${show(sum)} is within ${stated}`;
}

const MILLIONTH = exact("0.000001");

function judgeShare(
  of: (limits: CheckedLimits) => string | undefined,
  shareOf: (limits: CheckedLimits, share: string) => Exact = (_, share) => exact(share),
): Judge {
  return ({ evidence, record, denial }) => {
    const limits = evidence.limits?.find(({ follower }) => follower === denial.follower);
    const share = limits === undefined ? undefined : of(limits);
    if (limits === undefined || share === undefined) return "there is no such limit";
    const equity = lastBefore(
      record.figures.filter(({ account }) => account === denial.follower),
      denial.sequence,
    )?.equity;
    if (equity === undefined) return "no equity was known";
    const whole = over(times(shareOf(limits, share), exact(equity)), MILLIONTH);
    const limit = sign(whole) <= 0 ? ZERO : times({ top: whole.top / whole.bottom, bottom: 1n }, MILLIONTH);
    return isPast(denial.detail, limit);
  };
}

function shareOfSector({ portfolio = "1" }: CheckedLimits, share: string): Exact {
  return times(exact(share), exact(portfolio));
}

function judgeReserve({ evidence, record, denial }: Case): string | null {
  const { value = "", asked = "", limit: stated = "" } = denial.detail;
  const limits = evidence.limits?.find(({ follower }) => follower === denial.follower);
  if (limits?.freeMargin === undefined) return "nothing has to stay free";
  const told = lastBefore(
    record.figures.filter(({ account }) => account === denial.follower),
    denial.sequence,
  );
  if (told === undefined) return "no equity was known";
  const limit = times(exact(limits.freeMargin), exact(told.equity));
  if (compare(magnitudeOf(minus(limit, exact(String(stated)))), MILLIONTH) > 0 && sign(limit) > 0)
    return `${show(limit)} have to stay free, not ${stated}`;
  if (compare(exact(String(value)), exact(told.available)) > 0) return `${told.available} was available`;
  const left = minus(exact(String(value)), exact(String(asked)));
  return compare(left, exact(String(stated))) < 0 ? null : `${show(left)} stay free`;
}

const MINUTE_MS = 60_000;

/** By the copier's own orders of the last minute. */
function judgeRate({ evidence, record, denial }: Case): string | null {
  const { value, limit } = denial.detail;
  const most = evidence.limits?.find(({ follower }) => follower === denial.follower)?.ordersPerMinute;
  if (most === undefined || most !== limit) return "there is no such limit";
  const sent = record.orders.filter(
    ({ follower, reduceOnly, atMs, sequence }) =>
      follower === denial.follower &&
      !reduceOnly &&
      atMs > denial.atMs - MINUTE_MS &&
      sequence <= denial.sequence,
  ).length;
  if (sent < Number(value)) return `${sent} were sent, not ${value}`;
  return Number(value) >= most ? null : `${value} are fewer than ${most}`;
}

function judgeStop(
  record: RuleRecord,
  denial: WrittenDenial,
  does: (stop: RuleRecord["stops"][number]) => boolean,
): string | null {
  const standing = standingAt(record, denial.follower, denial.sequence);
  const guard = denial.detail.guard;
  return standing.some((stop) => stop.guard === guard && isAbout(stop, denial) && does(stop))
    ? null
    : "no such stop stands";
}

function judgePaused({ record, denial }: Case): string | null {
  const last = record.commands.findLast(
    ({ kind, follower, sequence }) =>
      (kind === "pause" || kind === "resume") &&
      (follower ?? denial.follower) === denial.follower &&
      sequence <= denial.sequence,
  );
  return last?.kind === "pause" ? null : "it is not paused";
}

function judgeLeverage({ evidence, denial }: Case): string | null {
  const { leverage, cap } = denial.detail;
  const caps = (evidence.versions ?? [])
    .filter(({ allocation }) => allocation.follower === denial.follower)
    .map(({ allocation }) => Number(allocation.rules?.leverageMax ?? "0"));
  if (!caps.some((one) => one >= Number(cap))) return `no cap is as high as ${cap}`;
  return Number(leverage) > Number(cap) ? null : `${leverage} is not above ${cap}`;
}

/** An exit of ours filled there before. */
function judgeFired(
  purposes: readonly string[],
  isStated: (rules: NonNullable<CheckedAllocation["rules"]>) => boolean,
): Judge {
  return ({ evidence, record, denial }) => {
    const versions = (evidence.versions ?? []).filter(
      ({ allocation }) => allocation.follower === denial.follower && allocation.leader === denial.leader,
    );
    if (!versions.some(({ allocation: { rules } }) => rules !== undefined && isStated(rules)))
      return "no exits are copied";
    const filled = new Set(
      evidence.followers
        .find(({ account }) => account === denial.follower)
        ?.fills.map(({ clientOrderId }) => clientOrderId),
    );
    const isFilled = record.orders.some(
      ({ sequence, follower, symbol, purpose, clientOrderId }) =>
        sequence < denial.sequence &&
        follower === denial.follower &&
        symbol === denial.symbol &&
        purposes.includes(purpose) &&
        filled.has(clientOrderId),
    );
    return isFilled ? null : "none of ours filled";
  };
}
