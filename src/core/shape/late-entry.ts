/**
 * What a leader opened before we could follow, under start mode not-worse: taken only where the present price is not worse
 * than what the leader paid on average, and given up otherwise. Without a price of this moment it waits for one.
 */
import type { Holding } from "../holding.ts";
import { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { priceText } from "../model/instrument.ts";
import { presentTicks } from "../quotes.ts";
import type { Objection } from "../risk/check-risk.ts";
import type { Copy, CopyLeg, State } from "../state.ts";
import { unitsPerLeaderUnit } from "./symbol-map.ts";

/** `wantedLots` of a leg grew from `before` by something that is late: by so much, unsigned. */
export function growth(before: Lots, { wantedLots }: CopyLeg): Lots {
  const same = Math.sign(before) === Math.sign(wantedLots);
  return Lots(Math.max(Math.abs(wantedLots) - (same ? Math.abs(before) : 0), 0));
}

export function checkLateEntry(state: State, copy: Copy, part: CopyLeg): Objection | null {
  const late = outstanding(part);
  if (late === 0 || copy.allocation.startMode !== "not-worse") return null;
  const side = Math.sign(part.wantedLots);
  const { instrument } = copy.market;
  const ticks = presentTicks(state, instrument, side);
  if (ticks === null) return { reason: "no-price", detail: { lateLots: late } };
  const price = priceText(instrument, ticks);
  const entry = leaderEntry(copy, side);
  if (entry !== null && !isWorse(copy, { price, entry }, side)) return null;
  const detail = { price, leaderEntry: entry ?? "", lateLots: late };
  return { reason: "late-entry", detail, room: missingLots(part) - late, waive: true };
}

/** Late lots that are not held yet: what is late is bought last. */
export function outstanding(part: CopyLeg): Lots {
  return Lots(Math.min(part.lateLots, missingLots(part)));
}

function missingLots({ waivedLots, stoppedLots, heldLots, wantedLots }: CopyLeg): number {
  const held = Math.sign(heldLots) === Math.sign(wantedLots) ? Math.abs(heldLots) : 0;
  return Math.max(Math.abs(wantedLots) - Math.abs(waivedLots) - Math.abs(stoppedLots) - held, 0);
}

/** The leader's average entry price of the position that gives the follower's `side`; null where the venue tells none. */
function leaderEntry({ leader, leaderInstrument, allocation }: Copy, side: number): string | null {
  const leaderSide = allocation.inverse ? -side : side;
  const fitting = (holding: Holding) => Math.sign(holding.lots) === leaderSide;
  const held = [...(leader.holdings.get(leaderInstrument.id)?.values() ?? [])].find(fitting);
  return held?.entryTicks == null ? null : priceText(leaderInstrument, held.entryTicks);
}

/** The follower's price counts for as many of its units as make one of the leader's. */
function isWorse(
  { allocation, leaderInstrument, market }: Copy,
  { price, entry }: { readonly price: string; readonly entry: string },
  side: number,
): boolean {
  const units = unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument);
  return Decimal.parse(price).times(units).compare(Decimal.parse(entry)) * side > 0;
}
