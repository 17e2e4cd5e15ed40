/**
 * Where the reference data lies (`../shared` beside the project) and whether it is there. Tests that need it use
 * `describe.skipIf(!hasShared)` with the reason in the title, so that a skip is visible.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../shared/", import.meta.url));

export const hasShared = existsSync(root);

/** Absolute path inside the shared folder, for example `sharedPath("data/venue/bybit_v5/docs")`. */
export function sharedPath(relative: string): string {
  return `${root}${relative}`;
}

/** Suffix for test titles: says why a test is skipped where the data is absent. */
export const sharedNote = hasShared ? "" : " (skipped: no ../shared folder beside the project)";
