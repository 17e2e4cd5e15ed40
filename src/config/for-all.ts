/** Settings that are for all followers where nothing says otherwise of one: as run time, the YAML or a default has them. */
import { type PortfolioSettings, placeOf } from "./changeable-keys.ts";
import type { FormPlace } from "./check-form.ts";
import { defaults } from "./defaults.ts";
import { type Effective, pick } from "./effective.ts";
import { type PortfolioValues, portfolioByKey } from "./portfolio-values.ts";
import { yamlLimits } from "./risk-limits.ts";
import type { YamlFiles } from "./yaml-configuration.ts";
import { yamlLayers } from "./yaml-layers.ts";

/** By key, as they are changed while running; options of strategies as `strategies.NAME.OPTION`. Null: no value and no default. */
export type SettingsForAll = Readonly<
  Record<string, Effective<string | number | boolean | readonly string[] | null>>
>;

interface Parts {
  readonly maxTraders: Effective<number>;
  readonly portfolio: PortfolioValues;
}

/** Options of the strategy in force, and those of others that were told at run time. */
export function settingsForAll(
  files: Pick<YamlFiles, "yaml" | "folder">,
  decided: PortfolioSettings,
  { maxTraders, portfolio }: Parts,
): SettingsForAll {
  const { copying } = yamlLayers(files);
  const limits = yamlLimits(files.yaml, files.folder.sourceOf);
  const { position_scaling, rebalance_band } = defaults.allocation;
  const one = (
    name: "position_scaling" | "correlation_limit" | "rebalance_band",
    stated: { readonly value: string | number | undefined; readonly source: string },
    fallback: string | number,
  ) =>
    pick<string | number>(
      [
        { value: decided[name], source: () => "run-time" },
        { value: stated.value, source: () => stated.source },
      ],
      fallback,
    );
  const inCopying = (name: "position_scaling" | "rebalance_band") => ({
    value: copying.values[name],
    source: copying.sourceOf(name),
  });
  const limit = { value: limits.values.correlation_limit, source: limits.sourceOf("correlation_limit") };
  const isTold = (strategy: string, option: string) =>
    strategy === portfolio.strategy.value || valueIn(decided, ["strategies", strategy, option]) !== undefined;
  return {
    max_traders: maxTraders,
    position_scaling: one("position_scaling", inCopying("position_scaling"), position_scaling),
    correlation_limit: one("correlation_limit", limit, "off"),
    rebalance_band: one("rebalance_band", inCopying("rebalance_band"), rebalance_band),
    ...portfolioByKey(portfolio, isTold),
  };
}

/** Where a value of the YAML files was written: nowhere among them, where it was decided at run time. */
export function placeAmong(
  decided: PortfolioSettings,
  inFiles: (path: readonly PropertyKey[]) => FormPlace,
): (path: readonly PropertyKey[]) => FormPlace {
  return (path) => {
    const [group, ...rest] = path.map(String);
    const told = group === "portfolio" ? valueIn(decided, rest) : valueIn(decided, path.map(String));
    return told === undefined ? inFiles(path) : placeOf({ kind: "portfolio" });
  };
}

function valueIn(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  return valueIn(Object.entries(value).find(([name]) => name === first)?.[1], rest);
}
