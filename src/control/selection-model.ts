/**
 * The model of whom to choose, kept in the data folder with the verdict on it: it is used only where that says that it chooses better than the
 * simple ranking, for the follower that it was learned for.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { type CopySettings, settingsKey } from "../analytics/copying/copy-settings.ts";
import type { Judgement } from "../learning/judgement.ts";
import type { RidgeModel } from "../learning/ridge.ts";
import { FEATURES, FEATURES_VERSION } from "../traders/walk-forward/features.ts";
import { TradersError } from "./traders.ts";

/** Of the file's form. */
const VERSION = 1;

export interface SelectionModel {
  readonly version: number;
  readonly featuresVersion: number;
  readonly features: readonly string[];
  readonly periodDays: number;
  /** Of the follower whose results it was learned from. */
  readonly settings: CopySettings;
  /** UTC day (YYYY-MM-DD) up to which it knows the past; null without periods. */
  readonly until: string | null;
  readonly judgement: Judgement;
  /** Null where there was too little to learn from. */
  readonly model: RidgeModel | null;
}

export function newSelectionModel(
  found: Omit<SelectionModel, "version" | "featuresVersion" | "features">,
): SelectionModel {
  return { version: VERSION, featuresVersion: FEATURES_VERSION, features: FEATURES, ...found };
}

/** Whole or not at all. */
export function keepSelectionModel(path: string, model: SelectionModel): void {
  const beside = `${path}.new`;
  writeFileSync(beside, `${JSON.stringify(model)}\n`, { mode: 0o600 });
  renameSync(beside, path);
}

/** Throws a TradersError that says why there is none that may be used. */
export function usableModel(path: string, settings: CopySettings): RidgeModel {
  const { model, judgement, ...kept } = readModel(path);
  if (kept.featuresVersion !== FEATURES_VERSION || String(kept.features) !== String(FEATURES))
    throw refused("it is of another version of the program");
  if (settingsKey(kept.settings) !== settingsKey(settings))
    throw refused("it was learned for a follower of other capital, delay or costs");
  if (model === null || !judgement.isBetter)
    throw refused(`nothing shows that it chooses better than the simple ranking: ${judgement.reason}`);
  return model;
}

function readModel(path: string): SelectionModel {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw refused("there is none yet");
  }
  try {
    // Written by the lines above, or by a version that says so.
    const kept = JSON.parse(text) as SelectionModel;
    if (kept.version === VERSION) return kept;
  } catch {
    throw refused(`${path} cannot be read`);
  }
  throw refused("it is of another version of the program");
}

function refused(why: string): TradersError {
  return new TradersError(
    "bad-request",
    `--by model is not possible: ${why}; copytrader traders learn makes and judges one`,
  );
}
