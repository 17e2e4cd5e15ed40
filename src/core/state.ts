/**
 * All that the core knows, as plain records. It is changed only by apply.ts (what events and recorded decisions do to it), one event at a
 * time, and it serialises whole (checkpoint.ts). Nothing pending lives anywhere else: an order without an outcome, a question without an
 * answer and a time to wait for are all fields here, so the process may die at any step.
 */
import type { Proposal } from "./approval.ts";
import type { LeaderTrade } from "./entry/leader-price.ts";
import type { LeaderOrderRow, Leg, MarginMode, PositionMode, RejectionClass } from "./event.ts";
import type { LeaderEvidence } from "./evidence.ts";
import type { AccountGuards } from "./guard/guard-settings.ts";
import type { LegCut, Stop } from "./guard/stop.ts";
import type { AccountWatch, RelationWatch } from "./guard/watch.ts";
import type { Holding } from "./holding.ts";
import type { Ledger } from "./ledger.ts";
import type { MarginState } from "./margin-mode.ts";
import type { PassedTrigger } from "./mirror/fired.ts";
import type { TradedQuantity } from "./mirror/leader-orders.ts";
import { Lots, type Ticks } from "./model/amounts.ts";
import type { Decimal } from "./model/decimal.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueId, VenueOrderId } from "./model/identifiers.ts";
import type { Instrument, RiskTier } from "./model/instrument.ts";
import type { Followed, OrderForm, OrderPurpose } from "./order.ts";
import type { AheadLots, PendingNote } from "./pending/ahead-lots.ts";
import type { Untold } from "./pending/untold.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import type { RiskLimits } from "./risk-settings.ts";
import { type Allocation, NO_SETTINGS, type Settings, type SizingRule, type StopMode } from "./settings.ts";
import type { Ratio } from "./sizing/ratio.ts";
import type { Work } from "./slicing/work.ts";
import type { WorkedTotals } from "./slicing/worked.ts";
import type { Unread } from "./unread.ts";

export interface State {
  /** Random per run, journaled first; part of every order id of the run. */
  epoch: string;
  /** Last decision of every epoch of this journal: an order beyond it belongs to a tail that a power cut lost. */
  epochs: Map<string, number>;
  nowMs: number;
  /** Counts events; a leader change is named by the number of its event. */
  eventSequence: number;
  /** Counts decisions that sent something. */
  decisionSequence: number;
  /** Counts what the owner was asked to approve. */
  proposalSequence: number;
  settings: Settings;
  /** What is watched on which follower; derived from the settings. */
  guards: ReadonlyMap<AccountId, AccountGuards>;
  instruments: Map<InstrumentId, Instrument>;
  riskTiers: Map<InstrumentId, readonly RiskTier[]>;
  quotes: Map<InstrumentId, Quote>;
  leaders: Map<AccountId, LeaderState>;
  followers: Map<AccountId, FollowerState>;
  /** By index; an index is never reused. */
  markets: FollowerMarket[];
  /** Where an unresolved or settling order of ours lives. */
  orders: Map<ClientOrderId, FollowerLeg>;
  /** When a market wants to be looked at again without an event: market index to time. */
  agenda: Map<number, number>;
  /** Instruments whose mark moved since the accounts that hold them were last judged. */
  moved: Set<InstrumentId>;
  /** Followers to be judged because of the event being handled; empty between events. */
  observed: Set<FollowerState>;
  /** Markets to reconcile because of the event being handled; empty between events. */
  dirty: Set<FollowerMarket>;
  /** Followers whose margin mode, or their leader's, the event being handled told; empty between events. */
  marginsSeen: Set<FollowerState>;
  /** Leader changes of the event being handled; empty between events. */
  changes: LeaderChange[];
  /** Accounts whose whole state should be read again because of the event being handled; empty between events. */
  snapshotsWanted: Set<AccountId>;
  /** Orders with our mark that the venue lists and we hold for ended, to be cancelled; empty between events. */
  orphans: { readonly market: FollowerMarket; readonly clientOrderId: ClientOrderId }[];
  /** Orders of a lost tail that the event being handled told of; empty between events. */
  adopted: { readonly market: FollowerMarket; readonly clientOrderId: ClientOrderId }[];
  /** Copies that came to their end with their leader by the last event. */
  finished: Copy[];
}

/** Best prices of an instrument as last told; `last` is the price of the latest leader fill there. */
export interface Quote {
  bid: Ticks | null;
  ask: Ticks | null;
  mark: Ticks | null;
  last: Ticks | null;
  atMs: number;
}

export interface LeaderState {
  readonly account: AccountId;
  /** Where it trades by the settings in force; null before any. */
  venue: VenueId | null;
  /** By instrument and leg. */
  holdings: Map<InstrumentId, Map<Leg, Holding>>;
  /** Its own orders, those that ended lately too; null where they are not told. */
  orders: Map<VenueOrderId, LeaderOrderRow> | null;
  /** What of its orders was filled by the executions that were told lately, where its orders are told. */
  traded: Map<VenueOrderId, TradedQuantity>;
  /** Who copies an instrument of this leader, and who does not, with the reason. */
  copies: Map<InstrumentId, LeaderMarket>;
  equity: string | null;
  /** Wallet balance, without open profit and loss; null or "" where it is not known. */
  balance: string | null;
  /** Of its account, as told in this run; null where it was not, or nobody follows it. */
  marginMode: MarginMode | null;
  /** The newest measurement of its record; null when there is none. */
  evidence: LeaderEvidence | null;
  /** When the newest snapshot of this run was asked for; 0 before the first. */
  confirmedAtMs: number;
  /** The same over all runs. */
  readUpToMs: number;
  /** On the venue's clock, as ours may be set meanwhile: what was executed before is known, what came later a later run asks for. */
  readUpToServerMs: number;
  /** Newest server time of a snapshot of this run: what it does not list was not held then; 0 before the first. */
  listedAtServerMs: number;
  /** Whether any snapshot was ever taken: what the first one shows was held before copying began. */
  known: boolean;
  connected: boolean;
  /** Where it is not known what it holds (unread.ts). */
  unread: Map<InstrumentId, Unread>;
  /** By how much it is not known which of its orders moved a position, where its orders are told (pending/untold.ts). */
  untold: Map<InstrumentId, readonly Untold[]>;
}

export interface LeaderMarket {
  readonly copies: Copy[];
  readonly excluded: readonly ExcludedCopy[];
}

/** An allocation that does not copy an instrument of its leader, and why. */
export interface ExcludedCopy {
  readonly allocation: Allocation;
  readonly reason: ReasonKind;
  readonly detail: ReasonDetail;
}

export interface FollowerState {
  readonly account: AccountId;
  /** Stable number of this follower in this journal. */
  readonly index: number;
  /** Where it trades by the settings in force; null before any, and while they do not name it. */
  venue: VenueId | null;
  /** Where its positions are (`placeOf`); null before any settings. */
  place: string | null;
  markets: Map<InstrumentId, FollowerMarket>;
  equity: string | null;
  available: string | null;
  /** Wallet balance, without open profit and loss; null or "" where it is not known. */
  balance: string | null;
  /** When the newest snapshot of this run was asked for; 0 before the first. */
  confirmedAtMs: number;
  /** The same over all runs. */
  readUpToMs: number;
  /** On the venue's clock, as ours may be set meanwhile: what was executed before is known, what came later a later run asks for. */
  readUpToServerMs: number;
  connected: boolean;
  paused: boolean;
  /** Why nothing new is opened until someone intervenes; null when not halted. */
  halted: string | null;
  /** By the settings in force. */
  limits: RiskLimits;
  /** Margin of increases that the venue's figures cannot contain yet. */
  reservations: Reservation[];
  /** When the last increases were decided, at least as many as a minute may have; kept while their rate is limited. */
  increasesAtMs: number[];
  /** From when the newest figures of the account are, and when something of it was last reduced. */
  equityAtMs: number;
  reducedAtMs: number;
  /** A market waits for room under a limit that a reduction or new figures may give. */
  awaitsRoom: boolean;
  /** Open orders of the account that are not ours, by the newest snapshot: left alone. Null where nobody tells. */
  foreignOrders: number | null;
  margin: MarginState;
  /** What is stopped or cut until it is released or its cool-off ends (guard/stop.ts). */
  stops: readonly Stop[];
  /** Counts stops. */
  stopSequence: number;
  /** What its guards measure from. */
  watch: AccountWatch;
  relations: RelationWatch[];
}

export interface Reservation {
  readonly clientOrderId: ClientOrderId;
  /** Millionths of the settle coin. */
  margin: number;
  /** When its order ended; 0 while it is open. */
  closedAtMs: number;
}

/** One instrument on one follower. */
export interface FollowerMarket {
  readonly index: number;
  readonly follower: FollowerState;
  readonly instrument: Instrument;
  readonly copies: Copy[];
  legs: FollowerLeg[];
  mode: PositionMode | null;
  leverageHundredths: number | null;
  /** A leverage that the venue refused; not asked for again before a restart. */
  leverageRefusedHundredths: number | null;
  /** Learned from a refused order: for its size the risk tier allows no more than this; null before, and after a restart. */
  leverageCeilingHundredths: number | null;
  /** An unanswered question is asked again from this time on; 0 when none is open. */
  describeAgainAtMs: number;
  leverageAgainAtMs: number;
  /** The first standing reason of its copies, for a status; null when none stands. */
  lastReason: ReasonKind | null;
  /** What everything of ours here brought in and cost. */
  ledger: Ledger;
  /** What working large changes saved or cost. */
  worked: WorkedTotals;
  /** The latest funding settlements that were booked. */
  fundingIds: string[];
}

/** One position of one follower, and what of it is ours. */
export interface FollowerLeg {
  readonly market: FollowerMarket;
  readonly leg: Leg;
  /** What the venue says we hold, whoever opened it. */
  readonly venue: Holding;
  /** Sum of the fills of our own orders, cut to the venue's holding when the owner closed some of it. */
  ownedLots: Lots;
  /** Not ours, established: never touched, and it blocks increases here. */
  foreignLots: Lots;
  /** Since when venue and ledger differ; null while they agree. */
  mismatchSinceMs: number | null;
  /** While they differ: the least of ours that the venue showed since. No more is surely ours; null where nothing less was shown. */
  shownLots: Lots | null;
  /** The same by what was shown before the statement of that sequence: what is told late after it cannot change that (told-late.ts). */
  shownBefore: { readonly lots: Lots | null; readonly sequence: number } | null;
  /** Unsigned: what is gone of it since it was last known whole, where executions of ours that nobody knows of yet may have closed as much. */
  doubtedLots: Lots;
  working: Map<ClientOrderId, WorkingOrder>;
  /** When the last order that adds was decided on; 0 before any. */
  increasedAtMs: number;
  /** After a refusal or an order without a fill nothing is sent before this time. */
  retryAtMs: number;
  failures: number;
  /** Why the venue refused the last one, where it would again; null otherwise. It counts until `retryAtMs`. */
  refusal: RejectionClass | null;
  /** The same for orders that rest (`mayRest`), which do not hold up the others. */
  restAgainAtMs: number;
  restFailures: number;
  /** An entry that is to rest goes from this time on: each that we take back moves it (entry/rest.ts). */
  entryAgainAtMs: number;
  /** The next slice of what is worked goes from this time on: each rests for a moment before another takes its place. */
  sliceAgainAtMs: number;
  /** The side (-1, 1) of an increase at its cap that came back without a fill, where that is waited for till then; else 0. */
  missedCap: number;
  /** The venue refused, in this run, to close what an earlier quantity step left over. */
  remainderRefused: boolean;
  /** What was held, and at which mark, when the guards last looked; null before. */
  marked: { readonly lots: Lots; readonly ticks: Ticks } | null;
  /** The large change that is worked here; null when none is. */
  work: Work | null;
}

/** The relation of one allocation in one instrument. */
export interface Copy {
  allocation: Allocation;
  /** False once its allocation ended: it wants nothing, and comes back when the allocation does. */
  active: boolean;
  /** Its allocation ended, and it goes by this stop mode; null when it does not end, or is closed. */
  ending: Exclude<StopMode, "close"> | null;
  readonly leader: LeaderState;
  readonly leaderInstrument: Instrument;
  readonly market: FollowerMarket;
  legs: CopyLeg[];
  /** Place among the market's copies. */
  readonly index: number;
  /** The allocation's rule for this symbol, and its constant factor (sizing/sizing.ts); derived from the allocation. */
  rule: SizingRule;
  ratio: Ratio;
  /** Whether its allocation says none of what can be left out: then none of it need be asked (copy-terms.ts). */
  isPlain: boolean;
  /** Its allocation's cap in whole hundredths; null where it is none that can be had. */
  leverageMaxHundredths: number | null;
  /** Leader changes that have neither an order nor a reason yet. */
  pendingChanges: LeaderChange[];
  /** Increases wait until then (deliberate delay); 0 when there is no wait. */
  increaseNotBeforeMs: number;
  /** What the next sizing adds, the leader opened before we could follow: the start mode decides about it. */
  lateNext: boolean;
  /** The latest leader change, for the context of orders. */
  lastChange: LeaderChange | null;
  /** What this copy brought in and cost. */
  ledger: Ledger;
  /** Since it holds anything: what it had brought in before, and the most that was in it since; null while it is flat. */
  opened: { readonly base: string; cost: string | null } | null;
}

export interface CopyLeg {
  readonly leg: Leg;
  /** The leader's size by the sizing rule, signed, in the follower's lots. */
  wantedLots: Lots;
  /** Part of `wantedLots` (same sign) that is not to be held: refused, closed by the owner, or skipped. */
  waivedLots: Lots;
  /** Part of `wantedLots` (same sign) that stops of ours closed, and the leader's did not yet (mirror/fired.ts). */
  stoppedLots: Lots;
  /** How they fired last; it says something while there are such lots. */
  stoppedFor: "stop-fired" | "trigger-passed" | "exit-filled";
  /** What the venue lately called passed when it was asked for. */
  passedTriggers: readonly PassedTrigger[];
  /** What pending entries of ours filled and the leader's did not yet (pending/ahead.ts). */
  ahead: readonly AheadLots[];
  /** Why pending orders of the leader's do not rest here, and what of that was recorded. */
  pendingNotes: readonly PendingNote[];
  /** What was bought beyond `wantedLots` (same sign) to reach the venue's minimum order. */
  excessLots: Lots;
  /** What stops leave of it; none mostly. */
  cuts: readonly LegCut[];
  /** What this copy holds of what we own on the leg: its virtual position (virtual.ts). */
  heldLots: Lots;
  /** Of `wantedLots`, unsigned: what the leader opened before we could follow, under start mode not-worse. */
  lateLots: Lots;
  /** The leader's size that `wantedLots` was computed from. */
  leaderLots: Lots;
  /** What a size by capital was computed by; null under other rules. */
  proportion: Proportion | null;
  /** What a fixed size refers to; null under other rules. */
  opening: Opening | null;
  /** Up to where (same sign as the target) the owner approved growth; nothing where no approval is asked for. */
  approvedLots: Lots;
  /** What waits for the owner's approval, or was just declined; null when nothing does. */
  proposal: Proposal | null;
  /** What the leader paid for what is not held yet, oldest first; empty where no rule of entries asks for it. */
  trades: readonly LeaderTrade[];
  /** Why the leader's present size could not be sized; null when it was. */
  unsized: ReasonKind | null;
  /** Why (part of) it was waived, where that was not the owner's wish or the minimum's; null otherwise. */
  waivedFor: ReasonKind | null;
  /** The reason that stands since the last explanation; null when none does. */
  lastReason: ReasonKind | null;
}

/** Follower's capital per leader's capital at one moment, as decimal strings. */
export interface Proportion {
  readonly follower: string;
  readonly leader: string;
  /** The leader's annual volatility at that moment, where the rule asks for it. */
  readonly volatility?: string;
}

/** The position of the leader that a fixed size belongs to, from its opening until it is flat or turns. */
export interface Opening {
  /** When it opened, in the settle coin; null where the rule needs none. */
  readonly price: string | null;
  /** The leader's largest size (unsigned) since. */
  readonly peakLots: Lots;
}

/** One net change of what a leader holds. */
export interface LeaderChange {
  /** Number of the event. */
  readonly change: number;
  readonly leader: AccountId;
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  readonly byLots: Lots;
  readonly holdsLots: Lots;
  readonly price: Ticks | null;
  readonly venueTimeMs: number;
  readonly receivedAtMs: number;
  /** When the leader executed it, on our own clock. */
  readonly executedAtMs: number;
  /** A limit exit filled that we knew to rest. */
  readonly byRestedExit?: true;
  /** The order that filled, where the leader's orders are told and it was a fill that told the change. */
  readonly order?: VenueOrderId;
}

/** What of an order one copy asked for, and what it got so far; unsigned. */
export interface OrderShare {
  /** The copy's index in its market; -1 is nobody. */
  readonly copy: number;
  readonly lots: Lots;
  givenLots: Lots;
}

export interface WorkingOrder {
  readonly clientOrderId: ClientOrderId;
  /** Signed; the venue's newest statement, as an amendment may have changed it. */
  lots: Lots;
  /** Whose it is; null where the market had one copy only. */
  shares: readonly OrderShare[] | null;
  readonly reduceOnly: boolean;
  readonly purpose: OrderPurpose;
  /** The leader's order that it stands for; null where it stands for none. */
  follows: Followed | null;
  /** By the venue's newest statement, like its lots. */
  form: OrderForm;
  /** When the venue stated its terms last, on the venue's clock; an older statement changes nothing. 0 before the first. */
  termsAtMs: number;
  /** When we learned that the venue has it; 0 before that. */
  acceptedAtMs: number;
  /** When a snapshot that listed it was asked for; 0 before the first. */
  listedAtMs: number;
  /** What we asked to become of it; null when nothing is asked. */
  change: AskedChange | null;
  readonly decidedAtMs: number;
  /** Which change that is worked it is a part of (slicing/work.ts); null mostly. */
  readonly workId: number | null;
  /** Taken back from a lost tail of the journal: kept for good, so that a repeated report cannot take it back again. */
  readonly adopted: boolean;
  /** `intended` until the venue or the connector says something; `unknown` until a look-up does. */
  status: "intended" | "accepted" | "unknown" | "closed";
  /** Filled quantity (unsigned) by executions, and as stated by the venue; the larger one counts. */
  tradedLots: Lots;
  reportedLots: Lots;
  /** Price times quantity of both, and what of it is in the ledgers; unsigned. */
  tradedValue: Decimal;
  reportedValue: Decimal;
  bookedValue: Decimal;
  /** The same of the fees paid. */
  tradedFee: Decimal;
  reportedFee: Decimal;
  bookedFee: Decimal;
  tradeIds: string[];
  /** When to look it up (again). */
  lookUpAtMs: number;
  lookUps: number;
  /** Server time of the first look-up that found nothing. */
  firstAbsenceMs: number | null;
  /** Server time from which the request is void, where the connector told it. */
  expiresAtServerMs: number | null;
  closedAtMs: number;
  closeReason: string;
}

/** A cancellation or an amendment without an answer; it is not asked for again before `againAtMs`. */
export interface AskedChange {
  readonly kind: "cancel" | "amend";
  readonly againAtMs: number;
  /** Where a trigger is to move to. */
  readonly triggerPrice?: Ticks;
}

export function emptyState(): State {
  return {
    epoch: "",
    epochs: new Map(),
    nowMs: 0,
    eventSequence: 0,
    decisionSequence: 0,
    proposalSequence: 0,
    settings: NO_SETTINGS,
    guards: new Map(),
    instruments: new Map(),
    riskTiers: new Map(),
    quotes: new Map(),
    leaders: new Map(),
    followers: new Map(),
    markets: [],
    orders: new Map(),
    agenda: new Map(),
    moved: new Set(),
    observed: new Set(),
    dirty: new Set(),
    marginsSeen: new Set(),
    changes: [],
    snapshotsWanted: new Set(),
    orphans: [],
    adopted: [],
    finished: [],
  };
}

export function isOpen(order: WorkingOrder): boolean {
  return order.status !== "closed";
}

/**
 * Whether the order is on its way to change the position now. Of those, one at a time lives on a leg. An order of another purpose than
 * rebalance and close is out of the way: one that only reduces always (the venue lets it take no more than is held), an entry, or a slice
 * of what is worked, as soon as the venue has confirmed that it has it, for until then nobody knows whether it is filled.
 */
export function isInFlight(order: WorkingOrder): boolean {
  if (!isOpen(order)) return false;
  if (order.purpose === "rebalance" || order.purpose === "close") return true;
  return (!order.reduceOnly || order.purpose === "slice") && order.status !== "accepted";
}

/** Unsigned filled quantity by the best knowledge. */
export function filledLots(order: WorkingOrder): Lots {
  return Lots(Math.max(order.tradedLots, order.reportedLots));
}

/** What of the order is not filled, unsigned. */
export function leftOf(order: WorkingOrder): number {
  return Math.max(Math.abs(order.lots) - filledLots(order), 0);
}

/** What of that is for the market's copy of this index. An order without shares is for the first, which was the only one. */
export function leftFor(order: WorkingOrder, copyIndex: number): number {
  if (order.shares === null) return copyIndex === 0 ? leftOf(order) : 0;
  const share = order.shares.find(({ copy }) => copy === copyIndex);
  return share === undefined ? 0 : Math.max(share.lots - share.givenLots, 0);
}
