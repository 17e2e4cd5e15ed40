/** What `start` says first: the mode, how many copy whom, margin modes, and every limit and stop in force. */
import { marginFollowed } from "../core/margin-mode.ts";
import type { Settings } from "../core/settings.ts";
import type { ConfiguredAllocation } from "./allocations.ts";
import type { ConfiguredAccount } from "./configured-accounts.ts";
import type { EngineValues } from "./engine-values.ts";
import { type ConfiguredGuards, describeGuards } from "./guards.ts";
import { describeLimits, explainContradictions } from "./limit-notes.ts";
import type { ConfiguredLimits } from "./risk-limits.ts";

interface StartFacts {
  readonly mode: EngineValues["mode"];
  readonly accounts: readonly ConfiguredAccount[];
  readonly paper: { readonly balance: EngineValues["paperBalance"] };
  readonly settings: Settings;
  readonly allocations: readonly ConfiguredAllocation[];
}

interface StartLimits {
  readonly limits: readonly ConfiguredLimits[];
  readonly guards: readonly ConfiguredGuards[];
  readonly allocations: readonly ConfiguredAllocation[];
}

/** What `start` says first: the mode, and why. */
export function describeStart({
  mode,
  accounts,
  paper,
  settings,
  allocations,
}: StartFacts): readonly string[] {
  const why = mode.source === "default" ? "no copy_trading.mode is set" : mode.source;
  const followers = accounts.filter(({ role }) => role === "follower");
  const isLive = mode.value === "live";
  const filled = isLive
    ? "orders go to each follower's venue"
    : "followers are filled inside on public prices; nothing is sent";
  return [
    `mode ${mode.value} (${why}): ${filled}`,
    ...(isLive ? [] : [`every follower begins with ${paper.balance.value} USDT (${paper.balance.source})`]),
    `${accounts.length - followers.length} leader(s), ${followers.length} follower(s)`,
    ...describeMarginModes(settings, allocations),
  ];
}

/** An account's margin mode is never changed in silence. */
function describeMarginModes(
  settings: Settings,
  allocations: readonly ConfiguredAllocation[],
): readonly string[] {
  return allocations.flatMap(({ leader, follower, values: { margin_mode: mode } }) => {
    if (mode.value !== "follow") return [];
    const isFollowed = marginFollowed(settings, follower).includes(leader);
    const text = isFollowed
      ? `the account gets that of "${leader}" while it holds nothing and nothing of it rests`
      : "has no effect, a paper account has no margin mode";
    return [`margin_mode follow (${mode.source}) for "${follower}": ${text}`];
  });
}

/** Every limit in force with its source, those that are off, and which binds first where they contradict each other. */
export function describeStartLimits({ limits, guards, allocations }: StartLimits): readonly string[] {
  return [
    ...describeLimits(limits, allocations),
    ...describeGuards(guards, allocations),
    ...explainContradictions(limits, allocations),
  ];
}
