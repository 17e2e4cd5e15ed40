/**
 * Works through many like things and says how far it is, on stderr: one line that is written over on a terminal, elsewhere a line now and then. Ctrl-C
 * ends it early.
 */
import { setImmediate } from "node:timers/promises";

const TERMINAL_MS = 250;
const ELSEWHERE_MS = 10_000;
/** The event loop has its turn after so long, for Ctrl-C. */
const SLICE_MS = 30;

/** What `work` makes of each thing, in order; null when it was interrupted. */
export async function withProgress<Thing, Result>(
  things: readonly Thing[],
  work: (thing: Thing) => Result,
  { what, silent }: { readonly what: string; readonly silent: boolean },
): Promise<readonly Result[] | null> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const line = new ProgressLine(silent);
  const results: Result[] = [];
  try {
    let pausedAtMs = performance.now();
    for (const [index, thing] of things.entries()) {
      results.push(work(thing));
      const nowMs = performance.now();
      if (nowMs - pausedAtMs < SLICE_MS) continue;
      await setImmediate();
      pausedAtMs = nowMs;
      if (stop.signal.aborted) return null;
      line.show(`${what} ${index + 1} of ${things.length}`, nowMs);
    }
    return results;
  } finally {
    line.clear();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

class ProgressLine {
  readonly #silent: boolean;
  readonly #everyMs = process.stderr.isTTY ? TERMINAL_MS : ELSEWHERE_MS;
  #shownAtMs = performance.now();
  #shown = false;

  constructor(silent: boolean) {
    this.#silent = silent;
  }

  /** At most now and then. */
  show(text: string, nowMs: number): void {
    if (this.#silent || nowMs - this.#shownAtMs < this.#everyMs) return;
    this.#shownAtMs = nowMs;
    this.#shown = true;
    process.stderr.write(process.stderr.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
  }

  clear(): void {
    if (this.#shown && process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }
}
