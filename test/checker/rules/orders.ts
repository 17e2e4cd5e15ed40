/**
 * No order breaks a rule that was in force when it was decided: what adds risk is inside the hours, under no stop and no pause,
 * within the most positions, capped where a cap on slippage is stated; and copied stops never close more than is held.
 */
import type { CheckedAllocation, Evidence, Violation } from "../evidence.ts";
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
import { underLimits } from "../in-force.ts";
import type { RuleRecord, WrittenOrder, WrittenShare } from "./record.ts";
import { inForce, isAbout, isOpenAt, priceAt, standingAt } from "./times.ts";

export function checkRuledOrders(evidence: Evidence, record: RuleRecord): Violation[] {
  return [
    ...record.orders.flatMap((order) => (order.reduceOnly ? [] : checkIncrease(evidence, record, order))),
    ...checkDoubledStops(record),
  ];
}

function checkIncrease(evidence: Evidence, record: RuleRecord, order: WrittenOrder): Violation[] {
  const broken = (numbers: string): Violation => ({
    rule: "rule-broken",
    subject: `${order.follower} ${order.symbol} ${order.clientOrderId} at ${order.atMs} (${order.sequence})`,
    numbers,
  });
  const found: Violation[] = [];
  if (isPaused(record, order)) found.push(broken("it is paused"));
  const rates = underLimits(evidence, order.follower, order.atMs, order.atMs).map((known) =>
    rateProblem(known, record, order),
  );
  if (rates[0] !== undefined && !rates.includes(null)) found.push(broken(String(rates[0])));
  for (const share of order.shares) {
    if (!grows(share)) continue;
    const place = { leader: share.leader, symbol: order.symbol };
    const bar = standingAt(record, order.follower, order.sequence).find(
      (stop) => stop.bars && isAbout(stop, place),
    );
    if (bar !== undefined) found.push(broken(`stopped by ${bar.guard} ${bar.id}`));
    const allocations = inForce(evidence, { ...order, ...place });
    if (allocations.length === 0) continue;
    const price = priceAt(record, order.symbol, order.sequence);
    const problems = allocations.map((one) => problemOf(evidence, { order, share, price }, one));
    const [first = null] = problems;
    if (first !== null && !problems.includes(null)) found.push(broken(first));
  }
  return found;
}

function isPaused({ commands }: RuleRecord, { follower, sequence }: WrittenOrder): boolean {
  const last = commands.findLast(
    (one) =>
      (one.kind === "pause" || one.kind === "resume") &&
      (one.follower ?? follower) === follower &&
      one.sequence <= sequence,
  );
  return last?.kind === "pause";
}

/** Away from nothing, or through it. */
function grows({ held, quantity }: WrittenShare): boolean {
  const [before, by] = [exact(held), exact(quantity)];
  const after = plus(before, by);
  return compare(magnitude(after), magnitude(before)) > 0 || sign(before) * sign(after) < 0;
}

/** A part of an order, and the mark that was known when it was decided. */
interface Part {
  readonly order: WrittenOrder;
  readonly share: WrittenShare;
  readonly price: string | null;
}

function problemOf(evidence: Evidence, part: Part, allocation: CheckedAllocation): string | null {
  const { rules } = allocation;
  if (rules === undefined) return null;
  const { order, share } = part;
  if (rules.hours !== null && !isOpenAt(rules.hours, order.atMs)) return "outside the hours";
  return (
    slippageProblem(evidence, order, share, allocation) ??
    positionsProblem(order, share, rules) ??
    capProblem(part, rules)
  );
}

/** What one order adds, and what is then held in its instrument, by the mark of the decision. */
function capProblem(
  { share: { held, quantity }, price }: Part,
  { orderMost, symbolMost }: NonNullable<CheckedAllocation["rules"]>,
): string | null {
  if (price === null) return null;
  const [before, by] = [exact(held), exact(quantity)];
  const after = plus(before, by);
  const added = sign(before) * sign(after) < 0 ? after : by;
  const past = (size: Exact, most: string | null): string | null => {
    const value = times(magnitude(size), exact(price));
    return most !== null && compare(value, exact(most)) > 0 ? `${show(value)} is past ${most}` : null;
  };
  return past(added, orderMost) ?? past(after, symbolMost);
}

/** With this one, as many that add risk as were decided on within a minute. */
function rateProblem(
  { limits = [] }: Evidence,
  { orders, starts }: RuleRecord,
  { follower, atMs, sequence }: WrittenOrder,
): string | null {
  const { ordersPerMinute: most, fromMs = 0 } = limits.find((one) => one.follower === follower) ?? {};
  if (most === undefined) return null;
  // What a clock decided on that was set back since counts from the start at which it was.
  const since = (one: WrittenOrder): number =>
    Math.min(
      one.atMs,
      ...starts
        .filter((start) => start.sequence > one.sequence && start.sequence <= sequence)
        .map((start) => start.atMs),
    );
  const sent = orders.filter(
    (one) =>
      one.follower === follower &&
      !one.reduceOnly &&
      one.sequence <= sequence &&
      since(one) > Math.max(atMs - MINUTE_MS, fromMs),
  ).length;
  return sent > most ? `${sent} orders in a minute, at most ${most}` : null;
}

const MINUTE_MS = 60_000;

const BPS = exact("10000");

/** Where a cap is stated the order has a limit price, and that is within the cap of the worst that its leader ever paid. */
function slippageProblem(
  evidence: Evidence,
  { limitPrice, symbol, atMs, quantity }: WrittenOrder,
  { leader: name }: WrittenShare,
  { rules }: CheckedAllocation,
): string | null {
  const cap = rules?.slippageBpsMax ?? null;
  if (cap === null) return null;
  const untilMs = atMs + evidence.slackMs;
  const fills = evidence.leaders.find(({ account }) => account === name)?.fills ?? [];
  const paid = fills.filter((fill) => fill.symbol === symbol && fill.atMs <= untilMs);
  const marks = evidence.prices.filter((one) => one.symbol === symbol && one.atMs <= atMs);
  if (limitPrice === "") return marks.length === 0 ? null : "it has no limit under a cap on slippage";
  const side = sign(exact(quantity));
  const worst = [...paid, ...marks]
    .map(({ price }) => exact(price))
    .reduce((known, price) => (compare(price, known) * side > 0 ? price : known));
  const factor = side > 0 ? plus(BPS, exact(cap)) : minus(BPS, exact(cap));
  const most = over(times(worst, factor), BPS);
  const beyond = times(minus(exact(limitPrice), most), exact(String(side)));
  return sign(beyond) > 0 ? `${limitPrice} is beyond ${show(most)}` : null;
}

/** A position that opens finds fewer than the most, by the copier's own record of what it held. */
function positionsProblem(
  { others, isHeld }: WrittenOrder,
  { leader, held }: WrittenShare,
  { positionsMax, followerPositionsMax }: NonNullable<CheckedAllocation["rules"]>,
): string | null {
  const past = (open: number, most: number | null): string | null =>
    most !== null && open >= most ? `${open} positions are open, at most ${most}` : null;
  if (sign(exact(held)) !== 0) return null;
  const own = past(others.byLeader[leader] ?? 0, positionsMax);
  return own ?? (isHeld ? null : past(others.account, followerPositionsMax));
}

/** Of the stops that one decision places for a copy on a leg, those of one way close no more than it holds. */
function checkDoubledStops({ orders }: RuleRecord): Violation[] {
  const sums = new Map<string, { sum: Exact; readonly order: WrittenOrder; readonly held: Exact }>();
  for (const order of orders) {
    if (!["stop", "take-profit", "rested-exit"].includes(order.purpose)) continue;
    for (const { leader, quantity, held } of order.shares) {
      const key = `${order.sequence} ${order.follower} ${order.symbol} ${order.leg} ${order.purpose} ${leader}`;
      const known = sums.get(key) ?? { sum: ZERO, order, held: exact(held) };
      sums.set(key, { ...known, sum: plus(known.sum, exact(quantity)) });
    }
  }
  return [...sums.values()].flatMap(({ sum, order, held }): Violation[] => {
    if (sign(sum) === -sign(held) && compare(magnitude(sum), magnitude(held)) <= 0) return [];
    const subject = `${order.follower} ${order.symbol} ${order.clientOrderId} (${order.sequence})`;
    return [{ rule: "stops-doubled", subject, numbers: `${show(sum)} of ${show(held)}` }];
  });
}
