/** What a history draws before anything happens: accounts, who copies whom and how, limits, and the faults of the network. */
import { AccountId } from "../../src/core/model/identifiers.ts";
import { NO_LIMITS, type RiskLimits } from "../../src/core/risk-settings.ts";
import {
  type Allocation,
  type MinimumPolicy,
  plainAllocation,
  type SizingRule,
} from "../../src/core/settings.ts";
import type { WorkTerms } from "../../src/core/slicing/terms.ts";
import type { SeededChance } from "./chance.ts";
import { VENUE } from "./markets.ts";
import { type Faults, NO_FAULTS } from "./model-connection.ts";
import { drawGuards, drawRiskLimits } from "./rules.ts";
import { drawPending } from "./waiting.ts";
import type { WorldParts } from "./world.ts";

/**
 * Whether each follower copies one leader, or two and more of two or three, with the same symbols or others; by hand where
 * owners also approve most of what is added. Pending: one leader or several, whose orders that wait to open are copied too.
 * Ruled: one leader or several, with every rule, limit and guard, at a venue that keeps money and under prices that run.
 * Broad: as ruled, with measured leaders, margin modes and risk tiers, and mostly several leaders. Guarded: as ruled, and
 * owners change the guards of their accounts as it runs.
 */
export type Copying =
  | "one-leader"
  | "several-leaders"
  | "by-hand"
  | "pending"
  | "ruled"
  | "broad"
  | "guarded";

/** Every rule, limit and guard is drawn. */
export function isRuledBy(copying: Copying): boolean {
  return copying === "ruled" || copying === "broad" || copying === "guarded";
}

export function ruledAccount(
  chance: SeededChance,
  account: WorldParts["accounts"][number],
  drawn: Set<string>,
): WorldParts["accounts"][number] {
  if (account.role === "leader") return account;
  const guards = drawGuards(chance, drawn);
  const equity = chance.pick([1_000, 10_000, 100_000]);
  return {
    ...account,
    equity,
    limits: drawRiskLimits(chance, drawn),
    ...(guards === null ? {} : { guards }),
  };
}

export function drawAccounts(chance: SeededChance, copying: Copying): WorldParts["accounts"] {
  const mode = () => chance.pick(["one-way", "one-way", "hedge"] as const);
  const alone =
    copying === "one-leader" ||
    (["ruled", "pending", "guarded"].includes(copying) && chance.hits(0.6)) ||
    (copying === "broad" && chance.hits(0.2));
  const leaders = Array.from({ length: alone ? chance.whole(1, 2) : chance.whole(2, 3) }, (_, index) => ({
    account: AccountId(`leader${index + 1}`),
    venue: VENUE,
    role: "leader" as const,
    mode: mode(),
    equity: chance.whole(20_000, 400_000),
  }));
  const followers = Array.from({ length: chance.whole(1, alone ? 4 : 2) }, (_, index) => ({
    account: AccountId(`follower${index + 1}`),
    venue: VENUE,
    role: "follower" as const,
    mode: mode(),
    equity: chance.pick([200, 5_000, 50_000, 1_000_000]),
  }));
  return [...leaders, ...followers];
}

/** Drawn apart, so that a seed's history is otherwise the same with and without them. */
export function withLimits(chance: SeededChance, accounts: WorldParts["accounts"]): WorldParts["accounts"] {
  if (chance.hits(0.7)) return accounts;
  return accounts.map((account) =>
    account.role === "leader" ? account : { ...account, limits: drawLimits(chance) },
  );
}

export function drawLimits(chance: SeededChance): RiskLimits {
  const exposure = (...shares: readonly string[]) =>
    chance.hits(0.3) ? null : { share: chance.pick(shares), measure: "gross" as const };
  return {
    ...NO_LIMITS,
    portfolioExposure: exposure("0.5", "2", "10"),
    symbolExposure: exposure("0.3", "1.5"),
    freeMarginReserve: chance.hits(0.5) ? "0.05" : null,
    ordersPerMinute: chance.pick([null, 5, 600]),
  };
}

export const LIMITS_SEED = 1_000_003;
export const WORK_SEED = 2_000_003;

/** Short, so that much of it is over within a history. */
export function drawWork(chance: SeededChance): WorkTerms | null {
  if (chance.hits(0.75)) return null;
  const slices = chance.whole(1, 5);
  return {
    above: chance.pick(["10", "500", "5000"]),
    slices,
    overMs: slices * chance.pick([1_000, 3_000]),
    chase: chance.hits(0.7),
    crossAfterMs: chance.pick([null, 0, 700]),
    exits: chance.hits(0.5),
  };
}

export function drawAllocations(
  chance: SeededChance,
  accounts: WorldParts["accounts"],
  copying: Copying,
): Allocation[] {
  const leaders = accounts.filter(({ role }) => role === "leader").map(({ account }) => account);
  const followers = accounts.filter(({ role }) => role === "follower").map(({ account }) => account);
  if (copying === "pending")
    return drawAllocations(chance, accounts, leaders.length < 2 ? "one-leader" : "several-leaders").map(
      (one) => drawPending(chance, one),
    );
  if (copying === "one-leader" || (isRuledBy(copying) && leaders.length < 2)) {
    return followers.map((follower, index) =>
      drawAllocation(chance, leaders[index % leaders.length] ?? AccountId(""), follower, FILTERS_ALONE),
    );
  }
  return followers.flatMap((follower) => {
    const left = leaders.length > 2 && chance.hits(0.3) ? chance.pick(leaders) : null;
    return leaders
      .filter((leader) => leader !== left)
      .map((leader) => drawAllocation(chance, leader, follower, FILTERS_SHARED))
      .map((allocation) => (copying === "by-hand" ? drawApproval(chance, allocation) : allocation));
  });
}

/** Short, so that many are over before they are answered. */
function drawApproval(chance: SeededChance, allocation: Allocation): Allocation {
  return { ...allocation, autoCopy: chance.hits(0.3), proposalExpiresMs: chance.whole(200, 20_000) };
}

function drawAllocation(
  chance: SeededChance,
  leader: AccountId,
  follower: AccountId,
  filters: readonly (readonly string[])[],
): Allocation {
  return {
    ...plainAllocation(leader, follower),
    sizing: drawSizing(chance),
    positionScaling: chance.pick(["1", "1", "0.5"]),
    minimumPolicy: drawPolicy(chance),
    symbols: chance.hits(0.8) ? null : chance.pick(filters),
    delayMs: chance.hits(0.8) ? 0 : 2_000,
    startMode: chance.hits(0.8) ? "all" : "new-only",
    leverageMax: chance.pick(["5", "10", "25"]),
  };
}

const FILTERS_ALONE = [["BTCUSDT", "DOGEUSDT"]] as const;
/** Overlapping ones, and ones that have nothing in common. */
const FILTERS_SHARED = [["BTCUSDT", "DOGEUSDT"], ["BTCUSDT"], ["DOGEUSDT", "1000PEPEUSDT"]] as const;

function drawSizing(chance: SeededChance): SizingRule {
  if (chance.hits(0.3)) return { kind: "equity-proportional", rebalanceBand: "0.1" };
  return { kind: "multiplier", multiplier: chance.pick(["1", "0.5", "0.1", "0.037", "2", "0.001"]) };
}

function drawPolicy(chance: SeededChance): MinimumPolicy {
  const kind = chance.pick(["accumulate", "accumulate", "skip", "round-up"] as const);
  return kind === "round-up" ? { kind, excessMax: chance.pick(["0.5", "1", "20"]) } : { kind };
}

export function drawFaults(chance: SeededChance): Faults {
  if (chance.hits(0.3)) return NO_FAULTS;
  const rate = (most: number): number => (chance.hits(0.5) ? 0 : chance.next() * most);
  return {
    requestLost: rate(0.3),
    answerLost: rate(0.4),
    rateLimited: rate(0.2),
    latencyMaxMs: chance.pick([5, 50, 800]),
    heldUp: rate(0.15),
    partialFills: rate(0.4),
    streamDropped: rate(0.4),
    streamDoubled: rate(0.4),
    streamDelayMaxMs: chance.pick([3, 60, 900]),
    readLagMaxMs: chance.pick([0, 100, 700]),
    readLost: rate(0.4),
  };
}
