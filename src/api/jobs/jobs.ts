/**
 * Long computations in the background: a few at once, the others in a queue, both bounded; each a process of its own. Facts and results are
 * kept in the data folder; what is at work when this server ends is interrupted.
 */
import { availableParallelism } from "node:os";
import { commandLine, type Program } from "../../command-line.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import type { Principal } from "../../identity/identity.ts";
import { maySee } from "../../identity/permissions.ts";
import type { Log } from "../../log.ts";
import { masked } from "../../security/secrets.ts";
import { may } from "../access.ts";
import * as contract from "../contract/jobs.ts";
import { ApiProblem } from "../contract/problems.ts";
import { ARGUMENTS_OF, type CommandWords, type JobRequests } from "./job-arguments.ts";
import { argumentsIn, type JobEnd, JobProcess } from "./job-process.ts";
import { type JobRecord, JobStore } from "./job-store.ts";

/** One processor is left to copying. */
const AT_ONCE_MAX = Math.max(1, Math.min(4, availableParallelism() - 1));
const WAITING_MAX = 20;
const WAITING_OF_USER_MAX = 5;
const NOT_UNDERSTOOD = { code: "usage", detail: "what was handed in is not understood", errors: [] };
const UNTOLD = "it failed; who sees all accounts sees why";

export interface JobsParts {
  readonly configDir: string;
  readonly dataDir: string;
  readonly nowMs: () => number;
  readonly log: Log;
  /** The command line; something else for tests. */
  readonly program?: Program;
}

export class Jobs {
  readonly #parts: JobsParts;
  readonly #program: Program;
  readonly #store: JobStore;
  readonly #jobs: Map<number, JobRecord>;
  readonly #atWork = new Map<number, JobProcess>();
  readonly #arguments = new Map<number, readonly string[]>();
  readonly #onChange = new Set<() => void>();
  readonly #stopWatching: () => void;
  #isClosed = false;

  constructor(parts: JobsParts) {
    this.#parts = parts;
    this.#program = parts.program ?? commandLine();
    this.#store = new JobStore(dataFolderPaths(parts.dataDir).jobs);
    this.#jobs = new Map(this.#store.all(parts.nowMs()).map((one) => [one.id, one]));
    this.#stopWatching = this.#store.onWrite(() => this.#takeHandedIn());
    this.#takeHandedIn();
  }

  /** Throws an ApiProblem where too many wait already. */
  start<Kind extends contract.JobKind>(
    principal: Principal,
    kind: Kind,
    request: JobRequests[Kind],
  ): contract.Job {
    const waiting = this.all().filter(({ state }) => state === "queued");
    const own = waiting.filter(({ userId }) => userId === principal.userId);
    if (waiting.length >= WAITING_MAX || own.length >= WAITING_OF_USER_MAX)
      throw new ApiProblem(
        "too-many",
        `${own.length} of yours and ${waiting.length} in all wait already; cancel some, or come again when they are done`,
      );
    const added = this.#store.add({
      kind,
      user: principal.name,
      userId: principal.userId,
      pid: process.pid,
      request: this.#wordsOf(kind, request, 0).shown ?? { ...request },
      created_ms: this.#parts.nowMs(),
    });
    const words = this.#wordsOf(kind, request, added.id);
    try {
      this.#store.writeFiles(added.id, words.files ?? []);
    } catch (error) {
      // Left there, it would be told as interrupted after the next start.
      this.#store.remove(added.id);
      throw error;
    }
    this.#queue(added, words);
    return viewOf(principal, this.#jobs.get(added.id) ?? added);
  }

  /** Every job, oldest first. */
  all(): readonly JobRecord[] {
    return [...this.#jobs.values()];
  }

  /** Throws an ApiProblem where he sees no such job. */
  one(principal: Principal, kind: contract.JobKind | null, id: number): JobRecord {
    const found = this.#jobs.get(id);
    if (found !== undefined && (kind === null || found.kind === kind) && seesJob(principal, found))
      return found;
    throw new ApiProblem("unknown-job", `there is no job ${id} that you see`);
  }

  /** Throws an ApiProblem where it has none. */
  result({ id, state, problem }: contract.Job): unknown {
    const found = state === "finished" ? this.#store.result(id) : null;
    if (found !== null) return found;
    const why = problem === null ? `job ${id} is ${state}` : `job ${id} failed: ${problem.detail}`;
    throw new ApiProblem("not-finished", why);
  }

  /** Ends one that waits or works; forgets one that has ended. */
  remove(one: JobRecord): JobRecord {
    const process = this.#atWork.get(one.id);
    if (process !== undefined) process.cancel();
    else if (one.state === "queued") this.#set(one, { state: "cancelled", ended_ms: this.#parts.nowMs() });
    else {
      this.#jobs.delete(one.id);
      this.#store.remove(one.id);
      this.#changed();
    }
    return this.#jobs.get(one.id) ?? one;
  }

  /** Calls back after every change; answers how to stop that. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener);
    return () => void this.#onChange.delete(listener);
  }

  /** What is at work ends; what waited, too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching();
    const ended = [...this.#atWork.values()].map((one) => {
      one.kill();
      return one.ended;
    });
    await Promise.all(ended);
    for (const one of this.all())
      if (isOpen(one) && one.pid === process.pid)
        this.#set(one, { state: "interrupted", ended_ms: this.#parts.nowMs(), progress: null });
  }

  #wordsOf<Kind extends contract.JobKind>(kind: Kind, request: JobRequests[Kind], id: number): CommandWords {
    return ARGUMENTS_OF[kind](request, (name) => this.#store.pathOf(id, name));
  }

  #queue(added: JobRecord, words: CommandWords): void {
    this.#arguments.set(added.id, argumentsIn(words, this.#parts));
    this.#jobs.set(added.id, added);
    this.#forgetSurplus();
    this.#changed();
    this.#next();
  }

  /** Believed as little as what comes over HTTP. */
  #takeHandedIn(): void {
    try {
      for (const one of this.#store.takeHandedIn((id) => this.#jobs.has(id))) {
        const words = handedInWords(one);
        if (words !== null) this.#queue(one, words);
        else this.#set(one, { state: "failed", ended_ms: this.#parts.nowMs(), problem: NOT_UNDERSTOOD });
      }
    } catch (error) {
      this.#parts.log.channel("api").error("what was handed in could not be taken up", { error });
    }
  }

  #next(): void {
    while (!this.#isClosed && this.#atWork.size < AT_ONCE_MAX) {
      const next = this.all().find(({ state, id }) => state === "queued" && this.#arguments.has(id));
      if (next === undefined) return;
      this.#begin(next);
    }
  }

  #begin(queued: JobRecord): void {
    const { id } = queued;
    const words = this.#arguments.get(id) ?? [];
    this.#arguments.delete(id);
    const started = this.#set(queued, { state: "running", started_ms: this.#parts.nowMs() });
    const process = this.#processOf(started, words);
    if (process === null) return;
    this.#atWork.set(id, process);
    void process.ended.then((end) => this.#ended(started, end));
  }

  /** Null where there can be none: the system takes no command that is too long. Such a job has failed. */
  #processOf(started: JobRecord, words: readonly string[]): JobProcess | null {
    const { id } = started;
    try {
      return new JobProcess(this.#program, words, (progress) => {
        const now = this.#jobs.get(id);
        if (now?.state !== "running") return;
        // How far it is needs no place on the disk.
        this.#jobs.set(id, { ...now, progress });
        this.#changed();
      });
    } catch (error) {
      this.#parts.log.channel("api").error("a job could not be started", { error, job: id });
      const problem = { code: "failure", detail: "it could not be started", errors: [] };
      this.#set(started, { state: "failed", ended_ms: this.#parts.nowMs(), problem });
      return null;
    }
  }

  #ended(started: JobRecord, end: JobEnd): void {
    this.#atWork.delete(started.id);
    if (this.#isClosed) return;
    try {
      this.#note(started, end);
    } catch (error) {
      this.#parts.log
        .channel("api")
        .error("the result of a job could not be kept", { error, job: started.id });
      const problem = { code: "failure", detail: "its result could not be kept", errors: [] };
      this.#jobs.set(started.id, { ...started, state: "failed", ended_ms: this.#parts.nowMs(), problem });
      this.#changed();
    }
    this.#next();
  }

  #note(started: JobRecord, end: JobEnd): void {
    const ended = { ended_ms: this.#parts.nowMs(), progress: null };
    switch (end.kind) {
      case "result":
        this.#store.writeResult(started.id, end.text);
        this.#set(started, { ...ended, state: "finished", negative: end.negative });
        return;
      case "cancelled":
        this.#set(started, { ...ended, state: "cancelled" });
        return;
      case "failed": {
        const { code, detail, errors } = end;
        const problem = { code, detail: masked(detail), errors: errors.map(masked) };
        this.#set(started, { ...ended, state: "failed", problem });
        return;
      }
    }
  }

  #set(one: JobRecord, change: Partial<JobRecord>): JobRecord {
    const later = { ...one, ...change };
    this.#jobs.set(one.id, later);
    this.#store.write(later);
    if (!isOpen(later)) this.#store.removeFiles(one.id);
    this.#changed();
    return later;
  }

  #forgetSurplus(): void {
    for (const { id } of this.#store.surplus(this.all().filter((one) => !isOpen(one)))) {
      this.#jobs.delete(id);
      this.#store.remove(id);
    }
  }

  #changed(): void {
    for (const listener of this.#onChange) listener();
  }
}

/** Everybody's for who may everything and sees every account; else his own, reports only of accounts that he sees still. */
export function seesJob(principal: Principal, { kind, userId, request }: JobRecord): boolean {
  const { accounts } = principal;
  if (seesEverybodys(principal)) return true;
  const isSeen = () => typeof request.account === "string" && maySee(accounts, request.account);
  return userId === principal.userId && (kind !== "report" || accounts === "all" || isSeen());
}

export function seesEverybodys(principal: Principal): boolean {
  return principal.accounts === "all" && may(principal, "admin");
}

/** As it is told. Why one failed may name whatever there is, so it is for who sees all accounts. */
export function viewOf({ accounts }: Principal, { userId: _, pid: __, ...job }: JobRecord): contract.Job {
  if (job.problem === null || accounts === "all") return job;
  return { ...job, problem: { code: job.problem.code, detail: UNTOLD, errors: [] } };
}

/** Null where it is none of those that may be handed in, or not in their form. */
function handedInWords({ kind, request }: JobRecord): CommandWords | null {
  const noFiles = () => "";
  switch (kind) {
    case "backtest": {
      const { data } = contract.backtestRequest.safeParse(request);
      return data === undefined ? null : ARGUMENTS_OF.backtest(data, noFiles);
    }
    case "what_if": {
      const { data } = contract.whatIfRequest.safeParse(request);
      return data === undefined ? null : ARGUMENTS_OF.what_if(data, noFiles);
    }
    case "report": {
      const { data } = contract.reportRequest.safeParse(request);
      return data === undefined ? null : ARGUMENTS_OF.report(data, noFiles);
    }
    default:
      return null;
  }
}

function isOpen({ state }: JobRecord): boolean {
  return state === "queued" || state === "running";
}
