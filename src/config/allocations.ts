/**
 * The allocations in force: each relation of a leader and a follower with its settings, resolved over run time, account
 * file, YAML and default, both as the core reads them and with their sources for `status`.
 */
import { AccountId, AllocationId } from "../core/model/identifiers.ts";
import { type Allocation, type LeverageRule, type MinimumPolicy, plainAllocation } from "../core/settings.ts";
import { fits } from "../core/shape/symbols.ts";
import { accountSchema } from "./account-schema.ts";
import type { AllocationValues } from "./allocation-keys.ts";
import { accountSettingsSchema } from "./changeable-keys.ts";
import { checkForm } from "./check-form.ts";
import type { CopyRelation } from "./copy-relations.ts";
import {
  type Effective,
  type EffectiveAllocation,
  type Layer,
  pick,
  resolveAllocation,
} from "./effective.ts";
import { entryProblems, entrySettings } from "./entry-rules.ts";
import { decimalText, inMs } from "./forms.ts";
import type { GuardValues, RelationGuardKey } from "./guard-keys.ts";
import { type ConfiguredGuards, configureGuards } from "./guards.ts";
import { namesAt } from "./key-facts.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";
import type { RunTimeAllocation } from "./run-time-allocations.ts";
import { runTimeSchema } from "./run-time-schema.ts";
import { type DecidedSettings, NOTHING_DECIDED } from "./run-time-settings.ts";
import { sizingProblems, sizingRule, sizingWarnings, symbolOverrides } from "./sizing-rules.ts";
import { parseWindow } from "./trading-hours.ts";
import { untoldSettings } from "./untold.ts";
import { workProblems, workSettings } from "./work-keys.ts";

interface SymbolLists {
  readonly symbols_to_copy?: readonly string[] | undefined;
  readonly symbols_to_skip?: readonly string[] | undefined;
}

/** What run time says of one relation, in its form. */
type RunTimeValues = AllocationValues & Pick<GuardValues, RelationGuardKey> & SymbolLists;

/** What the YAML files say for all followers. */
export interface YamlLayers {
  readonly copying: Layer<AllocationValues>;
  readonly guards: Layer<GuardValues>;
}

export interface ConfiguredAllocation {
  readonly id: AllocationId;
  readonly leader: AccountId;
  readonly follower: AccountId;
  readonly values: EffectiveAllocation;
  /** Those of its follower, with what run time says of this relation. */
  readonly guards: ConfiguredGuards;
  /** Null: every symbol. */
  readonly symbols: Effective<readonly string[] | null>;
  /** The leader's own list, where `symbols` has patterns that cannot be narrowed by it here. */
  readonly symbolsWithin: readonly string[] | null;
  readonly symbolsDenied: Effective<readonly string[]>;
}

export interface ConfiguredAllocations {
  readonly allocations: readonly ConfiguredAllocation[];
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

export function configureAllocations(
  relations: readonly CopyRelation[],
  yaml: YamlLayers,
  runTime: readonly RunTimeAllocation[],
  decided: DecidedSettings = NOTHING_DECIDED,
): ConfiguredAllocations {
  const checked = runTime.map(checkRunTime);
  const allocations = relations.map((relation) =>
    configureAllocation(relation, yaml, overrideOf(relation, checked), decided),
  );
  const findings = allocations.map((allocation, index) => ({ allocation, relation: relations[index] }));
  return {
    allocations,
    problems: [
      ...checked.flatMap(({ problems }) => problems),
      ...findings.flatMap(({ allocation, relation }) => contradictions(allocation, relation)),
    ],
    warnings: findings.flatMap(({ allocation, relation }) => [
      ...lostSymbols(relation),
      ...(relation === undefined ? [] : untoldSettings(relation, allocation.values)),
      ...sizingWarnings(allocation.values).flatMap(({ key: name, message }) =>
        relation === undefined ? [] : [relation.follower.problem(name, message)],
      ),
    ]),
  };
}

interface CheckedRunTime {
  readonly leader: string;
  readonly follower: string;
  readonly values: RunTimeValues;
  readonly problems: readonly ConfigurationProblem[];
}

function overrideOf({ leader, follower }: CopyRelation, runTime: readonly CheckedRunTime[]): RunTimeValues {
  return (
    runTime.find((one) => one.leader === leader.nickname && one.follower === follower.nickname)?.values ?? {}
  );
}

function checkRunTime({ leader, follower, values }: RunTimeAllocation): CheckedRunTime {
  const placeOf = () => ({ file: `run-time ${leader}>${follower}`, line: undefined });
  const form = checkForm(runTimeSchema, values, {
    placeOf,
    quotesValues: true,
    nickname: follower,
    elsewhere: (name) => ofTheAccount(name, follower),
  });
  const checked = form.ok ? { values: form.value, problems: [] } : { values: {}, problems: form.problems };
  return { leader, follower, ...checked };
}

function ofTheAccount(name: string, follower: string): string | undefined {
  if (!namesAt(accountSchema, []).includes(name)) return undefined;
  if (namesAt(accountSettingsSchema, []).includes(name))
    return `is a setting of the account: copytrader settings set ${follower} ${name}=...`;
  return "is a key of the account: it goes into the follower's account file, and counts from the next start on";
}

function configureAllocation(
  { leader, follower }: CopyRelation,
  yaml: YamlLayers,
  override: RunTimeValues,
  decided: DecidedSettings,
): ConfiguredAllocation {
  const { position_scaling, rebalance_band } = decided.portfolio;
  const ids = { leader: AccountId(leader.nickname), follower: AccountId(follower.nickname) };
  const layers = [
    { values: override, sourceOf: () => "run-time" },
    { values: { position_scaling, rebalance_band }, sourceOf: () => "run-time" },
    { values: follower.content, sourceOf: () => follower.source },
    yaml.copying,
  ];
  const values = resolveAllocation(layers);
  return {
    id: AllocationId(ids.leader, ids.follower),
    ...ids,
    values,
    guards: configureGuards(
      follower,
      yaml.guards,
      relationGuardsIn(override),
      decided.accounts.get(follower.nickname),
    ),
    ...symbolsOf({ leader, follower }, override),
    symbolsDenied: deniedOf({ leader, follower }, override),
  };
}

function relationGuardsIn({ stop_loss, allocated_capital, position_stop }: RunTimeValues): GuardValues {
  return { stop_loss, allocated_capital, position_stop };
}

/** The leader's list bounds every follower; a follower's own list (or the one of run time) narrows it. */
function symbolsOf(
  { leader, follower }: CopyRelation,
  override: RunTimeValues,
): Pick<ConfiguredAllocation, "symbols" | "symbolsWithin"> {
  const bound = leader.content.symbols_to_copy;
  const own = pick<readonly string[] | null>(
    [
      { value: override.symbols_to_copy, source: () => "run-time" },
      { value: follower.content.symbols_to_copy, source: () => follower.source },
    ],
    null,
  );
  if (bound === undefined) return { symbols: own, symbolsWithin: null };
  if (own.value === null) return { symbols: { value: bound, source: leader.source }, symbolsWithin: null };
  const both = own.value.filter((symbol) => isPattern(symbol) || isOn(bound, symbol));
  return {
    symbols: { value: both, source: `${own.source} within ${leader.source}` },
    symbolsWithin: both.some(isPattern) ? bound : null,
  };
}

/** What the leader's file denies is denied to all its followers. */
function deniedOf(
  { leader, follower }: CopyRelation,
  override: RunTimeValues,
): ConfiguredAllocation["symbolsDenied"] {
  const bound = leader.content.symbols_to_skip;
  const own = pick<readonly string[]>(
    [
      { value: override.symbols_to_skip, source: () => "run-time" },
      { value: follower.content.symbols_to_skip, source: () => follower.source },
    ],
    [],
  );
  if (bound === undefined) return own;
  if (own.value.length === 0) return { value: bound, source: leader.source };
  return { value: [...bound, ...own.value], source: `${leader.source} and ${own.source}` };
}

function isPattern(symbol: string): boolean {
  return symbol.includes("*");
}

function isOn(patterns: readonly string[], symbol: string): boolean {
  return patterns.some((pattern) => fits(pattern, symbol));
}

function contradictions(
  { values, symbols: copied, symbolsDenied: denied }: ConfiguredAllocation,
  relation: CopyRelation | undefined,
): readonly ConfigurationProblem[] {
  if (relation === undefined) return [];
  const { follower, leader } = relation;
  const left = copied.value?.filter((symbol) => isPattern(symbol) || !isOn(denied.value, symbol));
  const none = `denies every symbol that is to be copied (${denied.value.join(", ")})`;
  const isAllDenied = denied.value.includes("*") || (left?.length === 0 && copied.value?.length !== 0);
  const nothing = `has no symbol in common with "${leader.nickname}", so nothing would be copied`;
  return [
    ...[...entryProblems(values), ...workProblems(values)].map(({ key: name, message }) =>
      follower.problem(name, message),
    ),
    ...sizingProblems(values).map(({ key: name, message }) => follower.problem(name, message)),
    ...(copied.value?.length === 0 ? [follower.problem("symbols_to_copy", nothing)] : []),
    ...(isAllDenied ? [follower.problem("symbols_to_skip", none)] : []),
    ...positionProblems(values).map((message) => follower.problem("max_positions_per_leader", message)),
    ...leverageProblems(values).map((message) => follower.problem("leverage", message)),
  ];
}

function leverageProblems({ leverage_mode, leverage, max_leverage }: EffectiveAllocation): readonly string[] {
  if (leverage_mode.value !== "fixed")
    return leverage.value === null
      ? []
      : [`(from ${leverage.source}) has no effect with leverage_mode ${leverage_mode.value}`];
  if (leverage.value === null) return ["is missing; leverage_mode fixed needs it"];
  return Number(leverage.value) > Number(max_leverage.value)
    ? [`is ${leverage.value}, above max_leverage (${max_leverage.value} from ${max_leverage.source})`]
    : [];
}

function positionProblems(values: EffectiveAllocation): readonly string[] {
  const { max_positions: all, max_positions_per_leader: each } = values;
  if (all.value === null || each.value === null || each.value <= all.value) return [];
  return [`is ${each.value}, above max_positions (${all.value} from ${all.source}), which would bind first`];
}

function lostSymbols(relation: CopyRelation | undefined): readonly ConfigurationWarning[] {
  const bound = relation?.leader.content.symbols_to_copy;
  const lost =
    relation?.follower.content.symbols_to_copy?.filter(
      (symbol) => bound !== undefined && !isPattern(symbol) && !isOn(bound, symbol),
    ) ?? [];
  if (relation === undefined || lost.length === 0) return [];
  const message = `names ${lost.join(", ")}, which "${relation.leader.nickname}" does not list; not copied`;
  return [relation.follower.problem("symbols_to_copy", message)];
}

/** As the core reads it. */
export function allocationForCore(configured: ConfiguredAllocation): Allocation {
  const { values, guards, ...ids } = configured;
  return {
    ...plainAllocation(ids.leader, ids.follower),
    guards: guards.relation,
    sizing: sizingRule(values),
    overrides: symbolOverrides(values),
    positionScaling: decimalText(values.position_scaling.value),
    minimumPolicy: minimumPolicy(values),
    symbols: configured.symbols.value,
    symbolsWithin: configured.symbolsWithin,
    symbolsDenied: configured.symbolsDenied.value,
    symbolMap: symbolMapOf(values),
    side: values.copy_side.value,
    inverse: values.inverse.value,
    autoCopy: values.auto_copy.value,
    proposalExpiresMs: Math.round(values.proposal_expires_minutes.value * 60_000),
    delayMs: inMs(values.delay_execution.value),
    copyStops: values.copy_stops.value,
    copyPending: values.copy_pending.value,
    tradingHours: values.trading_hours.value?.flatMap((text) => parseWindow(text) ?? []) ?? null,
    positionsMax: values.max_positions_per_leader.value,
    followerPositionsMax: values.max_positions.value,
    ...entrySettings(values),
    ...workSettings(values),
    startMode: values.start_mode.value,
    stopMode: values.stop_mode.value,
    leverage: leverageRule(values),
    leverageMax: decimalText(values.max_leverage.value),
    ...(values.margin_mode.value === "follow" ? { marginMode: "follow" as const } : {}),
    orderNotionalMax: amountOrNull(values.max_order_notional.value),
    symbolNotionalMax: amountOrNull(values.max_symbol_notional.value),
    leaderNotionalMax: amountOrNull(values.max_leader_notional.value),
  };
}

function amountOrNull(value: number | string | null): string | null {
  return value === null ? null : decimalText(value);
}

function leverageRule({ leverage_mode, leverage }: EffectiveAllocation): LeverageRule {
  const { value: kind } = leverage_mode;
  return kind === "fixed" ? { kind, leverage: decimalText(leverage.value ?? 1) } : { kind };
}

function symbolMapOf({ symbol_map }: EffectiveAllocation): Allocation["symbolMap"] {
  const entries = Object.entries(symbol_map.value).map(([from, to]) => {
    const { symbol, units = 1 } = typeof to === "string" ? { symbol: to } : to;
    return [from, { symbol, units: decimalText(units) }] as const;
  });
  return Object.fromEntries(entries);
}

function minimumPolicy(values: EffectiveAllocation): MinimumPolicy {
  const kind = values.minimum_notional_policy.value;
  return kind === "round-up" ? { kind, excessMax: decimalText(values.round_up_excess_max.value) } : { kind };
}
