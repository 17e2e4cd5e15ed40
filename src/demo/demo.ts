/**
 * The demo: a simulated exchange in a process of its own, three leaders that trade on it, and the real engine copying them to
 * five followers, from a configuration like a user's. Embedded defaults only: no key, no server, no network.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { runCopytrader } from "../main.ts";
import { castMembers, FOLLOWERS, type Member, writeFolders } from "./cast.ts";
import { assertDemoFolder } from "./demo-folder.ts";
import { latencyOf } from "./latency.ts";
import { heldAfter, LEADERS, type LeaderStyle, orderOf, seededChance } from "./leaders.ts";
import { DemoRecord } from "./record.ts";
import { Scenes } from "./scenes.ts";
import { Screen } from "./screen.ts";
import { VenueClient } from "./venue-client.ts";

export interface DemoOptions {
  /** Null runs until stopped. */
  readonly seconds: number | null;
  readonly json: boolean;
  readonly seed: number;
  /** Emptied at the start; one that holds anything else than an earlier demo is refused. */
  readonly folder: string;
  /** How the command line starts itself: the program and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly stop: AbortSignal;
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
const READY_MAX_MS = 30_000;

/**
 * Runs the demo; resolves to its summary. Rejects with a DemoFolderError before anything is touched, and with the cause when
 * exchange or engine cannot be started or end early.
 */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  assertDemoFolder(options.folder);
  const exchange = await startExchangeProcess(options);
  try {
    return await copyOn(exchange, options);
  } finally {
    exchange.process.kill("SIGTERM");
  }
}

interface ExchangeProcess {
  readonly rest: string;
  readonly process: ChildProcess;
}

function startExchangeProcess({ command, seed }: DemoOptions): Promise<ExchangeProcess> {
  const [program, ...first] = command;
  const argv = [
    ...first,
    "exchange",
    "--market",
    "moving",
    "--control",
    "--limits",
    "off",
    "--seed",
    String(seed),
  ];
  // The channel between the two ends with this process, however it dies, and the exchange with the channel.
  // Detached, because Ctrl-C in a terminal reaches the whole group, and the exchange must outlive the engine's last question.
  const child = spawn(program, argv, { stdio: ["ignore", "pipe", "inherit", "ipc"], detached: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the simulated exchange ended with code ${code}`)));
    createInterface({ input: child.stdout ?? process.stdin }).once("line", (line) => {
      resolve({ rest: (JSON.parse(line) as { readonly rest: string }).rest, process: child });
    });
  });
}

async function copyOn({ rest }: ExchangeProcess, options: DemoOptions): Promise<DemoSummary> {
  const client = new VenueClient(rest);
  const members = castMembers();
  for (const { credentials, secret, setup } of members)
    await client.createAccount(credentials, secret, setup);
  const folders = writeFolders(options.folder, rest, members);
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
  });
  try {
    await ready(lines, engine);
    return await show(client, members, folders.data, options);
  } finally {
    engineStop.abort();
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

async function show(
  client: VenueClient,
  members: readonly Member[],
  dataDir: string,
  options: DemoOptions,
): Promise<DemoSummary> {
  const { json, seconds, stop } = options;
  const record = new DemoRecord(join(dataDir, "journal"));
  const screen = new Screen(process.stdout.isTTY === true && !json);
  const startedAtMs = Date.now();
  const endsAtMs = seconds === null ? Infinity : startedAtMs + seconds * 1_000;
  const trading = new AbortController();
  const leaders = Promise.all(
    LEADERS.map((leader, index) => trade(client, members, leader, options.seed + index, trading.signal)),
  );
  // One that fails ends the demo; it is told where all are awaited.
  leaders.catch(() => trading.abort());
  const scenes = new Scenes({ client, dataDir, state: () => record.state, seconds });
  let arrived: ReadonlyMap<string, number> = new Map();
  let [latencyAtMs, pictureAtMs] = [0, 0];
  const draw = () =>
    screen.draw({
      state: record.state,
      seconds: (Date.now() - startedAtMs) / 1_000,
      leaderChanges: record.leaderChanges,
      explained: record.explained,
      orders: record.orders.length,
      latency: latencyOf(record.orders, arrived),
      dataDir: shortPath(dataDir),
      told: scenes.told,
    });
  try {
    while (Date.now() < endsAtMs && !stop.aborted && !trading.signal.aborted) {
      await pause(FRAME_MS);
      record.catchUp();
      await scenes.play((Date.now() - startedAtMs) / 1_000);
      if (json) continue;
      if (Date.now() >= latencyAtMs) {
        arrived = await arrivals(client, members);
        latencyAtMs = Date.now() + LATENCY_MS;
      }
      if (!screen.isLive && Date.now() < pictureAtMs) continue;
      pictureAtMs = Date.now() + PLAIN_PICTURE_MS;
      draw();
    }
    trading.abort();
    await leaders;
    await settle(record);
    arrived = await arrivals(client, members);
    if (!json) draw();
  } finally {
    trading.abort();
    screen.close();
  }
  return summaryOf(record, arrived);
}

/** One leader at work until stopped. */
async function trade(
  client: VenueClient,
  members: readonly Member[],
  leader: LeaderStyle,
  seed: number,
  stop: AbortSignal,
): Promise<void> {
  const member = members.find(({ nickname }) => nickname === leader.nickname);
  if (member === undefined) throw new Error(`no account for ${leader.nickname}`);
  const chance = seededChance(seed);
  const held = new Map(leader.books.map((book) => [book, 0]));
  while (!stop.aborted) {
    const book = leader.books[Math.floor(chance() * leader.books.length)];
    const action = book === undefined ? null : leader.act(book, held.get(book) ?? 0, chance);
    if (book !== undefined && action !== null && action.clips !== 0) {
      const done = await client.trade(member.credentials, orderOf(book, action));
      if (done) held.set(book, heldAfter(held.get(book) ?? 0, action));
    }
    await pause(leader.pauseMs * (0.5 + chance()));
  }
}

async function settle(record: DemoRecord): Promise<void> {
  const untilMs = Date.now() + SETTLE_MAX_MS;
  do {
    await pause(FRAME_MS);
    record.catchUp();
  } while (Date.now() < untilMs && !(record.inSync && record.explained === record.leaderChanges));
}

async function arrivals(
  client: VenueClient,
  members: readonly Member[],
): Promise<ReadonlyMap<string, number>> {
  const arrived = new Map<string, number>();
  const names = new Set(FOLLOWERS.map(({ nickname }) => nickname));
  for (const { nickname, credentials } of members) {
    if (!names.has(nickname)) continue;
    for (const { body, arrivedAt } of (await client.account(credentials.apiKey)).orderRequests) {
      if (body.orderLinkId !== undefined) arrived.set(body.orderLinkId, arrivedAt);
    }
  }
  return arrived;
}

function summaryOf(record: DemoRecord, arrived: ReadonlyMap<string, number>): DemoSummary {
  return {
    leaders: LEADERS.length,
    followers: FOLLOWERS.length,
    leaderChanges: record.leaderChanges,
    orders: record.orders.length,
    explained: record.explained,
    inSync: record.inSync,
    latencyMs: latencyOf(record.orders, arrived),
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
