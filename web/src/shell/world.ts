/** Which world the numbers on the screen are of; one that cannot be told is said to be unknown, never guessed. */
import type { StatusReport } from "../api/types.ts";
import type { strings } from "../strings.ts";

export type World = keyof typeof strings.worlds;

export function worldOf(status: StatusReport | undefined): World {
  if (status === undefined) return "unknown";
  const { engine, world } = status;
  if (engine.starting === true) return "starting";
  if (!engine.running) return "stopped";
  return world ?? "unknown";
}
