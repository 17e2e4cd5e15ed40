/**
 * A power cut may take the record of orders that were sent just before it. They are found again at the exchange, unless they are
 * still on their way: so a machine that has only just booted waits until the exchange would not take them any more.
 */
import { uptime } from "node:os";
import { setTimeout } from "node:timers/promises";

/** The window of an order request is 5 s; as much again for what the venue may take to tell. */
const SINCE_BOOT_MS_MIN = 10_000;

/** Resolves once the machine has been up for ten seconds, or when `stop` is aborted. */
export async function settledSinceBoot(
  stop: AbortSignal,
  upMs: () => number = () => uptime() * 1_000,
): Promise<void> {
  const waitMs = SINCE_BOOT_MS_MIN - upMs();
  if (waitMs > 0) await setTimeout(waitMs, undefined, { signal: stop }).catch(() => {});
}
