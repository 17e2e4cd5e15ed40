/** One generated population, ranked by the program and by single figures: what each rule's top ten is truly worth. */

import type { RankEntry } from "../../src/traders/rank-entry.ts";
import { type RankedTrader, rankTraders } from "../../src/traders/ranked-traders.ts";
import { type Member, type PopulationOptions, population } from "./population.ts";
import { orderedBy, type RuleName, SINGLE_FIGURES } from "./rules.ts";

export const TOP = 10;
const NEEDS = { days: 30, trips: 10 };
const TODAY = 20_000;
const DAY_MS = 86_400_000;

/** What the ten of one rule truly are. */
export interface TopTen {
  /** Mean of their true Sharpe ratios, a year. */
  readonly meanTrue: number;
  /** Share of them that truly loses. */
  readonly losing: number;
  /** Share of them whose small profits a rare loss will take. */
  readonly ladders: number;
  /** Different hands among them. */
  readonly hands: number;
}

export interface Calibration {
  readonly records: number;
  /** Whose true ratio lies under the lower bound. */
  readonly underLower: number;
  readonly aboveUpper: number;
}

/** Finds at a limit of the q-value, or by conclusion: how many, and how many of them truly earn nothing. */
export interface Finds {
  readonly found: number;
  readonly wrong: number;
}

export interface Trial {
  readonly candidates: number;
  /** Mean true ratio of the ten best candidates: what nobody can do better than. */
  readonly best: number;
  /** Mean true ratio of all candidates. */
  readonly everybody: number;
  /** Each rule among the same candidates: those that can be judged and are still there, one of each group in lock-step. */
  readonly tops: Readonly<Record<RuleName, TopTen>>;
  /** Single figures among all that are still there, however short their record: as a leaderboard has it. */
  readonly leaderboards: Readonly<Record<RuleName, TopTen>>;
  readonly calibration: Readonly<Record<Member["kind"] | "top ten", Calibration>>;
  readonly finds: Readonly<Record<FindName, Finds>>;
}

export const FIND_LIMITS = { "q 0.05": 0.05, "q 0.1": 0.1, "q 0.2": 0.2 } as const;
export type FindName = keyof typeof FIND_LIMITS | "skill-likely" | "losing";

/** Everything follows from the seed of the population. */
export function trialOf(options: PopulationOptions): Trial {
  const members = population(options);
  const known = members.filter(({ isKnown }) => isKnown);
  const byName = new Map(known.map((member) => [member.name, member]));
  const memberOf = ({ trader }: RankedTrader) => byName.get(trader.trader);
  const { traders } = rankTraders(known.map(toRank), { needs: NEEDS, screened: known.length, by: "gross" });
  const judged = traders.flatMap((trader) => {
    const member = memberOf(trader);
    const { figures, verdict } = trader;
    return member === undefined || figures === null || verdict.word !== "judgeable"
      ? []
      : [{ member, figures }];
  });
  const candidates = judged.map(({ member }) => member).filter(isThere);
  const careful = candidates.slice(0, TOP);
  const shown = known.filter(isThere);
  return {
    candidates: candidates.length,
    best: mean(
      [...candidates]
        .map(trueSharpe)
        .sort((one, other) => other - one)
        .slice(0, TOP),
    ),
    everybody: mean(candidates.map(trueSharpe)),
    tops: topsOf(candidates, careful),
    leaderboards: topsOf(shown, careful),
    calibration: {
      ordinary: calibrationOf(judged.filter(({ member }) => member.kind === "ordinary")),
      ladder: calibrationOf(judged.filter(({ member }) => member.kind === "ladder")),
      "top ten": calibrationOf(judged.filter(({ member }) => careful.includes(member))),
    },
    finds: findsOf(judged),
  };
}

function isThere({ goneDays }: Member): boolean {
  return goneDays === 0;
}

function trueSharpe({ trueSharpe: ratio }: Member): number {
  return ratio;
}

function topsOf(among: readonly Member[], careful: readonly Member[]): Record<RuleName, TopTen> {
  const single = SINGLE_FIGURES.map((rule) => [rule, topTen(orderedBy(rule, among).slice(0, TOP))] as const);
  return {
    careful: topTen(careful),
    ...(Object.fromEntries(single) as Record<(typeof SINGLE_FIGURES)[number], TopTen>),
  };
}

function topTen(members: readonly Member[]): TopTen {
  return {
    meanTrue: mean(members.map(trueSharpe)),
    losing: mean(members.map((one) => (one.trueSharpe < 0 ? 1 : 0))),
    ladders: mean(members.map(({ kind }) => (kind === "ladder" ? 1 : 0))),
    hands: new Set(members.map(({ hand }) => hand)).size,
  };
}

interface Judged {
  readonly member: Member;
  readonly figures: NonNullable<RankedTrader["figures"]>;
}

function calibrationOf(judged: readonly Judged[]): Calibration {
  return {
    records: judged.length,
    underLower: judged.filter(({ member, figures }) => member.trueSharpe < figures.lowerBound).length,
    aboveUpper: judged.filter(({ member, figures }) => member.trueSharpe > figures.upperBound).length,
  };
}

function findsOf(judged: readonly Judged[]): Record<FindName, Finds> {
  const earns = ({ member }: Judged) => member.trueSharpe > 0;
  const finds = (found: readonly Judged[], isRight: (one: Judged) => boolean): Finds => ({
    found: found.length,
    wrong: found.filter((one) => !isRight(one)).length,
  });
  const within = (limit: number) =>
    finds(
      judged.filter(({ figures }) => figures.qValue <= limit),
      earns,
    );
  const concluded = (word: string) => judged.filter(({ figures }) => figures.conclusion === word);
  return {
    "q 0.05": within(FIND_LIMITS["q 0.05"]),
    "q 0.1": within(FIND_LIMITS["q 0.1"]),
    "q 0.2": within(FIND_LIMITS["q 0.2"]),
    "skill-likely": finds(concluded("skill-likely"), earns),
    losing: finds(concluded("losing"), (one) => !earns(one)),
  };
}

/** As the trader store would give it. */
function toRank({ name, returns, goneDays, moments }: Member): RankEntry {
  const last = TODAY - goneDays;
  return {
    record: {
      venue: "generated",
      trader: name,
      firstSeenMs: 0,
      lastSeenMs: last * DAY_MS,
      history: "complete",
      statedEquity: null,
      revision: 1,
      rejectedRows: 0,
    },
    judged: { days: returns.length, trips: Math.floor(returns.length / 2), words: [] },
    firstDay: dayText(last - returns.length + 1),
    returns,
    moments,
    basis: "",
    follower: null,
  };
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
