/** What was known of every trader at any moment of a backtest, made once for each state of a record and shared by all strategies. */
import { COPY_DEFAULTS } from "../../analytics/copying/copy-settings.ts";
import { DAY_MS } from "../../analytics/equity/days.ts";
import type { KnownLeader } from "../../backtest/backtest.ts";
import type { RecordedLeaders } from "../../backtest/history.ts";
import type { LeaderRisk } from "../../core/evidence.ts";
import type { TraderRecord, TraderStore } from "../../store/trader-store.ts";
import type { FailedFilter } from "../../strategies/strategy.ts";
import { benchmarkReturns } from "../../traders/benchmark.ts";
import type { CopySources } from "../../traders/copying/follower-net.ts";
import { countBefore } from "../../traders/count-before.ts";
import type { TraderEvidence } from "../../traders/evidence.ts";
import type { TraderFilter } from "../../traders/filters/filter.ts";
import { judge } from "../../traders/filters/judge.ts";
import { heldFills } from "../../traders/held-fills.ts";
import { type RiskRecord, riskReading, riskWindow, toldRisk } from "../../traders/risk/leader-risk.ts";
import { mainSector, type TraderStyle } from "../../traders/style.ts";
import { type KnownThen, knownThen } from "../../traders/walk-forward/known-then.ts";
import { QualityThen } from "../../traders/walk-forward/quality-then.ts";
import type { StylesThen } from "../../traders/walk-forward/style-then.ts";

interface KnownTradersParts {
  readonly store: Pick<TraderStore, "fills">;
  readonly recorded: RecordedLeaders;
  sourcesOf(venue: string): CopySources;
  /** Null where nobody asks for styles and sectors. */
  readonly styles: Pick<StylesThen, "at"> | null;
  /** Of the follower, decimal text. */
  readonly equity: string;
  readonly delayMs: number;
  readonly feeRate: number;
  /** As configured, and the user's own; each judges by what was known then. */
  readonly filters: readonly TraderFilter[];
  /** What beta is measured against. */
  readonly benchmark: string;
  /** Whether limits of the portfolio's risk are on, which need a measurement of every leader. */
  readonly measuresRisk: boolean;
}

/** What is kept of it. */
type Known = Omit<KnownThen, "evidence"> & {
  readonly failed: readonly FailedFilter[];
  readonly style: string | null;
  readonly sector: string | null;
  /** What its risk is read from; null where nobody asks for it. */
  readonly days: RiskRecord | null;
};

/** Digits of a leader's equity. */
const EQUITY_PLACES = 2;
const BPS = 10_000;
const LEVERAGE_MAX = 10;

export class KnownTraders {
  readonly #parts: KnownTradersParts;
  /** By leader: what was known when so many of its fills were over. */
  readonly #known = new Map<string, Known | null>();
  readonly #times: ReadonlyMap<string, readonly number[]>;
  readonly #fills = new Map<string, ReturnType<typeof heldFills>>();
  readonly #qualities = new QualityThen();

  constructor(parts: KnownTradersParts) {
    this.#parts = parts;
    const times = new Map<string, number[]>();
    for (const { leader, timeMs } of parts.recorded.fills) {
      const known = times.get(leader);
      if (known === undefined) times.set(leader, [timeMs]);
      else known.push(timeMs);
    }
    this.#times = times;
  }

  /** By the days that were over: nothing of the day of `asOfMs` itself. */
  async at(asOfMs: number): Promise<readonly KnownLeader[]> {
    const untilMs = Math.floor(asOfMs / DAY_MS) * DAY_MS;
    const found: KnownLeader[] = [];
    for (const leader of this.#parts.recorded.leaders) {
      const known = await this.#knownOf(leader, untilMs);
      if (known === null) continue;
      const { firstDay, returns, trips, capital, leverage, failed, style, sector, days } = known;
      found.push({
        trader: leader.name,
        account: leader.account,
        equity: capital.toFixed(EQUITY_PLACES),
        firstDay,
        returns,
        trips,
        failedFilters: failed,
        style,
        sector,
        costBps: this.#costBps(leverage),
        risk: this.#riskOf(leader.record.venue, days, untilMs),
      });
    }
    return found;
  }

  async #knownOf(
    { name, record }: RecordedLeaders["leaders"][number],
    untilMs: number,
  ): Promise<Known | null> {
    const times = this.#times.get(name) ?? [];
    const fills = countBefore(times, untilMs);
    const key = `${name} ${fills}`;
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    const { store, sourcesOf, equity, delayMs, feeRate } = this.#parts;
    const read = this.#fills.get(name) ?? heldFills(store, record);
    this.#fills.set(name, read);
    const sources = sourcesOf(record.venue);
    const settings = { ...COPY_DEFAULTS, equity, delayMs, feeRate };
    const quality = await this.#qualities.at(record, read, untilMs);
    const input = { trader: record, fills: read, quality, sources, settings };
    const then = fills === 0 ? null : await knownThen(input, untilMs);
    const style = then === null ? null : ((await this.#parts.styles?.at(record, read, untilMs)) ?? null);
    const known = then === null ? null : this.#judged(then, { record, style, sources });
    this.#known.set(key, known);
    return known;
  }

  #judged(
    { evidence, ...known }: KnownThen,
    {
      record,
      style,
      sources: { marks },
    }: {
      readonly record: TraderRecord;
      readonly style: TraderStyle | null;
      readonly sources: CopySources;
    },
  ): Known {
    const { filters, benchmark: symbol } = this.#parts;
    const isMeasured = filters.some(({ reads }) => reads.includes("benchmark"));
    const benchmark = isMeasured ? benchmarkReturns(marks, symbol, evidence.days) : null;
    const { results, style: label } = judge({ record, evidence, style, benchmark }, filters);
    const failed = results
      .filter(({ result }) => result !== "passed")
      .map(({ filter, value, bound }) => ({
        filter,
        value,
        bound: typeof bound === "number" ? bound : null,
      }));
    return {
      ...known,
      failed,
      style: label === "unknown" ? null : label,
      sector: mainSector(style),
      days: this.#parts.measuresRisk ? recordOf(evidence) : null,
    };
  }

  /** By the days before `untilMs`, as monitoring measures it. */
  #riskOf(venue: string, days: RiskRecord | null, untilMs: number): LeaderRisk | null {
    if (days === null) return null;
    const { sourcesOf, benchmark } = this.#parts;
    const window = riskWindow(untilMs);
    const found = riskReading(days, { marks: sourcesOf(venue).marks, benchmark, window });
    return found.ok ? toldRisk(found.reading, window.untilDay) : null;
  }

  /** A part of equity moves positions of so many times its size, each for the fee and half a spread. */
  #costBps(leverage: number): number {
    const each = this.#parts.feeRate * BPS + COPY_DEFAULTS.halfSpreadBps;
    return each * Math.min(leverage, LEVERAGE_MAX);
  }
}

function recordOf({ days, pnl, dailyPeaks, assumptions }: TraderEvidence): RiskRecord {
  return { days, pnl, dailyPeaks, assumptions };
}
