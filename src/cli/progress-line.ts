/**
 * How far something long is: on a terminal in one line that is written over, elsewhere a line now and then, all on stderr. Who started
 * this process with a channel to it (the API's jobs) is told there, whatever is written.
 */
const TERMINAL_MS = 250;
const ELSEWHERE_MS = 10_000;
const CHANNEL_MS = 500;
const BAR = 24;

/** How much of something is done. */
export interface Far {
  readonly name: string;
  /** 0 to 1. */
  readonly part: number;
  readonly rest: string;
}

export interface ProgressLineOptions {
  readonly isSilent: boolean;
  /** Results that scroll by on the same terminal meanwhile would tear the line: it is left out there. */
  readonly besideResults: boolean;
}

export class ProgressLine {
  readonly #options: ProgressLineOptions;
  readonly #everyMs = process.stderr.isTTY ? TERMINAL_MS : ELSEWHERE_MS;
  #shownAtMs = performance.now();
  #toldAtMs = -Infinity;
  #isShown = false;

  constructor(options: ProgressLineOptions) {
    this.#options = options;
  }

  /** At most now and then. */
  show(progress: () => string | Far, nowMs = performance.now()): void {
    this.#tell(progress, nowMs);
    const text = () => textOf(progress());
    if (this.#options.isSilent || nowMs - this.#shownAtMs < this.#everyMs) return;
    this.#shownAtMs = nowMs;
    if (!process.stderr.isTTY) process.stderr.write(`${text()}\n`);
    else if (!this.#options.besideResults || !process.stdout.isTTY) this.#write(`\r${text()}\x1b[K`);
  }

  #tell(progress: () => string | Far, nowMs: number): void {
    if (!process.connected || process.send === undefined || nowMs - this.#toldAtMs < CHANNEL_MS) return;
    this.#toldAtMs = nowMs;
    const far = progress();
    const told = typeof far === "string" ? { part: null, text: far } : { part: far.part, text: wordsOf(far) };
    process.send({ progress: told });
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) process.stderr.write("\r\x1b[K");
    this.#isShown = false;
  }

  #write(text: string): void {
    this.#isShown = true;
    process.stderr.write(text);
  }
}

function textOf(progress: string | Far): string {
  if (typeof progress === "string") return progress;
  const part = Math.min(1, Math.max(0, progress.part));
  const full = Math.round(part * BAR);
  const percent = String(Math.floor(progress.part * 100)).padStart(3);
  return `[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${percent} % ${wordsOf(progress)}`;
}

function wordsOf({ name, rest }: Far): string {
  return `${name} (${rest})`;
}
