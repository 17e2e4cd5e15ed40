/**
 * Idempotency: what a command with an `Idempotency-Key` was answered is kept for 24 hours, on disk, so that a client that heard
 * nothing may ask again, also after this process died. That one began is written down before it is carried out; one whose end nobody
 * knows is never carried out a second time.
 */
import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { appendToLedger, readLedger } from "../control/line-ledger.ts";
import { ApiProblem } from "./contract/problems.ts";

const KEPT_MS = 86_400_000;
/** Of one user: what others send pushes nothing of his out. */
const KEPT_OF_USER_MAX = 500;
const LINES_SPARE = 1_000;
const KEY = /^[\x21-\x7e]{1,100}$/;

interface Line {
  /** Id of the user; absent in lines of earlier versions. */
  readonly user?: number;
  /** Of user and key. */
  readonly scope: string;
  /** Of the request. */
  readonly print: string;
  readonly atMs: number;
  readonly state: "began" | "answered" | "undone";
  readonly answer?: unknown;
}

interface Kept extends Line {
  /** While this process carries it out. */
  readonly running?: boolean;
}

export interface Asked {
  readonly userId: number;
  readonly key: string;
  /** Method, path with query, and body. */
  readonly request: string;
}

export class KeptAnswers {
  readonly #path: string;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, Kept>();
  /** In the file since it was written anew. */
  #lines = 0;
  /** How many of `#kept` are whose. */
  readonly #ofUser = new Map<number, number>();

  constructor(path: string, nowMs: () => number) {
    this.#path = path;
    this.#nowMs = nowMs;
    for (const { entry } of readLedger(path, isLine)) if (entry !== null) this.#note(entry);
    this.#rewrite();
  }

  /** Carries it out once; rejects with an ApiProblem where the key belongs to something else. */
  async once(asked: Asked, carryOut: () => Promise<unknown>): Promise<unknown> {
    if (!KEY.test(asked.key))
      throw new ApiProblem("bad-request", "Idempotency-Key: it must be 1 to 100 visible characters", {
        errors: [{ field: "Idempotency-Key", message: "must be 1 to 100 visible characters" }],
      });
    const scope = hashOf(`${asked.userId} ${asked.key}`);
    const print = hashOf(asked.request);
    const known = this.#kept.get(scope);
    if (known !== undefined && known.state !== "undone" && this.#nowMs() - known.atMs < KEPT_MS)
      return answerOf(known, print);
    const line = { user: asked.userId, scope, print };
    this.#write({ ...line, atMs: this.#nowMs(), state: "began" }, true);
    try {
      const answer = await carryOut();
      this.#write({ ...line, atMs: this.#nowMs(), state: "answered", answer });
      return answer;
    } catch (error) {
      const isUnknown = error instanceof ApiProblem && error.code === "outcome-unknown";
      this.#write({ ...line, atMs: this.#nowMs(), state: isUnknown ? "began" : "undone" });
      throw error;
    }
  }

  #write(line: Line, running = false): void {
    appendToLedger(this.#path, line);
    this.#note(line, running);
    this.#lines += 1;
    const isFull = (this.#ofUser.get(userOf(line)) ?? 0) > KEPT_OF_USER_MAX;
    // The same key may be tried again and again.
    if (isFull || this.#lines > 4 * this.#kept.size + LINES_SPARE) this.#rewrite();
  }

  #note(line: Line, running = false): void {
    // Last written, last in line.
    const isNew = !this.#kept.delete(line.scope);
    this.#kept.set(line.scope, running ? { ...line, running } : line);
    if (isNew) this.#ofUser.set(userOf(line), (this.#ofUser.get(userOf(line)) ?? 0) + 1);
  }

  /** Without what is too old, and of who has more than may be kept without his oldest; what is being carried out always stays. */
  #rewrite(): void {
    const nowMs = this.#nowMs();
    const fresh = [...this.#kept.values()].filter(
      (one) => one.state !== "undone" && nowMs - one.atMs < KEPT_MS,
    );
    const left = [...Map.groupBy(fresh, userOf).values()].flatMap((own) => newestOf(own));
    this.#kept.clear();
    this.#ofUser.clear();
    for (const { running, ...one } of left) this.#note(one, running);
    this.#lines = left.length;
    const text = left.map(({ running: _, ...line }) => `${JSON.stringify(line)}\n`).join("");
    const temporary = `${this.#path}.new`;
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, this.#path);
  }
}

/** Half of what fits where it is full, so that it is not full again at once. */
function newestOf(own: readonly Kept[]): readonly Kept[] {
  if (own.length <= KEPT_OF_USER_MAX) return own;
  const from = own.length - KEPT_OF_USER_MAX / 2;
  return own.filter(({ running }, at) => at >= from || running === true);
}

function userOf({ user }: Line): number {
  return user ?? 0;
}

function answerOf(known: Kept, print: string): unknown {
  if (known.print !== print)
    throw new ApiProblem(
      "key-reused",
      "Idempotency-Key: it was used for another request; take a new one for each",
    );
  if (known.state === "answered") return known.answer;
  if (known.running === true)
    throw new ApiProblem("key-in-use", "the same request is still being carried out");
  throw new ApiProblem(
    "outcome-unknown",
    "the same request began and nobody knows how it ended: look at /api/v1/status and the journal, and ask with a new key if it is still wanted",
  );
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function isLine(read: unknown): read is Line {
  if (typeof read !== "object" || read === null) return false;
  const { scope, print, atMs, state } = read as Partial<Record<keyof Line, unknown>>;
  const isState = state === "began" || state === "answered" || state === "undone";
  return typeof scope === "string" && typeof print === "string" && typeof atMs === "number" && isState;
}
