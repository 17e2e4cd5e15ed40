/**
 * What if one leader had been copied with this much money and these settings: the engine over the leader's recorded fills, again with
 * each cost and setting left out, from other starts and with other delays; and the light simulation for a curve over delays, the least
 * capital, and how much money fits. docs/what-if.md defines each figure.
 */
import { compensatedSum } from "../../analytics/numeric/sums.ts";
import { drawnWindows } from "../../analytics/what-if/start-windows.ts";
import { recordedLeaders, recordedMarkets } from "../../backtest/history.ts";
import { limitsRisk } from "../../core/risk/portfolio-risk.ts";
import type { Allocation } from "../../core/settings.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openMarketHistory } from "../../market/history-folder.ts";
import type { TraderRecord, TraderStore } from "../../store/trader-store.ts";
import { openMarketMoves } from "../../traders/copying/market-moves.ts";
import type { TraderEvidence } from "../../traders/evidence.ts";
import { heldFills } from "../../traders/held-fills.ts";
import { keptEvidence } from "../../traders/kept-evidence.ts";
import { basisOf } from "../backtest/basis.ts";
import { followerList, VENUE } from "../backtest/past.ts";
import { assertTraders, readSources } from "../backtest/sources.ts";
import { marksFor, meantTraders, TradersError, withTraderStore } from "../traders.ts";
import type { EngineLife, LivesParts } from "./engine-lives.ts";
import { lightBook, unknownToLight } from "./light-book.ts";
import { measuredDaily } from "./measured-daily.ts";
import { proportionalCapital, type QuickParts, sizeFitOf, sumInterval, WORKABLE } from "./quick-follower.ts";
import type { DelayCurve, WhatIfProgress, WhatIfReport, WhatIfRequest } from "./report.ts";
import { SoFar } from "./so-far.ts";
import { quickSettings, Steps, type Work } from "./steps.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const HORIZON_DAYS_MAX = 30;
const DRAWS = 2_000;
/** Time after the last fill in which what is late still gets through. */
const AFTER_MS = 120_000;

/** Throws a TradersError where there is nothing to go through, and the reason of `stop` when it is stopped. */
export async function whatIf(
  dataFolder: string,
  request: WhatIfRequest,
  progress: WhatIfProgress,
): Promise<WhatIfReport> {
  const folders = await readSources(dataFolder, request, progress);
  const { leader: id, venue } = request;
  assertTraders(folders.traders);
  return withTraderStore(folders.traders, async (store) => {
    const [record] = meantTraders(await store.traders(), { ids: [id], venue });
    if (record === undefined) throw new TradersError("unknown-trader", `there is no trader ${id}`);
    const history = openMarketHistory(dataFolderPaths(folders.market).market);
    const marks = (await marksFor(folders.market, store, [record]))(record.venue);
    const evidence = await keptEvidence(store, record, { marks, equity: request.leaderEquity });
    if (evidence === null) throw new TradersError("bad-request", `${id} has no fills`);
    const sources = {
      marks,
      moves: openMarketMoves(history, record.venue),
      instruments: followerList(dataFolder),
    };
    const quick = { trader: record, evidence, sources, fills: heldFills(store, record) };
    const lives = await livesParts(store, record, { request, evidence, history, quick, stop: progress.stop });
    return worked({ request, progress, quick, lives });
  });
}

async function livesParts(
  store: TraderStore,
  record: TraderRecord,
  {
    request,
    evidence,
    history,
    quick,
    stop,
  }: {
    readonly request: WhatIfRequest;
    readonly evidence: TraderEvidence;
    readonly history: ReturnType<typeof openMarketHistory>;
    readonly quick: QuickParts;
    readonly stop: AbortSignal;
  },
): Promise<LivesParts> {
  const recorded = await recordedLeaders(store, [record], Number.POSITIVE_INFINITY);
  const [first, last] = [recorded.fills[0], recorded.fills.at(-1)];
  if (first === undefined || last === undefined)
    throw new TradersError("bad-request", `${record.trader} has payments of funding and no fill`);
  const longestMs = Math.max(10 * request.delay.medianMs, request.delaysMs.at(-1) ?? 0);
  const late = longestMs + request.terms.allocation.delayMs + AFTER_MS;
  const range = { fromMs: first.timeMs - 1, toMs: last.timeMs + late };
  const markets = recordedMarkets(recorded, {
    history,
    list: quick.sources.instruments,
    venue: VENUE,
    range,
  });
  const measuredAt = limitsRisk(request.terms.follower.limits)
    ? measuredDaily({ store, recorded, request, sources: quick.sources })
    : null;
  return { recorded, markets, evidence, range, seed: request.seed, stop, measuredAt };
}

async function worked(work: Work): Promise<WhatIfReport> {
  const { request, quick, lives } = work;
  const { evidence, trader } = quick;
  const { allocation, stated } = request.terms;
  const equity = Number(request.equity);
  const { withoutBars, withoutFunding, unlisted, assumedSteps } = basisOf(
    lives.recorded,
    lives.markets,
    lives.range,
  );
  checkHorizon(request, lives);
  await noteUnmeasured(work);
  const proportional = proportionalCapital(allocation, equity, evidence.base);
  const profit = compensatedSum(evidence.pnl);
  const own = {
    capital: evidence.base,
    isCapitalStated: evidence.isBaseStated,
    profit,
    scaledProfit: (profit * (proportional ?? equity)) / evidence.base,
    copiedGross: null,
  };
  const about = {
    leader: { venue: trader.venue, trader: trader.trader, history: trader.history },
    range: lives.range,
    days: evidence.days.length,
    fills: lives.recorded.fills.length,
    trips: evidence.trips.length,
    equity,
    stated,
    terms: termsIn(request),
  };
  const steps = new Steps(work);
  const reference = await steps.reference();
  const { whole } = reference;
  const follower = followerOf(whole, request);
  const soFar = new SoFar({ ...about, own, follower }, work.progress);
  const others = await steps.otherDelays();
  const takesOver = allocation.startMode === "all";
  const starts = takesOver ? startsOf([whole, ...others], request) : null;
  const noStarts = takesOver ? (starts === null ? "short-record" : null) : "start-mode";
  soFar.found({ starts: { starts, noStarts } });
  const costs = await steps.costs(reference, ({ all, idle }) => soFar.found({ settingCosts: all, idle }));
  soFar.finished("costs");
  const settings = proportional === null ? null : quickSettings(request, proportional);
  const set = costs.all.filter(({ kind }) => kind === "setting").map(({ name }) => name);
  const leftOut = [...set, ...unknownToLight(request)];
  const onPoints = (by: DelayCurve["by"], points: DelayCurve["points"]) =>
    soFar.found({ delays: { by, points } });
  const isLight = settings !== null && leftOut.length === 0;
  const delays = isLight ? await steps.curve(settings, onPoints) : await steps.curveByEngine(onPoints);
  soFar.finished("delays");
  const quickly = settings === null ? null : await steps.quickly(settings);
  return {
    ...about,
    own: { ...own, copiedGross: quickly?.reference.edge.gross ?? null },
    follower,
    starts,
    noStarts,
    settingCosts: costs.all,
    idle: costs.idle,
    delays,
    leftOut,
    capacity: quickly?.capacity ?? null,
    size: await sizeOf(quick, { equity, proportional, allocation }),
    quickProfit: quickly === null ? null : compensatedSum(quickly.reference.pnl),
    taken: (quickly?.reference.assumptions ?? []).map(({ text }) => text),
    ...{ withoutBars, withoutFunding, unlisted, assumedSteps },
  };
}

/** Limits of the portfolio's risk go by the leader's own record, which is too short at its beginning. */
async function noteUnmeasured({ request, progress, lives: { measuredAt, range } }: Work): Promise<void> {
  if (measuredAt === null) return;
  const { withoutEvidence } = request.terms.follower.limits;
  const does = `without_evidence says what they do then (here ${withoutEvidence})`;
  for (let ms = range.fromMs; ms < range.toMs; ms = (Math.floor(ms / DAY_MS) + 1) * DAY_MS) {
    const isMeasured = (await measuredAt(ms)).some(({ evidence }) => evidence?.risk !== undefined);
    if (!isMeasured) continue;
    const day = new Date(ms).toISOString().slice(0, 10);
    progress.onNote(`note: limits of the portfolio's risk know nothing of the leader before ${day}: ${does}`);
    return;
  }
  progress.onNote(`note: the record is too short for limits of the portfolio's risk: ${does}`);
}

function checkHorizon({ horizonDays }: WhatIfRequest, { range: { fromMs, toMs } }: LivesParts): void {
  const days = Math.floor((toMs - fromMs) / DAY_MS);
  if (horizonDays !== null && horizonDays > days)
    throw new TradersError(
      "bad-request",
      `--horizon: ${horizonDays} days are longer than the record, which has ${days}`,
    );
}

function termsIn({
  delay,
  orderLatencyMs,
  feeRate,
  slippage,
  impactFactor,
}: WhatIfRequest): WhatIfReport["terms"] {
  return { delay, orderLatencyMs, feeRate, slippage, impactFactor };
}

function followerOf(
  { profit, daily, hours, outcome }: EngineLife,
  request: WhatIfRequest,
): WhatIfReport["follower"] {
  let [peak, drawdown] = [0, 0];
  for (const equity of hours.equity) {
    peak = Math.max(peak, equity);
    drawdown = Math.min(drawdown, equity / peak - 1);
  }
  const { happenings, doubts, fingerprint } = outcome;
  return { profit, interval: sumInterval(daily, request), drawdown, happenings, doubts, fingerprint };
}

/** Hours are those of the samples: between full hours, but for the first and the last. */
function startsOf(lives: readonly EngineLife[], request: WhatIfRequest): WhatIfReport["starts"] {
  const { horizonDays, feeRate, seed } = request;
  const hours = Math.max(...lives.map((life) => life.hours.equity.length)) - 1;
  const usual = Math.min(HORIZON_DAYS_MAX, Math.floor((hours * HOUR_MS) / DAY_MS / 2));
  const days = horizonDays ?? usual;
  if (days < 1) return null;
  const entryCost = feeRate + lightBook(request).halfSpreadBps / BPS;
  const drawn = drawnWindows(
    lives.map((life) => life.hours),
    { steps: Math.round((days * DAY_MS) / HOUR_MS), entryCost, draws: DRAWS, seed },
  );
  return drawn === null ? null : { ...drawn, horizonDays: days, lives: lives.length };
}

const BPS = 10_000;

async function sizeOf(
  quick: QuickParts,
  {
    equity,
    proportional,
    allocation: { sizing },
  }: { readonly equity: number; readonly proportional: number | null; readonly allocation: Allocation },
): Promise<WhatIfReport["size"]> {
  const followsCapital = sizing.kind === "equity-proportional" && sizing.capital?.kind !== "fixed-sum";
  const { share: wantedShare, errorMax } = WORKABLE;
  if (proportional === null) return { wantedShare, errorMax, share: null, leastEquity: null, followsCapital };
  const fit = await sizeFitOf(quick);
  const least = followsCapital && fit.least !== null ? (fit.least * equity) / proportional : null;
  return { wantedShare, errorMax, share: fit.shareAt(proportional), leastEquity: least, followsCapital };
}
