/**
 * What all copies of an account may lose together, held against its limits after every decision that lets a copy grow: no figure ends up above its
 * limit, nor further above. By the sums of the simulator's checker (portfolio-risk-invariant.ts), with none of the core's.
 */
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import type { Copy, CopyLeg, FollowerState, LeaderState } from "../../src/core/state.ts";
import {
  type Losses,
  lossesBy,
  RISK_SLACK,
  riskFigures,
  VALUE_AT_RISK,
} from "../simulation/portfolio-risk-invariant.ts";
import { type Breach, type Growth, type Judged, reachOfPart, ticksOf } from "./judge.ts";

/** A lot at a tick, in USDT. */
const LOT_TICK_USDT = 1 / 10_000;

export function judgeLosses(judged: Judged, grown: readonly Growth[]): Breach[] {
  const followers = new Set(grown.map(({ copy }) => copy.market.follower));
  return [...followers].flatMap((follower) => {
    const figures = riskFigures(follower.limits);
    if (figures.length === 0) return [];
    const own = grown.filter(({ copy }) => copy.market.follower === follower);
    return [...judgeMeasured(judged, follower, own), ...judgeFigures(judged, follower, own)];
  });
}

/** With `deny` nothing grows while somebody who is copied, or is to be, was not measured lately. */
function judgeMeasured(judged: Judged, follower: FollowerState, grown: readonly Growth[]): Breach[] {
  const { limits, account } = follower;
  if (limits.withoutEvidence !== "deny") return [];
  const copied = valuesOf(judged, follower, grown).flatMap(({ leader, before }) =>
    before === 0 ? [] : [leader],
  );
  const unmeasured = [...copied, ...grown.map(({ copy }) => copy.leader)].find(
    (leader) => riskOf(judged, leader, limits) === null,
  );
  if (unmeasured === undefined) return [];
  return [{ rule: "losses-unmeasured", numbers: `${account} grows beside ${unmeasured.account}` }];
}

function judgeFigures(judged: Judged, follower: FollowerState, grown: readonly Growth[]): Breach[] {
  const { limits, account } = follower;
  const measured = grown.filter(({ copy }) => riskOf(judged, copy.leader, limits) !== null);
  if (measured.length === 0) return [];
  const equity = judged.equity.get(account) ?? 0;
  if (equity <= 0) return [{ rule: "losses", numbers: `${account} grows by an equity of ${equity}` }];
  const values = valuesOf(judged, follower, measured);
  const lossesOf = (valueIn: (one: CopiedValue) => number): Losses =>
    lossesBy(
      values.flatMap((one) => {
        const risk = riskOf(judged, one.leader, limits);
        return risk === null ? [] : [{ share: valueIn(one) / equity, risk }];
      }),
    );
  const [before, after] = [lossesOf((one) => one.before), lossesOf((one) => one.after)];
  return riskFigures(limits).flatMap(([name, limit, figure]) => {
    const [was, is] = [figure(before), figure(after)];
    const most = Math.max(limit, was) + RISK_SLACK;
    if (is <= most) return [];
    // The one figure that may rise and fall again while a copy grows: more for it was within, of which another limit left less.
    const isWithin = (more: CopiedValue, part: number) =>
      figure(lossesOf((one) => (one === more ? between(one, part) : one.after))) <= most;
    const isCut = values.some((one) => one.asked !== one.after && PARTS.some((part) => isWithin(one, part)));
    if (name === VALUE_AT_RISK && isCut) return [];
    return [{ rule: `losses: ${name}`, numbers: `${account} ${is}, ${was} before, of ${limit}` }];
  });
}

/** Of the way from what a copy may hold now to what it asked for. */
const PARTS = Array.from({ length: 200 }, (_, at) => (at + 1) / 200);

function between({ after, asked }: CopiedValue, part: number): number {
  return after + part * (asked - after);
}

function riskOf({ state }: Judged, { evidence }: LeaderState, limits: RiskLimits) {
  if (evidence === null || state.nowMs - evidence.measuredAtMs > limits.evidenceMaxAgeMs) return null;
  const { risk } = evidence;
  const isAsked = limits.portfolioBeta !== null && limits.withoutEvidence === "deny";
  return risk === undefined || (isAsked && risk.beta === undefined) ? null : risk;
}

/** In USDT; below zero where copies hold the opposite of what their leader holds. */
interface CopiedValue {
  readonly leader: LeaderState;
  readonly before: number;
  readonly after: number;
  /** Of a copy that grew: its target before anything of that was given up. */
  readonly asked: number;
}

function valuesOf(judged: Judged, follower: FollowerState, grown: readonly Growth[]): CopiedValue[] {
  const { state, decision } = judged;
  const fresh = new Set<string>(decision.orders.map(({ order }) => order.clientOrderId));
  return [...follower.markets.values()].flatMap((market) =>
    market.copies.flatMap((copy) =>
      copy.legs.map((part) => {
        const side = copy.allocation.inverse ? -1 : 1;
        const value = side * ticksOf(state, market) * LOT_TICK_USDT;
        const crossed = crossedTo(judged, copy, part);
        const before = furthest(
          reachOfPart(copy, part, (id) => !fresh.has(id)),
          crossed,
        );
        const reach = reachOfPart(copy, part, () => true);
        // What goes is there until it is gone, as with reductions that are under way.
        const after = Math.max(before, furthest(reach, 0));
        const isGrown = grown.some((one) => one.part === part);
        const asked = isGrown ? Math.max(after, Math.abs(part.wantedLots)) : after;
        return { leader: copy.leader, before: before * value, after: after * value, asked: asked * value };
      }),
    ),
  );
}

function furthest({ most, least }: ReturnType<typeof reachOfPart>, crossed: number): number {
  return Math.max(Math.abs(most - crossed), Math.abs(least - crossed));
}

/** The decision is committed: what crossed to the copy is in what it holds. */
function crossedTo({ decision }: Judged, { market, index }: Copy, part: CopyLeg): number {
  let sum = 0;
  for (const { leg, moves } of decision.crossings)
    if (leg.market === market && leg.leg === part.leg)
      for (const { copy, lots } of moves) if (copy === index) sum += lots;
  return sum;
}
