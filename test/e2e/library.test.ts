/** The package as programs use it: the example of docs/library.md, and what it refuses. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  BybitAPIHandler,
  LibraryError,
  loadAccountConfigs,
  ReportingManager,
  SelectiveCopyingStrategy,
  SyncManager,
  saveAccountConfig,
} from "../../src/library/index.ts";
import { Copier } from "./copier.ts";
import { killPrograms, TEST_KEY } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/library/copy-and-report.ts", import.meta.url));
const ENV = { COPYTRADER_ENCRYPTION_KEY: TEST_KEY, API_ENABLED: "false" };

let venue: Venue;
let copier: Copier;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  copier = new Copier(venue);
  for (const name of ["lead", "half", "third"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  copier.accountFile("half", "follower", { copy_multiplier: 0.5 });
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

test("the example copies, trades as the leader's owner, reports and stops", async () => {
  const { PATH = "", HOME = "" } = process.env;
  const { stdout } = await promisify(execFile)(
    fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url)),
    ["--conditions=copytrader-source", EXAMPLE, copier.config, copier.data],
    { env: { PATH, HOME, ...ENV } },
  );
  const lines = stdout.trim().split("\n");
  expect(lines).toEqual([
    "account half: follower, factor 0.5",
    "account lead: leader, factor 1",
    "at first: half is in-sync, holds nothing",
    expect.stringMatching(/^key of user \d+: may trade true, may withdraw false$/),
    "order accepted",
    "lead holds 0.1 BTCUSDT",
    "copied: half is in-sync, holds 0.05 BTCUSDT",
    expect.stringContaining('selective_copying: {"min_performance":0.15,"max_drawdown":0.2'),
    expect.stringMatching(/^report of half over \d{4}-\d\d-\d\d: 1 file\(s\)$/),
    expect.stringMatching(/^equity of half: 9\d{5}\.\d+$/),
  ]);
  const extensions = join(copier.config, "extensions");
  mkdirSync(extensions, { recursive: true });
  writeFileSync(
    join(extensions, "mine.mjs"),
    `export default { contract: 1, kind: "report-section", name: "mine", description: "mine",
      section: ({ subject }) => ({ title: "Mine", paragraphs: ["of " + subject.name] }) };`,
  );
  const reports = new ReportingManager({ configDir: copier.config, dataDir: copier.data, env: ENV });
  const { report, files } = await reports.generateDailyReport("half", { formats: ["html", "csv"] });
  expect(report.sections).toEqual([{ title: "Mine", paragraphs: ["of half"], table: null }]);
  expect(files).toHaveLength(3);
  // Neither in reports nor in logs, the journal, the databases or the account files.
  expect(copier.filesWithSecretsOf(["lead", "half"])).toEqual([]);
});

test("what is refused is refused with its reason, before anything is sent", async () => {
  const folders = { configDir: copier.config, dataDir: copier.data, env: ENV };
  const failure = (action: () => unknown) =>
    Promise.resolve()
      .then(action)
      .then(
        () => "nothing",
        (error: unknown) => (error instanceof LibraryError ? error.failure : String(error)),
      );
  const order = { symbol: "BTCUSDT", side: "Buy", orderType: "Market", quantity: "0.1" } as const;
  const requests = async () => (await venue.account("half")).orderRequests.length;
  const before = await requests();
  const plain = new BybitAPIHandler({ ...folders, account: "half" });
  expect(await failure(() => plain.getPositions())).toBe("not-started");
  await plain.initialise();
  expect(await failure(() => plain.placeOrder(order))).toBe("not-allowed");
  plain.close();
  const own = new BybitAPIHandler({ ...folders, account: "half", ownOrders: true });
  await own.initialise();
  for (const wrong of [
    { ...order, quantity: "0" },
    { ...order, symbol: "btc/usdt" },
    { ...order, orderType: "Limit" as const },
    { ...order, orderLinkId: "ct-mine" },
  ])
    expect(await failure(() => own.placeOrder(wrong))).toBe("bad-order");
  expect(await requests()).toBe(before);
  expect(await own.placeOrder({ ...order, quantity: "0.0001" })).toMatchObject({ kind: "rejected" });
  // The venue may have taken it, and says only that it cannot tell.
  await venue.faults({ retCode10016: 1, accounts: [keyOf("half")] });
  const unclear = { ...order, quantity: "0.001", orderLinkId: "mine-once" };
  expect(await own.placeOrder(unclear)).toMatchObject({ kind: "unknown", orderLinkId: "mine-once" });
  await venue.faults({});
  expect(Number((await own.getBalance()).equity)).toBeGreaterThan(0);
  own.close();
  expect(await failure(() => new BybitAPIHandler({ ...folders, account: "nobody" }).initialise())).toBe(
    "unknown-account",
  );
  const nowhere = { configDir: copier.config, dataDir: `${copier.folder}/nothing` };
  expect(await failure(() => new ReportingManager(nowhere).getBalanceHistory("half"))).toBe("not-started");
  expect(await failure(() => new SyncManager(nowhere).initialise())).toBe("refused");
  expect(await failure(() => new SelectiveCopyingStrategy({ maxDrawdown: -1 }))).toBe("configuration");
  const strategy = new SelectiveCopyingStrategy({ minTrades: null, maxTraders: 3 });
  expect(strategy.configure({ maxTraders: 4 }).options).toEqual({ min_trades: null, max_traders: 4 });
});

test("an account is looked at and saved encrypted; a strategy is put in force", async () => {
  const folders = { configDir: copier.config, dataDir: copier.data, env: ENV };
  const account = {
    nickname: "third",
    role: "follower",
    accountType: "simulated",
    url: venue.rest,
    apiKey: keyOf("third"),
    apiSecret: secretOf("third"),
    settings: { sizing: "equity-proportional" },
  } as const;
  expect(await saveAccountConfig(account, folders)).toMatchObject({
    file: `${copier.data}/accounts/third.json`,
  });
  await expect(saveAccountConfig(account, folders)).rejects.toMatchObject({ failure: "name-taken" });
  const open = { nickname: "fourth", role: "follower", settings: { api_key: "k", api_secret: "s" } } as const;
  await expect(saveAccountConfig(open, folders)).rejects.toThrow(
    "fourth: state the key as apiKey and apiSecret",
  );
  const [, , third] = loadAccountConfigs(folders);
  expect(third).toMatchObject({
    nickname: "third",
    hasKey: true,
    settings: { sizing: "equity-proportional" },
  });
  expect(JSON.stringify(loadAccountConfigs(folders))).not.toContain(secretOf("third"));
  const manager = new SyncManager(folders);
  await manager.initialise();
  const beside = new SyncManager(folders);
  await beside.initialise();
  expect([manager.isOwn, beside.isOwn]).toEqual([true, false]);
  const strategy = new SelectiveCopyingStrategy({ minTrades: 50, minPerformance: null });
  await strategy.startOn(beside.control, { followers: ["third"] });
  await beside.stop();
  const told = await manager.control.ask({ kind: "changeable-settings" });
  const values = new Map((told.portfolio?.settings ?? []).map(({ keyPath, value }) => [keyPath, value]));
  expect(values.get("strategy")).toBe("selective_copying");
  expect(values.get("strategies.selective_copying.min_trades")).toBe(50);
  await manager.stop();
});
