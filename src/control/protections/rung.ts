/** A protection, and the settings of it that are tried. */
import type { GuardKey, GuardTerms } from "../../config.ts";
import type { GuardKind } from "../../core/guard/stop.ts";

export const PROTECTIONS = [
  "loss_tiers",
  "daily_loss",
  "account_drawdown",
  "leader_stop",
  "trailing_stop",
  "leader_replacement",
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
}

export interface Ladder {
  readonly protection: ProtectionName;
  readonly key: GuardKey;
  /** What is in force, in words; null where it is not in use. */
  readonly inUse: string | null;
  /** Where that is set. */
  readonly source: string;
  readonly without: GuardTerms;
  readonly rungs: readonly Rung[];
  /** Whose stops are its strikes; null: those of all. */
  readonly guard: GuardKind | null;
}
