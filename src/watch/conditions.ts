/**
 * What the engine's state tells: connections that stay down or break again and again, data that nobody confirms, followers
 * that do not reach their target. Looked at from outside, between events; each look is bounded, so that a thousand followers
 * cost an order no time.
 */
import type { AlertReport } from "../alerts/alert.ts";
import type { Event } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { FollowerMarket, State } from "../core/state.ts";
import type { Reading, WatchdogAction, WatchdogName, WatchdogState } from "./watchdog.ts";

export interface ConditionOptions {
  readonly connectionDownAfterMs: number;
  readonly parityAfterMs: number;
  /** Nothing in flight, every change explained, at its target or with a standing reason why not. */
  readonly isSettled: (market: FollowerMarket) => boolean;
}

/** So many one look takes in; the next look goes on behind them. */
const ACCOUNTS_PER_LOOK = 200;
const MARKETS_PER_LOOK = 500;
/** So many losses of a connection within so long are one that breaks again and again. */
const LOSSES = 5;
const LOSSES_WITHIN_MS = 600_000;

interface Look {
  readonly name: WatchdogName;
  readonly holds: boolean;
  /** Nobody expects anything else (halted, paused): neither its begin nor its end is told. */
  readonly isMoot: boolean;
  readonly afterMs: number;
  /** Since when, where it is known better than by looking. */
  readonly sinceMs?: number;
  readonly actions: readonly WatchdogAction[];
  readonly who: NonNullable<Reading["who"]>;
}

export class Conditions {
  readonly #options: ConditionOptions;
  readonly #startedMs: number;
  /** Since when something holds that may pass before it lasts. */
  readonly #since = new Map<string, number>();
  /** Times of the last losses, per account. */
  readonly #losses = new Map<AccountId, number[]>();
  #nextAccount = 0;
  #nextMarket = 0;

  /** Nothing is late before this run had its time. */
  constructor(options: ConditionOptions, startedMs: number) {
    this.#options = options;
    this.#startedMs = startedMs;
  }

  /** A connection that never stays down for long may still be of no use. */
  note(event: Event, state: State): readonly AlertReport[] {
    if (event.kind !== "connection-changed" || event.state === "up") return [];
    const since = event.atMs - LOSSES_WITHIN_MS;
    const losses = [...(this.#losses.get(event.account) ?? []), event.atMs].filter((atMs) => atMs > since);
    this.#losses.set(event.account, losses.slice(-LOSSES));
    if (losses.length < LOSSES) return [];
    const who = state.leaders.has(event.account) ? { leader: event.account } : { follower: event.account };
    const seconds = Math.round((event.atMs - (losses[0] ?? event.atMs)) / 1_000);
    return [
      { kind: "connection-unstable", ...who, cause: event.cause, numbers: { losses: LOSSES, seconds } },
    ];
  }

  readings(state: State, nowMs: number): readonly Reading[] {
    const looks = [...this.#accountLooks(state), ...this.#marketLooks(state)];
    return looks.map((look) => this.#reading(look, nowMs));
  }

  *#accountLooks(state: State): Iterable<Look> {
    const { leaderStaleAfterMs, followerStaleAfterMs, accounts } = state.settings;
    const { connectionDownAfterMs } = this.#options;
    for (const { account, role } of someOf(accounts, this.#nextAccount, ACCOUNTS_PER_LOOK)) {
      const known = role === "leader" ? state.leaders.get(account) : state.followers.get(account);
      if (known === undefined) continue;
      // A halted account is told as such; it is not asked for anything.
      const isMoot = "halted" in known && known.halted !== null;
      const who = role === "leader" ? { leader: account } : { follower: account };
      yield {
        name: "connection",
        holds: !known.connected,
        isMoot,
        afterMs: connectionDownAfterMs,
        actions: role === "leader" ? ["reconnect", "poll"] : ["reconnect"],
        who,
      };
      yield {
        name: role,
        holds: true,
        isMoot,
        sinceMs: Math.max(known.confirmedAtMs, this.#startedMs),
        afterMs: role === "leader" ? leaderStaleAfterMs : followerStaleAfterMs,
        actions: ["stop-opening"],
        who,
      };
    }
    this.#nextAccount += ACCOUNTS_PER_LOOK;
  }

  *#marketLooks({ markets }: State): Iterable<Look> {
    for (const market of someOf(markets, this.#nextMarket, MARKETS_PER_LOOK)) {
      const { follower, instrument } = market;
      yield {
        name: "drift",
        holds: !this.#options.isSettled(market),
        isMoot: follower.halted !== null || follower.paused || !follower.connected,
        afterMs: this.#options.parityAfterMs,
        actions: ["read-again"],
        who: { follower: follower.account, instrument: instrument.id },
      };
    }
    this.#nextMarket += MARKETS_PER_LOOK;
  }

  #reading({ name, holds, isMoot, afterMs, sinceMs, actions, who }: Look, nowMs: number): Reading {
    const subject = subjectOf(who);
    const key = `${name}|${subject}`;
    const heldSinceMs = sinceMs ?? this.#since.get(key) ?? nowMs;
    if (holds && !isMoot && sinceMs === undefined) this.#since.set(key, heldSinceMs);
    else this.#since.delete(key);
    const value = holds ? nowMs - heldSinceMs : 0;
    const state = stateOf(value, afterMs);
    return {
      name,
      subject,
      state,
      value,
      threshold: afterMs,
      actions: state === "acting" ? actions : [],
      isMoot,
      who,
      ...(holds ? { sinceMs: heldSinceMs } : {}),
    };
  }
}

/** From half of its time on, what is not sound shows. */
function stateOf(ageMs: number, afterMs: number): WatchdogState {
  if (ageMs > afterMs) return "acting";
  return ageMs * 2 > afterMs ? "warning" : "ok";
}

function subjectOf({ leader, follower, instrument }: Look["who"]): string {
  const account = leader ?? follower ?? "";
  return instrument === undefined ? account : `${account} ${instrument.split("@")[0]}`;
}

/** At most `count` of the list from a place that goes round it, each once. */
function* someOf<Item>(items: readonly Item[], from: number, count: number): Iterable<Item> {
  for (let step = 0; step < Math.min(count, items.length); step += 1) {
    const item = items[(from + step) % items.length];
    if (item !== undefined) yield item;
  }
}
