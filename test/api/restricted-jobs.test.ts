/** What somebody who was given one account learns of the others by what is computed in the background, and what he may not have done. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { seesJob } from "../../src/api/jobs/jobs.ts";
import { documentOf, viewOf } from "../../src/api/stream/topics.ts";
import { permissionsOf } from "../../src/identity/permissions.ts";
import { follower, leader } from "../configuration/folder.ts";
import { person } from "./listener.ts";
import { openWorld, type World } from "./world.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const ACCOUNTS = [
  { ...leader, nickname: "hidden-leader", api_key: "k3", api_secret: "s3" },
  { ...follower, nickname: "hidden-follower", leader: "hidden-leader", api_key: "k4", api_secret: "s4" },
];
const GIVEN = ["leader", "follower"];
const LISTED = ["admin", "manage_copying"] as const;
const PAST = { start_date: "2024-05-01", end_date: "2024-06-20" };

/** In place of the command line: it fails, and says why with the name of somebody else's account. */
const FAILING = `
const error = { kind: "usage", message: "known are hidden-leader", problems: [{ message: "hidden-leader" }] };
process.stdout.write(JSON.stringify({ error }), () => process.exit(2));
`;

async function opened(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "jobs-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "program.cjs");
  writeFileSync(program, FAILING);
  const world = await openWorld({
    accounts: ACCOUNTS,
    jobProgram: [process.execPath, program],
    people: {
      owner: { role: "owner" },
      manager: { role: "viewer", given: GIVEN, listed: LISTED },
    },
  });
  closing.push(() => world.close());
  return world;
}

/** As the stream knows him. */
function manager(name = "mara") {
  return person(name, "viewer", { accounts: new Set(GIVEN), permissions: permissionsOf("viewer", LISTED) });
}

const forbidden = { status: 403, body: { code: "forbidden" } };

test("with the permission for everything, but not all accounts, he sees his own jobs alone", async () => {
  const { ask, app } = await opened();
  const { body: job } = await ask("POST", "/api/v1/backtests", "owner", { body: PAST });
  expect((await ask("GET", "/api/v1/jobs", "owner")).body.items).toHaveLength(1);
  expect((await ask("GET", "/api/v1/jobs", "manager")).body.items).toEqual([]);
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/result"],
    ["DELETE", ""],
  ] as const)
    expect(await ask(method, `/api/v1/backtests/${job.id}${path}`, "manager")).toMatchObject({
      status: 404,
      body: { code: "unknown-job" },
    });
  const one = manager();
  expect(documentOf("jobs", one, { jobs: app.jobs.all() })).toEqual({ jobs: {} });
  expect(viewOf(one)).not.toBe(viewOf(manager("mona")));
  const [record] = app.jobs.all();
  if (record === undefined) throw new Error("there is no job");
  const own = { ...record, userId: one.userId };
  expect(seesJob(one, own)).toBe(true);
  const reportOf = (account: string | undefined) => ({
    ...own,
    kind: "report" as const,
    request: { account },
  });
  expect(
    ["follower", "hidden-follower", undefined].map((account) => seesJob(one, reportOf(account))),
  ).toEqual([true, false, false]);
});

test("checks and the test of the channels, which are of all accounts, are for who sees them", async () => {
  const { ask } = await opened();
  for (const what of ["installation", "accounts"])
    expect(await ask("POST", "/api/v1/checks", "manager", { body: { what } })).toMatchObject(forbidden);
  expect(await ask("POST", "/api/v1/alerts/test", "manager")).toMatchObject(forbidden);
  expect((await ask("POST", "/api/v1/checks", "owner", { body: { what: "accounts" } })).status).toBe(202);
});

test("of a leader that he does not see nothing is computed, nor over everybody with it among them", async () => {
  const { ask } = await opened();
  const named = [
    ["what_if", 202, (leader: string) => ({ leader })],
    // Any trader may take the place of one that is stopped, and the result says which.
    ["protections", 403, (leader: string) => ({ ...PAST, leaders: ["leader", leader] })],
  ] as const;
  for (const [path, alone, bodyOf] of named) {
    const at = `/api/v1/${path}`;
    const told = await ask("POST", at, "manager", { body: bodyOf("hidden-leader") });
    expect(told).toMatchObject({ status: 404, body: { code: "unknown-trader" } });
    const none = await ask("POST", at, "manager", { body: bodyOf("nobody") });
    expect(none.text.replaceAll("nobody", "hidden-leader")).toBe(told.text);
    expect((await ask("POST", at, "manager", { body: bodyOf("leader") })).status).toBe(alone);
    expect((await ask("POST", at, "owner", { body: bodyOf("hidden-leader") })).status).toBe(202);
  }
  for (const [path, body] of [
    ["backtests", PAST],
    ["protections", PAST],
    ["strategy_searches", { ...PAST, name: "portfolio" }],
  ] as const)
    expect(await ask("POST", `/api/v1/${path}`, "manager", { body })).toMatchObject(forbidden);
});

test("why his job failed is told to those alone who see all accounts", async () => {
  const { ask, app } = await opened();
  const { body: job } = await ask("POST", "/api/v1/what_if", "manager", { body: { leader: "leader" } });
  const at = `/api/v1/what_if/${job.id}`;
  await vi.waitFor(async () => expect((await ask("GET", at, "owner")).body.state).toBe("failed"), {
    timeout: 30_000,
    interval: 20,
  });
  expect((await ask("GET", at, "owner")).text).toContain("hidden-leader");
  const one = manager();
  const own = app.jobs.all().map((record) => ({ ...record, userId: one.userId }));
  const told = [
    ...(await Promise.all([at, `${at}/result`, "/api/v1/jobs"].map((path) => ask("GET", path, "manager")))),
    { text: JSON.stringify(documentOf("jobs", one, { jobs: own })) },
  ];
  for (const { text } of told) {
    expect(text).toContain("who sees all accounts sees why");
    expect(text).not.toContain("hidden");
  }
});

test("records and markets, which are for all, are changed by who sees all, and it is noted who did", async () => {
  const { ask } = await opened();
  const asked = [
    ["trader_imports", { files: [{ name: "fills.json", text: "[]" }] }],
    ["trader_fetches", { id: "0x5e9e", venue: "hyperliquid" }],
    ["market_fetches", { symbols: ["BTCUSDT"], from: "2024-01-01" }],
  ] as const;
  for (const [path, body] of asked) {
    const at = `/api/v1/${path}`;
    expect(await ask("POST", at, "manager", { body })).toMatchObject(forbidden);
    expect((await ask("POST", at, "owner", { body })).status).toBe(202);
  }
  const { body } = await ask("GET", "/api/v1/audit", "owner");
  const noted = body.items.filter(({ action }: { action: string }) => action.endsWith("-started"));
  expect(noted.toReversed()).toMatchObject([
    { actor: "owner", action: "trader-import-started", subject: "1" },
    { actor: "owner", action: "trader-fetch-started", after: { id: "0x5e9e" } },
    { actor: "owner", action: "market-fetch-started", after: { symbols: ["BTCUSDT"] } },
  ]);
});
