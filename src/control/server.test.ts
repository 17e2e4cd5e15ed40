/** The control socket: who may open it, what it answers, what it refuses, and the same commands on a stopped engine. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Move, playInto, settings } from "../../test/journal-fixture.ts";
import { alertSettings } from "../config/alert-settings.ts";
import { filterValues } from "../config/filter-values.ts";
import { monitoringValues } from "../config/monitoring-values.ts";
import { portfolioValues } from "../config/portfolio-values.ts";
import type { Configuration } from "../config.ts";
import { dataFolderPaths, openDataFolder } from "../data-folder.ts";
import { Engine } from "../engine/engine.ts";
import { recover } from "../engine/recovery.ts";
import { type FileJournal, openJournalFolder } from "../journal/file.ts";
import { silentLog } from "../log.ts";
import { type StoreWriter, startStoreWriter } from "../store/writer.ts";
import { connectControl } from "./client.ts";
import type { Control } from "./control.ts";
import { openControl } from "./open-control.ts";
import { type ControlServer, startControl } from "./server.ts";
import { controlSocketPath } from "./socket-path.ts";

const MOVES: readonly Move[] = [{ kind: "trade", symbol: 0, side: "buy", quantity: 10 }, { kind: "settle" }];

/** What a status needs of a configuration. */
const configuration: Configuration = {
  mode: { value: "live", source: "config/copy_trading_config.yaml" },
  live: false,
  settings,
  accounts: [],
  encryption: { kind: "absent", file: null },
  keyProblems: [],
  allocations: [],
  limits: [],
  guards: [],
  paper: { balance: { value: "10000", source: "default" } },
  journal: {
    keepDays: { value: 90, source: "default" },
    maxMegabytes: { value: 2_048, source: "default" },
  },
  logging: {
    level: { value: "info", source: "default" },
    fileMegabytes: { value: 10, source: "default" },
    keepDays: { value: 14, source: "default" },
    maxMegabytes: { value: 500, source: "default" },
  },
  alerts: {
    settings: alertSettings({}, {}, () => "default"),
    connectionDownAfterSeconds: { value: 30, source: "default" },
    parityAfterSeconds: { value: 60, source: "default" },
    giveUpAfterHours: { value: 24, source: "default" },
    emailServer: { value: "none", source: "default" },
    email: null,
    webhookOrigin: { value: "none", source: "default" },
    webhook: null,
  },
  telegram: {
    enabled: { value: true, source: "default" },
    token: { value: null, source: "default" },
    apiRoot: { value: "https://api.telegram.org", source: "default" },
    allowedGroups: { value: [], source: "default" },
    webhook: { value: null, source: "default" },
  },
  telegramNotes: [],
  watchdogs: {
    streamLateSeconds: { value: 3, source: "default" },
    pricesLateSeconds: { value: 3, source: "default" },
    pollSeconds: { value: 3, source: "default" },
    clockSharePercent: { value: 20, source: "default" },
    diskWarningMegabytes: { value: 1_000, source: "default" },
    diskStopMegabytes: { value: 200, source: "default" },
    journalSyncSeconds: { value: 5, source: "default" },
    databaseBehindSeconds: { value: 60, source: "default" },
    loopDelayMs: { value: 250, source: "default" },
  },
  watchdogNotes: [],
  api: {
    enabled: { value: false, source: "default" },
    host: { value: "127.0.0.1", source: "default" },
    port: { value: 0, source: "default" },
    behindProxy: { value: false, source: "default" },
    tlsCert: { value: null, source: "default" },
    tlsKey: { value: null, source: "default" },
    allowedHosts: { value: [], source: "default" },
    allowedOrigins: { value: [], source: "default" },
  },
  apiNotes: [],
  backup: {
    everyHours: { value: null, source: "default" },
    keep: { value: 7, source: "default" },
    folder: { value: "/nowhere", source: "default" },
    everything: { value: false, source: "default" },
  },
  backupNotes: [],
  reports: {
    daily: { value: false, source: "default" },
    weekly: { value: false, source: "default" },
    monthly: { value: false, source: "default" },
    time: { value: "07:00", source: "default" },
    timeZone: { value: "UTC", source: "default" },
    accounts: { value: [], source: "default" },
    formats: { value: ["html"], source: "default" },
    keepDays: { value: 400, source: "default" },
  },
  filters: filterValues({}, () => "default"),
  filterNotes: [],
  monitoring: monitoringValues({}, () => "default"),
  portfolio: portfolioValues({}, () => "default"),
  forAll: {},
  portfolioNotes: [],
  fees: [],
  values: [{ keyPath: "copy_trading.mode", value: "live", source: "config/copy_trading_config.yaml" }],
  notInForce: [],
  warnings: [],
  reconfigure: () => ({ ok: true, configuration }),
};

let dataDir = "";
let journal: FileJournal;
let engine: Engine;
let server: ControlServer;
let writer: StoreWriter;
let control: Control;

beforeEach(async () => {
  dataDir = realpathSync(mkdtempSync(join(tmpdir(), "control-")));
  journal = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 }).journal;
  playInto(journal, MOVES);
  engine = new Engine({
    state: recover(journal).state,
    journal,
    clock: {
      nowMs: () => Date.now(),
      elapsedMs: () => performance.now(),
      setTimer: (delayMs, action) => {
        const timer = setTimeout(action, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
    },
    chance: Math.random,
    connections: new Map(),
    feeds: new Map(),
    observer: {},
  });
  engine.start(settings, []);
  writer = startStoreWriter({ dataDir });
  server = startControl({ dataDir, engine, configuration, log: silentLog, store: writer });
  expect(await server.ready).toBe(true);
  control = (await connectControl(dataDir)) ?? expect.fail("nobody listens");
});

afterEach(async () => {
  await control.close();
  await server.close();
  engine.stop();
  await writer.close();
  journal.close();
  rmSync(dataDir, { recursive: true });
});

describe("a running engine", () => {
  test("listens for its owner alone", () => {
    expect(statSync(controlSocketPath(dataDir)).mode & 0o777).toBe(0o600);
  });

  test("tells its status", async () => {
    const status = await control.ask({ kind: "status" });
    expect(status.engine).toMatchObject({ running: true, pid: process.pid });
    expect(status.mode).toEqual({ value: "live", source: "config/copy_trading_config.yaml" });
  });

  test("pauses and resumes one follower, journaled", async () => {
    const report = await control.ask({ kind: "pause", follower: "first" });
    expect(report).toMatchObject({ command: "pause", followers: ["first"], running: true });
    expect(recover(journal).state.followers.get(settings.accounts[1]?.account ?? expect.fail())?.paused).toBe(
      true,
    );
    await control.ask({ kind: "resume" });
    expect([...recover(journal).state.followers.values()].map(({ paused }) => paused)).toEqual([
      false,
      false,
    ]);
  });

  test("shows what a close would close, and closes only where there is something", async () => {
    expect((await control.ask({ kind: "preview-close", follower: "first" })).positions).toMatchObject([
      { symbol: "BTCUSDT", held: "0.005" },
    ]);
    const report = await control.ask({ kind: "close", follower: "first", symbol: "BTCUSDT" });
    expect(report).toMatchObject({ command: "close", symbol: "BTCUSDT" });
    await expect(control.ask({ kind: "close", follower: "first", symbol: "ETHUSDT" })).rejects.toMatchObject({
      failure: "nothing-to-close",
    });
  });

  test("shows what a command would send, and carries the same out", async () => {
    const command = { kind: "close", follower: "first" } as const;
    const { orders, engine: of } = await control.ask({ kind: "preview", command });
    // Nothing was confirmed in this run yet, so nothing is sent yet, and nothing is foreseen.
    expect(orders).toEqual([]);
    expect(of.running).toBe(true);
    await control.ask(command);
    expect(await control.ask({ kind: "release", follower: "first" })).toMatchObject({
      command: "release",
      followers: ["first"],
    });
    const journaled = [...journal.read(1)].map(({ payload }) => payload).join("\n");
    expect(journaled).toContain('"command":{"kind":"release","account":"first"}');
    await expect(control.ask({ kind: "approve", proposal: 1 })).rejects.toMatchObject({
      failure: "unknown-proposal",
    });
    expect((await control.ask({ kind: "proposals" })).proposals).toEqual([]);
    expect((await control.ask({ kind: "explain", follower: "first" })).positions).toHaveLength(1);
    expect((await control.ask({ kind: "allocations" })).allocations).toMatchObject([
      { leader: "lead", follower: "first", state: "ending" },
      { leader: "lead", follower: "second", state: "ending" },
    ]);
  });

  test("tells what happened and why", async () => {
    const { entries } = await control.ask({ kind: "journal", filter: { follower: "second", limit: 5 } });
    expect(entries).toMatchObject([
      { leader: "lead", follower: "second", symbol: "BTCUSDT", changedBy: "0.01", pending: false },
    ]);
    expect(entries[0]?.orders[0]).toMatchObject({ status: "filled", filledQuantity: "0.003" });
  });

  test("refuses what it does not know, and goes on", async () => {
    await expect(control.ask({ kind: "pause", follower: "nobody" })).rejects.toMatchObject({
      failure: "unknown-follower",
    });
    expect(await exchangeLine(`{"version":1,"id":7,"request":{"kind":"dance"}}\n`)).toMatchObject({
      id: 7,
      error: { kind: "bad-request" },
    });
    expect(await exchangeLine(`{"version":9,"id":7,"request":{"kind":"status"}}\n`)).toMatchObject({
      error: { kind: "version" },
    });
    expect(await exchangeLine("nonsense\n")).toMatchObject({ error: { kind: "bad-request" } });
    expect(await exchangeLine("x".repeat(70_000))).toMatchObject({ error: { kind: "bad-request" } });
    expect((await control.ask({ kind: "status" })).engine.running).toBe(true);
  });
});

describe("a stopped engine", () => {
  async function stopped(): Promise<Control> {
    await server.close();
    engine.stop();
    await writer.close();
    journal.close();
    return openControl({ dataDir, configDir: join(dataDir, "no-config"), env: {} });
  }

  test("still tells its status and its journal", async () => {
    const offline = await stopped();
    const status = await offline.ask({ kind: "status" });
    expect(status.engine.running).toBe(false);
    expect(status.followers.map(({ nickname }) => nickname)).toEqual(["first", "second"]);
    const { entries } = await offline.ask({ kind: "journal", filter: { limit: 5 } });
    expect(entries).toHaveLength(2);
  });

  test("takes a pause for its next start, and no close", async () => {
    const offline = await stopped();
    expect(await offline.ask({ kind: "pause", follower: "first" })).toMatchObject({ running: false });
    const { followers } = await offline.ask({ kind: "status" });
    expect(followers.map(({ paused }) => paused)).toEqual([true, false]);
    await expect(offline.ask({ kind: "close", follower: "first" })).rejects.toMatchObject({
      failure: "not-running",
    });
  });

  test("is left alone while it starts up", async () => {
    const offline = await stopped();
    const lock = openDataFolder(dataDir);
    await expect(offline.ask({ kind: "pause" })).rejects.toMatchObject({ failure: "starting" });
    lock.close();
  });
});

test("a folder whose path is too long for a socket gets one elsewhere", () => {
  const deep = join(dataDir, "x".repeat(120));
  mkdirSync(deep);
  writeFileSync(join(deep, "keep"), "");
  expect(controlSocketPath(deep).length).toBeLessThan(100);
  expect(controlSocketPath(deep)).toBe(controlSocketPath(join(dataDir, ".", "x".repeat(120))));
});

test("survives what no program would say, and answers the next one", async () => {
  for (const said of [
    '{"version":{"toString":1}}',
    '{"version":1,"request":{"kind":{"toString":1}}}',
    '{"__proto__":1}',
  ])
    expect(await exchangeLine(`${said}\n`)).toMatchObject({ id: -1, error: expect.anything() });
  expect(await control.ask({ kind: "parity" })).toBeDefined();
});

function exchangeLine(text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(controlSocketPath(dataDir));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
      if (!answer.includes("\n")) return;
      socket.destroy();
      resolve(JSON.parse(answer));
    });
    socket.on("error", reject);
    socket.write(text);
  });
}
