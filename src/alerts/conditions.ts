/**
 * What is told because it lasts: connections that stay down or break again and again, data that nobody confirms, followers
 * that do not reach their target. Looked at from outside, between events; each look is bounded, so that a thousand followers
 * cost an order no time.
 */
import type { Event } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { FollowerMarket, State } from "../core/state.ts";
import type { AlertReport } from "./alert.ts";
import type { AlertKind } from "./kinds.ts";

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

interface Pair {
  readonly begins: AlertKind;
  readonly ends: AlertKind;
}

const CONNECTION: Pair = { begins: "connection-down", ends: "connection-restored" };
const LEADER: Pair = { begins: "leader-stale", ends: "leader-confirmed" };
const FOLLOWER: Pair = { begins: "follower-stale", ends: "follower-confirmed" };
const PARITY: Pair = { begins: "parity-missed", ends: "parity-reached" };

interface Standing {
  readonly sinceMs: number;
  readonly isTold: boolean;
}

interface Look {
  readonly pair: Pair;
  readonly holds: boolean;
  /** Nobody expects anything else (halted, paused): neither its begin nor its end is told. */
  readonly isMoot: boolean;
  readonly afterMs: number;
  /** Since when, where it is known better than by looking. */
  readonly sinceMs?: number;
  readonly who: Pick<AlertReport, "leader" | "follower" | "instrument">;
}

export class Conditions {
  readonly #options: ConditionOptions;
  readonly #startedMs: number;
  readonly #standing = new Map<string, Standing>();
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

  look(state: State, nowMs: number): readonly AlertReport[] {
    return [...this.#accountLooks(state), ...this.#marketLooks(state)].flatMap((look) =>
      this.#judge(look, nowMs),
    );
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
      yield { pair: CONNECTION, holds: !known.connected, isMoot, afterMs: connectionDownAfterMs, who };
      yield {
        pair: role === "leader" ? LEADER : FOLLOWER,
        holds: true,
        isMoot,
        sinceMs: Math.max(known.confirmedAtMs, this.#startedMs),
        afterMs: role === "leader" ? leaderStaleAfterMs : followerStaleAfterMs,
        who,
      };
    }
    this.#nextAccount += ACCOUNTS_PER_LOOK;
  }

  *#marketLooks({ markets }: State): Iterable<Look> {
    for (const market of someOf(markets, this.#nextMarket, MARKETS_PER_LOOK)) {
      const { follower, instrument } = market;
      yield {
        pair: PARITY,
        holds: !this.#options.isSettled(market),
        isMoot: follower.halted !== null || follower.paused || !follower.connected,
        afterMs: this.#options.parityAfterMs,
        who: { follower: follower.account, instrument: instrument.id },
      };
    }
    this.#nextMarket += MARKETS_PER_LOOK;
  }

  #judge(look: Look, nowMs: number): readonly AlertReport[] {
    const { pair, who, afterMs } = look;
    const key = `${pair.begins}|${who.leader ?? ""}|${who.follower ?? ""}|${who.instrument ?? ""}`;
    const before = this.#standing.get(key);
    const sinceMs = look.sinceMs ?? before?.sinceMs ?? nowMs;
    const lasts = look.holds && nowMs - sinceMs > afterMs;
    const wasTold = before?.isTold === true;
    if (look.holds && !look.isMoot) this.#standing.set(key, { sinceMs, isTold: lasts });
    else this.#standing.delete(key);
    if (look.isMoot || lasts === wasTold) return [];
    const seconds = Math.round((nowMs - (before?.sinceMs ?? sinceMs)) / 1_000);
    return [{ kind: lasts ? pair.begins : pair.ends, ...who, numbers: { seconds } }];
  }
}

/** At most `count` of the list from a place that goes round it, each once. */
function* someOf<Item>(items: readonly Item[], from: number, count: number): Iterable<Item> {
  for (let step = 0; step < Math.min(count, items.length); step += 1) {
    const item = items[(from + step) % items.length];
    if (item !== undefined) yield item;
  }
}
