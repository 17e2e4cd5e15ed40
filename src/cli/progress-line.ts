/** How far something long is: on a terminal in one line that is written over, elsewhere a line now and then, all on stderr. */
const TERMINAL_MS = 250;
const ELSEWHERE_MS = 10_000;

export interface ProgressLineOptions {
  readonly isSilent: boolean;
  /** Results that scroll by on the same terminal meanwhile would tear the line: it is left out there. */
  readonly besideResults: boolean;
}

export class ProgressLine {
  readonly #options: ProgressLineOptions;
  readonly #everyMs = process.stderr.isTTY ? TERMINAL_MS : ELSEWHERE_MS;
  #shownAtMs = performance.now();
  #isShown = false;

  constructor(options: ProgressLineOptions) {
    this.#options = options;
  }

  /** At most now and then. */
  show(text: () => string, nowMs = performance.now()): void {
    if (this.#options.isSilent || nowMs - this.#shownAtMs < this.#everyMs) return;
    this.#shownAtMs = nowMs;
    if (!process.stderr.isTTY) process.stderr.write(`${text()}\n`);
    else if (!this.#options.besideResults || !process.stdout.isTTY) this.#write(`\r${text()}\x1b[K`);
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
