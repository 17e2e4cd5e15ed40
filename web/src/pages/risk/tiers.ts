/** Loss tiers as a file holds them and as they are edited. Pure. */
import type { WrittenValue } from "../../api/types.ts";

export const TIER_ACTIONS = ["reduce", "pause", "close", "halt"] as const;
export type TierAction = (typeof TIER_ACTIONS)[number];

export interface Tier {
  /** USDT, as it stands in its field. */
  readonly loss: string;
  readonly action: TierAction;
  /** Of what was held at the first level; for `reduce`. */
  readonly share: string;
}

export interface Tiers {
  /** A plain list: an equal part is cut at each, and the largest closes everything. */
  readonly isEqual: boolean;
  readonly tiers: readonly Tier[];
}

const SHARE_UNITS = 10_000;

export const NEW_TIER: Tier = { loss: "", action: "reduce", share: "0.5" };

/** Null where it is written in a way that is not understood here: then it is edited as text. */
export function tiersOf(value: WrittenValue): Tiers | null {
  if (value === null || value === undefined) return { isEqual: true, tiers: [] };
  if (!Array.isArray(value)) return null;
  const tiers = value.map(tierOf);
  if (!tiers.every((tier) => tier !== null)) return null;
  return { isEqual: value.every((one) => typeof one !== "object"), tiers };
}

function tierOf(written: unknown): Tier | null {
  if (typeof written === "number" || typeof written === "string")
    return { ...NEW_TIER, loss: String(written) };
  if (typeof written !== "object" || written === null || !("loss_usd" in written)) return null;
  const action = "action" in written ? TIER_ACTIONS.find((one) => one === written.action) : "reduce";
  if (action === undefined) return null;
  const share = "share" in written ? String(written.share) : NEW_TIER.share;
  return { loss: String(written.loss_usd), action, share };
}

/** The same as a plain list means it, said tier by tier: an equal part at each, and the largest closes. */
export function saidOneByOne(tiers: readonly Tier[]): Tiers {
  const rising = [...tiers].sort((one, other) => Number(one.loss) - Number(other.loss));
  // Rounded down, so that they never come to more than all of it.
  const share = String(Math.floor(SHARE_UNITS / Math.max(1, tiers.length)) / SHARE_UNITS);
  return {
    isEqual: false,
    tiers: rising.map(({ loss }, at) => ({
      loss,
      share,
      action: at === rising.length - 1 ? "close" : "reduce",
    })),
  };
}

/** As it is sent; what is no number stays a text, and the server says what is wrong with it. */
export function writtenTiers({ isEqual, tiers }: Tiers): WrittenValue {
  if (isEqual) return tiers.map(({ loss }) => numberOf(loss));
  return tiers.map(({ loss, action, share }) => ({
    loss_usd: numberOf(loss),
    action,
    ...(action === "reduce" ? { share: numberOf(share) } : {}),
  }));
}

function numberOf(text: string): number | string {
  const trimmed = text.trim();
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}
