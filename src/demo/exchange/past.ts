/**
 * The demo's past: a week lived through by the real parts, up to this very moment, so that the present goes on from it. Leaders trade,
 * followers copy, funding is settled, stops act; the owner pauses one follower, presses the kill switch for another and lets it go on;
 * once the streams break, and once the program is stopped and started again.
 */
import { setImmediate } from "node:timers/promises";
import { seededRandom } from "../../analytics/numeric/random.ts";
import type { VirtualClock } from "../../backtest/virtual-clock.ts";
import { AccountId } from "../../core/model/identifiers.ts";
import { FOLLOWERS } from "../cast.ts";
import type { DemoFolders } from "../demo-folder.ts";
import type { LongPast } from "../records/long-past.ts";
import type { DemoVenue } from "./demo-venue.ts";
import { PastEngine } from "./past-engine.ts";

export interface PastParts {
  readonly seed: number;
  readonly folders: DemoFolders;
  readonly venue: DemoVenue;
  /** Whose records go on by the hour. */
  readonly records: Pick<LongPast, "look">;
  readonly clock: VirtualClock;
  /** The machine's. */
  readonly nowMs: () => number;
  /** A share of 1. */
  readonly onProgress: (done: number) => void;
  readonly isStopped: () => boolean;
}

/** Prices go in these strides; in the last hours in shorter ones. */
const STRIDE_MS = 300_000;
const NEAR_STRIDE_MS = 60_000;
const NEAR_MS = 3 * 3_600_000;
/** Others have their turn after so much of the past. */
const TURN_MS = 1_800_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nearer to now than this is now. */
const CAUGHT_UP_MS = 20;

/** Lives from the virtual clock's time to the machine's; resolves when they are the same, with everything closed. */
export async function livePast(parts: PastParts): Promise<void> {
  const past = new Past(parts);
  await past.live();
}

interface Happening {
  /** Part of the past after which it happens. */
  readonly at: number;
  readonly happen: (engine: PastEngine) => void | Promise<void>;
}

class Past {
  readonly #parts: PastParts;
  readonly #beganMs: number;
  readonly #lastMs: number;
  readonly #chance: () => number;
  #engine: PastEngine | null = null;
  #hourMs: number;
  #happenings: readonly Happening[];

  constructor(parts: PastParts) {
    this.#parts = parts;
    this.#beganMs = parts.clock.nowMs();
    this.#hourMs = this.#beganMs;
    this.#lastMs = parts.nowMs();
    this.#chance = seededRandom(parts.seed);
    this.#happenings = [
      { at: 0.3, happen: () => this.#restart() },
      { at: 0.45, happen: (engine) => pressFor(engine, "panic") },
      { at: 0.48, happen: (engine) => pressFor(engine, "resume") },
      { at: 0.62, happen: (engine) => engine.breakConnections() },
      { at: 0.72, happen: pausePaused },
      { at: 0.85, happen: (engine) => engine.breakConnections() },
    ];
  }

  async live(): Promise<void> {
    const { clock, nowMs, isStopped } = this.#parts;
    this.#engine = await this.#start();
    this.#walk();
    while (!isStopped() && clock.nowMs() < nowMs() - CAUGHT_UP_MS) {
      clock.runUntil(Math.min(nowMs(), clock.nowMs() + TURN_MS));
      this.#parts.onProgress(this.#share);
      await this.#happen();
      await setImmediate();
    }
    await this.#engine.stop();
  }

  get #share(): number {
    return Math.min(1, (this.#parts.clock.nowMs() - this.#beganMs) / (this.#lastMs - this.#beganMs));
  }

  #start(): Promise<PastEngine> {
    const { folders, venue, clock } = this.#parts;
    return PastEngine.start({ folders, protocol: venue.protocol, clock, chance: this.#chance });
  }

  async #restart(): Promise<void> {
    await this.#engine?.stop();
    this.#engine = await this.#start();
  }

  async #happen(): Promise<void> {
    const due = this.#happenings.filter(({ at }) => at <= this.#share);
    this.#happenings = this.#happenings.filter((one) => !due.includes(one));
    for (const { happen } of due) if (this.#engine !== null) await happen(this.#engine);
  }

  /** The market and the leaders, stride by stride. */
  #walk(): void {
    const { clock, venue, records } = this.#parts;
    const strideMs = this.#lastMs - clock.nowMs() > NEAR_MS ? STRIDE_MS : NEAR_STRIDE_MS;
    clock.setTimer(strideMs, () => {
      venue.step(strideMs);
      const hourMs = Math.floor(clock.nowMs() / HOUR_MS) * HOUR_MS;
      if (hourMs > this.#hourMs) records.look(hourMs);
      this.#hourMs = hourMs;
      for (const desk of venue.desks) {
        if (desk.isDue((desk.leader.perDay * strideMs) / DAY_MS)) venue.trade(desk);
      }
      this.#walk();
    });
  }
}

function pressFor(engine: PastEngine, kind: "panic" | "resume"): void {
  for (const { nickname } of FOLLOWERS.filter(({ panics }) => panics === true))
    engine.command({ kind, account: AccountId(nickname) });
}

function pausePaused(engine: PastEngine): void {
  for (const { nickname } of FOLLOWERS.filter(({ paused }) => paused === true))
    engine.command({ kind: "pause", account: AccountId(nickname) });
}
