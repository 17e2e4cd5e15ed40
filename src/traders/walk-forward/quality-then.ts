/** What was known to be wrong with a trader's history at any moment of the past: by the fills of the days that were over. */
import { DAY_MS } from "../../analytics/equity/days.ts";
import type { TraderRecord } from "../../store/trader-store.ts";
import { countBefore } from "../count-before.ts";
import type { EvidenceInput } from "../evidence.ts";
import type { QualityFlag } from "../quality.ts";
import { SummaryMaker } from "../summary.ts";

/** After the fills of a day. */
interface DayEnd {
  /** When it ended: the next one begins. */
  readonly atMs: number;
  readonly quality: readonly QualityFlag[];
}

export class QualityThen {
  readonly #traders = new Map<string, Promise<readonly DayEnd[]>>();

  /** `untilMs` begins a UTC day. `fills`: those of the trader, the same at each call; gone through once. */
  async at(
    trader: TraderRecord,
    fills: EvidenceInput["fills"],
    untilMs: number,
  ): Promise<readonly QualityFlag[]> {
    const name = `${trader.venue} ${trader.trader}`;
    const known = this.#traders.get(name) ?? dayEnds(trader, fills);
    this.#traders.set(name, known);
    const ends = await known;
    const last = ends[countBefore(ends, untilMs + 1, ({ atMs }) => atMs) - 1];
    return last?.quality ?? new SummaryMaker(trader).summary().quality;
  }
}

async function dayEnds(trader: TraderRecord, fills: EvidenceInput["fills"]): Promise<readonly DayEnd[]> {
  const summary = new SummaryMaker(trader);
  const ends: DayEnd[] = [];
  let endMs: number | null = null;
  for await (const page of fills()) {
    for (const fill of page) {
      if (endMs !== null && fill.timeMs >= endMs)
        ends.push({ atMs: endMs, quality: summary.summary().quality });
      endMs = (Math.floor(fill.timeMs / DAY_MS) + 1) * DAY_MS;
      summary.add(fill);
    }
  }
  if (endMs !== null) ends.push({ atMs: endMs, quality: summary.summary().quality });
  return ends;
}
