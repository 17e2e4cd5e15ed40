/** The facade on an engine in this process. */
import { type Configuration, NO_RUN_TIME, type RunTime, readRunTime, writeRunTime } from "../config.ts";
import type { Command } from "../core/event.ts";
import { replacementsDue } from "../core/guard/replacement.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { Engine } from "../engine/engine.ts";
import { keptRecords } from "../journal/kept.ts";
import type { StoreReader } from "../store/writer.ts";
import type { HealthFacts } from "../watch/health.ts";
import type { WatchdogReport } from "../watch/watchdog.ts";
import { type AlertBook, answerAlerts, isAlertRequest } from "./alert-requests.ts";
import { allocationsOf } from "./allocations-report.ts";
import { capitalOf } from "./capital.ts";
import type { Certifier } from "./certifier.ts";
import { changeableSettings } from "./changeable-settings.ts";
import { type CommandContext, type CommandPlan, carryOutPlan } from "./command-plan.ts";
import { planOf } from "./commands.ts";
import {
  type Control,
  type ControlAnswers,
  ControlError,
  type ControlKind,
  type ControlRequest,
  type RequestOf,
  type StatusReport,
  type UsualRequest,
} from "./control.ts";
import { explainState } from "./explain-report.ts";
import { holdingsOf } from "./holdings.ts";
import { journalReport } from "./journal-report.ts";
import { limitsOf } from "./limits.ts";
import type { CommandReport, OwnerCommand, PreviewReport, RebalanceRequest } from "./owner-commands.ts";
import { type ParityReport, parityStatement } from "./parity-certificate.ts";
import { previewReport } from "./preview-report.ts";
import { proposalReports } from "./proposals-report.ts";
import { closePreviewOf, statusOf } from "./queries.ts";
import { copiesOfReplacements } from "./relations.ts";
import { factsOf, type OwnLimitFacts, ownLimitRows } from "./settings-in-force.ts";
import { typicalOf } from "./typical-positions.ts";

export interface RunningParts {
  readonly engine: Pick<Engine, "running" | "state" | "own" | "command" | "configure" | "writeAll">;
  readonly configuration: Configuration;
  readonly extensions?: readonly OwnLimitFacts[];
  readonly watchdogs?: () => readonly WatchdogReport[];
  readonly health?: (options: { readonly history?: boolean }) => HealthFacts;
  /** Null where the outbox cannot be used. */
  readonly alerts?: AlertBook | null;
  /** Names of strategies of the owner's own. */
  readonly ownStrategies?: readonly string[];
  /** Told after each change, once it is in force. */
  readonly configured?: (configuration: Configuration) => void;
  /** Without it nothing is said of which records are kept. */
  readonly dataDir?: string;
  /** Without it a certificate is not recorded. */
  readonly certifier?: Certifier;
  readonly store?: StoreReader & { wake(): void; rebuild(): Promise<number>; readonly sequence: number };
}

const NOT_WATCHED: HealthFacts = { state: "ok", checks: [], changes: [] };

export type CopyStop = Extract<Command, { readonly kind: "stop" }>;

export class RunningControl implements Control {
  readonly #parts: RunningParts;

  /** As it was started with, and what was decided since. */
  #configuration: Configuration;
  #runTime: RunTime;

  constructor(parts: RunningParts) {
    this.#parts = parts;
    this.#configuration = parts.configuration;
    this.#runTime = parts.dataDir === undefined ? NO_RUN_TIME : readRunTime(parts.dataDir);
  }

  async ask<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]> {
    // The answer's type follows from the request's kind, which a switch cannot show to the compiler.
    return (await this.#answer(request)) as ControlAnswers[Kind];
  }

  async close(): Promise<void> {}

  async #answer(request: ControlRequest): Promise<ControlAnswers[ControlKind]> {
    return isAlertRequest(request)
      ? answerAlerts(this.#alerts(), request, Date.now())
      : this.#answerUsual(request);
  }

  async #answerUsual(request: UsualRequest): Promise<ControlAnswers[ControlKind]> {
    const { engine } = this.#parts;
    // Nobody is told what a kill right after would take back, as far as the disk has room.
    engine.writeAll();
    switch (request.kind) {
      case "status":
        return this.#status();
      case "health":
        return { ...(this.#parts.health?.(request) ?? NOT_WATCHED), engine: this.#engine() };
      case "parity":
        return this.#parity();
      case "pause":
      case "resume":
      case "close":
      case "copy":
      case "uncopy":
      case "rebalance":
      case "settings":
      case "portfolio-settings":
      case "alert-settings":
      case "release":
      case "panic":
      case "approve":
      case "decline":
        return this.#carryOut(request);
      case "preview":
        return this.#preview(request.command);
      case "preview-close":
        return closePreviewOf(engine.state, request);
      case "holdings":
        return holdingsOf(engine.state, request);
      case "allocations": {
        const { allocations } = this.#configuration;
        const { allocations: runTime } = this.#runTime;
        return { engine: this.#engine(), ...allocationsOf(engine.state, allocations, runTime) };
      }
      case "proposals":
        return { engine: this.#engine(), proposals: proposalReports(engine.state) };
      case "explain":
        return { engine: this.#engine(), positions: explainState(engine.state, request) };
      case "limits":
        return limitsOf(engine.state, this.#configuration, request.follower);
      case "changeable-settings":
        return changeableSettings(
          { ...this.#context(), engine: this.#engine(), configuration: this.#configuration },
          request.follower,
        );
      case "capital": {
        const { store } = this.#parts;
        store?.wake();
        const typical = store === undefined ? [] : await typicalOf(store, request);
        return capitalOf(engine.state, request, typical);
      }
      case "journal": {
        const store = this.#store();
        store.wake();
        const report = await journalReport(store, request.filter);
        return { ...report, sequence: store.sequence, ...this.#kept() };
      }
      case "rebuild":
        return { sequence: await this.#store().rebuild(), ...this.#kept() };
    }
  }

  /**
   * Chooses who takes the place of relations that were stopped to be replaced, and begins what was chosen; nothing where that is
   * done. Each step is durable before the next, so that it may be called again after a death between them. Throws a
   * ControlError where a relation cannot begin.
   */
  replaceStopped(): void {
    const { engine } = this.#parts;
    for (const choice of replacementsDue(engine.state)) engine.command(choice);
    for (const copy of copiesOfReplacements(this.#context())) this.#apply(copy);
  }

  /** What was found of a leader's record stops its copies on one follower; who takes its place is chosen at once. */
  stopCopies(stop: CopyStop): void {
    const { engine } = this.#parts;
    if (!engine.running)
      throw new ControlError("not-running", "the engine has stopped: nothing is stopped any more");
    engine.command(stop);
    if (stop.action === "replace") this.replaceStopped();
  }

  /** What a strategy decided, without asking: durable and in force on return. Throws a ControlError where it cannot be. */
  rebalance(request: RebalanceRequest): void {
    this.#apply({ kind: "rebalance", ...request });
  }

  async #parity(): Promise<ParityReport> {
    const { engine, certifier } = this.#parts;
    if (certifier !== undefined) return certifier.issue("asked");
    const facts = { cause: "asked", engine: this.#engine(), atMs: Date.now(), journal: null } as const;
    return {
      certificate: parityStatement(engine.state, facts),
      unrecorded: "this process has no data folder",
    };
  }

  #preview(command: OwnerCommand): PreviewReport {
    const { state, own } = this.#parts.engine;
    return previewReport(state, planOf(this.#context(), command), this.#engine(), own);
  }

  async #carryOut(command: OwnerCommand): Promise<CommandReport> {
    return written(this.#apply(command).report);
  }

  #apply(command: OwnerCommand): CommandPlan {
    const { engine, dataDir } = this.#parts;
    const plan = planOf(this.#context(), command);
    carryOutPlan(engine, plan, ({ before, runTime, reconfigured }) => {
      if (dataDir === undefined) throw new ControlError("failure", "this process has no data folder");
      writeRunTime(dataDir, before, runTime);
      this.#runTime = runTime;
      this.#configuration = reconfigured.configuration;
    });
    if (plan.steps.some(({ kind }) => kind === "decide")) this.#parts.configured?.(this.#configuration);
    return plan;
  }

  #context(): CommandContext {
    const { state } = this.#parts.engine;
    const { ownStrategies = [] } = this.#parts;
    const { reconfigure } = this.#configuration;
    return { state, runTime: this.#runTime, reconfigure, ownStrategies };
  }

  #engine() {
    return { running: this.#parts.engine.running, asOf: Date.now(), pid: process.pid };
  }

  #status(): StatusReport {
    const { engine, extensions, watchdogs = () => [] } = this.#parts;
    const own = { engine: this.#engine(), watchdogs: watchdogs(), problems: [] };
    const facts = { ...factsOf(this.#configuration), ...own };
    const limits = [...facts.limits, ...ownLimitRows(this.#configuration, extensions)];
    return statusOf(engine.state, { ...facts, limits });
  }

  #kept() {
    const { dataDir } = this.#parts;
    const kept = dataDir === undefined ? null : keptRecords(dataFolderPaths(dataDir).journal);
    return kept === null ? {} : { kept };
  }

  #alerts(): AlertBook {
    const { alerts = null } = this.#parts;
    if (alerts === null) throw new ControlError("failure", "the outbox of alerts cannot be used");
    return alerts;
  }

  #store() {
    const { store } = this.#parts;
    if (store === undefined) throw new ControlError("failure", "this process keeps no database");
    return store;
  }
}

/** The engine writes at the next turn of the event loop at the latest. */
async function written(report: Omit<CommandReport, "running" | "atMs">): Promise<CommandReport> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return { ...report, atMs: Date.now(), running: true };
}
