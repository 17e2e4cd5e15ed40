/** The configuration as it lies on the disk, for what needs more of it than the facade tells. */
import { type Configuration, loadConfiguration } from "../config.ts";
import { ApiProblem } from "./contract/problems.ts";
import type { ApiParts } from "./parts.ts";

/** Throws an ApiProblem with everything that is wrong with it. */
export function configurationOf({
  configDir,
  dataDir,
}: Pick<ApiParts, "configDir" | "dataDir">): Configuration {
  const loaded = loadConfiguration({ configDir, dataDir, live: false, purpose: "inspect" });
  if (loaded.ok) return loaded.configuration;
  const errors = loaded.problems.slice(0, 50).map(({ keyPath, message }) => ({ field: keyPath, message }));
  throw new ApiProblem("bad-settings", "the configuration has problems", { errors });
}
