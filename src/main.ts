/**
 * The composition root: reads the configuration, builds the parts, runs them and stops them in order. Nothing below here asks
 * which mode it is in: live and paper differ in the connections that run/connections.ts builds.
 */
import { join } from "node:path";
import type { AlertReport } from "./alerts/alert.ts";
import { type ApiOverrides, type Configuration, loadConfiguration } from "./config.ts";
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
import type { Log, OpenLog } from "./log.ts";
import { aborted } from "./run/aborted.ts";
import { AddressRecord } from "./run/address-record.ts";
import { admitAll } from "./run/admit-all.ts";
import { AfterRestore } from "./run/after-restore.ts";
import { Alerting, alertSecrets } from "./run/alerting.ts";
import { announce } from "./run/announce.ts";
import { ProgramsBeside } from "./run/beside.ts";
import { ByTheClock } from "./run/by-the-clock.ts";
import { Connections } from "./run/connections.ts";
import { Correlations } from "./run/correlation.ts";
import { optimiseEarly } from "./run/early-optimisation.ts";
import { type Extensions, NO_EXTENSIONS, openExtensions } from "./run/extensions.ts";
import { canFlatten, dropRefused, type Flatten, untilFlat } from "./run/flatten.ts";
import { settingsForFleet } from "./run/fleet.ts";
import { JournalKeeper } from "./run/journal-keeper.ts";
import { LeaderSchedules } from "./run/leader-schedules.ts";
import { Listings } from "./run/listings.ts";
import { LoggingObserver } from "./run/logging-observer.ts";
import { differingMarginModes } from "./run/margin-modes.ts";
import { openLogAt } from "./run/open-log.ts";
import { type PanicSignal, PanicSwitch } from "./run/panic-switch.ts";
import { ParityWatch } from "./run/parity-watch.ts";
import { Printer, type StartFailure } from "./run/printer.ts";
import { replaceStopped, replacingAfter } from "./run/replacing.ts";
import { saveAccounts } from "./run/save-accounts.ts";
import { settledSinceBoot } from "./run/since-boot.ts";
import { failureOf, failureText, Refusal } from "./run/start-failure.ts";
import { untilReady } from "./run/until-ready.ts";
import { encryptAtStart } from "./run/vault-at-start.ts";
import { VerifiedAccounts } from "./run/verified-accounts.ts";
import { thisMachine, Watching } from "./run/watching.ts";
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
  /** The API beside it, as the command line wants it; none where it is left out, whatever the configuration says. */
  readonly api?: ApiOverrides;
  /** Closes what is ours, and ends: the kill switch of a process of its own. */
  readonly flatten?: Flatten;
  /** The owner's word that a folder restored from a backup may be reconciled and traded on. */
  readonly afterRestore?: boolean;
}

export const EXIT = { ok: 0, failure: 1, configuration: 2 } as const;

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
  readonly #correlations = new Correlations();
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
  #observer: LoggingObserver | null = null;
  #byTheClock: ByTheClock | null = null;
  /** The API and the Telegram bot. */
  #beside: ProgramsBeside | null = null;
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
    const printer = this.#printer;
    const restored = AfterRestore.of(this.#options, this.#outside, printer);
    const opened = await this.#openLog();
    const { log } = opened;
    const configuration = this.#configuration;
    const alerting = new Alerting({ ...this.#outside, dataDir, log, configuration, printer });
    this.#alerting = alerting;
    announce(configuration, printer, { withApi: this.#options.api !== undefined });
    log.info("starting", { mode: configuration.mode.value, accounts: configuration.accounts.length });
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
    const recovered = recover(journal, this.#correlations.recoveryHooks(alerting.recoveryHooks));
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
    this.#startBesideSoon(alerting, log);
    await this.#connections.loadInstruments(stop, log);
    await settledSinceBoot(stop);
    this.#connections.connectAll(recovered);
    const halted = await this.#admitted(log);
    await restored?.adopt({
      configuration,
      venues: this.#connections.venues,
      recovered,
      journal,
      halted,
      log,
      stop,
    });
    const differing = await differingMarginModes({
      configuration,
      connections: this.#connections.accounts,
      stop,
      log,
    });
    if (differing.length > 0) throw new Refusal(differing);
    this.#startEngine(recovered, journal, log, halted, alerting, restored?.later(configuration.settings));
    this.#panic = this.#panicSwitch();
    this.#panic.start();
    const waiting = { engine: this.#engine, stop, printer, hasFailed: () => this.#failed !== null };
    await restored?.reconcile({ ...waiting, log, halted });
    await untilReady({ ...waiting, halted });
    this.#parity?.ready();
    this.#schedules?.start();
    this.#printer.ready();
    await this.#control?.ready;
    this.#beside?.start();
    this.#byTheClock = new ByTheClock(configuration, { ...this.#options, log, raise });
    this.#byTheClock.start();
    await aborted(stop, () => this.#failed);
    log.info("stopping");
    return this.#failed === null ? EXIT.ok : EXIT.failure;
  }

  #admitted(log: Log): Promise<ReadonlyMap<AccountId, string>> {
    return admitAll({
      accounts: this.#configuration.accounts,
      connections: this.#connections.accounts,
      verified: this.#verifiedAccounts(),
      dataDir: this.#options.dataDir,
      stop: this.#options.stop,
      log,
      printer: this.#printer,
    });
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

  #startBesideSoon(alerting: Alerting, log: Log): void {
    const { api: overrides, configDir, dataDir, env } = this.#options;
    if (overrides === undefined) return;
    this.#beside = new ProgramsBeside({
      folders: { configDir, dataDir, ...(env === undefined ? {} : { env }) },
      configuration: this.#configuration,
      overrides,
      log,
      printer: this.#printer,
      raise: (report) => alerting.raise(report),
    });
    this.#beside.startSoon();
  }

  #panicSwitch(): PanicSwitch {
    return new PanicSwitch({
      dataDir: this.#options.dataDir,
      knows: (account) => this.#configuration.accounts.some((one) => one.account === account),
      pull: (command, cause) => {
        this.#log?.log.channel("trading").error("the kill switch was pulled", { cause, command });
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
  tellFailure(failure: StartFailure): void {
    this.#alerting?.raise({ kind: "start-failed", cause: failureText(failure) });
  }

  /** Stops in order: no new decisions, connections, control, database and alerts, journal, lock. */
  async close(): Promise<void> {
    this.#panic?.stop();
    this.#listings?.stop();
    this.#keeper?.stop();
    this.#parity?.stop();
    this.#schedules?.stop();
    this.#byTheClock?.stop();
    this.#watching?.stop();
    await Promise.all([this.#control?.close(), this.#beside?.stop()]);
    this.#engine?.stop();
    this.#connections.close();
    this.#addressRecord?.close();
    await Promise.all([this.#writer?.close(), this.#alerting?.close()]);
    this.#journal?.close();
    this.#outside.close();
    this.#observer?.close();
    this.#log?.close();
    this.#folder?.close();
  }

  async #openLog(): Promise<OpenLog> {
    const opened = await openLogAt({ ...this.#options, logging: this.#configuration.logging });
    this.#log = opened;
    for (const { credentials } of this.#configuration.accounts) credentials?.maskIn(opened.registerSecret);
    for (const secret of alertSecrets(this.#configuration)) secret?.maskIn(opened.registerSecret);
    return opened;
  }

  #verifiedAccounts(): VerifiedAccounts {
    return new VerifiedAccounts(join(this.#options.dataDir, "verified-accounts.json"));
  }

  #startEngine(
    recovered: Recovered,
    journal: FileJournal,
    log: Log,
    halted: ReadonlyMap<AccountId, string>,
    alerting: Alerting,
    openedLater?: ReadonlySet<AccountId>,
  ): void {
    const outside = this.#outside;
    const { dataDir } = this.#options;
    const observer = this.#observed(log);
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
    engine.start(settings, [...this.#connections.instruments.values()], openedLater);
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
      ...this.#connections.watched(),
      journal,
      databaseSequence: () => this.#writer?.sequence ?? 0,
      limits: () => this.#connections.limits(),
    });
    this.#keeper = new JournalKeeper({
      journal,
      clock: outside.clock,
      retention: () => this.#retention(),
      makeCheckpoint: (first) => makeCheckpointAside({ folder: dataFolderPaths(dataDir).journal, first }),
      onProblem: (cause) => log.warn("the journal is not kept", { cause }),
    });
    saveAccounts(this.#writer, {
      accounts: this.#configuration.accounts,
      verified: this.#verifiedAccounts(),
      log,
    });
    this.#listings = new Listings({
      venues: this.#connections.listing,
      table: this.#connections.instruments,
      clock: outside.clock,
      log,
      listed: (instruments) => engine.listInstruments(instruments),
    });
    this.#control = startControl({
      ...this.#changeable(),
      ...this.#certifier(engine, journal, log),
      engine,
      log,
      store: this.#writer,
      ...watching.answers,
      alerts: alerting.book,
    });
    replaceStopped(this.#control, log);
    this.#schedules = this.#scheduled(engine, this.#control, log, alerting);
  }

  /** What the engine did: into the log, and on to whoever waits for it. */
  #observed(log: Log): LoggingObserver {
    const observer = new LoggingObserver(log, this.#correlations, {
      appended: () => this.#writer?.wake(),
      decided: (event, decision) => this.#watching?.count(event, decision),
      unknownInstrument: () => this.#listings?.refreshSoon(),
      inDoubt: (instrument) => this.#listings?.recheck(instrument),
      connected: (account) => this.#parity?.connected(account),
      failed: (error) => {
        this.#failed = error;
      },
    });
    this.#observer = observer;
    return observer;
  }

  /** What commands may change while running, and who is told of it. */
  #changeable() {
    return {
      dataDir: this.#options.dataDir,
      configuration: this.#configuration,
      extensions: this.#extensions.listed,
      ownStrategies: this.#extensions.strategies.map(({ name }) => name),
      configured: (configuration: Configuration) => {
        for (const part of [this.#schedules, this.#alerting, this.#watching])
          part?.reconfigure(configuration);
      },
    };
  }

  #scheduled(engine: Engine, control: ControlServer, log: Log, alerting: Alerting): LeaderSchedules {
    return new LeaderSchedules({
      ...this.#options,
      configuration: this.#configuration,
      clock: this.#outside.clock,
      log,
      engine,
      control,
      strategies: this.#extensions.strategies,
      raise: (report) => alerting.raise(report),
    });
  }

  /** Copying goes on without certificates where they cannot be kept. */
  #certifier(engine: Engine, journal: FileJournal, log: Log): { readonly certifier?: Certifier } {
    try {
      const chain = new CertificateChain(new RealDisk(dataFolderPaths(this.#options.dataDir).parity));
      const { clock } = this.#outside;
      const certifier = new Certifier({ engine, journal, chain, nowMs: () => clock.nowMs() });
      this.#parity = new ParityWatch({ certifier, state: () => engine.state, clock, log });
      return { certifier };
    } catch (error) {
      log.channel("sync").error("certificates of parity cannot be kept", { error });
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
      loggedErrors: () => this.#log?.errors() ?? 0,
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
}
