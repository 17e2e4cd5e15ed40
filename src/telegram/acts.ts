/** Every command that changes something, as somebody writes it: read once, for doing it (after a preview) and for asking what it would do. */
import { assertKnowsLeader, assertSees } from "../api/access.ts";
import { parseSetting } from "../config.ts";
import { type OwnerCommand, STOP_MODES } from "../control/owner-commands.ts";
import type { Permission } from "../identity/permissions.ts";
import { type Call, CallError } from "./call.ts";
import { code, type Html, html } from "./html.ts";
import { meantFollower, needed, seenFollower, symbolOf } from "./names.ts";

export interface Act {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly needs: Permission;
  /** Throws where the arguments say nothing, or what is not for the one who writes. */
  readonly read: (call: Call, args: readonly string[]) => Promise<Read>;
}

export interface Read {
  readonly command: OwnerCommand;
  readonly question: string;
  /** Of the button. */
  readonly yes: string;
  readonly done: Html;
  readonly check: (call: Call) => Promise<void>;
}

/** However a phone writes it. */
const isAll = (stated: string | undefined) => stated?.toLowerCase() === "all";
const SETTINGS_MAX = 30;

export const PAUSE: Act = {
  name: "pause",
  usage: "[FOLLOWER]",
  summary: "open nothing any more: what is held is only reduced",
  needs: "manage_copying",
  read: (call, args) => pauseOrResume(call, args, "pause"),
};

export const RESUME: Act = {
  name: "resume",
  usage: "[FOLLOWER]",
  summary: "end a pause, and what else was stopped by hand",
  needs: "manage_copying",
  read: (call, args) => pauseOrResume(call, args, "resume"),
};

async function pauseOrResume(
  call: Call,
  [stated]: readonly string[],
  kind: "pause" | "resume",
): Promise<Read> {
  const follower = await meantFollower(call, isAll(stated) ? undefined : stated);
  const whose = follower === undefined ? html`every follower` : code(follower);
  const [verb, past] = kind === "pause" ? ["Pause", "paused"] : ["Resume", "resumed"];
  return {
    command: { kind, ...(follower === undefined ? {} : { follower }) },
    question: `${verb} it?`,
    yes: verb,
    done: html`Copying is ${past} on ${whose}.`,
    check: (now) => seesFollower(now, follower),
  };
}

export const CLOSE: Act = {
  name: "close",
  usage: "FOLLOWER [SYMBOL]",
  summary: "close what was copied",
  needs: "trade",
  read: async (call, [stated, market]) => {
    const follower = seenFollower(call, stated);
    const symbol = market === undefined ? undefined : symbolOf(market);
    return {
      command: { kind: "close", follower, ...(symbol === undefined ? {} : { symbol }) },
      question: "Close this at the market?",
      yes: "Close",
      done: html`Closing ${symbol === undefined ? "everything that was copied" : code(symbol)} on ${code(follower)}. What the leaders hold now is not bought again there.`,
      check: (now) => seesFollower(now, follower),
    };
  },
};

export const COPY: Act = {
  name: "copy",
  usage: "LEADER FOLLOWER [key=value ...]",
  summary: "let a follower copy a leader, or change how",
  needs: "manage_copying",
  read: async (call, [first, second, ...settings]) => {
    const [leader, follower] = [needed(first), seenFollower(call, second)];
    const check = (now: Call) => seesRelation(now, leader, follower);
    await check(call);
    return {
      command: { kind: "copy", leader, follower, values: valuesIn(settings) },
      question: "Copy so?",
      yes: "Copy",
      done: html`${code(follower)} copies ${code(leader)}.`,
      check,
    };
  },
};

export const UNCOPY: Act = {
  name: "uncopy",
  usage: `LEADER FOLLOWER [${STOP_MODES.join("|")}]`,
  summary: "end that a follower copies a leader",
  needs: "manage_copying",
  read: async (call, [first, second, mode]) => {
    const [leader, follower] = [needed(first), seenFollower(call, second)];
    const stopMode = STOP_MODES.find((one) => one === mode);
    if (mode !== undefined && stopMode === undefined)
      throw new CallError(`"${mode}" is none of ${STOP_MODES.join(", ")}`);
    const check = (now: Call) => seesRelation(now, leader, follower);
    await check(call);
    return {
      command: { kind: "uncopy", leader, follower, ...(stopMode === undefined ? {} : { stopMode }) },
      question: "End it?",
      yes: "End it",
      done: html`${code(follower)} does not copy ${code(leader)} any more.`,
      check,
    };
  },
};

export const PANIC: Act = {
  name: "panic",
  usage: "all | FOLLOWER",
  summary: "the kill switch: close what is ours at once, and buy nothing until resume",
  needs: "trade",
  read: async (call, [stated]) => {
    const named = needed(stated);
    const follower = isAll(named) ? undefined : named;
    const check = async (now: Call) => {
      assertSees(now.principal, follower);
      if (follower === undefined && now.principal.accounts !== "all")
        throw new CallError("you do not see all accounts: name a follower");
    };
    await check(call);
    const whose = follower === undefined ? html`every follower` : code(follower);
    return {
      command: { kind: "panic", ...(follower === undefined ? {} : { follower }) },
      question: "CLOSE ALL OF THIS, and buy nothing until you resume?",
      yes: "CLOSE EVERYTHING",
      done: html`The kill switch was pulled on ${whose}. /positions shows what is left.`,
      check,
    };
  },
};

export const ACTS: readonly Act[] = [PAUSE, RESUME, CLOSE, PANIC, COPY, UNCOPY];

/** A follower that somebody once saw, or all of them. */
async function seesFollower(call: Call, follower: string | undefined): Promise<void> {
  await meantFollower(call, follower);
  if (follower === undefined && call.principal.accounts !== "all")
    throw new CallError("you do not see all accounts any more: name a follower");
}

async function seesRelation(call: Call, leader: string, follower: string): Promise<void> {
  assertSees(call.principal, follower);
  await assertKnowsLeader(call.parts, call.principal, leader);
}

function valuesIn(settings: readonly string[]): Readonly<Record<string, unknown>> {
  if (settings.length > SETTINGS_MAX) throw new CallError(`at most ${SETTINGS_MAX} settings at once`);
  const entries = settings.map((text) => {
    const found = parseSetting(text);
    if (found === undefined)
      throw new CallError(`"${text}" is no setting: write key=value, such as copy_multiplier=0.5`);
    return [found.key, found.value] as const;
  });
  return Object.fromEntries(entries);
}
