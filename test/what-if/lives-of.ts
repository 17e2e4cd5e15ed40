/** One made leader and a follower of it, ready to be lived through by the engine and by the light simulation. */
import { recordedLeaders, recordedMarkets } from "../../src/backtest/history.ts";
import { shippedSpecs } from "../../src/backtest/instruments.ts";
import { loadCopyTerms } from "../../src/config.ts";
import { FOLLOWER, VENUE } from "../../src/control/backtest/past.ts";
import type { LifeTerms, LivesParts } from "../../src/control/what-if/engine-lives.ts";
import { measuredDaily } from "../../src/control/what-if/measured-daily.ts";
import type { QuickParts } from "../../src/control/what-if/quick-follower.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { limitsRisk } from "../../src/core/risk/portfolio-risk.ts";
import type { TraderRecord } from "../../src/store/trader-store.ts";
import { instrumentList } from "../../src/traders/copying/copied-market.ts";
import { openMarketMoves } from "../../src/traders/copying/market-moves.ts";
import { traderEvidence } from "../../src/traders/evidence.ts";
import { openTraderMarks } from "../../src/traders/marks.ts";
import { BEGIN_MS, DAY_MS, historyOf, makePast } from "../backtest/recorded-past.ts";

const DAYS = 12;
export const FEE = 0.00055;

interface PartsOptions {
  readonly days?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** `settings` as on a command line; limits of the portfolio's risk among them are measured for. */
export async function partsOf(
  seed: number,
  { days = DAYS, settings: stated = {} }: PartsOptions = {},
): Promise<{ parts: LivesParts; terms: LifeTerms; quick: QuickParts }> {
  const past = makePast(seed, days, 1);
  const [[trader, rows] = ["", []]] = [...past.traders];
  const record: TraderRecord = {
    venue: "binance",
    trader,
    firstSeenMs: BEGIN_MS,
    lastSeenMs: BEGIN_MS,
    history: "complete",
    statedEquity: "100000",
    revision: 1,
    rejectedRows: 0,
  };
  const fills = async function* () {
    yield rows;
  };
  const history = historyOf(past);
  const range = { fromMs: BEGIN_MS, toMs: BEGIN_MS + (days - 1) * DAY_MS };
  const marks = openTraderMarks(history, "binance", range);
  const evidence = await traderEvidence({ trader: record, fills, marks, equity: null, quality: [] });
  if (evidence === null) throw new Error("no fills");
  const recorded = await recordedLeaders({ fills }, [record], Number.POSITIVE_INFINITY);
  const list = instrumentList(shippedSpecs(VENUE), { isComplete: false, key: "shipped" });
  const markets = recordedMarkets(recorded, { history, list, venue: VENUE, range });
  const loaded = loadCopyTerms("/nowhere", { leader: AccountId(trader), follower: FOLLOWER }, stated);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { allocation, follower: settings } = loaded.terms;
  const stop = new AbortController().signal;
  const sources = { marks, moves: openMarketMoves(history, "binance"), instruments: list };
  const delay = { medianMs: 1_000, spread: 0, seed: 1 };
  const request = { equity: "10000", delay, feeRate: FEE, terms: loaded.terms };
  const measuredAt = limitsRisk(settings.limits)
    ? measuredDaily({ store: { fills }, recorded, request, sources })
    : null;
  return {
    quick: { trader: record, evidence, sources, fills },
    parts: { recorded, markets, evidence, range, seed: 1, stop, measuredAt },
    terms: {
      equity: request.equity,
      allocation,
      settings,
      delay,
      orderLatencyMs: 50,
      slippage: { kind: "impact", halfSpreadBps: 1, factor: 1 },
      feeRates: { maker: String(FEE), taker: String(FEE) },
      paysFunding: true,
      hasSteps: true,
    },
  };
}
