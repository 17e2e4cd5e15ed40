/** The demo's past: made by the real parts, up to this moment, with every change of a leader explained. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../backtest/virtual-clock.ts";
import { timeOf } from "../../core/event.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { viewJournalFolder } from "../../journal/file.ts";
import { JournalFold } from "../../journal/fold.ts";
import { castMembers, FOLLOWERS, writeFolders } from "../cast.ts";
import { MarketModel } from "../market-model.ts";
import { DemoRecord } from "../record.ts";
import { LongPast } from "../records/long-past.ts";
import { DemoVenue } from "./demo-venue.ts";
import { livePast } from "./past.ts";

const DAY_MS = 86_400_000;
const SEED = 5;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-past-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a day is lived up to now, in times that are true, and the exchange has what the journal says", async () => {
  const beganMs = Date.now() - DAY_MS;
  const clock = new VirtualClock(beganMs);
  const members = castMembers();
  const model = new MarketModel(SEED);
  const records = new LongPast({ seed: SEED, model, untilMs: beganMs, days: 1 });
  records.live();
  const venue = new DemoVenue({ seed: SEED, clock, model, members });
  const folders = writeFolders(folder, "http://127.0.0.1:1", members);
  venue.protocol.start();
  const told: number[] = [];
  const onProgress = (done: number) => told.push(done);
  const nowMs = (): number => Date.now();
  await livePast({ seed: SEED, folders, venue, records, clock, nowMs, onProgress, isStopped: () => false });
  venue.protocol.stop();

  expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(5_000);
  expect(told.at(-1)).toBe(1);
  const { journal } = dataFolderPaths(folders.data);
  const times: number[] = [];
  const fold = new JournalFold({ onStep: ({ event }) => times.push(timeOf(event)) });
  for (const one of viewJournalFolder(journal).read(1)) fold.take(one);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(beganMs);
  expect(Math.max(...times)).toBeLessThanOrEqual(clock.nowMs());

  const record = new DemoRecord(journal);
  record.catchUp();
  expect(record.leaderChanges).toBeGreaterThan(10);
  expect(record.explained).toBe(record.leaderChanges);
  for (const { nickname } of FOLLOWERS) {
    const account = members.find((one) => one.nickname === nickname)?.credentials.apiKey ?? "";
    const held = venue.protocol.state.venue
      .positions(account)
      .map(({ symbol, side, size }) => `${symbol} ${side === "Sell" ? "-" : ""}${Number(size)}`);
    const follower = [...record.state.followers.values()].find((one) => one.account === nickname);
    const owned = [...(follower?.markets.values() ?? [])].flatMap(({ instrument, legs }) =>
      legs
        .filter(({ ownedLots }) => ownedLots !== 0)
        .map(({ ownedLots }) => {
          const quantity = Math.abs(ownedLots) * instrument.lotSize.toNumber();
          return `${instrument.spec.symbol} ${ownedLots < 0 ? "-" : ""}${Number(quantity.toPrecision(9))}`;
        }),
    );
    expect([nickname, ...owned.sort()]).toEqual([nickname, ...held.sort()]);
  }
}, 240_000);

test("records are of months, with the flaws that sources have", () => {
  const model = new MarketModel(SEED);
  const untilMs = Date.now() - 7 * DAY_MS;
  const past = new LongPast({ seed: SEED, model, untilMs, days: 7 });
  const markets = past.live();
  expect(markets.get("BTCUSDT")?.bars?.length).toBe(133 * 24);
  const records = new Map(past.records.map((one) => [one.name, one]));
  expect(records.size).toBeGreaterThanOrEqual(15);
  const [header, ...lines] = (records.get("nofee")?.csv ?? "").trim().split("\n");
  expect(header).not.toContain("fee");
  expect(lines.length).toBeGreaterThan(100);
  const spans = [...records.values()].map(({ csv }) => {
    const times = csv
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[0]));
    return (Math.max(...times) - Math.min(...times)) / DAY_MS;
  });
  expect(spans.filter((days) => days > 110).length).toBeGreaterThanOrEqual(12);
});
