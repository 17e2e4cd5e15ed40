/** The configuration as a status shows it: every value in force with where it came from, and the limits among them. */
import type { Configuration, ConfiguredAllocation } from "../config.ts";
import type { LimitStatus, SettingStatus, SettingValue } from "./control.ts";
import type { StatusFacts } from "./queries.ts";

export function factsOf(
  configuration: Configuration,
): Pick<StatusFacts, "mode" | "limits" | "settings" | "followers" | "leaders"> {
  const { mode, values, allocations, accounts } = configuration;
  const named = (role: "leader" | "follower") =>
    accounts.filter((account) => account.role === role).map(({ account }) => account);
  return {
    mode: { value: mode.value, source: mode.source },
    limits: allocations.map(leverageLimit),
    settings: [
      ...values.map(({ keyPath, value, source }) => ({ keyPath, value, source })),
      ...allocations.flatMap(allocationSettings),
    ],
    followers: named("follower"),
    leaders: named("leader"),
  };
}

function leverageLimit({ leader, follower, values }: ConfiguredAllocation): LimitStatus {
  const { value, source } = values.max_leverage;
  return { limit: "max_leverage", leader, follower, value: plain(value), source };
}

function allocationSettings({
  leader,
  follower,
  values,
  symbols,
}: ConfiguredAllocation): readonly SettingStatus[] {
  const copied = {
    keyPath: "symbols_to_copy",
    leader,
    follower,
    value: symbols.value,
    source: symbols.source,
  };
  const others = Object.entries(values).map(([keyPath, { value, source }]) => ({
    keyPath,
    leader,
    follower,
    value: plain(value),
    source,
  }));
  return [copied, ...others];
}

function plain(value: unknown): SettingValue["value"] {
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}
