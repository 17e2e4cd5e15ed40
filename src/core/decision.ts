/**
 * What one event led to. A decision is complete: committing it (commit.ts) is all that the state learns from deciding, so
 * that recovery folds recorded decisions and never decides the past again.
 */
import type { FollowedMarginMode, Leg } from "./event.ts";
import type { Verdict } from "./guard/stop.ts";
import type { Lots } from "./model/amounts.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from "./model/identifiers.ts";
import type { ApprovedChange, ApprovedOrder, Followed } from "./order.ts";
import { NO_OWN_CODE, type OwnCode } from "./own-code.ts";
import { Planned } from "./planned.ts";
import type { ReasonDetail, ReasonKind, Refusal } from "./reason.ts";
import type { StyleVerdict } from "./risk/execution-style.ts";
import type { LimitVerdict } from "./risk/extension-limit.ts";
import type { Work } from "./slicing/work.ts";
import type { Worked } from "./slicing/worked.ts";
import type { Copy, FollowerLeg, FollowerMarket, LeaderChange, OrderShare } from "./state.ts";
import type { Crossing } from "./virtual.ts";

export interface Decision {
  /** Orders of ours to take back; these go out first. */
  readonly cancels: readonly PlannedCancel[];
  /** Orders to send, in this order, after the decision is durable. */
  readonly orders: readonly PlannedOrder[];
  /** Orders of ours to change where they rest; durable before they are sent, like orders. */
  readonly amends: readonly PlannedAmend[];
  /** For copies that get no order on a leg: why. An order explains what waits on its leg (explanation.ts). */
  readonly denials: readonly Denial[];
  readonly questions: readonly Question[];
  /** Parts of targets given up, or added, by the minimum policy. */
  readonly adjustments: readonly Adjustment[];
  /** What copies with opposite wishes exchange without an order. */
  readonly crossings: readonly Crossing[];
  /** What the owner is asked to approve. */
  readonly proposals: readonly Proposed[];
  /** What the owner's own limits had against orders; kept so that nobody has to ask them again. */
  readonly verdicts: readonly OwnVerdict[];
  /** How the owner's own styles worked orders; kept for the same reason. */
  readonly styleVerdicts: readonly OwnStyleVerdict[];
  /** Orders with our mark that a power cut took from the journal, and of which the event told: ours from here on. */
  readonly adopted: readonly AdoptedOrder[];
  /** Large changes that begin to be worked, go on, or end. */
  readonly works: readonly WorkMove[];
  /** Markets to look at again without an event. */
  readonly waits: readonly Wait[];
  /** What the guards stop or cut; in force before anything else of the decision. */
  readonly stops: readonly Verdict[];
  /** Why the event itself was not folded. */
  readonly refusal: Refusal | null;
}

export interface PlannedOrder {
  readonly market: FollowerMarket;
  readonly order: ApprovedOrder;
  /** For which copies, and how much for each; null where the market has one copy only. */
  readonly shares: readonly OrderShare[] | null;
  /** The leader's order that it stands for; absent where it stands for none. */
  readonly follows?: Followed;
}

export interface PlannedCancel {
  readonly market: FollowerMarket;
  /** Also of an order with our mark that the state does not know (any more): an orphan. */
  readonly clientOrderId: ClientOrderId;
}

export interface AdoptedOrder {
  readonly market: FollowerMarket;
  readonly clientOrderId: ClientOrderId;
}

export interface PlannedAmend {
  readonly market: FollowerMarket;
  readonly clientOrderId: ClientOrderId;
  readonly change: ApprovedChange;
  /** What the leader's order that it stands for is now, where the change follows that. */
  readonly follows?: Followed;
}

/** Exactly one recorded reason for each of `changes`, or a standing reason when there are none. */
export interface Denial {
  readonly market: FollowerMarket | null;
  readonly copy: Copy | null;
  /** The follower's leg that it is about; null when it is about all of them. */
  readonly leg: Leg | null;
  /** Names of the pair, also where the copy does not exist (filtered, not listed). */
  readonly leader: AccountId;
  readonly follower: AccountId;
  readonly instrument: InstrumentId;
  readonly reason: ReasonKind;
  readonly detail: ReasonDetail;
  readonly changes: readonly LeaderChange[];
  /** The leader's pending order that it is about; it says nothing of what waits on the leg then. */
  readonly pending?: VenueOrderId;
}

export type Question =
  | {
      readonly kind: "look-up";
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly clientOrderId: ClientOrderId;
      readonly againAtMs: number;
    }
  | {
      readonly kind: "describe-market";
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly againAtMs: number;
    }
  | {
      readonly kind: "set-leverage";
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly leverageHundredths: number;
      /** Where the risk tier of the position allows less than was wanted. */
      readonly clamp?: LeverageClamp;
      readonly againAtMs: number;
    }
  | {
      readonly kind: "set-margin-mode";
      readonly account: AccountId;
      readonly marginMode: FollowedMarginMode;
      readonly againAtMs: number;
    }
  | { readonly kind: "snapshot"; readonly account: AccountId };

/** Leverages in times, values in the settle coin. */
export interface LeverageClamp {
  readonly wanted: number;
  readonly used: number;
  /** What the position comes to at its target. */
  readonly notional: string;
  /** Up to which value the tier holds that decided. */
  readonly tierLimit: string;
}

export interface Adjustment {
  readonly copy: Copy;
  /** The follower's leg. */
  readonly leg: Leg;
  readonly kind: "waive" | "round-up";
  /** Signed like the target. */
  readonly lots: Lots;
  /** Why it is given up, where no denial says so. */
  readonly reason?: ReasonKind;
}

/** A copy's leg may come to `lots` (signed) when the owner approves it in time; 0 lots: nothing is asked any more. */
export interface Proposed {
  readonly copy: Copy;
  readonly leg: Leg;
  readonly lots: Lots;
  readonly expiresAtMs: number;
}

export interface OwnVerdict {
  readonly leg: FollowerLeg;
  readonly verdict: LimitVerdict;
}

export interface OwnStyleVerdict {
  readonly leg: FollowerLeg;
  readonly verdict: StyleVerdict;
}

/** What is worked on a leg from here on, and what came of what ends (null where nothing of it was had). */
export interface WorkMove {
  readonly leg: FollowerLeg;
  readonly work: Work | null;
  readonly done: Worked | null;
}

export interface Wait {
  readonly market: FollowerMarket;
  readonly untilMs: number;
}

/** A decision being made. */
export interface DecisionDraft {
  cancels: PlannedCancel[];
  orders: PlannedOrder[];
  amends: PlannedAmend[];
  denials: Denial[];
  questions: Question[];
  adjustments: Adjustment[];
  crossings: Crossing[];
  proposals: Proposed[];
  verdicts: OwnVerdict[];
  styleVerdicts: OwnStyleVerdict[];
  adopted: readonly AdoptedOrder[];
  works: WorkMove[];
  waits: Wait[];
  stops: Verdict[];
  refusal: Refusal | null;
  /** What the orders and crossings so far add, for the limits. */
  readonly planned: Planned;
  /** Asked while deciding; no part of what is decided. */
  readonly own: OwnCode;
}

export function emptyDraft(own: OwnCode = NO_OWN_CODE): DecisionDraft {
  return {
    cancels: [],
    orders: [],
    amends: [],
    denials: [],
    questions: [],
    adjustments: [],
    crossings: [],
    proposals: [],
    verdicts: [],
    styleVerdicts: [],
    adopted: [],
    works: [],
    waits: [],
    stops: [],
    refusal: null,
    planned: new Planned(),
    own,
  };
}

export function isEmpty(decision: Decision): boolean {
  return (
    decision.cancels.length === 0 &&
    decision.orders.length === 0 &&
    decision.amends.length === 0 &&
    decision.denials.length === 0 &&
    decision.questions.length === 0 &&
    decision.adjustments.length === 0 &&
    decision.crossings.length === 0 &&
    decision.proposals.length === 0 &&
    decision.verdicts.length === 0 &&
    decision.styleVerdicts.length === 0 &&
    decision.adopted.length === 0 &&
    decision.works.length === 0 &&
    decision.waits.length === 0 &&
    decision.stops.length === 0 &&
    decision.refusal === null
  );
}
