/**
 * The watchdogs of a run: once a second everything is looked at, the owner is told of what begins and ends, and openings are
 * stopped or go on. What stops them is an event in the journal like every other input of the core. Nothing here is on the path
 * of an order, and what fails here is logged.
 */
import { statfs } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { AlertReport } from "../alerts/alert.ts";
import { type Configuration, clockErrorMsMax } from "../config.ts";
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import type { Engine } from "../engine/engine.ts";
import type { AccountConnection, MarketFeed } from "../exchange/exchange.ts";
import type { Clock, Timer } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import { Conditions } from "../watch/conditions.ts";
import type { HealthFacts } from "../watch/health.ts";
import type { LimitUse } from "../watch/health-readings.ts";
import { MarginReadings } from "../watch/margin.ts";
import {
  clockReading,
  DiskReadings,
  errorReadings,
  Lag,
  lateReading,
  priceReadings,
  streamReadings,
  type VenueClock,
  Worst,
} from "../watch/sources.ts";
import type { Halt, Reading, WatchdogReport } from "../watch/watchdog.ts";
import { Watchdogs } from "../watch/watchdogs.ts";
import { Health, processFigures } from "./health.ts";
import { isSettled } from "./readiness.ts";

const LOOK_MS = 1_000;
/** A stall shows for so long. */
const DELAY_SHOWN_MS = 10_000;
const DELAY_RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;
const MEGABYTE = 1_000_000;

type WatchedConfiguration = Pick<Configuration, "watchdogs" | "alerts" | "settings">;

export interface WatchingParts {
  readonly configuration: WatchedConfiguration;
  readonly clock: Clock;
  readonly log: Log;
  readonly raise: (report: AlertReport) => void;
  readonly machine: Machine;
  /** Errors that were logged since the start; none where nobody counts. */
  readonly loggedErrors?: () => number;
}

/** What of this machine is asked. */
export interface Machine {
  readonly folder: string;
  /** Megabytes that may still be written there; null where nobody says. */
  readonly freeMegabytes: (done: (free: number | null) => void) => void;
  /** The longest moment since the last question for which the process was kept waiting, in milliseconds. */
  readonly delayMs: () => number;
  readonly close: () => void;
}

/** What is watched of a run. */
export interface Watched {
  readonly engine: Pick<Engine, "state" | "running" | "haltOpenings" | "releaseHalts" | "readAgain">;
  readonly connections: ReadonlyMap<AccountId, AccountConnection>;
  readonly clocks: () => readonly VenueClock[];
  readonly feeds: () => Iterable<Pick<MarketFeed, "venue" | "priceHealth">>;
  readonly journal: { readonly lastSequence: number; readonly syncedSequence: number };
  /** The last record of the journal that the database has. */
  readonly databaseSequence: () => number;
  /** How much of what venues let us ask is used. */
  readonly limits?: () => readonly LimitUse[];
  /** What each host answered with errors within the last minute. */
  readonly apiErrors: () => Iterable<{ readonly host: string; readonly errors: number }>;
}

export class Watching {
  readonly #parts: WatchingParts;
  readonly #conditions: Conditions;
  readonly #watchdogs: Watchdogs;
  readonly #health: Health;
  readonly #disk: DiskReadings;
  readonly #margin = new MarginReadings();
  /** Of alerts: they may change while running. */
  #settings: Configuration["alerts"]["settings"];
  readonly #journal = new Lag();
  readonly #database = new Lag();
  readonly #delay = new Worst(DELAY_SHOWN_MS);
  #watched: Watched | null = null;
  #timer: Timer | null = null;
  /** A disk that hangs is not asked twice. */
  #isDiskAsked = false;
  #freeMegabytes: number | null = null;
  /** What stops openings, by its cause. */
  #halts: ReadonlyMap<string, Halt> = new Map();

  constructor(parts: WatchingParts) {
    const { alerts, watchdogs } = parts.configuration;
    this.#parts = parts;
    this.#settings = alerts.settings;
    this.#conditions = new Conditions(
      {
        connectionDownAfterMs: alerts.connectionDownAfterSeconds.value * 1_000,
        parityAfterMs: alerts.parityAfterSeconds.value * 1_000,
        isSettled,
      },
      parts.clock.nowMs(),
    );
    this.#health = new Health({ figures: processFigures(), loggedErrors: parts.loggedErrors ?? (() => 0) });
    this.#disk = new DiskReadings({
      warningMegabytes: watchdogs.diskWarningMegabytes.value,
      stopMegabytes: watchdogs.diskStopMegabytes.value,
    });
    this.#watchdogs = new Watchdogs(({ name, who }) => {
      const account = who?.follower;
      if (name === "drift" && account !== undefined) this.#watched?.engine.readAgain(account);
    });
  }

  /** Settings were changed while running. */
  reconfigure({ alerts }: Pick<Configuration, "alerts">): void {
    this.#settings = alerts.settings;
  }

  /** The engine runs. */
  start(watched: Watched): void {
    this.#watched = watched;
    this.#askDisk();
    this.#lookSoon();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#watched = null;
    this.#parts.machine.close();
  }

  /** What is told of an event because something happens again and again. */
  note(event: Event, state: State): readonly AlertReport[] {
    return this.#conditions.note(event, state);
  }

  /** Counts what went wrong, by kind. */
  count(event: Event, decision: Pick<Decision, "refusal">): void {
    this.#health.note(event, decision, this.#parts.clock.nowMs());
  }

  report(): readonly WatchdogReport[] {
    return this.#watchdogs.report();
  }

  /** For the facade. */
  get answers() {
    return {
      watchdogs: () => this.report(),
      health: (options: { readonly history?: boolean }): HealthFacts => this.#health.report(options),
    };
  }

  #lookSoon(): void {
    this.#timer = this.#parts.clock.setTimer(LOOK_MS, () => {
      try {
        this.#look();
      } catch (error) {
        this.#parts.log.error("a watchdog failed", { error });
      }
      if (this.#watched !== null) this.#lookSoon();
    });
  }

  #look(): void {
    const { clock, raise } = this.#parts;
    const watched = this.#watched;
    if (watched === null || !watched.engine.running) return;
    const nowMs = clock.nowMs();
    this.#askDisk();
    const readings = [
      ...this.#conditions.readings(watched.engine.state, nowMs),
      ...this.#margin.readings(watched.engine.state, this.#settings.marginUse.value),
      ...errorReadings(watched.apiErrors(), this.#settings.apiErrorsPerMinute.value),
      ...this.#outside(watched, nowMs),
      ...this.#own(watched, nowMs),
    ];
    for (const report of this.#watchdogs.take(readings, nowMs)) raise(report);
    this.#halt(watched, readings);
    const limits = watched.limits?.() ?? [];
    this.#health.look({ readings, state: watched.engine.state, limits }, nowMs);
  }

  #outside({ connections, clocks, feeds, engine }: Watched, nowMs: number): readonly Reading[] {
    const { watchdogs, settings, alerts } = this.#parts.configuration;
    const { leaders } = engine.state;
    const streams = [...connections.values()].map((connection) => {
      return { connection, isLeader: leaders.has(connection.account) };
    });
    const errorMsMax = clockErrorMsMax(watchdogs, settings.orderWindowMs);
    const priceBounds = {
      lateMs: watchdogs.pricesLateSeconds.value * 1_000,
      downAfterMs: alerts.connectionDownAfterSeconds.value * 1_000,
    };
    return [
      ...streamReadings(streams, watchdogs.streamLateSeconds.value * 1_000, nowMs),
      ...priceReadings(feeds(), priceBounds, nowMs),
      ...clocks().map((one) => {
        const concerns = (account: AccountId) => connections.get(account)?.venue === one.venue;
        return clockReading(one, { errorMsMax, concerns }, nowMs);
      }),
    ];
  }

  #own({ journal, databaseSequence }: Watched, nowMs: number): readonly Reading[] {
    const { configuration, machine } = this.#parts;
    const { journalSyncSeconds, databaseBehindSeconds, loopDelayMs } = configuration.watchdogs;
    const { lastSequence, syncedSequence } = journal;
    const unsyncedMs = this.#journal.behindMs(lastSequence, syncedSequence, nowMs);
    const behindMs = this.#database.behindMs(lastSequence, databaseSequence(), nowMs);
    const delayMs = this.#delay.note(machine.delayMs(), nowMs);
    const free = this.#freeMegabytes;
    return [
      ...(free === null ? [] : [this.#disk.reading(machine.folder, free)]),
      lateReading("journal", unsyncedMs, journalSyncSeconds.value * 1_000),
      lateReading("database", behindMs, databaseBehindSeconds.value * 1_000),
      lateReading("event-loop", delayMs, loopDelayMs.value),
    ];
  }

  /** Said again at each look: a follower may have been added, or halted for another cause meanwhile. */
  #halt({ engine }: Watched, readings: readonly Reading[]): void {
    const halts = readings.flatMap(({ halt }) => (halt === undefined ? [] : [[halt.cause, halt] as const]));
    const now = new Map(halts);
    for (const { cause, concerns } of now.values()) engine.haltOpenings(cause, concerns);
    for (const cause of this.#halts.keys()) if (!now.has(cause)) engine.releaseHalts(cause);
    this.#halts = now;
  }

  #askDisk(): void {
    if (this.#isDiskAsked) return;
    this.#isDiskAsked = true;
    this.#parts.machine.freeMegabytes((free) => {
      this.#isDiskAsked = false;
      this.#freeMegabytes = free ?? this.#freeMegabytes;
    });
  }
}

/** The machine that this process runs on. */
export function thisMachine(folder: string): Machine {
  const delays = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delays.enable();
  return {
    folder,
    freeMegabytes: (done) =>
      statfs(folder, (error, found) => done(error === null ? (found.bavail * found.bsize) / MEGABYTE : null)),
    delayMs: () => {
      // The histogram counts from one of its own timers to the next.
      const longestMs = delays.max / NANOSECONDS_PER_MS - DELAY_RESOLUTION_MS;
      delays.reset();
      return Math.max(0, longestMs);
    },
    close: () => delays.disable(),
  };
}
