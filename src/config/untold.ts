/** What a follower asks of a leader whose venue does not tell it: it would be silently without effect. */

import type { CopyRelation } from "./copy-relations.ts";
import type { EffectiveAllocation } from "./effective.ts";
import type { ConfigurationWarning } from "./problems.ts";

const UNTOLD = "of a public address positions and fills are read, not its orders, stops or margin mode";

/** Of a public address neither open orders and stops nor the margin mode are read. */
export function untoldSettings(
  { leader, follower }: CopyRelation,
  values: Pick<EffectiveAllocation, "copy_stops" | "copy_pending" | "exit_parity" | "margin_mode">,
): readonly ConfigurationWarning[] {
  if (leader.exchange !== "hyperliquid") return [];
  const asked = {
    copy_stops: values.copy_stops.value,
    copy_pending: values.copy_pending.value,
    exit_parity: values.exit_parity.value,
    margin_mode: values.margin_mode.value === "follow",
  };
  return Object.entries(asked)
    .filter(([, isAsked]) => isAsked)
    .map(([name]) => follower.problem(name, `has no effect with "${leader.nickname}": ${UNTOLD}`));
}
