/** The one picture of how well the engine is: each check as it was read last, its last hours by the minute, and what changed. All bounded. */
import {
  HEALTH_CHECKS,
  type HealthChange,
  type HealthCheck,
  type HealthCheckName,
  type HealthFacts,
  type HealthPoint,
  type HealthReading,
  levelOf,
  worstOf,
} from "./health.ts";

/** What nobody read for so long is no subject any more. */
const FORGOTTEN_AFTER_MS = 600_000;
const MINUTE_MS = 60_000;
/** Six hours. */
const POINTS_MAX = 360;
/** Subjects with a history; accounts have none, as there may be thousands. */
const SERIES_MAX = 100;
const CHANGES_MAX = 500;

interface Standing {
  readonly reading: HealthReading;
  readonly sinceMs: number | null;
  readonly readAtMs: number;
}

export class HealthBoard {
  readonly #standing = new Map<string, Standing>();
  readonly #series = new Map<string, HealthPoint[]>();
  /** The oldest first. */
  #changes: HealthChange[] = [];
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  take(readings: readonly HealthReading[], nowMs: number): void {
    for (const reading of readings) this.#note(reading, nowMs);
    if (Math.abs(nowMs - this.#sweptAtMs) < MINUTE_MS) return;
    this.#sweptAtMs = nowMs;
    for (const [key, { readAtMs }] of this.#standing)
      if (nowMs - readAtMs > FORGOTTEN_AFTER_MS) {
        this.#standing.delete(key);
        this.#series.delete(key);
      }
  }

  report({ history = false }: { readonly history?: boolean } = {}): HealthFacts {
    const names = Object.keys(HEALTH_CHECKS) as HealthCheckName[];
    const checks = [...this.#standing].map(([key, standing]) => this.#row(key, standing, history));
    const sorted = checks.toSorted(
      (one, other) =>
        levelOf(other.state) - levelOf(one.state) || names.indexOf(one.check) - names.indexOf(other.check),
    );
    return { state: worstOf(checks), checks: sorted, changes: this.#changes.toReversed() };
  }

  #note(reading: HealthReading, nowMs: number): void {
    const key = `${reading.check}|${reading.subject}`;
    const before = this.#standing.get(key);
    const from = before?.reading.state ?? "ok";
    const isSame = from === reading.state;
    const isBad = reading.state !== "ok";
    const sinceMs = isBad ? (reading.sinceMs ?? (isSame ? before?.sinceMs : null) ?? nowMs) : null;
    this.#standing.set(key, { reading, sinceMs, readAtMs: nowMs });
    if (reading.account === undefined) this.#point(key, reading, nowMs);
    if (!isSame) this.#change(reading, from, nowMs);
  }

  #change(
    { check, subject, account, cause, state }: HealthReading,
    from: HealthChange["from"],
    at: number,
  ): void {
    const more = { ...(account === undefined ? {} : { account }), ...(cause === undefined ? {} : { cause }) };
    this.#changes.push({ at, check, subject, from, to: state, ...more });
    if (this.#changes.length > CHANGES_MAX) this.#changes = this.#changes.slice(-CHANGES_MAX);
  }

  /** The worst of its minute stays. */
  #point(key: string, { check, value }: HealthReading, nowMs: number): void {
    const points = this.#series.get(key) ?? [];
    if (points.length === 0 && this.#series.size >= SERIES_MAX) return;
    const at = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    const last = points.at(-1);
    if (last?.at !== at) points.push({ at, value });
    else if (HEALTH_CHECKS[check].isWorse === "above" ? value > last.value : value < last.value)
      points[points.length - 1] = { at, value };
    if (points.length > POINTS_MAX) points.shift();
    this.#series.set(key, points);
  }

  #row(key: string, { reading, sinceMs }: Standing, history: boolean): HealthCheck {
    const { sinceMs: _told, value, ...facts } = reading;
    const points = history ? this.#series.get(key) : undefined;
    return {
      ...facts,
      value: rounded(value),
      unit: HEALTH_CHECKS[reading.check].unit,
      since: sinceMs,
      ...(points === undefined
        ? {}
        : { history: points.map((one) => ({ ...one, value: rounded(one.value) })) }),
    };
  }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
