/** How long what was stopped stays stopped, as a protection of its own: the same stops, and what is kept from being copied after them. */
import type { GuardTerms } from "../../config.ts";
import type { CoolOffMs } from "../../core/guard/guard-settings.ts";
import type { RungLabel } from "./rung.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const STEP = 4;

/** Long enough for what a stop closes to be closed, and no longer: without a cool-off copying goes on at once. */
export const MOMENT_MS: CoolOffMs = MINUTE_MS;

type CooledRule = { readonly coolOffMs: CoolOffMs } | null;

function rulesOf({ account, relation }: GuardTerms): readonly CooledRule[] {
  const { tiers, dailyLoss, drawdown, liquidation } = account;
  const acting = liquidation?.action === "warn" ? null : liquidation;
  return [tiers, dailyLoss, drawdown, acting, relation.stopLoss, relation.positionStop];
}

/** Whether any stop ends by itself. */
export function hasCoolOff(guards: GuardTerms): boolean {
  return rulesOf(guards).some((rule) => rule !== null && rule.coolOffMs !== null);
}

/** The same stops, all with this cool-off. */
export function withCoolOff({ account, relation, decay }: GuardTerms, coolOffMs: CoolOffMs): GuardTerms {
  const cooled = <Rule extends NonNullable<CooledRule>>(rule: Rule | null): Rule | null =>
    rule === null ? null : { ...rule, coolOffMs };
  return {
    account: {
      tiers: cooled(account.tiers),
      dailyLoss: cooled(account.dailyLoss),
      drawdown: cooled(account.drawdown),
      liquidation: account.liquidation?.action === "warn" ? account.liquidation : cooled(account.liquidation),
    },
    relation: {
      ...relation,
      stopLoss: cooled(relation.stopLoss),
      positionStop: cooled(relation.positionStop),
    },
    decay,
  };
}

/** The configured ones and others round the longest of them; an hour, a day and a week where there is none. */
export function coolOffs(
  guards: GuardTerms,
  isInUse: boolean,
): readonly { readonly label: RungLabel; readonly guards: GuardTerms }[] {
  const at = (label: RungLabel, ms: CoolOffMs) => ({ label, guards: withCoolOff(guards, ms) });
  if (!isInUse) return [at("example", DAY_MS), at("shorter", HOUR_MS), at("longer", WEEK_MS)];
  const longest = Math.max(...rulesOf(guards).map((rule) => rule?.coolOffMs ?? 0));
  return [
    { label: "as configured", guards },
    at("shorter", Math.max(MINUTE_MS, Math.round(longest / STEP))),
    at("longer", longest * STEP),
  ];
}

/** In words. */
export function describeCoolOff(guards: GuardTerms): string {
  const found = rulesOf(guards).flatMap((rule) => (rule === null ? [] : [rule.coolOffMs]));
  const texts = [...new Set(found)].map((ms) =>
    ms === null ? "until released" : `${ms / MINUTE_MS} minutes`,
  );
  return texts.length === 0 ? "nothing stops" : `what is stopped stays so for ${texts.join(" or ")}`;
}
