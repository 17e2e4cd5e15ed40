/**
 * What must hold after every decision where leaders are measured, margin modes followed and leverage clamped to risk tiers. All
 * of it is computed anew from plain figures of the state, with the checker's exact arithmetic.
 */
import type { Decision, PlannedOrder, Question } from "../../src/core/decision.ts";
import { copiesOf } from "../../src/core/explanation.ts";
import type { AccountId } from "../../src/core/model/identifiers.ts";
import type { Copy, FollowerMarket, FollowerState, State } from "../../src/core/state.ts";
import { targetLots } from "../../src/core/target.ts";
import { heldLots } from "../../src/core/virtual.ts";
import { compare, type Exact, exact, plus, show, times, ZERO } from "../checker/exact.ts";
import { portfolioRiskBreaches } from "./portfolio-risk-invariant.ts";
import type { World } from "./world.ts";

const MILLION = exact("1000000");

export function broadBreaches(state: State, decision: Decision): readonly string[] {
  return [
    ...decision.questions.flatMap((question) => [
      ...leverageBreaches(state, question),
      ...marginBreaches(state, decision, question),
    ]),
    ...decision.orders.flatMap((planned) => styleBreaches(state, planned)),
    ...portfolioRiskBreaches(state, decision, {
      priceOf: (market) => plain(priceOf(state, market)),
      addedTo,
    }),
  ];
}

/** No leverage is asked for that the tier of the position does not allow, by what it holds and what it is to hold. */
function leverageBreaches(state: State, question: Question): string[] {
  if (question.kind !== "set-leverage") return [];
  const { account, instrument, leverageHundredths } = question;
  const market = state.followers.get(account)?.markets.get(instrument);
  const tiers = state.riskTiers.get(instrument) ?? [];
  const price = market === undefined ? null : priceOf(state, market);
  if (market === undefined || tiers.length === 0 || price === null) return [];
  const lots = market.legs.flatMap((leg) => [
    Math.abs(leg.venue.lots),
    Math.abs(targetLots(market, leg.leg) + leg.foreignLots),
  ]);
  const value = worthOf(market, Math.max(0, ...lots), price);
  const tier =
    tiers.find(({ limit }) => compare(times(value, MILLION), exact(String(limit))) <= 0) ?? tiers.at(-1);
  if (tier === undefined || leverageHundredths <= tier.leverageHundredths) return [];
  const most = tier.leverageHundredths / 100;
  return [
    `${account} ${instrument}: leverage ${leverageHundredths / 100} for ${show(value)}, at most ${most}`,
  ];
}

/** A mode is asked for only where nothing is held or under way, where every leader has it, and with nothing sent beside it. */
function marginBreaches(state: State, { orders }: Decision, question: Question): string[] {
  if (question.kind !== "set-margin-mode") return [];
  const { account, marginMode } = question;
  const name = `${account} is asked for ${marginMode} margin`;
  const follower = state.followers.get(account);
  if (follower === undefined) return [`${name}: there is no such follower`];
  const found: string[] = [];
  if (isTaken(follower, orders)) found.push(`${name} while it holds something`);
  for (const leader of followedBy(state, account)) {
    const mode = state.leaders.get(leader)?.marginMode ?? "nothing";
    if (mode !== marginMode) found.push(`${name} while ${leader} has ${mode}`);
  }
  if (orders.some(({ market, order }) => market.follower === follower && !order.reduceOnly))
    found.push(`${name} beside an order that adds`);
  return found;
}

function isTaken({ markets }: FollowerState, orders: Decision["orders"]): boolean {
  const own = new Set(orders.map(({ order }) => order.clientOrderId));
  return [...markets.values()].some(({ legs }) =>
    legs.some(
      ({ venue, working }) =>
        venue.lots !== 0 ||
        [...working.values()].some(
          ({ status, clientOrderId }) => status !== "closed" && !own.has(clientOrderId),
        ),
    ),
  );
}

function followedBy({ settings }: State, account: string): readonly AccountId[] {
  return settings.allocations
    .filter(({ follower, marginMode }) => follower === account && marginMode === "follow")
    .map(({ leader }) => leader);
}

/** With this order filled, what is held of leaders of one style is within the limit, by the marks of the decision. */
function styleBreaches(state: State, planned: PlannedOrder): string[] {
  const { market, order } = planned;
  const { follower } = market;
  const limit = follower.limits.strategyExposure;
  if (limit === null || limit.measure !== "gross" || order.reduceOnly) return [];
  const most = times(exact(limit.share), exact(follower.equity ?? "0"));
  return copiesOf(planned).flatMap((copy) => {
    const style = styleOf(state, follower, copy);
    if (style === null || !growsBy(copy, planned)) return [];
    const value = valueOfStyle(state, follower, style, planned);
    if (compare(value, most) <= 0) return [];
    return [`${follower.account} holds ${show(value)} of ${style}, at most ${show(most)}`];
  });
}

function styleOf({ nowMs }: State, { limits }: FollowerState, { leader }: Copy): string | null {
  const { evidence } = leader;
  if (evidence === null || nowMs - evidence.measuredAtMs > limits.evidenceMaxAgeMs) return null;
  return evidence.style ?? null;
}

function growsBy(copy: Copy, planned: PlannedOrder): boolean {
  const held = heldLots(copy, planned.order.leg);
  return Math.abs(held + sharedLots(copy, planned)) > Math.abs(held);
}

/** What an order adds to a copy, signed. */
function sharedLots(copy: Copy, { order, shares }: PlannedOrder): number {
  if (shares === null) return order.lots;
  const lots = shares.find((share) => share.copy === copy.index)?.lots ?? 0;
  return lots * Math.sign(order.lots);
}

function valueOfStyle(state: State, follower: FollowerState, style: string, planned: PlannedOrder): Exact {
  let sum = ZERO;
  for (const market of follower.markets.values()) {
    const price = priceOf(state, market);
    if (price === null) continue;
    for (const copy of market.copies) {
      if (styleOf(state, follower, copy) !== style) continue;
      for (const { leg } of copy.legs) {
        const adds = planned.market === market && planned.order.leg === leg ? sharedLots(copy, planned) : 0;
        const isAsking = adds !== 0 && copiesOf(planned).includes(copy);
        const lots = heldLots(copy, leg) + (isAsking ? adds : 0);
        sum = plus(sum, worthOf(market, Math.abs(lots), price));
      }
    }
  }
  return sum;
}

function plain(value: Exact | null): number | null {
  return value === null ? null : Number(show(value));
}

function addedTo(copy: Copy, planned: PlannedOrder): number {
  return copiesOf(planned).includes(copy) && copy.market === planned.market ? sharedLots(copy, planned) : 0;
}

function priceOf(state: State, { instrument }: FollowerMarket): Exact | null {
  const { mark = null, bid = null, ask = null, last = null } = state.quotes.get(instrument.id) ?? {};
  const ticks = mark ?? bid ?? ask ?? last;
  return ticks === null ? null : times(exact(String(ticks)), exact(instrument.spec.tickSize));
}

function worthOf({ instrument: { spec } }: FollowerMarket, lots: number, price: Exact): Exact {
  return times(times(exact(String(lots)), exact(spec.lotSize ?? spec.quantityStep)), price);
}

/** Once all is quiet a flat follower has the margin mode of its leaders, unless the venue refused it lately. */
export function marginModesLeft({ engine: { state }, venue }: World): string[] {
  return [...state.followers.values()].flatMap((follower) => {
    const account = venue.accounts.get(follower.account);
    const leaders = followedBy(state, follower.account);
    const modes = new Set(leaders.map((leader) => venue.accounts.get(leader)?.marginMode));
    const [mode] = modes;
    if (
      account === undefined ||
      mode === undefined ||
      modes.size > 1 ||
      follower.halted !== null ||
      follower.paused
    )
      return [];
    const isFlat =
      [...account.positions.values()].every(({ steps }) => steps === 0) && !venue.hasOpenOrders(account);
    if (!isFlat || follower.margin.refused !== null || account.marginMode === mode) return [];
    return [`${follower.account} has ${account.marginMode} margin, its leaders ${mode}`];
  });
}
