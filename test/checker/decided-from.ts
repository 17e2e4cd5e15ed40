/** From when on an order may have been decided: what was told later, it could not go by. */
import type { CheckedRequest, Evidence } from "./evidence.ts";

/** How far the venue's clock and the copier's may be apart, where nothing else is said. */
const CLOCKS_APART_MS = 2_000;

/** By how much at most. */
export function clocksApartMs({ clockOffMaxMs = 0 }: Evidence): number {
  return Math.max(clockOffMaxMs, CLOCKS_APART_MS);
}

/** Not before it was decided, by the venue's clock; on its arrival where that is not known. */
export function decidedFromMs(evidence: Evidence, { clientOrderId, atMs }: CheckedRequest): number {
  const { decidedAtMs } = evidence.intents.find((intent) => intent.clientOrderId === clientOrderId) ?? {};
  if (decidedAtMs === undefined) return atMs;
  return Math.min(atMs, decidedAtMs - clocksApartMs(evidence));
}

/** Whether the copier began again after the decision, and before all of it that did fill had filled. */
export function isStartedSince(evidence: Evidence, request: CheckedRequest, filledMs: number): boolean {
  const decidedMs = decidedFromMs(evidence, request);
  return (evidence.starts ?? []).some((atMs) => atMs > decidedMs && atMs <= filledMs + evidence.slackMs);
}
