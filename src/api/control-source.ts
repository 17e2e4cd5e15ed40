/**
 * The facade as the API asks it: the engine's socket while one runs, found again after it was gone, else the stopped folder. Equal
 * questions that come at once are asked once, and the answers of a few are shared for a moment, so that hundreds of clients cost the
 * engine a few questions a second. Commands are never shared and never sent again.
 */
import { afterReading } from "../control/after-reading.ts";
import { connectControl } from "../control/client.ts";
import {
  type Control,
  type ControlAnswers,
  ControlError,
  type ControlKind,
  type RequestOf,
} from "../control/control.ts";
import { StoppedControl, type StoppedParts } from "../control/stopped.ts";
import { ApiProblem } from "./contract/problems.ts";

/** What may be asked of the engine in one moment; beyond it whoever asks is told to come again. */
const WAITING_MAX = 256;
/** Of one connection; the engine takes 16. */
const AT_ONCE_MAX = 8;
/** How long an answer is shared: while it runs, and of a stopped folder, which changes by commands alone. */
const SHARED_MS = 250;
const SHARED_STOPPED_MS = 2_000;
/** A certificate is recorded for good: who asks again and again must not fill the chain with them. */
const SHARED_PARITY_MS = 5_000;
/** What is answered from memory and is not answered by then is not answered: an engine that hangs is told of as one. */
const QUICK_ANSWER_MAX_MS = 8_000;
/** Different questions whose answers are kept for their moment. */
const KEPT_MAX = 500;

/** Questions whose answers may be shared: what they tell holds for a moment anyhow. */
const SHARED: ReadonlySet<ControlKind> = new Set<ControlKind>([
  "status",
  "health",
  "allocations",
  "proposals",
  "explain",
  "limits",
  "capital",
  "journal",
  "holdings",
  "changeable-settings",
  "parity",
  "alerting",
]);
/** Questions that may be asked again where the connection was lost on the way: they change nothing. */
const HARMLESS: ReadonlySet<ControlKind> = new Set<ControlKind>([
  ...SHARED,
  "preview",
  "preview-close",
  "alerts-waiting",
]);

/** Questions that are answered from memory have a connection of their own, so that none waits for the database. */
const QUICK: ReadonlySet<ControlKind> = new Set<ControlKind>([
  "status",
  "health",
  "allocations",
  "proposals",
]);

/** What somebody asks who is about to do something: no heap of readings may keep it waiting. */
const BEFORE_COMMANDS: ReadonlySet<ControlKind> = new Set<ControlKind>([
  "preview",
  "preview-close",
  "holdings",
]);

/** The connection broke after a command was sent: it may be carried out, or not. */
export class CommandLost extends ControlError {
  constructor(cause: ControlError) {
    const message = `${cause.message}; the command was sent, and nobody knows whether it was carried out: look at the status and the journal before you give it again`;
    super("unreachable", message, { cause });
  }
}

interface Kept {
  readonly answer: Promise<unknown>;
  untilMs: number;
}

export interface ControlSourceParts extends StoppedParts {
  /** How the engine is reached; its socket when left out. */
  readonly connect?: (dataDir: string) => Promise<Control | null>;
  readonly nowMs?: () => number;
  readonly quickAnswerMaxMs?: number;
}

export class ControlSource {
  readonly #parts: ControlSourceParts;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, Kept>();
  readonly #quick: Line;
  readonly #usual: Line;
  readonly #commands: Line;
  readonly #onCommand = new Set<() => void>();
  /** Counts the questions that went to the engine or the folder. */
  asked = 0;

  constructor(parts: ControlSourceParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? (() => performance.now());
    this.#quick = new Line(parts, parts.quickAnswerMaxMs ?? QUICK_ANSWER_MAX_MS);
    this.#usual = new Line(parts, null);
    this.#commands = new Line(parts, null);
  }

  /** Rejects with a ControlError, of a command that was sent with a CommandLost, or with an ApiProblem where too much waits. */
  async ask<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]> {
    if (!SHARED.has(request.kind)) {
      // What was told before a command must not be told after it.
      if (!HARMLESS.has(request.kind)) this.#kept.clear();
      const answer = await this.#send<Kind>(request);
      if (!HARMLESS.has(request.kind)) this.#changed();
      return answer;
    }
    const key = JSON.stringify(request);
    const now = this.#nowMs();
    const known = this.#kept.get(key);
    // The answer to this very question has its type.
    if (known !== undefined && now < known.untilMs) return (await known.answer) as ControlAnswers[Kind];
    const answer = this.#send<Kind>(request);
    this.#keep(key, request.kind, answer);
    return answer;
  }

  /** Calls back after every command that was carried out through here; answers how to stop that. */
  onCommand(listener: () => void): () => void {
    this.#onCommand.add(listener);
    return () => void this.#onCommand.delete(listener);
  }

  /** Whether an engine was there at the last question. */
  get running(): boolean {
    return this.#lines.some(({ running }) => running);
  }

  async close(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.close()));
  }

  get #lines(): readonly Line[] {
    return [this.#quick, this.#usual, this.#commands];
  }

  #changed(): void {
    this.#kept.clear();
    for (const listener of this.#onCommand) listener();
  }

  #keep(key: string, kind: ControlKind, answer: Promise<unknown>): void {
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    const kept: Kept = { answer, untilMs: Infinity };
    this.#kept.set(key, kept);
    const forget = () => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    };
    answer.then(() => {
      const usualMs = this.running ? SHARED_MS : SHARED_STOPPED_MS;
      kept.untilMs = this.#nowMs() + (kind === "parity" ? SHARED_PARITY_MS : usualMs);
    }, forget);
  }

  #send<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]> {
    this.asked += 1;
    return this.#lineOf(request.kind).ask(request, this.#parts);
  }

  #lineOf(kind: ControlKind): Line {
    if (QUICK.has(kind)) return this.#quick;
    return BEFORE_COMMANDS.has(kind) || !HARMLESS.has(kind) ? this.#commands : this.#usual;
  }
}

/** One connection, opened when it is needed; requests wait here rather than at the engine. */
class Line {
  readonly #connect: (dataDir: string) => Promise<Control | null>;
  readonly #dataDir: string;
  #control: Promise<Control | null> | null = null;
  #atWork = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #answerMaxMs: number | null;
  running = false;

  /** Without `answerMaxMs` an answer may take as long as the connection bears. */
  constructor({ connect = connectControl, dataDir }: ControlSourceParts, answerMaxMs: number | null) {
    this.#connect = connect;
    this.#dataDir = dataDir;
    this.#answerMaxMs = answerMaxMs;
  }

  async ask<Kind extends ControlKind>(
    request: RequestOf<Kind>,
    stopped: StoppedParts,
  ): Promise<ControlAnswers[Kind]> {
    await this.#turn();
    try {
      if (HARMLESS.has(request.kind)) return await this.#askNow<Kind>(request, stopped, true);
      return await this.#command<Kind>(request, stopped);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#atWork -= 1;
      else next();
    }
  }

  async close(): Promise<void> {
    const control = await this.#control?.catch(() => null);
    this.#control = null;
    await control?.close();
  }

  /** On a connection of its own: one that was idle may be gone, and a command is sent only once. */
  async #command<Kind extends ControlKind>(
    request: RequestOf<Kind>,
    stopped: StoppedParts,
  ): Promise<ControlAnswers[Kind]> {
    const control = await this.#connect(this.#dataDir);
    if (control === null) return new StoppedControl(stopped).ask<Kind>(request);
    try {
      return await control.ask<Kind>(request);
    } catch (error) {
      throw error instanceof ControlError && error.failure === "unreachable" ? new CommandLost(error) : error;
    } finally {
      await control.close();
    }
  }

  async #askNow<Kind extends ControlKind>(
    request: RequestOf<Kind>,
    stopped: StoppedParts,
    mayRepeat: boolean,
  ): Promise<ControlAnswers[Kind]> {
    const opening = this.#opening();
    try {
      const control = await opening;
      this.running = control !== null;
      if (control !== null) return await within(this.#answerMaxMs, control.ask<Kind>(request));
    } catch (error) {
      if (!(error instanceof ControlError) || error.failure !== "unreachable") throw error;
      this.running = false;
      await this.#drop(opening);
      // An engine that closed an idle connection, or was slow to open one, is there all the same.
      if (mayRepeat) return this.#askNow(request, stopped, false);
      throw error;
    }
    // Nobody listens: nothing is kept of that, as an engine may start at any moment.
    await this.#drop(opening);
    return new StoppedControl(stopped).ask<Kind>(request);
  }

  #opening(): Promise<Control | null> {
    if (this.#control !== null) return this.#control;
    const opening = this.#connect(this.#dataDir);
    this.#control = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  /** Where somebody else opened another one meanwhile, that one stays. */
  #forget(opening: Promise<Control | null>): void {
    if (this.#control === opening) this.#control = null;
  }

  async #drop(opening: Promise<Control | null>): Promise<void> {
    this.#forget(opening);
    await (await opening.catch(() => null))?.close();
  }

  async #turn(): Promise<void> {
    if (this.#atWork < AT_ONCE_MAX) {
      this.#atWork += 1;
      return;
    }
    if (this.#waiting.length >= WAITING_MAX)
      throw new ApiProblem(
        "busy",
        "the engine has more questions to answer than it can; try again in a moment",
      );
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** Rejects with an ApiProblem, which is not asked again, once it takes longer. */
async function within<Answer>(maxMs: number | null, answer: Promise<Answer>): Promise<Answer> {
  if (maxMs === null) return answer;
  const late = Promise.withResolvers<never>();
  const timer = afterReading(maxMs, () => {
    const message = `the engine has not answered for ${Math.round(maxMs / 1_000)} s`;
    late.reject(new ApiProblem("engine-unreachable", message));
  });
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
