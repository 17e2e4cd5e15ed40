/**
 * What a backtest takes from the configuration: how a follower without a file of its own copies and what limits it, by the YAML files
 * and the defaults. Account files name real accounts and are not read. A strategy gives shares of equity, so that sizing is by equity
 * whatever rule is configured.
 */

import type { AccountGuards, RelationGuards } from "../core/guard/guard-settings.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { AllocationId } from "../core/model/identifiers.ts";
import type { AccountSettings, Allocation } from "../core/settings.ts";
import { factorText } from "../strategies/factor.ts";
import type { OptionsByStrategy, StrategyKind } from "../strategies/kind.ts";
import type { OptionValue } from "../strategies/options.ts";
import type { AccountSource } from "./account-files.ts";
import { allocationForCore, configureAllocations } from "./allocations.ts";
import { checkForm } from "./check-form.ts";
import { defaults, type FindingAction } from "./defaults.ts";
import { type FilterValues, filterValues } from "./filter-values.ts";
import { decimalText } from "./forms.ts";
import { guardKeys } from "./guard-keys.ts";
import { type ConfiguredGuards, configureGuards } from "./guards.ts";
import { section } from "./key-facts.ts";
import { type MonitoringValues, monitoringValues } from "./monitoring-values.ts";
import { allOptionTexts, optionsInForce, type PortfolioValues, portfolioValues } from "./portfolio-values.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { configureLimits, yamlLimits } from "./risk-limits.ts";
import { parseSetting } from "./run-time-values.ts";
import { readYamlFiles } from "./yaml-configuration.ts";
import { yamlLayers } from "./yaml-layers.ts";

export interface BacktestTerms {
  /** Between the two; positions are sized by the share of the follower's equity over the leader's. */
  allocationFor(leader: AccountId, share: number): Allocation;
  /** Limits and guards in force. */
  readonly follower: Required<Pick<AccountSettings, "limits" | "guards">>;
  /** Stops and loss limits with their sources. */
  readonly guards: BacktestGuards;
  /** The same with some of them as `key=value` says, such as `stop_loss={share: 0.1, from: peak}`. */
  guardsWith(settings: readonly string[]): GuardsWith;
  /** The follower's equity where none is given: that of paper accounts. */
  readonly equity: string;
  /** What a trader's record must show. */
  readonly filters: FilterValues;
  /** Which strategy is in force, and the terms of every one. */
  readonly portfolio: PortfolioValues;
  /** Of any strategy, as if it were in force. */
  optionsOf(kind: Pick<StrategyKind, "name" | "options">): Readonly<Record<string, OptionValue>>;
  /** Of every strategy of the program, for one that asks others. */
  readonly others: OptionsByStrategy;
  /** What is configured otherwise than it acts here, in sentences. */
  readonly notes: readonly string[];
}

export type LoadedTerms =
  | { readonly ok: true; readonly terms: BacktestTerms }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

type GuardsWith =
  | { readonly ok: true; readonly guards: BacktestGuards; readonly keys: readonly string[] }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** What is done about leaders whose record becomes worse than it was, as live monitoring does it. */
export interface DecayTerms {
  readonly action: Exclude<FindingAction, "warn">;
  /** Null: those of the relation's stop_loss. */
  readonly replacements: readonly AccountId[] | null;
  readonly windowDays: number;
  readonly falseAlarms: number;
}

/** Stops of the account, and those of each of its relations. */
export interface GuardTerms {
  readonly account: AccountGuards;
  readonly relation: RelationGuards;
  /** Null: nothing but a warning. */
  readonly decay: DecayTerms | null;
}

export interface BacktestGuards extends ConfiguredGuards, GuardTerms {
  readonly monitoring: MonitoringValues;
}

/** The same terms under other stops. */
export function underGuards(terms: BacktestTerms, { account, relation, decay }: GuardTerms): BacktestTerms {
  return {
    ...terms,
    guards: { ...terms.guards, account, relation, decay },
    follower: { ...terms.follower, guards: account },
    allocationFor: (leader, share) => ({ ...terms.allocationFor(leader, share), guards: relation }),
  };
}

export function loadBacktestTerms(configDir: string, follower: AccountId): LoadedTerms {
  const files = readYamlFiles(configDir);
  const { yaml, folder } = files;
  const source = nobody(follower, "follower");
  const relation = { leader: nobody("leader", "leader"), follower: source };
  const configured = configureAllocations([relation], yamlLayers(files), []);
  const problems = [...files.problems, ...configured.problems];
  const [allocation] = configured.allocations;
  if (problems.length > 0 || allocation === undefined) return { ok: false, problems };
  const age = yaml.copy_trading?.copying?.evidence_max_age_days ?? defaults.allocation.evidence_max_age_days;
  const { limits } = configureLimits(source, yamlLimits(yaml, folder.sourceOf), age);
  const { guards: yamlGuards } = yamlLayers(files);
  const monitoring = monitoringValues(yaml, folder.sourceOf);
  const watched = { monitoring, decay: decayTerms(monitoring) };
  const guards = { ...configureGuards(source, yamlGuards), ...watched };
  const { values } = allocation;
  const template = allocationForCore(allocation);
  const sizing = {
    kind: "equity-proportional",
    rebalanceBand: decimalText(values.rebalance_band.value),
    capital: { kind: "equity" },
  } as const;
  const { kind } = template.sizing;
  const portfolio = portfolioValues(yaml, folder.sourceOf);
  return {
    ok: true,
    terms: {
      allocationFor: (leader, share) => ({
        ...template,
        id: AllocationId(leader, follower),
        leader,
        follower,
        sizing,
        // As live: a strategy's share stands in place of the factor in the files, which is an option of the strategy.
        positionScaling: factorText(share),
      }),
      follower: { limits, guards: guards.account },
      guards,
      guardsWith: (settings) =>
        guardsWith(settings, (values) => ({ ...configureGuards(source, yamlGuards, values), ...watched })),
      equity: yaml.paper?.balance === undefined ? defaults.paperBalance : decimalText(yaml.paper.balance),
      filters: filterValues(yaml, folder.sourceOf),
      portfolio,
      optionsOf: (kind) => {
        const options = optionsInForce(kind, yaml, folder.sourceOf);
        return Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));
      },
      others: allOptionTexts(portfolio),
      notes:
        values.sizing.source === "default" || kind === "equity-proportional"
          ? []
          : [
              `sizing ${values.sizing.value} (${values.sizing.source}) does not act: a strategy gives shares of equity`,
            ],
    },
  };
}

function decayTerms({
  onDecay,
  replacements,
  decayWindowDays,
  decayFalseAlarms,
}: MonitoringValues): DecayTerms | null {
  if (onDecay.value === "warn") return null;
  return {
    action: onDecay.value,
    replacements: replacements.value,
    windowDays: decayWindowDays.value,
    falseAlarms: decayFalseAlarms.value,
  };
}

function guardsWith(
  settings: readonly string[],
  configured: (values: Parameters<typeof configureGuards>[2]) => BacktestGuards,
): GuardsWith {
  const parsed = settings.map((text) => ({ text, setting: parseSetting(text) }));
  const bad = parsed.filter(({ setting }) => setting === undefined);
  const about = { file: "--try", keyPath: "" };
  const message = (text: string) => `${JSON.stringify(text)} must be key=value, such as position_stop=0.1`;
  if (bad.length > 0)
    return { ok: false, problems: bad.map(({ text }) => ({ ...about, message: message(text) })) };
  const values = Object.fromEntries(
    parsed.flatMap(({ setting }) => (setting === undefined ? [] : [[setting.key, setting.value]])),
  );
  const form = checkForm(section(guardKeys()), values, {
    placeOf: () => ({ file: "--try", line: undefined }),
    quotesValues: true,
  });
  return form.ok ? { ok: true, guards: configured(form.value), keys: Object.keys(values) } : form;
}

/** An account of which nothing is stated. */
export function nobody(nickname: string, role: AccountSource["role"], source = "backtest"): AccountSource {
  return {
    nickname,
    role,
    content: { nickname, role } as AccountSource["content"],
    exchange: "bybit",
    publicAddress: null,
    accountType: undefined,
    address: undefined,
    streamUrl: null,
    source,
    problem: (keyPath, message) => ({ file: source, keyPath, message }),
  };
}
