/**
 * Rule about limits: no order that adds risk takes an account past one. Judged order by order, once it has
 * filled: what the account holds by the venue's own record of fills, at the lowest price of the time.
 * A price may have risen and an equity fallen since the decision, so the limits get the best of the time before.
 */
import type {
  CheckedAccount,
  CheckedFill,
  CheckedLimits,
  CheckedRequest,
  Evidence,
  Violation,
} from "./evidence.ts";
import { isOurs } from "./evidence.ts";
import { compare, type Exact, exact, magnitude, plus, show, times, ZERO } from "./exact.ts";
import { pricesAround } from "./orders.ts";
import { signed } from "./targets.ts";

const MINUTE_MS = 60_000;

export function checkLimits(evidence: Evidence): Violation[] {
  return (evidence.limits ?? []).flatMap((limits) => {
    const account = evidence.followers.find((follower) => follower.account === limits.follower);
    return account === undefined ? [] : checkAccount(evidence, account, limits);
  });
}

function checkAccount(evidence: Evidence, account: CheckedAccount, limits: CheckedLimits): Violation[] {
  const increases = account.requests.filter(({ action, reduceOnly }) => action === "create" && !reduceOnly);
  return increases.flatMap((request) => [
    ...checkExposure(evidence, account, limits, request),
    ...checkRate(evidence, increases, limits, request),
  ]);
}

function checkExposure(
  evidence: Evidence,
  account: CheckedAccount,
  limits: CheckedLimits,
  request: CheckedRequest,
): Violation[] {
  const { symbol } = request;
  const atMs = filledAtMs(account, request);
  const equity = bestEquity(evidence, account, atMs);
  const values = new Map(
    evidence.instruments.map((one) => [one.symbol, worthOf(evidence, account, one.symbol, atMs)] as const),
  );
  const all = [...values.values()].reduce(plus, ZERO);
  const subject = `${account.account} ${request.clientOrderId}`;
  const past = (what: string, value: Exact, share: string | undefined): Violation[] => {
    if (share === undefined) return [];
    const most = times(exact(share), equity);
    if (compare(value, most) <= 0) return [];
    return [{ rule: "past-limit", subject, numbers: `${what} ${show(value)}, at most ${show(most)}` }];
  };
  return [
    ...past("all positions", all, limits.portfolio),
    ...past(symbol, values.get(symbol) ?? ZERO, limits.symbol),
  ];
}

/** When all of it that did fill had filled. */
function filledAtMs({ fills }: CheckedAccount, { clientOrderId, atMs }: CheckedRequest): number {
  const own = fills.filter((fill) => fill.clientOrderId === clientOrderId);
  return own.reduce((latest, fill) => Math.max(latest, fill.atMs), atMs);
}

/** What is held in one instrument by then, at the lowest price of the time; what its owner did just before may be unknown. */
function worthOf(evidence: Evidence, account: CheckedAccount, symbol: string, atMs: number): Exact {
  const prices = pricesAround(evidence, symbol, atMs).map(exact);
  const [first = ZERO] = prices;
  const lowest = prices.reduce((least, price) => (compare(price, least) < 0 ? price : least), first);
  const isKnown = (fill: CheckedFill) => isOurs(fill.clientOrderId) || fill.atMs <= atMs - evidence.slackMs;
  const [told, whole] = [heldBy(account, symbol, atMs, isKnown), heldBy(account, symbol, atMs, () => true)];
  return times(compare(told, whole) < 0 ? told : whole, lowest);
}

/** The sum of all legs, unsigned. */
function heldBy(
  account: CheckedAccount,
  symbol: string,
  atMs: number,
  counts: (fill: CheckedFill) => boolean,
): Exact {
  const legs = new Map<string, Exact>();
  for (const { symbol: of, leg, quantity } of account.held)
    if (of === symbol) legs.set(leg, plus(legs.get(leg) ?? ZERO, exact(quantity)));
  for (const fill of account.fills) {
    if (fill.symbol !== symbol || fill.atMs > atMs || !counts(fill)) continue;
    legs.set(fill.leg, plus(legs.get(fill.leg) ?? ZERO, signed(fill.side, fill.quantity)));
  }
  return [...legs.values()].map(magnitude).reduce(plus, ZERO);
}

/** The largest of those that may have been known; the venue's clock is another than the copier's. */
function bestEquity({ slackMs }: Evidence, { equities }: CheckedAccount, atMs: number): Exact {
  const known = equities.filter((one) => one.atMs <= atMs + slackMs);
  const before = known.findLastIndex((one) => one.atMs <= atMs - slackMs);
  const values = known.slice(Math.max(before, 0)).map(({ equity }) => exact(equity));
  const [first = ZERO] = values;
  return values.reduce((most, value) => (compare(value, most) > 0 ? value : most), first);
}

/** Requests that were held up on their way arrive closer together than they were sent. */
function checkRate(
  { slackMs }: Evidence,
  increases: readonly CheckedRequest[],
  { ordersPerMinute: most }: CheckedLimits,
  request: CheckedRequest,
): Violation[] {
  if (most === undefined) return [];
  const window = increases.filter(({ atMs }) => atMs > request.atMs - MINUTE_MS && atMs <= request.atMs);
  const ids = new Set(window.map(({ clientOrderId }) => clientOrderId));
  const allowed = most * Math.ceil((MINUTE_MS + slackMs) / MINUTE_MS);
  if (ids.size <= allowed) return [];
  const subject = `${request.clientOrderId}`;
  return [{ rule: "past-limit", subject, numbers: `${ids.size} orders in a minute, at most ${allowed}` }];
}
