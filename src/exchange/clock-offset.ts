/**
 * Estimates the exchange's clock from round trips: the server's stamp was made between our sending and our receiving,
 * so the shortest round trip bounds the error best. Pure bookkeeping; whoever holds it does the asking.
 */

interface Sample {
  readonly roundTripMs: number;
  /** Server's clock minus ours. */
  readonly offsetMs: number;
}

/** Enough to meet a quiet moment, few enough to follow a clock that drifts. */
const SAMPLES_MAX = 16;

export class ClockOffset {
  #samples: Sample[] = [];
  #offsetMs = 0;
  #wasKnown = false;

  /** Server's clock minus ours; 0 before the first sample. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  get isKnown(): boolean {
    return this.#samples.length > 0;
  }

  /** By how much a round trip contradicts the estimate, also a doubted one, beyond what the trip itself allows; 0 before the first. */
  errorMs(sentAtMs: number, receivedAtMs: number, serverTimeMs: number): number {
    if (!this.#wasKnown || !Number.isFinite(serverTimeMs)) return 0;
    const apartMs = Math.abs(serverTimeMs - (sentAtMs + receivedAtMs) / 2 - this.#offsetMs);
    return Math.max(0, apartMs - (receivedAtMs - sentAtMs) / 2);
  }

  /** Takes in one round trip. Impossible ones (received before sent, no number) are left out. */
  add(sentAtMs: number, receivedAtMs: number, serverTimeMs: number): void {
    const roundTripMs = receivedAtMs - sentAtMs;
    if (!(roundTripMs >= 0) || !Number.isFinite(serverTimeMs)) return;
    this.#samples.push({ roundTripMs, offsetMs: serverTimeMs - (sentAtMs + receivedAtMs) / 2 });
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    this.#offsetMs = this.#best().offsetMs;
    this.#wasKnown = true;
  }

  /** Forgets everything but the present estimate: the clocks were found to disagree. */
  doubt(): void {
    this.#samples = [];
  }

  #best(): Sample {
    return this.#samples.reduce((best, sample) => (sample.roundTripMs <= best.roundTripMs ? sample : best));
  }
}
