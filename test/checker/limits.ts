/**
 * Rule about limits: no order that adds risk takes an account past one. Judged order by order, once it has filled: what the account
 * holds by the venue's own record of fills, at the lowest price of the time; what is tied up at the least where a limit counts
 * margin. A price may have risen and an equity fallen since the decision, so the limits get the best of the time before. Where a
 * limit counts longs against shorts, what stood against the order may be reduced while it is on its way, which nothing forbids: what
 * else was held counts at its best from the decision on. An order that a power cut took from the record is known when the venue
 * tells of it, as what the owner does: where it filled after the next start, nobody who decides could have stopped it.
 */
import { clocksApartMs, decidedFromMs, isStartedSince } from "./decided-from.ts";
import type {
  CheckedAccount,
  CheckedFill,
  CheckedLimits,
  CheckedRequest,
  Evidence,
  Violation,
} from "./evidence.ts";
import { isOurs } from "./evidence.ts";
import { compare, type Exact, exact, magnitude, over, plus, show, sign, times, ZERO } from "./exact.ts";
import { underLimits } from "./in-force.ts";
import { pricesAround } from "./orders.ts";
import { signed } from "./targets.ts";

const MINUTE_MS = 60_000;

export function checkLimits(evidence: Evidence): Violation[] {
  const limited = new Set((evidence.limits ?? []).map(({ follower }) => follower));
  return evidence.followers.flatMap((one) => (limited.has(one.account) ? checkAccount(evidence, one) : []));
}

/** By the limits of when it was decided, or by any that came before all of it had filled: what it meets there may be of later. */
function checkAccount(evidence: Evidence, account: CheckedAccount): Violation[] {
  const increases = account.requests.filter(({ action, reduceOnly }) => action === "create" && !reduceOnly);
  const lost = new Set((evidence.lostIntents ?? []).map(({ clientOrderId }) => clientOrderId));
  return increases.flatMap((request) => {
    const fromMs = decidedFromMs(evidence, request);
    const untilMs = filledAtMs(account, request) + clocksApartMs(evidence);
    const found = underLimits(evidence, account.account, fromMs, untilMs).map(({ limits = [] }) =>
      limits
        .filter(({ follower }) => follower === account.account)
        .flatMap((one) => [
          ...checkExposure(evidence, account, one, request, lost),
          ...checkRate(evidence, increases, one, request),
        ]),
    );
    return found.find((problems) => problems.length === 0) ?? found[0] ?? [];
  });
}

function checkExposure(
  evidence: Evidence,
  account: CheckedAccount,
  limits: CheckedLimits,
  request: CheckedRequest,
  lost: ReadonlySet<string>,
): Violation[] {
  const { symbol } = request;
  const atMs = filledAtMs(account, request);
  if (lost.has(request.clientOrderId) && isStartedSince(evidence, request, atMs)) return [];
  const { portfolio: ofAll = "gross", symbol: ofSymbol = "gross" } = limits.measures ?? {};
  const isNetted = ofAll === "net" || ofSymbol === "net";
  const filled = {
    by: request.clientOrderId,
    sinceMs: isNetted ? decidedFromMs(evidence, request) : atMs,
    atMs,
    lost,
  };
  const equity = bestEquity(evidence, account, atMs);
  const symbols = [...evidence.instruments.map((one) => one.symbol), ...(evidence.changing ?? [])];
  const worth = new Map(symbols.map((one) => [one, worthOf(evidence, account, one, filled)] as const));
  const side = request.side === "buy" ? 1 : -1;
  const sum = (measure: Measure): Exact => inMeasure([...worth.values()], measure, side);
  const one = worth.get(symbol) ?? NOTHING;
  const subject = `${account.account} ${request.clientOrderId}`;
  const past = (what: string, value: Exact, share: string | undefined): Violation[] => {
    if (share === undefined) return [];
    const most = times(exact(share), equity);
    if (compare(value, most) <= 0) return [];
    return [{ rule: "past-limit", subject, numbers: `${what} ${show(value)}, at most ${show(most)}` }];
  };
  return [
    ...past("all positions", sum(ofAll), limits.portfolio),
    ...past("all positions", sum("gross"), limits.leverage),
    ...past(symbol, inMeasure([one], ofSymbol, side), limits.symbol),
  ];
}

type Measure = "gross" | "net" | "margin";

/** Of one instrument: both sides, and longs less shorts, each at its smallest. */
interface Worth {
  readonly gross: Exact;
  readonly net: readonly [Exact, Exact];
}

const NOTHING: Worth = { gross: ZERO, net: [ZERO, ZERO] };
/** No position ties up less than at this. */
const LEVERAGE_MOST = exact("50");

/** At the least. What trades against the net position makes it smaller. */
function inMeasure(all: readonly Worth[], measure: Measure, side: 1 | -1): Exact {
  const gross = all.map((worth) => worth.gross).reduce(plus, ZERO);
  if (measure === "gross") return gross;
  if (measure === "margin") return over(gross, LEVERAGE_MOST);
  const low = all.map(({ net }) => net[0]).reduce(plus, ZERO);
  const high = all.map(({ net }) => net[1]).reduce(plus, ZERO);
  if (sign(low) !== side || sign(high) !== side) return ZERO;
  return side > 0 ? low : magnitude(high);
}

/** When all of it that did fill had filled. */
function filledAtMs({ fills }: CheckedAccount, { clientOrderId, atMs }: CheckedRequest): number {
  const own = fills.filter((fill) => fill.clientOrderId === clientOrderId);
  return own.reduce((latest, fill) => Math.max(latest, fill.atMs), atMs);
}

/** An order, from its decision until all of it that did fill had filled. */
interface Filled {
  readonly by: string;
  readonly sinceMs: number;
  readonly atMs: number;
  /** Orders that a power cut took from the record. */
  readonly lost: ReadonlySet<string>;
}

/** What is held in one instrument by then, at the lowest price of the time; what others did just before may be unknown. */
function worthOf(evidence: Evidence, account: CheckedAccount, symbol: string, filled: Filled): Worth {
  const { atMs, by, lost } = filled;
  const isSent = ({ clientOrderId }: CheckedFill) =>
    clientOrderId === by || (isOurs(clientOrderId) && !lost.has(clientOrderId));
  const prices = pricesAround(evidence, symbol, atMs).map(exact);
  const [first = ZERO] = prices;
  const lowest = prices.reduce((least, price) => (compare(price, least) < 0 ? price : least), first);
  const highest = prices.reduce((most, price) => (compare(price, most) > 0 ? price : most), first);
  const unsent = account.fills.filter((fill) => fill.symbol === symbol && !isSent(fill));
  const possible = toldUntil(evidence, unsent, atMs).map((untilMs) =>
    heldBy(account, symbol, atMs, (fill) => isSent(fill) || fill.atMs <= untilMs),
  );
  const gross = (legs: readonly Exact[]): Exact => legs.map(magnitude).reduce(plus, ZERO);
  const least = possible.reduce((known, legs) => (compare(gross(legs), gross(known)) < 0 ? legs : known));
  const nets = [...possible, ...heldMeanwhile(account, symbol, filled)].flatMap((legs) => {
    const net = legs.reduce(plus, ZERO);
    return [times(net, lowest), times(net, highest)];
  });
  const [one = ZERO] = nets;
  const low = nets.reduce((known, net) => (compare(net, known) < 0 ? net : known), one);
  const high = nets.reduce((known, net) => (compare(net, known) > 0 ? net : known), one);
  return { gross: times(gross(least), lowest), net: [low, high] };
}

/** Until when what was not sent by the running copier may have been known: all but the latest of it. */
function toldUntil(
  { slackMs }: Evidence,
  unsent: readonly CheckedFill[],
  atMs: number,
): readonly [number, ...number[]] {
  const lately = unsent.map((fill) => fill.atMs).filter((one) => one > atMs - slackMs && one <= atMs);
  return [atMs - slackMs, ...lately];
}

/** With the order filled, beside what else was held at each moment since it was decided. */
function heldMeanwhile(
  account: CheckedAccount,
  symbol: string,
  { by, sinceMs, atMs }: Filled,
): (readonly Exact[])[] {
  const moved = account.fills.filter(
    (fill) => fill.symbol === symbol && fill.atMs > sinceMs && fill.atMs < atMs,
  );
  return [sinceMs, ...moved.map((fill) => fill.atMs)].map((momentMs) =>
    heldBy(account, symbol, atMs, (fill) => fill.clientOrderId === by || fill.atMs <= momentMs),
  );
}

/** Each leg, signed. */
function heldBy(
  account: CheckedAccount,
  symbol: string,
  atMs: number,
  counts: (fill: CheckedFill) => boolean,
): readonly Exact[] {
  const legs = new Map<string, Exact>();
  for (const { symbol: of, leg, quantity } of account.held)
    if (of === symbol) legs.set(leg, plus(legs.get(leg) ?? ZERO, exact(quantity)));
  for (const fill of account.fills) {
    if (fill.symbol !== symbol || fill.atMs > atMs || !counts(fill)) continue;
    legs.set(fill.leg, plus(legs.get(fill.leg) ?? ZERO, signed(fill.side, fill.quantity)));
  }
  return [...legs.values()];
}

/** The largest of those that may have been known; the venue's clock is another than the copier's. */
function bestEquity({ slackMs }: Evidence, { equities }: CheckedAccount, atMs: number): Exact {
  const known = equities.filter((one) => one.atMs <= atMs + slackMs);
  const before = known.findLastIndex((one) => one.atMs <= atMs - slackMs);
  const values = known.slice(Math.max(before, 0)).map(({ equity }) => exact(equity));
  const [first = ZERO] = values;
  return values.reduce((most, value) => (compare(value, most) > 0 ? value : most), first);
}

/** Requests that were held up on their way arrive closer together than they were sent. What was sent before there was a limit counts for none. */
function checkRate(
  { slackMs }: Evidence,
  increases: readonly CheckedRequest[],
  { ordersPerMinute: most, fromMs = 0 }: CheckedLimits,
  request: CheckedRequest,
): Violation[] {
  if (most === undefined) return [];
  const sinceMs = Math.max(request.atMs - MINUTE_MS, fromMs);
  const window = increases.filter(({ atMs }) => atMs > sinceMs && atMs <= request.atMs);
  const ids = new Set(window.map(({ clientOrderId }) => clientOrderId));
  const allowed = most * Math.ceil((MINUTE_MS + slackMs) / MINUTE_MS);
  if (ids.size <= allowed) return [];
  const subject = `${request.clientOrderId}`;
  return [{ rule: "past-limit", subject, numbers: `${ids.size} orders in a minute, at most ${allowed}` }];
}
