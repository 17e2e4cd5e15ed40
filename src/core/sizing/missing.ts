/** Why a rule could give no size, in numbers: the figures as far as they are known. */
import type { ReasonDetail } from "../reason.ts";
import type { Copy, CopyLeg } from "../state.ts";
import { baseOf, capitalsOf } from "./capital.ts";

export function missingDetail(copy: Copy, { leaderLots }: CopyLeg): ReasonDetail {
  const { rule, leader } = copy;
  const sized = { sizing: rule.kind, leaderLots };
  if (rule.kind !== "equity-proportional" && rule.kind !== "volatility-target") return sized;
  const base = baseOf(rule);
  const capitals = capitalsOf(copy, base);
  const detail = {
    ...sized,
    capitalBase: base.kind,
    followerCapital: capitals.follower ?? "",
    leaderCapital: capitals.leader ?? "",
  };
  if (rule.kind === "equity-proportional") return detail;
  const { annualVolatility = "", measuredAtMs = "" } = leader.evidence ?? {};
  return { ...detail, annualVolatility, measuredAtMs, ageMaxMs: rule.evidenceMaxAgeMs };
}
