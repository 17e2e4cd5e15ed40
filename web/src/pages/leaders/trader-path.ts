import type { TraderKey } from "../../api/commands.ts";

/** The page of one trader. */
export function traderPath({ venue, id }: TraderKey): string {
  return `/leaders/${encodeURIComponent(venue)}/${encodeURIComponent(id)}`;
}
