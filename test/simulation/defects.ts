/**
 * Deliberate defects: each replaces one piece of the source, as a slip of the hand would. The simulator, with its
 * invariants and the independent checker, must notice every one of them. The text to replace must be there exactly once,
 * so that a defect cannot quietly stop being one when the source changes.
 */
import { BROAD_DEFECTS } from "./broad-defects.ts";
import { RULED_DEFECTS } from "./ruled-defects.ts";
import { WIRE_DEFECTS } from "./wire-defects.ts";

export interface Defect {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Which kind of history catches it; absent: one leader. */
  readonly histories?: "ruled" | "guarded" | "broad" | "pending" | "wire";
  /** Noticed after many histories only: the command tries it, the suite has no time for it. */
  readonly late?: true;
}

const DEFECTS_OF_COPYING: readonly Defect[] = [
  {
    name: "an order of unknown fate is sent again under a new id",
    file: "core/working-order.ts",
    find: `  order.status = "unknown";`,
    replace: `  order.status = "closed";`,
  },
  {
    name: "what is in flight is ignored",
    file: "core/step.ts",
    find: "  if (hasOpenOrders(leg)) return besideOpenOrders(state, leg, goal, draft);",
    replace: "",
  },
  {
    name: "a fill that is told twice counts twice",
    file: "core/working-order.ts",
    find: "  if (order.tradeIds.includes(trade.tradeId)) return;",
    replace: "",
  },
  {
    name: "reductions are not reduce-only",
    file: "core/step.ts",
    find: "lots: signed, reduceOnly: true, excess",
    replace: "lots: signed, reduceOnly: false, excess",
  },
  {
    name: "the venue's minimum is forgotten",
    file: "core/minimum.ts",
    find: "  if (size >= least) return",
    replace: "  if (size >= 0) return",
  },
  {
    name: "followers take the other side",
    file: "core/sizing/multiplier.ts",
    find: "sizedLots(scaleLots(leaderLots, ratio)",
    replace: "sizedLots(-scaleLots(leaderLots, ratio)",
  },
  {
    name: "what the owner closed is bought back",
    file: "core/virtual.ts",
    find: "    waive(part, lots);",
    replace: "",
  },
  {
    name: "a stale snapshot counts",
    late: true,
    file: "core/holding.ts",
    find: `  if (row.sequence < holding.confirmedSequence)
    return beganAnew(holding, row) ? confirmAnew(holding, row) : "unchanged";
  const settled = latestChangeMs(holding) + SNAPSHOT_SETTLE_MS <= serverTimeMs;`,
    replace: "  const settled = serverTimeMs > 0;",
  },
  {
    name: "a change of the leader is dropped without a reason",
    file: "core/leader.ts",
    find: "  if (copy.pendingChanges.length === 0) copy.pendingChanges = [change];",
    replace:
      "  if (change.change % 3 === 0) copy.lastChange = change;\n  else if (copy.pendingChanges.length === 0) copy.pendingChanges = [change];",
  },
  {
    name: "a restart takes unknown orders for rejected ones",
    file: "core/follower.ts",
    find: `    order.status = "unknown";`,
    replace: `    order.status = "closed";`,
  },
  {
    name: "an order that is not found at once never arrived",
    late: true,
    file: "core/working-order.ts",
    find: "  return serverTimeMs > voidFromMs + WINDOW_MARGIN_MS;",
    replace: "  return serverTimeMs > 0;",
  },
  {
    name: "dust is left behind",
    file: "core/step.ts",
    find: "  const lots = Math.min(wanted, instrument.maxMarketLots);",
    replace:
      "  const lots = Math.min(wanted > 1 ? wanted - 1 : wanted + 1, instrument.maxMarketLots) - (wanted > 1 ? 0 : 1);\n  if (wanted === 1) return NOTHING;",
  },
  {
    name: "a paused follower opens positions",
    file: "core/risk/permission.ts",
    find: "  if (follower.paused) return",
    replace: '  if (follower.paused && instrument.spec.symbol === "") return',
  },
  {
    name: "a position of the owner's is taken for ours",
    file: "core/ownership.ts",
    find: "  const kept = commonPart(held, commonPart(leg.ownedLots, leg.shownLots ?? leg.ownedLots));",
    replace: "  const kept = held;",
  },
  {
    name: "a rejected increase is tried for ever",
    file: "core/order-fates.ts",
    find: "      if (!order.reduceOnly) giveUp(leg, order);",
    replace: "",
  },
  {
    name: "the journal forgets what was given up",
    file: "core/decision-codec.ts",
    find: "  if (decision.adjustments.length > 0) record.a",
    replace: "  if (decision.adjustments.length > 99) record.a",
  },
  {
    name: "sizes are rounded to the nearest step",
    file: "core/sizing/ratio.ts",
    find: "  return product < 0 ? -quotient : quotient;",
    replace:
      "  const nearest = quotient + Math.round((magnitude - quotient * denominator) / denominator);\n  return product < 0 ? -nearest : nearest;",
  },
  {
    name: "a disputed snapshot settles what is whose",
    late: true,
    file: "core/follower.ts",
    find: 'if (result !== "disputed" && leg.venue.confirmedSequence === parsed.sequence) confirmed.add(leg);',
    replace: "confirmed.add(leg);",
  },
  {
    name: "an order of a lost tail is taken back each time it is told",
    late: true,
    file: "core/working-order.ts",
    find: '    if (order.status !== "closed" || order.adopted) continue;',
    replace: '    if (order.status !== "closed") continue;',
  },
  {
    name: "what the venue shows and nobody bought is noted by nobody",
    file: "core/ownership.ts",
    find: "  leg.mismatchSinceMs ??= state.nowMs;\n  state.dirty.add(leg.market);\n}",
    replace: "  state.dirty.add(leg.market);\n}",
  },
  {
    name: "a snapshot settles nothing",
    file: "core/ownership.ts",
    find: "  if (!virgin && requestedAtMs < leg.mismatchSinceMs + SNAPSHOT_SETTLE_MS) return;",
    replace: "  if (!virgin) return;",
  },
  {
    name: "a pause stops reductions too",
    late: true,
    file: "core/step.ts",
    find: "  if (isReduction(owned, goal))\n",
    replace: "  if (isReduction(owned, goal) && !market.follower.paused)\n",
  },
  {
    name: "a leader's close is not copied",
    file: "core/target.ts",
    find: "    sizeLeg(state, copy, leg, leaderLots);\n    if (copy.lateNext)",
    replace: "    if (leaderLots !== 0) sizeLeg(state, copy, leg, leaderLots);\n    if (copy.lateNext)",
  },
  {
    name: "a wrong reason is recorded",
    file: "core/explanation.ts",
    find: '  if (changedLots === 0 || !isBelowStep(copy, leg, Lots(changedLots))) return { reason: "at-target", detail };',
    replace: '  if (changedLots === 0) return { reason: "at-target", detail };',
  },
  {
    name: "a leader is called stale that was read in time",
    file: "core/risk/freshness.ts",
    find: '  return active && ageMs > limitMs ? { reason: "leader-stale", detail: { ageMs, limitMs } } : null;',
    replace:
      '  return active && ageMs > limitMs / 8\n    ? { reason: "leader-stale", detail: { ageMs: ageMs + limitMs, limitMs } }\n    : null;',
  },
  {
    name: "a target is set to what is held",
    file: "core/target.ts",
    find: "  leg.wantedLots = wanted;",
    replace: "  leg.wantedLots = leg.heldLots === 0 ? wanted : leg.heldLots;",
  },
  {
    name: "a leverage within its cap is called too high",
    file: "core/risk/leverage-cap.ts",
    find: "  if (current === null || current <= cap) return null;",
    replace: "  if (current === null || current < cap) return null;",
  },
];

/** What rests. */
const DEFECTS_OF_RESTS: readonly Defect[] = [
  {
    name: "what rests stays, though a limit is lowered",
    file: "core/risk/standing.ts",
    find: "  if (Math.sign(leg.ownedLots) === -Math.sign(order.lots)) return null;",
    replace: "  return null;",
    histories: "pending",
  },
];

export const DEFECTS: readonly Defect[] = [
  ...DEFECTS_OF_COPYING,
  ...DEFECTS_OF_RESTS,
  ...RULED_DEFECTS,
  ...BROAD_DEFECTS,
  ...WIRE_DEFECTS,
];

/** The source with the defect in it; throws when it is not there exactly once. */
export function withDefect(source: string, defect: Defect): string {
  const parts = source.split(defect.find);
  if (parts.length !== 2)
    throw new Error(`"${defect.name}" finds its place ${parts.length - 1} times in ${defect.file}`);
  return parts.join(defect.replace);
}
