/** Watchdogs, health and log of the running program: a stream that carries nothing, and a venue's clock that is set while it runs. */
import { createServer } from "node:http";
import { afterAll, beforeEach, expect, test } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { type Json, killPrograms, type Program } from "./program.ts";
import { keyOf, startVenue, type Venue } from "./venue.ts";

const SNAPSHOT_SECONDS = 4;
const CONFIGURATION = `copy_trading:
  mode: live
engine:
  snapshot_interval_seconds: ${SNAPSHOT_SECONDS}
  order_window_ms: 5000
watchdogs:
  stream_late_seconds: 1
  prices_late_seconds: 1
  poll_seconds: 1
  disk_stop_megabytes: 20
  disk_warning_megabytes: 50
`;
/** The machine is shared: what takes milliseconds by itself may take seconds. */
const SLACK_MS = 4_000;
const SKEW_MS = 120_000;

interface Row {
  readonly name: string;
  readonly subject: string;
  readonly state: string;
  readonly value: number;
  readonly threshold: number;
  readonly since: number | null;
  readonly action: readonly string[];
}

let venue: Venue;
let copier: Copier;
let engine: Program;
let hand: LeaderHand;

afterAll(killPrograms);

beforeEach(async () => {
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  copier = new Copier(venue, CONFIGURATION);
  for (const name of ["lead", "one"]) {
    await venue.putAccount(name);
    copier.accountFile(name, name === "lead" ? "leader" : "follower");
  }
  engine = await copier.started();
  hand = bybitApiHand(venue, "lead", 2 * SKEW_MS);
  return async () => {
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
    venue.program.kill("SIGTERM");
    copier.close();
  };
});

async function watchdog(name: string): Promise<Row | undefined> {
  const { watchdogs } = (await copier.status()) as unknown as { watchdogs: readonly Row[] };
  return watchdogs.find((row) => row.name === name);
}

async function told(): Promise<readonly string[]> {
  const { stdout } = await copier.run(["alerts", "--json"]);
  return JSON.parse(stdout).alerts.map(({ kind, leader }: Json) => `${kind} ${leader ?? ""}`.trim());
}

/** Lines of the log, as they come through a pipe. */
async function logged(...options: readonly string[]): Promise<readonly Json[]> {
  const { code, stdout } = await copier.run(["logs", ...options]);
  expect(code).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .map((line): Json => JSON.parse(line));
}

/** Takes traces as a collector does. */
async function collector() {
  const taken: string[] = [];
  const server = createServer(async (request, response) => {
    expect([request.method, request.url]).toEqual(["POST", "/v1/traces"]);
    taken.push((await request.toArray()).join(""));
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : null;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { taken, to: `http://127.0.0.1:${port}`, close };
}

/** What the only copied position is worth at the mark that the engine knows. */
async function worth(): Promise<unknown> {
  const { stdout } = await copier.run(["allocations", "--json"]);
  return JSON.parse(stdout).allocations[0]?.positions[0]?.value;
}

/** The leader buys, and the follower holds as much within so long; resolves to the milliseconds. */
async function copied(quantity: string, held: string, maxMs: number): Promise<number> {
  await hand.market({ symbol: "BTCUSDT", side: "buy", quantity });
  return untilEqual(() => venue.positions("one"), { BTCUSDT: held }, maxMs);
}

test("a silent stream is seen by a snapshot, reconnected and polled; copies are made meanwhile (pains 9, 10)", async () => {
  await copied("0.1", "0.1", SLACK_MS);
  // They look for the first time a second after the start.
  await until(async () => (await watchdog("stream")) !== undefined, SLACK_MS, "the first look");
  expect(await watchdog("stream")).toMatchObject({ state: "ok", value: 0, threshold: 1_000, since: null });

  await venue.faults({ streamSilent: true, accounts: [keyOf("lead")] });
  await copied("0.1", "0.2", SNAPSHOT_SECONDS * 1_200 + SLACK_MS);
  await until(
    async () => (await watchdog("stream"))?.state === "acting",
    10_000,
    "the stream is seen as silent",
  );
  expect(await watchdog("stream")).toMatchObject({
    subject: "lead",
    action: ["reconnect", "poll"],
    since: expect.any(Number),
  });
  const polledMs = await copied("0.1", "0.3", SNAPSHOT_SECONDS * 1_000);
  console.log(`copied by polls after ${Math.round(polledMs)} ms`);
  expect((await copier.run(["status"])).stdout).toMatch(/acting: stream lead: /);
  const doctor = await copier.run(["doctor", "--offline", "--json"]);
  expect(JSON.parse(doctor.stdout).findings).toContainEqual(
    expect.objectContaining({ check: "watchdogs", message: expect.stringContaining("stream lead") }),
  );
  const unwell = await copier.run(["health", "--json"]);
  expect([unwell.code, JSON.parse(unwell.stdout).state]).toEqual([1, "critical"]);
  expect(JSON.parse(unwell.stdout).checks).toContainEqual(
    expect.objectContaining({ check: "stream", subject: "lead", account: "lead", state: "critical" }),
  );

  await venue.faults({});
  await copied("0.1", "0.4", SLACK_MS + SNAPSHOT_SECONDS * 1_000);
  await until(async () => (await watchdog("stream"))?.state === "ok", 15_000, "the stream is heard again");
  await until(async () => (await told()).includes("stream-heard lead"), 15_000, "its end is told");
  expect(await told()).toContain("stream-silent lead");
  // Health looks again every few seconds.
  await until(async () => (await copier.run(["health"])).code === 0, 15_000, "health is well again");
  const well = await copier.run(["health", "--history"]);
  expect([well.code, well.stdout]).toEqual([0, expect.stringMatching(/stream lead critical -> ok/)]);
  expect((await logged("--channel", "sync", "--account", "lead")).map(({ message }) => message)).toContain(
    "connected",
  );
  const [change] = await logged("--account", "lead", "--channel", "trading");
  const concerned = await logged("--correlation", String(change?.correlation));
  expect(concerned.map(({ message, account, leader }) => [message, account ?? leader])).toEqual([
    ["leader changed", "lead"],
    ["order", "one"],
    ["filled", "one"],
  ]);
  const { taken, to, close } = await collector();
  const sent = await copier.run(["traces", "--to", to, "--json"]);
  await close();
  expect(JSON.parse(sent.stdout)).toMatchObject({ traces: 4, spans: 8 });
  expect(taken).toEqual([expect.stringContaining('"name":"lead changed"')]);
  const refused = await copier.run(["traces", "--to", to, "--json"]);
  expect([refused.code, JSON.parse(refused.stdout).error.kind]).toEqual([1, "unreachable"]);
}, 90_000);

test("prices that the stream does not tell are seen, read by REST, and what rests on them is right (pain 10)", async () => {
  await copied("0.1", "0.1", SLACK_MS);
  await until(async () => (await watchdog("prices")) !== undefined, SLACK_MS, "the first look");
  expect(await watchdog("prices")).toMatchObject({ state: "ok", value: 0, threshold: 1_000, since: null });
  await venue.faults({ streamSilent: true });
  await venue.price("BTCUSDT", "61000");
  const silent = async () => (await watchdog("prices"))?.state === "acting";
  await until(silent, 10_000 + SLACK_MS, "the price stream is seen as silent");
  expect(await watchdog("prices")).toMatchObject({ action: ["reconnect", "poll"] });
  expect((await copier.run(["status"])).stdout).toMatch(/acting: prices .*: the price stream told nothing/);
  await venue.price("BTCUSDT", "62000");
  await until(async () => (await worth()) === "6200", SLACK_MS, "the mark is read by REST");
  await venue.faults({});
  await until(async () => (await watchdog("prices"))?.state === "ok", 60_000, "prices are heard again");
  await until(async () => (await told()).includes("prices-heard"), 15_000, "its end is told");
  expect(await told()).toContain("prices-silent");
}, 120_000);

test("a venue's clock that is set while we run is followed and told, and copies go on (pain 23)", async () => {
  await copied("0.1", "0.1", SLACK_MS);
  await venue.faults({ clockSkewMs: SKEW_MS });
  await copied("0.1", "0.2", SNAPSHOT_SECONDS * 1_200 + 10_000);
  await until(async () => (await watchdog("clock"))?.state === "warning", 30_000, "it is corrected for");
  const row = await watchdog("clock");
  expect(row).toMatchObject({ threshold: 1_000, action: ["correct", "tell"] });
  expect(Math.abs((row?.value ?? 0) - SKEW_MS)).toBeLessThan(1_000);
  await copied("0.1", "0.3", SLACK_MS);
  await until(async () => (await told()).includes("clock-off"), 15_000, "it is told");
  await venue.faults({});
  await until(async () => (await watchdog("clock"))?.state === "ok", 45_000, "the clocks agree");
  await until(async () => (await told()).includes("clock-agrees"), 15_000, "its end is told");
  await copied("0.1", "0.4", SLACK_MS);
}, 120_000);
