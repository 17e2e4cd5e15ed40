/** How far a count of like things is, on stderr: one line that is written over on a terminal, elsewhere a line now and then. */
import { setImmediate } from "node:timers/promises";

const TERMINAL_MS = 250;
const ELSEWHERE_MS = 10_000;
/** The event loop has its turn after so long, for Ctrl-C. */
const SLICE_MS = 30;

/** Does `work` on each thing; false when `stop` was asked for before the end. */
export async function countProgress<Thing>(
  things: readonly Thing[],
  work: (thing: Thing) => void,
  { what, silent, stop }: { readonly what: string; readonly silent: boolean; readonly stop: AbortSignal },
): Promise<boolean> {
  const everyMs = process.stderr.isTTY ? TERMINAL_MS : ELSEWHERE_MS;
  let shownAtMs = performance.now();
  let pausedAtMs = shownAtMs;
  let shown = false;
  for (const [index, thing] of things.entries()) {
    work(thing);
    const nowMs = performance.now();
    if (nowMs - pausedAtMs < SLICE_MS) continue;
    await setImmediate();
    pausedAtMs = nowMs;
    if (stop.aborted) break;
    if (silent || nowMs - shownAtMs < everyMs) continue;
    shownAtMs = nowMs;
    shown = true;
    const text = `${what} ${index + 1} of ${things.length}`;
    process.stderr.write(process.stderr.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
  }
  if (shown && process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return !stop.aborted;
}
