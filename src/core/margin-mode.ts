/**
 * Whether a follower's account gets the margin mode of its leader's (`margin_mode: follow`). A unified account has one mode for all
 * of its positions, so it is asked for only while the account holds nothing and nothing of it rests, and only where every leader that
 * is followed in this has the same. Portfolio margin is never asked for. Where it cannot be had, copying goes on in the mode that is.
 */
import type { DecisionDraft } from "./decision.ts";
import type { EventOf, FollowedMarginMode, MarginMode } from "./event.ts";
import { Decimal } from "./model/decimal.ts";
import type { AccountId } from "./model/identifiers.ts";
import type { Settings } from "./settings.ts";
import { type FollowerState, isOpen, type LeaderState, type State } from "./state.ts";

const PATIENCE_MS = 5_000;
/** What the venue refused is not asked for again before this; another mode of the leader's is. */
const REFUSED_FOR_MS = 3_600_000;
/** The same where the account turns out to hold something that was not known yet when it was asked for. */
const EXPLAINED_FOR_MS = 60_000;

/** What is known of a follower's margin mode in this run. */
export interface MarginState {
  /** Null before it was told. */
  mode: MarginMode | null;
  /** Positions and open orders of the account by its newest snapshot, whoever's they are. */
  taken: number;
  /** Until when an answer of the venue is waited for; 0 when nothing is asked. */
  askedUntilMs: number;
  refused: MarginRefusal | null;
}

export interface MarginRefusal {
  readonly mode: FollowedMarginMode;
  readonly cause: string;
  readonly atMs: number;
  readonly untilMs: number;
}

export const emptyMargin = (): MarginState => ({ mode: null, taken: 0, askedUntilMs: 0, refused: null });

/** Where a follower is with its leader's margin mode. */
export type MarginStanding =
  /** No leader's is followed. */
  | { readonly kind: "off" }
  /** Of `account` the mode was not told yet. */
  | { readonly kind: "unknown"; readonly account: AccountId }
  | { readonly kind: "differ"; readonly leaders: readonly LeaderMode[] }
  | { readonly kind: "portfolio"; readonly leader: AccountId }
  | {
      readonly kind: "same" | "taken" | "asked" | "refused" | "barred" | "due";
      readonly leader: AccountId;
      readonly mode: FollowedMarginMode;
    };

export interface LeaderMode {
  readonly leader: AccountId;
  readonly mode: MarginMode;
}

/** Whether the margin mode of an account is to be told with its snapshots. Of paper accounts there is none. */
export function tellsMarginMode(settings: Settings, account: AccountId): boolean {
  if (marginFollowed(settings, account).length > 0) return true;
  return settings.allocations.some(
    ({ leader, follower }) => leader === account && marginFollowed(settings, follower).includes(account),
  );
}

/** The leaders whose margin mode a follower's account is to have. */
export function marginFollowed(
  { accounts, allocations }: Settings,
  account: AccountId,
): readonly AccountId[] {
  const followed = allocations.filter(
    ({ follower, marginMode }) => follower === account && marginMode === "follow",
  );
  if (followed.length === 0 || accounts.some((one) => one.account === account && one.paper === true))
    return NONE;
  return followed.map(({ leader }) => leader);
}

const NONE: readonly AccountId[] = [];

export function noteLeaderMargin(
  state: State,
  leader: LeaderState,
  { marginMode }: EventOf<"leader-snapshot-taken">,
): void {
  if (marginMode === undefined) return;
  leader.marginMode = marginMode;
  for (const allocation of state.settings.allocations) {
    const follower = state.followers.get(allocation.follower);
    if (allocation.leader === leader.account && follower !== undefined) state.marginsSeen.add(follower);
  }
}

export function noteFollowerMargin(
  state: State,
  follower: FollowerState,
  { marginMode, positions, orders, foreignOrders = 0 }: EventOf<"follower-snapshot-taken">,
): void {
  if (marginMode === undefined) return;
  follower.margin.mode = marginMode;
  const held = positions.filter(({ quantity }) => Decimal.tryParse(quantity)?.isZero !== true);
  follower.margin.taken = held.length + orders.length + foreignOrders;
  const { taken, refused } = follower.margin;
  if (taken > 0 && refused !== null) {
    const untilMs = Math.min(refused.untilMs, refused.atMs + EXPLAINED_FOR_MS);
    follower.margin.refused = { ...refused, untilMs };
  }
  state.marginsSeen.add(follower);
}

export function applyMarginAnswer(
  follower: FollowerState,
  event: EventOf<"margin-mode-set" | "margin-mode-refused">,
): void {
  const { margin } = follower;
  margin.askedUntilMs = 0;
  if (event.kind === "margin-mode-set") {
    margin.mode = event.marginMode;
    margin.refused = null;
  } else {
    const { marginMode: mode, rejection, atMs } = event;
    margin.refused = { mode, cause: rejection.text, atMs, untilMs: atMs + REFUSED_FOR_MS };
  }
}

export function marginStanding(state: State, follower: FollowerState): MarginStanding {
  const leaders = marginFollowed(state.settings, follower.account);
  const [first] = leaders;
  if (first === undefined) return { kind: "off" };
  const modes: LeaderMode[] = [];
  for (const leader of leaders) {
    const mode = state.leaders.get(leader)?.marginMode ?? null;
    if (mode === null) return { kind: "unknown", account: leader };
    modes.push({ leader, mode });
  }
  const mode = state.leaders.get(first)?.marginMode ?? null;
  if (modes.some((one) => one.mode !== mode)) return { kind: "differ", leaders: modes };
  if (mode === null || follower.margin.mode === null) return { kind: "unknown", account: follower.account };
  if (mode === "portfolio") return { kind: "portfolio", leader: first };
  return { kind: standingOf(state, follower, mode), leader: first, mode };
}

function standingOf(
  { nowMs }: State,
  follower: FollowerState,
  wanted: FollowedMarginMode,
): "same" | "taken" | "asked" | "refused" | "barred" | "due" {
  const { margin } = follower;
  if (margin.mode === wanted) return "same";
  if (margin.askedUntilMs > nowMs) return "asked";
  if (isTaken(follower)) return "taken";
  if (margin.refused?.mode === wanted && margin.refused.untilMs > nowMs) return "refused";
  return follower.halted !== null || follower.paused ? "barred" : "due";
}

/** By the newest snapshot, and by what was heard since. */
function isTaken({ margin, markets }: FollowerState): boolean {
  if (margin.taken > 0) return true;
  for (const { legs } of markets.values())
    if (legs.some((leg) => leg.venue.lots !== 0 || [...leg.working.values()].some(isOpen))) return true;
  return false;
}

/** Asks for the mode to have, where it can be had; before anything else of the decision is planned. */
export function planMarginMode(state: State, follower: FollowerState, draft: DecisionDraft): void {
  const standing = marginStanding(state, follower);
  if (standing.kind !== "due") return;
  const { mode: marginMode } = standing;
  const againAtMs = state.nowMs + PATIENCE_MS;
  draft.questions.push({ kind: "set-margin-mode", account: follower.account, marginMode, againAtMs });
}

/** Increases wait while it is asked for: an order would come in its way. */
export function awaitsMarginMode({ nowMs }: State, follower: FollowerState, draft: DecisionDraft): boolean {
  const { margin, account } = follower;
  if (margin.mode === null) return false;
  if (margin.askedUntilMs > nowMs) return true;
  return draft.questions.some((one) => one.kind === "set-margin-mode" && one.account === account);
}
