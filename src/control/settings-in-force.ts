/** The configuration as a status shows it: every value in force with where it came from, and the limits among them. */
import {
  type Configuration,
  type ConfiguredAllocation,
  type ConfiguredLimits,
  describeLimit,
  RISK_KEYS,
} from "../config.ts";
import type { LimitStatus, SettingStatus, SettingValue } from "./control.ts";
import type { StatusFacts } from "./queries.ts";

export function factsOf(
  configuration: Configuration,
): Pick<StatusFacts, "mode" | "limits" | "settings" | "followers" | "leaders"> {
  const { mode, values, allocations, accounts, guards } = configuration;
  const named = (role: "leader" | "follower") =>
    accounts.filter((account) => account.role === role).map(({ account }) => account);
  return {
    mode: { value: mode.value, source: mode.source },
    limits: [...configuration.limits.flatMap(accountLimits), ...allocations.map(leverageLimit)],
    settings: [
      ...values.map(({ keyPath, value, source }) => ({ keyPath, value, source })),
      ...allocations.flatMap(allocationSettings),
      ...guards.flatMap(guardSettings),
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

/** Of one follower; those that are off and have no default are left out. */
function guardSettings({ follower, values }: Configuration["guards"][number]): readonly SettingStatus[] {
  return Object.entries(values).flatMap(([keyPath, { value, source }]) =>
    value === null ? [] : [{ keyPath, follower, value: plain(value), source }],
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
  return { limit: "max_leverage", leader, follower, value: plain(value), source };
}

/** Of one relation. */
export function allocationSettings({
  leader,
  follower,
  values,
  symbols,
  symbolsDenied,
}: ConfiguredAllocation): readonly SettingStatus[] {
  const copied = { keyPath: "symbols_to_copy", leader, follower, ...symbols };
  const denied = { keyPath: "symbols_to_skip", leader, follower, ...symbolsDenied };
  const others = Object.entries(values).map(([keyPath, { value, source }]) => ({
    keyPath,
    leader,
    follower,
    value: plain(value),
    source,
  }));
  return [copied, denied, ...others];
}

function plain(value: unknown): SettingValue["value"] {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
