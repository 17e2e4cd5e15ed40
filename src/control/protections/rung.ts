/** A protection, and the settings of it that are tried. */
import type { BacktestGuards, GuardKey, GuardTerms } from "../../config.ts";
import type { GuardKind } from "../../core/guard/stop.ts";
import type { AccountId } from "../../core/model/identifiers.ts";

export const PROTECTIONS = [
  "loss_tiers",
  "daily_loss",
  "account_drawdown",
  "leader_stop",
  "trailing_stop",
  "leader_replacement",
  "leader_decay",
  "position_stop",
  "liquidation_guard",
  "cool_off",
] as const;

export type ProtectionName = (typeof PROTECTIONS)[number];

export type RungLabel =
  | "as configured"
  | "example"
  | "tighter"
  | "looser"
  | "longer"
  | "shorter"
  | "close only"
  | "as asked";

export interface Rung {
  readonly label: RungLabel;
  /** In words. */
  readonly rule: string;
  readonly guards: GuardTerms;
  /**
   * Settings that strike before these do, or at the same moment: where they never struck, these do not either, and both ways are one. Null
   * where there are none.
   */
  readonly strikesAfter: GuardTerms | null;
}

export interface Ladder {
  readonly protection: ProtectionName;
  readonly key: GuardKey | "on_decay";
  /** What is in force, in words; null where it is not in use. */
  readonly inUse: string | null;
  /** Where that is set. */
  readonly source: string;
  readonly without: GuardTerms;
  readonly rungs: readonly Rung[];
  /** Whose stops are its strikes; null: those of all. */
  readonly guard: GuardKind | null;
}

export interface LadderQuestion {
  readonly configured: BacktestGuards;
  /** Of the follower at the beginning, decimal text. */
  readonly equity: string;
  /** Who may take the place of a leader where nobody is named. */
  readonly others: readonly AccountId[];
  /** In place of the ladders: settings that were asked for, with the keys that they state. */
  readonly asked: readonly { readonly keys: readonly string[]; readonly guards: GuardTerms }[];
}
