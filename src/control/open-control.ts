/** The facade for another process: over the socket of the engine that runs on a data folder, or on the folder itself. */
import { connectControl } from "./client.ts";
import type { Control } from "./control.ts";
import { StoppedControl, type StoppedParts } from "./stopped.ts";

/** Rejects with a ControlError when an engine runs but cannot be reached. */
export async function openControl(parts: StoppedParts): Promise<Control> {
  return (await connectControl(parts.dataDir)) ?? new StoppedControl(parts);
}
