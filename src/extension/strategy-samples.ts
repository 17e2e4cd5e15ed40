/** Leaders that a strategy must be able to choose from: nobody, one, many, those of whom little is known; the same each time. */
import { type CandidateRecord, LOOKBACK_DAYS, strategyEvidence } from "../strategies/evidence.ts";
import type { StrategyEvidence } from "../strategies/strategy.ts";
import { frozenCopy } from "./strategies.ts";

const DAY_MS = 86_400_000;
const TODAY = 20_500;

export interface SampleEvidence {
  readonly told: string;
  readonly evidence: StrategyEvidence;
}

export function sampleEvidence(): readonly SampleEvidence[] {
  return [
    { told: "nobody", records: [] },
    { told: "one leader", records: [made(0, {})] },
    { told: "many leaders", records: Array.from({ length: 20 }, (_, place) => made(place, {})) },
    {
      told: "leaders who are copied already",
      records: [made(1, { weight: 0.6 }), made(2, { weight: 0.4 }), made(3, {})],
    },
    {
      told: "leaders of whom little is known",
      records: [
        made(1, { returns: new Float64Array(0), trips: 0 }),
        made(2, { returns: new Float64Array(50) }),
        made(3, { failedFilters: [{ filter: "min_trades", value: null, bound: 100 }], style: null }),
      ],
    },
  ].map(({ told, records }) => ({
    told,
    evidence: frozenCopy(
      strategyEvidence({ asOfMs: TODAY * DAY_MS, equity: 10_000, lookbackDays: LOOKBACK_DAYS, records }),
    ),
  }));
}

function made(place: number, parts: Partial<CandidateRecord>): CandidateRecord {
  const returns = Float64Array.from(
    { length: 60 + 10 * place },
    (_, day) => 0.001 + 0.01 * Math.sin((place + 2) * (day + 1)),
  );
  return {
    trader: `leader${place}`,
    firstDay: TODAY - (parts.returns ?? returns).length,
    returns,
    trips: 20 * place,
    failedFilters: [],
    style: ["scalping", "swing", "trend_following"][place % 3] ?? null,
    sector: null,
    weight: 0,
    costBps: 6.5,
    ...parts,
  };
}
