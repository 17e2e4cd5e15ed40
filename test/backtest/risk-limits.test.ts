/** Limits of the portfolio's risk act in a backtest as they do live: by what was measured of the days that were over then. */
import { describe, expect, it } from "vitest";
import { BEGIN_MS, DAY_MS, equalParts, type LifeOptions, live, makePast } from "./recorded-past.ts";

/** Parts that are given at the first decision and kept for twenty days. */
const ALIKE = equalParts(480);
const FROM_MS = BEGIN_MS + 34 * DAY_MS;
const LIVED_MS = 6 * DAY_MS;
const PAST = makePast(7, 42);

async function lived(over: Partial<LifeOptions> = {}) {
  const told = new Map<string, number>();
  const outcome = await live(PAST, {
    fromMs: FROM_MS,
    toMs: FROM_MS + LIVED_MS,
    strategy: ALIKE,
    look: ({ leaders }) => {
      for (const [account, { evidence }] of leaders)
        told.set(account, evidence?.risk === undefined ? 0 : evidence.measuredAtMs);
    },
    ...over,
  });
  const gross = outcome.samples.map(({ equity, long, short }) => (long + short) / equity);
  return { outcome, told, most: Math.max(...gross) };
}

describe("a limit of the portfolio's risk in a backtest", () => {
  it("holds less, for its own reason, and the same again the next time", { timeout: 60_000 }, async () => {
    const [free, bound] = [await lived(), await lived({ limits: { portfolioVar95: "0.001" } })];
    expect(free.told.size).toBe(4);
    expect(new Set(free.told.values())).toEqual(new Set([0]));
    expect(free.outcome.happenings.reasons["portfolio-risk"] ?? 0).toBe(0);
    expect(bound.outcome.happenings.reasons["portfolio-risk"] ?? 0).toBeGreaterThan(0);
    expect(bound.most).toBeLessThan(0.7 * free.most);
    expect((await lived({ limits: { portfolioVar95: "0.001" } })).outcome.fingerprint).toBe(
      bound.outcome.fingerprint,
    );
    // Looser than anything that happens: measured, and nothing else is different.
    const loose = await lived({ limits: { portfolioVar95: "100" } });
    expect(loose.outcome.samples).toEqual(free.outcome.samples);
  });

  it("measures anew before a measurement is too old to count", { timeout: 60_000 }, async () => {
    const evidenceMaxAgeMs = 2 * DAY_MS;
    const { told } = await lived({ limits: { portfolioBeta: "100", evidenceMaxAgeMs } });
    for (const atMs of told.values()) expect(FROM_MS + LIVED_MS - atMs).toBeLessThanOrEqual(evidenceMaxAgeMs);
  });

  it("sees nothing of what comes later: shown that, it is another past", { timeout: 60_000 }, async () => {
    const limits = { portfolioCvar95: "0.002" };
    const [honest, peeking] = [await lived({ limits }), await lived({ limits, peekMs: 10 * DAY_MS })];
    expect(peeking.outcome.fingerprint).not.toBe(honest.outcome.fingerprint);
    const cut = makePast(7, 42);
    const isEarly = (ms: number) => ms < FROM_MS + 3 * DAY_MS;
    const traders = new Map(
      [...cut.traders].map(([name, fills]) => [name, fills.filter(({ timeMs }) => isEarly(timeMs))] as const),
    );
    const other = await live(
      { ...cut, traders },
      { fromMs: FROM_MS, toMs: FROM_MS + LIVED_MS, strategy: ALIKE, limits },
    );
    const until = (samples: typeof other.samples) => samples.filter(({ atMs }) => isEarly(atMs));
    expect(until(other.samples)).toEqual(until(honest.outcome.samples));
  });
});
