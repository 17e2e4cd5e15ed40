/** Loads the configuration to look at it; what is wrong with it is the user's error with exit code 2. */
import type { Configuration, ConfigurationProblem, FilterValues, PortfolioValues } from "../config.ts";
import type { Folders } from "./command.ts";
import { CliError, EXIT } from "./output.ts";

export async function loadForInspection({ config, data }: Folders): Promise<Configuration> {
  const { describeProblem, loadConfiguration } = await import("../config.ts");
  const options = { configDir: config, dataDir: data, live: false, purpose: "inspect" } as const;
  const loaded = loadConfiguration(options);
  if (loaded.ok) return loaded.configuration;
  throw configurationError(loaded.problems, describeProblem);
}

/** The filters alone, which need no accounts. */
export async function loadFilterValues(configDir: string): Promise<FilterValues> {
  const { describeProblem, loadFilters } = await import("../config.ts");
  const loaded = loadFilters(configDir);
  if (loaded.ok) return loaded.filters;
  throw configurationError(loaded.problems, describeProblem);
}

/** The strategy in force and its options alone, which need no accounts. */
export async function loadPortfolioValues({ config, data }: Folders): Promise<PortfolioValues> {
  const { describeProblem, loadPortfolio } = await import("../config.ts");
  const loaded = loadPortfolio(config, data);
  if (loaded.ok) return loaded.portfolio;
  throw configurationError(loaded.problems, describeProblem);
}

function configurationError(
  problems: readonly ConfigurationProblem[],
  describe: (problem: ConfigurationProblem) => string,
): CliError {
  return new CliError("configuration", "the configuration has problems", {
    exitCode: EXIT.usage,
    problems: problems.map((problem) => ({ ...problem })),
    lines: problems.map(describe),
  });
}
