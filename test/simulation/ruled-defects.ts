/** Deliberate defects of rules, limits and guards; caught by ruled histories (defects.ts says what a defect is). */
import type { Defect } from "./defects.ts";

const DEFECTS_OF_RULES: readonly Omit<Defect, "histories">[] = [
  {
    name: "the first level of loss does nothing",
    file: "core/guard/loss-tiers.ts",
    find: "  if (reached.length === 0) return [];",
    replace: "  if (reached.length <= 1) return [];",
  },
  {
    name: "a cool-off is over at once",
    file: "core/guard/stop.ts",
    find: "  return untilMs !== null && untilMs <= nowMs;",
    replace: "  return untilMs !== null && nowMs > 0;",
  },
  {
    name: "a cool-off is never over",
    file: "core/guard/stop.ts",
    find: "  return untilMs !== null && untilMs <= nowMs;",
    replace: "  return untilMs !== null && nowMs < 0;",
  },
  {
    name: "the hours are ignored",
    file: "core/shape/trading-hours.ts",
    find: "  if (tradingHours === null || isWithin(tradingHours, nowMs)) return null;",
    replace: "  if (tradingHours === null || nowMs > 0) return null;",
  },
  {
    name: "the hours end a day early past midnight",
    late: true,
    file: "core/shape/trading-hours.ts",
    find: "    return passesMidnight && days.includes((day + 6) % 7) && minute < toMinute;",
    replace: "    return passesMidnight && days.includes((day + 5) % 7) && minute < toMinute;",
  },
  {
    name: "a price that is better than the leader's has run away",
    late: true,
    file: "core/entry/slippage.ts",
    find: "  if (present === null || (present - limit) * side <= 0) return",
    replace: "  if (present === null || (present - limit) * side >= 0) return",
  },
  {
    name: "the cap on slippage is laid on the wrong side",
    late: true,
    file: "core/entry/slippage.ts",
    find: "side > 0 ? BPS.plus(bps) : BPS.minus(bps);",
    replace: "side > 0 ? BPS.minus(bps) : BPS.plus(bps);",
  },
  {
    name: "a release ends stops of other leaders",
    file: "core/guard/panic.ts",
    find: "      (leader === undefined || stop.leader === leader) &&",
    replace: "      (leader === undefined || stop.leader !== leader) &&",
  },
  {
    name: "a resume releases every stop",
    file: "core/guard/panic.ts",
    find: `({ guard }) => guard === "panic");`,
    replace: `({ guard }) => guard !== "liquidation");`,
  },
  {
    name: "a stop that closes leaves what is held",
    file: "core/guard/stop.ts",
    find: "    if (known === undefined && keeps.part === keeps.whole) continue;",
    replace: "    if (known === undefined && keeps.part <= keeps.whole) continue;",
  },
  {
    name: "a stop does not keep from growing",
    late: true,
    file: "core/risk/stopped.ts",
    find: "  return stop === null ? null :",
    replace: "  return stop === null || !stop.untilFlat ? null :",
  },
  {
    name: "nothing is reduced while a stop stands",
    late: true,
    file: "core/step.ts",
    find: "  if (isReduction(owned, goal))\n",
    replace:
      "  if (isReduction(owned, goal) && market.follower.stops.length > 0) return NOTHING;\n  if (isReduction(owned, goal))\n",
  },
  {
    name: "one position more than the most is opened",
    file: "core/shape/max-positions.ts",
    find: "  if (open < max) return null;",
    replace: "  if (open <= max) return null;",
  },
  {
    name: "the side that is left out is the wrong one",
    late: true,
    file: "core/shape/side.ts",
    find: `  if (side === "long") return Lots(Math.max(lots, 0));`,
    replace: `  if (side === "long") return Lots(Math.min(lots, 0));`,
  },
  {
    name: "an inverse copy of a net position is not turned",
    late: true,
    file: "core/shape/side.ts",
    find: "  return { net: Lots(-net),",
    replace: "  return { net: Lots(net),",
  },
  {
    name: "a cap forgets what is held",
    late: true,
    file: "core/risk/cap.ts",
    find: "  if (used + asked <= mostOf(limit, standing)) return null;",
    replace: "  if (asked <= mostOf(limit, standing)) return null;",
  },
  {
    name: "the leverage of the whole account is not limited",
    late: true,
    file: "core/risk/portfolio-leverage.ts",
    find: `increase, "portfolioLeverage",`,
    replace: `increase, "portfolioExposure",`,
  },
  {
    name: "one order more than the rate goes out",
    late: true,
    file: "core/risk/order-rate.ts",
    find: "  if (value < limit) return null;",
    replace: "  if (value <= limit) return null;",
  },
  {
    name: "what is in time is called too late",
    late: true,
    file: "core/entry/too-late.ts",
    find: "state.nowMs - executedAtMs <= entryDelayMaxMs) continue;",
    replace: "state.nowMs - executedAtMs <= entryDelayMaxMs / 4) continue;",
  },
  {
    name: "a drawdown counts from the day's first equity",
    file: "core/guard/drawdown.ts",
    find: "  const { peak } = follower.watch;",
    replace: "  const { daily: peak } = follower.watch;",
  },
  {
    name: "what is denied takes a place among the most positions",
    file: "core/shape/max-positions.ts",
    find: '  return { reason: "max-positions", detail: { of, open, limit: max }, waive: true };',
    replace: '  return { reason: "max-positions", detail: { of, open: open + 1, limit: max }, waive: true };',
  },
];

/** Of guards that change while something stands. */
const DEFECTS_OF_CHANGED_GUARDS: readonly Omit<Defect, "histories">[] = [
  {
    name: "guards that change stay what they were",
    file: "core/apply-settings.ts",
    find: "  state.guards = guardsIn(settings);",
    replace: "  if (state.guards.size === 0) state.guards = guardsIn(settings);",
  },
  {
    name: "a milder guard loosens what stands",
    late: true,
    file: "core/guard/stop.ts",
    find: "    keeps: isLess(keeps, verdict.keeps) ? keeps : verdict.keeps,",
    replace: "    keeps: isLess(NOTHING, keeps) ? verdict.keeps : keeps,",
  },
];

export const RULED_DEFECTS: readonly Defect[] = [
  ...DEFECTS_OF_RULES.map((defect) => ({ ...defect, histories: "ruled" as const })),
  ...DEFECTS_OF_CHANGED_GUARDS.map((defect) => ({ ...defect, histories: "guarded" as const })),
];
