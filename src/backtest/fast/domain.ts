/**
 * What the fast path can live through, and why it leaves the rest to the engine. A setting that nobody named here is the engine's as
 * soon as it says anything.
 */

import { NO_LIMITS } from "../../core/risk-settings.ts";
import { type AccountSettings, type Allocation, plainAllocation } from "../../core/settings.ts";
import type { FeeRates } from "../../exchange/simulated/venue-types.ts";
import type { SlippageModel } from "../market/slippage.ts";

export interface FastSettings {
  readonly allocation: Allocation;
  readonly follower: Pick<AccountSettings, "limits" | "guards">;
  readonly slippage: SlippageModel;
  readonly feeRates: FeeRates;
  readonly latencyMs: number;
}

/** Settings of an allocation that the fast path knows, whatever they say. */
const KNOWN: ReadonlySet<string> = new Set<keyof Allocation>([
  ...(["id", "leader", "follower", "positionScaling", "minimumPolicy", "symbols"] as const),
  ...(["symbolsWithin", "symbolsDenied", "sizing", "leverage", "leverageMax"] as const),
  // Of what does not happen here: nobody asks, rests, works, stops or ends.
  ...(["proposalExpiresMs", "onRunaway", "restMs", "exitRestMs", "stopMode"] as const),
]);
/** Fees up to this rate are counted exactly. */
const FEE_RATE_MAX = 0.005;
/** The venue takes market orders within a little more. */
const BPS_MAX = 450;

/** Words that name each setting which needs the engine; none where the fast path may be tried. */
export function needsEngine({
  allocation,
  follower,
  slippage,
  feeRates,
  latencyMs,
}: FastSettings): readonly string[] {
  return [
    ...ofAllocation(allocation),
    ...ofLimits(follower),
    ...ofSlippage(slippage),
    ...(Number(feeRates.taker) > FEE_RATE_MAX || Number(feeRates.taker) < 0 ? ["such a fee"] : []),
    ...(latencyMs >= 1_000 ? ["an order latency of a second and more"] : []),
  ];
}

function ofAllocation(allocation: Allocation): readonly string[] {
  const nothing: Record<string, unknown> = { ...plainAllocation(allocation.leader, allocation.follower) };
  const said = Object.entries(allocation).filter(
    ([name, value]) => !KNOWN.has(name) && JSON.stringify(value) !== JSON.stringify(nothing[name]),
  );
  return [...said.map(([name]) => name), ...ofSizing(allocation), ...ofLeverage(allocation)];
}

function ofSizing({ sizing }: Allocation): readonly string[] {
  if (sizing.kind === "multiplier") return [];
  if (sizing.kind !== "equity-proportional") return [`sizing ${sizing.kind}`];
  const { capital = { kind: "equity" } } = sizing;
  return capital.kind === "equity" ? [] : [`sizing by ${capital.kind}`];
}

/** What an account has without being asked is all there is: nobody sets another. */
function ofLeverage({ leverage, leverageMax }: Allocation): readonly string[] {
  if (leverage.kind === "fixed") return ["leverage"];
  return Number(leverageMax) < 10 ? ["leverageMax"] : [];
}

function ofLimits({ limits, guards }: FastSettings["follower"]): readonly string[] {
  const off: Record<string, unknown> = { ...NO_LIMITS };
  const stated = Object.entries(limits ?? {}).filter(
    ([name, value]) =>
      value !== null && name !== "evidenceMaxAgeMs" && name !== "withoutEvidence" && off[name] === null,
  );
  const watched = Object.entries(guards ?? {}).filter(([, value]) => value !== null);
  return [...stated, ...watched].map(([name]) => name);
}

function ofSlippage(slippage: SlippageModel): readonly string[] {
  switch (slippage.kind) {
    case "fixed":
      return slippage.bps > BPS_MAX ? ["such a slippage"] : [];
    case "impact":
      if (slippage.factor !== 0) return ["the slippage model impact"];
      return slippage.halfSpreadBps > BPS_MAX ? ["such a slippage"] : [];
    case "depth":
      return ["the slippage model depth"];
  }
}
