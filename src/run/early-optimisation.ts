/**
 * Has the platform optimise code that is run a few dozen times, not some thousands: a copier runs the same path for each trade,
 * and trades are few. Without this the first thousand copied trades of a run take up to twice as long inside the program.
 */
import { setFlagsFromString } from "node:v8";

/** Of V8 13; see `node --v8-options`. By default feedback begins late, the first optimiser at 400 calls, the second at 3,000. */
export const EARLY_OPTIMISATION = [
  "--no-lazy-feedback-allocation",
  "--invocation-count-for-maglev=20",
  "--invocation-count-for-turbofan=200",
] as const;

/** What ran before it is optimised as ever. */
export function optimiseEarly(): void {
  for (const flag of EARLY_OPTIMISATION) setFlagsFromString(flag);
}
