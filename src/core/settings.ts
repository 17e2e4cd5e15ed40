/**
 * What the user decided, as the core reads it: who copies whom, and how. Journaled whole at each start and each
 * change. Made by config (and later by commands); amounts are decimal strings.
 */
import type { AccountGuards, RelationGuards } from "./guard/guard-settings.ts";
import { type AccountId, AllocationId, type VenueId } from "./model/identifiers.ts";
import type { Period } from "./model/periods.ts";
import type { RiskLimits } from "./risk-settings.ts";
import type { WorkTerms } from "./slicing/terms.ts";

/** What to do with an order below the venue's minimum. */
export type MinimumPolicy =
  /** Leave the difference until, with later changes, it reaches the minimum. */
  | { readonly kind: "accumulate" }
  /** Do not copy that part of the change, not later either. */
  | { readonly kind: "skip" }
  /** Raise the order to the minimum when that is at most `excessMax` times the wanted quantity more (1 = double). */
  | { readonly kind: "round-up"; readonly excessMax: string };

/** What counts as the follower's capital, and what of the leader's it is compared with. */
export type CapitalBase =
  /** Equity with equity: open profit and loss included. */
  | { readonly kind: "equity" }
  /** Wallet balance with wallet balance: without open profit and loss. */
  | { readonly kind: "balance" }
  /** What is free when the leader opens, with the leader's equity; kept until the leader is flat, as copying uses it up. */
  | { readonly kind: "free-margin" }
  /** So much of the settle coin, with the leader's equity. */
  | { readonly kind: "fixed-sum"; readonly amount: string };

/** How large a follower's position is. `positionScaling` is a factor on each of them. One file each in sizing/. */
export type SizingRule =
  /** multiplier x leader's size. */
  | { readonly kind: "multiplier"; readonly multiplier: string }
  /** follower's capital / leader's capital x leader's size. Without a base (as earlier versions journaled it): equity. */
  | { readonly kind: "equity-proportional"; readonly rebalanceBand: string; readonly capital?: CapitalBase }
  /** `notional` of the settle coin per position at the price of its opening x leader's size / its largest since it was flat. */
  | { readonly kind: "fixed-notional"; readonly notional: string }
  /** `quantity` of the base coin per position x leader's size / its largest since it was flat. */
  | { readonly kind: "fixed-quantity"; readonly quantity: string }
  /** As equity-proportional, times volatility target / leader's annual volatility, at most `factorMax`. */
  | {
      readonly kind: "volatility-target";
      /** Annual, as a share: "0.2" is 20 %. */
      readonly volatility: string;
      readonly factorMax: string;
      /** A measurement older than this sizes nothing. */
      readonly evidenceMaxAgeMs: number;
      readonly rebalanceBand: string;
      readonly capital: CapitalBase;
    };

export type SizingKind = SizingRule["kind"];
export type RuleOf<Kind extends SizingKind> = Extract<SizingRule, { readonly kind: Kind }>;

/** What is otherwise for some symbols of an allocation. Of several that fit, the most exact that states a value gives it. */
export interface SymbolOverride {
  /** A symbol as the leader's venue writes it; `*` stands for any characters. */
  readonly pattern: string;
  /** Sizes these symbols in place of the allocation's rule. */
  readonly sizing?: RuleOf<"multiplier" | "fixed-notional" | "fixed-quantity">;
  readonly leverageMax?: string;
  readonly slippageBpsMax?: string;
  /** In the settle coin, as for the allocation. */
  readonly orderNotionalMax?: string;
  readonly symbolNotionalMax?: string;
}

/** Which of a leader's positions are copied: its longs, its shorts, or both. */
export type CopySide = "both" | "long" | "short";

/** Another name of an instrument at the follower's venue; one unit of the leader's is `units` (decimal) of the follower's. */
export interface MappedSymbol {
  readonly symbol: string;
  readonly units: string;
}

/** A stretch of the week in UTC in which risk may grow. */
export interface TradingWindow {
  /** Days on which it begins: 0 is Sunday, 6 Saturday. */
  readonly days: readonly number[];
  /** Minutes of the day; it ends before `toMinute`, on the next day when that is not above `fromMinute`. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** What to do with positions that the leader opened before we could follow. */
export type StartMode =
  /** Only what the leader opens from now on. */
  | "new-only"
  /** All of it, at the present price. */
  | "all"
  /** What costs no more now than the leader paid on average. */
  | "not-worse";

/** What becomes of copies when their allocation ends. */
export type StopMode =
  | "close"
  /** They are the owner's from then on. */
  | "leave"
  /** They go down with the leader's position until they are flat. */
  | "with-leader";

/** What becomes of an increase when the price has run away beyond the cap on slippage (entry/slippage.ts). */
export type Runaway =
  /** It is given up. */
  | "skip"
  /** It waits at the leader's price for a time. */
  | "rest"
  /** What is to be had within the cap is taken, and the rest is given up. */
  | "take";

/** Which leverage a follower's positions get: the leader's, a stated one, or whatever the owner has set. */
export type LeverageRule =
  | { readonly kind: "follow" }
  | { readonly kind: "fixed"; readonly leverage: string }
  | { readonly kind: "leave" };

export interface Allocation {
  readonly id: AllocationId;
  readonly leader: AccountId;
  readonly follower: AccountId;
  readonly sizing: SizingRule;
  readonly positionScaling: string;
  readonly minimumPolicy: MinimumPolicy;
  /** Symbols of the leader to copy, `*` for any letters; null means all. */
  readonly symbols: readonly string[] | null;
  /** A second list that they must be on too (the leader's own, where it cannot be merged into the first). */
  readonly symbolsWithin: readonly string[] | null;
  /** Symbols not to copy, whatever the other lists say. */
  readonly symbolsDenied: readonly string[];
  /** By the leader's symbol, where the follower's venue names it otherwise. */
  readonly symbolMap: Readonly<Record<string, MappedSymbol>>;
  readonly side: CopySide;
  /** Hold the opposite of what the leader holds. */
  readonly inverse: boolean;
  /** When risk may grow; null means always. */
  readonly tradingHours: readonly TradingWindow[] | null;
  /** Most positions open at a time: of this allocation, and of the follower as a whole; null means no limit. */
  readonly positionsMax: number | null;
  readonly followerPositionsMax: number | null;
  /** Whether increases are copied without asking; else each waits as a proposal for `proposalExpiresMs`. */
  readonly autoCopy: boolean;
  readonly proposalExpiresMs: number;
  /** Increases of risk wait this long; 0 is at once. */
  readonly delayMs: number;
  /** Whether the leader's take profits and stop losses rest as orders of the follower's own, too (mirror/stops.ts). */
  readonly copyStops: boolean;
  /** Whether the leader's orders that wait to open or to add rest as orders of the follower's own, too (pending/). */
  readonly copyPending: boolean;
  /** Increases pay at most so many basis points more than the leader did; null means at market, whatever the price. */
  readonly slippageBpsMax: string | null;
  readonly onRunaway: Runaway;
  /** How long an increase rests at the leader's price (`rest`). */
  readonly restMs: number;
  /** An increase that the leader executed longer ago is given up; null means never. */
  readonly entryDelayMaxMs: number | null;
  /** An exit at a price that is worse than the leader's by more basis points is told; null means never. */
  readonly exitSlippageBpsAlert: string | null;
  /** Whether the leader's limit exits rest at the follower's venue, too (entry/exit-parity.ts). */
  readonly exitParity: boolean;
  /** How long ours goes on resting after the leader's filled. */
  readonly exitRestMs: number;
  /** Which large changes are worked, and how (slicing/); null means none. */
  readonly work: WorkTerms | null;
  readonly startMode: StartMode;
  readonly stopMode: StopMode;
  readonly leverage: LeverageRule;
  /** Never a leverage above this. */
  readonly leverageMax: string;
  /** Whether the follower's account gets the margin mode of the leader's (margin-mode.ts); absent: it is left alone. */
  readonly marginMode?: "follow";
  readonly overrides: readonly SymbolOverride[];
  /** In the settle coin: most that one change adds, that is held in one instrument, and in all; null means no cap. */
  readonly orderNotionalMax: string | null;
  readonly symbolNotionalMax: string | null;
  readonly leaderNotionalMax: string | null;
  /** What ends the relation, or one of its positions, at a loss. */
  readonly guards: RelationGuards;
}

const NO_RELATION_GUARDS: RelationGuards = { stopLoss: null, positionStop: null, allocatedCapital: null };

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
    symbolsWithin: null,
    symbolsDenied: [],
    symbolMap: {},
    side: "both",
    inverse: false,
    tradingHours: null,
    positionsMax: null,
    followerPositionsMax: null,
    autoCopy: true,
    proposalExpiresMs: 15 * 60_000,
    delayMs: 0,
    copyStops: false,
    copyPending: false,
    slippageBpsMax: null,
    onRunaway: "skip",
    restMs: 60_000,
    entryDelayMaxMs: null,
    exitSlippageBpsAlert: null,
    exitParity: false,
    exitRestMs: 10_000,
    work: null,
    startMode: "all",
    stopMode: "close",
    leverage: { kind: "follow" },
    leverageMax: "10",
    overrides: [],
    orderNotionalMax: null,
    symbolNotionalMax: null,
    leaderNotionalMax: null,
    guards: NO_RELATION_GUARDS,
  };
}

/** An allocation as an earlier version of the program recorded it: what it did not know is absent. */
type RecordedAllocation = Partial<Allocation> &
  Pick<Allocation, "leader" | "follower"> & { readonly copyExisting?: boolean };

/** Settings of any version of the journal, with the neutral value for what their version did not know. */
export function completed(settings: Settings): Settings {
  return { ...settings, allocations: settings.allocations.map(completedAllocation) };
}

export function completedAllocation({ copyExisting, ...recorded }: RecordedAllocation): Allocation {
  const startMode = copyExisting === false ? "new-only" : "all";
  return { ...plainAllocation(recorded.leader, recorded.follower), startMode, ...recorded };
}

/** Whether an allocation copies something of what the leader has resting, so that its own orders are to be told. */
export function followsOrders({ allocations }: Settings, leader: AccountId): boolean {
  return allocations.some((allocation) => allocation.leader === leader && mirrorsOrders(allocation));
}

export function mirrorsOrders({ copyStops, exitParity, copyPending }: Allocation): boolean {
  return copyStops || exitParity || copyPending;
}

export interface AccountSettings {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly role: "leader" | "follower";
  /** Filled inside, on the venue's prices: what it holds is not at the venue. */
  readonly paper?: true;
  /** Limits of a follower; absent in settings of earlier versions, and then there are none. */
  readonly limits?: RiskLimits;
  /** A follower's: what is watched while it holds positions. Absent: nothing. */
  readonly guards?: AccountGuards;
}

export const PAPER_PLACE = "paper ";

/** Where an account's positions are. What we own in one place says nothing about another. */
export function placeOf({ venue, paper }: AccountSettings): string {
  return paper === true ? `${PAPER_PLACE}${venue}` : venue;
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
  /** What figures of the past are told by; nothing is decided by it. Absent: none of it, as in settings of earlier versions. */
  readonly bookkeeping?: Bookkeeping;
}

export interface Bookkeeping {
  /** Which strategy chooses a follower's leaders; those that are left out choose themselves. */
  readonly strategies: readonly { readonly follower: AccountId; readonly strategy: string }[];
  /** What leaders earn of what they bring in. */
  readonly performanceFees: readonly PerformanceFee[];
}

export interface PerformanceFee {
  readonly leader: AccountId;
  /** Decimal text: "0.1" is 10 % of what is above the mark. */
  readonly rate: string;
  /** After which it is settled, in UTC; weeks begin on Mondays. */
  readonly period: Period;
}

/** Before any were given. */
export const NO_SETTINGS: Settings = {
  accounts: [],
  allocations: [],
  leaderStaleAfterMs: 60_000,
  followerStaleAfterMs: 60_000,
  snapshotIntervalMs: 15_000,
  orderWindowMs: 5_000,
};
