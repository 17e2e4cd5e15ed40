/**
 * Copying, from a program: the whole engine with its journal, as `copytrader start` runs it, in this process; or, where one runs on the
 * folder already, that one. It copies all the time: a cycle is no step that has to be asked for, but a moment at which every account
 * was read anew and nothing is on its way.
 */
import { type Control, ControlError, type StatusReport } from "../control/control.ts";
import { openControl } from "../control/open-control.ts";
import { isDataFolderInUse } from "../data-folder.ts";
import { EXIT, runCopytrader } from "../main.ts";
import { type Folders, foldersOf, LibraryError, type ResolvedFolders } from "./folders.ts";

export interface SyncManagerOptions extends Folders {
  /** The deliberate word that live followers need. */
  readonly live?: boolean;
  /** The deliberate word that a restored data folder needs, once. */
  readonly afterRestore?: boolean;
  /** Hears what `copytrader start` says, as lines of JSON. */
  readonly onLine?: (line: string) => void;
}

const LOOK_MS = 100;
const CYCLE_MAX_MS = 60_000;
const LINES_KEPT = 50;

export class SyncManager {
  readonly #options: SyncManagerOptions;
  readonly #folders: ResolvedFolders;
  readonly #stop = new AbortController();
  #run: Promise<number> | null = null;
  #control: Control | null = null;
  readonly #lines: string[] = [];

  constructor(options: SyncManagerOptions = {}) {
    this.#options = options;
    this.#folders = foldersOf(options);
  }

  /** Whether the engine is this program's own. */
  get isOwn(): boolean {
    return this.#run !== null;
  }

  /**
   * Starts copying, and resolves when every account is connected and every follower reconciled. Where an engine runs on the data folder
   * already, that is used, and `stop` leaves it running. Rejects with a LibraryError where the start is refused.
   */
  async initialise(): Promise<void> {
    if (this.#control !== null) return;
    if (!isDataFolderInUse(this.#folders.dataDir)) await this.#start();
    this.#control = await openControl(this.#folders);
  }

  /**
   * Resolves once every account was read anew and nothing is on its way: each follower is at its targets, or a reason stands. Rejects with a
   * LibraryError after `withinMs`.
   */
  async runSyncCycle({
    withinMs = CYCLE_MAX_MS,
  }: {
    readonly withinMs?: number;
  } = {}): Promise<StatusReport> {
    const sinceMs = Date.now();
    for (;;) {
      const status = await this.getSyncStatus();
      if (isThrough(status, Date.now() - sinceMs)) return status;
      if (Date.now() - sinceMs > withinMs)
        throw new LibraryError(
          "timeout",
          `not every account was at rest within ${withinMs} ms`,
          waiting(status),
        );
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** What `copytrader status --json` tells. */
  async getSyncStatus(): Promise<StatusReport> {
    return this.control.ask({ kind: "status" });
  }

  /** The facade behind command line, API and bot: everything that can be asked and commanded. */
  get control(): Control {
    if (this.#control === null) throw new LibraryError("not-started", "initialise() comes first");
    return this.#control;
  }

  /** Stops an engine of its own, within some seconds; positions stay open. Twice is nothing. */
  async stop(): Promise<void> {
    await this.#control?.close();
    this.#control = null;
    this.#stop.abort();
    await this.#run;
    this.#run = null;
  }

  async #start(): Promise<void> {
    const { live = false, afterRestore = false, onLine } = this.#options;
    let isReady: () => void = () => {};
    const ready = new Promise<void>((resolve) => {
      isReady = resolve;
    });
    const print = (line: string): void => {
      this.#lines.push(line);
      if (this.#lines.length > LINES_KEPT) this.#lines.shift();
      onLine?.(line);
      if (line.startsWith('{"ready":true')) isReady();
    };
    const options = {
      ...this.#folders,
      live,
      afterRestore,
      json: true,
      quiet: true,
      print,
      stop: this.#stop.signal,
    };
    const run = runCopytrader(options);
    this.#run = run;
    const ended = await Promise.race([ready.then(() => null), run]);
    if (ended === null) return;
    this.#run = null;
    throw new LibraryError(
      "refused",
      `copying did not start (exit code ${ended}, ${meaning(ended)})`,
      this.#problems(),
    );
  }

  #problems(): readonly string[] {
    return this.#lines.flatMap((line) => {
      const { error } = JSON.parse(line) as {
        readonly error?: {
          readonly message: string;
          readonly problems: readonly {
            readonly file: string;
            readonly keyPath: string;
            readonly message: string;
          }[];
        };
      };
      if (error === undefined) return [];
      const told = error.problems.map(({ file, keyPath, message }) =>
        [file, keyPath, message].filter((one) => one !== "").join(": "),
      );
      return told.length === 0 ? [error.message] : told;
    });
  }
}

function meaning(code: number): string {
  return code === EXIT.configuration ? "it was refused" : "it ended";
}

/** Whether all was read within this time, and nothing is on its way. */
function isThrough({ followers, leaders }: StatusReport, withinMs: number): boolean {
  const isFresh = (age: number | null) => age !== null && age <= withinMs;
  return (
    leaders.every(({ snapshotAgeMs }) => isFresh(snapshotAgeMs)) &&
    followers.every(
      ({ state, snapshotAgeMs }) => state === "halted" || (state !== "syncing" && isFresh(snapshotAgeMs)),
    )
  );
}

function waiting({ followers }: StatusReport): readonly string[] {
  return followers
    .filter(({ state }) => state !== "in-sync")
    .map(({ nickname, state, reason }) => `${nickname}: ${state} ${reason}`);
}

export { type Control, ControlError, type StatusReport };
