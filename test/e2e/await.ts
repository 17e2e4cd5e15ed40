/** Awaits what the programs under test bring about: looks again and again, and says what it saw when time is up. */
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

const LOOK_AGAIN_MS = 25;

/** Resolves to the milliseconds that it took until `look` gave `wanted`. */
export async function untilEqual(
  look: () => Promise<unknown>,
  wanted: unknown,
  maxMs: number,
): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const seen = await look();
    const tookMs = performance.now() - startedMs;
    if (isDeepStrictEqual(seen, wanted)) return tookMs;
    if (tookMs > maxMs) {
      throw new Error(
        `not within ${maxMs} ms: wanted ${JSON.stringify(wanted)}, last seen ${JSON.stringify(seen)}`,
      );
    }
    await pause(LOOK_AGAIN_MS);
  }
}

/** Resolves once `holds` does. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  maxMs: number,
  what: string,
): Promise<void> {
  const endMs = performance.now() + maxMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${maxMs} ms: ${what}`);
    await pause(LOOK_AGAIN_MS);
  }
}
