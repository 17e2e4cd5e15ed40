/**
 * The one picture of all watchdogs: what is not ok and since when, and what the owner is told as one begins and ends. Fed with
 * readings once a second; what is done about them is decided where they are made.
 */
import type { AlertReport } from "../alerts/alert.ts";
import { type Reading, WATCHDOGS, type WatchdogName, type WatchdogReport } from "./watchdog.ts";

/** What nobody read for so long is no subject any more. Longer than it takes to look at all of a large fleet in turn. */
const FORGOTTEN_AFTER_MS = 600_000;
/** Of what is not ok, so many of each name are reported. */
const REPORTED_MAX = 100;

interface Standing {
  readonly reading: Reading;
  readonly sinceMs: number;
  readonly isTold: boolean;
  readonly readAtMs: number;
}

export class Watchdogs {
  readonly #standing = new Map<string, Standing>();
  /** Of each that is ok somewhere: the subject that is nearest to its threshold, as of the last readings. */
  #nearest = new Map<WatchdogName, Reading>();
  readonly #acts: (reading: Reading) => void;

  /** `acts` is called once as one passes its threshold. */
  constructor(acts: (reading: Reading) => void = () => {}) {
    this.#acts = acts;
  }

  /** Takes in the readings of one look; what is to be told follows. */
  take(readings: readonly Reading[], nowMs: number): readonly AlertReport[] {
    for (const name of new Set(readings.map((reading) => reading.name))) this.#nearest.delete(name);
    const told = readings.flatMap((reading) => this.#judge(reading, nowMs));
    for (const [key, { readAtMs }] of this.#standing)
      if (nowMs - readAtMs > FORGOTTEN_AFTER_MS) this.#standing.delete(key);
    return told;
  }

  /** Each that is not ok, and one row for each name that is ok everywhere, in the order of the list. */
  report(): readonly WatchdogReport[] {
    const standing = [...this.#standing.values()];
    return (Object.keys(WATCHDOGS) as WatchdogName[]).flatMap((name) => {
      const own = standing.filter(({ reading }) => reading.name === name).slice(0, REPORTED_MAX);
      if (own.length > 0) return own.map(({ reading, sinceMs }) => rowOf(reading, sinceMs));
      const nearest = this.#nearest.get(name);
      return nearest === undefined ? [] : [rowOf(nearest, null)];
    });
  }

  #judge(reading: Reading, nowMs: number): readonly AlertReport[] {
    const key = `${reading.name}|${reading.subject}`;
    const before = this.#standing.get(key);
    if (reading.isMoot === true || reading.state === "ok") {
      this.#standing.delete(key);
      if (reading.isMoot === true) return [];
      this.#noteNearest(reading);
      return before === undefined ? [] : this.#ended(reading, before, nowMs);
    }
    const { toldFrom } = WATCHDOGS[reading.name];
    const sinceMs = reading.sinceMs ?? before?.sinceMs ?? nowMs;
    const wasTold = before?.isTold === true;
    const isTold = wasTold || toldFrom === "warning" || reading.state === "acting";
    this.#standing.set(key, { reading, sinceMs, isTold, readAtMs: nowMs });
    if (reading.state === "acting" && before?.reading.state !== "acting") this.#acts(reading);
    return isTold && !wasTold ? [beginOf(reading, nowMs - sinceMs)] : [];
  }

  #ended(reading: Reading, before: Standing, nowMs: number): readonly AlertReport[] {
    if (!before.isTold) return [];
    const { ends } = WATCHDOGS[reading.name];
    return [{ kind: ends, ...whoOf(reading), numbers: { seconds: secondsOf(nowMs - before.sinceMs) } }];
  }

  #noteNearest(reading: Reading): void {
    const known = this.#nearest.get(reading.name);
    if (known === undefined || nearness(reading) > nearness(known)) this.#nearest.set(reading.name, reading);
  }
}

function beginOf(reading: Reading, lastedMs: number): AlertReport {
  const { begins, figure } = WATCHDOGS[reading.name];
  const { cause, value, threshold, numbers } = reading;
  return {
    kind: begins,
    ...whoOf(reading),
    ...(cause === undefined ? {} : { cause }),
    numbers: numbers ?? { seconds: secondsOf(lastedMs), [figure]: Math.round(value), limit: threshold },
  };
}

/** What belongs to no account is told apart by its subject. */
function whoOf({ who, subject }: Reading): Partial<AlertReport> {
  return who ?? { topic: subject };
}

function nearness({ name, value, threshold }: Reading): number {
  return WATCHDOGS[name].isWorse === "above" ? value / threshold : threshold / value;
}

function rowOf(
  { name, subject, state, value, threshold, actions }: Reading,
  since: number | null,
): WatchdogReport {
  const { unit } = WATCHDOGS[name];
  return { name, subject, state, value: Math.round(value), threshold, unit, since, action: actions };
}

function secondsOf(ms: number): number {
  return Math.round(ms / 1_000);
}
