/**
 * The allocations in force: each relation of a leader and a follower with its settings, resolved over run time, account
 * file, YAML and default, both as the core reads them and with their sources for `status`.
 */
import { AccountId, AllocationId } from "../core/model/identifiers.ts";
import { type Allocation, type MinimumPolicy, plainAllocation, type SizingRule } from "../core/settings.ts";
import { type AllocationValues, allocationKeys } from "./allocation-keys.ts";
import { checkForm } from "./check-form.ts";
import type { CopyRelation } from "./copy-relations.ts";
import {
  type Effective,
  type EffectiveAllocation,
  type Layer,
  pick,
  resolveAllocation,
} from "./effective.ts";
import { decimalText, symbols } from "./forms.ts";
import { key, section } from "./key-facts.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";

/** What was decided while running, by command or by a strategy; it comes before every file. */
export interface RunTimeAllocation {
  readonly leader: string;
  readonly follower: string;
  /** The same keys as in an account file. */
  readonly values: AllocationValues & { readonly symbols_to_copy?: readonly string[] };
}

export interface ConfiguredAllocation {
  readonly id: AllocationId;
  readonly leader: AccountId;
  readonly follower: AccountId;
  readonly values: EffectiveAllocation;
  /** Null: every symbol. */
  readonly symbols: Effective<readonly string[] | null>;
}

export interface ConfiguredAllocations {
  readonly allocations: readonly ConfiguredAllocation[];
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

const runTimeSchema = section({
  ...allocationKeys(),
  symbols_to_copy: key(symbols(), { meaning: "Narrows what is copied.", status: "in-force" }),
});

export function configureAllocations(
  relations: readonly CopyRelation[],
  yaml: Layer<AllocationValues>,
  runTime: readonly RunTimeAllocation[],
): ConfiguredAllocations {
  const checked = runTime.map((one) => ({ one, problems: checkRunTime(one) }));
  const sound = checked.filter(({ problems }) => problems.length === 0).map(({ one }) => one);
  const allocations = relations.map((relation) =>
    configureAllocation(relation, yaml, overrideOf(relation, sound)),
  );
  const findings = allocations.map((allocation, index) => ({ allocation, relation: relations[index] }));
  return {
    allocations,
    problems: [
      ...checked.flatMap(({ problems }) => problems),
      ...findings.flatMap(({ allocation, relation }) => contradictions(allocation, relation)),
    ],
    warnings: findings.flatMap(({ relation }) => lostSymbols(relation)),
  };
}

function overrideOf({ leader, follower }: CopyRelation, runTime: readonly RunTimeAllocation[]) {
  return (
    runTime.find((one) => one.leader === leader.nickname && one.follower === follower.nickname)?.values ?? {}
  );
}

function checkRunTime({ leader, follower, values }: RunTimeAllocation): readonly ConfigurationProblem[] {
  const placeOf = () => ({ file: `run-time ${leader}>${follower}`, line: undefined });
  const form = checkForm(runTimeSchema, values, { placeOf, quotesValues: true, nickname: follower });
  return form.ok ? [] : form.problems;
}

function configureAllocation(
  { leader, follower }: CopyRelation,
  yaml: Layer<AllocationValues>,
  override: RunTimeAllocation["values"],
): ConfiguredAllocation {
  const ids = { leader: AccountId(leader.nickname), follower: AccountId(follower.nickname) };
  const layers = [
    { values: override, sourceOf: () => "run-time" },
    { values: follower.content, sourceOf: () => follower.source },
    yaml,
  ];
  const values = resolveAllocation(layers);
  return {
    id: AllocationId(ids.leader, ids.follower),
    ...ids,
    values,
    symbols: symbolsOf({ leader, follower }, override),
  };
}

/** The leader's list bounds every follower; a follower's own list (or the one of run time) narrows it. */
function symbolsOf(
  { leader, follower }: CopyRelation,
  override: RunTimeAllocation["values"],
): Effective<readonly string[] | null> {
  const bound = leader.content.symbols_to_copy;
  const own = pick<readonly string[] | null>(
    [
      { value: override.symbols_to_copy, source: () => "run-time" },
      { value: follower.content.symbols_to_copy, source: () => follower.source },
    ],
    null,
  );
  if (bound === undefined) return own;
  if (own.value === null) return { value: bound, source: leader.source };
  const both = own.value.filter((symbol) => bound.includes(symbol));
  return { value: both, source: `${own.source} within ${leader.source}` };
}

function contradictions(
  { values, symbols: copied }: ConfiguredAllocation,
  relation: CopyRelation | undefined,
): readonly ConfigurationProblem[] {
  if (relation === undefined) return [];
  const { follower, leader } = relation;
  const factor = values.copy_multiplier;
  const isUnused = values.sizing.value === "equity-proportional" && decimalText(factor.value) !== "1";
  const unused = `(from ${factor.source}) has no effect with sizing equity-proportional; use position_scaling for a factor`;
  const nothing = `has no symbol in common with "${leader.nickname}", so nothing would be copied`;
  return [
    ...(isUnused ? [follower.problem("copy_multiplier", unused)] : []),
    ...(copied.value?.length === 0 ? [follower.problem("symbols_to_copy", nothing)] : []),
  ];
}

function lostSymbols(relation: CopyRelation | undefined): readonly ConfigurationWarning[] {
  const bound = relation?.leader.content.symbols_to_copy;
  const lost =
    relation?.follower.content.symbols_to_copy?.filter((symbol) => bound?.includes(symbol) === false) ?? [];
  if (relation === undefined || lost.length === 0) return [];
  const message = `names ${lost.join(", ")}, which "${relation.leader.nickname}" does not list; not copied`;
  return [relation.follower.problem("symbols_to_copy", message)];
}

/** As the core reads it. */
export function allocationForCore({ values, symbols: copied, ...ids }: ConfiguredAllocation): Allocation {
  return {
    ...plainAllocation(ids.leader, ids.follower),
    sizing: sizingRule(values),
    positionScaling: decimalText(values.position_scaling.value),
    minimumPolicy: minimumPolicy(values),
    symbols: copied.value,
    delayMs: Math.round(values.delay_execution.value * 1_000),
    startMode: values.copy_existing.value ? "all" : "new-only",
    leverageMax: decimalText(values.max_leverage.value),
  };
}

function sizingRule(values: EffectiveAllocation): SizingRule {
  switch (values.sizing.value) {
    case "multiplier":
      return { kind: "multiplier", multiplier: decimalText(values.copy_multiplier.value) };
    case "equity-proportional":
      return { kind: "equity-proportional", rebalanceBand: decimalText(values.rebalance_band.value) };
  }
}

function minimumPolicy(values: EffectiveAllocation): MinimumPolicy {
  const kind = values.minimum_notional_policy.value;
  return kind === "round-up" ? { kind, excessMax: decimalText(values.round_up_excess_max.value) } : { kind };
}
