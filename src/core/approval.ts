/**
 * Approving by hand (`auto_copy: false`): what a copy would add to its position waits as a proposal, one for each allocation,
 * instrument and leg, until the owner approves or declines it, or it expires. Reductions never come here. What was not approved
 * is given up. Pure: the gate reads the state; a decision records what is asked, the owner's answers are commands.
 */
import type { Proposed } from "./decision.ts";
import type { Command } from "./event.ts";
import { type Lots, subtractLots, type Ticks, ZERO_LOTS } from "./model/amounts.ts";
import { lotsFrom } from "./model/instrument.ts";
import { isUnsettled } from "./ownership.ts";
import type { Planned } from "./planned.ts";
import { valuationTicks } from "./quotes.ts";
import { type Objection, objectionToIncrease, roomOf } from "./risk/check-risk.ts";
import type { Copy, CopyLeg, FollowerLeg, FollowerMarket, State } from "./state.ts";
import { leastOf, legTarget } from "./target.ts";

/** What the owner is asked: whether a copy's leg may come to `targetLots`. Later changes of the leader join it. */
export interface Proposal {
  /** Counts over the life of the data folder. */
  readonly id: number;
  readonly atMs: number;
  /** The price when it was first asked; null where none was known. */
  readonly priceTicks: Ticks | null;
  /** Signed, as it was last asked. */
  readonly targetLots: Lots;
  /** Begins anew with each change that asks for more. */
  readonly expiresAtMs: number;
  readonly declined: boolean;
}

/** What keeps growth that nobody approved: `room` is how much of it may go all the same, in lots. */
export type Gate =
  | {
      readonly kind: "waits";
      readonly untilMs: number | "event";
      readonly room: number;
      /** To be recorded, where this growth was not asked for yet. */
      readonly asks: Proposed | null;
    }
  | { readonly kind: "objects"; readonly objection: Objection };

/** Null where nothing has to be approved. `restrained` is what the copy may hold without any growth. */
export function gateOf(
  state: State,
  { copy, part, restrained }: { readonly copy: Copy; readonly part: CopyLeg; readonly restrained: Lots },
  leg: FollowerLeg,
  planned: Planned,
): Gate | null {
  if (!needsApproval(copy, part, restrained)) return null;
  const target = legTarget(part);
  const room = Math.max(approvedSize(part, target) - Math.abs(restrained), 0);
  const { proposal } = part;
  if (proposal === null || leastOf(proposal.targetLots, target) !== target) {
    if (isUnsettled(leg)) return { kind: "waits", untilMs: "event", room, asks: null };
    const blocked = objectionToIncrease(state, leg, { lots: subtractLots(target, restrained), planned });
    if (blocked !== null && roomOf(blocked) === 0 && blocked.reason !== "leverage-above-cap")
      return { kind: "objects", objection: blocked };
    const untilMs = state.nowMs + copy.allocation.proposalExpiresMs;
    const asks = { copy, leg: part.leg, lots: target, expiresAtMs: untilMs };
    return { kind: "waits", untilMs, room, asks };
  }
  if (state.nowMs < proposal.expiresAtMs)
    return { kind: "waits", untilMs: proposal.expiresAtMs, room, asks: null };
  return { kind: "objects", objection: notApproved(proposal, target, room) };
}

/** Whether a proposal of a leg asks for nothing any more. */
export function isMoot(copy: Copy, part: CopyLeg, restrained: Lots): boolean {
  return part.proposal !== null && !needsApproval(copy, part, restrained);
}

function needsApproval({ allocation, active }: Copy, part: CopyLeg, restrained: Lots): boolean {
  if (allocation.autoCopy || !active) return false;
  const target = legTarget(part);
  return Math.abs(target) > Math.max(Math.abs(restrained), approvedSize(part, target));
}

function approvedSize({ approvedLots }: CopyLeg, target: Lots): number {
  return Math.abs(leastOf(approvedLots, target));
}

function notApproved(proposal: Proposal, target: Lots, room: number): Objection {
  const answer = proposal.declined ? "declined" : "expired";
  const detail = { proposal: proposal.id, answer, targetLots: target };
  return { reason: "not-approved", detail, room, waive: true };
}

/** Records what a decision asks: a new proposal, or more under the one that waits. No lots: nothing any more. */
export function notePropose(state: State, { copy, leg, lots, expiresAtMs }: Proposed): void {
  const part = copy.legs.find((candidate) => candidate.leg === leg);
  if (part === undefined) return;
  if (lots === 0) {
    part.proposal = null;
    return;
  }
  const known = part.proposal;
  const joins = known !== null && Math.sign(known.targetLots) === Math.sign(lots) && !known.declined;
  const priceTicks = valuationTicks(state, copy.market.instrument);
  if (!joins) state.proposalSequence += 1;
  const first = joins ? known : { id: state.proposalSequence, atMs: state.nowMs, priceTicks };
  part.proposal = {
    id: first.id,
    atMs: first.atMs,
    priceTicks: first.priceTicks,
    targetLots: lots,
    expiresAtMs,
    declined: false,
  };
}

/** What was given up needs no approval any more. */
export function settleProposal(part: CopyLeg): void {
  const target = legTarget(part);
  if (Math.abs(target) <= Math.abs(leastOf(part.heldLots, target))) part.proposal = null;
}

export interface WaitingProposal {
  readonly market: FollowerMarket;
  readonly copy: Copy;
  readonly part: CopyLeg;
  readonly proposal: Proposal;
}

/** Those that the owner may still answer, in the order in which they were asked. */
export function proposalsOf(state: State): readonly WaitingProposal[] {
  const found: WaitingProposal[] = [];
  for (const market of state.markets) {
    for (const copy of market.copies) {
      for (const part of copy.legs) {
        const { proposal } = part;
        if (proposal === null || proposal.declined || proposal.expiresAtMs <= state.nowMs) continue;
        found.push({ market, copy, part, proposal });
      }
    }
  }
  return found.sort((left, right) => left.proposal.id - right.proposal.id);
}

/** The owner's answer. An approval is for what was seen (`target`), however much the leader added since. */
export function answerProposal(
  state: State,
  answer: Extract<Command, { readonly kind: "approve" | "decline" }>,
): void {
  const found = proposalsOf(state).find(
    ({ proposal, market }) => proposal.id === answer.proposal && market.follower.account === answer.account,
  );
  if (found === undefined) return;
  const { market, part, proposal } = found;
  if (answer.kind === "decline") {
    part.proposal = { ...proposal, declined: true, expiresAtMs: state.nowMs };
    return;
  }
  const seen = lotsFrom(market.instrument, answer.target) ?? ZERO_LOTS;
  part.approvedLots = leastOf(legTarget(part), seen);
}
