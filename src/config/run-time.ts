/** All that was decided while running, which comes before every file: relations with their settings, and settings of accounts and for all. */
import type { ConfigurationProblem } from "./problems.ts";
import {
  type RunTimeAllocation,
  readRunTimeAllocations,
  writeRunTimeAllocations,
} from "./run-time-allocations.ts";
import {
  NO_RUN_TIME_SETTINGS,
  type RunTimeSettings,
  readRunTimeSettings,
  writeRunTimeSettings,
} from "./run-time-settings.ts";

export interface RunTime {
  readonly allocations: readonly RunTimeAllocation[];
  readonly settings: RunTimeSettings;
}

export const NO_RUN_TIME: RunTime = { allocations: [], settings: NO_RUN_TIME_SETTINGS };

export function readRunTime(
  dataDir: string,
): RunTime & { readonly problems: readonly ConfigurationProblem[] } {
  const { allocations, problems } = readRunTimeAllocations(dataDir);
  const { settings, problems: wrong } = readRunTimeSettings(dataDir);
  return { allocations, settings, problems: [...problems, ...wrong] };
}

/** The part that is another than `before`: durable on return, whole or not at all. Throws an Error that names its file. */
export function writeRunTime(dataDir: string, before: RunTime, after: RunTime): void {
  if (after.allocations !== before.allocations) writeRunTimeAllocations(dataDir, after.allocations);
  if (after.settings !== before.settings) writeRunTimeSettings(dataDir, after.settings);
}

/** Relations alone: as if no setting of an account or for all had been changed. */
export function withoutSettings({ allocations }: RunTime): RunTime {
  return { allocations, settings: NO_RUN_TIME_SETTINGS };
}
