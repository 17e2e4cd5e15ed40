/**
 * The engine of the benchmark, put together as `start` does it: file journal, database writer on its thread, log files,
 * public market feed, snapshots. Only the request limits are lifted where a run says so, as no exchange would let a
 * thousand accounts come from one address at once.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeProblem, loadConfiguration } from "../../src/config.ts";
import { startControl } from "../../src/control/server.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { type Allocation, plainAllocation } from "../../src/core/settings.ts";
import { openDataFolder } from "../../src/data-folder.ts";
import { Engine } from "../../src/engine/engine.ts";
import { recover } from "../../src/engine/recovery.ts";
import { type BudgetOptions, RequestBudget } from "../../src/exchange/bybit/budget.ts";
import { connectBybitAccount } from "../../src/exchange/bybit/connect.ts";
import { bybitVenue } from "../../src/exchange/bybit/hosts.ts";
import { openBybitMarket } from "../../src/exchange/bybit/market-feed.ts";
import { BybitRest } from "../../src/exchange/bybit/rest.ts";
import type { AccountConnection, MarketFeed } from "../../src/exchange/exchange.ts";
import { inTurn } from "../../src/exchange/net/in-turn.ts";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import type { Outside, SocketListener } from "../../src/exchange/transport.ts";
import { openJournalFolder } from "../../src/journal/file.ts";
import type { Journal } from "../../src/journal/journal.ts";
import { openLog, silentLog } from "../../src/log.ts";
import { Correlations } from "../../src/run/correlation.ts";
import { optimiseEarly } from "../../src/run/early-optimisation.ts";
import { LoggingObserver } from "../../src/run/logging-observer.ts";
import { Readiness } from "../../src/run/readiness.ts";
import { type InstrumentTable, loadInstruments } from "../../src/run/venues.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { type StoreWriter, startStoreWriter } from "../../src/store/writer.ts";
import { Meter, type Readings } from "./meter.ts";
import { MULTIPLIER, type Path, QUIET_MS, SECRET, WINDOW_MS } from "./parameters.ts";
import { serve } from "./remote.ts";

export interface EngineSetup {
  readonly rest: string;
  readonly stream: string;
  readonly path: Path;
  readonly leader: string;
  readonly group: string;
  readonly followers: number;
  readonly limits: "lifted" | "real";
  readonly snapshotIntervalMs: number;
}

/** Large numbers, not none: the bookkeeping stays. */
const LIFTED: Partial<BudgetOptions> = {
  addressRequests: 1_000_000,
  ordersPerSecond: 100_000,
  readsPerSecond: 100_000,
  connections: 1_000_000,
};

/** What start-up leaves for a while (limits on reads in use, log-in time-outs) is gone after this. */
const PASSING_MS = 3_000;

/** Everything that can be given back is given back. */
async function collectGarbage(): Promise<void> {
  const options = { type: "major", execution: "sync", flavor: "last-resort" } as const;
  globalThis.gc?.(options);
  await pause(300);
  globalThis.gc?.(options);
}

const folder = mkdtempSync(join(tmpdir(), "copytrader-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

let meter = new Meter(1);
let engine: Engine | null = null;
let writer: StoreWriter | null = null;
let journal: Journal | null = null;
let countedTogether = false;
let followerCount = 0;
let heardAtMs = 0;
let grownKiB = { resident: 0, heap: 0 };
let refused = 0;

/** The leader's sockets: its execution frames begin a pass. */
function leaderOutside(outside: Outside): Outside {
  const open = (url: string, listener: SocketListener) =>
    outside.sockets.open(url, {
      opened: () => listener.opened(),
      closed: (cause) => listener.closed(cause),
      received: (text) => {
        if (text.slice(0, 90).includes('"topic":"execution"')) meter.begin();
        listener.received(text);
      },
    });
  return { ...outside, sockets: { open } };
}

/** The followers' way out: each order is counted when it was handed over. */
function followerOutside(outside: Outside): Outside {
  const sockets = inTurn(outside.sockets);
  return {
    ...outside,
    sockets: {
      open: (url, listener) => {
        const socket = sockets.open(url, listener);
        // Several orders leave together, at a moment that `together` tells.
        if (!url.endsWith("/v5/trade") || countedTogether) return socket;
        return {
          close: () => socket.close(),
          send: (text) => {
            const isSent = socket.send(text);
            meter.sent();
            return isSent;
          },
        };
      },
    },
  };
}

function countingHttp(outside: Outside): Outside {
  return {
    ...outside,
    http: {
      send: (request, done) => {
        outside.http.send(request, (outcome) => {
          if (outcome.kind === "answered" && outcome.status === 403) refused += 1;
          done(outcome);
        });
        if (request.url.endsWith("/v5/order/create")) meter.sent();
      },
    },
  };
}

/** The journal, with its appends timed. */
function timed(of: Journal): Journal {
  return new Proxy(of, {
    get(target, name) {
      if (name === "append")
        return (...given: Parameters<Journal["append"]>) => meter.append(() => target.append(...given));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function allocationOf(leader: AccountId, follower: AccountId): Allocation {
  return {
    ...plainAllocation(leader, follower),
    sizing: { kind: "multiplier", multiplier: MULTIPLIER },
  };
}

type ControlSetup = Pick<EngineSetup, "leader" | "group" | "followers">;

/** The accounts that are connected, as files, for what says of them what is configured. */
function writeAccounts(leader: string, followers: readonly string[]): void {
  const at = join(folder, "accounts");
  mkdirSync(at, { recursive: true });
  const write = (nickname: string, role: object) =>
    writeFileSync(
      join(at, `${nickname}.json`),
      JSON.stringify({
        nickname,
        account_type: "simulated",
        url: "http://127.0.0.1:9",
        api_key: nickname,
        api_secret: SECRET,
        ...role,
      }),
    );
  write(leader, { role: "leader" });
  for (const follower of followers) write(follower, { role: "follower", leader });
}

async function start(setup: EngineSetup): Promise<void> {
  const { followers, group, limits, path } = setup;
  optimiseEarly();
  meter = new Meter(followers);
  followerCount = followers;
  countedTogether = path === "ws" && followers > 1;
  const folderLock = openDataFolder(folder);
  process.on("exit", () => folderLock.close());
  const opened = await openLog({
    level: "info",
    debugMode: false,
    folder: join(folder, "logs"),
    terminal: null,
  });
  const real = createRealOutside();
  const outside = countingHttp(real);
  const venue = bybitVenue(setup.rest, setup.stream);
  const budget = new RequestBudget(outside.clock, limits === "lifted" ? LIFTED : {});
  const rest = new BybitRest(outside, venue.urls.rest, budget);
  const feed: MarketFeed = openBybitMarket({
    venue: venue.venue,
    urls: venue.urls,
    outside,
    budget,
    rest,
    listener: (event) => engine?.receivePrice(event),
    onNotice: () => {},
  });
  const instruments: InstrumentTable = new Map();
  const parts = { id: venue.venue, bybit: venue, budget, rest, feed };
  const listed = await loadInstruments(parts, new AbortController().signal, () => {});
  for (const instrument of listed) instruments.set(instrument.id, instrument);
  const { journal: file } = openJournalFolder(join(folder, "journal"));
  journal = file;
  const recovered = recover(file);
  await collectGarbage();
  const before = process.memoryUsage();
  const connections = new Map<AccountId, AccountConnection>();
  const followersOutside = followerOutside(outside);
  const connect = (key: string, role: "leader" | "follower") => {
    const account = AccountId(key);
    const own = role === "leader" ? leaderOutside(outside) : followersOutside;
    connections.set(
      account,
      connectBybitAccount({
        account,
        venue: venue.venue,
        role,
        credentials: new Credentials(key, SECRET),
        urls: venue.urls,
        capabilities: { ...venue.capabilities, orderEntryStream: path === "ws" },
        instruments,
        outside: own,
        budget,
        rest,
        listener: (event) => {
          heardAtMs = performance.now();
          engine?.receive(event);
        },
        options: { orderWindowMs: WINDOW_MS },
      }),
    );
    return account;
  };
  const leader = connect(setup.leader, "leader");
  const following = Array.from({ length: followers }, (_, index) =>
    connect(followers === 1 ? group : `${group}${index}`, "follower"),
  );
  engine = new Engine({
    state: recovered.state,
    journal: timed(file),
    clock: outside.clock,
    chance: outside.chance,
    connections,
    feeds: new Map([[venue.venue, feed]]),
    together: (action) => {
      real.sockets.together(action);
      if (countedTogether) meter.allSent();
    },
    stayAwake: real.stayAwake,
    observer: new LoggingObserver(opened.log, new Correlations(), {
      appended: () => writer?.wake(),
      unknownInstrument: () => {},
      inDoubt: () => {},
      connected: () => {},
      failed: (error) => {
        throw error;
      },
    }),
  });
  writer = startStoreWriter({ dataDir: folder, journalSequence: file.lastSequence });
  const role = (account: AccountId) => (account === leader ? ("leader" as const) : ("follower" as const));
  engine.start(
    {
      accounts: [leader, ...following].map((account) => ({
        account,
        venue: venue.venue,
        role: role(account),
      })),
      allocations: following.map((follower) => allocationOf(leader, follower)),
      leaderStaleAfterMs: Math.max(60_000, setup.snapshotIntervalMs * 4),
      followerStaleAfterMs: Math.max(60_000, setup.snapshotIntervalMs * 4),
      snapshotIntervalMs: setup.snapshotIntervalMs,
      orderWindowMs: WINDOW_MS,
    },
    listed,
  );
  while (new Readiness().awaited(engine.state).length > 0) await pause(50);
  await pause(PASSING_MS);
  await collectGarbage();
  const after = process.memoryUsage();
  const grown = (to: number, from: number) => (to - from) / 1_024;
  grownKiB = { resident: grown(after.rss, before.rss), heap: grown(after.heapUsed, before.heapUsed) };
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

const functions = {
  start,

  /** Resolves once every follower is at its target, nothing comes in any more and, if asked for, the database has it all. */
  async settle({ database }: { database: boolean }): Promise<void> {
    const isBusy = () =>
      performance.now() - heardAtMs < QUIET_MS ||
      (engine !== null && new Readiness().awaited(engine.state).length > 0) ||
      (database && (writer?.sequence ?? 0) < (journal?.lastSequence ?? 0));
    while (isBusy()) await pause(Math.max(1, followerCount / 50));
    meter.settled();
  },

  watch(_: null): void {
    meter.watch();
  },

  read(_: null): Readings {
    return meter.read();
  },

  /** What connecting and following took, in KiB: resident memory and what of it is live on the heap. */
  memory(_: null): { readonly resident: number; readonly heap: number } {
    return grownKiB;
  },

  /** Opens the control socket beside what runs, as `start` does; where the API finds it. */
  async control({ leader, group, followers }: ControlSetup): Promise<{ readonly dataDir: string }> {
    if (engine === null) throw new Error("the engine does not run yet");
    const names = Array.from({ length: followers }, (_, index) =>
      followers === 1 ? group : `${group}${index}`,
    );
    writeAccounts(leader, names);
    const loaded = loadConfiguration({
      configDir: join(folder, "config"),
      dataDir: folder,
      live: false,
      env: {},
    });
    if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join("\n"));
    const { configuration } = loaded;
    const served = startControl({ dataDir: folder, engine, configuration, log: silentLog });
    if (!(await served.ready)) throw new Error("the control socket could not be opened");
    return { dataDir: folder };
  },

  /** Answers of HTTP status 403 so far. */
  refusals(_: null): number {
    return refused;
  },
};

export type EngineFunctions = typeof functions;
serve(functions);
