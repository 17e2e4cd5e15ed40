/** What is known of one trader's record, in the form in which programs are told it. */
import { figuresOfTable } from "../analytics/metrics/table-figures.ts";
import type { TraderEvidence } from "../traders/evidence.ts";
import { QUALITY, qualityText } from "../traders/quality.ts";
import type { TraderSummary } from "../traders/summary.ts";
import { type FiguresOfTrader, figuresOfTrader } from "./trader-figures.ts";
import { oneTrader, type StudiedTrader } from "./traders.ts";

const DAYS_A_YEAR = 365;

/** What the daily returns come to; `traders returns` has them all. */
export function recordOf({ days, returns, base, isBaseStated, assumptions }: TraderEvidence) {
  const total = returns.reduce((value, one) => value * (1 + one), 1) - 1;
  return { days: days.length, total, worstDay: Math.min(...returns), base, isBaseStated, assumptions };
}

/** Figures by their names of docs/evidence.md; `undefined` says why one of the account is null. */
export function figuresJson({ trades, account, concentration }: FiguresOfTrader) {
  return { ...trades, ...account.figures, concentration, undefined: account.why };
}

/** What is known to be wrong with a history, and what may not be concluded from it. */
export function qualityRows({ quality }: Pick<TraderSummary, "quality">) {
  return quality.map((flag) => ({
    ...flag,
    meaning: qualityText(flag),
    doubtful: QUALITY[flag.word].doubtful,
  }));
}

export interface TraderPerformance extends StudiedTrader {
  readonly quality: ReturnType<typeof qualityRows>;
  /** Null where there are no fills. */
  readonly returns:
    | (ReturnType<typeof recordOf> & {
        readonly firstDay: string;
        readonly lastDay: string;
        /** Of each day from the first on. */
        readonly daily: readonly number[];
      })
    | null;
  /** Of the daily returns, by the names of docs/evidence.md. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** Of its round trips and its account. */
  readonly trades: ReturnType<typeof figuresJson> | null;
}

/** Throws a TradersError when no trader or more than one is meant. */
export async function traderPerformance(
  dataDir: string,
  key: { readonly id: string; readonly venue: string | null },
): Promise<TraderPerformance> {
  const { record, summary, evidence, payments } = await oneTrader(dataDir, key);
  const quality = qualityRows(summary);
  if (evidence === null) return { record, summary, quality, returns: null, figures: {}, trades: null };
  const { days, returns } = evidence;
  const series = [{ name: key.id, firstRow: 0, returns }];
  const [found] = figuresOfTable({ dates: days, series }, { periodsPerYear: DAYS_A_YEAR, benchmark: null });
  return {
    record,
    summary,
    quality,
    returns: {
      ...recordOf(evidence),
      firstDay: days[0] ?? "",
      lastDay: days.at(-1) ?? "",
      daily: [...returns],
    },
    figures: found?.values ?? {},
    trades: figuresJson(figuresOfTrader(dataDir, evidence, payments)),
  };
}
