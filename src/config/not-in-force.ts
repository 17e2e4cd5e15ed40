/**
 * Keys that are accepted, so that older configurations load, but do not act in this version. `start` lists them; and where
 * somebody relies on one as a protection, live trading is refused rather than run without it.
 */

import type { AccountSource } from "./account-files.ts";
import { accountSchema, telegramAuthSchema } from "./account-schema.ts";
import type { ValueSource } from "./effective.ts";
import { type Environment, isPlaceholder } from "./environment.ts";
import { type ConfigurationKey, listKeys } from "./key-facts.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { yamlSchema } from "./yaml-schema.ts";

export interface NotInForce {
  readonly keyPath: string;
  /** Short name, as in the sources of values. */
  readonly file: ValueSource;
  readonly isProtection: boolean;
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

export function notInForceInTelegramAuth(content: unknown): readonly NotInForce[] {
  return idleKeys(listKeys(telegramAuthSchema), content, () => "config/telegram_auth.json");
}

/** A variable of the earlier systems that is kept for later. */
export function notInForceInEnvironment(environment: Environment): readonly NotInForce[] {
  const found = environment.find(["TELEGRAM_BOT_TOKEN"]);
  if (found === undefined || isPlaceholder(found.value)) return [];
  return [{ keyPath: found.name, file: found.source, isProtection: false }];
}

/**
 * Live trading without a protection that the user has written down is refused, one problem per key. `placeOf` says where the
 * user finds it.
 */
export function missingProtections(
  idle: readonly NotInForce[],
  placeOf: (item: NotInForce) => Pick<ConfigurationProblem, "file" | "line" | "nickname">,
): readonly ConfigurationProblem[] {
  const message = "is a protection that is not in force in this version; remove it, or start without --live";
  return idle
    .filter(({ isProtection }) => isProtection)
    .map((item) => ({ ...placeOf(item), keyPath: item.keyPath, message }));
}

function idleKeys(
  keys: readonly ConfigurationKey[],
  content: unknown,
  fileOf: (keyPath: string) => ValueSource,
): readonly NotInForce[] {
  return keys.flatMap(({ keyPath, status, statusOf }) => {
    const value = valueAt(content, keyPath.split("."));
    const current = value === undefined ? "in-force" : (statusOf?.(value) ?? status);
    return current === "in-force"
      ? []
      : [{ keyPath, file: fileOf(keyPath), isProtection: current === "protection" }];
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
