/**
 * What the request limit of one address makes of many followers: reading all of them takes a time that grows with their
 * number, and a limit on staleness below it would stop every increase for good.
 */
import type { ConfiguredAccount } from "../config.ts";
import type { Settings } from "../core/settings.ts";
import { BUDGET_DEFAULTS } from "../exchange/bybit/budget.ts";
import { bybitVenue } from "../exchange/bybit/hosts.ts";

/** Positions, open orders, wallet. */
const SNAPSHOT_REQUESTS = 3;
/** A state is as old as the round that read it and the one that is under way, and a little. */
const ROUNDS_MAX = 2.5;

export interface FleetSettings {
  readonly settings: Settings;
  /** What to tell the user; null when the settings stand as they are. */
  readonly note: string | null;
}

/** How long reading the state of so many followers at one address takes, at least. */
export function roundMs(followers: number): number {
  const { addressRequests, addressWindowMs, readShareMax } = BUDGET_DEFAULTS;
  return (followers * SNAPSHOT_REQUESTS * addressWindowMs) / (addressRequests * readShareMax);
}

/** The settings with a limit on followers' staleness that their number can meet. */
export function settingsForFleet(settings: Settings, accounts: readonly ConfiguredAccount[]): FleetSettings {
  const followers = mostAtOneAddress(accounts);
  const neededMs = Math.ceil(roundMs(followers) * ROUNDS_MAX);
  if (neededMs <= settings.followerStaleAfterMs) return { settings, note: null };
  const round = Math.round(roundMs(followers) / 1_000);
  const note =
    `reading ${followers} followers through one address takes ${round} s: ` +
    `follower_stale_after_seconds is ${Math.ceil(neededMs / 1_000)}`;
  return { settings: { ...settings, followerStaleAfterMs: neededMs }, note };
}

function mostAtOneAddress(accounts: readonly ConfiguredAccount[]): number {
  const counts = new Map<string, number>();
  for (const { execution, url, streamUrl } of accounts) {
    if (execution !== "venue") continue;
    const { limitGroup } = bybitVenue(url, streamUrl ?? undefined);
    counts.set(limitGroup, (counts.get(limitGroup) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
