/** How much one user may ask: enough for hands, too little for a program. */
const MINUTE_MS = 60_000;
const PER_MINUTE = 40;
const USERS_MAX = 1_000;

export type Turn = "yes" | "no" | "no-and-told";

export class UserRate {
  readonly #asked = new Map<string, { atMs: number[]; isTold: boolean }>();

  /** `no`: for the first time, so that it is told once. */
  turn(telegramId: string, nowMs: number): Turn {
    if (this.#asked.size > USERS_MAX) this.#asked.clear();
    const known = this.#asked.get(telegramId) ?? { atMs: [], isTold: false };
    this.#asked.set(telegramId, known);
    known.atMs = known.atMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
    if (known.atMs.length < PER_MINUTE) {
      known.atMs.push(nowMs);
      known.isTold = false;
      return "yes";
    }
    if (known.isTold) return "no-and-told";
    known.isTold = true;
    return "no";
  }
}
