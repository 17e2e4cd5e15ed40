/**
 * One of everything that the accounts of a venue share: request budget, REST client with its clock, market feed, list of
 * instruments. Passing trouble is retried until the venue answers.
 */
import type { EventOf } from "../core/event.ts";
import type { InstrumentId, VenueId } from "../core/model/identifiers.ts";
import type { Instrument } from "../core/model/instrument.ts";
import type { State } from "../core/state.ts";
import type { AddressMemory } from "../exchange/bybit/address-memory.ts";
import { RequestBudget } from "../exchange/bybit/budget.ts";
import type { BybitAccountParts } from "../exchange/bybit/connect.ts";
import { type BybitVenue, bybitVenue } from "../exchange/bybit/hosts.ts";
import { openBybitMarket } from "../exchange/bybit/market-feed.ts";
import { BybitRest } from "../exchange/bybit/rest.ts";
import { BybitRiskTiers } from "../exchange/bybit/risk-tiers.ts";
import type { MarketFeed, RiskTierListener, RiskTierSource } from "../exchange/exchange.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import type { StreamWatchOptions } from "../exchange/stream-watch.ts";
import type { Outside } from "../exchange/transport.ts";
import type { Log } from "../log.ts";

export interface Venue {
  readonly id: VenueId;
  readonly bybit: BybitVenue;
  readonly budget: RequestBudget;
  readonly rest: BybitRest;
  readonly feed: MarketFeed;
  /** Absent where nobody asked for them. */
  readonly riskTiers?: RiskTierSource;
}

export interface VenueParts {
  readonly url: string;
  readonly streamUrl: string | null;
  readonly outside: Outside;
  readonly log: Log;
  /** One per group of hosts that share a limit per address; made here when it is the first of its group. */
  readonly budgets?: Map<string, RequestBudget>;
  readonly onPrice: (event: EventOf<"price-updated">) => void;
  /** Without it no risk tiers are read. */
  readonly onRiskTiers?: RiskTierListener;
  /** As in RestOptions. */
  readonly errorMsMax?: number;
  /** What the venue still counts of earlier processes. */
  readonly memory?: AddressMemory;
  /** How the price stream is watched. */
  readonly watch?: StreamWatchOptions;
}

export function openVenue(parts: VenueParts): Venue {
  const {
    url,
    streamUrl,
    outside,
    log,
    budgets = new Map(),
    onPrice,
    onRiskTiers,
    errorMsMax,
    watch,
    memory,
  } = parts;
  const bybit = bybitVenue(url, streamUrl ?? undefined);
  const { limitGroup: group } = bybit;
  const known = memory && { group, memory };
  const budget = budgets.get(group) ?? new RequestBudget(outside.clock, {}, known);
  budgets.set(group, budget);
  const options = errorMsMax === undefined ? {} : { clockErrorMsMax: errorMsMax };
  const rest = new BybitRest(outside, bybit.urls.rest, budget, options);
  const onNotice = (notice: string): void =>
    log.channel("api").warn("market feed", { venue: bybit.venue, notice });
  const read = { venue: bybit.venue, clock: outside.clock, rest, onNotice };
  const riskTiers =
    onRiskTiers === undefined ? {} : { riskTiers: new BybitRiskTiers({ ...read, listener: onRiskTiers }) };
  const feed = openBybitMarket({
    venue: bybit.venue,
    urls: bybit.urls,
    outside,
    budget,
    rest,
    listener: onPrice,
    ...riskTiers,
    onNotice,
    ...(watch === undefined ? {} : { watch }),
  });
  return { id: bybit.venue, bybit, budget, rest, feed, ...riskTiers };
}

/** What all accounts of a venue are connected with. */
export function accountPartsOf({
  id,
  bybit,
  budget,
  rest,
  riskTiers,
}: Venue): Pick<
  BybitAccountParts,
  "venue" | "urls" | "capabilities" | "keyInspection" | "budget" | "rest" | "riskTiers"
> {
  const { urls, capabilities, keyInspection } = bybit;
  const tiers = riskTiers === undefined ? {} : { riskTiers };
  return { venue: id, urls, capabilities, keyInspection, budget, rest, ...tiers };
}

const RETRY_MS = 250;
const RETRY_MAX_MS = 15_000;

/**
 * All instruments of a venue, asked for until it answers. Rejects with the venue's word when asking again will not help,
 * and with `stop.reason` when stopped.
 */
export async function loadInstruments(
  venue: Pick<Venue, "feed">,
  stop: AbortSignal,
  onRetry: (cause: string) => void,
): Promise<readonly Instrument[]> {
  return untilAnswered((done) => venue.feed.loadInstruments(done), stop, onRetry);
}

/** Asks again with growing pauses while the answer is passing trouble. */
export async function untilAnswered<Value>(
  ask: (done: (result: Value | ExchangeError) => void) => void,
  stop: AbortSignal,
  onRetry: (cause: string) => void,
): Promise<Value> {
  for (let attempt = 0; ; attempt += 1) {
    stop.throwIfAborted();
    const result = await unlessStopped<Value | ExchangeError>(ask, stop);
    if (!(result instanceof ExchangeError)) return result;
    if (result.class === "give-up") throw result;
    onRetry(result.message);
    await pause(Math.min(RETRY_MS * 2 ** attempt, RETRY_MAX_MS), stop);
  }
}

/** Resolves after `delayMs`; rejects at once when stopped. */
async function pause(delayMs: number, stop: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await unlessStopped<void>((done) => {
      timer = setTimeout(done, delayMs);
    }, stop);
  } finally {
    clearTimeout(timer);
  }
}

/** The answer; rejects at once when stopped, and nobody waits for an answer any more. */
function unlessStopped<Value>(
  ask: (done: (value: Value) => void) => void,
  stop: AbortSignal,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(stop.reason);
    if (stop.aborted) return aborted();
    stop.addEventListener("abort", aborted, { once: true });
    ask((value) => {
      stop.removeEventListener("abort", aborted);
      resolve(value);
    });
  });
}

/** Instruments by id, filled before connections need them. */
export type InstrumentTable = Map<InstrumentId, Instrument>;

/**
 * Instruments as connections must read orders by them: as the core counts. A venue's newest list may have other quantity
 * steps than those that something held is still counted in, and an order would then be ten times as large.
 */
export function instrumentsInForce(
  table: InstrumentTable,
  stateNow: () => State | undefined,
): Pick<InstrumentTable, "get"> {
  return { get: (id) => stateNow()?.instruments.get(id) ?? table.get(id) };
}
