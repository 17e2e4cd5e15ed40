/** What of the watchdogs, the engine's state, the venues' limits and this process tells how well everything is. */
import type { State } from "../core/state.ts";
import { type HealthReading, type HealthState, stateAbove } from "./health.ts";
import type { Reading } from "./watchdog.ts";

/**
 * Followers that are apart from their targets are what `status` tells of. Of a halted account nothing is told as an alert, but how well
 * it is stands here all the same: nobody reads it any more.
 */
export function fromWatchdogs(readings: readonly Reading[]): readonly HealthReading[] {
  return readings.flatMap(({ name, subject, state, value, threshold, who, sinceMs, cause, actions }) => {
    if (name === "drift") return [];
    const account = who?.leader ?? who?.follower;
    // A venue's clock that is only asked anew keeps nothing from being done.
    const isMild = actions.every((action) => action === "resync" || action === "tell");
    const told: HealthState = state === "acting" ? (isMild ? "warning" : "critical") : state;
    return [
      {
        check: name,
        subject,
        state: told,
        value,
        threshold,
        ...(account === undefined ? {} : { account }),
        ...(sinceMs === undefined || value === 0 ? {} : { sinceMs }),
        ...(cause === undefined ? {} : { cause }),
      },
    ];
  });
}

/** What keeps accounts from opening, and how many of each venue are not there. */
export function accountReadings({ settings, leaders, followers }: State): readonly HealthReading[] {
  const venues = new Map<string, { all: number; down: number }>();
  const restrictions = settings.accounts.flatMap(({ account, venue, role }): readonly HealthReading[] => {
    const follower = role === "follower" ? followers.get(account) : undefined;
    const known = follower ?? leaders.get(account);
    if (known === undefined) return [];
    const counted = venues.get(venue) ?? { all: 0, down: 0 };
    venues.set(venue, counted);
    counted.all += 1;
    if (!known.connected) counted.down += 1;
    const about = { check: "restriction", subject: account, threshold: 0, account } as const;
    const halted = follower?.halted ?? null;
    if (halted !== null) return [{ ...about, state: "critical", value: 1, cause: `halted: ${halted}` }];
    // That the owner paused it is as he wants it.
    const paused = follower?.paused === true ? { cause: "paused by its owner" } : {};
    return [{ ...about, state: "ok", value: 0, ...paused }];
  });
  const down = [...venues].map(([venue, counted]): HealthReading => {
    const state = counted.down === 0 ? "ok" : counted.down === counted.all ? "critical" : "warning";
    const cause =
      counted.down === 0 ? {} : { cause: `${counted.down} of ${counted.all} accounts are not connected` };
    return { check: "venue", subject: venue, state, value: counted.down, threshold: 0, ...cause };
  });
  return [...down, ...restrictions];
}

/** How much of what a venue lets one address ask is used. */
export interface LimitUse {
  /** Of the hosts that share it. */
  readonly subject: string;
  readonly used: number;
  readonly most: number;
  readonly waiting: number;
  /** The venue refused everything until then; 0 when it never did. */
  readonly restUntilMs: number;
}

const LIMIT_USED_PERCENT = 80;

export function limitReading(
  { subject, used, most, waiting, restUntilMs }: LimitUse,
  nowMs: number,
): HealthReading {
  const about = {
    check: "rate-limit",
    subject,
    value: (100 * used) / most,
    threshold: LIMIT_USED_PERCENT,
  } as const;
  if (restUntilMs > nowMs) {
    const cause = `the venue refused this address: nothing is asked until ${new Date(restUntilMs).toISOString()}`;
    return { ...about, state: "critical", cause };
  }
  const line = waiting > 0 ? { cause: `${waiting} request(s) wait for their turn` } : {};
  return { ...about, state: stateAbove(about.value, LIMIT_USED_PERCENT), ...line };
}

/** Of this process and its machine. */
export interface ProcessFigures {
  /** Of one core since the last question, and of all cores over a minute. */
  readonly processorPercent: number;
  readonly machineProcessorPercent: number;
  /** Of what its heap may grow to, and of the machine's (or container's) memory. */
  readonly heapPercent: number;
  readonly machineMemoryPercent: number;
}

const PROCESSOR_PERCENT = 80;
/** Programs that give way may take all that is left: only what waits beyond that counts. */
const MACHINE_PROCESSOR_PERCENT = 200;
const MEMORY_PERCENT = 80;
const MEMORY_CRITICAL_PERCENT = 95;

export function processReadings(figures: ProcessFigures): readonly HealthReading[] {
  const reading = (
    check: "processor" | "memory",
    subject: string,
    value: number,
    [threshold, critical]: readonly [number, number?],
  ): HealthReading => ({ check, subject, state: stateAbove(value, threshold, critical), value, threshold });
  const memory = [MEMORY_PERCENT, MEMORY_CRITICAL_PERCENT] as const;
  return [
    reading("processor", "process", figures.processorPercent, [PROCESSOR_PERCENT]),
    reading("processor", "machine", figures.machineProcessorPercent, [MACHINE_PROCESSOR_PERCENT]),
    reading("memory", "heap", figures.heapPercent, memory),
    reading("memory", "machine", figures.machineMemoryPercent, [MEMORY_CRITICAL_PERCENT, 98]),
  ];
}
