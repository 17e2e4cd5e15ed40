/** Where a long run is, on standard error: over itself on a terminal, a line now and then elsewhere. */

const TERMINAL_EVERY_MS = 250;
const ELSEWHERE_EVERY_MS = 10_000;

export class Progress {
  readonly #all: number;
  readonly #startedMs = performance.now();
  #shownMs = performance.now();
  #isOpen = false;

  constructor(all: number) {
    this.#all = all;
  }

  show(done: number, events: number, broken: number): void {
    const nowMs = performance.now();
    const isTerminal = process.stderr.isTTY === true;
    if (nowMs - this.#shownMs < (isTerminal ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS)) return;
    this.#shownMs = nowMs;
    const seconds = (nowMs - this.#startedMs) / 1_000;
    const left = Math.ceil(((this.#all - done) / Math.max(done, 1)) * seconds);
    const rate = Math.round(events / seconds);
    this.#write(
      `${done} of ${this.#all} schedules, ${broken} broken, ${rate} events a second, about ${durationText(left)} left`,
      isTerminal,
    );
  }

  say(text: string): void {
    this.end();
    this.#write(text, false);
  }

  end(): void {
    if (this.#isOpen) process.stderr.write("\n");
    this.#isOpen = false;
  }

  #write(text: string, isTerminal: boolean): void {
    process.stderr.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    this.#isOpen = isTerminal;
  }
}

function durationText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
