/**
 * A start on a data folder that was restored from a backup. Without the owner's word it is refused: what is written there may be old,
 * and the engine that went on after the backup may still run elsewhere. With it, what that engine traded is adopted (lost-runs.ts), and
 * nothing is opened on any follower before every account was read and every difference is settled; then the mark is taken away.
 */
import { type RestoredMark, readRestoredMark, removeRestoredMark } from "../backup/restored-mark.ts";
import type { AccountId, VenueId } from "../core/model/identifiers.ts";
import { quantityText } from "../core/model/instrument.ts";
import { hasOpenOrders } from "../core/ownership.ts";
import type { Settings } from "../core/settings.ts";
import type { FollowerState, State } from "../core/state.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { Engine } from "../engine/engine.ts";
import type { Recovered } from "../engine/recovery.ts";
import type { Outside } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import { adoptLostRuns, type LostRuns, type LostRunsParts } from "./lost-runs.ts";
import type { Printer } from "./printer.ts";
import { Refusal } from "./start-failure.ts";
import { noteNowAndThen, type WaitingFor } from "./until-ready.ts";
import type { Venue } from "./venues.ts";

/** Why followers are halted meanwhile. */
export const RESTORED = "restored from a backup: every account is reconciled first";

const CHECK_MS = 100;
/** Accounts that are not settled yet are read again this often. */
const READ_AGAIN_MS = 1_000;
const NOTE_MS = 10_000;
/** The venues tell of executions for so long (Bybit, "Get Trade History"). */
const TOLD_DAYS = 7;
const DAY_MS = 86_400_000;

export interface AfterRestoreOptions {
  readonly dataDir: string;
  /** Whether the word was given. */
  readonly afterRestore?: boolean;
  /** The kill switch never waits for anything. */
  readonly flatten?: unknown;
}

export interface AdoptParts extends Omit<LostRunsParts, "venueOf" | "state" | "outside" | "halted"> {
  readonly venues: ReadonlyMap<VenueId, Venue>;
  readonly recovered: Recovered;
  readonly halted: ReadonlyMap<AccountId, string>;
}

export interface ReconcileParts extends WaitingFor {
  readonly log: Log;
  /** Refused by their venues at admission. */
  readonly halted: ReadonlyMap<AccountId, string>;
}

export class AfterRestore {
  readonly #dataDir: string;
  readonly #outside: Outside;
  readonly #printer: Printer;
  #lost: LostRuns = { epochs: [], executions: new Map() };

  private constructor(dataDir: string, outside: Outside, printer: Printer) {
    this.#dataDir = dataDir;
    this.#outside = outside;
    this.#printer = printer;
  }

  /** Of a folder that waits to be reconciled; null for any other. Throws a Refusal unless the word was given. */
  static of(options: AfterRestoreOptions, outside: Outside, printer: Printer): AfterRestore | null {
    const { dataDir, afterRestore: hasWord = false } = options;
    const found = readRestoredMark(dataDir);
    if (found !== null && options.flatten !== undefined) tellUnknown(found, printer);
    const mark = options.flatten === undefined ? found : null;
    if (mark === null) {
      if (hasWord)
        printer.note("start", "--after-restore: nothing waits to be reconciled in this data folder");
      return null;
    }
    assertMayStart(mark, hasWord, dataFolderPaths(dataDir).restored);
    tellRestored(mark, outside.clock.nowMs(), printer);
    return new AfterRestore(dataDir, outside, printer);
  }

  /** Before the engine's start. Asks until every venue has answered; rejects with the reason when stopped. */
  async adopt({ venues, recovered, halted, ...parts }: AdoptParts): Promise<void> {
    this.#lost = await adoptLostRuns({
      ...parts,
      state: recovered.state,
      outside: this.#outside,
      halted: new Set(halted.keys()),
      venueOf: ({ venue }) => venues.get(venue),
    });
  }

  /**
   * Accounts to be opened once every leader was read: what followers traded since the backup is nothing to be closed, however far it is
   * from what the leaders held then.
   */
  later({ accounts }: Pick<Settings, "accounts">): ReadonlySet<AccountId> {
    return new Set(accounts.filter(({ role }) => role === "follower").map(({ account }) => account));
  }

  /** To be called right after the engine's start, before it heard anything. Rejects with the reason when stopped. */
  async reconcile(parts: ReconcileParts): Promise<void> {
    const { engine, log } = parts;
    if (engine === null) return;
    engine.haltOpenings(RESTORED, () => true);
    await this.#untilNone(unreadLeaders, engine, parts);
    for (const account of this.later(engine.state.settings)) engine.open(account);
    await this.#untilNone(unsettled, engine, parts);
    if (parts.hasFailed()) return;
    for (const line of linesOf(engine.state, this.#lost)) this.#printer.note("start", line);
    log.info("reconciled after a restore", { runs: this.#lost.epochs.length });
    this.#endWait(unreadFollowers(engine.state));
    engine.releaseHalts(RESTORED);
  }

  async #untilNone(
    left: (state: State) => readonly AccountId[],
    engine: Engine,
    { printer, stop, hasFailed, halted }: ReconcileParts,
  ): Promise<void> {
    const noted = noteNowAndThen(printer, NOTE_MS);
    let readAtMs = Date.now() + READ_AGAIN_MS;
    for (;;) {
      stop.throwIfAborted();
      const waiting = left(engine.state).filter((account) => !halted.has(account));
      if (waiting.length === 0 || hasFailed()) return;
      if (Date.now() >= readAtMs) {
        for (const account of waiting) engine.readAgain(account);
        readAtMs = Date.now() + READ_AGAIN_MS;
      }
      noted(waiting, "to be reconciled after the restore");
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
  }

  /** What a follower traded after the backup is taken over when it can be read: until then the mark stays. */
  #endWait(unread: readonly FollowerState[]): void {
    for (const { account, halted } of unread) {
      const todo =
        "cure that, then start with --after-restore again, so that what it copied since the backup is taken over";
      this.#printer.note("warning", `"${account}" was not read (${halted}): ${todo}`);
    }
    if (unread.length === 0) removeRestoredMark(this.#dataDir);
  }
}

function assertMayStart({ state, madeAtMs }: RestoredMark, hasWord: boolean, file: string): void {
  const refusal = (message: string) => new Refusal([{ file, keyPath: "", message }]);
  if (state === "unfinished")
    throw refusal("the restore of this folder was broken off: restore the backup into an empty folder again");
  if (hasWord) return;
  throw refusal(
    `this folder was restored from a backup of ${timeText(madeAtMs)}: make sure that no other engine runs for these accounts; then copytrader start --after-restore reads every account, takes over what was copied since, and only then copies`,
  );
}

/** The kill switch does not wait until everything is known. */
function tellUnknown({ madeAtMs }: RestoredMark, printer: Printer): void {
  const text = `this folder was restored from a backup of ${timeText(madeAtMs)}: what was copied after it is not known here and stays open`;
  printer.note("warning", `${text}; look at the accounts on the exchange`);
}

function tellRestored({ madeAtMs, from }: RestoredMark, nowMs: number, printer: Printer): void {
  const text = `restored from ${from} of ${timeText(madeAtMs)}: nothing is opened until every account is reconciled`;
  printer.note("start", text);
  if (nowMs - madeAtMs <= TOLD_DAYS * DAY_MS) return;
  const older = `the backup is older than ${TOLD_DAYS} days: what was copied earlier than exchanges tell counts as your own positions`;
  printer.note("warning", older);
}

/** Accounts that were not read yet, or where the venue and the ledger are still apart. Those halted for something else are left. */
function unsettled(state: State): readonly AccountId[] {
  const followers = [...state.followers.values()].filter(
    (follower) => (follower.halted === null || follower.halted === RESTORED) && !isSettled(follower),
  );
  return [...unreadLeaders(state), ...configuredOf(state, followers)];
}

function unreadLeaders(state: State): readonly AccountId[] {
  const leaders = [...state.leaders.values()];
  return configuredOf(
    state,
    leaders.filter(({ confirmedAtMs, connected }) => confirmedAtMs === 0 || !connected),
  );
}

function configuredOf(
  { settings }: State,
  accounts: readonly { readonly account: AccountId }[],
): readonly AccountId[] {
  const configured = new Set(settings.accounts.map(({ account }) => account));
  return accounts.map(({ account }) => account).filter((account) => configured.has(account));
}

/** Halted for something else than the restore: nobody asked their venues. */
function unreadFollowers({ followers, settings }: State): readonly FollowerState[] {
  const configured = new Set(settings.accounts.map(({ account }) => account));
  return [...followers.values()].filter(
    ({ account, halted, confirmedAtMs }) =>
      configured.has(account) && halted !== null && halted !== RESTORED && confirmedAtMs === 0,
  );
}

function isSettled({ confirmedAtMs, connected, markets }: FollowerState): boolean {
  if (confirmedAtMs === 0 || !connected) return false;
  return [...markets.values()].every(({ legs }) =>
    legs.every((leg) => leg.mismatchSinceMs === null && !hasOpenOrders(leg)),
  );
}

/** What was found, for the owner. */
function linesOf(state: State, { epochs, executions }: LostRuns): readonly string[] {
  const lines = epochs.length === 0 ? [] : [`${epochs.length} later run(s) of this engine were taken over`];
  for (const [account, count] of executions)
    if (count > 0) lines.push(`"${account}": ${count} execution(s) of ours since the backup were read`);
  for (const { account, markets } of state.followers.values()) {
    for (const { legs, instrument } of markets.values()) {
      for (const { foreignLots } of legs) {
        if (foreignLots === 0) continue;
        const quantity = quantityText(instrument, foreignLots);
        lines.push(
          `"${account}": ${quantity} ${instrument.spec.symbol} is not what we copied: it counts as its owner's`,
        );
      }
    }
  }
  return lines;
}

function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
