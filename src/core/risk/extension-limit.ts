/**
 * Limits of the owner's own, asked last: about the very order that would go. They may deny it or make it smaller, nothing else,
 * and reductions never come here. The functions are handed in with the composition; a decision records what they said, so that
 * recovery never runs them and a replay decides the same without them.
 */
import type { DecisionDraft } from "../decision.ts";
import { meetMinimum } from "../minimum.ts";
import { Lots } from "../model/amounts.ts";
import type { AccountId } from "../model/identifiers.ts";
import { toWholeSteps } from "../model/instrument.ts";
import type { Planned } from "../planned.ts";
import type { ReasonDetail, ReasonKind } from "../reason.ts";
import type { FollowerLeg, State } from "../state.ts";
import type { Objection } from "./check-risk.ts";

/** An order that every limit of the core lets pass. */
export interface AskedIncrease {
  readonly leg: FollowerLeg;
  /** Signed: + buys, - sells. */
  readonly lots: Lots;
  /** Whose changes it follows. */
  readonly leaders: readonly AccountId[];
  /** What this decision adds elsewhere. */
  readonly planned: Planned;
}

/** What one of the owner's limits has against an increase. */
export interface LimitVerdict {
  /** Its name. */
  readonly limit: string;
  /** It gave no answer that counts (it threw, took too long, made no sense). */
  readonly failed: boolean;
  /** How many lots may go all the same, 0 or more. */
  readonly room: number;
  /** What may not go is given up, so that it is not bought later at another price. */
  readonly givesUp: boolean;
  readonly detail: ReasonDetail;
}

/** Reads the state and changes nothing. Null: no objection. */
export type OwnLimits = (state: State, increase: AskedIncrease) => LimitVerdict | null;

export const NO_OWN_LIMITS: OwnLimits = () => null;

/** As they stood when the leg was last decided on, without asking anybody: for telling what stands. */
export const limitsAsTheyStand: OwnLimits = (_state, { leg }) => {
  const parts = leg.market.copies.flatMap(({ legs }) => legs.filter((part) => part.leg === leg.leg));
  const reason = parts.find(
    ({ lastReason }) => lastReason !== null && OWN_REASONS.includes(lastReason),
  )?.lastReason;
  if (reason === undefined) return null;
  return { limit: "", failed: reason === "extension-failed", room: 0, givesUp: false, detail: {} };
};

const OWN_REASONS: readonly ReasonKind[] = ["extension-denied", "extension-failed"];

/** What the owner's limits leave of an increase: the lots that go, or why none do. */
export type Granted =
  | { readonly kind: "go"; readonly lots: Lots }
  | { readonly kind: "stop"; readonly objection: Objection };

export function askOwnLimits(state: State, increase: AskedIncrease, draft: DecisionDraft): Granted {
  const { leg, lots } = increase;
  const verdict = draft.own.limits(state, increase);
  if (verdict === null || verdict.room >= Math.abs(lots)) return { kind: "go", lots };
  draft.verdicts.push({ leg, verdict });
  const left = shrunk(state, leg, lots, verdict.room);
  return left === null ? { kind: "stop", objection: objectionOf(verdict) } : { kind: "go", lots: left };
}

/** Whole quantity steps of `lots` within `room`; null where the venue takes no order that small. */
function shrunk(state: State, { market }: FollowerLeg, lots: Lots, room: number): Lots | null {
  const { instrument } = market;
  const left = toWholeSteps(instrument, Lots(Math.max(Math.floor(room), 0) * Math.sign(lots)));
  if (left === 0) return null;
  return meetMinimum(state, instrument, { lots: left, unboughtExcess: 0 }, ACCUMULATE).kind === "enough"
    ? left
    : null;
}

const ACCUMULATE = { kind: "accumulate" } as const;

function objectionOf({ failed, limit, detail, givesUp }: LimitVerdict): Objection {
  const reason = failed ? "extension-failed" : "extension-denied";
  return {
    reason,
    detail: { ...detail, ...(limit === "" ? {} : { extension: limit }) },
    ...(givesUp ? { waive: true as const } : {}),
  };
}
