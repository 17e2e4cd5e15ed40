/** What takes its time, made once for all who ask for the same at the same time or shortly after. */
import { REPORTS } from "./gate.ts";

/** Different questions whose answers are kept at once. */
const KEPT_MAX = 50;

export class Shared<Answer> {
  readonly #keptMs: number;
  readonly #kept = new Map<string, { readonly answer: Promise<Answer>; untilMs: number }>();

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** Rejects with an ApiProblem, too, where too many different ones are asked for at once. */
  of(key: string, make: () => Promise<Answer>): Promise<Answer> {
    const known = this.#kept.get(key);
    if (known !== undefined && performance.now() < known.untilMs) return known.answer;
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    const kept = { answer: REPORTS.through(make), untilMs: Infinity };
    this.#kept.set(key, kept);
    const settled = () => {
      kept.untilMs = performance.now() + this.#keptMs;
    };
    const failed = () => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    };
    kept.answer.then(settled, failed);
    return kept.answer;
  }
}
