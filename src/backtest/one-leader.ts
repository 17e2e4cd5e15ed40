/**
 * One leader copied through one stretch of the past, from a moment on and by one allocation: the same world as a strategy's, without
 * anybody who chooses. The leader's capital is told anew with each UTC day.
 */
import { setImmediate } from "node:timers/promises";
import { DAY_MS } from "../analytics/equity/days.ts";
import type { Allocation } from "../core/settings.ts";
import type { Happenings } from "./happenings.ts";
import { type AccountSample, BacktestWorld, type KnownNow, type WorldParts } from "./world.ts";

export interface OneLeaderParts {
  /** With one leader. */
  readonly world: WorldParts;
  readonly toMs: number;
  readonly allocation: Allocation;
  /** What was measured of the leader by then, asked with each UTC day; absent where nothing in force asks. */
  measuredAt?(ms: number): Promise<readonly KnownNow[]>;
  /** What the leader's capital had come to when the day of the moment began; decimal text. */
  capitalAt(ms: number): string;
  readonly stop: AbortSignal;
  onTime?(nowMs: number): void;
}

export interface OneLeaderOutcome {
  /** At the beginning, then at each full hour, and at the end. */
  readonly samples: readonly AccountSample[];
  readonly happenings: Happenings;
  readonly doubts: BacktestWorld["doubts"];
  /** Of every decision of the engine. */
  readonly fingerprint: string;
}

const HOUR_MS = 3_600_000;

/** Throws the reason of `stop` when it is stopped. */
export async function copyOneLeader(parts: OneLeaderParts): Promise<OneLeaderOutcome> {
  const { world: given, toMs, allocation, capitalAt, stop } = parts;
  const world = new BacktestWorld(given);
  const samples: AccountSample[] = [];
  try {
    world.start();
    samples.push(world.sample());
    for (let nowMs = given.fromMs; nowMs < toMs; ) {
      if (nowMs === given.fromMs || nowMs % DAY_MS === 0)
        world.allocate(
          [{ allocation, leaderEquity: capitalAt(nowMs) }],
          (await parts.measuredAt?.(nowMs)) ?? [],
        );
      nowMs = Math.min(toMs, (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS);
      world.runUntil(nowMs);
      samples.push(world.sample());
      parts.onTime?.(nowMs);
      // Signals are heard between hours.
      await setImmediate();
      stop.throwIfAborted();
    }
    const { happenings, doubts, fingerprint } = world;
    return { samples, happenings, doubts, fingerprint };
  } finally {
    world.stop();
  }
}
