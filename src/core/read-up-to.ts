/** From when executions of an account are asked for after a start: what was executed before is known. */
import type { AccountId } from "./model/identifiers.ts";
import type { State } from "./state.ts";

/** Clocks may differ by this much where only our own told when it was. */
const CLOCKS_APART_MAX_MS = 60 * 60_000;

/**
 * Up to when an account's whole state was read, in any run, on the venue's clock; null when it never was. Where a power cut took
 * every record of a follower's being read, what we traded there is from after the last record that is left.
 */
export function readUpToMs(state: State, account: AccountId): number | null {
  const known = state.leaders.get(account) ?? state.followers.get(account);
  if (known === undefined) return null;
  if (known.readUpToMs === 0) return state.leaders.has(account) ? null : state.nowMs - CLOCKS_APART_MAX_MS;
  // Journals of earlier versions say it by our clock only.
  return known.readUpToServerMs || known.readUpToMs;
}
