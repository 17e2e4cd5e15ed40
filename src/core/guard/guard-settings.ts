/**
 * What the owner wants watched while positions are held, and what is to happen then. Journaled with the settings: those of an
 * account with the account, those of a relation (one leader on one follower) with its allocation. Amounts are decimal texts,
 * shares too ("0.05" is 5 %). Null means off. One file each beside this one.
 */
import type { AccountId } from "../model/identifiers.ts";
import type { Settings } from "../settings.ts";
import type { FollowerMarket, State } from "../state.ts";

/** How long what was stopped stays stopped; null: until it is released. */
export type CoolOffMs = number | null;

/**
 * `pause`: nothing is added until the cool-off ends or it is released. `halt`: the same, but only a release ends it. `close`:
 * everything is closed besides.
 */
export type LimitAction = "pause" | "close" | "halt";

/** A limit on the loss of an account: a share of the equity that it is measured from, or an amount of the settle coin. */
export interface LossLimit {
  readonly limit: { readonly kind: "share" | "amount"; readonly value: string };
  readonly action: LimitAction;
  readonly coolOffMs: CoolOffMs;
}

export interface LossTier {
  /** In the settle coin. */
  readonly loss: string;
  readonly action: "reduce" | LimitAction;
  /** For `reduce`: which part of what was held at the first level. */
  readonly share: Share | null;
}

/** `part` of `whole`, both whole numbers, not negative: 1 of 3. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/** What the loss of an account is measured from. */
export type LossReference = "start" | "day" | "peak";

export interface LossTiers {
  /** From the smallest loss to the largest. */
  readonly levels: readonly LossTier[];
  readonly reference: LossReference;
  readonly coolOffMs: CoolOffMs;
}

export interface LiquidationGuard {
  /** Distance from the mark to the liquidation price as a share of the mark below which it acts. */
  readonly distance: string;
  /** It acts as well when the distance is below this share of the leader's. */
  readonly nearerThanLeader: string;
  /** `mirror` cuts until the distance is the leader's again, `cut` until it is above `distance`. */
  readonly action: "warn" | "cut" | "mirror";
  readonly coolOffMs: CoolOffMs;
}

export interface AccountGuards {
  readonly tiers: LossTiers | null;
  readonly dailyLoss: LossLimit | null;
  readonly drawdown: LossLimit | null;
  readonly liquidation: LiquidationGuard | null;
}

export interface StopLoss {
  /** Of the allocated capital. */
  readonly share: string;
  /** From its start, or from its best result. */
  readonly from: "start" | "peak";
  /** `replace` closes until it is released, and another leader takes its place (replacement.ts). */
  readonly action: "close" | "pause" | "replace";
  readonly coolOffMs: CoolOffMs;
  /** Leaders that may take its place. Absent: none. */
  readonly replacements?: readonly AccountId[];
}

export interface PositionStop {
  /** Of the most that was in the position. */
  readonly share: string;
  readonly coolOffMs: CoolOffMs;
}

export interface RelationGuards {
  readonly stopLoss: StopLoss | null;
  readonly positionStop: PositionStop | null;
  /** Capital that the relation may use, in the settle coin; null: an equal part of the equity at its start. */
  readonly allocatedCapital: string | null;
}

/** What is watched on which follower. */
export function guardsIn({ accounts }: Pick<Settings, "accounts">): ReadonlyMap<AccountId, AccountGuards> {
  const found = new Map<AccountId, AccountGuards>();
  for (const { account, role, guards } of accounts)
    if (role === "follower" && guards !== undefined) found.set(account, guards);
  return found;
}

/** Whether the loss of what is held there is of interest to any guard. */
export function isMarketWatched(
  { guards }: Pick<State, "guards">,
  { follower, copies }: FollowerMarket,
): boolean {
  if (guards.has(follower.account)) return true;
  return copies.some(({ allocation: { guards: own } }) => own.stopLoss !== null || own.positionStop !== null);
}

/** Whether prices are to be told to the core although nobody trades. */
export function isWatched({ guards, settings }: Pick<State, "guards" | "settings">): boolean {
  if (guards.size > 0) return true;
  return settings.allocations.some(
    ({ guards: { stopLoss, positionStop } }) => stopLoss !== null || positionStop !== null,
  );
}
