/** How far a long replay is: on a terminal in one line that is written over, elsewhere a line now and then, all on stderr. */
const TERMINAL_MS = 250;
const ELSEWHERE_MS = 10_000;

export class ReplayProgress {
  readonly #isSilent: boolean;
  readonly #everyMs = process.stderr.isTTY ? TERMINAL_MS : ELSEWHERE_MS;
  #shownAtMs = performance.now();
  #isShown = false;

  constructor(isSilent: boolean) {
    this.#isSilent = isSilent;
  }

  /** At most now and then. */
  show({ sequence, of }: { readonly sequence: number; readonly of: number }, nowMs: number): void {
    if (this.#isSilent || nowMs - this.#shownAtMs < this.#everyMs) return;
    this.#shownAtMs = nowMs;
    const text = `record ${sequence} of ${of} (${Math.floor((100 * sequence) / of)} %)`;
    // Decisions on the same terminal scroll by themselves, and would tear the line.
    if (!process.stderr.isTTY) process.stderr.write(`${text}\n`);
    else if (!process.stdout.isTTY) this.#write(`\r${text}\x1b[K`);
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
