/**
 * Configuration that everybody on the machine may write: it decides what is traded, so it is warned of. Not refused, since some file
 * systems (mounts of other systems) show every file so.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { ConfigurationWarning } from "./problems.ts";
import { listFiles } from "./read-text.ts";

const OTHERS_MAY_WRITE = 0o002;

/** The folder and its YAML files; none where the folder does not exist. */
export function openFiles(configDir: string): readonly ConfigurationWarning[] {
  const names = listFiles(configDir, [".yaml", ".yml"]);
  const files = names.kind === "read" ? names.value.map((name) => join(configDir, name)) : [];
  return [configDir, ...files].filter(othersMayWrite).map((file) => ({
    file,
    keyPath: "",
    message: `may be written by everybody on this machine, and it decides what is traded: chmod o-w ${file}`,
  }));
}

function othersMayWrite(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & OTHERS_MAY_WRITE) !== 0;
}
