/**
 * The kill switch where no command reaches the engine: a file `PANIC` (or `panic`) in the data folder, looked for twice a second,
 * and SIGUSR2 twice within ten seconds. The file may say `follower NAME`, `leader NAME`, or both in a line each; anything else,
 * nothing included, means everything. Taken, it is renamed to `PANIC.taken`, so that it closes once.
 */
import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { PANIC_FILE } from "../control/panic-file.ts";
import type { Command } from "../core/event.ts";
import { AccountId } from "../core/model/identifiers.ts";

type Panic = Extract<Command, { readonly kind: "panic" }>;

const NAMES = [PANIC_FILE, "panic"];
const TAKEN = "PANIC.taken";
const LOOK_MS = 500;
const TWICE_WITHIN_MS = 10_000;
const TEXT_MAX = 500;

/** Two signals within ten seconds are one pull; what comes before anybody listens is kept. */
export class PanicSignal {
  #lastMs = Number.NEGATIVE_INFINITY;
  #isPulled = false;
  #listener: (() => void) | null = null;

  /** True when this one was the second. */
  note(nowMs: number): boolean {
    const isSecond = nowMs - this.#lastMs <= TWICE_WITHIN_MS;
    this.#lastMs = isSecond ? Number.NEGATIVE_INFINITY : nowMs;
    if (!isSecond) return false;
    if (this.#listener === null) this.#isPulled = true;
    else this.#listener();
    return true;
  }

  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#isPulled) listener();
    this.#isPulled = false;
  }
}

export interface PanicSwitchParts {
  readonly dataDir: string;
  /** Whether the engine has an account of this name. */
  readonly knows: (account: AccountId) => boolean;
  readonly pull: (command: Panic, cause: string) => void;
  readonly signal?: PanicSignal;
}

export class PanicSwitch {
  readonly #parts: PanicSwitchParts;
  #timer: NodeJS.Timeout | null = null;
  /** A file that could not be renamed: it closes once in this run all the same. */
  #taken = "";

  constructor(parts: PanicSwitchParts) {
    this.#parts = parts;
  }

  /** Looks at once: a file that was there before the start counts. */
  start(): void {
    this.#parts.signal?.listen(() => this.#parts.pull({ kind: "panic" }, "SIGUSR2 twice"));
    this.look();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  look(): void {
    const path = NAMES.map((name) => join(this.#parts.dataDir, name)).find((one) => existsSync(one));
    if (path === undefined) return;
    const text = textOf(path);
    const taken = take(path, join(this.#parts.dataDir, TAKEN));
    if (taken !== null && taken === this.#taken) return;
    this.#taken = taken ?? "";
    this.#parts.pull(commandOf(text, this.#parts.knows), `the file ${path}`);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(0, TEXT_MAX).trim();
  } catch {
    // What cannot be read says nothing, and that means everything.
    return "";
  }
}

/** Null once it is out of the way; what tells it apart from a later one where it cannot be moved. */
function take(path: string, taken: string): string | null {
  try {
    renameSync(path, taken);
    return null;
  } catch {
    return stampOf(path);
  }
}

function stampOf(path: string): string {
  try {
    const { ino, mtimeMs } = statSync(path);
    return `${ino} ${mtimeMs}`;
  } catch {
    return "gone";
  }
}

/** A name that nobody has is a mistake of somebody in need: then everything is closed. */
function commandOf(text: string, knows: (account: AccountId) => boolean): Panic {
  const found: { account?: AccountId; leader?: AccountId } = {};
  for (const line of text.split("\n")) {
    const [, role, name] = /^(follower|leader) (.+)$/.exec(line.trim()) ?? [];
    const key = role === "leader" ? "leader" : "account";
    if (name === undefined || !knows(AccountId(name)) || found[key] !== undefined) return { kind: "panic" };
    found[key] = AccountId(name);
  }
  return { kind: "panic", ...found };
}
