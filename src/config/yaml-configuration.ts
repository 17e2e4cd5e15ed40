/** The YAML files of the configuration folder as one: read, merged, and checked against the schema. */
import { checkForm } from "./check-form.ts";
import { schemaAt } from "./key-facts.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { readYamlFolder, type YamlFolder } from "./read-yaml.ts";
import { type YamlConfiguration, yamlSchema } from "./yaml-schema.ts";

export interface YamlFiles {
  readonly folder: YamlFolder;
  /** Empty where the files do not fit the schema. */
  readonly yaml: YamlConfiguration;
  readonly problems: readonly ConfigurationProblem[];
}

export function readYamlFiles(configDir: string): YamlFiles {
  const folder = readYamlFolder(configDir);
  const raw = withoutEmptyGroups(folder.merged);
  const form = checkForm(yamlSchema, raw, { placeOf: folder.placeOf, quotesValues: true });
  return {
    folder,
    yaml: form.ok ? form.value : {},
    problems: [...folder.problems, ...(form.ok ? [] : form.problems)],
  };
}

/** A group whose keys are all commented out is `null` in YAML; it means an empty group. */
function withoutEmptyGroups(value: unknown, path: readonly string[] = []): unknown {
  const isGroup = schemaAt(yamlSchema, path)?.type === "object";
  if (value === null && isGroup) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value) || !isGroup) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutEmptyGroups(inner, [...path, name])]),
  );
}
