/**
 * Which addresses are streamed and which are polled. The venue streams the fills of at most ten addresses to one internet address,
 * over few connections (official documentation, "Rate limits and user limits"); reading a state costs little, so the rest is
 * polled, as often as its share of the weight allows.
 */
import { WEIGHTS } from "./info.ts";

/** Over all connections of one internet address. */
export const STREAMED_MAX = 10;
/** Of the ten connections that the venue allows; so many that one which breaks takes few addresses with it. */
export const CONNECTIONS_MAX = 4;

export const POLL_MS_MIN = 3_000;
/** Of the thousand that we use a minute: what polls may take. Snapshots of all accounts and histories have the rest. */
const POLL_WEIGHT_MAX = 500;
const MINUTE_MS = 60_000;

export interface WatchPlan<Name> {
  readonly streamed: readonly Name[];
  readonly polled: readonly Name[];
  /** Between two looks at a polled one. */
  readonly pollMs: number;
}

/** Who comes first is streamed. */
export function planWatch<Name>(names: readonly Name[]): WatchPlan<Name> {
  const polled = names.slice(STREAMED_MAX);
  return { streamed: names.slice(0, STREAMED_MAX), polled, pollMs: pollMsFor(polled.length) };
}

/** For so many polled addresses that the weight suffices for all. */
export function pollMsFor(polled: number): number {
  return Math.max(POLL_MS_MIN, Math.ceil((polled * WEIGHTS.state * MINUTE_MS) / POLL_WEIGHT_MAX));
}

/** What `start` says of more addresses than are streamed; nothing otherwise. */
export function describePlan({ streamed, polled, pollMs }: WatchPlan<string>): readonly string[] {
  if (polled.length === 0) return [];
  const seconds = Math.round(pollMs / 100) / 10;
  return [
    `Hyperliquid streams at most ${STREAMED_MAX} addresses to one internet address: ${streamed.join(", ")}`,
    `polled every ${seconds} s instead: ${polled.join(", ")}`,
  ];
}
