/**
 * When a recorded reason cannot be true: each is held against the venue's history, the settings and the numbers that were
 * recorded with it. A reason that is not in this table is not one.
 */
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedInstrument,
  CheckedLimits,
  CheckedOutcome,
  CheckedVersion,
  Evidence,
} from "./evidence.ts";
import { compare, type Exact, exact, magnitude, minus, over, plus, show, times, ZERO } from "./exact.ts";
import { countedIn, isCovered, isKnown, underLimits, versionsOf } from "./in-force.ts";
import { leastOrder, pricesAround } from "./orders.ts";
import { aimedAt, asLearned, copies, legsIn, targetLine } from "./targets.ts";
import { hasOwnersPart, mayBeWaived, wasRefused } from "./waivers.ts";

type Claim = Pick<
  CheckedOutcome,
  "follower" | "symbol" | "reason" | "detail" | "atMs" | "deniedAtMs" | "readAtMs"
> & { readonly leader?: string };

interface Case {
  readonly evidence: Evidence;
  readonly claim: Claim;
  readonly follower: CheckedAccount;
  /** Settings that counted when the reason was given; absent: there were none, or none is known. */
  readonly allocation: CheckedAllocation | undefined;
  readonly instrument: CheckedInstrument | undefined;
}

const BY_CAPITAL: ReadonlySet<CheckedAllocation["sizing"]> = new Set([
  "equity-proportional",
  "volatility-target",
]);
/** What is told to the copier is known to it within this time. */
const SOON_MS = 1_000;
const POSITION_FACTOR_MAX = exact("1000");

/** Where a reason is stated without its numbers. */
export const NO_QUANTITY = "no quantity was recorded";

/**
 * Says why `claim` cannot be true; null when it can. A reason that stands names no leader: it can be true when it can of one
 * of those that are copied.
 */
export function contradiction(evidence: Evidence, claim: Claim): string | null {
  const follower = evidence.followers.find(({ account }) => account === claim.follower);
  const instrument = evidence.instruments.find(({ symbol }) => symbol === claim.symbol);
  const judge = JUDGES[claim.reason];
  if (judge === undefined) return "is not on the list of reasons";
  if (follower === undefined) return "names no follower";
  // What was given up under former limits may last on.
  const untilMs = (claim.deniedAtMs ?? claim.atMs) + (evidence.clockOffMaxMs ?? 0);
  const problems = new Set<string>();
  for (const known of underLimits(evidence, claim.follower, 0, untilMs).toReversed()) {
    for (const allocation of settingsOf(evidence, claim)) {
      const problem = judge({ evidence: known, claim, follower, allocation, instrument });
      if (problem === null) return null;
      problems.add(problem);
    }
  }
  const [first = null] = problems;
  return problems.has(NO_QUANTITY) ? NO_QUANTITY : first;
}

/** Those that may have counted when the reason was given; undefined where nothing was copied, or nobody knows by what settings. */
function settingsOf(evidence: Evidence, claim: Claim): readonly (CheckedAllocation | undefined)[] {
  const versions = versionsOf(evidence, claim);
  const givenMs = claim.deniedAtMs ?? claim.atMs;
  const offMs = evidence.clockOffMaxMs ?? 0;
  const [fromMs, untilMs] = [toldFromMs(evidence, givenMs) - offMs - 1, givenMs + offMs];
  const counted = countedIn(versions, fromMs, untilMs);
  const isCopied = pairsOf(versions).every((pair) =>
    isCovered(pair, fromMs, Math.min(untilMs, Number.MAX_SAFE_INTEGER - 1)),
  );
  const settings = counted.map(({ allocation }) => (isKnown(evidence, allocation) ? allocation : undefined));
  return isCopied && settings.length > 0 ? settings : [...settings, undefined];
}

/** A run that has just begun decides by what the last that was told of settings was told, until it is told itself. */
function toldFromMs({ starts = [], settledMs = [] }: Evidence, givenMs: number): number {
  const begunMs = starts.findLast((atMs) => atMs <= givenMs) ?? Number.NEGATIVE_INFINITY;
  return givenMs - begunMs <= 1 ? (settledMs.findLast((atMs) => atMs < begunMs) ?? 0) : givenMs;
}

/** By leader. */
function pairsOf(versions: readonly CheckedVersion[]): readonly (readonly CheckedVersion[])[] {
  return [...Map.groupBy(versions, ({ allocation }) => allocation.leader).values()];
}

const JUDGES: Readonly<Record<string, (subject: Case) => string | null>> = {
  "at-target": judgeAtTarget,
  "below-step": judgeBelowStep,
  "below-minimum-quantity": judgeMinimum,
  "below-minimum-notional": judgeMinimum,
  "symbol-filtered": ({ allocation, claim }) =>
    allocation === undefined || !copies(allocation, claim.symbol) ? null : "the symbol is to be copied",
  "instrument-not-listed": ({ instrument }) => (instrument === undefined ? null : "it is listed"),
  "instrument-not-trading": ({ instrument }) => (instrument?.trading === true ? "it trades" : null),
  paused: ({ evidence, claim }) =>
    evidence.commands.some(
      ({ kind, follower }) => kind === "pause" && (follower ?? claim.follower) === claim.follower,
    )
      ? null
      : "nobody paused it",
  stopped: judgeStopped,
  cut: judgeStopped,
  halted: ({ evidence, claim }) => (evidence.halted.includes(claim.follower) ? null : "it was not halted"),
  "leader-stale": judgeStale("leader"),
  // Every instrument of which it is asked counts exactly.
  "price-apart": () => "leader and follower trade at one venue",
  "leader-uncounted": () => "what the leader held could be counted",
  "follower-stale": judgeStale("follower"),
  "foreign-position": ({ evidence, follower, claim }) =>
    hasOwnersPart(follower, claim.symbol) || isLeft(evidence, claim) || isOfLostTail(evidence, claim)
      ? null
      : "the owner never traded it",
  waived: judgeWaived,
  "stop-fired": judgedByRecord("no stop is copied"),
  "trigger-passed": judgedByRecord("no stop is copied"),
  "refused-by-exchange": (subject) =>
    wasRefused(subject.follower, subject.claim.symbol) ? null : "the exchange refused nothing",
  "leverage-above-cap": judgeLeverage,
  "allocation-ended": ({ allocation, claim }) =>
    allocation === undefined || !copies(allocation, claim.symbol) ? null : "it had not ended",
  "account-removed": ({ allocation }) => (allocation === undefined ? null : "it is still there"),
  "no-price": ({ evidence, claim }) =>
    !isFirstSeen(evidence, claim) &&
    evidence.prices.some(
      ({ symbol, atMs }) => symbol === claim.symbol && atMs < claim.atMs - evidence.slackMs,
    )
      ? "a price was known"
      : null,
  "equity-unknown": ({ allocation }) =>
    allocation !== undefined && !BY_CAPITAL.has(allocation.sizing) ? "the rule needs no equity" : null,
  "not-approved": ({ evidence, claim, allocation }) =>
    allocation === undefined || everCounted(evidence, claim).some(({ asksFirst }) => asksFirst === true)
      ? null
      : "nobody was to approve it",
  slippage: judgedByRecord("no rule of entries is stated"),
  "too-late": judgedByRecord("no rule of entries is stated"),
  "exit-filled": judgedByRecord("no rule of entries is stated"),
  "rest-expired": judgedByRecord("no rule of entries is stated"),
  "outside-hours": judgedByRecord("no hours are stated"),
  "side-filtered": judgedByRecord("both sides are copied"),
  "max-positions": judgedByRecord("no number of positions is stated"),
  "late-entry": judgedByRecord("no start mode asks for that"),
  "order-cap": judgedByRecord("no cap is stated"),
  "symbol-cap": judgedByRecord("no cap is stated"),
  "leader-cap": judgedByRecord("no cap is stated"),
  "leader-exposure": judgeLimit((limits) => limits.leader),
  "portfolio-leverage": judgeLimit((limits) => limits.leverage),
  "sector-concentration": judgeLimit((limits) => limits.sector),
  "strategy-exposure": judgeLimit((limits) => limits.strategy),
  "portfolio-risk": judgedByRecord("no limit of the portfolio's risk is stated"),
  "correlation-limit": judgedByRecord("no limit of correlation is stated"),
  "crossed-inside": judgeCrossed,
  "evidence-missing": judgeEvidence,
  "evidence-stale": judgeEvidence,
  "extension-denied": ({ evidence }) => judgeOwnLimit(evidence),
  working: ({ evidence, claim, allocation }) =>
    allocation === undefined || everCounted(evidence, claim).some(({ works }) => works === true)
      ? null
      : "no large order is worked",
  "execution-paced": ({ evidence }) => judgeOwnLimit(evidence),
  "extension-failed": ({ evidence }) => judgeOwnLimit(evidence),
  "portfolio-exposure": judgeLimit((limits) => limits.portfolio),
  "symbol-exposure": judgeLimit((limits) => limits.symbol),
  "order-rate": judgeLimit((limits) => limits.ordersPerMinute),
  "margin-reserve": judgeReserve,
  "size-impossible": judgeImpossible,
};

/** Prices are told to a run from the first change on that it copies there. */
function isFirstSeen({ starts = [], outcomes, slackMs }: Evidence, { symbol, atMs }: Claim): boolean {
  const begunMs = Math.max(0, ...starts.filter((startMs) => startMs <= atMs));
  const seen = outcomes.filter((one) => one.symbol === symbol && one.atMs >= begunMs).map((one) => one.atMs);
  return atMs - Math.min(atMs, ...seen) <= slackMs;
}

/** All settings that counted until then: what was given up, or begun, by former ones may last on. */
function everCounted(
  evidence: Evidence,
  claim: Claim,
  pair: Pick<Claim, "follower" | "leader"> = claim,
): readonly CheckedAllocation[] {
  const untilMs = (claim.deniedAtMs ?? claim.atMs) + (evidence.clockOffMaxMs ?? 0);
  return countedIn(versionsOf(evidence, pair), 0, untilMs).map(({ allocation }) => allocation);
}

/** Copies that ended there may have become the owner's. */
function isLeft({ versions = [] }: Evidence, { follower }: Claim): boolean {
  return versions.some(
    ({ allocation: { follower: of, rules } }) => of === follower && rules?.stopMode === "leave",
  );
}

function isOfLostTail({ lostIntents = [] }: Evidence, { follower, symbol }: Claim): boolean {
  return lostIntents.some((intent) => intent.follower === follower && intent.symbol === symbol);
}

/** Judged denial by denial where the copier's record of rules is at hand (rules/denials.ts); other runs state no such rule. */
function judgedByRecord(otherwise: string): (subject: Case) => string | null {
  return ({ evidence }) => (evidence.record === undefined ? otherwise : null);
}

/** Somebody must have pulled the kill switch, or losses must be watched there. */
function judgeStopped({ evidence: { commands, guarded = [] }, claim }: Case): string | null {
  const isPanicked = commands.some(
    ({ kind, follower }) => kind === "panic" && (follower ?? claim.follower) === claim.follower,
  );
  return isPanicked || guarded.includes(claim.follower) ? null : "nothing stopped it";
}

/** It is older than the settings allow, by the age that was recorded and by when it was really read last. */
function judgeStale(whose: "leader" | "follower"): (subject: Case) => string | null {
  return ({ evidence: { outages, staleAfterMs }, claim: { detail, deniedAtMs, readAtMs } }) => {
    if (!outages) return "nothing failed";
    if (detail.waivedLots !== undefined) return null;
    const [ageMs, limitMs] = [Number(detail.ageMs), Number(detail.limitMs)];
    if (detail.ageMs === undefined || detail.limitMs === undefined) return NO_QUANTITY;
    if (limitMs !== (staleAfterMs?.[whose] ?? limitMs)) return `${limitMs} ms is not the limit`;
    if (ageMs <= limitMs) return `${ageMs} ms are within ${limitMs} ms`;
    if (deniedAtMs === undefined || readAtMs === undefined) return null;
    return deniedAtMs - readAtMs === ageMs ? null : `it was read ${deniedAtMs - readAtMs} ms before`;
  };
}

/** Higher than the cap that was recorded, and that is no higher than what any settings of the account state. */
function judgeLeverage({ evidence, claim }: Case): string | null {
  const { leverage, cap, waivedLots } = claim.detail;
  if (waivedLots !== undefined) return null;
  if (leverage === undefined || cap === undefined) return NO_QUANTITY;
  const stated = everCounted(evidence, claim, { follower: claim.follower });
  const isStated = stated.some(({ leverageMax = "Infinity" }) => Number(leverageMax) >= Number(cap));
  if (!isStated) return `no cap is as high as ${cap}`;
  return Number(leverage) > Number(cap) ? null : `${leverage} is not above ${cap}`;
}

function judgeOwnLimit({ ownLimits }: Evidence): string | null {
  return ownLimits === true ? null : "the owner has no limits of their own";
}

/** What these refuse for want of a measurement is judged denial by denial (rules/measured.ts), where its numbers were written. */
const MEASURED_LIMITS: ReadonlySet<unknown> = new Set([
  "strategy-exposure",
  "correlation-limit",
  "portfolio-risk",
]);

/** Only a volatility target needs it; it is missing before the first measurement, and stale when the last one is too old. */
function judgeEvidence({ evidence, claim, allocation }: Case): string | null {
  if (MEASURED_LIMITS.has(claim.detail.limit ?? "")) return null;
  const isNumbered = claim.detail.waivedLots === undefined && Object.keys(claim.detail).length > 0;
  const limits = evidence.limits?.find(({ follower }) => follower === claim.follower);
  if (!isNumbered && limits?.withoutEvidence === "deny") return null;
  if (allocation === undefined) return null;
  const { sizing, leader: name, target } = allocation;
  if (sizing !== "volatility-target" || target === undefined) return "the rule needs no evidence";
  const told = evidence.leaders.find(({ account }) => account === name)?.volatilities ?? [];
  const offMs = evidence.clockOffMaxMs ?? 0;
  const surely = told.findLastIndex(({ atMs }) => atMs <= claim.atMs - SOON_MS - offMs);
  if (claim.reason === "evidence-missing")
    return surely < 0 ? null : `${told[surely]?.volatility} was measured`;
  // By a clock that is off, any of a stretch may have been the last that was told.
  const last = told.filter(({ atMs }, place) => place >= surely && atMs <= claim.atMs - SOON_MS + offMs);
  if (last.length === 0) return "nothing was measured";
  // A change may wait to be explained until its follower was read again.
  const explainedMs = claim.atMs + evidence.slackMs + offMs;
  const mayBeOld = last.some(({ atMs }) => {
    const next = told.find((one) => one.atMs > atMs);
    return (
      Math.min(explainedMs, next === undefined ? explainedMs : next.atMs + offMs) - atMs > target.maxAgeMs
    );
  });
  return mayBeOld ? null : `${last.at(-1)?.volatility} was measured in time`;
}

/** The limit is set, and the numbers that were recorded with the refusal are past it. What was given up stays given up. */
function judgeLimit(
  of: (limits: CheckedLimits) => string | number | undefined,
): (subject: Case) => string | null {
  return ({ evidence, claim }) => {
    const { value, asked = "1", limit } = claim.detail;
    const limits = evidence.limits?.find(({ follower }) => follower === claim.follower);
    if (limits === undefined || of(limits) === undefined) return "there is no such limit";
    if (claim.detail.waivedLots !== undefined) return null;
    if (value === undefined || limit === undefined) return NO_QUANTITY;
    const sum = plus(exact(String(value)), exact(String(asked)));
    return compare(sum, exact(String(limit))) > 0 ? null : `${show(sum)} is within ${limit}`;
  };
}

function judgeReserve({ evidence, claim }: Case): string | null {
  const { value, asked, limit } = claim.detail;
  const limits = evidence.limits?.find(({ follower }) => follower === claim.follower);
  if (limits?.freeMargin === undefined) return "nothing has to stay free";
  if (claim.detail.waivedLots !== undefined) return null;
  if (value === undefined || asked === undefined || limit === undefined) return NO_QUANTITY;
  const left = minus(exact(String(value)), exact(String(asked)));
  return compare(left, exact(String(limit))) < 0 ? null : `${show(left)} stay free`;
}

/** The target that is said to be held must have been one at some time since the change. */
function judgeAtTarget({ evidence, claim, follower, allocation, instrument }: Case): string | null {
  const lots = claim.detail.targetLots;
  const leader = evidence.leaders.find(({ account }) => account === allocation?.leader);
  if (lots === undefined || instrument === undefined || leader === undefined) return null;
  if (allocation === undefined) return null;
  const said = times(exact(String(lots)), exact(instrument.quantityStep));
  const lines = [leader, ...asLearned(evidence, leader, follower)].flatMap((told) =>
    legsIn(follower.mode).map((leg) =>
      targetLine({ evidence, leader: told, follower, allocation, instrument }, leg),
    ),
  );
  const possible = lines.some((line) =>
    [...aimedAt(line, claim.atMs, evidence.slackMs), ...line.filter(({ atMs }) => atMs > claim.atMs)].some(
      ({ least, most }) =>
        compare(magnitude(said), magnitude(least)) >= 0 && compare(magnitude(said), magnitude(most)) <= 0,
    ),
  );
  return possible ? null : `${show(said)} was never the target`;
}

/** The change that is said to be too small must come to less than a step at the smallest factor there was. */
function judgeBelowStep(subject: Case): string | null {
  const { evidence, claim, follower, allocation, instrument } = subject;
  const leader = evidence.leaders.find(({ account }) => account === allocation?.leader);
  if (instrument === undefined || leader === undefined || allocation === undefined) return null;
  const lots = claim.detail.changedLots;
  if (lots === undefined) return NO_QUANTITY;
  const step = exact(instrument.quantityStep);
  const changed = magnitude(times(exact(String(lots)), step));
  const lines = legsIn(follower.mode).map((leg) =>
    targetLine({ evidence, leader, follower, allocation, instrument }, leg),
  );
  const known = lines
    .flatMap((line) => aimedAt(line, claim.atMs, evidence.slackMs))
    .flatMap(({ factor }) => (factor === null ? [] : [factor]));
  if (known.length > 0 && known.every((factor) => compare(times(changed, factor), step) >= 0))
    return `${show(changed)} comes to a step`;
  return judgeAtTarget(subject);
}

function judgeMinimum({ evidence, claim, instrument }: Case): string | null {
  if (instrument === undefined) return "the instrument is not listed";
  const [lots, least, ticks] = [claim.detail.lots, claim.detail.leastLots, claim.detail.priceTicks];
  const step = exact(instrument.quantityStep);
  if (lots === undefined) return NO_QUANTITY;
  const quantity = magnitude(times(exact(String(lots)), step));
  if (ticks === undefined)
    return compare(quantity, exact(instrument.minQuantity)) < 0
      ? null
      : `${show(quantity)} is not below the minimum`;
  const price = times(exact(String(ticks)), exact(instrument.tickSize));
  const own = leastOrder(instrument, show(price));
  if (compare(own, times(exact(String(least ?? 0)), step)) !== 0) return `the smallest order is ${show(own)}`;
  if (compare(quantity, own) >= 0) return `${show(quantity)} is not below ${show(own)}`;
  return judgePrice(evidence, claim, price);
}

function judgePrice(evidence: Evidence, claim: Claim, price: Exact): string | null {
  const known = pricesAround(evidence, claim.symbol, claim.atMs);
  const later = evidence.prices.filter(({ symbol, atMs }) => symbol === claim.symbol && atMs > claim.atMs);
  const all = [...known, ...later.map((point) => point.price)];
  const near = all.some((text) => {
    const ratio = over(price, exact(text));
    return compare(ratio, exact("0.95")) > 0 && compare(ratio, exact("1.05")) < 0;
  });
  return all.length === 0 || near ? null : `the price was never ${show(price)}`;
}

function judgeWaived({ evidence, follower, claim, allocation }: Case): string | null {
  return mayBeWaived(evidence, follower, claim.symbol, allocation) ? null : "nothing was given up";
}

/** Somebody else must be copied here whose target was once on the move, too, or an order must have filled that was for nobody any more. */
function judgeCrossed({ evidence, claim, follower, allocation, instrument }: Case): string | null {
  if (instrument === undefined) return "the instrument is not listed";
  if (allocation === undefined) return null;
  const others = everCounted(evidence, claim, { follower: claim.follower }).filter(
    (one) => one.leader !== allocation.leader && copies(one, claim.symbol),
  );
  const moved = others.some((one) => {
    const leader = evidence.leaders.find(({ account }) => account === one.leader);
    if (leader === undefined) return false;
    const lines = legsIn(follower.mode).map((leg) =>
      targetLine({ evidence, leader, follower, allocation: one, instrument }, leg),
    );
    return lines.flat().some(({ most }) => compare(magnitude(most), ZERO) > 0);
  });
  // What an order of a lost tail did is held for nobody, and crosses with whoever wants it.
  return moved || isOfLostTail(evidence, claim) ? null : "no other leader asked for anything here";
}

function judgeImpossible({ evidence, claim, follower, allocation, instrument }: Case): string | null {
  const leader = evidence.leaders.find(({ account }) => account === allocation?.leader);
  if (instrument === undefined || leader === undefined || allocation === undefined) return null;
  const limit = times(exact(instrument.maxMarketQuantity), POSITION_FACTOR_MAX);
  const lines = legsIn(follower.mode).map((leg) =>
    targetLine({ evidence, leader, follower, allocation, instrument }, leg),
  );
  const reached = lines.flat().some(({ most }) => compare(magnitude(most), limit) > 0);
  return reached ? null : `no target of ${claim.symbol} was above ${show(limit)}`;
}
