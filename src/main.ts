/**
 * The composition root: reads the configuration, builds the parts, runs them and stops them in order. Nothing below here asks
 * which mode it is in: live and paper differ in the connections that run/connections.ts builds.
 */
import { join } from "node:path";
import type { AlertReport } from "./alerts/alert.ts";
import {
  type Configuration,
  describeFees,
  describeMonitoring,
  describeProblem,
  describeStart,
  describeStartLimits,
  loadConfiguration,
} from "./config.ts";
import { CertificateChain } from "./control/certificate-chain.ts";
import { Certifier } from "./control/certifier.ts";
import { type ControlServer, startControl } from "./control/server.ts";
import type { AccountId } from "./core/model/identifiers.ts";
import { type DataFolder, dataFolderPaths, openDataFolder } from "./data-folder.ts";
import { Engine } from "./engine/engine.ts";
import { type Recovered, recover } from "./engine/recovery.ts";
import { createRealOutside, type RealOutside } from "./exchange/net/outside.ts";
import { makeCheckpointAside } from "./journal/checkpoint-thread.ts";
import { type FileJournal, openJournalFolder } from "./journal/file.ts";
import type { JournalError } from "./journal/journal.ts";
import { RealDisk } from "./journal/real-disk.ts";
import type { Retention } from "./journal/retention.ts";
import { type Log, type OpenLog, openLog } from "./log.ts";
import { aborted } from "./run/aborted.ts";
import { AddressRecord } from "./run/address-record.ts";
import { admitAll } from "./run/admit-all.ts";
import { Alerting } from "./run/alerting.ts";
import { Connections } from "./run/connections.ts";
import { optimiseEarly } from "./run/early-optimisation.ts";
import { type Extensions, NO_EXTENSIONS, openExtensions } from "./run/extensions.ts";
import { canFlatten, dropRefused, type Flatten, untilFlat } from "./run/flatten.ts";
import { settingsForFleet } from "./run/fleet.ts";
import { describeFollowed } from "./run/hyperliquid.ts";
import { JournalKeeper } from "./run/journal-keeper.ts";
import { LeaderSchedules } from "./run/leader-schedules.ts";
import { Listings } from "./run/listings.ts";
import { LoggingObserver } from "./run/logging-observer.ts";
import { differingMarginModes } from "./run/margin-modes.ts";
import { type PanicSignal, PanicSwitch } from "./run/panic-switch.ts";
import { ParityWatch } from "./run/parity-watch.ts";
import { Printer, type StartFailure } from "./run/printer.ts";
import { Readiness } from "./run/readiness.ts";
import { replaceStopped, replacingAfter } from "./run/replacing.ts";
import { settledSinceBoot } from "./run/since-boot.ts";
import { failureOf, Refusal } from "./run/start-failure.ts";
import { encryptAtStart } from "./run/vault-at-start.ts";
import { VerifiedAccounts } from "./run/verified-accounts.ts";
import { thisMachine, Watching } from "./run/watching.ts";
import { writtenLevel } from "./run/written-level.ts";
import { type StoreWriter, startStoreWriter } from "./store/writer.ts";

export interface RunOptions {
  readonly configDir: string;
  readonly dataDir: string;
  /** Whether the deliberate word was given. */
  readonly live: boolean;
  /** JSON lines instead of text. */
  readonly json: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** No log lines on stderr. */
  readonly quiet?: boolean;
  /** Where lines go; stdout by default. */
  readonly print?: (line: string) => void;
  /** Aborting it stops the run cleanly. */
  readonly stop: AbortSignal;
  /** The kill switch by signals. */
  readonly panic?: PanicSignal;
  /** Closes what is ours, and ends: the kill switch of a process of its own. */
  readonly flatten?: Flatten;
}

export const EXIT = { ok: 0, failure: 1, configuration: 2 } as const;

const READY_CHECK_MS = 50;
const WAITING_NOTE_MS = 5_000;
const DAY_MS = 86_400_000;
const MEGABYTE = 1_000_000;

/** Runs until stopped; resolves to the exit code. Refusals come before anything is sent. */
export async function runCopytrader(options: RunOptions): Promise<number> {
  optimiseEarly();
  const printer = new Printer(options.json, options.print);
  const loaded = loadConfiguration({
    ...options,
    purpose: options.flatten === undefined ? "start" : "inspect",
  });
  if (!loaded.ok) {
    printer.failure({
      kind: "configuration",
      message: "the configuration has problems",
      problems: loaded.problems,
    });
    return EXIT.configuration;
  }
  const run = new Run(options, loaded.configuration, printer);
  try {
    return await run.run();
  } catch (error) {
    if (options.stop.aborted) return EXIT.ok;
    const failure = failureOf(error);
    run.tellFailure(failure);
    if (failure.kind === "failure") run.logFailure(error);
    printer.failure(failure);
    return failure.kind === "failure" ? EXIT.failure : EXIT.configuration;
  } finally {
    await run.close();
  }
}

interface FlattenParts {
  readonly recovered: Recovered;
  readonly journal: FileJournal;
  readonly log: Log;
  readonly alerting: Alerting;
}

class Run {
  readonly #options: RunOptions;
  readonly #configuration: Configuration;
  readonly #printer: Printer;
  readonly #outside: RealOutside = createRealOutside();
  readonly #connections: Connections;
  #addressRecord: AddressRecord | null = null;
  #folder: DataFolder | null = null;
  #log: OpenLog | null = null;
  #journal: FileJournal | null = null;
  #engine: Engine | null = null;
  #writer: StoreWriter | null = null;
  #control: ControlServer | null = null;
  #listings: Listings | null = null;
  #keeper: JournalKeeper | null = null;
  #alerting: Alerting | null = null;
  #parity: ParityWatch | null = null;
  #watching: Watching | null = null;
  #schedules: LeaderSchedules | null = null;
  #failed: JournalError | null = null;
  #panic: PanicSwitch | null = null;
  #extensions: Extensions = NO_EXTENSIONS;

  constructor(options: RunOptions, configuration: Configuration, printer: Printer) {
    this.#options = options;
    this.#configuration = configuration;
    this.#printer = printer;
    this.#connections = new Connections({
      configuration,
      outside: this.#outside,
      engine: () => this.#engine,
      log: () => this.#log?.log,
    });
  }

  async run(): Promise<number> {
    const { stop, dataDir } = this.#options;
    this.#folder = openDataFolder(dataDir);
    const opened = await this.#openLog();
    const { log } = opened;
    const configuration = this.#configuration;
    const printer = this.#printer;
    const alerting = new Alerting({ ...this.#outside, dataDir, log, configuration, printer });
    this.#alerting = alerting;
    this.#announce(log);
    const raise = (report: AlertReport) => alerting.raise(report);
    this.#extensions = await openExtensions({
      configDir: this.#options.configDir,
      strategy: this.#configuration.portfolio.strategy,
      printer,
      log,
      raise,
    });
    encryptAtStart(this.#options, this.#configuration.encryption, opened, this.#printer);
    const { journal, opening } = openJournalFolder(join(dataDir, "journal"));
    this.#journal = journal;
    if (opening.cutBytes > 0) log.warn("a torn journal tail was cut", { bytes: opening.cutBytes });
    const recovered = recover(journal, alerting.recoveryHooks);
    alerting.open();
    log.info("recovered", { events: recovered.events, markets: recovered.state.markets.length });
    this.#addressRecord = new AddressRecord({
      file: this.#folder.paths.addressRecord,
      nowMs: () => this.#outside.clock.nowMs(),
      onProblem: (cause) => log.warn("what venues count of this address cannot be remembered", { cause }),
    });
    this.#connections.openVenues(log, this.#addressRecord);
    const { flatten } = this.#options;
    if (flatten !== undefined) return await this.#flatten(flatten, { recovered, journal, log, alerting });
    await this.#connections.loadInstruments(stop, log);
    await settledSinceBoot(stop);
    this.#connections.connectAll(recovered);
    const halted = await admitAll({
      accounts: configuration.accounts,
      connections: this.#connections.accounts,
      verified: this.#verifiedAccounts(),
      dataDir,
      stop,
      log,
      printer,
    });
    const differing = await differingMarginModes({
      configuration,
      connections: this.#connections.accounts,
      stop,
      log,
    });
    if (differing.length > 0) throw new Refusal(differing);
    this.#startEngine(recovered, journal, log, halted, alerting);
    this.#panic = this.#panicSwitch();
    this.#panic.start();
    await this.#untilReady(halted);
    this.#parity?.ready();
    this.#schedules?.start();
    this.#printer.ready();
    await aborted(stop, () => this.#failed);
    log.info("stopping");
    return this.#failed === null ? EXIT.ok : EXIT.failure;
  }

  /** Instruments are those of the journal: a venue that cannot be reached keeps nobody waiting. */
  async #flatten(flatten: Flatten, { recovered, journal, log, alerting }: FlattenParts): Promise<number> {
    const { instruments, accounts: connected } = this.#connections;
    for (const [id, instrument] of recovered.state.instruments) instruments.set(id, instrument);
    const accounts = this.#configuration.accounts.filter(canFlatten);
    for (const account of accounts) this.#connections.connect(account, recovered);
    const { stop } = this.#options;
    for (const line of await dropRefused(accounts, connected, this.#verifiedAccounts(), stop))
      this.#printer.note("halted", line);
    this.#startEngine(recovered, journal, log, new Map(), alerting);
    this.#engine?.command(flatten.command);
    const isFlat = await untilFlat(flatten, recovered.state, () => stop.aborted || this.#failed !== null);
    return isFlat ? EXIT.ok : EXIT.failure;
  }

  #panicSwitch(): PanicSwitch {
    return new PanicSwitch({
      dataDir: this.#options.dataDir,
      knows: (account) => this.#configuration.accounts.some((one) => one.account === account),
      pull: (command, cause) => {
        this.#log?.log.error("the kill switch was pulled", { cause, command });
        this.#printer.note("halted", `the kill switch was pulled by ${cause}: what is ours is closed`);
        this.#engine?.command(command);
      },
      ...(this.#options.panic === undefined ? {} : { signal: this.#options.panic }),
    });
  }

  /** What nobody expected keeps its stack, in the log. */
  logFailure(error: unknown): void {
    this.#log?.log.error("the start failed", { error });
  }

  /** The owner hears of a start that failed, also where nobody looks at the terminal. */
  tellFailure({ message, problems }: StartFailure): void {
    this.#alerting?.raise({
      kind: "start-failed",
      cause: [message, ...problems.map(describeProblem)].join("; "),
    });
  }

  /** Stops in order: no new decisions, connections, control, database and alerts, journal, lock. */
  async close(): Promise<void> {
    this.#panic?.stop();
    this.#listings?.stop();
    this.#keeper?.stop();
    this.#parity?.stop();
    this.#schedules?.stop();
    this.#watching?.stop();
    await this.#control?.close();
    this.#engine?.stop();
    this.#connections.close();
    this.#addressRecord?.close();
    await Promise.all([this.#writer?.close(), this.#alerting?.close()]);
    this.#journal?.close();
    this.#outside.close();
    this.#log?.close();
    this.#folder?.close();
  }

  async #openLog(): Promise<OpenLog> {
    const opened = await openLog({
      level: writtenLevel(this.#configuration.logging.level.value),
      debugMode: false,
      folder: join(this.#options.dataDir, "logs"),
      ...(this.#options.quiet === true ? { terminal: null } : {}),
    });
    this.#log = opened;
    for (const { credentials } of this.#configuration.accounts) credentials?.maskIn(opened.registerSecret);
    this.#configuration.alerts.webhook?.secret?.maskIn(opened.registerSecret);
    return opened;
  }

  #announce(log: Log): void {
    const configuration = this.#configuration;
    for (const line of describeStart(configuration)) this.#printer.note("start", line);
    for (const line of describeFollowed(configuration.accounts)) this.#printer.note("start", line);
    for (const line of describeStartLimits(configuration)) this.#printer.note("limit", line);
    for (const line of describeMonitoring(configuration.monitoring)) this.#printer.note("start", line);
    for (const line of configuration.portfolioNotes) this.#printer.note("start", line);
    for (const line of describeFees(configuration.fees)) this.#printer.note("start", line);
    for (const line of configuration.watchdogNotes) this.#printer.note("limit", `watchdog: ${line}`);
    for (const line of configuration.filterNotes) this.#printer.note("start", line);
    for (const warning of configuration.warnings) this.#printer.note("warning", describeProblem(warning));
    for (const { keyPath, file } of configuration.notInForce) {
      this.#printer.note("not-in-force", `${file}: ${keyPath} is accepted but not in force in this version`);
    }
    log.info("starting", { mode: configuration.mode.value, accounts: configuration.accounts.length });
  }

  #verifiedAccounts(): VerifiedAccounts {
    return new VerifiedAccounts(join(this.#options.dataDir, "verified-accounts.json"));
  }

  #saveAccounts(writer: StoreWriter, log: Log): void {
    const verified = this.#verifiedAccounts();
    const records = this.#configuration.accounts.map(({ account, venue, role, accountType }) => ({
      account,
      venue,
      role,
      accountType,
      verifiedAtMs: verified.sinceMs(account),
    }));
    writer.saveAccounts(records).catch((error: unknown) => {
      log.warn("the accounts could not be written to the database", { cause: String(error) });
    });
  }

  #startEngine(
    recovered: Recovered,
    journal: FileJournal,
    log: Log,
    halted: ReadonlyMap<AccountId, string>,
    alerting: Alerting,
  ): void {
    const outside = this.#outside;
    const { dataDir } = this.#options;
    const observer = new LoggingObserver(log, {
      appended: () => this.#writer?.wake(),
      unknownInstrument: () => this.#listings?.refreshSoon(),
      inDoubt: (instrument) => this.#listings?.recheck(instrument),
      connected: (account) => this.#parity?.connected(account),
      failed: (error) => {
        this.#failed = error;
      },
    });
    const watching = this.#watch(log, alerting);
    const engine = new Engine({
      state: recovered.state,
      journal,
      clock: outside.clock,
      chance: outside.chance,
      connections: this.#connections.accounts,
      feeds: this.#connections.feeds(),
      observer: replacingAfter(
        alerting.beside(observer, (event, state) => watching.note(event, state)),
        () => replaceStopped(this.#control, log),
      ),
      own: this.#extensions.own,
      together: outside.sockets.together,
      stayAwake: outside.stayAwake,
    });
    this.#engine = engine;
    // Before this run writes: a database beyond it has rows of a tail that was lost.
    const journalSequence = journal.lastSequence;
    const { settings, note } = settingsForFleet(this.#configuration.settings, this.#configuration.accounts);
    if (note !== null) this.#printer.note("start", note);
    engine.start(settings, [...this.#connections.instruments.values()]);
    alerting.started();
    for (const [account, cause] of halted) {
      engine.receive({ kind: "account-refused", account, cause, atMs: outside.clock.nowMs() });
    }
    this.#writer = startStoreWriter({
      dataDir,
      journalSequence,
      onProblem: (cause) => {
        log.error("the database lags", { cause });
        alerting.raise({ kind: "database-lags", cause });
      },
    });
    watching.start({
      engine,
      connections: this.#connections.accounts,
      clocks: () => this.#connections.clocks(),
      feeds: () => this.#connections.priceFeeds(),
      journal,
      databaseSequence: () => this.#writer?.sequence ?? 0,
    });
    this.#keeper = new JournalKeeper({
      journal,
      clock: outside.clock,
      retention: () => this.#retention(),
      makeCheckpoint: (first) => makeCheckpointAside({ folder: dataFolderPaths(dataDir).journal, first }),
      onProblem: (cause) => log.warn("the journal is not kept", { cause }),
    });
    this.#saveAccounts(this.#writer, log);
    this.#listings = new Listings({
      venues: this.#connections.listing,
      table: this.#connections.instruments,
      clock: outside.clock,
      log,
      listed: (instruments) => engine.listInstruments(instruments),
    });
    const certifier = this.#certifier(engine, journal, log);
    this.#control = startControl({
      dataDir,
      ...certifier,
      engine,
      configuration: this.#configuration,
      extensions: this.#extensions.listed,
      log,
      store: this.#writer,
      watchdogs: () => watching.report(),
    });
    replaceStopped(this.#control, log);
    this.#schedules = this.#scheduled(engine, this.#control, log, alerting);
  }

  #scheduled(engine: Engine, control: ControlServer, log: Log, alerting: Alerting): LeaderSchedules {
    return new LeaderSchedules({
      ...this.#options,
      configuration: this.#configuration,
      clock: this.#outside.clock,
      log,
      engine,
      control,
      raise: (report) => alerting.raise(report),
    });
  }

  /** Copying goes on without certificates where they cannot be kept. */
  #certifier(engine: Engine, journal: FileJournal, log: Log): { readonly certifier?: Certifier } {
    try {
      const chain = new CertificateChain(new RealDisk(dataFolderPaths(this.#options.dataDir).parity));
      const certifier = new Certifier({ engine, journal, chain });
      const { clock } = this.#outside;
      this.#parity = new ParityWatch({ certifier, state: () => engine.state, clock, log });
      return { certifier };
    } catch (error) {
      log.error("certificates of parity cannot be kept", { error });
      return {};
    }
  }

  #watch(log: Log, alerting: Alerting): Watching {
    const watching = new Watching({
      configuration: this.#configuration,
      clock: this.#outside.clock,
      log,
      raise: (report) => alerting.raise(report),
      machine: thisMachine(this.#options.dataDir),
    });
    this.#watching = watching;
    return watching;
  }

  /** The database is asked anew each time: what it has not read yet stays. */
  #retention(): Retention {
    const { keepDays, maxMegabytes } = this.#configuration.journal;
    return {
      sinceMs: this.#outside.clock.nowMs() - keepDays.value * DAY_MS,
      bytesMax: maxMegabytes.value * MEGABYTE,
      neededFrom: this.#writer?.sequence ?? 0,
    };
  }

  async #untilReady(halted: ReadonlyMap<AccountId, string>): Promise<void> {
    let noteAtMs = Date.now() + WAITING_NOTE_MS;
    const readiness = new Readiness(new Set(halted.keys()));
    for (;;) {
      this.#options.stop.throwIfAborted();
      const waiting = this.#engine === null ? ["engine"] : readiness.awaited(this.#engine.state);
      if (waiting.length === 0 || this.#failed !== null) return;
      if (Date.now() >= noteAtMs) {
        this.#printer.note(
          "waiting",
          `for ${waiting.slice(0, 10).join(", ")}${waiting.length > 10 ? ", ..." : ""}`,
        );
        noteAtMs = Date.now() + WAITING_NOTE_MS;
      }
      await new Promise((resolve) => setTimeout(resolve, READY_CHECK_MS));
    }
  }
}
