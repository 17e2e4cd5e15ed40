/** The configuration as a status shows it: every value in force with where it came from, and the limits among them. */
import {
  type Configuration,
  type ConfiguredAllocation,
  type ConfiguredLimits,
  describeLimit,
  RELATION_GUARD_KEYS,
  RISK_KEYS,
} from "../config.ts";
import type { LimitStatus, SettingStatus } from "./control.ts";
import type { StatusFacts } from "./queries.ts";

export function factsOf(
  configuration: Configuration,
): Pick<StatusFacts, "mode" | "limits" | "settings" | "followers" | "leaders" | "configuration"> {
  const { mode, values, allocations, accounts, guards, fees } = configuration;
  const named = (role: "leader" | "follower") =>
    accounts.filter((account) => account.role === role).map(({ account }) => account);
  return {
    configuration,
    mode: { value: mode.value, source: mode.source },
    limits: [...configuration.limits.flatMap(accountLimits), ...allocations.map(leverageLimit)],
    settings: [
      ...values.map(({ keyPath, value, source }) => ({ keyPath, value, source })),
      ...allocations.flatMap(allocationSettings),
      ...guards.flatMap(guardSettings),
      ...fees.flatMap(({ leader, value, terms }) =>
        terms === null ? [] : [{ keyPath: "performance_fee", leader, ...value }],
      ),
    ],
    followers: named("follower"),
    leaders: named("leader"),
  };
}

/** A limit of the owner's own, from a file of the configuration folder. */
export interface OwnLimitFacts {
  readonly name: string;
  readonly description: string;
  readonly file: string;
}

/** It holds for everybody: one row for each relation, like the other limits. */
export function ownLimitRows(
  { allocations }: Configuration,
  limits: readonly OwnLimitFacts[] = [],
): readonly LimitStatus[] {
  return limits.flatMap(({ name, description, file }) =>
    allocations.map(({ leader, follower }) => ({
      limit: name,
      leader,
      follower,
      value: description,
      source: file,
    })),
  );
}

/** Of one follower's account; those that are off and have no default are left out, and those of its relations, too. */
function guardSettings({ follower, values }: Configuration["guards"][number]): readonly SettingStatus[] {
  return Object.entries(values).flatMap(([keyPath, { value, source }]) =>
    value === null || RELATION_GUARD_KEYS.some((name) => name === keyPath)
      ? []
      : [{ keyPath, follower, value, source }],
  );
}

function accountLimits(configured: ConfiguredLimits): readonly LimitStatus[] {
  return RISK_KEYS.flatMap((limit) => {
    const value = describeLimit(limit, configured);
    const { source } = configured.values[limit];
    return value === null ? [] : [{ limit, follower: configured.follower, value, source }];
  });
}

function leverageLimit({ leader, follower, values }: ConfiguredAllocation): LimitStatus {
  const { value, source } = values.max_leverage;
  return { limit: "max_leverage", leader, follower, value, source };
}

/** Of one relation. */
export function allocationSettings({
  leader,
  follower,
  values,
  guards,
  symbols,
  symbolsDenied,
}: ConfiguredAllocation): readonly SettingStatus[] {
  const copied = { keyPath: "symbols_to_copy", leader, follower, ...symbols };
  const denied = { keyPath: "symbols_to_skip", leader, follower, ...symbolsDenied };
  const stops = RELATION_GUARD_KEYS.map((name) => [name, guards.values[name]] as const);
  const others = [...Object.entries(values), ...stops].map(([keyPath, { value, source }]) => ({
    keyPath,
    leader,
    follower,
    value,
    source,
  }));
  return [copied, denied, ...others];
}
