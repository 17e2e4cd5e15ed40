/** Keys that are accepted, so that older configurations load, but do not act in this version. `start` lists them. */

import type { AccountSource } from "./account-files.ts";
import { accountSchema } from "./account-schema.ts";
import type { ValueSource } from "./effective.ts";
import { type ConfigurationKey, listKeys } from "./key-facts.ts";
import { yamlSchema } from "./yaml-schema.ts";

export interface NotInForce {
  readonly keyPath: string;
  /** Short name, as in the sources of values. */
  readonly file: ValueSource;
}

export function notInForceInYaml(
  merged: unknown,
  sourceOf: (topLevelKey: string) => ValueSource,
): readonly NotInForce[] {
  return idleKeys(listKeys(yamlSchema), merged, (keyPath) => sourceOf(keyPath.split(".")[0] ?? ""));
}

export function notInForceInAccount({ content, source }: AccountSource): readonly NotInForce[] {
  return idleKeys(listKeys(accountSchema), content, () => source);
}

function idleKeys(
  keys: readonly ConfigurationKey[],
  content: unknown,
  fileOf: (keyPath: string) => ValueSource,
): readonly NotInForce[] {
  return keys.flatMap(({ keyPath, status, statusOf }) => {
    const value = valueAt(content, keyPath.split("."));
    const current = value === undefined ? "in-force" : (statusOf?.(value) ?? status);
    return current === "in-force" ? [] : [{ keyPath, file: fileOf(keyPath) }];
  });
}

function valueAt(content: unknown, path: readonly string[]): unknown {
  let value = content;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([entry]) => entry === name)?.[1];
  }
  return value;
}
