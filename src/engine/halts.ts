/** Why this program itself stops opening on followers that the venue would serve; each ends by itself, and reductions go on. */
import type { VenueId } from "../core/model/identifiers.ts";
import { STOOD_STILL } from "./standstill.ts";

/** Room for reductions and for what is still held is kept; the disk is not full yet. */
export const DISK_IS_LOW = "the disk is almost full: nothing is opened before there is room";

const CLOCK_IS_UNSTEADY = "is not to be relied on: nothing is opened before it is";

export function clockIsUnsteady(venue: VenueId): string {
  return `the clock of ${venue} ${CLOCK_IS_UNSTEADY}`;
}

/** Whether a halt is one of these, and not a refusal of the venue. */
export function isOwnHalt(cause: string): boolean {
  return cause === DISK_IS_LOW || cause === STOOD_STILL || cause.endsWith(CLOCK_IS_UNSTEADY);
}
