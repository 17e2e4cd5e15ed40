/** This program's own command line, for those who run a command of it as a process of its own. */
import { fileURLToPath } from "node:url";

/** Started as `[file, ...arguments]`. */
export type Program = readonly [string, ...string[]];

export function commandLine(): Program {
  const entry = `./cli/start${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`;
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(entry, import.meta.url))];
}
