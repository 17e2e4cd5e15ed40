/**
 * The values of the whole configuration that belong to no account, each with its source: mode, paper, engine and journal.
 */
import type { PortfolioSettings } from "./changeable-keys.ts";
import { defaults, type Mode } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import { decimalText } from "./forms.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface EngineValues {
  readonly mode: Effective<Mode>;
  readonly maxTraders: Effective<number>;
  /** USDT. */
  readonly paperBalance: Effective<string>;
  readonly snapshotIntervalSeconds: Effective<number>;
  readonly leaderStaleAfterSeconds: Effective<number>;
  readonly followerStaleAfterSeconds: Effective<number>;
  readonly orderWindowMs: Effective<number>;
  readonly journalKeepDays: Effective<number>;
  readonly journalMaxMegabytes: Effective<number>;
}

/** The key path of each, for lists such as that of `status`. */
export const engineKeyPaths: Readonly<Record<keyof EngineValues, string>> = {
  mode: "copy_trading.mode",
  maxTraders: "copy_trading.copying.max_traders",
  paperBalance: "paper.balance",
  snapshotIntervalSeconds: "engine.snapshot_interval_seconds",
  leaderStaleAfterSeconds: "engine.leader_stale_after_seconds",
  followerStaleAfterSeconds: "engine.follower_stale_after_seconds",
  orderWindowMs: "engine.order_window_ms",
  journalKeepDays: "journal.keep_days",
  journalMaxMegabytes: "journal.max_megabytes",
};

export function engineValues(
  yaml: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
  decided: Pick<PortfolioSettings, "max_traders"> = {},
): EngineValues {
  const from = <Value>(name: keyof YamlConfiguration, value: Value | undefined, fallback: Value) =>
    pick([{ value, source: () => sourceOf(name) }], fallback);
  const { copy_trading: copyTrading, engine, journal, paper } = yaml;
  const balance = paper?.balance === undefined ? undefined : decimalText(paper.balance);
  return {
    mode: from<Mode>("copy_trading", copyTrading?.mode, defaults.mode),
    maxTraders: pick<number>(
      [
        { value: decided.max_traders, source: () => "run-time" },
        { value: copyTrading?.copying?.max_traders, source: () => sourceOf("copy_trading") },
      ],
      defaults.maxTraders,
    ),
    paperBalance: from<string>("paper", balance, defaults.paperBalance),
    snapshotIntervalSeconds: from<number>(
      "engine",
      engine?.snapshot_interval_seconds,
      defaults.snapshotIntervalSeconds,
    ),
    leaderStaleAfterSeconds: from<number>(
      "engine",
      engine?.leader_stale_after_seconds,
      defaults.leaderStaleAfterSeconds,
    ),
    followerStaleAfterSeconds: from<number>(
      "engine",
      engine?.follower_stale_after_seconds,
      defaults.followerStaleAfterSeconds,
    ),
    orderWindowMs: from<number>("engine", engine?.order_window_ms, defaults.orderWindowMs),
    journalKeepDays: from<number>("journal", journal?.keep_days, defaults.journalKeepDays),
    journalMaxMegabytes: from<number>("journal", journal?.max_megabytes, defaults.journalMaxMegabytes),
  };
}

/** For lists. */
export function listOfEngine(
  values: EngineValues,
): readonly (Effective<number | string> & { readonly keyPath: string })[] {
  return [
    { keyPath: engineKeyPaths.mode, ...values.mode },
    { keyPath: engineKeyPaths.maxTraders, ...values.maxTraders },
    { keyPath: engineKeyPaths.paperBalance, ...values.paperBalance },
    { keyPath: engineKeyPaths.snapshotIntervalSeconds, ...values.snapshotIntervalSeconds },
    { keyPath: engineKeyPaths.leaderStaleAfterSeconds, ...values.leaderStaleAfterSeconds },
    { keyPath: engineKeyPaths.followerStaleAfterSeconds, ...values.followerStaleAfterSeconds },
    { keyPath: engineKeyPaths.orderWindowMs, ...values.orderWindowMs },
    { keyPath: engineKeyPaths.journalKeepDays, ...values.journalKeepDays },
    { keyPath: engineKeyPaths.journalMaxMegabytes, ...values.journalMaxMegabytes },
  ];
}
