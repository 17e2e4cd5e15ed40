/** What a strategy is asked about: which leaders and followers there are by the configuration, and who is copied with what part now. */
import { type Configuration, managedFollowers, nearest, type PortfolioValues } from "../config.ts";
import type { OptionsByStrategy } from "../strategies/kind.ts";
import type { RebalanceTerms } from "../strategies/rebalance.ts";
import { STRATEGY_KINDS, strategyKindOf } from "../strategies/registry.ts";
import { onSchedule } from "../strategies/schedule.ts";
import type { Strategy } from "../strategies/strategy.ts";
import { traderOf } from "./leader-traders.ts";
import type { StrategyFollower, StrategyQuestion } from "./strategy-decisions.ts";

export interface RelationInForce {
  readonly leader: string;
  readonly follower: string;
  /** Its position_scaling. */
  readonly factor: number;
}

export interface CopyingNow {
  readonly relations: readonly RelationInForce[];
  /** By follower; "" or absent where it is not known. */
  readonly equities: ReadonlyMap<string, string>;
}

type Configured = Pick<Configuration, "accounts" | "portfolio" | "filters">;

/** About the followers that the strategy manages. */
export function strategyQuestion(
  { accounts, portfolio, filters }: Configured,
  now: CopyingNow,
  nowMs: number,
): StrategyQuestion {
  const leaders = accounts.filter(({ role }) => role === "leader");
  const followers = accounts.filter(({ role }) => role === "follower");
  const managed = managedFollowers(
    portfolio,
    followers.map(({ account }) => account),
  );
  return {
    nowMs,
    terms: termsOf(portfolio),
    lookbackDays: portfolio.lookbackDays.value,
    leaders: leaders.map((leader) => ({ name: leader.account, trader: traderOf(leader) })),
    followers: followers
      .filter(({ account }) => managed.includes(account))
      .map(({ account, venue, execution }): StrategyFollower => {
        // A paper follower is filled at its leaders' venue, so it has one.
        const reachable = leaders.filter((leader) => execution !== "paper" || leader.venue === venue);
        const copied = now.relations.filter(({ follower }) => follower === account);
        return {
          follower: account,
          equity: Number(now.equities.get(account) ?? "") || 0,
          leaders: reachable.map((leader) => leader.account),
          copied: Object.fromEntries(copied.map(({ leader, factor }) => [leader, factor])),
        };
      }),
    benchmark: filters.beta_benchmark.value,
  };
}

export function termsOf({ weightBand, costHorizonDays, expectedSharpe }: PortfolioValues): RebalanceTerms {
  return {
    band: weightBand.value,
    horizonDays: costHorizonDays.value,
    expectedSharpe: expectedSharpe.value,
  };
}

export type FoundStrategy =
  | { readonly ok: true; readonly strategy: Strategy }
  | { readonly ok: false; readonly message: string; readonly nearest?: string };

/** How a strategy is asked for: what the configuration has for it. */
interface StrategyTerms {
  readonly options: Readonly<Record<string, unknown>>;
  readonly others?: OptionsByStrategy;
  /** That are stated for one of the user's own; null or absent: it has its own. */
  readonly hoursForOwn?: number | null;
}

/** By its name or its short one; `own` are those of the user, which know their options themselves. */
export function strategyNamed(
  name: string,
  { options, others, hoursForOwn = null }: StrategyTerms,
  own: readonly Strategy[],
): FoundStrategy {
  const mine = own.find((one) => one.name === name);
  if (mine !== undefined) return { ok: true, strategy: onSchedule(mine, hoursForOwn) };
  const kind = strategyKindOf(name);
  if (kind === undefined) {
    const names = [...STRATEGY_KINDS.map((one) => one.name), ...own.map((one) => one.name)];
    const meant = nearest(name, [...names, ...STRATEGY_KINDS.map((one) => one.shortName)]);
    const message = `there is no strategy "${name}"; there are: ${names.join(", ")}`;
    return { ok: false, message, ...(meant === undefined ? {} : { nearest: meant }) };
  }
  const configured = kind.configure(options, others);
  if (configured.ok) return { ok: true, strategy: configured.strategy };
  const message = configured.problems.map(({ option, message: why }) => `${option} ${why}`).join("; ");
  return { ok: false, message: `${kind.name}: ${message}` };
}
