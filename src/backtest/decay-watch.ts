/**
 * Whether leaders that are copied do worse than they did, looked at each time that a strategy decides, by the rule and with the patience of
 * live monitoring: what is found of one stops its copies once, and again only after it was over.
 */

import { DAY_MS } from "../analytics/equity/days.ts";
import { decayOf } from "../analytics/monitoring/decay.ts";
import type { Command } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { decayReading } from "../traders/monitoring/decay-reading.ts";
import { isFinding, takeReadings, type Watched } from "../traders/monitoring/standing.ts";

export interface DecayRule {
  readonly action: "pause" | "close" | "replace";
  /** Null: those of the relation's stop_loss. */
  readonly replacements: readonly AccountId[] | null;
  /** The newest days, which are held against those before. */
  readonly windowDays: number;
  /** Of those that go on as they were, the share that is doubted within a year. */
  readonly falseAlarms: number;
}

/** What was known of a leader by then. */
export interface WatchedLeader {
  readonly account: AccountId;
  /** UTC day, counted from 1970, of the first return. */
  readonly firstDay: number;
  readonly returns: Float64Array;
  readonly failedFilters: readonly unknown[];
}

type CopyStop = Extract<Command, { readonly kind: "stop" }>;

export class DecayWatch {
  readonly #rule: DecayRule;
  #watched: readonly Watched[] = [];

  constructor(rule: DecayRule) {
    this.#rule = rule;
  }

  /** Leaders to introduce, as they may take the place of another. */
  get candidates(): readonly AccountId[] {
    return this.#rule.action === "replace" ? (this.#rule.replacements ?? []) : [];
  }

  /** What is to be done about those who are doubted from now on. */
  look(
    copied: readonly AccountId[],
    known: readonly WatchedLeader[],
    { follower, nowMs }: { readonly follower: AccountId; readonly nowMs: number },
  ): readonly CopyStop[] {
    const readings = known.filter(({ account }) => copied.includes(account)).map((one) => this.#reading(one));
    const { watched } = takeReadings(this.#watched, readings, nowMs);
    this.#watched = watched;
    const { action } = this.#rule;
    return watched
      .filter(({ sinceMs }) => sinceMs === nowMs)
      .map(({ reading: { leader, rule, value, limit, numbers } }) => ({
        kind: "stop",
        account: follower,
        leader: leader as AccountId,
        action,
        ...(action === "replace" ? this.#replacements(known) : {}),
        detail: { finding: rule, value, limit, ...numbers },
      }));
  }

  #reading({ account, firstDay, returns }: WatchedLeader) {
    const days = Array.from(returns, (_, day) =>
      new Date((firstDay + day) * DAY_MS).toISOString().slice(0, 10),
    );
    return decayReading(account, days, decayOf(returns, this.#rule));
  }

  /** Nothing that is known speaks against them. */
  #replacements(known: readonly WatchedLeader[]): Pick<CopyStop, "replacements"> {
    const { replacements } = this.#rule;
    if (replacements === null) return {};
    const isDoubted = (one: WatchedLeader) =>
      this.#watched.some((each) => isFinding(each) && each.reading.leader === one.account) ||
      this.#reading(one).state === "raised";
    const sound = known.filter(
      (one) => replacements.includes(one.account) && one.failedFilters.length === 0 && !isDoubted(one),
    );
    return { replacements: sound.map(({ account }) => account) };
  }
}
