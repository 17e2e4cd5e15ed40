/**
 * The demo: a simulated exchange in a process of its own, which first lives through a week of copying, leaders that trade on it, and
 * the real engine copying them to five followers, from a configuration like a user's. No key, no server, no network.
 */
import { join, relative } from "node:path";
import { ProgressLine } from "../cli/progress-line.ts";
import { runCopytrader } from "../main.ts";
import { FOLLOWERS } from "./cast.ts";
import { type Dashboard, dashboardIn, dashboardPort, dashboardText, dashboardTrouble } from "./dashboard.ts";
import { assertDemoFolder, type DemoFolders } from "./demo-folder.ts";
import { DemoExchange, type OpenedExchange } from "./exchange/demo-exchange.ts";
import { latencyOf } from "./latency.ts";
import { LEADERS } from "./leaders.ts";
import { DemoRecord } from "./record.ts";
import { startStudy } from "./records/study.ts";
import { Scenes } from "./scenes.ts";
import { Screen } from "./screen.ts";
import { VenueClient } from "./venue-client.ts";

export interface DemoOptions {
  /** Null runs until stopped. */
  readonly seconds: number | null;
  /** Of the past; 0 for none. */
  readonly days: number;
  readonly json: boolean;
  readonly seed: number;
  /** Emptied at the start; one that holds anything else than an earlier demo is refused. */
  readonly folder: string;
  /** The API with the dashboard: on this port, on the usual or any free one (`any`), or not at all. */
  readonly port: number | "any" | "none";
  readonly stop: AbortSignal;
}

interface ShowOptions extends DemoOptions {
  /** What went wrong beside copying. */
  readonly notes: readonly string[];
  readonly dashboard: Dashboard | null;
}

export interface DemoSummary {
  readonly leaders: number;
  readonly followers: number;
  readonly leaderChanges: number;
  readonly orders: number;
  readonly explained: number;
  readonly inSync: boolean;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

const FRAME_MS = 250;
const PLAIN_PICTURE_MS = 5_000;
const LATENCY_MS = 1_000;
/** After the leaders stop: as long as followers may take to get there. */
const SETTLE_MAX_MS = 10_000;
const READY_MAX_MS = 180_000;
/** The address comes first; without it the rest is shown all the same. */
const DASHBOARD_MAX_MS = 120_000;

/**
 * Runs the demo; resolves to its summary, or to null when it was stopped before it began. Rejects with a DemoFolderError before
 * anything is touched, and with the cause when exchange or engine cannot be started or end early.
 */
export async function runDemo(options: DemoOptions): Promise<DemoSummary | null> {
  const { folder, seed, days, stop } = options;
  assertDemoFolder(folder);
  const exchange = new DemoExchange();
  const progress = new ProgressLine({ isSilent: options.json, besideResults: false });
  const text = `copying on a simulated exchange, ${days === 1 ? "a day" : `${days} days`} up to now`;
  try {
    const opened = await exchange.open(
      { folder, seed, days },
      { onProgress: (done) => progress.show(() => `${text}: ${Math.floor(done * 100)} %`), stop },
    );
    progress.clear();
    return await copyOn(exchange, opened, options);
  } catch (error) {
    if (stop.aborted) return null;
    throw error;
  } finally {
    progress.clear();
    await exchange.end();
  }
}

async function copyOn(
  exchange: DemoExchange,
  opened: OpenedExchange,
  options: DemoOptions,
): Promise<DemoSummary> {
  const { rest, folders, records } = opened;
  const port = options.port === "none" ? null : await dashboardPort(options.port);
  const study =
    records.length === 0 ? null : startStudy({ rest, dataDir: folders.data, records, asks: port !== null });
  const engineStop = new AbortController();
  const lines: string[] = [];
  const engine = runCopytrader({
    configDir: folders.config,
    dataDir: folders.data,
    live: false,
    json: true,
    env: {},
    quiet: true,
    print: (line) => lines.push(line),
    stop: engineStop.signal,
    ...(port === null ? {} : { api: { host: "127.0.0.1", port } }),
  });
  try {
    await ready(lines, engine);
    const notes: string[] = [];
    study?.done.catch((error: Error) => notes.push(error.message));
    const dashboard = port === null ? null : await dashboardOf(lines, folders, options);
    return await show(exchange, opened, { ...options, notes, dashboard });
  } finally {
    engineStop.abort();
    await study?.end();
    await engine;
  }
}

async function ready(lines: readonly string[], engine: Promise<number>): Promise<void> {
  let code: number | null = null;
  void engine.then((result) => {
    code = result;
  });
  const untilMs = Date.now() + READY_MAX_MS;
  while (!lines.some((line) => line.includes('"ready":true'))) {
    if (code !== null || Date.now() > untilMs)
      throw new Error(`the engine did not start: ${lines.at(-1) ?? ""}`);
    await pause(FRAME_MS / 5);
  }
}

/** Its address, told before anything else; null where it cannot be had. */
async function dashboardOf(
  lines: readonly string[],
  folders: DemoFolders,
  { json, stop }: DemoOptions,
): Promise<Dashboard | null> {
  const untilMs = Date.now() + DASHBOARD_MAX_MS;
  while (dashboardIn(lines) === null && dashboardTrouble(lines) === null) {
    if (stop.aborted || Date.now() > untilMs) return null;
    await pause(FRAME_MS / 5);
  }
  const dashboard = dashboardIn(lines);
  if (json) process.stdout.write(`${JSON.stringify({ dashboard: dashboard?.url ?? null })}\n`);
  else if (dashboard === null) process.stdout.write(`No dashboard: ${dashboardTrouble(lines)}\n\n`);
  else {
    const [config, data] = [shortPath(folders.config), shortPath(folders.data)];
    process.stdout.write(`${dashboardText(dashboard, { config, data })}\n`);
  }
  return dashboard;
}

async function show(
  exchange: DemoExchange,
  { rest, folders: { data: dataDir }, keys }: OpenedExchange,
  { json, seconds, stop, notes, dashboard }: ShowOptions,
): Promise<DemoSummary> {
  const client = new VenueClient(rest);
  const record = new DemoRecord(join(dataDir, "journal"));
  const screen = new Screen(process.stdout.isTTY === true && !json);
  const startedAtMs = Date.now();
  const endsAtMs = seconds === null ? Infinity : startedAtMs + seconds * 1_000;
  const scenes = new Scenes({ client, dataDir, state: () => record.state, seconds });
  await exchange.startTrading();
  let arrived: ReadonlyMap<string, number> = new Map();
  let [latencyAtMs, pictureAtMs] = [0, 0];
  const draw = () =>
    screen.draw({
      state: record.state,
      seconds: (Date.now() - startedAtMs) / 1_000,
      leaderChanges: record.leaderChanges,
      explained: record.explained,
      orders: record.orders,
      latency: latencyOf(record.newest, arrived),
      dataDir: shortPath(dataDir),
      told: [...scenes.told, ...notes],
      dashboard: dashboard?.url ?? null,
    });
  try {
    while (Date.now() < endsAtMs && !stop.aborted) {
      await pause(FRAME_MS);
      record.catchUp();
      await scenes.play((Date.now() - startedAtMs) / 1_000);
      if (json) continue;
      if (Date.now() >= latencyAtMs) {
        arrived = await arrivals(client, keys);
        latencyAtMs = Date.now() + LATENCY_MS;
      }
      if (!screen.isLive && Date.now() < pictureAtMs) continue;
      pictureAtMs = Date.now() + PLAIN_PICTURE_MS;
      draw();
    }
    await exchange.stopTrading();
    await settle(record);
    arrived = await arrivals(client, keys);
    if (!json) draw();
  } finally {
    screen.close();
  }
  return summaryOf(record, arrived);
}

/** Until every follower is where it should be, or the time is over. */
async function settle(record: DemoRecord): Promise<void> {
  const untilMs = Date.now() + SETTLE_MAX_MS;
  do {
    await pause(FRAME_MS);
    record.catchUp();
  } while (Date.now() < untilMs && !(record.inSync && record.explained === record.leaderChanges));
}

async function arrivals(
  client: VenueClient,
  keys: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, number>> {
  const arrived = new Map<string, number>();
  for (const { nickname } of FOLLOWERS) {
    const { orderRequests } = await client.account(keys[nickname] ?? "");
    for (const { body, arrivedAt } of orderRequests)
      if (body.orderLinkId !== undefined) arrived.set(body.orderLinkId, arrivedAt);
  }
  return arrived;
}

function summaryOf(record: DemoRecord, arrived: ReadonlyMap<string, number>): DemoSummary {
  return {
    leaders: LEADERS.length,
    followers: FOLLOWERS.length,
    leaderChanges: record.leaderChanges,
    orders: record.orders,
    explained: record.explained,
    inSync: record.inSync,
    latencyMs: latencyOf(record.newest, arrived),
  };
}

/** As seen from here, unless that leads out of the working directory. */
function shortPath(path: string): string {
  const here = relative("", path);
  return here.startsWith("..") ? path : here;
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
