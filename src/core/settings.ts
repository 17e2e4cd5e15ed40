/**
 * What the user decided, as the core reads it: who copies whom, and how. Journaled whole at each start and each
 * change. Made by config (and later by commands); amounts are decimal strings.
 */
import { type AccountId, AllocationId, type VenueId } from "./model/identifiers.ts";

/** What to do with an order below the venue's minimum. */
export type MinimumPolicy =
  /** Leave the difference until, with later changes, it reaches the minimum. */
  | { readonly kind: "accumulate" }
  /** Do not copy that part of the change, not later either. */
  | { readonly kind: "skip" }
  /** Raise the order to the minimum when that is at most `excessMax` times the wanted quantity more (1 = double). */
  | { readonly kind: "round-up"; readonly excessMax: string };

export type SizingRule =
  /** target = multiplier x positionScaling x leader's size. */
  | { readonly kind: "multiplier"; readonly multiplier: string }
  /** target = follower's equity / leader's equity x positionScaling x leader's size. */
  | { readonly kind: "equity-proportional"; readonly rebalanceBand: string };

export interface Allocation {
  readonly id: AllocationId;
  readonly leader: AccountId;
  readonly follower: AccountId;
  readonly sizing: SizingRule;
  readonly positionScaling: string;
  readonly minimumPolicy: MinimumPolicy;
  /** Symbols to copy; null means all. */
  readonly symbols: readonly string[] | null;
  /** Increases of risk wait this long; 0 is at once. */
  readonly delayMs: number;
  /** Copy what the leader already holds when the allocation begins. */
  readonly copyExisting: boolean;
  /** Follow the leader's leverage, never above this. */
  readonly leverageMax: string;
}

/** Copies everything at the leader's own size, at once, under a leverage of ten. Whoever wants otherwise says only that. */
export function plainAllocation(leader: AccountId, follower: AccountId): Allocation {
  return {
    id: AllocationId(leader, follower),
    leader,
    follower,
    sizing: { kind: "multiplier", multiplier: "1" },
    positionScaling: "1",
    minimumPolicy: { kind: "accumulate" },
    symbols: null,
    delayMs: 0,
    copyExisting: true,
    leverageMax: "10",
  };
}

export interface AccountSettings {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly role: "leader" | "follower";
  /** Filled inside, on the venue's prices: what it holds is not at the venue. */
  readonly paper?: true;
}

/** Where an account's positions are. What we own in one place says nothing about another. */
export function placeOf({ venue, paper }: AccountSettings): string {
  return paper === true ? `paper ${venue}` : venue;
}

export interface Settings {
  readonly accounts: readonly AccountSettings[];
  readonly allocations: readonly Allocation[];
  /** Leader data without confirmation for longer than this opens no risk. */
  readonly leaderStaleAfterMs: number;
  /** The same for what we know of a follower. */
  readonly followerStaleAfterMs: number;
  /** How often every account's whole state is read and compared. */
  readonly snapshotIntervalMs: number;
  /** Validity of an order request at the venue, from its time-stamp. */
  readonly orderWindowMs: number;
}
