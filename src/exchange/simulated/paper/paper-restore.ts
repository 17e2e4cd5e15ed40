/**
 * What a paper account held before a restart, read from the engine's recovered state: that is the truth, the paper venue
 * itself keeps nothing. Pure.
 */
import type { Leg } from "../../../core/event.ts";
import type { AccountId, InstrumentId, VenueId } from "../../../core/model/identifiers.ts";
import { priceText, quantityText } from "../../../core/model/instrument.ts";
import { valuationTicks } from "../../../core/quotes.ts";
import { placeOf } from "../../../core/settings.ts";
import type { FollowerLeg, FollowerState, State } from "../../../core/state.ts";

export interface PaperPosition {
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  /** Signed decimal text. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly leverage?: string;
}

export interface PaperRestore {
  /** As last reported. It is what the account is worth when the first prices of its instruments are known. */
  readonly equity: string;
  readonly positions: readonly PaperPosition[];
  /** The highest sequence that the journal knows of this account; the paper venue goes on above it. */
  readonly sequenceFloor: number;
}

/**
 * Null when the journal knows no worth of the account, or knows it in another place (a real one, or at other prices): it
 * begins with its configured balance.
 */
export function paperRestoreOf(state: State, account: AccountId, venue: VenueId): PaperRestore | null {
  const follower = state.followers.get(account);
  if (follower?.equity == null || follower.equity === "") return null;
  if (follower.place !== placeOf({ account, venue, role: "follower", paper: true })) return null;
  return {
    equity: follower.equity,
    positions: legsOf(follower).flatMap((leg) => positionOf(state, leg)),
    sequenceFloor: sequenceFloorOf(follower),
  };
}

function legsOf(follower: FollowerState): readonly FollowerLeg[] {
  return [...follower.markets.values()].flatMap((market) => market.legs);
}

/** The entry price is missing only when the process died between a fill and its position report; a known price stands in. */
function positionOf(state: State, { market, leg, venue }: FollowerLeg): readonly PaperPosition[] {
  const { instrument, leverageHundredths } = market;
  const price = venue.entryTicks ?? valuationTicks(state, instrument);
  if (venue.lots === 0 || price === null) return [];
  const position = {
    instrument: instrument.id,
    leg,
    quantity: quantityText(instrument, venue.lots),
    entryPrice: priceText(instrument, price),
  };
  if (leverageHundredths === null) return [position];
  return [{ ...position, leverage: String(leverageHundredths / 100) }];
}

function sequenceFloorOf(follower: FollowerState): number {
  let floor = 0;
  for (const { venue } of legsOf(follower)) {
    floor = Math.max(floor, venue.confirmedSequence, ...venue.pending.map((fill) => fill.sequence));
  }
  return floor;
}
