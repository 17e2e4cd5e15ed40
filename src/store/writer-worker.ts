/**
 * The thread that keeps the database up with the journal and answers questions about it, so that the engine's thread never
 * executes a statement. It reads the journal like any other process would; whatever fails here is reported and tried
 * again, and copying goes on.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { JournalFollower } from "./journal-follower.ts";
import { ProjectionDiverged } from "./projection.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { Store } from "./store.ts";
import type { StoreAnswer, StoreCall, StoreReport, WriterRequest, WriterStart } from "./writer-messages.ts";

/** After a notice a little more is waited for, so that a burst is one transaction. */
const GATHER_MS = 25;
/** Without a notice the journal is looked at this often. */
const POLL_MS = 1_000;
/** Nothing appended for so long: the last event has no decision. */
const QUIET_MS = 250;
const RETRY_MS = 500;
const RETRY_MAX_MS = 30_000;
/** Calls that wait; more are refused. */
const CALLS_MAX = 1_000;

/** The database and how far it is; both are opened anew after a failure. */
interface Work {
  readonly store: Store;
  follower: JournalFollower;
}

class WriterThread {
  readonly #port: MessagePort;
  readonly #start: WriterStart;
  #calls: { readonly id: number; readonly call: StoreCall }[] = [];
  #isCompared = false;
  #isNoticed = false;
  #isStopped = false;
  #isQuiet = false;
  #wake: () => void = () => {};

  constructor(port: MessagePort, start: WriterStart) {
    this.#port = port;
    this.#start = start;
    port.on("message", (request: WriterRequest) => this.#take(request));
  }

  async run(): Promise<void> {
    let failures = 0;
    const succeeded = () => {
      failures = 0;
    };
    while (!this.#isStopped) {
      try {
        await this.#work(succeeded);
      } catch (error) {
        failures += 1;
        await this.#fail(textOf(error), failures);
      }
    }
    this.#refuseCalls("the database is closed");
    this.#say({ kind: "stopped" });
    this.#port.close();
  }

  async #fail(cause: string, failures: number): Promise<void> {
    this.#say({ kind: "failed", cause, failures });
    this.#refuseCalls(cause);
    await this.#pause(Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS), "until-stopped");
  }

  async #work(succeeded: () => void): Promise<void> {
    const store = await openSqliteStore({ path: this.#start.databasePath });
    try {
      const work = { store, follower: await this.#open(store) };
      while (!this.#isStopped) {
        await this.#catchUp(work);
        succeeded();
        await this.#answerCalls(work);
        await this.#waitForWork(work);
      }
      await this.#catchUp(work);
      await this.#healing(work, () => work.follower.quiet());
    } finally {
      await store.close();
    }
  }

  /** Only at first can the database be beyond the journal: later it is beyond where the journal was then. */
  async #open(store: Store): Promise<JournalFollower> {
    const { journalFolder, journalSequence } = this.#start;
    const beginning = this.#isCompared || journalSequence === undefined ? {} : { journalSequence };
    const follower = await JournalFollower.open({ journalFolder, store, ...beginning });
    this.#isCompared = true;
    return follower;
  }

  async #catchUp(work: Work): Promise<void> {
    this.#isNoticed = false;
    await this.#healing(work, async () => {
      while ((await work.follower.step()) > 0) {
        this.#isQuiet = false;
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    this.#say({ kind: "progress", sequence: work.follower.sequence, atMs: Date.now() });
  }

  /** Where the rows turn out not to go on from the journal, they are made anew. */
  async #healing(work: Work, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof ProjectionDiverged)) throw error;
      this.#say({ kind: "failed", cause: `${error.message}; the rows are made anew`, failures: 1 });
      await this.#rebuild(work);
    }
  }

  async #rebuild(work: Work): Promise<void> {
    await work.store.clear();
    work.follower = await this.#open(work.store);
    await this.#catchUp(work);
  }

  async #answerCalls(work: Work): Promise<void> {
    for (let next = this.#calls.shift(); next !== undefined; next = this.#calls.shift()) {
      this.#port.postMessage(await this.#answerOf(work, next.id, next.call));
    }
  }

  async #answerOf(work: Work, id: number, call: StoreCall): Promise<StoreAnswer> {
    try {
      if (call.method === "rebuild") await this.#rebuild(work);
      const value = call.method === "rebuild" ? work.follower.sequence : await ask(work.store, call);
      return { kind: "answer", id, ok: true, value };
    } catch (error) {
      return { kind: "answer", id, ok: false, cause: textOf(error) };
    }
  }

  async #waitForWork(work: Work): Promise<void> {
    await this.#pause(this.#isQuiet ? POLL_MS : QUIET_MS, "until-work");
    if (this.#isNoticed) return this.#pause(GATHER_MS, "until-stopped");
    if (this.#isQuiet || this.#calls.length > 0 || this.#isStopped) return;
    if ((await work.follower.step()) > 0) return;
    this.#isQuiet = true;
    await this.#healing(work, () => work.follower.quiet());
    this.#say({ kind: "progress", sequence: work.follower.sequence, atMs: Date.now() });
  }

  #take(request: WriterRequest): void {
    switch (request.kind) {
      case "appended":
        this.#isNoticed = true;
        break;
      case "call":
        if (this.#calls.length < CALLS_MAX) this.#calls.push(request);
        else this.#refuse(request.id, `${CALLS_MAX} questions are waiting for the database`);
        break;
      case "stop":
        this.#isStopped = true;
        break;
    }
    this.#wake();
  }

  #pause(delayMs: number, end: "until-work" | "until-stopped"): Promise<void> {
    const isOver = () =>
      this.#isStopped || (end === "until-work" && (this.#isNoticed || this.#calls.length > 0));
    if (isOver()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #refuseCalls(cause: string): void {
    for (const { id } of this.#calls) this.#refuse(id, cause);
    this.#calls = [];
  }

  #refuse(id: number, cause: string): void {
    this.#port.postMessage({ kind: "answer", id, ok: false, cause } satisfies StoreAnswer);
  }

  #say(report: StoreReport): void {
    this.#port.postMessage(report);
  }
}

async function ask(store: Store, call: Exclude<StoreCall, { method: "rebuild" }>): Promise<unknown> {
  // biome-ignore lint/nursery/useExhaustiveSwitchCases: every kind of the narrowed union is here
  switch (call.method) {
    case "outcomes":
      return store.outcomes(call.filter);
    case "worked":
      return store.worked(call.filter);
    case "orders":
      return store.orders(call.filter);
    case "fills":
      return store.fills(call.filter);
    case "equity":
      return store.equity(call.filter);
    case "positions":
      return store.positions(call.filter);
    case "accounts":
      return store.accounts();
    case "save-accounts":
      return store.apply([{ sequence: 0, accounts: call.accounts }]);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (parentPort === null) throw new Error("this file is a worker thread's");
await new WriterThread(parentPort, workerData).run();
