/**
 * Guards: each stop that was begun had its cause in the account's figures; where the figures that were told are past a limit a
 * stop stands, and goes only further; it ends only by a command, by its time, or with the leader's position; and what it cuts is cut.
 */
import type { CheckedGuards, CheckedVirtual, Evidence, Violation } from "../evidence.ts";
import {
  compare,
  type Exact,
  exact,
  magnitude,
  minus,
  over,
  plus,
  show,
  sign,
  times,
  ZERO,
} from "../exact.ts";
import { pricesAround } from "../orders.ts";
import type { RuleRecord, WrittenEnd, WrittenFigures, WrittenStop } from "./record.ts";
import { standingAt } from "./times.ts";

export function checkStops(evidence: Evidence, record: RuleRecord): Violation[] {
  return [
    ...record.stops.flatMap((stop) => checkCause(evidence, record, stop)),
    ...record.stops.flatMap((stop) => checkDeepened(record, stop)),
    ...record.ends.flatMap((end) => checkEnd(evidence, record, end)),
    // Where guards change, what is measured from whose figures anew is not known here: a missing stop is not judged.
    ...(evidence.guards ?? [])
      .filter(({ fromMs }) => fromMs === undefined)
      .flatMap((guards) => checkSilence(record, guards)),
    ...evidence.followers.flatMap(({ account }) => checkOverdue(evidence, record, account)),
    ...evidence.followers.flatMap(({ account }) => checkCuts(evidence, record, account)),
  ];
}

function nameOf({ follower, guard, id, atMs, sequence }: WrittenStop): string {
  return `${follower} ${guard} ${id} at ${atMs} (${sequence})`;
}

function checkCause(evidence: Evidence, record: RuleRecord, stop: WrittenStop): Violation[] {
  const inForce = (evidence.guards ?? []).filter(
    ({ follower, fromMs = 0, untilMs = Number.MAX_SAFE_INTEGER }) =>
      follower === stop.follower && fromMs <= stop.atMs && stop.atMs <= untilMs,
  );
  const problems = (inForce.length === 0 ? [undefined] : inForce).map((guards) =>
    causeProblem(evidence, record, stop, guards),
  );
  const [problem] = problems;
  if (problem == null || problems.includes(null)) return [];
  return [{ rule: "guard-wrong", subject: nameOf(stop), numbers: problem }];
}

function causeProblem(
  evidence: Evidence,
  record: RuleRecord,
  stop: WrittenStop,
  guards: CheckedGuards | undefined,
): string | null {
  switch (stop.guard) {
    case "panic": {
      const last = record.commands.findLast(({ sequence }) => sequence <= stop.sequence);
      return last?.kind === "panic" ? null : "nobody asked for it";
    }
    case "monitoring": {
      const last = record.commands.findLast(({ sequence }) => sequence <= stop.sequence);
      return last?.kind === "stop" ? null : "nothing was found of its leader";
    }
    case "loss-tier":
      return guards?.tiers === undefined ? "no tiers are stated" : tierProblem(evidence, guards.tiers, stop);
    case "daily-loss":
      return lossProblem(evidence, guards?.dailyLoss, stop);
    case "drawdown":
      return lossProblem(evidence, guards?.drawdown, stop);
    case "liquidation":
      return guards?.liquidation === true ? null : "it is not watched";
    default:
      return relationProblem(evidence, stop);
  }
}

function tierProblem(
  evidence: Evidence,
  { losses }: NonNullable<CheckedGuards["tiers"]>,
  stop: WrittenStop,
): string | null {
  const loss = lossOf(stop.detail);
  const reached = losses.filter((one) => compare(loss, exact(one)) >= 0).length;
  if (reached !== stop.level) return `${show(loss)} reaches ${reached} levels, not ${stop.level}`;
  return equityProblem(evidence, stop);
}

function lossProblem(
  evidence: Evidence,
  limit: { readonly kind: "share" | "amount"; readonly value: string } | undefined,
  stop: WrittenStop,
): string | null {
  if (limit === undefined) return "no such limit is stated";
  const from = exact(String(stop.detail.from));
  const most = limit.kind === "amount" ? exact(limit.value) : times(from, exact(limit.value));
  const loss = lossOf(stop.detail);
  if (compare(loss, most) < 0) return `${show(loss)} is within ${show(most)}`;
  return equityProblem(evidence, stop);
}

function lossOf({ from = "0", equity = "0" }: WrittenStop["detail"]): Exact {
  return minus(exact(String(from)), exact(String(equity)));
}

/** The figures that it names were once the account's, but for what was not told yet. */
function equityProblem(evidence: Evidence, { follower, atMs, detail }: WrittenStop): string | null {
  const all = evidence.followers.find(({ account }) => account === follower)?.equities ?? [];
  const before = all.findLastIndex((one) => one.atMs <= atMs - evidence.slackMs);
  const near = all
    .slice(Math.max(before, 0))
    .filter((one) => one.atMs <= atMs + (evidence.clockOffMaxMs ?? 0));
  const values = near.map(({ equity }) => exact(equity));
  const [first = ZERO] = values;
  const low = values.reduce((least, one) => (compare(one, least) < 0 ? one : least), first);
  const high = values.reduce((most, one) => (compare(one, most) > 0 ? one : most), first);
  const span = plus(minus(high, low), unseenWorth(evidence, follower, atMs));
  const equity = exact(String(detail.equity));
  if (compare(equity, minus(low, span)) < 0 || compare(equity, plus(high, span)) > 0)
    return `equity was ${show(low)} to ${show(high)}, not ${detail.equity}`;
  return null;
}

/** By how much prices may have moved what the account held meanwhile, where the copier believed in another position. */
function unseenWorth(evidence: Evidence, follower: string, atMs: number): Exact {
  const fills = evidence.followers.find(({ account }) => account === follower)?.fills ?? [];
  return evidence.instruments.reduce((sum, { symbol }) => {
    const prices = pricesAround(evidence, symbol, atMs).map(exact);
    const [first = ZERO] = prices;
    const low = prices.reduce((least, one) => (compare(one, least) < 0 ? one : least), first);
    const high = prices.reduce((most, one) => (compare(one, most) > 0 ? one : most), first);
    const sizes = fills.filter((fill) => fill.symbol === symbol).map(({ quantity }) => exact(quantity));
    return plus(sum, times(sizes.reduce(plus, ZERO), minus(high, low)));
  }, ZERO);
}

/** A relation's stop, or one of its positions': it is stated, and the loss is past its limit. */
function relationProblem({ versions = [] }: Evidence, stop: WrittenStop): string | null {
  const stated = versions.some(({ allocation: { follower, leader, rules } }) => {
    const rule = stop.guard === "stop-loss" ? rules?.stopLoss : rules?.positionStop;
    if (rule == null || follower !== stop.follower || leader !== stop.leader) return false;
    const base = stop.guard === "stop-loss" ? stop.detail.capital : stop.detail.cost;
    const limit = times(exact(String(base)), exact(rule.share));
    return compare(limit, exact(String(stop.detail.limit))) === 0;
  });
  if (!stated) return "no such stop is stated";
  const { loss = "0", limit = "0" } = stop.detail;
  return compare(exact(String(loss)), exact(String(limit))) >= 0 ? null : `${loss} is within ${limit}`;
}

/** What stands is told anew only where it goes further, by whatever settings. */
function checkDeepened({ stops }: RuleRecord, stop: WrittenStop): Violation[] {
  const before = stops.findLast(
    ({ follower, id, sequence }) => follower === stop.follower && id === stop.id && sequence < stop.sequence,
  );
  if (before === undefined) return [];
  const [kept, keeps] = [before.keeps, stop.keeps].map(({ part, whole }) =>
    over(exact(String(part)), exact(String(whole))),
  );
  const isLoosened =
    compare(keeps ?? ZERO, kept ?? ZERO) > 0 ||
    (before.bars && !stop.bars) ||
    (stop.untilMs !== null && (before.untilMs === null || stop.untilMs < before.untilMs));
  if (!isLoosened) return [];
  const text = ({ keeps: { part, whole }, bars, untilMs }: WrittenStop) =>
    `keeps ${part}/${whole}${bars ? ", nothing grows" : ""} until ${untilMs ?? "it is released"}`;
  return [
    { rule: "stop-loosened", subject: nameOf(stop), numbers: `${text(stop)}; before: ${text(before)}` },
  ];
}

function checkEnd(evidence: Evidence, record: RuleRecord, end: WrittenEnd): Violation[] {
  const stop = record.stops.findLast(
    ({ follower, id, sequence }) => follower === end.follower && id === end.id && sequence <= end.sequence,
  );
  if (stop === undefined || mayEnd(evidence, record, stop, end)) return [];
  return [
    { rule: "stop-ended", subject: nameOf(stop), numbers: `by ${end.by} at ${end.atMs} (${end.sequence})` },
  ];
}

function mayEnd(
  { leaders, slackMs, versions = [] }: Evidence,
  record: RuleRecord,
  stop: WrittenStop,
  end: WrittenEnd,
): boolean {
  if (end.by === "resume") return stop.guard === "panic";
  if (end.by === "release") {
    const command = record.commands.find(({ sequence }) => sequence === end.sequence);
    if (command === undefined) return false;
    const isOf = command.leader === null || command.leader === stop.leader;
    return isOf && (command.symbol === null || command.symbol === stop.symbol);
  }
  if (stop.untilMs !== null && stop.untilMs <= end.atMs) return true;
  if (!stop.untilFlat) return false;
  const concerned = leaders.filter(({ account }) => stop.leader === null || stop.leader === account);
  const wasFlat = concerned.some(({ fills }) => {
    const sums = new Map<string, Exact>();
    return fills.some(({ symbol, leg, side, quantity, atMs }) => {
      if (stop.symbol !== null && symbol !== stop.symbol) return false;
      const by = exact(side === "buy" ? quantity : `-${quantity}`);
      // A leg by itself, and what all legs are together for an account that keeps one position.
      const ends = [`${symbol} ${leg}`, symbol].filter((key) => {
        const before = sums.get(key) ?? ZERO;
        const after = plus(before, by);
        sums.set(key, after);
        return sign(after) === 0 || sign(after) === -sign(before);
      });
      const isOver = ends.length > 0;
      return isOver && atMs >= stop.atMs - slackMs && atMs <= end.atMs + slackMs;
    });
  });
  // A change of the settings may leave nothing of the leader's position to copy, as by taking the leader away.
  const isChanged = versions.some(
    ({ allocation, fromMs, untilMs }) =>
      allocation.follower === stop.follower &&
      [fromMs, untilMs].some((ms) => ms >= stop.atMs && ms <= end.atMs),
  );
  return wasFlat || isChanged;
}

/** What was told is past the limit, measured from what was told before: a stop stands. */
function checkSilence(record: RuleRecord, guards: CheckedGuards): Violation[] {
  const found: Violation[] = [];
  const told = readFigures(record, guards.follower);
  const watched = [
    ["drawdown", guards.drawdown, "peak"],
    ["daily-loss", guards.dailyLoss, "day"],
    ["loss-tier", guards.tiers, guards.tiers?.reference ?? "start"],
  ] as const;
  for (const [guard, limit, reference] of watched) {
    if (limit === undefined) continue;
    const ends = record.ends.filter(
      (end) =>
        end.follower === guards.follower &&
        record.stops.some(
          (stop) => stop.follower === end.follower && stop.id === end.id && stop.guard === guard,
        ),
    );
    let from: Exact | null = null;
    let isKnown = true;
    let day = -1;
    let lastEnd = -1;
    for (const { equity, atMs, sequence } of told) {
      const now = exact(equity);
      const today = Math.floor(atMs / DAY_MS);
      const ended = ends.findLast((end) => end.sequence <= sequence)?.sequence ?? -1;
      const isNewDay = day !== -1 && today !== day;
      if (ended > lastEnd || (isNewDay && reference === "day")) {
        from = null;
        // What else may have been looked at before this figure was told is not known here.
        isKnown = reference === "peak";
      }
      [day, lastEnd] = [today, Math.max(ended, lastEnd)];
      if (reference === "peak" && (from === null || compare(now, from) > 0)) from = now;
      from ??= now;
      if (!isKnown) continue;
      const most = mostOf(limit, from);
      const loss = minus(from, now);
      if (sign(loss) <= 0 || compare(loss, most) < 0) continue;
      const stands = standingAt(record, guards.follower, sequence).some((stop) => stop.guard === guard);
      if (stands) continue;
      const subject = `${guards.follower} ${guard} at ${atMs} (${sequence})`;
      found.push({
        rule: "guard-silent",
        subject,
        numbers: `lost ${show(loss)} of ${show(from)}, at most ${show(most)}`,
      });
      break;
    }
  }
  return found;
}

/** Nothing is reduced in a run before the account was read whole in it, so that nothing is judged by what its stream tells earlier. */
function readFigures({ figures, starts }: RuleRecord, follower: string): WrittenFigures[] {
  let [run, read] = [0, -1];
  return figures.filter(({ account, sequence, isSnapshot }) => {
    if (account !== follower) return false;
    while ((starts[run]?.sequence ?? Number.MAX_SAFE_INTEGER) <= sequence) run += 1;
    if (isSnapshot) read = sequence;
    return read > (starts[run - 1]?.sequence ?? 0);
  });
}

const DAY_MS = 86_400_000;

function mostOf(
  limit: NonNullable<CheckedGuards["tiers"]> | NonNullable<CheckedGuards["drawdown"]>,
  from: Exact,
): Exact {
  if ("losses" in limit) return exact(limit.losses[0] ?? "0");
  return limit.kind === "amount" ? exact(limit.value) : times(from, exact(limit.value));
}

/** A stop whose time is over does not stand any more. */
function checkOverdue({ slackMs }: Evidence, record: RuleRecord, follower: string): Violation[] {
  const last = Math.max(0, ...record.figures.map(({ sequence }) => sequence));
  const nowMs = Math.max(0, ...record.figures.map(({ atMs }) => atMs));
  return standingAt(record, follower, last)
    .filter(({ untilMs }) => untilMs !== null && untilMs < nowMs - slackMs)
    .map((stop) => ({ rule: "stop-ended", subject: nameOf(stop), numbers: `not by ${stop.untilMs}` }));
}

/** What stands at the end has cut what it is about to its share of what was held when it began. */
function checkCuts(evidence: Evidence, record: RuleRecord, follower: string): Violation[] {
  const standing = standingAt(record, follower, Number.MAX_SAFE_INTEGER);
  return standing.flatMap((stop) => {
    const { part, whole } = stop.keeps;
    if (part === whole || stop.untilFlat) return [];
    const first = record.stops.find(({ id, follower: of }) => of === follower && id === stop.id) ?? stop;
    return first.held.flatMap(({ leader, symbol, leg, quantity }): Violation[] => {
      const began = exact(quantity);
      if (sign(began) === 0) return [];
      const share = over(times(magnitude(began), exact(String(part))), exact(String(whole)));
      const held = (evidence.virtual ?? [])
        .filter(
          (one) =>
            one.follower === follower && one.leader === leader && one.symbol === symbol && one.leg === leg,
        )
        .reduce((sum, one) => plus(sum, exact(one.quantity)), ZERO);
      // On the other side it is another position of the leader's: then only the share of its size counts.
      if (part > 0 && sign(held) !== sign(began)) return [];
      if (compare(magnitude(held), share) <= 0) return [];
      if (isExcused(evidence, follower, symbol)) return [];
      if (mayNotOpen(evidence, { follower, leader, symbol, leg, quantity }, sign(held))) return [];
      const subject = `${nameOf(stop)} ${leader} ${symbol} ${leg}`;
      return [{ rule: "stop-ignored", subject, numbers: `holds ${show(held)}, ${show(share)} are left` }];
    });
  });
}

/** Only what a venue refuses, or what is too small for it, keeps a reduction from being made. */
function isExcused({ standing }: Evidence, follower: string, symbol: string): boolean {
  return standing.some(
    (one) => one.follower === follower && one.symbol === symbol && PHYSICAL.has(one.reason),
  );
}

/**
 * What is held for one leader stands against what is held for others, so that nothing of it is left on the account: closing it would open
 * their side there, and something is on record against that.
 */
function mayNotOpen(
  { followers, standing }: Evidence,
  { follower, symbol, leg }: CheckedVirtual,
  side: number,
): boolean {
  const account = followers.find((one) => one.account === follower);
  const held = account?.positions.find((one) => one.symbol === symbol && one.leg === leg);
  if (sign(exact(held?.quantity ?? "0")) === side) return false;
  return standing.some((one) => one.follower === follower && one.symbol === symbol);
}

/** Reasons that can keep more from being closed. */
export const PHYSICAL: ReadonlySet<string> = new Set([
  "below-minimum-quantity",
  "instrument-not-trading",
  "refused-by-exchange",
  "account-removed",
]);
