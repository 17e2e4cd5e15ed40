/** Readings of what lies outside the engine's state: streams, clocks, disk, journal, database, the process itself. */
import type { AccountId, VenueId } from "../core/model/identifiers.ts";
import { clockIsUnsteady, DISK_IS_LOW } from "../engine/halts.ts";
import type { AccountConnection, MarketFeed } from "../exchange/exchange.ts";
import type { Reading, WatchdogAction } from "./watchdog.ts";

export interface Stream {
  readonly connection: Pick<AccountConnection, "account" | "streamHealth">;
  readonly isLeader: boolean;
}

/** What the connection itself does about it (exchange/stream-watch.ts) is told here. */
export function streamReadings(streams: Iterable<Stream>, lateMs: number, nowMs: number): readonly Reading[] {
  const readings: Reading[] = [];
  for (const { connection, isLeader } of streams) {
    const { account, streamHealth: health } = connection;
    if (health === undefined) continue;
    const isSilent = health.state === "silent";
    const cause = `snapshots showed ${health.missed} change(s) that the stream did not tell`;
    readings.push({
      name: "stream",
      subject: account,
      state: isSilent ? "acting" : health.state === "late" ? "warning" : "ok",
      value: health.sinceMs === 0 ? 0 : nowMs - health.sinceMs,
      threshold: lateMs,
      actions: isSilent ? ["reconnect", "poll"] : [],
      who: isLeader ? { leader: account } : { follower: account },
      ...(health.state === "sound" ? {} : { sinceMs: health.sinceMs, cause }),
    });
  }
  return readings;
}

/** When a price stream counts as silent, or as down. */
export interface PriceBounds {
  readonly lateMs: number;
  readonly downAfterMs: number;
}

/** What the feed itself does about it (exchange/bybit/price-watch.ts) is told here; one that is not down is judged by what it told. */
export function priceReadings(
  feeds: Iterable<Pick<MarketFeed, "venue" | "priceHealth">>,
  { lateMs, downAfterMs }: PriceBounds,
  nowMs: number,
): readonly Reading[] {
  const readings: Reading[] = [];
  for (const { venue, priceHealth: health } of feeds) {
    if (health === undefined) continue;
    const about = { name: "prices", subject: venue } as const;
    const actions = ["reconnect", "poll"] as const;
    if (health.state === "silent") {
      const cause = `the venue showed ${health.missed} price(s) that the stream did not tell`;
      const { sinceMs } = health;
      const value = nowMs - sinceMs;
      readings.push({ ...about, state: "acting", value, threshold: lateMs, actions, sinceMs, cause });
    } else if (health.downSinceMs !== null) {
      const value = nowMs - health.downSinceMs;
      const isLong = value > downAfterMs;
      const state = isLong ? "acting" : value * 2 > downAfterMs ? "warning" : "ok";
      const down = { state, value, threshold: downAfterMs, actions: isLong ? actions : [] } as const;
      readings.push({ ...about, ...down, sinceMs: health.downSinceMs, cause: "the price stream is down" });
    } else {
      const isLate = health.state === "late";
      const value = isLate ? nowMs - health.sinceMs : 0;
      const since = isLate ? { sinceMs: health.sinceMs } : {};
      readings.push({
        ...about,
        state: isLate ? "warning" : "ok",
        value,
        threshold: lateMs,
        actions: [],
        ...since,
      });
    }
  }
  return readings;
}

/** What was asked of each host within the last minute and answered by an error. */
export function errorReadings(
  hosts: Iterable<{ readonly host: string; readonly errors: number }>,
  perMinuteMax: number,
): readonly Reading[] {
  return [...hosts].map(({ host, errors }) => {
    const state = errors > perMinuteMax ? "acting" : errors * 2 > perMinuteMax ? "warning" : "ok";
    const actions: readonly WatchdogAction[] = state === "acting" ? ["tell"] : [];
    return { name: "api", subject: host, state, value: errors, threshold: perMinuteMax, actions };
  });
}

/** As a connector tells of a venue's clock. */
export interface VenueClock {
  readonly venue: VenueId;
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly doubtedSinceMs: number | null;
  readonly jumps: number;
  readonly jumpedAtMs: number | null;
}

/** A clock that cannot be confirmed for so long, or was found wrong so often within seconds, is not to be relied on. */
const DOUBTED_MS_MAX = 5_000;
const JUMPS_MAX = 3;
/** A jump shows for so long. */
const JUMP_SHOWN_MS = 5_000;

export interface ClockBounds {
  readonly errorMsMax: number;
  /** Whose orders are stamped by it. */
  readonly concerns: (account: AccountId) => boolean;
}

/** Far off and known is corrected for; only what is not known any more stops openings. */
export function clockReading(
  clock: VenueClock,
  { errorMsMax, concerns }: ClockBounds,
  nowMs: number,
): Reading {
  const { venue, offsetMs, errorMs, doubtedSinceMs, jumps, jumpedAtMs } = clock;
  const about = { name: "clock", subject: venue, threshold: errorMsMax } as const;
  const isDoubted = doubtedSinceMs !== null;
  if ((isDoubted && nowMs - doubtedSinceMs > DOUBTED_MS_MAX) || jumps >= JUMPS_MAX) {
    const cause = "its time cannot be confirmed, or moves again and again";
    const actions = ["resync", "stop-opening"] as const;
    const halt = { cause: clockIsUnsteady(venue), concerns };
    return { ...about, state: "acting", value: errorMs, actions, cause, halt };
  }
  if (isDoubted || (jumpedAtMs !== null && nowMs - jumpedAtMs < JUMP_SHOWN_MS)) {
    const cause = "its time moved against this machine's: it is set anew";
    return {
      ...about,
      state: "acting",
      value: Math.max(errorMs, Math.abs(offsetMs)),
      actions: ["resync"],
      cause,
    };
  }
  const value = Math.abs(offsetMs);
  if (value <= errorMsMax) return { ...about, state: "ok", value, actions: [] };
  const cause =
    "this machine's clock is off; stamps are corrected for it, but switch on time synchronisation";
  return { ...about, state: "warning", value, actions: ["correct", "tell"], cause };
}

export interface DiskBounds {
  readonly warningMegabytes: number;
  readonly stopMegabytes: number;
}

/** What stopped openings ends only when there is this much more. */
const ROOM_AGAIN = 1.1;

export class DiskReadings {
  readonly #bounds: DiskBounds;
  #isStopped = false;

  constructor(bounds: DiskBounds) {
    this.#bounds = bounds;
  }

  /** `freeMegabytes` as this user may write them. */
  reading(folder: string, freeMegabytes: number): Reading {
    const { warningMegabytes, stopMegabytes } = this.#bounds;
    this.#isStopped = freeMegabytes < stopMegabytes * (this.#isStopped ? ROOM_AGAIN : 1);
    const about = { name: "disk", subject: folder, value: freeMegabytes } as const;
    if (this.#isStopped) {
      const halt = { cause: DISK_IS_LOW, concerns: () => true };
      return { ...about, state: "acting", threshold: stopMegabytes, actions: ["stop-opening", "tell"], halt };
    }
    const isLow = freeMegabytes < warningMegabytes;
    return {
      ...about,
      state: isLow ? "warning" : "ok",
      threshold: warningMegabytes,
      actions: isLow ? ["tell"] : [],
    };
  }
}

/** For how long the oldest of what was written has waited to be done as well. */
export class Lag {
  #mark: { readonly sequence: number; readonly atMs: number } | null = null;

  /** Up to one look too little, never too much. */
  behindMs(written: number, done: number, nowMs: number): number {
    if (done >= written) this.#mark = null;
    else if (this.#mark === null || done >= this.#mark.sequence)
      this.#mark = { sequence: written, atMs: nowMs };
    return this.#mark === null ? 0 : nowMs - this.#mark.atMs;
  }
}

/** Something of this program that is late, and nothing but telling helps. */
export function lateReading(
  name: "journal" | "database" | "event-loop",
  value: number,
  threshold: number,
): Reading {
  const isLate = value > threshold;
  const actions: readonly WatchdogAction[] = isLate ? ["tell"] : [];
  return { name, subject: SUBJECTS[name], state: isLate ? "warning" : "ok", value, threshold, actions };
}

const SUBJECTS = { journal: "journal", database: "database", "event-loop": "process" } as const;

/** The worst of the last looks: one stall shows for a while instead of for a second. */
export class Worst {
  readonly #keptMs: number;
  #found: { readonly value: number; readonly atMs: number }[] = [];

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  note(value: number, nowMs: number): number {
    const kept = this.#found.filter((one) => nowMs - one.atMs < this.#keptMs && one.value > value);
    this.#found = [...kept, { value, atMs: nowMs }];
    return this.#found.reduce((worst, one) => Math.max(worst, one.value), 0);
  }
}
