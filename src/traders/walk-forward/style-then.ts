/**
 * The style of a trader as it was told at any moment of the past: by the classifier of today, from the trips that had ended by then and the
 * markets until then. It says what `openStyles` said on that day of a store that ended there; nothing that came later is looked at.
 */
import { classifyStyle } from "../../analytics/style/classify.ts";
import { concentrationOf, type SectorOverrides } from "../../analytics/style/concentration.ts";
import type { StyleMarkets, StyleTrip } from "../../analytics/style/style-trip.ts";
import type { MarketHistory, SeriesId, SeriesSummary, Table } from "../../market/market-history.ts";
import { rowsIn } from "../../market/table.ts";
import type { TraderKey } from "../../store/trader-store.ts";
import { countBefore } from "../count-before.ts";
import type { EvidenceInput } from "../evidence.ts";
import type { TraderMarks } from "../marks.ts";
import { remembered } from "../remembered.ts";
import { styleTrips, type TraderStyle } from "../style.ts";
import { openStyleSeries, type StyleSeries, styleBars, styleFunding, styleTime } from "../style-markets.ts";

export interface StylesThenParts {
  readonly history: MarketHistory;
  /** Where a venue's symbols have their marks. */
  marksOf(venue: string): Pick<TraderMarks, "sourceOf">;
  readonly sectors: SectorOverrides;
  /** No later moment is asked about. */
  readonly toMs: number;
}

/** Of one trader. */
interface Whole {
  /** In the order in which they ended. */
  readonly trips: readonly StyleTrip[];
  /** Of all rows, ascending. */
  readonly timesMs: readonly number[];
  /** What was told last, and what it was told from: it stands for as long as that does. */
  last: { readonly basis: string; readonly style: TraderStyle } | null;
}

export class StylesThen {
  readonly #parts: StylesThenParts;
  readonly #read: MarketHistory["read"];
  readonly #seriesOf: (venue: string) => ReturnType<typeof openStyleSeries>;
  readonly #traders = new Map<string, Promise<Whole>>();

  constructor(parts: StylesThenParts) {
    this.#parts = parts;
    this.#read = sharedReads(parts.history, parts.toMs);
    const all = parts.history.list();
    this.#seriesOf = remembered((venue) => openStyleSeries(all, parts.marksOf(venue)));
  }

  /** By the rows before `untilMs`; null where there are none. `fills`: those of the trader, at least until then, the same at each call. */
  async at(trader: TraderKey, fills: EvidenceInput["fills"], untilMs: number): Promise<TraderStyle | null> {
    const whole = await this.#wholeOf(trader, fills);
    const [fromMs] = whole.timesMs;
    const lastMs = whole.timesMs[countBefore(whole.timesMs, untilMs) - 1];
    if (fromMs === undefined || lastMs === undefined) return null;
    const trips = whole.trips.slice(
      0,
      countBefore(whole.trips, untilMs, ({ closeMs }) => closeMs),
    );
    const range = { fromMs, toMs: lastMs + 1 };
    const seriesOf = remembered((symbol) => this.#seriesOf(trader.venue)(symbol, range));
    const basis = [trips.length, ...new Set(trips.map(({ symbol }) => namesOf(seriesOf(symbol))))].join(" ");
    if (whole.last?.basis === basis) return whole.last.style;
    const style = {
      verdict: classifyStyle(trips, this.#markets(seriesOf, fromMs)),
      concentration: concentrationOf(trips, this.#parts.sectors),
    };
    whole.last = { basis, style };
    return style;
  }

  #wholeOf(trader: TraderKey, fills: EvidenceInput["fills"]): Promise<Whole> {
    const name = `${trader.venue} ${trader.trader}`;
    const known = this.#traders.get(name) ?? wholeOf(fills, this.#parts.toMs);
    this.#traders.set(name, known);
    return known;
  }

  /** Read to the end, as a trip looks only at what had ended when it was opened and closed; from where `openStyles` begins to read. */
  #markets(seriesOf: (symbol: string) => StyleSeries, fromMs: number): StyleMarkets {
    const wanted = styleTime({ fromMs, toMs: this.#parts.toMs });
    const read = (one: SeriesSummary) => this.#read(one, wanted);
    return {
      bars: (symbol) => styleBars(seriesOf(symbol).bars, read),
      funding: remembered((symbol) => styleFunding(seriesOf(symbol).funding, read)),
    };
  }
}

/** A trip is known from the fill that ended it: those of a prefix of the fills are a prefix of all trips. */
async function wholeOf(fills: EvidenceInput["fills"], toMs: number): Promise<Whole> {
  const timesMs: number[] = [];
  const seen = async function* () {
    for await (const page of fills()) {
      const before = page.filter(({ timeMs }) => timeMs < toMs);
      for (const { timeMs } of before) timesMs.push(timeMs);
      yield before;
      if (before.length < page.length) return;
    }
  };
  return { trips: await styleTrips(seen()), timesMs, last: null };
}

function namesOf({ bars, funding }: StyleSeries): string {
  return `${nameOf(bars)} ${nameOf(funding)}`;
}

function nameOf(series: SeriesId | null): string {
  return series === null ? "-" : [series.venue, series.symbol, series.kind, series.intervalMs].join("/");
}

/** Each series is read once for all who trade it, and anew where somebody began earlier. */
function sharedReads(history: MarketHistory, toMs: number): MarketHistory["read"] {
  const tables = new Map<string, { readonly fromMs: number; readonly table: Table }>();
  return (series, range) => {
    const name = nameOf(series);
    const known = tables.get(name);
    if (known !== undefined && known.fromMs <= range.fromMs) return rowsIn(known.table, range);
    const table = history.read(series, { fromMs: range.fromMs, toMs });
    tables.set(name, { fromMs: range.fromMs, table });
    return rowsIn(table, range);
  };
}
