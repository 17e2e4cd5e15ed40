/**
 * What could be known of a trader at a moment of the past, for whoever decides then: daily returns of a follower after its costs,
 * finished trips and capital, from the fills of the days that were over. Nothing that came later is read.
 */
import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import { utcDay } from "../../analytics/equity/days.ts";
import { type CopySources, followerNetReturns } from "../copying/follower-net.ts";
import { type EvidenceInput, type TraderEvidence, traderEvidence } from "../evidence.ts";
import { hasFigures, judgedRecord, verdictOf } from "../verdict.ts";
import { fillsBefore } from "./record-then.ts";

export interface KnownThen {
  /** UTC day, counted from 1970, of the first return. */
  readonly firstDay: number;
  /** Of a follower, one a day without a gap until the day of the last fill. */
  readonly returns: Float64Array;
  /** Finished, and seen whole. */
  readonly trips: number;
  /** What the trader's capital had come to, in the asset of profit: stated or estimated, with all profit since; above zero. */
  readonly capital: number;
  /** The largest value held on an average day over the capital. */
  readonly leverage: number;
  /** What all of it was made from. */
  readonly evidence: TraderEvidence;
}

/** `quality`: as it was known then. */
export interface KnownInput extends Omit<EvidenceInput, "marks" | "equity" | "transfers"> {
  readonly sources: CopySources;
  readonly settings: CopySettings;
}

/** Any record will do here: how much of one is enough is for the strategy to say. */
const NO_NEEDS = { days: 1, trips: 0 };

/** Null where no figure could be made of what was known, or nothing of the capital was left. `untilMs` begins a UTC day. */
export async function knownThen(input: KnownInput, untilMs: number): Promise<KnownThen | null> {
  const { trader, quality, sources, settings } = input;
  const fills = () => fillsBefore(input.fills(), untilMs);
  const evidence = await traderEvidence({ trader, fills, marks: sources.marks, equity: null, quality });
  if (evidence === null) return null;
  if (!hasFigures(verdictOf(trader, judgedRecord(evidence), NO_NEEDS))) return null;
  const { base, pnl, days, dailyPeaks, trips } = evidence;
  const capital = pnl.reduce((sum, profit) => sum + profit, base);
  if (!(capital > 0)) return null;
  const net = await followerNetReturns({ ...sources, trader, evidence, fills }, settings);
  const peaks = dailyPeaks.reduce((sum, peak) => sum + peak, 0) / dailyPeaks.length;
  return {
    firstDay: utcDay(Date.parse(days[0] ?? "")),
    returns: net.returns,
    trips: trips.length,
    capital,
    leverage: peaks / capital,
    evidence,
  };
}
