/** What monitoring does, each value with where it comes from, and what `start` says of it. */
import { AccountId } from "../core/model/identifiers.ts";
import { defaults, type FindingAction } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import { nearest } from "./nearest.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface MonitoringValues {
  /** 0 is off. */
  readonly intervalHours: Effective<number>;
  /** `venue:trader`. */
  readonly watch: Effective<readonly string[]>;
  readonly onFailedFilter: Effective<FindingAction>;
  readonly onStyleChange: Effective<FindingAction>;
  readonly onDecay: Effective<FindingAction>;
  readonly onCorrelation: Effective<FindingAction>;
  readonly onLockStep: Effective<FindingAction>;
  /** Null: those of the relation's stop_loss. */
  readonly replacements: Effective<readonly AccountId[] | null>;
  readonly correlationLimit: Effective<number>;
  readonly decayWindowDays: Effective<number>;
  readonly decayFalseAlarms: Effective<number>;
}

/** The key of each within `traders.monitoring:`. */
const KEYS = {
  intervalHours: "interval_hours",
  watch: "watch",
  onFailedFilter: "on_failed_filter",
  onStyleChange: "on_style_change",
  onDecay: "on_decay",
  onCorrelation: "on_correlation",
  onLockStep: "on_lock_step",
  replacements: "replacements",
  correlationLimit: "correlation_limit",
  decayWindowDays: "decay_window_days",
  decayFalseAlarms: "decay_false_alarms",
} as const satisfies Readonly<Record<keyof MonitoringValues, string>>;

const NAMES = Object.keys(KEYS) as (keyof MonitoringValues)[];
const PATH = ["traders", "monitoring"] as const;

export function monitoringValues(
  { traders }: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
): MonitoringValues {
  const stated = traders?.monitoring ?? {};
  const own = defaults.monitoring;
  const from = <Value>(value: Value | undefined, fallback: Value) =>
    pick([{ value, source: () => sourceOf("traders") }], fallback);
  const action = (value: FindingAction | undefined, fallback: FindingAction) => from(value, fallback);
  return {
    intervalHours: from<number>(stated.interval_hours, own.intervalHours),
    watch: from<readonly string[]>(stated.watch, []),
    onFailedFilter: action(stated.on_failed_filter, own.onFailedFilter),
    onStyleChange: action(stated.on_style_change, own.onStyleChange),
    onDecay: action(stated.on_decay, own.onDecay),
    onCorrelation: action(stated.on_correlation, own.onCorrelation),
    onLockStep: action(stated.on_lock_step, own.onLockStep),
    replacements: from<readonly AccountId[] | null>(
      stated.replacements?.map((name) => AccountId(name)),
      null,
    ),
    correlationLimit: from<number>(stated.correlation_limit, own.correlationLimit),
    decayWindowDays: from<number>(stated.decay_window_days, own.decayWindowDays),
    decayFalseAlarms: from<number>(stated.decay_false_alarms, own.decayFalseAlarms),
  };
}

/** For lists; those that name nobody are left out. */
export function listOfMonitoring(
  values: MonitoringValues,
): readonly (Effective<number | string> & { keyPath: string })[] {
  return NAMES.flatMap((name) => {
    const { value, source } = values[name];
    if (value === null || (typeof value === "object" && value.length === 0)) return [];
    const shown = typeof value === "object" ? value.join(", ") : value;
    return [{ keyPath: [...PATH, KEYS[name]].join("."), value: shown, source }];
  });
}

/** Each replacement has to be a leader that is there. */
export function monitoringProblems(
  { replacements }: MonitoringValues,
  leaders: readonly string[],
  placeOf: (path: readonly string[]) => { readonly file: string; readonly line: number | undefined },
): readonly ConfigurationProblem[] {
  return (replacements.value ?? []).flatMap((name) => {
    if (leaders.includes(name)) return [];
    const path = [...PATH, KEYS.replacements];
    const { file, line } = placeOf(path);
    const meant = nearest(name, leaders);
    const known = leaders.map((leader) => `"${leader}"`).join(", ");
    return [
      {
        file,
        ...(line === undefined ? {} : { line }),
        keyPath: path.join("."),
        message: `has "${name}", which is no leader; leaders are ${known}`,
        ...(meant === undefined ? {} : { nearest: meant }),
      },
    ];
  });
}

/** What `start` says. */
export function describeMonitoring(values: MonitoringValues): readonly string[] {
  const { intervalHours, watch, replacements } = values;
  if (intervalHours.value === 0)
    return [`monitoring off (${intervalHours.source}): no leader's record is measured or looked at`];
  const actions = (
    ["onFailedFilter", "onStyleChange", "onDecay", "onCorrelation", "onLockStep"] as const
  ).map((name) => `${KEYS[name]} ${values[name].value} (${values[name].source})`);
  const others = watch.value.length === 0 ? "" : `, and ${watch.value.length} watched`;
  const named =
    replacements.value === null ? "" : `; replaced by the best of ${replacements.value.join(", ")}`;
  return [
    `monitoring: leaders${others} are looked at every ${intervalHours.value} hours (${intervalHours.source}): ${actions.join(", ")}${named}`,
  ];
}
