/** The end of a run: told from outside, or brought about by itself. */

const CHECK_MS = 50;

/** Resolves when stopped from outside or by a failure of our own. */
export function aborted(stop: AbortSignal, failed: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    const check = setInterval(() => {
      if (!stop.aborted && failed() === null) return;
      clearInterval(check);
      resolve();
    }, CHECK_MS);
  });
}
