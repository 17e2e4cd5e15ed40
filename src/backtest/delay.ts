/**
 * How late a follower's copier hears of a leader's fill: a log-normal time round a stated median, drawn from a seed for each leader by
 * itself, so that every strategy hears of the same fill equally late. Later fills are never heard of before earlier ones.
 */
import { normalQuantile } from "../analytics/numeric/normal.ts";
import { seededRandomOf } from "../analytics/numeric/random.ts";

export interface DelayModel {
  readonly medianMs: number;
  /** Deviation of the logarithm: 0 is always the median, 0.5 has one in twenty above 2.3 times the median. */
  readonly spread: number;
  readonly seed: number;
}

export class LeaderDelay {
  readonly #model: DelayModel;
  readonly #random: () => number;
  #lastMs = 0;

  constructor(model: DelayModel, leader: string) {
    this.#model = model;
    this.#random = seededRandomOf(model.seed, leader);
  }

  /** When a fill of `timeMs` is heard of; called for all fills of the leader, oldest first. */
  heardAtMs(timeMs: number): number {
    const { medianMs, spread } = this.#model;
    // Half a step away from 0 and 1, where the quantile is infinite.
    const deviation = normalQuantile(this.#random() * (1 - 2 ** -32) + 2 ** -33);
    const heardMs = timeMs + Math.round(medianMs * Math.exp(spread * deviation));
    this.#lastMs = Math.max(this.#lastMs, heardMs);
    return this.#lastMs;
  }
}
