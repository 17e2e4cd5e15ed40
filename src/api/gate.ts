/** Lets a few at once through and some more wait: long computations must not take the process from everybody else. */
import { ApiProblem } from "./contract/problems.ts";

export class Gate {
  readonly #atOnceMax: number;
  readonly #waitingMax: number;
  #atWork = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnceMax: number, waitingMax: number) {
    this.#atOnceMax = atOnceMax;
    this.#waitingMax = waitingMax;
  }

  /** Rejects with an ApiProblem where too many wait. */
  async through<Answer>(make: () => Promise<Answer>): Promise<Answer> {
    if (this.#atWork < this.#atOnceMax) this.#atWork += 1;
    else await this.#turn();
    try {
      return await make();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#atWork -= 1;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax)
      throw new ApiProblem("busy", "too many reports are being made; try again in a moment");
    return new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** For whatever computes for long in this process. */
export const REPORTS = new Gate(2, 16);
