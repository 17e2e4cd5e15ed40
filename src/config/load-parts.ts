/** Parts of a configuration folder that are asked for without the rest. */
import { type FilterValues, filterValues } from "./filter-values.ts";
import { type PortfolioValues, portfolioValues } from "./portfolio-values.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { readYamlFiles } from "./yaml-configuration.ts";

type LoadedFilters =
  | { readonly ok: true; readonly filters: FilterValues }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** The filters of a configuration folder alone: whoever looks for traders need not have accounts yet. */
export function loadFilters(configDir: string): LoadedFilters {
  const { folder, yaml, problems } = readYamlFiles(configDir);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, filters: filterValues(yaml, folder.sourceOf) };
}

type LoadedPortfolio =
  | { readonly ok: true; readonly portfolio: PortfolioValues }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** The strategy in force and its options alone: whoever chooses a strategy need not have accounts yet. */
export function loadPortfolio(configDir: string): LoadedPortfolio {
  const { folder, yaml, problems } = readYamlFiles(configDir);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, portfolio: portfolioValues(yaml, folder.sourceOf) };
}
