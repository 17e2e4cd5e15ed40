/**
 * What an owner's command comes to: the journaled events that carry it out, and what is decided about copying for good. The
 * same plan is previewed on a copy of the state and carried out on the engine, so that both do the same.
 */
import { proposalsOf } from "../core/approval.ts";
import type { Command } from "../core/event.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { quantityText } from "../core/model/instrument.ts";
import type { State } from "../core/state.ts";
import { legTarget } from "../core/target.ts";
import type { CommandContext, CommandPlan } from "./command-plan.ts";
import { ControlError } from "./control.ts";
import { followersIn } from "./holdings.ts";
import type { OwnerCommand, PanicScope, ReleaseRequest } from "./owner-commands.ts";
import { closePreviewOf, findFollower } from "./queries.ts";
import { planRebalance } from "./rebalance.ts";
import { planCopy, planUncopy } from "./relations.ts";
import { planAlertSettings, planPortfolioSettings, planSettings } from "./settings.ts";

/** Throws a ControlError when there is nothing that the command could be about. */
export function planOf(context: CommandContext, command: OwnerCommand): CommandPlan {
  const { state } = context;
  switch (command.kind) {
    case "pause":
    case "resume":
      return planPause(state, command);
    case "close":
      return planClose(state, command);
    case "release":
      return planRelease(state, command);
    case "panic":
      return planPanic(state, command);
    case "approve":
    case "decline":
      return planAnswer(state, command);
    case "copy":
      return planCopy(context, command);
    case "uncopy":
      return planUncopy(context, command);
    case "rebalance":
      return planRebalance(context, command);
    case "settings":
      return planSettings(context, command);
    case "portfolio-settings":
      return planPortfolioSettings(context, command);
    case "alert-settings":
      return planAlertSettings(context, command);
  }
}

function planPause(
  state: State,
  { kind, follower: name }: Extract<OwnerCommand, { readonly kind: "pause" | "resume" }>,
): CommandPlan {
  if (name === undefined) {
    const followers = [...state.followers.keys()];
    return { report: { command: kind, followers }, steps: [{ kind: "command", command: { kind } }] };
  }
  const { account } = findFollower(state, name);
  const report = { command: kind, followers: [account] };
  return { report, steps: [{ kind: "command", command: { kind, account } }] };
}

/** Closes what is ours; the leader's present size is not bought again. */
function planClose(state: State, request: Extract<OwnerCommand, { readonly kind: "close" }>): CommandPlan {
  const { follower, symbol } = request;
  const scope = symbol === undefined ? {} : { symbol };
  if (closePreviewOf(state, request).positions.length === 0) {
    const where = symbol === undefined ? "" : ` in ${symbol}`;
    throw new ControlError("nothing-to-close", `"${follower}" holds nothing of ours${where}`);
  }
  return {
    report: { command: "close", followers: [follower], ...scope },
    steps: [{ kind: "command", command: { kind: "close", account: AccountId(follower), ...scope } }],
  };
}

function planRelease(state: State, { follower: name, leader, symbol }: ReleaseRequest): CommandPlan {
  const { account } = findFollower(state, name);
  if (leader !== undefined && !state.leaders.has(AccountId(leader))) {
    const known = [...state.leaders.keys()].join(", ");
    throw new ControlError("unknown-leader", `there is no leader "${leader}"; there are: ${known}`);
  }
  const scope = {
    ...(leader === undefined ? {} : { leader: AccountId(leader) }),
    ...(symbol === undefined ? {} : { symbol }),
  };
  return {
    report: { command: "release", followers: [account], ...scope },
    steps: [{ kind: "command", command: { kind: "release", account, ...scope } }],
  };
}

function planPanic(state: State, scope: PanicScope): CommandPlan {
  const followers = followersIn(state, scope).map(({ account }) => account);
  const { leader } = scope;
  return {
    report: { command: "panic", followers, ...(leader === undefined ? {} : { leader }) },
    steps: [{ kind: "command", command: panicOf(scope) }],
  };
}

export function panicOf({ follower, leader }: PanicScope): Command {
  return {
    kind: "panic",
    ...(follower === undefined ? {} : { account: AccountId(follower) }),
    ...(leader === undefined ? {} : { leader: AccountId(leader) }),
  };
}

function planAnswer(
  state: State,
  answer: Extract<OwnerCommand, { readonly kind: "approve" | "decline" }>,
): CommandPlan {
  const { kind, proposal: id } = answer;
  const waiting = proposalsOf(state);
  const found = waiting.find(({ proposal }) => proposal.id === id);
  if (found === undefined) {
    const ids = waiting.map(({ proposal }) => proposal.id).join(", ");
    const known = ids === "" ? "none waits" : `these wait: ${ids}`;
    throw new ControlError("unknown-proposal", `no proposal ${id} waits for an answer; ${known}`);
  }
  const { market, copy, part } = found;
  const { account } = market.follower;
  const target = quantityText(market.instrument, legTarget(part));
  const seen = kind === "approve" ? (answer.target ?? target) : target;
  const command: Command =
    kind === "approve" ? { kind, account, proposal: id, target: seen } : { kind, account, proposal: id };
  const report = {
    command: kind,
    followers: [account],
    leader: copy.leader.account,
    symbol: market.instrument.spec.symbol,
    proposal: id,
  };
  return { report, steps: [{ kind: "command", command }] };
}
