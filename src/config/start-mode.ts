/** `start_mode`, and `copy_existing`, which is an older name for two of its values. */
import type { startModes } from "./defaults.ts";

type StartMode = (typeof startModes)[number];

interface Stated {
  readonly start_mode?: StartMode | undefined;
  readonly copy_existing?: boolean | undefined;
}

/** What one place says; undefined when it says nothing. */
export function startModeOf({ start_mode, copy_existing }: Stated): StartMode | undefined {
  if (start_mode !== undefined || copy_existing === undefined) return start_mode;
  return copy_existing ? "all" : "new-only";
}

/** Both names in one place must mean the same. */
export function agreesOnStart({ start_mode, copy_existing }: Stated): boolean {
  return (
    start_mode === undefined || copy_existing === undefined || start_mode === startModeOf({ copy_existing })
  );
}

export const DISAGREES_ON_START = {
  path: ["copy_existing"],
  error: "contradicts start_mode, of which it is an older name; leave it out",
};
