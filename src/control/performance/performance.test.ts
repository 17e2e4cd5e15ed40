/** Days that are read from a journal: nothing of what copying brought is lost or counted twice, and what is paid in is no gain. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { bookMoves, type Move, type PlayOptions, playInto, settings } from "../../../test/journal-fixture.ts";
import { DAY_MS } from "../../analytics/equity/days.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { AccountId } from "../../core/model/identifiers.ts";
import { profitIn, resultSums } from "../../core/results.ts";
import type { State } from "../../core/state.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openJournalFolder } from "../../journal/file.ts";
import { catchUpStore } from "../../store/journal-follower.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { type FollowerDay, followerDays, sumOf } from "./follower-days.ts";
import { type PerformanceReport, performance, performanceOf } from "./performance.ts";
import { type KnownDays, readDays } from "./read-days.ts";
import { BY_HAND } from "./subjects.ts";

const root = mkdtempSync(join(tmpdir(), "performance-"));
afterAll(() => rmSync(root, { recursive: true }));

const BUY: Move = { kind: "trade", symbol: 0, side: "buy", quantity: 20 };
const PRICE: Move = { kind: "price", to: 60_000 };
const SNAPSHOTS: Move = { kind: "snapshots" };
const SETTLE: Move = { kind: "settle" };
const HALF: Move = { kind: "half-day" };

/** A data folder with that journal; the database has read `stored` of its moves. */
async function played(moves: readonly Move[], options: PlayOptions = {}, stored = moves.length) {
  const dataDir = mkdtempSync(join(root, "data-"));
  const { journal: journalFolder, database } = dataFolderPaths(dataDir);
  const { journal } = openJournalFolder(journalFolder, { reserveBytes: 0 });
  let state: State | undefined;
  const parts = [moves.slice(0, stored), moves.slice(stored)].filter((part) => part.length > 0);
  for (const [at, part] of parts.entries()) {
    state = playInto(journal, part, state, { tellsEquity: true, ...options }).state;
    journal.sync();
    if (at > 0 || stored === 0) continue;
    const store = await openSqliteStore({ path: database });
    await catchUpStore({ journalFolder, store });
    await store.close();
  }
  journal.close();
  const known = await readDays(dataDir);
  if (known === null || state === undefined) throw new Error("nothing was read");
  return { dataDir, known, state };
}

function daysOf({ accountDays, copyDays }: KnownDays): readonly FollowerDay[] {
  return followerDays(accountDays, copyDays);
}

function profitOf(state: State, name: string): string {
  const follower = state.followers.get(AccountId(name));
  const sums = follower === undefined ? [] : resultSums(state, follower);
  return sums
    .reduce((sum, { account }) => sum.plus(profitIn(account) ?? Decimal.zero), Decimal.zero)
    .toString();
}

function report(known: KnownDays, more = {}): PerformanceReport {
  return performanceOf(known, { nowMs: known.state.nowMs, ...more });
}

describe("the days of a journal", () => {
  test("sum to what the ledgers have, by leader and in all, wherever the database stood", async () => {
    await fc.assert(
      fc.asyncProperty(bookMoves(), fc.nat(60), async (moves, stored) => {
        const { known, state } = await played(
          [BUY, SETTLE, ...moves, { kind: "price", to: 60_500 }],
          {},
          stored,
        );
        const days = daysOf(known);
        for (const name of ["first", "second"]) {
          const own = days.filter(({ follower }) => follower === name);
          expect(sumOf(own).profit.toString()).toBe(profitOf(state, name));
          expect(sumOf(own.flatMap(({ leaders }) => leaders)).profit.toString()).toBe(profitOf(state, name));
          expect(own.map(({ day }) => day)).toEqual(own.map((_, at) => (own[0]?.day ?? 0) + at));
        }
      }),
      { numRuns: 40 },
    );
  });

  test("are the same whether the database has them, or the journal tells", async () => {
    const moves: readonly Move[] = [
      BUY,
      SETTLE,
      HALF,
      HALF,
      { kind: "price", to: 61_000 },
      HALF,
      HALF,
      BUY,
      SETTLE,
    ];
    const [all, none] = [await played(moves), await played(moves, {}, 0)];
    // Where the process stopped and went on, records have other numbers.
    const amounts = (known: KnownDays) =>
      daysOf(known).map(({ day, follower, profit, equity }) => [day, follower, `${profit}`, `${equity}`]);
    expect(amounts(all.known)).toEqual(amounts(none.known));
    expect(amounts(all.known).length).toBeGreaterThan(4);
  });

  test("tell what was paid in and taken out to the last digit, on its day, and no gain of it", async () => {
    const moves: readonly Move[] = [
      ...[HALF, HALF, { kind: "paid-in", amount: 5_000 } as const, HALF, HALF],
      ...[{ kind: "paid-in", amount: -2_500 } as const, HALF, HALF],
    ];
    const { known } = await played([PRICE, BUY, SETTLE, SNAPSHOTS, ...moves]);
    const own = daysOf(known).filter(({ follower }) => follower === "first");
    expect(own.map(({ flow }) => flow.toString()).filter((flow) => flow !== "0")).toEqual(["5000", "-2500"]);
    const [row] = report(known, { follower: "first" }).rows;
    expect(row?.total.flow).toBe("2500");
    // Only the fee of the first order.
    expect(row?.total.profit).toBe(profitOf(known.state, "first"));
    expect(Math.abs(row?.total.return ?? 1)).toBeLessThan(1e-5);
  });

  test("compound over the equity that was there", async () => {
    const doubled: readonly Move[] = [HALF, HALF, { kind: "paid-in", amount: 9_999.99 }, HALF, HALF];
    const gains: readonly Move[] = [
      { kind: "price", to: 61_000 },
      SNAPSHOTS,
      HALF,
      HALF,
      { kind: "price", to: 62_000 },
    ];
    const { known } = await played([PRICE, BUY, SETTLE, SNAPSHOTS, ...doubled, ...gains]);
    const [row] = report(known, { follower: "first", by: "day" }).rows;
    const returns = row?.periods.map((one) => one.return) ?? [];
    // 0.01 BTC are held: 10 a day, of 20,000 and of 20,010.
    expect(returns.filter((one) => one > 0.0001)).toEqual([
      expect.closeTo(10 / 19_999.98, 12),
      expect.closeTo(10 / 20_009.98, 12),
    ]);
    expect(row?.total.return).toBeCloseTo(returns.reduce((all, one) => all * (1 + one), 1) - 1, 12);
  });
});

describe("what is told", () => {
  const strategies = [{ follower: AccountId("first"), strategy: "dynamic_copying" }];
  const bookkeeping = { strategies, performanceFees: [] };
  const STORY: readonly Move[] = [
    ...[BUY, SETTLE, HALF, HALF, { kind: "price", to: 63_000 } as const, HALF, HALF],
    ...[
      { kind: "price", to: 57_000 } as const,
      HALF,
      HALF,
      { kind: "price", to: 58_500 } as const,
      HALF,
      HALF,
    ],
  ];

  test("parts add up: followers and strategies to the portfolio, leaders to what is theirs", async () => {
    const { known } = await played(STORY, { settings: { ...settings, bookkeeping } });
    const { rows } = report(known);
    const profits = (of: string) =>
      rows
        .filter((row) => row.of === of)
        .reduce((sum, { total }) => sum.plus(Decimal.parse(total.profit)), Decimal.zero)
        .toString();
    expect(rows.filter(({ of }) => of === "strategy").map(({ name }) => name)).toEqual([
      BY_HAND,
      "dynamic_copying",
    ]);
    for (const of of ["follower", "leader", "strategy"]) expect(profits(of)).toBe(profits("portfolio"));
    expect(profits("portfolio")).not.toBe("0");
    const chosen = report(known, { strategy: "dynamic_copying", leader: "lead" }).rows[0];
    expect(chosen?.total.profit).toBe(rows.find(({ name }) => name === "first")?.total.profit);
  });

  test("weeks and months have the days' profit, and compound their returns", async () => {
    const { known } = await played(STORY);
    const of = (by: string) => report(known, { follower: "first", by }).rows[0];
    const total = of("day")?.total;
    for (const by of ["day", "week", "month", "quarter"]) {
      const periods = of(by)?.periods ?? [];
      const profit = periods.reduce((sum, one) => sum.plus(Decimal.parse(one.profit)), Decimal.zero);
      expect(profit.toString()).toBe(total?.profit);
      expect(periods.reduce((all, one) => all * (1 + one.return), 1) - 1).toBeCloseTo(total?.return ?? 1, 12);
    }
    // 14 November 2023 was a Tuesday.
    expect(of("week")?.periods[0]?.period).toBe("2023-W46");
    expect(of("month")?.periods[0]).toMatchObject({ period: "2023-11", isWhole: false });
  });

  test("the draw-down says how deep, when, and how far from the limit", async () => {
    const { known } = await played(STORY);
    const [row] = report(known, { follower: "first", by: "day" }).rows;
    // 0.01 BTC: from 30 above the beginning to 30 below, and 15 up again.
    const peak = 10_030;
    expect(row?.drawdown.deepest).toMatchObject({ depth: expect.closeTo(-60 / peak, 4), recovered: false });
    expect(row?.drawdown.now).toBeCloseTo(-45 / peak, 4);
    expect(row?.drawdown.since).toBe(row?.drawdown.deepest?.peak);
    expect(row?.periods.at(-1)?.drawdown).toBe(row?.drawdown.now);
    expect(row?.limit).toBeNull();
  });

  test("too short a record says so, and a long one says how uncertain its ratios are", async () => {
    const day: readonly Move[] = [{ kind: "price", to: 60_000 }, HALF, HALF];
    const days = (count: number) =>
      Array.from({ length: count }, (_, at): readonly Move[] => [
        { kind: "price", to: 60_000 + at * 10 + (at % 3) * 40 },
        ...day.slice(1),
      ]).flat();
    const short = report((await played([BUY, SETTLE, ...days(10)])).known, { follower: "first" }).rows[0];
    expect(short).toMatchObject({ isTooShort: true, intervals: null });
    const { known } = await played([BUY, SETTLE, ...days(60)]);
    const long = report(known, { follower: "first" }).rows[0];
    expect(long?.isTooShort).toBe(false);
    expect(long?.figureDays).toBe((long?.days ?? 0) - 1);
    const [low, high] = long?.intervals?.sharpe ?? [0, 0];
    expect(low).toBeLessThan(long?.figures.sharpe ?? 0);
    expect(high).toBeGreaterThan(long?.figures.sharpe ?? 0);
    expect(long?.sharpeAboveZero).toBeGreaterThan(0.5);
    // Asked after a day on which nothing was written: it is whole by then.
    const later = performanceOf(known, { follower: "first", nowMs: known.state.nowMs + DAY_MS }).rows[0];
    expect(later?.figureDays).toBe(long?.days);
  });

  test("a name that nobody has is told, with those that there are", async () => {
    const { known } = await played(STORY);
    expect(() => report(known, { leader: "nobody" })).toThrow("there are: lead");
    expect(() => report(known, { follower: "nobody" })).toThrow("there are: first, second");
    expect(() => report(known, { strategy: "nobody" })).toThrow(`there are: ${BY_HAND}`);
  });

  test("a folder in which nothing was started has nothing to tell", async () => {
    expect(await performance(mkdtempSync(join(root, "empty-")), { nowMs: 0 })).toBeNull();
  });
});

describe("an account that becomes another", () => {
  test("begins new books; paper and real money are never one sum", async () => {
    const paper = {
      ...settings,
      accounts: settings.accounts.map((one) =>
        one.account === "first" ? { ...one, paper: true as const } : one,
      ),
    };
    const dataDir = mkdtempSync(join(root, "data-"));
    const { journal } = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 });
    const tellsEquity = true;
    const trial: readonly Move[] = [BUY, SETTLE, HALF, { kind: "price", to: 66_000 }, HALF, HALF];
    const before = playInto(journal, trial, undefined, { settings: paper, tellsEquity }).state;
    const onPaper = profitOf(before, "first");
    const { state } = playInto(journal, [HALF, HALF, { kind: "price", to: 66_100 }], before, { tellsEquity });
    journal.close();
    const known = await readDays(dataDir);
    if (known === null) return expect.fail();
    const rows = report(known).rows.filter(({ name }) => name === "first");
    expect(rows.map(({ isPaper, total }) => [isPaper, total.profit])).toEqual([
      [false, profitOf(state, "first")],
      [true, onPaper],
    ]);
    expect(onPaper).not.toBe("0");
  });
});
