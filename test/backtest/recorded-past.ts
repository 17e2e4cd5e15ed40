/** A small past of our own making: traders with their fills and hourly bars of two coins, all in memory, all from a seed. */
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { type BacktestOutcome, runBacktest } from "../../src/backtest/backtest.ts";
import { LeaderDelay } from "../../src/backtest/delay.ts";
import type { CopiedFill } from "../../src/backtest/happenings.ts";
import { openRecordedMarket, recordedLeaders, recordedMarkets } from "../../src/backtest/history.ts";
import { shippedSpecs } from "../../src/backtest/instruments.ts";
import { SLIPPAGE_DEFAULTS, type SlippageModel } from "../../src/backtest/market/slippage.ts";
import type { WorldParts } from "../../src/backtest/world.ts";
import { type GuardTerms, loadBacktestTerms, underGuards } from "../../src/config.ts";
import { KnownTraders } from "../../src/control/backtest/known-traders.ts";
import { AccountId, VenueId } from "../../src/core/model/identifiers.ts";
import { limitsRisk } from "../../src/core/risk/portfolio-risk.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import type { State } from "../../src/core/state.ts";
import type { MarketHistory, SeriesSummary, Table, TimeRange } from "../../src/market/market-history.ts";
import { rowsIn, tableOf } from "../../src/market/table.ts";
import type { TraderFillRecord, TraderRecord } from "../../src/store/trader-store.ts";
import { LOOKBACK_DAYS } from "../../src/strategies/evidence.ts";
import { REBALANCE_DEFAULTS } from "../../src/strategies/rebalance.ts";
import type { Strategy, StrategyEvidence } from "../../src/strategies/strategy.ts";
import { instrumentList } from "../../src/traders/copying/copied-market.ts";
import { openMarketMoves } from "../../src/traders/copying/market-moves.ts";
import type { TraderFilter } from "../../src/traders/filters/filter.ts";
import { openTraderMarks } from "../../src/traders/marks.ts";
import { StylesThen } from "../../src/traders/walk-forward/style-then.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const BEGIN_MS = Date.parse("2024-05-01T00:00:00Z");
const SYMBOLS = ["BTCUSDT", "ETHUSDT"] as const;
const FIRST_PRICES = { BTCUSDT: 60_000, ETHUSDT: 3_000 } as const;
export const VENUE = VenueId("bybit");
export const FOLLOWER = AccountId("follower");

/** Rows of `[openMs, open, high, low, close, volume]`. */
export type BarRow = readonly [number, number, number, number, number, number];

export interface Past {
  readonly traders: ReadonlyMap<string, readonly TraderFillRecord[]>;
  readonly bars: ReadonlyMap<string, readonly BarRow[]>;
  /** Of BTCUSDT, every eight hours: `[atMs, rate]`. */
  readonly funding: readonly (readonly [number, number])[];
}

/** `days` of it; each trader opens and closes one of the coins some times a day, at the prices of the bars. */
export function makePast(seed: number, days: number, traders = 4): Past {
  const random = seededRandom(seed);
  const bars = new Map(SYMBOLS.map((symbol) => [symbol as string, walk(random, FIRST_PRICES[symbol], days)]));
  const fills = new Map<string, readonly TraderFillRecord[]>();
  for (let at = 0; at < traders; at += 1) fills.set(`trader-${at + 1}`, tradesOf(random, bars, days));
  const funding = Array.from(
    { length: days * 3 },
    (_, at) => [BEGIN_MS + at * 8 * HOUR_MS, Number(((random() - 0.5) / 5_000).toFixed(6))] as const,
  );
  return { traders: fills, bars, funding };
}

function walk(random: () => number, first: number, days: number): readonly BarRow[] {
  let price = first;
  return Array.from({ length: days * 24 }, (_, hour): BarRow => {
    const open = price;
    const close = round(open * (1 + (random() - 0.5) / 50));
    const high = round(Math.max(open, close) * (1 + random() / 200));
    const low = round(Math.min(open, close) * (1 - random() / 200));
    price = close;
    return [BEGIN_MS + hour * HOUR_MS, open, high, low, close, round(100 + 1_000 * random())];
  });
}

function tradesOf(
  random: () => number,
  bars: ReadonlyMap<string, readonly BarRow[]>,
  days: number,
): readonly TraderFillRecord[] {
  const fills: TraderFillRecord[] = [];
  const symbol = random() < 0.5 ? "BTCUSDT" : "ETHUSDT";
  const own = bars.get(symbol) ?? [];
  const size = symbol === "BTCUSDT" ? 0.5 : 10;
  let held = 0;
  for (
    let ms = BEGIN_MS + HOUR_MS;
    ms < BEGIN_MS + days * DAY_MS;
    ms += Math.floor((1 + 9 * random()) * HOUR_MS)
  ) {
    const timeMs = ms - (ms % 1_000);
    const [, open = 0, , , close = 0] = own[Math.floor((timeMs - BEGIN_MS) / HOUR_MS)] ?? [];
    const by =
      held === 0 ? (random() < 0.5 ? size : -size) : random() < 0.3 ? (held / Math.abs(held)) * size : -held;
    const price = round(open + ((close - open) * (timeMs % HOUR_MS)) / HOUR_MS);
    const realises = held !== 0 && Math.sign(by) !== Math.sign(held);
    fills.push(fillOf({ timeMs, symbol, by, price, realises }));
    held = Number((held + by).toFixed(3));
  }
  return fills;
}

export function fillOf({
  timeMs,
  symbol,
  by,
  price,
  realises,
}: {
  readonly timeMs: number;
  readonly symbol: string;
  readonly by: number;
  readonly price: number;
  readonly realises: boolean;
}): TraderFillRecord {
  return {
    kind: "trade",
    timeMs,
    symbol,
    quoteAsset: "USDT",
    side: by > 0 ? "buy" : "sell",
    leg: "net",
    price: String(price),
    quantity: String(Math.abs(by)),
    realizedPnl: realises ? "1" : "0",
    fee: "0",
    feeAsset: "USDT",
    liquidity: "unknown",
    tradeId: "",
    orderId: "",
    positionBefore: null,
    closedQuantity: null,
    leverage: null,
  };
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

export interface LivedPast extends BacktestOutcome {
  readonly fills: readonly CopiedFill[];
}

export interface LifeOptions {
  readonly fromMs: number;
  readonly toMs: number;
  readonly strategy: Strategy;
  readonly seed?: number;
  readonly slippage?: SlippageModel;
  /** So much later is what a strategy is told of: a fault, to see that it shows. */
  readonly peekMs?: number;
  /** The same fault of styles alone. */
  readonly stylePeekMs?: number;
  readonly filters?: readonly TraderFilter[];
  /** In place of the defaults. */
  readonly guards?: Partial<GuardTerms["account"]> &
    Partial<GuardTerms["relation"]> &
    Partial<Pick<GuardTerms, "decay">>;
  /** In place of the defaults. */
  readonly limits?: Partial<RiskLimits>;
  /** What is different about the world. */
  readonly world?: Partial<WorldParts>;
  readonly look?: (state: State) => void;
}

/** Copies nobody, and keeps what it was shown once a day. */
export function watching(seen: StrategyEvidence[]): Strategy {
  return {
    name: "watching",
    rebalancingHours: 24,
    choose: (evidence) => {
      seen.push(evidence);
      const out = { weight: 0, reason: "own-out", numbers: {} } as const;
      return { wishes: evidence.candidates.map(({ trader }) => ({ trader, ...out })) };
    },
  };
}

/** The traders as a store has them. */
export function storeOf(past: Past, toMs: number) {
  const store = {
    async *fills({ trader }: { readonly trader: string }) {
      yield past.traders.get(trader) ?? [];
    },
  };
  const records = [...past.traders.keys()].map(
    (trader): TraderRecord => ({
      venue: "binance",
      trader,
      firstSeenMs: BEGIN_MS,
      lastSeenMs: toMs,
      history: "complete",
      statedEquity: "100000",
      revision: 1,
      rejectedRows: 0,
    }),
  );
  return { store, records };
}

/** Everybody's fills and the follower's markets, of all of the past. */
export async function recordedFrom(past: Past, { fromMs, toMs }: TimeRange) {
  const { store, records } = storeOf(past, toMs);
  const recorded = await recordedLeaders(store, records, toMs);
  const list = instrumentList(shippedSpecs(VENUE), { isComplete: false, key: "shipped" });
  const markets = recordedMarkets(recorded, {
    history: historyOf(past),
    list,
    venue: VENUE,
    range: { fromMs, toMs },
  });
  return { recorded, markets };
}

/** Through the same pieces as the command. */
export async function live(past: Past, options: LifeOptions): Promise<LivedPast> {
  const {
    fromMs,
    toMs,
    strategy,
    seed = 1,
    slippage = SLIPPAGE_DEFAULTS.impact,
    peekMs = 0,
    stylePeekMs = peekMs,
    filters = [],
    world = {},
    look = () => {},
  } = options;
  const { store, records } = storeOf(past, toMs);
  const history = historyOf(past);
  const recorded = await recordedLeaders(store, records, toMs + peekMs);
  const list = instrumentList(shippedSpecs(VENUE), { isComplete: false, key: "shipped" });
  const markets = recordedMarkets(recorded, { history, list, venue: VENUE, range: { fromMs, toMs } });
  const loaded = loadBacktestTerms("/nowhere", FOLLOWER);
  if (!loaded.ok) throw new Error("the defaults have problems");
  const terms = underGuards(loaded.terms, guardTerms(loaded.terms.guards, options.guards ?? {}));
  const limits = { ...terms.follower.limits, ...options.limits };
  const sourcesOf = (venue: string) => ({
    marks: openTraderMarks(history, venue, { fromMs: BEGIN_MS, toMs: toMs + peekMs }),
    moves: openMarketMoves(history, venue),
    instruments: list,
  });
  const marksOf = (venue: string) => sourcesOf(venue).marks;
  const styles = new StylesThen({ history, marksOf, sectors: new Map(), toMs: toMs + stylePeekMs });
  const known = new KnownTraders({
    store,
    recorded,
    sourcesOf,
    styles: {
      at: (trader, fills, untilMs) => styles.at(trader, fills, untilMs + stylePeekMs - peekMs),
    },
    equity: "10000",
    delayMs: 1_000,
    feeRate: 0.00055,
    filters,
    benchmark: "BTCUSDT",
    measuresRisk: limitsRisk(limits),
  });
  const fills: CopiedFill[] = [];
  const outcome = await runBacktest(
    {
      world: {
        fromMs,
        leaders: recorded.leaders,
        follower: {
          account: FOLLOWER,
          venue: VENUE,
          equity: "10000",
          settings: { ...terms.follower, limits },
          latencyMs: 50,
          feeRates: { maker: "0.0002", taker: "0.00055" },
        },
        fills: recorded.fills,
        ...markets,
        openMarket: (clock, onPrice) =>
          openRecordedMarket(markets, { venue: VENUE, clock, slippage, onPrice }),
        delayOf: (leader) => new LeaderDelay({ medianMs: 1_000, spread: 0.5, seed }, leader),
        seed,
        onFill: (fill) => fills.push(fill),
        ...world,
      },
      toMs,
      strategy,
      rebalance: REBALANCE_DEFAULTS,
      lookbackDays: LOOKBACK_DAYS,
      knownAt: (asOfMs) => known.at(asOfMs + peekMs),
      allocationFor: terms.allocationFor,
      decay: terms.guards.decay,
      stop: new AbortController().signal,
    },
    look,
  );
  return { ...outcome, fills };
}

/** Those of `changed` in place of what is there. */
function guardTerms(
  { account, relation, decay: own }: GuardTerms,
  { stopLoss, positionStop, allocatedCapital, decay = own, ...changed }: NonNullable<LifeOptions["guards"]>,
): GuardTerms {
  return {
    account: { ...account, ...changed },
    relation: {
      stopLoss: stopLoss ?? relation.stopLoss,
      positionStop: positionStop ?? relation.positionStop,
      allocatedCapital: allocatedCapital ?? relation.allocatedCapital,
    },
    decay,
  };
}

export function historyOf({ bars, funding }: Past): MarketHistory {
  const tables = new Map<string, Table>();
  const list: SeriesSummary[] = [];
  const add = (id: Pick<SeriesSummary, "symbol" | "kind" | "intervalMs">, table: Table) => {
    tables.set(`${id.symbol} ${id.kind}`, table);
    const covered = [
      { fromMs: table.times[0] ?? 0, toMs: (table.times.at(-1) ?? 0) + Math.max(id.intervalMs, 1) },
    ];
    list.push({
      venue: "binance",
      ...id,
      rows: table.times.length,
      covered,
      missingBars: 0,
      bytes: 0,
      damaged: [],
    });
  };
  for (const [symbol, rows] of bars) add({ symbol, kind: "bars", intervalMs: HOUR_MS }, tableOf(rows, 5));
  add({ symbol: "BTCUSDT", kind: "funding", intervalMs: 0 }, tableOf(funding, 1));
  return {
    list: () => list,
    read: ({ symbol, kind }, range) => rowsIn(tables.get(`${symbol} ${kind}`) ?? tableOf([], 1), range),
    covered: () => [],
    write: () => {
      throw new Error("nothing is written here");
    },
  };
}

/** Everybody gets the same part, every so many hours. */
export function equalParts(rebalancingHours: number): Strategy {
  return {
    name: "equal",
    rebalancingHours,
    choose: ({ candidates }) => ({
      wishes: candidates.map(({ trader }) => ({
        trader,
        weight: 1 / candidates.length,
        reason: "chosen",
        numbers: {},
      })),
    }),
  };
}
