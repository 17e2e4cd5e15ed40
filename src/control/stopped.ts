/**
 * The facade on the data folder of an engine that does not run: questions are answered from the journal, commands are
 * written into it for the next start. Nothing reaches a venue from here.
 */
import { existsSync } from "node:fs";
import { Outbox } from "../alerts/outbox.ts";
import {
  type Configuration,
  describeProblem,
  loadConfiguration,
  readRunTime,
  writeRunTime,
} from "../config.ts";
import type { State } from "../core/state.ts";
import { dataFolderPaths, isDataFolderInUse, openDataFolder } from "../data-folder.ts";
import { Engine } from "../engine/engine.ts";
import { recover } from "../engine/recovery.ts";
import { openJournalFolder, viewJournalFolder } from "../journal/file.ts";
import { JournalFold } from "../journal/fold.ts";
import type { JournalError } from "../journal/journal.ts";
import { keptRecords } from "../journal/kept.ts";
import { RealDisk } from "../journal/real-disk.ts";
import { recordHashes } from "../journal/record-hashes.ts";
import { catchUpStore, rebuildStore } from "../store/journal-follower.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { type AlertRequest, answerAlerts, bookOf, isAlertRequest, onlyLooks } from "./alert-requests.ts";
import { allocationsOf } from "./allocations-report.ts";
import { capitalOf } from "./capital.ts";
import { type ChangeableSettingsReport, changeableSettings } from "./changeable-settings.ts";
import { badSettings, type CommandContext, type CommandPlan, carryOutPlan } from "./command-plan.ts";
import { planOf } from "./commands.ts";
import {
  type CapitalReport,
  type CapitalRequest,
  type Control,
  type ControlAnswers,
  ControlError,
  type ControlKind,
  type ControlRequest,
  type EngineStatus,
  type JournalFilter,
  type JournalReport,
  type RebuildReport,
  type RequestOf,
  type StatusReport,
  type UsualRequest,
} from "./control.ts";
import { explainState } from "./explain-report.ts";
import { stoppedHealth } from "./health-report.ts";
import { holdingsOf } from "./holdings.ts";
import { journalReport } from "./journal-report.ts";
import { limitsOf } from "./limits.ts";
import type { AllocationsReport, CommandReport, OwnerCommand, PreviewReport } from "./owner-commands.ts";
import { type ParityReport, parityStatement } from "./parity-certificate.ts";
import { previewReport } from "./preview-report.ts";
import { proposalReports } from "./proposals-report.ts";
import { statusOf } from "./queries.ts";
import { factsOf } from "./settings-in-force.ts";
import { typicalOf } from "./typical-positions.ts";

export interface StoppedParts {
  readonly dataDir: string;
  readonly configDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export class StoppedControl implements Control {
  readonly #parts: StoppedParts;

  constructor(parts: StoppedParts) {
    this.#parts = parts;
  }

  async ask<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]> {
    // The answer's type follows from the request's kind, which a switch cannot show to the compiler.
    return (await this.#answer(request)) as ControlAnswers[Kind];
  }

  async close(): Promise<void> {}

  async #answer(request: ControlRequest): Promise<ControlAnswers[ControlKind]> {
    return isAlertRequest(request) ? this.#alerts(request) : this.#answerUsual(request);
  }

  async #answerUsual(request: UsualRequest): Promise<ControlAnswers[ControlKind]> {
    switch (request.kind) {
      case "status":
        return this.#status();
      case "health":
        return stoppedHealth(this.#parts.dataDir, this.#engine(), this.#configuration().configuration);
      case "parity":
        return this.#parity();
      case "pause":
      case "resume":
      case "uncopy":
      case "release":
      case "panic":
      case "approve":
      case "decline":
        return this.#command(request);
      case "copy":
      case "rebalance":
      case "settings":
      case "portfolio-settings":
      case "alert-settings":
        return this.#decide(request);
      case "preview":
        return this.#preview(request.command);
      case "preview-close":
      case "close":
        throw nothingToClose();
      case "holdings":
        return holdingsOf(this.#state(), request);
      case "allocations":
        return this.#allocations();
      case "proposals":
        return { engine: this.#engine(), proposals: proposalReports(this.#state()) };
      case "explain":
        return { engine: this.#engine(), positions: explainState(this.#state(), request) };
      case "limits":
        return limitsOf(this.#state(), this.#configuration().configuration, request.follower);
      case "changeable-settings":
        return this.#changeable(request.follower);
      case "capital":
        return this.#capital(request);
      case "journal":
        return this.#journal(request.filter);
      case "rebuild":
        return this.#rebuild();
    }
  }

  /** Nothing is written by whoever only looks, so that he needs no lock. */
  async #alerts(request: AlertRequest): Promise<ControlAnswers[AlertRequest["kind"]]> {
    const { dataDir } = this.#parts;
    const answer = () => {
      const outbox = new Outbox(new RealDisk(dataFolderPaths(dataDir).alerts), (cause) => {
        throw new ControlError("failure", `the outbox of alerts cannot be written: ${cause}`);
      });
      try {
        return answerAlerts(
          bookOf(outbox, () => Date.now()),
          request,
          Date.now(),
        );
      } finally {
        outbox.close();
      }
    };
    return onlyLooks(request) ? answer() : this.#locked(answer);
  }

  #preview(command: OwnerCommand): PreviewReport {
    if (command.kind === "close") throw nothingToClose();
    const state = this.#state();
    return previewReport(state, planOf(this.#context(state), command), this.#engine(state));
  }

  #allocations(): AllocationsReport {
    const state = this.#state();
    const allocations = this.#configuration().configuration?.allocations ?? [];
    const runTime = readRunTime(this.#parts.dataDir).allocations;
    return { engine: this.#engine(state), ...allocationsOf(state, allocations, runTime) };
  }

  #changeable(follower: string | undefined): ChangeableSettingsReport {
    const state = this.#state();
    const context = this.#context(state);
    const loaded = context.reconfigure(context.runTime);
    if (!loaded.ok) throw badSettings(loaded.problems);
    const { configuration } = loaded;
    return changeableSettings({ ...context, engine: this.#engine(state), configuration }, follower);
  }

  /** Throws a ControlError where what was decided before cannot be read: a change would lose it. */
  #context(state: State): CommandContext {
    const { problems, ...runTime } = readRunTime(this.#parts.dataDir);
    if (problems.length > 0) throw badSettings(problems);
    return {
      state,
      runTime,
      reconfigure: (runTime) =>
        loadConfiguration({ ...this.#parts, live: false, purpose: "inspect", runTime }),
    };
  }

  #engine(state = this.#state()): EngineStatus {
    const starting = isDataFolderInUse(this.#parts.dataDir);
    return {
      running: starting,
      asOf: state.nowMs === 0 || starting ? Date.now() : state.nowMs,
      ...(starting ? { starting } : {}),
    };
  }

  #status(): StatusReport {
    const state = this.#state();
    const engine = this.#engine(state);
    const { configuration, problems } = this.#configuration();
    const journaled = engine.running ? {} : accountsOf(state);
    return statusOf(state, {
      mode: null,
      limits: [],
      settings: [],
      followers: [],
      leaders: [],
      configuration,
      ...(configuration === null ? journaled : factsOf(configuration)),
      engine,
      watchdogs: [],
      problems,
    });
  }

  /** Of the last journaled state, with the data as old as it is by now. */
  #parity(): ParityReport {
    const folder = dataFolderPaths(this.#parts.dataDir).journal;
    const fold = new JournalFold();
    let sequence = 0;
    for (const record of viewJournalFolder(folder).sinceCheckpoint()) {
      fold.take(record);
      sequence = record.sequence;
    }
    fold.end();
    if (sequence === 0)
      throw new ControlError("not-running", `nothing has been started yet in ${this.#parts.dataDir}`);
    const hash = recordHashes(folder, new Set([sequence])).hashes.get(sequence);
    const certificate = parityStatement(fold.state, {
      cause: "asked",
      engine: this.#engine(fold.state),
      atMs: Date.now(),
      journal: hash === undefined ? null : { sequence, hash },
    });
    return { certificate, unrecorded: "the engine does not run" };
  }

  #state(): State {
    return recover(viewJournalFolder(dataFolderPaths(this.#parts.dataDir).journal)).state;
  }

  #configuration(): { readonly configuration: Configuration | null; readonly problems: readonly string[] } {
    const loaded = loadConfiguration({ ...this.#parts, live: false, purpose: "inspect" });
    if (loaded.ok) return { configuration: loaded.configuration, problems: [] };
    return { configuration: null, problems: loaded.problems.map(describeProblem) };
  }

  /** What the next start reads; nothing is journaled before. */
  async #decide(command: OwnerCommand): Promise<CommandReport> {
    return this.#locked(() => {
      const { report, steps } = planOf(this.#context(this.#state()), command);
      for (const step of steps)
        if (step.kind === "decide") writeRunTime(this.#parts.dataDir, step.before, step.runTime);
      return { ...report, atMs: Date.now(), running: false };
    });
  }

  /** A run without connections: it takes the command, decides nothing, and ends. */
  async #command(command: OwnerCommand): Promise<CommandReport> {
    return this.#locked(() => {
      const { journal } = openJournalFolder(dataFolderPaths(this.#parts.dataDir).journal);
      try {
        const { state } = recover(journal);
        const settings = this.#configuration().configuration?.settings ?? state.settings;
        if (settings.accounts.length === 0)
          throw new ControlError("unknown-follower", "no account is configured");
        const failures: JournalError[] = [];
        const engine = new Engine({
          state,
          journal,
          clock: UNUSED_CLOCK,
          chance: Math.random,
          connections: new Map(),
          feeds: new Map(),
          observer: { failed: (error) => failures.push(error) },
        });
        engine.start(settings, []);
        const report = this.#commandThenStop(engine, command);
        const [failure] = failures;
        if (failure !== undefined) throw failure;
        return { ...report, atMs: Date.now(), running: false };
      } finally {
        journal.close();
      }
    });
  }

  #commandThenStop(engine: Engine, command: OwnerCommand): CommandPlan["report"] {
    try {
      const plan = planOf(this.#context(engine.state), command);
      carryOutPlan(engine, plan, ({ before, runTime }) => writeRunTime(this.#parts.dataDir, before, runTime));
      return plan.report;
    } finally {
      engine.stop();
    }
  }

  #rebuild(): Promise<RebuildReport> {
    return this.#withStore(async (store, parts) => {
      const sequence = await rebuildStore({ ...parts, store });
      return { sequence, ...keptIn(parts.journalFolder) };
    });
  }

  async #capital(request: CapitalRequest): Promise<CapitalReport> {
    if (!existsSync(dataFolderPaths(this.#parts.dataDir).journal))
      return capitalOf(this.#state(), request, []);
    const typical = await this.#withStore(async (store, parts) => {
      await catchUpStore({ ...parts, store });
      return typicalOf(store, request);
    });
    return capitalOf(this.#state(), request, typical);
  }

  async #journal(filter: JournalFilter): Promise<JournalReport> {
    if (!existsSync(dataFolderPaths(this.#parts.dataDir).journal)) return NOTHING_YET;
    return this.#withStore(async (store, parts) => {
      const sequence = await catchUpStore({ ...parts, store });
      return { ...(await journalReport(store, filter)), sequence, ...keptIn(parts.journalFolder) };
    });
  }

  #withStore<Value>(
    use: (
      store: Store,
      parts: { readonly journalFolder: string; readonly journalSequence: number },
    ) => Promise<Value>,
  ): Promise<Value> {
    return this.#locked(async () => {
      const paths = dataFolderPaths(this.#parts.dataDir);
      const { journal, opening } = openJournalFolder(paths.journal);
      journal.close();
      const store = await openSqliteStore({ path: paths.database });
      try {
        return await use(store, { journalFolder: paths.journal, journalSequence: opening.lastSequence });
      } finally {
        await store.close();
      }
    });
  }

  async #locked<Value>(action: () => Value | Promise<Value>): Promise<Value> {
    const { dataDir } = this.#parts;
    if (!existsSync(dataDir)) {
      throw new ControlError(
        "not-running",
        `there is no data folder ${dataDir}: nothing has been started yet`,
      );
    }
    if (isDataFolderInUse(dataDir)) {
      throw new ControlError(
        "starting",
        "the engine is starting up and takes no commands yet; try again in a moment",
      );
    }
    const folder = openDataFolder(dataDir);
    try {
      return await action();
    } finally {
      folder.close();
    }
  }
}

function nothingToClose(): ControlError {
  return new ControlError(
    "not-running",
    "the engine does not run, so nothing can be closed: start it (copytrader start) and close then; copytrader panic closes without it",
  );
}

function accountsOf(state: State) {
  const named = (role: "leader" | "follower") =>
    state.settings.accounts.filter((account) => account.role === role).map(({ account }) => account);
  return { followers: named("follower"), leaders: named("leader") };
}

function keptIn(journalFolder: string) {
  const kept = keptRecords(journalFolder);
  return kept === null ? {} : { kept };
}

const NOTHING_YET: JournalReport = { entries: [], otherOrders: [], sequence: 0 };

/** The run is over before any of its timers would be due. */
const UNUSED_CLOCK = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  setTimer: () => ({ cancel: () => {} }),
};
