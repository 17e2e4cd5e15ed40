/** Performance fees: what is above the mark is shared once, whatever is cut, moved or left out in between. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decimal } from "../../core/model/decimal.ts";
import { PERIODS, type Period } from "../../core/model/periods.ts";
import { utcDay } from "../equity/days.ts";
import { periodOf } from "./calendar.ts";
import { type FeeDay, feeLedger } from "./fee-ledger.ts";

const BEGIN = utcDay(Date.UTC(2026, 0, 1));
const TERMS = { rate: Decimal.parse("0.2"), period: "month" } as const;

function on(date: string, profit: string, more: Partial<FeeDay> = {}): FeeDay {
  const day = utcDay(Date.parse(date));
  return { day, profit: Decimal.parse(profit), terms: TERMS, opening: false, ...more };
}

function told(days: readonly FeeDay[], today: string) {
  const ledger = feeLedger(days, utcDay(Date.parse(today)));
  return ledger.settlements.map(({ period, profit, markBefore, fee, settled }) =>
    [period.name, `${profit}`, `${markBefore}`, `${fee}`, settled ? "settled" : "running"].join(" "),
  );
}

describe("a ledger of fees", () => {
  test("shares what is above the mark, and carries losses forward", () => {
    const days = [
      on("2026-01-10", "100"),
      on("2026-01-31", "80"),
      on("2026-02-15", "-40"),
      on("2026-03-15", "60"),
      on("2026-04-02", "130.005"),
    ];
    expect(told(days, "2026-04-20")).toEqual([
      "2026-01 80 0 16 settled",
      "2026-02 -40 80 0 settled",
      "2026-03 60 80 0 settled",
      "2026-04 130.005 80 10.001 running",
    ]);
    const ledger = feeLedger(days, utcDay(Date.parse("2026-04-20")));
    expect([ledger.settled, ledger.accrued, ledger.mark, ledger.profit].map(String)).toEqual([
      "16",
      "10.001",
      "80",
      "130.005",
    ]);
    expect(told(days, "2026-05-01").at(-1)).toBe("2026-04 130.005 80 10.001 settled");
  });

  test("shares nothing of what was before a fee was agreed, or is not known", () => {
    const none = { terms: null };
    expect(
      told([on("2026-01-05", "500", none), on("2026-02-03", "520"), on("2026-02-20", "450")], "2026-03-01"),
    ).toEqual(["2026-02 450 500 0 settled"]);
    expect(told([on("2026-01-05", "500", none), on("2026-02-03", "520")], "2026-03-01")).toEqual([
      "2026-02 520 500 4 settled",
    ]);
    expect(told([on("2026-01-05", "500", { opening: true }), on("2026-02-03", "520")], "2026-03-01")).toEqual(
      ["2026-02 520 500 4 settled"],
    );
    expect(told([on("2026-01-05", "-70", { opening: true }), on("2026-02-03", "30")], "2026-03-01")).toEqual([
      "2026-02 30 0 6 settled",
    ]);
    expect(told([on("2026-01-05", "10", none)], "2026-03-01")).toEqual([]);
  });

  test("has nothing of periods without a change", () => {
    expect(told([on("2026-01-10", "10"), on("2026-06-10", "20")], "2026-06-11")).toEqual([
      "2026-01 10 0 2 settled",
      "2026-06 20 10 2 running",
    ]);
  });
});

const profits = fc.array(
  fc.record({ gap: fc.integer({ min: 0, max: 20 }), change: fc.integer({ min: -10_000, max: 10_000 }) }),
  { minLength: 1, maxLength: 60 },
);
const periods = fc.constantFrom<Period>(...PERIODS);

/** A path of profit, a step for each day on which something changed. */
function pathOf(changes: readonly { readonly gap: number; readonly change: number }[]) {
  let [day, profit] = [BEGIN, 0n];
  return changes.map(({ gap, change }) => {
    day += gap + 1;
    profit += BigInt(change);
    return { day, profit: Decimal.of(profit, 2) };
  });
}

function feeDays(path: ReturnType<typeof pathOf>, period: Period): readonly FeeDay[] {
  return path.map((one) => ({ ...one, terms: { rate: TERMS.rate, period }, opening: false }));
}

function highest(profits: readonly Decimal[]): Decimal {
  return profits.reduce((most, one) => (one.compare(most) > 0 ? one : most), Decimal.zero);
}

function all({ settled, accrued }: ReturnType<typeof feeLedger>): Decimal {
  return settled.plus(accrued);
}

describe("whatever happens", () => {
  test("fees are the rate of the highest profit at the end of any period, to the last digit, and never more than of the highest of all", () => {
    fc.assert(
      fc.property(profits, periods, fc.integer({ min: 0, max: 100 }), (changes, period, later) => {
        const path = pathOf(changes);
        const today = (path.at(-1)?.day ?? BEGIN) + later;
        const ledger = feeLedger(feeDays(path, period), today);
        const ends = path.filter(
          ({ day }, at) => periodOf(day, period).lastDay < (path[at + 1]?.day ?? Number.POSITIVE_INFINITY),
        );
        const atEnds = highest(ends.map(({ profit }) => profit));
        expect(all(ledger).toString()).toBe(TERMS.rate.times(atEnds).toString());
        const most = TERMS.rate.times(highest(path.map(({ profit }) => profit)));
        expect(all(ledger).compare(most)).toBeLessThanOrEqual(0);
        for (const { fee, markBefore, markAfter } of ledger.settlements) {
          expect(fee.sign).toBeGreaterThanOrEqual(0);
          expect(markAfter.compare(markBefore)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("days told twice, or told without a change, change nothing", () => {
    fc.assert(
      fc.property(profits, periods, fc.array(fc.nat(), { maxLength: 20 }), (changes, period, places) => {
        const path = pathOf(changes);
        const today = (path.at(-1)?.day ?? BEGIN) + 40;
        const more = [...path];
        for (const place of places) {
          const at = place % more.length;
          const [one, next] = [more[at], more[at + 1]];
          if (one === undefined) continue;
          const room = (next?.day ?? today) - one.day;
          more.splice(at + 1, 0, { ...one, day: one.day + (room > 1 ? 1 + (place % (room - 1)) : 0) });
        }
        const once = feeLedger(feeDays(path, period), today);
        const often = feeLedger(feeDays(more, period), today);
        expect(all(often).toString()).toBe(all(once).toString());
        expect(often.mark.toString()).toBe(once.mark.toString());
      }),
      { numRuns: 300 },
    );
  });

  test("what was settled stays as it is, whatever comes after it", () => {
    fc.assert(
      fc.property(profits, periods, fc.nat(), (changes, period, place) => {
        const days = feeDays(pathOf(changes), period);
        const cut = days.slice(0, 1 + (place % days.length));
        const then = feeLedger(cut, cut.at(-1)?.day ?? BEGIN).settlements.filter(({ settled }) => settled);
        const now = feeLedger(days, (days.at(-1)?.day ?? BEGIN) + 1);
        const text = ({ settlements }: Pick<typeof now, "settlements">) =>
          settlements.map(({ period: { name }, fee, markAfter }) => `${name} ${fee} ${markAfter}`);
        expect(text(now).slice(0, then.length)).toEqual(text({ settlements: then }));
      }),
      { numRuns: 300 },
    );
  });
});
