/**
 * The core: one event in; the state moved on, and a decision out. Calls rooms 3 to 5 and nothing else. Synchronous, without
 * clock, chance or I/O; the same journal gives the same decisions.
 */
import { apply } from "./apply.ts";
import { commit } from "./commit.ts";
import { type Decision, type DecisionDraft, emptyDraft } from "./decision.ts";
import type { Event } from "./event.ts";
import { judge } from "./guard/judge.ts";
import { beginStop } from "./guard/stop.ts";
import { planMarginMode } from "./margin-mode.ts";
import { NO_OWN_CODE, type OwnCode } from "./own-code.ts";
import type { Refusal } from "./reason.ts";
import { reconcile } from "./reconcile.ts";
import type { State } from "./state.ts";
import { noteRefused } from "./unread.ts";
import { validate } from "./validate.ts";

/**
 * Changes `state` by the event and by the decision that it returns; the caller makes both durable, then acts. `own` is asked
 * about increases (own-code.ts).
 */
export function decide(state: State, event: Event, own: OwnCode = NO_OWN_CODE): Decision {
  const decision = fold(state, event, own);
  if (decision.refusal === null) {
    decision.adopted = state.adopted;
    decision.stops = judge(state);
    stop(state, decision);
    plan(state, decision);
  }
  commit(state, decision);
  return decision;
}

/** Recovery: the event is folded and the decision that was recorded for it is committed; nothing is decided. */
export function refold(state: State, event: Event, recorded: (state: State) => Decision): void {
  fold(state, event);
  const decision = recorded(state);
  stop(state, decision);
  commit(state, decision);
}

function fold(state: State, event: Event, own?: OwnCode): DecisionDraft {
  const draft = emptyDraft(own);
  draft.refusal = validate(state, event);
  if (draft.refusal === null) apply(state, event);
  else refuse(state, event, draft.refusal, draft);
  return draft;
}

/** A refused event moves the count and nothing else; the account is read again, and what it holds is not known before. */
function refuse(state: State, event: Event, refusal: Refusal, draft: DecisionDraft): void {
  state.eventSequence += 1;
  noteRefused(state, event, refusal);
  state.changes = [];
  state.dirty.clear();
  state.marginsSeen.clear();
  if (!("account" in event)) return;
  const { account } = event;
  if (state.leaders.has(account) || state.followers.has(account))
    draft.questions.push({ kind: "snapshot", account });
}

/** What is stopped is stopped before anything is planned, or read back: orders of the same decision follow from it. */
function stop(state: State, { stops }: Decision): void {
  for (const verdict of stops) beginStop(state, verdict);
}

function plan(state: State, draft: DecisionDraft): void {
  for (const follower of state.marginsSeen) planMarginMode(state, follower, draft);
  for (const market of state.dirty) reconcile(state, market, draft);
  for (const orphan of state.orphans) draft.cancels.push(orphan);
  for (const account of state.snapshotsWanted) draft.questions.push({ kind: "snapshot", account });
  for (const change of state.changes) {
    const market = state.leaders.get(change.leader)?.copies.get(change.instrument);
    for (const { allocation, reason, detail } of market?.excluded ?? []) {
      draft.denials.push({
        market: null,
        copy: null,
        leg: null,
        leader: change.leader,
        follower: allocation.follower,
        instrument: change.instrument,
        reason,
        detail,
        changes: [change],
      });
    }
  }
}
