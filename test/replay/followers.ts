/**
 * The followers that copy the leaders of a replay. One leader alone: 1,000 to 1,000,000 USDT, by every sizing rule, in both
 * position modes, with every policy for orders below the venue's minimum; one of them has too little money on purpose. Several
 * leaders: all of them on each follower, each leader by another rule.
 */
import type { PositionMode } from "../../src/core/event.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import {
  type Allocation,
  type MinimumPolicy,
  plainAllocation,
  type SizingKind,
  type SizingRule,
} from "../../src/core/settings.ts";
import { NOTIONAL, PROPORTIONAL, proportional, QUANTITY, SIZINGS, times, VOLATILITY } from "./sizings.ts";
import { LEADER } from "./stage.ts";

export interface FollowerSetup {
  readonly name: string;
  readonly balance: string;
  readonly mode: PositionMode;
  readonly allocations: readonly Allocation[];
  /** Whether its owner closes some of what we opened. */
  readonly ownerInterferes: boolean;
}

interface Style {
  readonly name: string;
  readonly balance: string;
  readonly sizing: SizingRule;
  readonly positionScaling: string;
  readonly minimumPolicy: MinimumPolicy;
  /** Whether it keeps positions otherwise than the follower before it. */
  readonly isTurned: boolean;
}

const ACCUMULATE = { kind: "accumulate" } as const;
const SKIP = { kind: "skip" } as const;
const ROUND_UP = { kind: "round-up", excessMax: "1" } as const;

const STYLES: readonly Style[] = [
  style("small-proportional", "1000", PROPORTIONAL, ACCUMULATE, false),
  style("small-multiplier", "1000", times("0.01"), SKIP, true),
  style("small-greedy", "1000", times("1"), ACCUMULATE, true),
  style("middle-multiplier", "30000", times("0.3"), ROUND_UP, false),
  { ...style("middle-proportional", "30000", PROPORTIONAL, ACCUMULATE, true), positionScaling: "2" },
  style("large-multiplier", "1000000", times("3"), ACCUMULATE, true),
  style("large-proportional", "1000000", PROPORTIONAL, SKIP, false),
];

/** What else there is to size by; a pair of them for each leader, all of them over a few. */
const FURTHER_STYLES: readonly Style[] = [
  style("balance-proportional", "100000", proportional({ kind: "balance" }), ACCUMULATE, false),
  style("fixed-notional", "300000", NOTIONAL, ACCUMULATE, true),
  style("margin-proportional", "100000", proportional({ kind: "free-margin" }), SKIP, true),
  style("fixed-quantity", "300000", QUANTITY, ROUND_UP, false),
  style("sum-proportional", "100000", proportional({ kind: "fixed-sum", amount: "70000" }), ROUND_UP, true),
  style("volatility-target", "300000", VOLATILITY, ACCUMULATE, false),
];

function style(
  name: string,
  balance: string,
  sizing: SizingRule,
  minimumPolicy: MinimumPolicy,
  isTurned: boolean,
): Style {
  return { name, balance, sizing, positionScaling: "1", minimumPolicy, isTurned };
}

/** Of one leader: `turn` swaps the position modes, and picks the further styles, so that over many leaders all meet. */
export function followersOf(turn: number, only?: SizingKind): readonly FollowerSetup[] {
  const chosen =
    only === undefined
      ? [...STYLES, ...FURTHER_STYLES.filter((_, place) => Math.floor(place / 2) === turn % 3)]
      : [...STYLES, ...FURTHER_STYLES].filter(({ sizing }) => sizing.kind === only);
  return chosen.map((one) => {
    const { name, balance, sizing, positionScaling, minimumPolicy, isTurned } = one;
    const plain = plainAllocation(LEADER, AccountId(name));
    const allocations = [{ ...plain, sizing, positionScaling, minimumPolicy }];
    const mode = isTurned === (turn % 2 === 0) ? "hedge" : "one-way";
    return { name, balance, mode, allocations, ownerInterferes: false };
  });
}

interface SharedStyle {
  readonly name: string;
  readonly balance: string;
  readonly mode: PositionMode;
  readonly scaling: string;
  readonly minimumPolicy: MinimumPolicy;
  readonly ownerInterferes: boolean;
}

const SHARED_STYLES: readonly SharedStyle[] = [
  shared("all-one-way", "1000000", "one-way", ACCUMULATE),
  shared("all-hedge", "1000000", "hedge", ROUND_UP),
  { ...shared("all-with-owner", "1000000", "one-way", ACCUMULATE), ownerInterferes: true },
  { ...shared("all-poor", "5000", "hedge", SKIP), scaling: "0.3" },
];

function shared(
  name: string,
  balance: string,
  mode: PositionMode,
  minimumPolicy: MinimumPolicy,
): SharedStyle {
  return { name, balance, mode, scaling: "0.5", minimumPolicy, ownerInterferes: false };
}

/** Each copies all `leaders`: by the rules in turn, or by those of one kind. */
export function sharedFollowersOf(
  leaders: readonly AccountId[],
  only?: SizingKind,
): readonly FollowerSetup[] {
  const rules = SIZINGS.filter(({ rule }) => only === undefined || rule.kind === only);
  return SHARED_STYLES.map(({ name, balance, mode, scaling, minimumPolicy, ownerInterferes }) => {
    const allocations = leaders.map((leader, place) => ({
      ...plainAllocation(leader, AccountId(name)),
      sizing: rules[place % rules.length]?.rule ?? times("1"),
      positionScaling: scaling,
      minimumPolicy,
    }));
    return { name, balance, mode, allocations, ownerInterferes };
  });
}
