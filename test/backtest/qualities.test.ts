/** What is known to be wrong with a trader's history is told in a backtest as it was known on that day. */
import { describe, expect, it } from "vitest";
import type { StrategyEvidence } from "../../src/strategies/strategy.ts";
import { atMost, type TraderFilter } from "../../src/traders/filters/filter.ts";
import { SummaryMaker } from "../../src/traders/summary.ts";
import { QualityThen } from "../../src/traders/walk-forward/quality-then.ts";
import { BEGIN_MS, DAY_MS, HOUR_MS, live, makePast, type Past, storeOf, watching } from "./recorded-past.ts";

const DAYS = 9;
const TO_MS = BEGIN_MS + DAYS * DAY_MS;

/** The first trader's fills tell of a funding payment on the fifth day, and of no fee before the third. */
function markedPast(): Past {
  const past = makePast(4, DAYS);
  const [[name, fills] = ["", []]] = past.traders;
  const marked = fills.map((fill) =>
    fill.timeMs < BEGIN_MS + 2 * DAY_MS ? fill : { ...fill, fee: "0.5", leg: "long" as const },
  );
  const after = marked.findIndex(({ timeMs }) => timeMs > BEGIN_MS + 4 * DAY_MS + HOUR_MS);
  const at = marked[after];
  if (at === undefined) throw new Error("no fill on the fifth day");
  const payment = { ...at, kind: "funding" as const, quantity: "0", price: "0", realizedPnl: "-1", fee: "0" };
  return {
    ...past,
    traders: new Map([...past.traders, [name, [...marked.slice(0, after), payment, ...marked.slice(after)]]]),
  };
}

describe("the quality of a history in the past", () => {
  const past = markedPast();

  it("is what a store that ended there would tell, whenever it is asked about", async () => {
    const { store, records } = storeOf(past, TO_MS);
    const qualities = new QualityThen();
    const seen = new Set<string>();
    for (const day of [9, 0, 1, 2, 3, 4, 5, 8]) {
      const untilMs = BEGIN_MS + day * DAY_MS;
      for (const record of records) {
        const summary = new SummaryMaker(record);
        for (const fill of past.traders.get(record.trader) ?? [])
          if (fill.timeMs < untilMs) summary.add(fill);
        const then = await qualities.at(record, () => store.fills(record), untilMs);
        expect(then, `${record.trader}, day ${day}`).toEqual(summary.summary().quality);
        for (const { word } of then) seen.add(word);
      }
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(["empty-history", "no-fees", "no-funding", "hedge-mode", "open-positions"]),
    );
  });

  it("reaches filters of the user's own", async () => {
    const filter: TraderFilter = {
      ...{ name: "own", unit: "count", asks: "at-most", bound: 0, reads: [] },
      judge: ({ evidence }) =>
        atMost(evidence?.quality.some(({ word }) => word === "no-funding") === true ? 1 : 0, 0),
    };
    const seen: StrategyEvidence[] = [];
    const fromMs = BEGIN_MS + 2 * DAY_MS;
    await live(past, { fromMs, toMs: fromMs + 6 * DAY_MS, strategy: watching(seen), filters: [filter] });
    const fails = seen.map(({ candidates }) => candidates[0]?.failedFilters.length);
    expect([fails[0], fails.at(-1)]).toEqual([1, 0]);
  });
});
