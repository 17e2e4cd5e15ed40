/** The YAML files of the configuration folder as one: read, merged, and checked against the schema. */
import { strategyKindOf } from "../strategies/registry.ts";
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
  const raw = withoutEmptyGroups(withWholeNames(folder.merged));
  const form = checkForm(yamlSchema, raw, { placeOf: folder.placeOf, quotesValues: true });
  return {
    folder,
    yaml: form.ok ? form.value : {},
    problems: [...folder.problems, ...(form.ok ? [] : form.problems)],
  };
}

/** The options of a strategy may stand under its short name; of both the whole one counts, and the other is refused. */
function withWholeNames(merged: unknown): unknown {
  if (!isGroup(merged) || !isGroup(merged.strategies)) return merged;
  const { strategies } = merged;
  const named = Object.entries(strategies).map(([name, options]) => {
    const whole = strategyKindOf(name)?.name ?? name;
    return [name === whole || Object.hasOwn(strategies, whole) ? name : whole, options] as const;
  });
  return { ...merged, strategies: Object.fromEntries(named) };
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A group whose keys are all commented out is `null` in YAML; it means an empty group. */
function withoutEmptyGroups(value: unknown, path: readonly string[] = []): unknown {
  const isMeantGroup = schemaAt(yamlSchema, path)?.type === "object";
  if (value === null && isMeantGroup) return {};
  if (!isGroup(value) || !isMeantGroup) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutEmptyGroups(inner, [...path, name])]),
  );
}
