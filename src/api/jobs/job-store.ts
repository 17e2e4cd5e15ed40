/**
 * Jobs on the disk: a file of facts for each, and one of its result. What another process left unfinished when it died is interrupted. The
 * oldest that have ended go when there are too many, or too much of them.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { job } from "../contract/jobs.ts";
import type { JobFile, JobRequests } from "./job-arguments.ts";

const JOBS_MAX = 100;
const BYTES_MAX = 512 * 1024 * 1024;
const FACTS = /^(\d{1,12})\.json$/;

const record = job.extend({ userId: z.int(), pid: z.int() });

/** A job with what only the server needs: whose it is, and the process that looks after it. */
export type JobRecord = Readonly<z.infer<typeof record>>;

/** No process has this number: the first server that sees such a job looks after it. */
const NOBODY = 0;

const WAITING = {
  state: "queued",
  started_ms: null,
  ended_ms: null,
  progress: null,
  problem: null,
  negative: false,
} as const satisfies Partial<JobRecord>;

/** What may be handed in: nothing is sent along with these. */
export type HandedInKind = "backtest" | "what_if" | "report";

export interface HandedIn<Kind extends HandedInKind> {
  readonly kind: Kind;
  readonly request: JobRequests[Kind];
  /** Who is told to have started it; owners see it. */
  readonly user: string;
  readonly nowMs: number;
}

export class JobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Oldest first, without what was only handed in. What is no job is left alone. */
  all(nowMs: number): readonly JobRecord[] {
    const found = this.#ids().flatMap((id) => this.#read(id) ?? []);
    const begun = found.filter(({ pid }) => pid !== NOBODY);
    return begun.map((one) => (isOrphan(one) ? this.#interrupted(one, nowMs) : one));
  }

  /** One that waits, under a number that nobody has. */
  add(facts: Pick<JobRecord, "kind" | "user" | "userId" | "pid" | "request" | "created_ms">): JobRecord {
    for (let id = (this.#ids().at(-1) ?? 0) + 1; ; id += 1) {
      const made = { ...facts, ...WAITING, id };
      try {
        writeFileSync(this.#facts(id), JSON.stringify(made), { flag: "wx", mode: 0o600 });
        return made;
      } catch (error) {
        // Another process took it meanwhile.
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
    }
  }

  /** From outside of any server: the one that runs over this folder, or the next one, begins it. */
  handIn<Kind extends HandedInKind>({ kind, request, user, nowMs }: HandedIn<Kind>): void {
    this.add({ kind, user, userId: NOBODY, pid: NOBODY, request: { ...request }, created_ms: nowMs });
  }

  /** What was handed in is this process's from now on; of several servers one gets it. Those that it knows are not looked at. */
  takeHandedIn(isKnown: (id: number) => boolean): readonly JobRecord[] {
    return this.#ids().flatMap((id) => {
      const found = isKnown(id) ? null : this.#read(id);
      if (found === null || found.pid !== NOBODY || found.state !== "queued") return [];
      try {
        renameSync(this.#facts(id), this.#taken(id));
      } catch {
        // Another server was first.
        return [];
      }
      const taken = { ...found, pid: process.pid };
      this.write(taken);
      rmSync(this.#taken(id), { force: true });
      return [taken];
    });
  }

  /** Calls back after whatever is written here; answers how to stop that. Where the system cannot tell, nothing is called. */
  onWrite(listener: () => void): () => void {
    try {
      const watcher = watch(this.#folder, { persistent: false }, listener);
      watcher.on("error", () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => {};
    }
  }

  write(one: JobRecord): void {
    this.#replace(this.#facts(one.id), JSON.stringify(one));
  }

  /** Where a file that was sent along lies. */
  pathOf(id: number, name: string): string {
    return join(this.#files(id), name);
  }

  writeFiles(id: number, files: readonly JobFile[]): void {
    if (files.length === 0) return;
    mkdirSync(this.#files(id), { recursive: true, mode: 0o700 });
    for (const { name, content } of files) writeFileSync(this.pathOf(id, name), content, { mode: 0o600 });
  }

  removeFiles(id: number): void {
    rmSync(this.#files(id), { recursive: true, force: true });
  }

  /** JSON; null where there is none. */
  result(id: number): unknown {
    const text = textOf(this.#result(id));
    return text === null ? null : JSON.parse(text);
  }

  writeResult(id: number, text: string): void {
    this.#replace(this.#result(id), text);
  }

  remove(id: number): void {
    rmSync(this.#facts(id), { force: true });
    rmSync(this.#result(id), { force: true });
    this.removeFiles(id);
  }

  /** Those of the ended ones that are too many or too large, oldest first. */
  surplus(ended: readonly JobRecord[]): readonly JobRecord[] {
    let bytes = 0;
    return ended.toReversed().filter(({ id }, at) => {
      bytes += statSync(this.#result(id), { throwIfNoEntry: false })?.size ?? 0;
      return at >= JOBS_MAX || bytes > BYTES_MAX;
    });
  }

  #ids(): readonly number[] {
    const ids = readdirSync(this.#folder).flatMap((name) => FACTS.exec(name)?.[1] ?? []);
    return ids.map(Number).sort((one, other) => one - other);
  }

  #read(id: number): JobRecord | null {
    try {
      const found = record.safeParse(JSON.parse(textOf(this.#facts(id)) ?? ""));
      return found.success ? found.data : null;
    } catch {
      return null;
    }
  }

  #interrupted(one: JobRecord, nowMs: number): JobRecord {
    const ended: JobRecord = { ...one, state: "interrupted", ended_ms: nowMs, progress: null };
    this.write(ended);
    this.removeFiles(one.id);
    return ended;
  }

  #replace(path: string, text: string): void {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  #facts(id: number): string {
    return join(this.#folder, `${id}.json`);
  }

  #taken(id: number): string {
    return join(this.#folder, `${id}.taken`);
  }

  #files(id: number): string {
    return join(this.#folder, `${id}.files`);
  }

  #result(id: number): string {
    return join(this.#folder, `${id}.result`);
  }
}

/** Nobody looks after it any more: a fresh process with the same number has not begun it. */
function isOrphan({ state, pid }: JobRecord): boolean {
  if (state !== "queued" && state !== "running") return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "EPERM");
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
