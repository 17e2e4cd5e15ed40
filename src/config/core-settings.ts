/** What the core is told of the configuration: accounts with their limits and stops, relations, and how old news may be. */
import type { AccountId } from "../core/model/identifiers.ts";
import type { Settings } from "../core/settings.ts";
import { allocationForCore, type ConfiguredAllocations } from "./allocations.ts";
import { bookkeepingOf, type ConfiguredFee } from "./bookkeeping.ts";
import type { ConfiguredAccount } from "./configured-accounts.ts";
import type { EngineValues } from "./engine-values.ts";
import type { ConfiguredGuards } from "./guards.ts";
import type { PortfolioValues } from "./portfolio-values.ts";
import type { ConfiguredLimits } from "./risk-limits.ts";

interface Terms {
  readonly limits: readonly ConfiguredLimits[];
  readonly guards: readonly ConfiguredGuards[];
  readonly fees: readonly ConfiguredFee[];
  readonly portfolio: PortfolioValues;
}

export function settingsOf(
  values: EngineValues,
  accounts: readonly ConfiguredAccount[],
  { allocations }: ConfiguredAllocations,
  { limits, guards, fees, portfolio }: Terms,
): Settings {
  const limitsFor = (account: AccountId) => {
    const found = limits.find(({ follower }) => follower === account);
    return found === undefined ? {} : { limits: found.limits };
  };
  const guardsFor = (account: AccountId) => guards.find(({ follower }) => follower === account);
  const settings = accounts.map(({ account, venue, role, execution }) => ({
    account,
    venue,
    role,
    ...(execution === "paper" ? { paper: true as const } : {}),
    ...limitsFor(account),
    ...accountGuards(guardsFor(account)),
  }));
  return {
    accounts: settings,
    allocations: allocations.map(allocationForCore),
    leaderStaleAfterMs: Math.round(values.leaderStaleAfterSeconds.value * 1_000),
    followerStaleAfterMs: Math.round(values.followerStaleAfterSeconds.value * 1_000),
    snapshotIntervalMs: Math.round(values.snapshotIntervalSeconds.value * 1_000),
    orderWindowMs: values.orderWindowMs.value,
    ...bookkeepingOf(portfolio, fees, settings),
  };
}

function accountGuards(found: ConfiguredGuards | undefined) {
  return found === undefined ? {} : { guards: found.account };
}
