/** Reports of a data folder: their numbers are those of performance, attribution and ledgers, and their files are found again. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Move, playInto } from "../../../test/journal-fixture.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openJournalFolder } from "../../journal/file.ts";
import type { ReportSubject } from "../../reports/period/period-report.ts";
import { performance } from "../performance/performance.ts";
import { readDays } from "../performance/read-days.ts";
import { makeReport } from "./make-report.ts";
import { parsePeriod } from "./period.ts";
import { periodReport } from "./period-report.ts";
import { forgetReports, listReportFiles, type ReportFormat } from "./report-files.ts";
import { taxLots, taxLotTable } from "./tax-lots.ts";

const dataDir = mkdtempSync(join(tmpdir(), "reports-"));
const ALL: ReportSubject = { of: "portfolio", name: "" };
let nowMs = 0;

afterAll(() => rmSync(dataDir, { recursive: true }));

/** Bought at 60,000 and at 62,000, half of it sold at 61,000 on the third day. */
const STORY: readonly Move[] = [
  { kind: "price", to: 60_000 },
  { kind: "trade", symbol: 0, side: "buy", quantity: 20 },
  { kind: "settle" },
  { kind: "snapshots" },
  { kind: "half-day" },
  { kind: "half-day" },
  { kind: "price", to: 62_000 },
  { kind: "trade", symbol: 0, side: "buy", quantity: 20 },
  { kind: "settle" },
  { kind: "snapshots" },
  { kind: "half-day" },
  { kind: "half-day" },
  { kind: "price", to: 61_000 },
  { kind: "trade", symbol: 0, side: "sell", quantity: 20 },
  { kind: "settle" },
  { kind: "snapshots" },
];

beforeAll(() => {
  const { journal } = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 });
  nowMs = playInto(journal, STORY, undefined, { tellsEquity: true }).state.nowMs;
  journal.sync();
  journal.close();
});

async function made(period: string, subject = ALL, formats: readonly ReportFormat[] = [], more = {}) {
  const asked = { subject, period: parsePeriod(period, nowMs), formats, nowMs, ...more };
  const found = await makeReport(dataDir, asked);
  if (found === null) throw new Error("nothing was made");
  return found;
}

/** What there is to know when it begins, and then what `meanwhile` writes into the journal. */
async function madeWhile(story: readonly Move[], meanwhile: readonly Move[]) {
  const folder = mkdtempSync(join(tmpdir(), "reports-"));
  try {
    const { journal } = openJournalFolder(dataFolderPaths(folder).journal, { reserveBytes: 0 });
    const { state } = playInto(journal, story, undefined, { tellsEquity: true });
    journal.sync();
    const untilMs = state.nowMs;
    const known = await readDays(folder);
    if (known === null) throw new Error("nothing is known");
    playInto(journal, meanwhile, state, { tellsEquity: true });
    journal.sync();
    journal.close();
    const period = parsePeriod(isoDay(untilMs), untilMs);
    const steps = periodReport(folder, known, { subject: ALL, period, nowMs: untilMs });
    for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const sum = (amounts: readonly string[]) =>
  amounts.reduce((all, one) => all.plus(Decimal.parse(one)), Decimal.zero).toString();

describe("a report", () => {
  test("has the numbers of performance, by day and in all, and parts that sum", async () => {
    const range = `${isoDay(nowMs - 3 * 86_400_000)}..${isoDay(nowMs)}`;
    const { report } = await made(range);
    const told = await performance(dataDir, { nowMs });
    const [all] = told?.rows ?? [];
    expect(report.summary.profit).toBe(all?.total.profit);
    expect(sum(report.days.map(({ profit }) => profit))).toBe(report.summary.profit);
    const accounts = report.parts.filter(({ of }) => of === "account");
    expect(accounts.map(({ name }) => name)).toEqual(["first", "second"]);
    expect(sum(accounts.map(({ profit }) => profit))).toBe(report.summary.profit);
    const [copying] = report.copying;
    expect(copying?.residual).toBe("0");
    expect(copying?.follower).toBe(report.summary.profit);
    const parts = [copying?.leaderScaled ?? "", ...(copying?.components ?? []).map(({ amount }) => amount)];
    expect(sum(parts)).toBe(copying?.follower);
    expect(report.trades).toMatchObject({ fills: 6, closed: 0, knownFrom: expect.any(String) });
    expect(report.daysUnknown).toBe(1);
    expect(report.notes.join()).toContain("Days are known from");
  });

  test("of a day that goes on is of one moment, though the journal is written while it is made", async () => {
    const before = STORY.slice(0, 4);
    const [alone, beside] = [await madeWhile(before, []), await madeWhile(before, STORY.slice(6, 10))];
    expect(beside?.copying[0]?.follower).toBe(beside?.summary.profit);
    expect(beside?.trades).toEqual(alone?.trades);
    expect(beside?.copying[0]?.changes).toBe(alone?.copying[0]?.changes);
  });

  test("of an account and of its leader tell the same, where nobody else is copied", async () => {
    const day = isoDay(nowMs);
    const account = await made(day, { of: "account", name: "second" });
    const leader = await made(day, { of: "leader", name: "lead" });
    const first = await made(day, { of: "account", name: "first" });
    expect(sum([account.report.summary.profit, first.report.summary.profit])).toBe(
      leader.report.summary.profit,
    );
    expect(sum([account.report.trades.volume, first.report.trades.volume])).toBe(leader.report.trades.volume);
    expect(leader.report.summary.equity).toBe("");
    expect(account.report.period).toMatchObject({ kind: "daily", isOver: false });
  });

  test("of a period before anything was copied says so", async () => {
    const { report } = await made("2020-01-01");
    expect(report).toMatchObject({ days: [], daysUnknown: 1, copying: [], record: null });
    expect(report.notes).toContain("Nothing is known of any day of this period");
    expect(report.trades.knownFrom).toBeNull();
  });

  test("of nobody that is known is refused by name, and of a folder without a journal there is none", async () => {
    await expect(made("daily", { of: "account", name: "nobody" })).rejects.toThrow("first, second");
    const empty = mkdtempSync(join(tmpdir(), "no-reports-"));
    const period = parsePeriod("daily", nowMs);
    expect(await makeReport(empty, { subject: ALL, period, formats: [], nowMs })).toBeNull();
    rmSync(empty, { recursive: true });
  });

  test("ends when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(made("daily", ALL, [], { signal })).rejects.toThrow("enough");
  });
});

describe("files of reports", () => {
  test("say whose they are and of when, are for their owner's eyes, and go when they are old", async () => {
    const subject: ReportSubject = { of: "account", name: "first" };
    const { files } = await made(isoDay(nowMs), subject, ["html", "pdf", "png", "csv", "json"]);
    const date = isoDay(nowMs);
    expect(files.map((file) => basename(file)).sort()).toEqual(
      [
        `account-first-daily-${date}-copying-dark.png`,
        `account-first-daily-${date}-copying-light.png`,
        `account-first-daily-${date}-days.csv`,
        `account-first-daily-${date}-figures.csv`,
        `account-first-daily-${date}-overview-dark.png`,
        `account-first-daily-${date}-overview-light.png`,
        `account-first-daily-${date}.html`,
        `account-first-daily-${date}.json`,
        `account-first-daily-${date}.pdf`,
      ].sort(),
    );
    for (const file of files) expect(statSync(file).mode & 0o077).toBe(0);
    writeFileSync(join(dataFolderPaths(dataDir).reports, "mine.txt"), "x");
    const listed = listReportFiles(dataDir);
    expect(listed).toHaveLength(files.length);
    expect(listed.every((one) => one.period === date && one.subject.name === "first")).toBe(true);
    expect(forgetReports(dataDir, Date.now() + 60_000)).toBe(files.length);
    expect(readFileSync(join(dataFolderPaths(dataDir).reports, "mine.txt"), "utf8")).toBe("x");
  }, 120_000);
});

describe("tax lots", () => {
  test.each([
    ["fifo", "5"],
    ["average", "0"],
  ] as const)("%s: a row for each closing, and all is the ledgers", (method, gain) => {
    const year = new Date(nowMs).getUTCFullYear();
    const steps = taxLots(dataDir, { method, year, timeZone: "UTC", account: "first" });
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    const lots = step.value;
    expect(lots?.check.map(({ residual }) => residual)).toEqual(["0"]);
    expect(lots?.rows.map((one) => [one.quantity, one.side, one.note])).toEqual([["0.01", "long", ""]]);
    const [row] = lots?.rows ?? [];
    const { cost = "", proceeds = "", fees = "", funding = "" } = row ?? {};
    const traded = Decimal.parse(proceeds).minus(Decimal.parse(cost));
    expect(traded.minus(Decimal.parse(fees)).plus(Decimal.parse(funding)).toString()).toBe(row?.gain);
    expect(traded.toString()).toBe(gain === "5" ? "10" : "0");
    expect(lots === null ? "" : taxLotTable(lots).split("\r\n")[1]).toContain("first,real,BTCUSDT,long,");
  });
});
