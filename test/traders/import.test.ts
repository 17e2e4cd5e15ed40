/** Histories into the trader store: nothing is lost, nothing is counted twice, and bad rows stop nothing. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteTraderStore } from "../../src/store/sqlite/sqlite-trader-store.ts";
import type { TraderFillRecord, TraderKey, TraderStore } from "../../src/store/trader-store.ts";
import { traderSummary } from "../../src/traders/derived.ts";
import { type ImportOptions, importFile } from "../../src/traders/import-file.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";

let folder = "";
let store: TraderStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "traders-"));
  store = await openSqliteTraderStore(join(folder, "traders.db"));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const ME: TraderKey = { venue: "other", trader: "me" };

function options(path: string, more: Partial<ImportOptions> = {}): ImportOptions {
  return {
    path,
    format: "auto",
    trader: "me",
    venue: "other",
    ownFormats: [],
    statedEquity: null,
    dropDuplicates: false,
    rejectsFolder: join(folder, "rejected"),
    signal: new AbortController().signal,
    onProgress: () => {},
    ...more,
  };
}

function take(
  rows: readonly string[],
  more: Partial<ImportOptions> & { readonly header?: string; readonly name?: string } = {},
) {
  const { header = "time,symbol,side,price,quantity", name = "fills.csv", ...rest } = more;
  const path = join(folder, name);
  writeFileSync(path, `${[header, ...rows].join("\n")}\n`);
  utimesSync(path, 1_714_600_000, 1_714_600_000);
  return importFile(store, options(path, rest));
}

async function fillsOf(key: TraderKey = ME): Promise<readonly TraderFillRecord[]> {
  const fills: TraderFillRecord[] = [];
  for await (const page of store.fills(key)) fills.push(...page);
  return fills;
}

const prices = async () => (await fillsOf()).map(({ price }) => price);
const at = (second: number) => Date.UTC(2024, 4, 1, 0, 0, second);
const row = (second: number, price: number, more = "") => `${at(second)},BTCUSDT,buy,${price},1${more}`;

describe("who was looked at", () => {
  it("counts once for good, noted or taken in (pain 42)", async () => {
    const key = (trader: string): TraderKey => ({ venue: "other", trader });
    await store.noteScreened([ME, key("you")], 1);
    await store.noteScreened([key("you"), { ...ME, venue: "okx" }], 2);
    expect(await store.screened()).toBe(3);
    const statement = { seenMs: 3, history: "unknown", statedEquity: null, rejectedRows: 0 } as const;
    await store.beginImport(3).finish({ hash: "h", name: "n" }, [
      { key: ME, ...statement },
      { key: key("third"), ...statement },
    ]);
    expect(await store.screened()).toBe(4);
    expect((await store.traders()).map(({ trader }) => trader)).toEqual(["me", "third"]);
  });

  it("counts elsewhere, too, until a note is taken back", async () => {
    await store.noteScreenedElsewhere({ count: 2_500, where: "a leaderboard", atMs: 5 });
    await store.noteScreenedElsewhere({ count: 40, where: "a chat", atMs: 6 });
    expect(await store.screened()).toBe(2_540);
    expect(await store.screenedElsewhere()).toEqual([
      { id: 1, count: 2_500, where: "a leaderboard", atMs: 5 },
      { id: 2, count: 40, where: "a chat", atMs: 6 },
    ]);
    expect(await store.takeBackScreenedElsewhere(1)).toBe(true);
    expect(await store.takeBackScreenedElsewhere(1)).toBe(false);
    expect(await store.screened()).toBe(40);
  });
});

describe("importing", () => {
  it("twice changes nothing", async () => {
    const rows = [row(1, 10), row(1, 10), row(2, 11), row(1, 10)];
    expect(await take(rows)).toMatchObject({ added: 4, known: 0 });
    const [before] = await store.traders();
    expect(await take(rows)).toMatchObject({ added: 0, known: 4 });
    expect(await store.traders()).toEqual([before]);
    expect(await prices()).toEqual(["10", "10", "10", "11"]);
  });

  it("takes the larger number of equal rows, never their sum", async () => {
    await take([row(1, 10), row(1, 10)]);
    expect(await take([row(1, 10), row(1, 10), row(1, 10)])).toMatchObject({ added: 1, known: 2 });
    expect(await take([row(1, 10)])).toMatchObject({ added: 0, known: 1 });
    expect(await prices()).toEqual(["10", "10", "10"]);
  });

  it("keeps equal rows, or drops them when asked, and says which", async () => {
    const rows = [row(1, 10), row(1, 10), row(2, 10)];
    expect(await take(rows, { dropDuplicates: true })).toMatchObject({
      added: 2,
      duplicates: { found: 1, treatment: "dropped" },
    });
    expect(await take(rows)).toMatchObject({ added: 1, duplicates: { found: 1, treatment: "kept" } });
  });

  it("joins overlapping files, and keeps the order within a moment", async () => {
    await take([row(3, 30), row(3, 31), row(4, 40)]);
    await take([row(1, 10), row(3, 29), row(3, 30), row(3, 31)]);
    expect(await prices()).toEqual(["10", "29", "30", "31", "40"]);
  });

  it("takes files that run backwards", async () => {
    await take([row(3, 31), row(3, 30), row(1, 10)]);
    expect(await prices()).toEqual(["10", "30", "31"]);
  });

  it("counts a trade id once, also at another time, and refuses it with another price", async () => {
    const header = "time,symbol,side,price,quantity,trade_id";
    const rows = [row(1, 10, ",a"), row(1, 10, ",a"), row(2, 11, ",b")];
    expect(await take(rows, { header })).toMatchObject({ added: 2, repeatedIds: 1, rejected: 0 });
    // To the minute, as another export has it.
    const report = await take([row(0, 10, ",a"), row(2, 12, ",b"), row(3, 13, ",c")], { header });
    expect(report).toMatchObject({ added: 1, known: 1, rejected: 1 });
    expect(report.rejects).toEqual([
      { line: 3, record: 0, reason: "the trade id b is there with 1 at 11 already, and here with 1 at 12" },
    ]);
    expect(await prices()).toEqual(["10", "11", "13"]);
  });

  it("keeps bad rows with line and reason, and stops for none", async () => {
    const report = await take([row(1, 10), "nonsense", row(2, 0), row(3, 30)]);
    expect(report).toMatchObject({ added: 2, rejected: 2 });
    const kept = readFileSync(report.rejectsFile ?? "", "utf8")
      .trim()
      .split("\n");
    expect(kept.map((line) => JSON.parse(line))).toEqual([
      { line: 3, reason: "1 cells stand where the header has 5", text: "nonsense" },
      { line: 4, ...ME, reason: 'price: "0" is no decimal number above zero', text: row(2, 0) },
    ]);
    expect((await store.traders())[0]).toMatchObject({ rejectedRows: 1 });
    await take([row(1, 10)]);
    expect(existsSync(report.rejectsFile ?? "")).toBe(false);
  });

  it("counts the rejected rows of the same file once, whatever it is called", async () => {
    const rows = [row(1, 10), row(2, 0)];
    await take(rows);
    await take(rows, { name: "copy.csv" });
    expect((await store.traders())[0]).toMatchObject({ rejectedRows: 1 });
  });

  it("keeps ids of 19 digits", async () => {
    const header = "time,symbol,side,price,quantity,trade_id";
    await take([row(1, 10, ",9007199254740993123")], { header, trader: "3672754654734989568" });
    expect(await fillsOf({ venue: "other", trader: "3672754654734989568" })).toMatchObject([
      { tradeId: "9007199254740993123" },
    ]);
  });

  it("is the same compressed, and by the file's name when nobody says whose it is", async () => {
    const path = join(folder, "alice.csv.gz");
    writeFileSync(path, gzipSync(`time,symbol,side,price,quantity\n${row(1, 10)}\n`));
    await importFile(store, options(path, { trader: null }));
    expect(await store.traders()).toMatchObject([{ venue: "other", trader: "alice" }]);
  });

  it("takes what comes before the place at which a compressed file is cut", async () => {
    const rows = Array.from({ length: 2_000 }, (_, index) => row(index, 10 + index));
    const whole = gzipSync(`time,symbol,side,price,quantity\n${rows.join("\n")}\n`);
    const path = join(folder, "cut.csv.gz");
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    const report = await importFile(store, options(path));
    expect(report.added).toBeGreaterThan(100);
    expect(report.added).toBeLessThan(2_000);
    expect(report.rejects.map(({ reason }) => reason)).toContain(
      "the compressed file is damaged or cut from here on: unexpected end of file",
    );
  });

  it("reads no more of a compressed file than it may unpack to", async () => {
    const path = join(folder, "much.csv.gz");
    const text = `time,symbol,side,price,quantity\n${row(1, 10)}\n`;
    writeFileSync(path, gzipSync(text));
    const unpackedBytesMax = text.length;
    expect((await importFile(store, options(path, { unpackedBytesMax }))).added).toBe(1);
    writeFileSync(path, gzipSync(`${text}${"\n".repeat(10_000_000)}`));
    const read: number[] = [];
    const importing = importFile(
      store,
      options(path, { unpackedBytesMax: 1_000_000, onProgress: ({ fills }) => read.push(fills) }),
    );
    await expect(importing).rejects.toThrow("it unpacks to more than 1000000 bytes");
    expect(read.length).toBeLessThan(100);
  });

  it("forgets nobody, and knows when each was last seen", async () => {
    const header = "trader,time,symbol,side,price,quantity";
    const see = async (name: string, days: number, traders: readonly string[]) => {
      const path = join(folder, name);
      writeFileSync(path, `${[header, ...traders.map((one) => `${one},${row(days, 10)}`)].join("\n")}\n`);
      utimesSync(path, days, days);
      await importFile(store, options(path));
    };
    await see("a.csv", 1_000, ["stays", "vanishes"]);
    await see("b.csv", 2_000, ["stays"]);
    const seen = (await store.traders()).map(({ trader, firstSeenMs, lastSeenMs }) => [
      trader,
      firstSeenMs,
      lastSeenMs,
    ]);
    expect(seen).toEqual([
      ["stays", 1_000_000, 2_000_000],
      ["vanishes", 1_000_000, 1_000_000],
    ]);
  });

  it("can be interrupted, and goes on when it is done again", async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => row(index, 10 + index));
    const stop = new AbortController();
    const report = await take(rows, { signal: stop.signal, onProgress: () => stop.abort() });
    expect(report.isInterrupted).toBe(true);
    expect(report.added).toBeGreaterThan(0);
    expect(report.added).toBeLessThan(30_000);
    expect(await take(rows)).toMatchObject({ added: 30_000 - report.added, known: report.added });
    expect((await prices()).length).toBe(30_000);
  });
});

describe("a summary", () => {
  it("is made anew only when the fills or what was stated have changed", async () => {
    await take([row(1, 10)]);
    const summary = async () => traderSummary(store, (await store.traders())[0] ?? expect.fail("no trader"));
    expect(await summary()).toMatchObject({ fills: 1 });
    const saved = await store.derived(ME, "summary");
    // A mark that only a summary which is not made again keeps.
    await store.saveDerived(ME, "summary", { basis: saved?.basis ?? "", json: '{"fills":77}' });
    await take([row(1, 10)]);
    expect(await summary()).toEqual({ fills: 77 });
    await take([row(1, 10), row(2, 11)]);
    expect(await summary()).toMatchObject({ fills: 2 });
    await take([row(1, 10)], { statedEquity: "5000" });
    expect((await summary()).quality.map(({ word }) => word)).not.toContain("no-equity");
  });

  it("works profit out where the venue tells none, adds fees and funding as cash", async () => {
    const header = "time,symbol,side,price,quantity,fee,fee_asset,kind";
    await take(
      [
        `${at(1)},BTCUSDT,buy,10,3,-0.1,USDT,trade`,
        `${at(2)},BTCUSDT,buy,10,3,-0.05,USDT,funding`,
        `${at(3)},BTCUSDT,sell,12,3,-0.2,BNB,trade`,
        `${at(4)},BTCUSDT,sell,12,1,0.01,USDT,liquidation`,
      ],
      { header },
    );
    const [trader] = await store.traders();
    const summary = await traderSummary(store, trader ?? expect.fail("no trader"));
    expect(summary).toMatchObject({
      fills: 3,
      realizedPnl: "6",
      fees: "-0.09",
      funding: "-0.05",
      otherFees: { BNB: "-0.2" },
      tradedNotional: "78",
      trips: { finished: 1, won: 1, lost: 0, unseen: 0 },
      open: [{ symbol: "BTCUSDT", leg: "net", quantity: "-1", averageEntry: 12, sinceMs: at(4) }],
    });
    expect(summary.quality).toEqual([
      { word: "whole-second-times", count: 0 },
      { word: "mode-not-told", count: 0 },
      { word: "open-positions", count: 1 },
      { word: "no-profit-told", count: 0 },
      { word: "fees-in-other-assets", count: 1 },
      { word: "short-history", count: 0 },
      { word: "no-equity", count: 0 },
      { word: "liquidated", count: 1 },
    ]);
  });
});

describe.skipIf(!hasShared)(`recorded histories${sharedNote}`, () => {
  const leads = (name: string) => options(sharedPath(`data/traders/binance_copy/${name}`), { trader: null });

  it("are the same from the raw table and the clean one", async () => {
    const raw = await importFile(store, leads("raw_trade_history.csv.gz"));
    expect(raw).toMatchObject({ traders: 100, added: 10_250, rejected: 74, duplicates: { found: 567 } });
    expect(await importFile(store, leads("fills.csv.gz"))).toMatchObject({
      added: 0,
      known: 10_250,
      rejected: 0,
    });
    expect(await importFile(store, leads("accounts.csv"))).toMatchObject({ traders: 100, fills: 0 });
    const traders = await store.traders();
    expect(traders.filter(({ history }) => history === "truncated").length).toBe(74);
  });

  it("of Hyperliquid chain without a gap, and show what was carried in", async () => {
    mkdirSync(join(folder, "rejected"));
    for (const name of ["acc3", "acc6", "acc7", "acc10"]) {
      const report = await importFile(store, leads(`../hyperliquid_pairs/${name}.json.gz`));
      expect(report).toMatchObject({ format: "hyperliquid", traders: 2, rejected: 0, repeatedIds: 0 });
    }
    const summaries = await Promise.all(
      (await store.traders()).map((trader) => traderSummary(store, trader)),
    );
    expect(summaries.reduce((sum, { fills }) => sum + fills, 0)).toBe(1_822);
    const flags = summaries.flatMap(({ quality }) => quality);
    expect(flags.filter(({ word }) => word === "missing-fills")).toEqual([]);
    expect(flags.filter(({ word }) => word === "carried-in-positions").length).toBeGreaterThan(0);
  });
});
