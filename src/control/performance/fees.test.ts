/** The ledger of fees over whole histories of an engine: stopped, started, ended, begun again, paid in and out, pruned and made anew. */
import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { bookMoves, type Move, playInto, settings } from "../../../test/journal-fixture.ts";
import { utcDay } from "../../analytics/equity/days.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { AccountId } from "../../core/model/identifiers.ts";
import type { Period } from "../../core/model/periods.ts";
import { quotedTicks } from "../../core/quotes.ts";
import { profitIn, resultSums } from "../../core/results.ts";
import type { Settings } from "../../core/settings.ts";
import type { State } from "../../core/state.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openJournalFolder } from "../../journal/file.ts";
import { JournalFold } from "../../journal/fold.ts";
import { makeCheckpoint } from "../../journal/make-checkpoint.ts";
import { RealDisk } from "../../journal/real-disk.ts";
import { catchUpStore, rebuildStore } from "../../store/journal-follower.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { type FeeAccount, type FeesReport, fees, feesOf, payFee } from "./fees.ts";
import { readDays } from "./read-days.ts";

const root = mkdtempSync(join(tmpdir(), "fees-"));
afterAll(() => rmSync(root, { recursive: true }));

const LEAD = AccountId("lead");
const FIRST = AccountId("first");
const RATE = Decimal.parse("0.15");
const PRICE: Move = { kind: "price", to: 60_000 };
const BUY: Move = { kind: "trade", symbol: 0, side: "buy", quantity: 20 };
const SETTLE: Move = { kind: "settle" };
const HALF: Move = { kind: "half-day" };

function agreed(period: Period, more: Partial<Settings> = {}): Settings {
  const performanceFees = [{ leader: LEAD, rate: RATE.toString(), period }];
  return { ...settings, ...more, bookkeeping: { strategies: [], performanceFees } };
}

interface Story {
  readonly dataDir: string;
  /**
   * By day the profit of the leader's copies on the first follower after its last event; where a price is missing then, after the last
   * event of the run that ended on it.
   */
  readonly profits: ReadonlyMap<number, Decimal>;
}

/** Looks at the state after each event, on its own, so that what the ledger is held against is not made by it. */
function told(moves: readonly Move[], all: Settings): Story {
  const dataDir = mkdtempSync(join(root, "data-"));
  const { journal } = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 });
  const profits = new Map<number, Decimal>();
  let last: { readonly day: number; readonly epoch: string; readonly profit: Decimal | null } | null = null;
  const end = () => {
    if (last?.profit) profits.set(last.day, last.profit);
  };
  const note = (state: State) => {
    const now = { day: utcDay(state.nowMs), epoch: state.epoch, profit: profitNow(state) };
    if (now.day !== last?.day || now.epoch !== last.epoch) end();
    last = now;
  };
  playInto(journal, moves, undefined, { settings: all, tellsEquity: true, told: note });
  end();
  journal.close();
  return { dataDir, profits };
}

function profitNow(state: State): Decimal | null {
  const follower = state.followers.get(FIRST);
  if (follower === undefined) return null;
  const sums = resultSums(state, follower, quotedTicks).map(({ leaders }) => leaders.get(LEAD));
  return sums.reduce<Decimal | null>((all, sum) => {
    const profit = sum === undefined ? Decimal.zero : profitIn(sum);
    return all === null || profit === null ? null : all.plus(profit);
  }, Decimal.zero);
}

async function ledger(dataDir: string, nowMs = 0): Promise<FeesReport> {
  const report = await fees(dataDir, { follower: FIRST, nowMs });
  if (report === null) throw new Error("nothing was read");
  return report;
}

function earned({ accounts }: FeesReport): Decimal {
  return accounts.reduce(
    (sum, one) => sum.plus(Decimal.parse(one.settled)).plus(Decimal.parse(one.accrued)),
    Decimal.zero,
  );
}

function highest(profits: Iterable<Decimal>): Decimal {
  return [...profits].reduce((most, one) => (one.compare(most) > 0 ? one : most), Decimal.zero);
}

describe("whatever is stopped, started, ended, begun again or paid in and out", () => {
  test("fees are the rate of the highest profit at the end of any day, to the last digit", async () => {
    await fc.assert(
      fc.asyncProperty(bookMoves(), async (moves) => {
        const { dataDir, profits } = told([PRICE, BUY, SETTLE, ...moves], agreed("day"));
        const report = await ledger(dataDir);
        expect(earned(report).toString()).toBe(RATE.times(highest(profits.values())).toString());
        expect(report.accounts.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test("longer periods never share more than shorter ones", async () => {
    await fc.assert(
      fc.asyncProperty(bookMoves(), async (moves) => {
        const story = [PRICE, BUY, SETTLE, ...moves];
        const of = async (period: Period) => earned(await ledger(told(story, agreed(period)).dataDir));
        const [day, week, month] = [await of("day"), await of("week"), await of("month")];
        expect(week.compare(day)).toBeLessThanOrEqual(0);
        expect(month.compare(week)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  test("runs that end and begin, and payments, change no digit of it", async () => {
    const prices = fc.array(fc.integer({ min: 55_000, max: 65_000 }), { minLength: 2, maxLength: 20 });
    const kinds = fc.array(fc.constantFrom("restart", "paid-in", "nothing"), { minLength: 2, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(prices, kinds, async (path, inserted) => {
        const story = (isDisturbed: boolean) =>
          path.flatMap((to, at): readonly Move[] => {
            const price: Move = { kind: "price", to };
            const kind = inserted[at % inserted.length];
            const between: readonly Move[] =
              kind === "restart"
                ? [{ kind }, price]
                : kind === "paid-in"
                  ? [{ kind, amount: to - 60_000 }]
                  : [];
            return [price, ...(isDisturbed ? between : []), HALF, HALF];
          });
        const of = async (isDisturbed: boolean) => {
          const { dataDir } = told([PRICE, BUY, SETTLE, ...story(isDisturbed)], agreed("day"));
          return (await ledger(dataDir)).accounts.map(({ rows }) => rows.map(({ fee, mark }) => [fee, mark]));
        };
        expect(await of(true)).toEqual(await of(false));
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test("a relation that ended at a loss makes it good first when it begins again", async () => {
    const moves: readonly Move[] = [
      ...[PRICE, BUY, SETTLE, { kind: "price", to: 61_000 } as const, HALF, HALF],
      ...[
        { kind: "price", to: 57_000 } as const,
        HALF,
        HALF,
        { kind: "uncopy" } as const,
        SETTLE,
        HALF,
        HALF,
      ],
      ...[{ kind: "copy" } as const, BUY, SETTLE, { kind: "price", to: 58_500 } as const, HALF, HALF],
    ];
    const { dataDir } = told(moves, agreed("day"));
    const [account] = (await ledger(dataDir)).accounts;
    const paid = account?.rows.filter(({ fee }) => fee !== "0") ?? [];
    // 0.01 BTC from 60,000 to 61,000, less the fee of a cent; all that comes after is below that.
    expect(paid.map(({ fee, profit }) => [fee, profit])).toEqual([["1.4985", "9.99"]]);
    expect(account?.mark).toBe("9.99");
    expect(Number(account?.profit)).toBeGreaterThan(-31);
    expect(Number(account?.profit)).toBeLessThan(9.99);
  });
});

test("paper has a ledger of its own, and real money begins with nothing of it", async () => {
  const dataDir = mkdtempSync(join(root, "data-"));
  const { journal } = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 });
  const paper = settings.accounts.map((one) =>
    one.account === FIRST ? { ...one, paper: true as const } : one,
  );
  const gain: readonly Move[] = [PRICE, BUY, SETTLE, { kind: "price", to: 66_000 }, HALF, HALF];
  const { state } = playInto(journal, gain, undefined, { settings: agreed("day", { accounts: paper }) });
  playInto(journal, [PRICE, HALF, HALF], state, { settings: agreed("day") });
  journal.close();
  const { accounts, totals } = await ledger(dataDir);
  const sums = ({ isPaper, settled, accrued }: Pick<FeeAccount, "isPaper" | "settled" | "accrued">) => [
    isPaper,
    Number(settled) + Number(accrued),
  ];
  // Nothing was bought in real money yet, and what has no profit has no line of it.
  expect(accounts.map(sums).filter(([, sum]) => sum !== 0)).toEqual([[true, 59.99 * 0.15]]);
  expect(totals.map(sums).filter(([, sum]) => sum !== 0)).toEqual([[true, 59.99 * 0.15]]);
});

test("the marks outlive the records that they were made of, a rebuild, and another one", async () => {
  const dataDir = mkdtempSync(join(root, "data-"));
  const { journal: journalFolder, database } = dataFolderPaths(dataDir);
  const { journal } = openJournalFolder(journalFolder, { segmentRecordsMax: 12, reserveBytes: 0 });
  const store = await openSqliteStore({ path: database });
  const recovered = () => {
    const fold = new JournalFold();
    for (const record of journal.sinceCheckpoint()) fold.take(record);
    fold.end();
    return fold.state;
  };
  const keep = async () => {
    const due = journal.checkpointDue;
    if (due !== null) {
      makeCheckpoint(new RealDisk(journalFolder), due);
      journal.noteCheckpoint(due);
    }
    journal.sync();
    const neededFrom = await catchUpStore({ journalFolder, store });
    while ((await journal.prune({ sinceMs: 0, bytesMax: 0, neededFrom })) > 0) {}
  };
  const all = agreed("day");
  const prices = [61_000, 64_000, 58_000, 63_000, 64_500, 59_000];
  let state = playInto(journal, [PRICE, BUY, SETTLE], undefined, { settings: all, tellsEquity: true }).state;
  const whole: string[] = [];
  for (const to of prices) {
    const moves: readonly Move[] = [{ kind: "price", to }, HALF, HALF];
    state = playInto(journal, moves, state, { settings: all, tellsEquity: true }).state;
    whole.push(JSON.stringify((await ledger(dataDir)).accounts.map(({ rows }) => rows)));
    await keep();
    state = recovered();
  }
  expect(journal.firstSequence).toBeGreaterThan(20);
  const before = await ledger(dataDir);
  const paid = before.accounts.flatMap(({ rows }) => rows).filter(({ fee }) => fee !== "0");
  // Up to 64,000, and from there to 64,500.
  expect(paid.map(({ fee }) => fee)).toEqual(["1.4985", "4.5", "0.75"]);
  expect(JSON.stringify(before.accounts.map(({ rows }) => rows))).toBe(whole.at(-1));
  for (const _ of [1, 2]) {
    await rebuildStore({ journalFolder, store });
    expect(await ledger(dataDir)).toEqual(before);
  }
  await store.close();

  // Without that file the journal alone tells less: what had been brought by then is shared no more.
  rmSync(database);
  for (const suffix of ["-wal", "-shm"]) rmSync(database + suffix, { force: true });
  const cut = await ledger(dataDir);
  expect(cut.accounts[0]?.knownFrom).toMatch(/^2023-11-/);
  expect(earned(cut).compare(earned(before))).toBeLessThan(0);
  journal.close();
});

test("what was agreed later shares nothing of before; what was agreed no more stays settled", async () => {
  const dataDir = mkdtempSync(join(root, "data-"));
  const { journal } = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 });
  const tellsEquity = true;
  const day = (to: number): readonly Move[] => [{ kind: "price", to }, HALF, HALF];
  const none = playInto(journal, [PRICE, BUY, SETTLE, ...day(61_000)], undefined, { tellsEquity }).state;
  const some = playInto(journal, day(62_000), none, { settings: agreed("day"), tellsEquity }).state;
  playInto(journal, day(65_000), some, { tellsEquity });
  journal.close();
  const [account] = (await ledger(dataDir)).accounts;
  expect(account?.rows.map(({ fee, mark }) => [fee, mark])).toEqual([["1.5", "9.99"]]);
  expect(account?.accrued).toBe("0");
});

test("what was paid is noted for good, and the rest is owed", async () => {
  const { dataDir } = told([PRICE, BUY, SETTLE, { kind: "price", to: 61_000 }, HALF, HALF], agreed("day"));
  const pay = (amount: string, more = {}) =>
    payFee(dataDir, { leader: LEAD, follower: FIRST, amount, nowMs: 0, ...more });
  const [before] = (await ledger(dataDir, Date.now())).accounts;
  expect(before).toMatchObject({ settled: "1.4985", paid: "0", owed: "1.4985" });
  await pay("1");
  await pay("0.4");
  const after = await ledger(dataDir, Date.now());
  expect(after.accounts).toMatchObject([{ settled: "1.4985", paid: "1.4", owed: "0.0985" }]);
  expect(after.totals).toMatchObject([{ leader: "lead", paid: "1.4", owed: "0.0985" }]);
  await expect(pay("1", { coin: "USDC" })).rejects.toThrow("no ledger of fees on first in USDC");
  await expect(pay("1", { leader: "nobody" })).rejects.toThrow("there are: lead");
  const { feePayments } = dataFolderPaths(dataDir);
  expect(statSync(feePayments).mode & 0o777).toBe(0o600);
  appendFileSync(feePayments, '{"leader":"lead"');
  await expect(ledger(dataDir)).rejects.toThrow("line 3 of");
});

test("without an agreement there is nothing to tell, and names are held against those that there are", async () => {
  const { dataDir } = told([PRICE, BUY, SETTLE, HALF, HALF], settings);
  expect((await ledger(dataDir)).accounts).toEqual([]);
  const known = await readDays(dataDir);
  if (known === null) return expect.fail();
  expect(() => feesOf(known, { leader: "nobody", nowMs: 0 })).toThrow("there are: lead");
  expect(await fees(mkdtempSync(join(root, "empty-")), { nowMs: 0 })).toBeNull();
});
