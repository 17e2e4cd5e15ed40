/**
 * Looks at the records of leaders and watched traders on a schedule while copying runs, tells the engine what was measured, and the
 * owner what was found; and does about it what the owner said. The looking is a thread's (score-aside.ts); nothing here is on the path of
 * an order. What stands is kept in a file, so that a restart tells nothing twice and leaves nothing undone.
 */
import type { AlertReport } from "../alerts/alert.ts";
import type { Configuration, FindingAction, MonitoringValues } from "../config.ts";
import {
  type MonitoringRecord,
  NO_RECORD,
  readMonitoring,
  writeMonitoring,
} from "../control/monitoring-record.ts";
import type { CopyStop } from "../control/running.ts";
import { AccountId } from "../core/model/identifiers.ts";
import type { Allocation } from "../core/settings.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock, Timer } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import type { FilterBounds } from "../traders/filters/registry.ts";
import type { FindingRule } from "../traders/monitoring/finding.ts";
import { findingId } from "../traders/monitoring/finding.ts";
import { isFinding, takeReadings, type Watched } from "../traders/monitoring/standing.ts";
import { evidenceOf } from "./measured-leaders.ts";
import { monitoringSubjects } from "./monitoring-subjects.ts";
import type { ScoringAnswer, ScoringOrder } from "./score-aside.ts";

const HOUR_MS = 3_600_000;
/** After a start leaders are read first. */
const FIRST_MS = 60_000;

export interface MonitoringParts {
  readonly configuration: Pick<Configuration, "monitoring" | "accounts">;
  readonly filters: {
    readonly bounds: FilterBounds;
    readonly benchmark: string;
    /** Of the leaders that one follower copies; null where it is not asked for. */
    readonly minStrategyDiversity: number | null;
  };
  readonly dataDir: string;
  readonly configDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Pick<Engine, "running" | "state" | "noteEvidence">;
  raise(report: AlertReport): void;
  /** Through the facade, like a command of the owner. */
  stopCopies(stop: CopyStop): void;
  score(order: ScoringOrder, stop: AbortSignal): Promise<ScoringAnswer>;
}

/** The key that says what is done about each. */
const ACTIONS = {
  "failed-filter": "onFailedFilter",
  "style-change": "onStyleChange",
  decay: "onDecay",
  correlation: "onCorrelation",
  "lock-step": "onLockStep",
} as const satisfies Readonly<Record<FindingRule, keyof MonitoringValues>>;

export class Monitoring {
  readonly #parts: MonitoringParts;
  readonly #intervalMs: number;
  readonly #end = new AbortController();
  #record: MonitoringRecord;
  #timer: Timer | null = null;
  #hasFailed = false;

  constructor(parts: MonitoringParts) {
    this.#parts = parts;
    this.#intervalMs = Math.round(parts.configuration.monitoring.intervalHours.value * HOUR_MS);
    this.#record = readMonitoring(parts.dataDir) ?? NO_RECORD;
  }

  /** The engine runs. What the last run found and could not finish is finished first. */
  start(): void {
    if (this.#intervalMs === 0) return;
    this.#attempt(() => this.#settle());
    const nowMs = this.#parts.clock.nowMs();
    const { scoredAtMs } = this.#record;
    const dueMs = scoredAtMs === null ? 0 : scoredAtMs + this.#intervalMs;
    this.#lookAt(Math.max(nowMs + Math.min(FIRST_MS, this.#intervalMs), dueMs));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#end.abort();
  }

  #lookAt(atMs: number): void {
    if (this.#end.signal.aborted) return;
    const waitMs = Math.max(0, atMs - this.#parts.clock.nowMs());
    this.#timer = this.#parts.clock.setTimer(waitMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { clock, log, raise, score } = this.#parts;
    const beganAtMs = clock.nowMs();
    try {
      const answer = await score(this.#order(beganAtMs), this.#end.signal);
      if (!this.#parts.engine.running) return;
      this.#take(answer, clock.nowMs() - beganAtMs);
      this.#hasFailed = false;
    } catch (error) {
      if (this.#end.signal.aborted) return;
      const cause = error instanceof Error ? error.message : String(error);
      log.channel("reporting").warn("the leaders' records could not be looked at", { cause });
      if (!this.#hasFailed) raise({ kind: "scoring-failed", cause });
      this.#hasFailed = true;
    }
    this.#lookAt(clock.nowMs() + this.#intervalMs);
  }

  #order(nowMs: number): ScoringOrder {
    const { configuration, engine, filters, dataDir, configDir } = this.#parts;
    const { monitoring, accounts } = configuration;
    return {
      dataDir,
      configDir,
      nowMs,
      ...monitoringSubjects(accounts, engine.state, monitoring),
      recordedUpTo: this.#record.recordedUpTo,
      filters: filters.bounds,
      benchmark: filters.benchmark,
      minStrategyDiversity: filters.minStrategyDiversity,
      decay: {
        windowDays: monitoring.decayWindowDays.value,
        falseAlarms: monitoring.decayFalseAlarms.value,
      },
    };
  }

  #take({ scoring, recordedUpTo, problems }: ScoringAnswer, tookMs: number): void {
    const { clock, log, engine, raise } = this.#parts;
    const nowMs = clock.nowMs();
    for (const [account, evidence] of evidenceOf(scoring, nowMs)) engine.noteEvidence(account, evidence);
    const { watched, ended } = takeReadings(this.#record.watched, scoring.readings, nowMs);
    const { leaders, pairs } = scoring;
    const times = { tookMs, scoredAtMs: nowMs, nextAtMs: nowMs + this.#intervalMs };
    const record = { ...this.#record, leaders, pairs, recordedUpTo, problems, ...times };
    for (const cause of problems) log.channel("reporting").warn("monitoring", { cause });
    for (const one of ended) raise(endReport(one, nowMs));
    this.#keep({ ...record, watched });
    this.#settle();
  }

  /** Tells and does what is to be told and done; each is written down when it is. */
  #settle(): void {
    for (const one of this.#record.watched) {
      if (!isFinding(one)) continue;
      if (!one.isTold) {
        this.#parts.raise(beginReport(one, this.#actionFor(one)));
        this.#change(one, { isTold: true });
      }
      if (one.actedOn === null) this.#change(one, { isTold: true, actedOn: this.#act(one) });
    }
  }

  /** Of a leader that nobody copies there is nothing to stop, and of several together none is at fault. */
  #actionFor(one: Watched): FindingAction {
    if (one.reading.follower !== undefined) return "warn";
    const { value } = this.#parts.configuration.monitoring[ACTIONS[one.reading.rule]];
    return this.#copying(one).length === 0 ? "warn" : value;
  }

  #copying({ reading }: Watched): readonly Allocation[] {
    const { allocations } = this.#parts.engine.state.settings;
    return allocations.filter((allocation) => allocation.leader === reading.leader);
  }

  /** On whom something was done. */
  #act(one: Watched): readonly string[] {
    const { stopCopies } = this.#parts;
    const action = this.#actionFor(one);
    const { rule, leader, value, limit, numbers } = one.reading;
    if (action === "warn") return [];
    const copying = this.#copying(one);
    for (const { follower, guards } of copying) {
      const named =
        this.#parts.configuration.monitoring.replacements.value ?? guards.stopLoss?.replacements ?? [];
      stopCopies({
        kind: "stop",
        account: follower,
        leader: AccountId(leader),
        action,
        ...(action === "replace" ? { replacements: named.filter((name) => this.#isSound(name)) } : {}),
        detail: { finding: rule, value, limit, ...numbers },
      });
    }
    return copying.map(({ follower }) => follower);
  }

  /** Nothing that was found speaks against it, and it passes every filter. */
  #isSound(leader: string): boolean {
    const { leaders, watched } = this.#record;
    return (
      leaders.some(({ name, filters }) => name === leader && filters.passes) &&
      !watched.some((one) => isFinding(one) && one.reading.leader === leader)
    );
  }

  #change(one: Watched, change: Partial<Watched>): void {
    const id = findingId(one.reading);
    const watched = this.#record.watched.map((each) =>
      findingId(each.reading) === id ? { ...each, ...change } : each,
    );
    this.#keep({ ...this.#record, watched });
  }

  #keep(record: MonitoringRecord): void {
    this.#record = record;
    writeMonitoring(this.#parts.dataDir, record);
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#parts.log.channel("reporting").error("monitoring failed", { error });
    }
  }
}

/** The same finding has the same alert, should it be told again after a death. */
function beginReport(one: Watched, action: FindingAction): AlertReport {
  const { text, numbers, value, limit, rule } = one.reading;
  return {
    kind: "leader-finding",
    ...whoOf(one),
    cause: `${text}; ${action}`,
    numbers: { finding: rule, value, limit, ...numbers },
    topic: findingId(one.reading),
    atMs: one.sinceMs ?? 0,
  };
}

function whoOf({ reading: { leader, follower } }: Watched): Pick<AlertReport, "leader" | "follower"> {
  return follower === undefined ? { leader: AccountId(leader) } : { follower: AccountId(follower) };
}

function endReport(one: Watched, nowMs: number): AlertReport {
  const { text, rule, value, limit } = one.reading;
  return {
    kind: "leader-finding-over",
    ...whoOf(one),
    cause: text,
    numbers: { finding: rule, value, limit },
    topic: `${findingId(one.reading)} ${one.sinceMs}`,
    atMs: nowMs,
  };
}
