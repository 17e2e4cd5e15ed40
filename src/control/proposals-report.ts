/** What waits for the owner's approval, with the price of then and of now. */
import { proposalsOf, type WaitingProposal } from "../core/approval.ts";
import { Lots, subtractLots } from "../core/model/amounts.ts";
import { priceText, quantityText } from "../core/model/instrument.ts";
import { valuationTicks } from "../core/quotes.ts";
import type { State } from "../core/state.ts";
import { legTarget } from "../core/target.ts";
import { positionIdx } from "./instrument-rows.ts";
import type { ProposalStatus } from "./owner-commands.ts";
import { worthOf } from "./queries.ts";

export function proposalReports(state: State): readonly ProposalStatus[] {
  return proposalsOf(state).map((waiting) => reportOf(state, waiting));
}

function reportOf(state: State, { market, copy, part, proposal }: WaitingProposal): ProposalStatus {
  const { instrument } = market;
  const target = legTarget(part);
  const missing = subtractLots(target, part.heldLots);
  const { priceTicks: then } = proposal;
  const now = valuationTicks(state, instrument);
  return {
    id: proposal.id,
    follower: market.follower.account,
    leader: copy.leader.account,
    symbol: instrument.spec.symbol,
    ...positionIdx(part.leg),
    side: missing > 0 ? "buy" : "sell",
    quantity: quantityText(instrument, Lots(Math.abs(missing))),
    held: quantityText(instrument, part.heldLots),
    target: quantityText(instrument, target),
    value: worthOf(state, instrument, missing),
    priceThen: then === null ? "" : priceText(instrument, then),
    priceNow: now === null ? "" : priceText(instrument, now),
    askedAtMs: proposal.atMs,
    expiresAtMs: proposal.expiresAtMs,
  };
}
