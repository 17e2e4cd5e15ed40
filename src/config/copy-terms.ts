/**
 * How one follower would copy one leader: the YAML files, and above them settings as somebody tries them on a command line
 * (`key=value`, the keys of an account file that say how is copied and what limits it). Account files name real accounts and are not read.
 */
import type { AccountId } from "../core/model/identifiers.ts";
import type { AccountSettings, Allocation } from "../core/settings.ts";
import { allocationKeys } from "./allocation-keys.ts";
import { allocationForCore, configureAllocations } from "./allocations.ts";
import { nobody } from "./backtest-terms.ts";
import { checkForm } from "./check-form.ts";
import { defaults } from "./defaults.ts";
import type { EffectiveAllocation } from "./effective.ts";
import { filterValues } from "./filter-values.ts";
import { decimalText, symbols } from "./forms.ts";
import { guardKeys } from "./guard-keys.ts";
import { configureGuards } from "./guards.ts";
import { key, section } from "./key-facts.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { riskKeys } from "./risk-keys.ts";
import { configureLimits, yamlLimits } from "./risk-limits.ts";
import { agreesOnStart, DISAGREES_ON_START } from "./start-mode.ts";
import { readYamlFiles } from "./yaml-configuration.ts";
import { yamlLayers } from "./yaml-layers.ts";

export interface CopyTerms {
  readonly allocation: Allocation;
  /** Limits and guards in force. */
  readonly follower: Required<Pick<AccountSettings, "limits" | "guards">>;
  /** The follower's equity where none is given: that of paper accounts. */
  readonly equity: string;
  /** What beta is measured against. */
  readonly benchmark: string;
  /** Of copying, limits and guards: what is not the default, `key value (source)`. */
  readonly stated: readonly string[];
  /** What acts otherwise than it is configured, in sentences. */
  readonly notes: readonly string[];
}

export type LoadedCopyTerms =
  | { readonly ok: true; readonly terms: CopyTerms }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Where a tried setting comes from. */
const TRIED = "tried here";

const tried = section({
  ...allocationKeys(),
  ...guardKeys(),
  ...riskKeys(),
  symbols_to_copy: key(symbols("narrow nothing"), { meaning: "Narrows what is copied.", status: "in-force" }),
  symbols_to_skip: key(symbols("skip none"), { meaning: "What is not copied.", status: "in-force" }),
}).refine(agreesOnStart, DISAGREES_ON_START);

/** A setting of null is taken back: the files and defaults decide. */
export function loadCopyTerms(
  configDir: string,
  { leader, follower }: { readonly leader: AccountId; readonly follower: AccountId },
  settings: Readonly<Record<string, unknown>>,
): LoadedCopyTerms {
  const files = readYamlFiles(configDir);
  const { yaml, folder } = files;
  const written = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
  const placeOf = () => ({ file: TRIED, line: undefined });
  const form = checkForm(tried, written, { placeOf, quotesValues: true });
  if (!form.ok) return { ok: false, problems: [...files.problems, ...form.problems] };
  const blank = nobody(follower, "follower", TRIED);
  const source = { ...blank, content: { ...form.value, ...blank.content } };
  const relation = { leader: nobody(leader, "leader", TRIED), follower: source };
  const layers = yamlLayers(files);
  const configured = configureAllocations([relation], layers, []);
  const problems = [...files.problems, ...configured.problems];
  const [allocation] = configured.allocations;
  if (problems.length > 0 || allocation === undefined) return { ok: false, problems };
  const { values } = allocation;
  const unmeasured = values.sizing.value === "volatility-target";
  if (unmeasured)
    return { ok: false, problems: [source.problem("sizing", `${values.sizing.value} ${NOT_MEASURED}`)] };
  const limits = configureLimits(
    source,
    yamlLimits(yaml, folder.sourceOf),
    values.evidence_max_age_days.value,
  );
  const guards = configureGuards(source, layers.guards);
  const bySymbol = { symbols_to_copy: allocation.symbols, symbols_to_skip: allocation.symbolsDenied };
  return {
    ok: true,
    terms: {
      allocation: { ...allocationForCore(allocation), ...sizing(values), autoCopy: true },
      follower: { limits: limits.limits, guards: guards.account },
      equity: yaml.paper?.balance === undefined ? defaults.paperBalance : decimalText(yaml.paper.balance),
      benchmark: filterValues(yaml, folder.sourceOf).beta_benchmark.value,
      stated: statedIn({ ...values, ...bySymbol, ...limits.values, ...guards.values }),
      notes: notesOn(values),
    },
  };
}

const NOT_MEASURED =
  "cannot be tried: it needs a measurement of the leader's volatility at each moment, which nobody has kept";

/** By capital where nobody said otherwise: a factor of one on somebody else's size would say nothing about this follower. */
function sizing(values: EffectiveAllocation): Partial<Allocation> {
  if (isSizedByDefault(values)) {
    const rebalanceBand = decimalText(values.rebalance_band.value);
    return { sizing: { kind: "equity-proportional", rebalanceBand, capital: { kind: "equity" } } };
  }
  return {};
}

function isSizedByDefault({ sizing: rule, copy_multiplier: factor }: EffectiveAllocation): boolean {
  return rule.source === "default" && factor.source === "default";
}

function notesOn(values: EffectiveAllocation): readonly string[] {
  return [
    ...(isSizedByDefault(values)
      ? [
          "sizes are taken in proportion of the two capitals (sizing=equity-proportional), as nothing is configured; live copying would take the leader's own sizes (sizing=multiplier) until it is",
        ]
      : []),
    ...(values.auto_copy.value
      ? []
      : ["auto_copy false does not act: what would wait for an approval is copied at once"]),
  ];
}

function statedIn(
  values: Readonly<Record<string, { readonly value: unknown; readonly source: string }>>,
): readonly string[] {
  return Object.entries(values).flatMap(([name, { value, source }]) =>
    source === "default" ? [] : [`${name} ${valueText(value)} (${source})`],
  );
}

function valueText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
