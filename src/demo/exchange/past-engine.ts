/**
 * The engine in the demo's past: the production configuration, connector, engine, journal, alerts and certificates, against the demo's
 * exchange in memory and under a virtual clock. It differs from a run in how often it reads accounts whole (streams in memory lose
 * nothing), and in that no watchdog looks at it: what is slow here is the machine, not the past.
 */
import { setTimeout } from "node:timers/promises";
import type { VirtualClock } from "../../backtest/virtual-clock.ts";
import { type Configuration, loadConfiguration } from "../../config.ts";
import { CertificateChain } from "../../control/certificate-chain.ts";
import { Certifier } from "../../control/certifier.ts";
import type { Command } from "../../core/event.ts";
import { type DataFolder, openDataFolder } from "../../data-folder.ts";
import { Engine } from "../../engine/engine.ts";
import { recover } from "../../engine/recovery.ts";
import type { AddressMemory } from "../../exchange/bybit/address-memory.ts";
import type { RealOutside } from "../../exchange/net/outside.ts";
import {
  type InMemoryOutside,
  inMemoryOutside,
} from "../../exchange/simulated/bybit-server/in-memory-outside.ts";
import type { BybitProtocol } from "../../exchange/simulated/bybit-server/protocol.ts";
import { type FileJournal, openJournalFolder } from "../../journal/file.ts";
import type { JournalError } from "../../journal/journal.ts";
import { RealDisk } from "../../journal/real-disk.ts";
import { silentLog } from "../../log.ts";
import { Alerting } from "../../run/alerting.ts";
import { Connections } from "../../run/connections.ts";
import { ParityWatch } from "../../run/parity-watch.ts";
import { Printer } from "../../run/printer.ts";
import { Readiness } from "../../run/readiness.ts";
import type { DemoFolders } from "../demo-folder.ts";

export interface PastEngineParts {
  readonly folders: DemoFolders;
  readonly protocol: BybitProtocol;
  readonly clock: VirtualClock;
  readonly chance: () => number;
}

const SNAPSHOT_MS = 3_600_000;
const STALE_MS = 4 * SNAPSHOT_MS;
/** Prices come in strides, so that silence says nothing. */
const NEVER_LATE_S = 1e7;
const LATENCY_MS = { least: 4, spread: 18 };
const STEP_MS = 50;
const READY_MAX_MS = 60_000;

export class PastEngine {
  readonly #parts: PastEngineParts;
  readonly #configuration: Configuration;
  readonly #outside: InMemoryOutside;
  readonly #connections: Connections;
  readonly #folder: DataFolder;
  readonly #alerting: Alerting;
  #journal: FileJournal | null = null;
  #engine: Engine | null = null;
  #parity: ParityWatch | null = null;
  #failed: JournalError | null = null;

  private constructor(parts: PastEngineParts) {
    const { folders, protocol, clock, chance } = parts;
    this.#parts = parts;
    this.#configuration = configurationOf(folders);
    this.#folder = openDataFolder(folders.data);
    const latencyMs = (): number => LATENCY_MS.least + Math.floor(chance() * LATENCY_MS.spread);
    this.#outside = inMemoryOutside({ protocol, clock, chance, latencyMs });
    const around = { ...this.#outside, sockets: { ...this.#outside.sockets, together: now } };
    const outside: RealOutside = { ...around, stayAwake: () => {}, close: () => {} };
    this.#connections = new Connections({
      configuration: withPatience(this.#configuration),
      outside,
      engine: () => this.#engine,
      log: () => silentLog,
      // In memory everybody is heard at the time of the message.
      followersSockets: this.#outside.sockets,
    });
    const printer = new Printer(true, () => {});
    const configuration = this.#configuration;
    this.#alerting = new Alerting({
      ...outside,
      dataDir: folders.data,
      log: silentLog,
      configuration,
      printer,
    });
  }

  /** Resolves when followers are where their leaders are; the virtual clock has gone on by some seconds then. */
  static async start(parts: PastEngineParts): Promise<PastEngine> {
    const past = new PastEngine(parts);
    await past.#start();
    return past;
  }

  get state() {
    if (this.#engine === null) throw new Error("the past has no engine yet");
    return this.#engine.state;
  }

  command(command: Command): void {
    this.#engine?.command(command);
  }

  /** Every stream breaks, and comes back by itself. */
  breakConnections(): void {
    this.#outside.breakSockets(() => true);
  }

  /** As a user stops it: positions stay open. */
  async stop(): Promise<void> {
    this.#parity?.stop();
    this.#engine?.stop();
    this.#connections.close();
    await this.#whileRunning(this.#alerting.close());
    this.#journal?.close();
    this.#outside.revoke();
    this.#folder.close();
    if (this.#failed !== null) throw this.#failed;
  }

  async #start(): Promise<void> {
    const { folders, clock, chance } = this.#parts;
    const { journal } = openJournalFolder(this.#folder.paths.journal, { clock });
    this.#journal = journal;
    const recovered = recover(journal, this.#alerting.recoveryHooks);
    this.#alerting.open();
    this.#connections.openVenues(silentLog, NOTHING_REMEMBERED);
    const unstopped = new AbortController().signal;
    await this.#whileRunning(this.#connections.loadInstruments(unstopped, silentLog));
    this.#connections.connectAll(recovered);
    const observer = {
      decided: () => {},
      failed: (error: JournalError) => {
        this.#failed = error;
      },
      stumbled: (error: unknown) => {
        throw error;
      },
    };
    const engine = new Engine({
      state: recovered.state,
      journal,
      clock: this.#outside.clock,
      chance,
      connections: this.#connections.accounts,
      feeds: this.#connections.feeds(),
      observer: this.#alerting.beside(observer, (event) => {
        if (event.kind === "connection-changed" && event.state === "up")
          this.#parity?.connected(event.account);
        return [];
      }),
    });
    this.#engine = engine;
    const settings = { snapshotIntervalMs: SNAPSHOT_MS, leaderStaleAfterMs: STALE_MS };
    engine.start({ ...this.#configuration.settings, ...settings, followerStaleAfterMs: STALE_MS }, [
      ...this.#connections.instruments.values(),
    ]);
    this.#alerting.started();
    const chain = new CertificateChain(new RealDisk(this.#folder.paths.parity));
    const certifier = new Certifier({ engine, journal, chain, nowMs: () => clock.nowMs() });
    this.#parity = new ParityWatch({ certifier, state: () => engine.state, clock, log: silentLog });
    await this.#untilReady(engine, folders);
    this.#parity.ready();
  }

  async #untilReady(engine: Engine, { data }: DemoFolders): Promise<void> {
    const { clock } = this.#parts;
    const readiness = new Readiness();
    const untilMs = clock.nowMs() + READY_MAX_MS;
    while (readiness.awaited(engine.state).length > 0) {
      if (clock.nowMs() > untilMs) throw new Error(`the past in ${data} does not begin`);
      clock.runUntil(clock.nowMs() + STEP_MS);
    }
  }

  /** Time goes on while something is waited for. */
  async #whileRunning<Value>(work: Promise<Value>): Promise<Value> {
    const { clock } = this.#parts;
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    work.then(end, end);
    while (!isOver) {
      clock.runUntil(clock.nowMs() + STEP_MS);
      // What is waited for is the machine's: the past is not to run away meanwhile.
      await setTimeout(1);
    }
    return work;
  }
}

const NOTHING_REMEMBERED: AddressMemory = {
  connections: () => [],
  connectionBegun: () => {},
  requests: () => [],
  requestsBegun: () => {},
  bannedUntilMs: () => 0,
  banned: () => {},
};

function now(action: () => void): void {
  action();
}

function configurationOf({ config, data }: DemoFolders): Configuration {
  const loaded = loadConfiguration({
    configDir: config,
    dataDir: data,
    env: {},
    live: false,
    purpose: "start",
  });
  if (loaded.ok) return loaded.configuration;
  throw new Error(`the demo's configuration has problems: ${JSON.stringify(loaded.problems)}`);
}

function withPatience(configuration: Configuration): Configuration {
  const { watchdogs } = configuration;
  const never = (one: typeof watchdogs.pollSeconds) => ({ ...one, value: NEVER_LATE_S });
  return {
    ...configuration,
    watchdogs: {
      ...watchdogs,
      pricesLateSeconds: never(watchdogs.pricesLateSeconds),
      streamLateSeconds: never(watchdogs.streamLateSeconds),
      pollSeconds: never(watchdogs.pollSeconds),
    },
  };
}
