/** What the YAML files say for all followers, as the layer below the account files. */
import type { AllocationValues } from "./allocation-keys.ts";
import type { YamlLayers } from "./allocations.ts";
import type { Layer } from "./effective.ts";
import { yamlGuards } from "./guards.ts";
import type { YamlFiles } from "./yaml-configuration.ts";

export function yamlLayers(files: Pick<YamlFiles, "yaml" | "folder">): YamlLayers {
  const { yaml, folder } = files;
  return { copying: yamlCopying(files), guards: yamlGuards(yaml, folder.sourceOf) };
}

function yamlCopying({ yaml, folder }: Pick<YamlFiles, "yaml" | "folder">): Layer<AllocationValues> {
  const groups: Readonly<Record<string, string>> = { max_leverage: "risk", rebalance_band: "portfolio" };
  const { max_leverage } = yaml.risk ?? {};
  const { rebalance_band } = yaml.portfolio ?? {};
  return {
    values: { ...yaml.copy_trading?.copying, max_leverage, rebalance_band },
    sourceOf: (name) => folder.sourceOf(groups[name] ?? "copy_trading"),
  };
}
