/** Configured log levels beyond those that are written go to the nearest. */
import type { LogLevel } from "../config.ts";
import type { LogLevel as WrittenLevel } from "../log.ts";

export function writtenLevel(level: LogLevel): WrittenLevel {
  if (level === "trace") return "debug";
  return level === "fatal" || level === "silent" ? "error" : level;
}
