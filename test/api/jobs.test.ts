/** Jobs: started, watched, cancelled, compared; what becomes of them when they fail, die, are too many, or the server ends. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { STREAM_DOCUMENTS } from "../../src/api/contract.ts";
import { JobStore } from "../../src/api/jobs/job-store.ts";
import { Jobs } from "../../src/api/jobs/jobs.ts";
import { Hub } from "../../src/api/stream/hub.ts";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { silentLog } from "../../src/log.ts";
import { makePast } from "../backtest/recorded-past.ts";
import { writePast } from "../backtest/written-past.ts";
import { LISTENERS, listen, person } from "./listener.ts";
import { openWorld, SOON, type World, type WorldOptions } from "./world.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** In place of the command line: what it does is told by the seed. It answers with its arguments. */
const PROGRAM = `
const seed = process.argv.find((one) => one.startsWith("--seed="))?.slice(7);
const progress = (part) => process.send({ progress: { part, text: "going through the past" } });
const answer = (value, code) => { process.stdout.write(JSON.stringify(value) + "\\n", () => process.exit(code)); };
if (seed === "2") { progress(0.5); setInterval(() => {}, 1000); process.on("disconnect", () => process.exit(130)); }
else if (seed === "3") answer({ error: { kind: "usage", message: "nothing is known", problems: [{ message: "of that time" }] } }, 2);
else if (seed === "4") { console.error("it broke"); process.exit(1); }
else if (seed === "5") answer({ finding: "no" }, 1);
else if (seed === "6") { progress(0.1); setTimeout(() => process.kill(process.pid, "SIGKILL"), 50); }
else answer({ arguments: process.argv.slice(2) }, 0);
`;

function program(source = PROGRAM): readonly [string, ...string[]] {
  const folder = mkdtempSync(join(tmpdir(), "jobs-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "program.cjs");
  writeFileSync(path, source);
  return [process.execPath, path];
}

async function opened(options: WorldOptions = {}): Promise<World> {
  const world = await openWorld({ jobProgram: program(), ...options });
  closing.push(() => world.close());
  return world;
}

const past = { start_date: "2024-05-01", end_date: "2024-06-20" };

async function started(world: World, seed: number, as = "owner"): Promise<number> {
  const { status, body } = await world.ask("POST", "/api/v1/backtests", as, { body: { ...past, seed } });
  expect(status).toBe(202);
  return body.id;
}

async function ended(world: World, id: number, as = "owner") {
  return vi.waitFor(
    async () => {
      const { body } = await world.ask("GET", `/api/v1/backtests/${id}`, as);
      expect(body.ended_ms).not.toBeNull();
      return body;
    },
    { timeout: 120_000, interval: 20 },
  );
}

/** In place of the command line: answers with its arguments, and what the files among them hold. */
const READER = `
const { readFileSync } = require("node:fs");
const words = process.argv.slice(2);
const paths = words.flatMap((one) => one.split("=").at(-1)).filter((one) => one.includes(".files"));
const files = Object.fromEntries(paths.map((one) => [one.split("/").at(-1), readFileSync(one, "utf8")]));
process.stdout.write(JSON.stringify({ words, files }));
`;

describe("a job over records and markets", () => {
  async function read(world: World, path: string, body: object) {
    const { status, body: job } = await world.ask("POST", `/api/v1/${path}`, "owner", { body });
    expect([path, status]).toEqual([path, 202]);
    const at = `/api/v1/${path}/${job.id}`;
    await vi.waitFor(async () => expect((await world.ask("GET", at, "owner")).body.ended_ms).not.toBeNull(), {
      timeout: 120_000,
      interval: 20,
    });
    const { body: found } = await world.ask("GET", `${at}/result`, "owner");
    const here = world.parts.dataDir;
    const words = found.result.words.map((one: string) => one.replaceAll(here, "DATA"));
    return { request: job.request, words, files: found.result.files, id: job.id };
  }

  test("is the command of the same name; what was sent along lies beside it while it works, and is told of by size", async () => {
    const world = await opened({ jobProgram: program(READER) });
    const returns = "date,anna,ben\n2024-01-01,0.01,-0.02\n";
    const optimised = await read(world, "optimisations", {
      returns,
      method: "minimum_variance",
      bounds: [0, 0.6],
      groups: [{ name: "majors", most: 0.4, members: ["anna", "ben"] }],
      current: { anna: 0.5 },
      series: ["anna", "ben"],
    });
    const files = `DATA/jobs/${optimised.id}.files`;
    expect(optimised.words).toEqual([
      "optimise",
      "--json",
      "--method=minimum_variance",
      "--bounds=0,0.6",
      `--current=${files}/current.csv`,
      "--group=majors=0.4:anna,ben",
      "--series",
      "anna",
      "ben",
      "--",
      `${files}/returns.csv`,
    ]);
    expect(optimised.files).toEqual({ "returns.csv": returns, "current.csv": "name,weight\nanna,0.5\n" });
    expect(optimised.request.returns).toEqual({ characters: returns.length });
    const gzipped = Buffer.from("gzipped").toString("base64");
    const imported = await read(world, "trader_imports", {
      files: [
        { name: "fills.json", text: "[]" },
        { name: "more.csv.gz", base64: gzipped },
      ],
      equity: "5000",
      drop_duplicates: true,
    });
    expect(imported.words.slice(0, 3)).toEqual(["traders", "import", "--json"]);
    expect(imported.words).toEqual(
      expect.arrayContaining(["--equity=5000", "--drop-duplicates", "--unpacked-max=536870912"]),
    );
    expect(imported.files).toEqual({ "fills.json": "[]", "more.csv.gz": "gzipped" });
    expect(imported.request.files).toEqual([
      { name: "fills.json", characters: 2 },
      { name: "more.csv.gz", characters: gzipped.length },
    ]);
    for (const { id } of [optimised, imported])
      expect(existsSync(join(world.parts.dataDir, "jobs", `${id}.files`))).toBe(false);
  });

  test("takes only so many names, and tells of what is long by how much it is", async () => {
    const world = await opened({ jobProgram: program(READER) });
    const names = (count: number) => Array.from({ length: count }, (_, at) => `trader-${at}`);
    const shares = (count: number) => Object.fromEntries(names(count).map((one) => [one, 0.5]));
    const bounds = (count: number) => Object.fromEntries(names(count).map((one) => [one, [0, 1]]));
    const returns = "date,anna\n2024-01-01,0.01\n";
    for (const more of [{ bounds_of: bounds(1_001) }, { budget: shares(1_001) }, { current: shares(1_001) }])
      expect(
        await world.ask("POST", "/api/v1/optimisations", "owner", { body: { returns, ...more } }),
      ).toMatchObject({ status: 400, body: { errors: [{ field: Object.keys(more)[0] }] } });
    const { request, words } = await read(world, "optimisations", {
      returns,
      budget: shares(1_000),
      bounds_of: { anna: [0, 1] },
    });
    expect(request).toMatchObject({ budget: { entries: 1_000 }, bounds_of: { anna: [0, 1] } });
    expect(words).toContain("--budget=trader-999=0.5");
  });

  test("is none where what was sent along cannot be kept", async () => {
    const world = await opened();
    const { jobs } = dataFolderPaths(world.parts.dataDir);
    writeFileSync(join(jobs, "1.files"), "in the way of the folder");
    const body = { files: [{ name: "fills.json", text: "[]" }] };
    expect((await world.ask("POST", "/api/v1/trader_imports", "owner", { body })).status).toBe(500);
    expect(readdirSync(jobs)).toEqual([]);
  });

  test("takes of venues only those that are known, and of files only names", async () => {
    const world = await opened({ jobProgram: program(READER) });
    const fetched = await read(world, "market_fetches", {
      symbols: ["BTCUSDT"],
      from: "2024-01-01",
      kinds: ["bars"],
    });
    expect(fetched.words).toEqual([
      ...["market", "fetch", "--json", "--data=DATA", "--from=2024-01-01", "--kinds=bars", "--", "BTCUSDT"],
    ]);
    const found = await read(world, "discoveries", { venue: "okx", order: "aum", limit: 5, vacant: true });
    expect(found.words).toEqual([
      ...["traders", "discover", "--json", "--data=DATA", "--venue=okx", "--order=aum", "--limit=5"],
      ...["--vacant", "--"],
    ]);
    const one = await read(world, "trader_fetches", { id: "0x5e9e", venue: "hyperliquid", whole: true });
    expect(one.words).toContain("--whole");
    const checked = await read(world, "checks", { what: "installation", offline: true });
    expect(checked.words).toEqual(expect.arrayContaining(["doctor", "--offline"]));
    const refused = async (at: string, body: object) =>
      (await world.ask("POST", `/api/v1/${at}`, "owner", { body })).status;
    const text = "[]";
    expect(await refused("trader_imports", { files: [{ name: "../fills.json", text }] })).toBe(400);
    expect(await refused("trader_imports", { files: [{ name: "a.json" }] })).toBe(400);
    expect(
      await refused("trader_imports", {
        files: [
          { name: "a", text },
          { name: "a", text },
        ],
      }),
    ).toBe(400);
    const half = "x".repeat(4 * 1024 * 1024);
    const files = [half, `${half}x`].map((one, at) => ({ name: `${at}`, text: one }));
    expect(await refused("trader_imports", { files })).toBe(400);
    expect(
      await refused("market_fetches", { symbols: ["BTCUSDT"], from: "2024-01-01", venue: "http://x" }),
    ).toBe(400);
    expect(await refused("checks", { what: "accounts", offline: true })).toBe(400);
    expect((await world.ask("POST", "/api/v1/checks", "viewer", { body: { what: "accounts" } })).status).toBe(
      403,
    );
  });
});

describe("a job", () => {
  test("is the command of the same name with what was asked for, and its result what that answers", async () => {
    const world = await opened();
    const body = {
      ...past,
      strategies: ["copy_all", "dynamic"],
      compare: true,
      delay: 2.5,
      order_latency: 80,
    };
    const { body: job } = await world.ask("POST", "/api/v1/backtests", "owner", { body });
    expect(job).toMatchObject({ kind: "backtest", user: "owner", request: body, ended_ms: null });
    expect(await ended(world, job.id)).toMatchObject({ state: "finished", negative: false, problem: null });
    const { body: found } = await world.ask("GET", `/api/v1/backtests/${job.id}/result`, "owner");
    expect(found.result.arguments).toEqual([
      "backtest",
      "--json",
      `--data=${world.parts.dataDir}`,
      "--start-date=2024-05-01",
      "--end-date=2024-06-20",
      "--delay=2.5",
      "--order-latency=80",
      "--strategies=copy_all,dynamic",
      "--compare",
      "--",
    ]);
  });

  test("of each kind is put together as its command takes it", async () => {
    const world = await opened();
    const words = async (path: string, body: unknown) => {
      const { body: job, status } = await world.ask("POST", `/api/v1/${path}`, "owner", { body });
      expect([path, status]).toEqual([path, 202]);
      await vi.waitFor(
        async () =>
          expect((await world.ask("GET", `/api/v1/${path}/${job.id}/result`, "owner")).status).toBe(200),
        SOON,
      );
      const { body: found } = await world.ask("GET", `/api/v1/${path}/${job.id}/result`, "owner");
      return found.result.arguments.filter(
        (word: string) => !/^--(data|json|start-date|end-date)/.test(word),
      );
    };
    expect(
      await words("what_if", { leader: "0x31", settings: { position_scaling: 2 }, delays: [0.1, 1] }),
    ).toEqual(["what-if", "--delays=0.1,1", "--", "0x31", "position_scaling=2"]);
    expect(
      await words("protections", { ...past, leaders: ["--alice"], only: ["cool_off"], try: ["a=[1; 2]"] }),
    ).toEqual(["protections", "--only=cool_off", "--try=a=[1; 2]", "--", "--alice"]);
    expect(
      await words("strategy_searches", {
        ...past,
        name: "portfolio",
        grid: { max_traders: [3, 5], correlation_limit: [] },
      }),
    ).toEqual([
      "strategies",
      "optimise",
      "--grid=max_traders=3,5",
      "--grid=correlation_limit",
      "--",
      "portfolio",
    ]);
  });

  test("asked for wrongly is refused with the field, before anything is started", async () => {
    const { ask } = await opened();
    for (const [body, field] of [
      [{ start_date: "yesterday", end_date: "2024-06-20" }, "start_date"],
      [{ ...past, strategies: ["a b"] }, "strategies.0"],
      [{ ...past, fee_rate: -1 }, "fee_rate"],
      [{ ...past, html: "/etc/passwd" }, "body"],
    ] as const) {
      expect(await ask("POST", "/api/v1/backtests", "owner", { body })).toMatchObject({
        status: 400,
        body: { code: "bad-request", errors: [{ field }] },
      });
    }
    expect((await ask("GET", "/api/v1/jobs", "owner")).body).toEqual({ items: [], next_cursor: null });
  });

  test("that fails says why; one that finds that the answer is no has a result", async () => {
    const world = await opened();
    const [wrong, broken, no, killed] = [
      await started(world, 3),
      await started(world, 4),
      await started(world, 5),
      await started(world, 6),
    ];
    expect(await ended(world, wrong)).toMatchObject({
      state: "failed",
      problem: { code: "usage", detail: "nothing is known", errors: ["of that time"] },
    });
    expect(await ended(world, broken)).toMatchObject({
      state: "failed",
      problem: { code: "failure", detail: "it ended with code 1: it broke" },
    });
    expect(await ended(world, no)).toMatchObject({ state: "finished", negative: true });
    expect(await ended(world, killed)).toMatchObject({
      state: "failed",
      problem: { detail: "it was ended by SIGKILL" },
    });
    expect(await world.ask("GET", `/api/v1/backtests/${wrong}/result`, "owner")).toMatchObject({
      status: 409,
      body: { code: "not-finished" },
    });
  });

  test("that cannot be started has failed, and the next one is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jobs-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    const parts = { configDir: "", dataDir: folder, nowMs: () => 1_000, log: silentLog, program: program() };
    const jobs = new Jobs(parts);
    closing.push(() => jobs.close());
    const isRunning = () => jobs.all().filter(({ state }) => state === "running");
    const busy = [jobs.start(LISTENERS.owner, "backtest", { ...past, seed: 2 })];
    while (isRunning().length === busy.length)
      busy.push(jobs.start(LISTENERS.owner, "backtest", { ...past, seed: 2 }));
    // No system takes a word of this length.
    const long = jobs.start(LISTENERS.owner, "backtest", { ...past, strategy: "x".repeat(4_000_000) });
    const next = jobs.start(LISTENERS.owner, "backtest", { ...past, seed: 1 });
    for (const { id } of busy) jobs.remove(jobs.one(LISTENERS.owner, null, id));
    await vi.waitFor(() => expect(jobs.one(LISTENERS.owner, null, next.id).state).toBe("finished"), {
      timeout: 120_000,
    });
    expect(jobs.one(LISTENERS.owner, null, long.id)).toMatchObject({
      state: "failed",
      ended_ms: 1_000,
      problem: { code: "failure", detail: "it could not be started", errors: [] },
    });
  });

  test("tells its progress, and is cancelled and then forgotten", async () => {
    const world = await opened();
    const hub = new Hub({ ...world.parts, jobs: world.app.jobs });
    closing.push(() => hub.close());
    const { ear } = listen(hub, LISTENERS.owner, { subscribe: ["jobs"] });
    const id = await started(world, 2);
    await vi.waitFor(
      () =>
        expect(ear.document("jobs").jobs[id]).toMatchObject({ state: "running", progress: { part: 0.5 } }),
      SOON,
    );
    STREAM_DOCUMENTS.jobs.parse(ear.document("jobs"));
    const stranger = listen(hub, person("sven", "viewer"), { subscribe: ["jobs"] }).ear;
    await vi.waitFor(() => expect(stranger.document("jobs")).toEqual({ jobs: {} }), SOON);
    expect((await world.ask("DELETE", `/api/v1/backtests/${id}`, "owner")).status).toBe(200);
    expect(await ended(world, id)).toMatchObject({ state: "cancelled", progress: null });
    await vi.waitFor(() => expect(ear.document("jobs").jobs[id].state).toBe("cancelled"), SOON);
    await world.ask("DELETE", `/api/v1/backtests/${id}`, "owner");
    expect((await world.ask("GET", `/api/v1/backtests/${id}`, "owner")).status).toBe(404);
    await vi.waitFor(() => expect(ear.document("jobs").jobs).toEqual({}), SOON);
  });
});

describe("many jobs", () => {
  test("wait in a bounded queue, one's own first to be refused, and are cancelled while they wait", async () => {
    const world = await opened();
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1)
      statuses.push(
        (await world.ask("POST", "/api/v1/backtests", "owner", { body: { ...past, seed: 2 } })).status,
      );
    expect(statuses.slice(0, 6)).toEqual([202, 202, 202, 202, 202, 202]);
    expect(statuses.at(-1)).toBe(409);
    const { body } = await world.ask("GET", "/api/v1/backtests?state=queued", "owner");
    expect(body.items).toHaveLength(5);
    const [last] = body.items;
    expect((await world.ask("DELETE", `/api/v1/backtests/${last.id}`, "owner")).body.state).toBe("cancelled");
    expect(
      (await world.ask("POST", "/api/v1/backtests", "owner", { body: { ...past, seed: 2 } })).status,
    ).toBe(202);
  });

  test("are listed by pages, newest first, each for who started it and for who may everything", async () => {
    const world = await opened();
    const own = [await started(world, 1, "operator"), await started(world, 1, "operator")];
    const other = await started(world, 1, "owner");
    for (const id of [...own, other]) await ended(world, id);
    const ids = async (as: string, query = "") => {
      const { body } = await world.ask("GET", `/api/v1/jobs${query}`, as);
      return [body.items.map(({ id }: { id: number }) => id), body.next_cursor];
    };
    expect(await ids("owner", "?limit=2")).toEqual([[other, own[1]], String(own[1])]);
    expect(await ids("owner", `?limit=2&cursor=${own[1]}`)).toEqual([[own[0]], null]);
    expect(await ids("operator")).toEqual([own.toReversed(), null]);
    expect(await ids("viewer")).toEqual([[], null]);
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/result"],
      ["DELETE", ""],
    ] as const)
      expect(await world.ask(method, `/api/v1/backtests/${other}${path}`, "operator")).toMatchObject({
        status: 404,
        body: { code: "unknown-job" },
      });
    expect((await world.ask("GET", `/api/v1/what_if/${other}`, "owner")).status).toBe(404);
  });

  test("need the permission to see reports", async () => {
    const people = { blind: { role: "viewer", scopes: ["view_sync"] } } as const;
    const { ask } = await opened({ people });
    for (const [method, path] of [
      ["GET", "jobs"],
      ["POST", "backtests"],
      ["GET", "backtests/comparison?ids=1"],
    ] as const)
      expect(
        await ask(method, `/api/v1/${path}`, "blind", method === "POST" ? { body: past } : {}),
      ).toMatchObject({
        status: 403,
      });
  });
});

describe("a server that ends", () => {
  test("ends what is at work, and the next one tells of it as interrupted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jobs-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    const parts = {
      configDir: join(folder, "config"),
      dataDir: folder,
      nowMs: () => 1_000,
      log: silentLog,
      program: program(),
    };
    const jobs = new Jobs(parts);
    const done = jobs.start(LISTENERS.owner, "backtest", { ...past, seed: 1 });
    await vi.waitFor(() => expect(jobs.one(LISTENERS.owner, null, done.id).state).toBe("finished"), SOON);
    const open = [1, 2, 3].map(() => jobs.start(LISTENERS.owner, "backtest", { ...past, seed: 2 }).id);
    await vi.waitFor(() => expect(jobs.all().some(({ progress }) => progress !== null)).toBe(true), SOON);
    await jobs.close();
    expect(jobs.all().map(({ state }) => state)).toEqual([
      "finished",
      "interrupted",
      "interrupted",
      "interrupted",
    ]);
    const next = new Jobs(parts);
    expect(next.all().map(({ id, state }) => [id, state])).toEqual([
      [done.id, "finished"],
      ...open.map((id) => [id, "interrupted"]),
    ]);
    expect(next.result(next.one(LISTENERS.owner, "backtest", done.id))).toMatchObject({
      arguments: expect.any(Array),
    });
    expect(next.start(LISTENERS.owner, "backtest", past).id).toBe(4 + done.id);
    await next.close();
  });

  test("that was killed leaves no job that seems to be at work, and what is no job alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jobs-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    const parts = { configDir: "", dataDir: folder, nowMs: () => 1_000, log: silentLog, program: program() };
    const jobs = new Jobs(parts);
    const { id } = jobs.start(LISTENERS.owner, "backtest", { ...past, seed: 2 });
    const path = join(folder, "jobs", `${id}.json`);
    const facts = JSON.parse(readFileSync(path, "utf8"));
    expect(facts.state).toBe("running");
    await jobs.close();
    writeFileSync(path, JSON.stringify(facts));
    writeFileSync(join(folder, "jobs", "77.json"), '{"torn');
    const next = new Jobs(parts);
    expect(next.all()).toMatchObject([{ id, state: "interrupted", ended_ms: 1_000 }]);
    expect(existsSync(join(folder, "jobs", "77.json"))).toBe(true);
    expect(next.start(LISTENERS.owner, "backtest", past).id).toBe(78);
    await next.close();
  });
});

test("what is handed in beside the server is begun by it as any other, before it starts or while it runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "jobs-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const parts = { configDir: "", dataDir: folder, nowMs: () => 1_000, log: silentLog, program: program() };
  const store = new JobStore(dataFolderPaths(folder).jobs);
  const handIn = (seed: number) =>
    store.handIn({ kind: "backtest", request: { ...past, seed }, user: "the demo", nowMs: 900 });
  handIn(1);
  const jobs = new Jobs(parts);
  closing.push(() => jobs.close());
  handIn(5);
  store.handIn({ kind: "backtest", request: { start_date: "soon", end_date: "later" }, user: "x", nowMs: 0 });
  await vi.waitFor(
    () => expect(jobs.all().map(({ state }) => state)).toEqual(["finished", "finished", "failed"]),
    SOON,
  );
  expect(jobs.one(LISTENERS.owner, "backtest", 1)).toMatchObject({ user: "the demo", created_ms: 900 });
  expect(jobs.result(jobs.one(LISTENERS.owner, "backtest", 1))).toMatchObject({
    arguments: expect.arrayContaining(["backtest", "--start-date=2024-05-01", "--seed=1"]),
  });
  expect(jobs.one(LISTENERS.owner, "backtest", 2)).toMatchObject({ negative: true });
  expect(jobs.one(LISTENERS.owner, "backtest", 3).problem).toMatchObject({ code: "usage" });
  // Nobody else sees what no user asked for.
  expect(() => jobs.one(LISTENERS.viewer, "backtest", 1)).toThrow("there is no job 1");
});

test("the real command line is asked, and what it finds wrong is told", async () => {
  const world = await openWorld();
  closing.push(() => world.close());
  const id = await started(world, 1);
  const job = await ended(world, id);
  expect(job.state).toBe("failed");
  expect(job.problem.detail).toMatch(/trader|record|history|known/);
  const wrong = await world.ask("POST", "/api/v1/backtests", "owner", {
    body: { ...past, strategy: "no_such_strategy" },
  });
  expect((await ended(world, wrong.body.id)).problem).toMatchObject({
    code: "usage",
    detail: expect.stringContaining("no_such_strategy"),
  });
});

test("backtests that lived through the same past tell how far they are, and are compared", async () => {
  const folder = mkdtempSync(join(tmpdir(), "jobs-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  writePast(folder, makePast(3, 26));
  const start = fileURLToPath(new URL("../../src/cli/start.ts", import.meta.url));
  const given = [`--traders=${join(folder, "fills")}`, `--market=${join(folder, "market")}`, "--resamples=0"];
  // The command line itself, with records and markets of the test in place of the data folder's.
  const path = join(folder, "program.mjs");
  writeFileSync(
    path,
    `process.argv.splice(3, 0, ...${JSON.stringify(given)}); await import(${JSON.stringify(start)});`,
  );
  const world = await openWorld({ jobProgram: [process.execPath, path] });
  closing.push(() => world.close());
  const progress: string[] = [];
  world.app.jobs.onChange(() => {
    for (const one of world.app.jobs.all()) if (one.progress !== null) progress.push(one.progress.text);
  });
  const days = { start_date: "2024-05-04", end_date: "2024-05-25" };
  const ids: number[] = [];
  for (const strategy of ["copy_all", "portfolio_copying"]) {
    const { body } = await world.ask("POST", "/api/v1/backtests", "owner", { body: { ...days, strategy } });
    ids.push(body.id);
  }
  for (const id of ids) {
    const job = await ended(world, id);
    expect([job.state, job.problem]).toEqual(["finished", null]);
  }
  expect(progress.length).toBeGreaterThan(0);
  const { status, body } = await world.ask(
    "GET",
    `/api/v1/backtests/comparison?ids=${ids.join(",")}`,
    "owner",
  );
  expect(status).toBe(200);
  expect(body.items).toMatchObject([
    { id: ids[0], strategy: "copy_all", request: { strategy: "copy_all" }, figures: expect.any(Object) },
    { id: ids[1], strategy: "portfolio_copying" },
  ]);
  expect(body.same_days).toBe(true);
  expect(body.backtests).toMatchObject(
    ids.map((id) => ({ id, warnings: expect.any(Array), comparisons: [] })),
  );
  expect(body.items[0].lastVerdicts[0]).toMatchObject({ isIn: true, reason: expect.any(String) });
  expect(body.items[0].in_decisions[body.items[0].lastVerdicts[0].trader]).toBeGreaterThan(0);
  expect(body.items[0].equity).toHaveLength(body.items[0].days.length);
});
