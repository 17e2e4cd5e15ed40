/**
 * The time bounds of history endpoints: no bounds mean the default span up to now, one bound the span from it, and two
 * may be at most seven days apart.
 */
import { ParameterError } from "../parameters.ts";
import type { Call } from "./endpoint.ts";

export const DAY_MS = 86_400_000;
const SPAN_MAX_MS = 7 * DAY_MS;

export interface TimeWindow {
  readonly startMs: number;
  readonly endMs: number;
}

export function timeWindowOf(call: Call, defaultSpanMs = SPAN_MAX_MS): TimeWindow {
  const start = call.parameters.integer("startTime");
  const end = call.parameters.integer("endTime");
  if (start === undefined && end === undefined) {
    return { startMs: call.nowMs - defaultSpanMs, endMs: Number.POSITIVE_INFINITY };
  }
  if (start === undefined) return { startMs: (end ?? 0) - defaultSpanMs, endMs: end ?? 0 };
  if (end === undefined) return { startMs: start, endMs: start + defaultSpanMs };
  if (end < start || end - start > SPAN_MAX_MS) {
    throw new ParameterError("params error: startTime and endTime must be at most 7 days apart");
  }
  return { startMs: start, endMs: end };
}

export function within(window: TimeWindow, stampMs: number): boolean {
  return stampMs >= window.startMs && stampMs <= window.endMs;
}
