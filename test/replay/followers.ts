/**
 * The followers that copy each replayed leader: 1,000 to 1,000,000 USDT, by multiplier and in proportion to equity, in both
 * position modes, with every policy for orders below the venue's minimum. One of them has too little money on purpose.
 */
import type { PositionMode } from "../../src/core/event.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import {
  type Allocation,
  type MinimumPolicy,
  plainAllocation,
  type SizingRule,
} from "../../src/core/settings.ts";

export interface FollowerSetup {
  readonly name: string;
  readonly balance: string;
  readonly mode: PositionMode;
  readonly allocation: Allocation;
}

export const LEADER = AccountId("leader");

interface Style {
  readonly name: string;
  readonly balance: string;
  readonly sizing: SizingRule;
  readonly positionScaling: string;
  readonly minimumPolicy: MinimumPolicy;
  /** Whether it keeps positions otherwise than the follower before it. */
  readonly isTurned: boolean;
}

const PROPORTIONAL = { kind: "equity-proportional", rebalanceBand: "0.1" } as const;
const ACCUMULATE = { kind: "accumulate" } as const;

const STYLES: readonly Style[] = [
  style("small-proportional", "1000", PROPORTIONAL, ACCUMULATE, false),
  style("small-multiplier", "1000", times("0.01"), { kind: "skip" }, true),
  style("small-greedy", "1000", times("1"), ACCUMULATE, true),
  style("middle-multiplier", "30000", times("0.3"), { kind: "round-up", excessMax: "1" }, false),
  { ...style("middle-proportional", "30000", PROPORTIONAL, ACCUMULATE, true), positionScaling: "2" },
  style("large-multiplier", "1000000", times("3"), ACCUMULATE, true),
  style("large-proportional", "1000000", PROPORTIONAL, { kind: "skip" }, false),
];

function times(multiplier: string): SizingRule {
  return { kind: "multiplier", multiplier };
}

function style(
  name: string,
  balance: string,
  sizing: SizingRule,
  minimumPolicy: MinimumPolicy,
  isTurned: boolean,
): Style {
  return { name, balance, sizing, positionScaling: "1", minimumPolicy, isTurned };
}

/** `turn` 0 or 1 swaps the position modes, so that both meet every style over many leaders. */
export function followersOf(turn: number): readonly FollowerSetup[] {
  return STYLES.map((one) => {
    const isHedge = one.isTurned === (turn % 2 === 0);
    return {
      name: one.name,
      balance: one.balance,
      mode: isHedge ? "hedge" : "one-way",
      allocation: allocationOf(one),
    };
  });
}

function allocationOf({ name, sizing, positionScaling, minimumPolicy }: Style): Allocation {
  const follower = AccountId(name);
  return {
    ...plainAllocation(LEADER, follower),
    sizing,
    positionScaling,
    minimumPolicy,
  };
}
