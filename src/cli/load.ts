/** Loads the configuration to look at it; what is wrong with it is the user's error with exit code 2. */
import type { Configuration } from "../config.ts";
import type { Folders } from "./command.ts";
import { CliError, EXIT } from "./output.ts";

export async function loadForInspection({ config, data }: Folders): Promise<Configuration> {
  const { describeProblem, loadConfiguration } = await import("../config.ts");
  const options = { configDir: config, dataDir: data, live: false, purpose: "inspect" } as const;
  const loaded = loadConfiguration(options);
  if (loaded.ok) return loaded.configuration;
  throw new CliError("configuration", "the configuration has problems", {
    exitCode: EXIT.usage,
    problems: loaded.problems.map((problem) => ({ ...problem })),
    lines: loaded.problems.map(describeProblem),
  });
}
