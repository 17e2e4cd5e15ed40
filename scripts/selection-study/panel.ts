/** A generated population seen month by month: who could be chosen at each beginning, what was known of them then, and what came of them. */
import { rankRecords } from "../../src/analytics/ranking/rank-records.ts";
import type { StyleMarkets } from "../../src/analytics/style/style-trip.ts";
import type { Period } from "../../src/analytics/walk-forward/holding.ts";
import type { LearningCandidate } from "../../src/learning/example.ts";
import { rankFeatures, recordFeatures } from "../../src/traders/walk-forward/features.ts";
import { type Member, type PopulationOptions, population } from "./population.ts";

export interface PanelCandidate extends LearningCandidate {
  readonly member: Member;
}

const PERIOD_DAYS = 30;
const PERIODS = 18;
const DAYS_NEEDED = 30;
const TODAY = PERIODS * PERIOD_DAYS;
const NO_MARKETS: StyleMarkets = { bars: () => null, funding: () => null };

/** Only days are generated: what is known of trips and styles stays unknown. */
export function panelOf(options: PopulationOptions): readonly Period<PanelCandidate>[] {
  const members = population(options);
  return Array.from({ length: PERIODS }, (_, at) => periodOf(members, at * PERIOD_DAYS));
}

function periodOf(members: readonly Member[], beginDay: number): Period<PanelCandidate> {
  const there = members.flatMap((member) => {
    const { name, returns, goneDays } = member;
    // The day after the last one of its record is `TODAY - goneDays`.
    const place = beginDay - (TODAY - goneDays - returns.length);
    if (place < DAYS_NEEDED || place >= returns.length) return [];
    const outcome = new Float64Array(PERIOD_DAYS);
    outcome.set(returns.subarray(place, place + PERIOD_DAYS));
    return [{ name, member, outcome, returns: returns.slice(0, place) }];
  });
  const { ranked } = rankRecords(there, { screened: there.length });
  const byName = new Map(there.map((one) => [one.name, one]));
  const candidates = ranked.flatMap((figures): PanelCandidate[] => {
    const one = byName.get(figures.name);
    if (one === undefined) return [];
    const { name, member, returns, outcome } = one;
    const evidence = { days: ["2024-01-01"], trips: [] };
    return [
      {
        name,
        member,
        returns,
        outcome,
        features: [...rankFeatures(figures), ...recordFeatures({ evidence, returns, markets: NO_MARKETS })],
      },
    ];
  });
  return { beginDay, days: PERIOD_DAYS, candidates };
}
