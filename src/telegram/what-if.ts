/**
 * What copying a leader would have brought, worked out by the command of the same name in a process of its own that gives way to copying;
 * one at a time in a chat, a few in all. The answer comes as a message of its own, with a picture.
 */
import { whatIfResult } from "../api/contract/job-results.ts";
import { whatIfRequest } from "../api/contract/jobs.ts";
import { ARGUMENTS_OF } from "../api/jobs/job-arguments.ts";
import { argumentsIn, type JobEnd, type Progress } from "../api/jobs/job-process.ts";
import { seenTraders } from "../api/routes/traders.ts";
import { parseSetting } from "../config.ts";
import { meantAvailable } from "../control/available-traders.ts";
import { whatIfPicture } from "../reports/what-if-picture.ts";
import { type Call, CallError } from "./call.ts";
import { wordsOf } from "./failure-words.ts";
import { code, type Html, html } from "./html.ts";
import type { BotParts } from "./parts.ts";
import { captionOf, DELAYS_TITLE, reportLines, titleOf } from "./what-if-lines.ts";

const AT_ONCE_MAX = 2;
/** A message is edited no more often. */
const TOLD_EVERY_MS = 15_000;
const EQUITY = /^\d{1,15}(\.\d{1,18})?$/;
const UNTOLD = "it failed; who sees all accounts sees why";

/** A command of the program at work. */
export interface BackgroundWork {
  readonly ended: Promise<JobEnd>;
  /** It ends soon. */
  cancel(): void;
}

/** Begins a command; progress is told now and then. */
export type RunCommand = (
  words: readonly string[],
  onProgress: (progress: Progress) => void,
) => BackgroundWork;

export class WhatIfs {
  readonly #atWork = new Map<number, BackgroundWork>();

  /** Throws a CallError, or what the facade throws, where it is asked for wrongly or not for him. */
  async begin(call: Call, leader: string, rest: readonly string[]): Promise<void> {
    const { chat } = call;
    if (this.#atWork.has(chat.id))
      throw new CallError("one is being worked out for this chat already: /whatif stop ends it");
    if (this.#atWork.size >= AT_ONCE_MAX)
      throw new CallError("others are being worked out already: come again in a while");
    const asked = await requestOf(call, leader, rest);
    const telling = { messageId: 0, atMs: call.parts.clock.elapsedMs() };
    const work = call.parts.runCommand(wordsFor(call.parts, asked), (progress) =>
      this.#tell(call, telling, progress),
    );
    this.#atWork.set(chat.id, work);
    // Other commands of this chat do not wait for it, nor it for what is told here.
    void this.#finish(call, asked.leader, work);
    telling.messageId = await call.say(beginText(asked), [[call.button("Stop it", "whatif", "stop")]]);
  }

  async stop(call: Call): Promise<void> {
    const work = this.#atWork.get(call.chat.id);
    if (work === undefined) return void (await call.say(html`Nothing is being worked out for this chat.`));
    work.cancel();
  }

  close(): void {
    for (const work of this.#atWork.values()) work.cancel();
  }

  async #finish(call: Call, leader: string, work: BackgroundWork): Promise<void> {
    try {
      const end = await work.ended;
      this.#atWork.delete(call.chat.id);
      if (!call.parts.stop.aborted) await tellEnd(call, leader, end);
    } catch (error) {
      this.#atWork.delete(call.chat.id);
      await call.say(wordsOf(error, call)).catch(() => 0);
    }
  }

  #tell(call: Call, telling: { messageId: number; atMs: number }, { part, text }: Progress): void {
    const { parts, chat } = call;
    const nowMs = parts.clock.elapsedMs();
    if (telling.messageId === 0 || nowMs - telling.atMs < TOLD_EVERY_MS || !this.#atWork.has(chat.id)) return;
    telling.atMs = nowMs;
    const share = part === null ? "" : `${Math.floor(100 * part)} %, `;
    const shown = html`Working it out: ${share}${text}`;
    const keyboard = [[call.button("Stop it", "whatif", "stop")]];
    parts.speaker.edit(chat, telling.messageId, shown, keyboard).catch(() => false);
  }
}

interface Asked {
  readonly leader: string;
  readonly venue: string;
  readonly equity?: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** A leader by its nickname, or any trader whose record is there. */
async function requestOf({ parts, principal }: Call, named: string, rest: readonly string[]): Promise<Asked> {
  const [first, ...more] = rest;
  const equity = first !== undefined && EQUITY.test(first) ? first : undefined;
  const found = meantAvailable(await seenTraders(parts, principal), named, null);
  if (found.record === null)
    throw new CallError(
      `nothing is known of the record of ${named}: copytrader traders import takes it in, or traders fetch`,
    );
  const settings = Object.fromEntries((equity === undefined ? rest : more).map(settingIn));
  const asked = {
    leader: found.id,
    venue: found.venue,
    settings,
    ...(equity === undefined ? {} : { equity }),
  };
  const wrong = whatIfRequest.safeParse(asked).error?.issues[0];
  if (wrong !== undefined) throw new CallError(`${wrong.path.join(".")}: ${wrong.message}`);
  return asked;
}

function settingIn(text: string): readonly [string, string] {
  const found = parseSetting(text);
  if (found === undefined)
    throw new CallError(`"${text}" is no setting: write key=value, such as position_scaling=0.5`);
  return [found.key, text.slice(text.indexOf("=") + 1)];
}

function wordsFor({ configDir, dataDir }: BotParts, asked: Asked): readonly string[] {
  return argumentsIn(
    ARGUMENTS_OF.what_if(asked, () => ""),
    { configDir, dataDir },
  );
}

function beginText({ leader, equity }: Asked): Html {
  const money = equity === undefined ? "as much as a paper account has" : `${equity} USDT`;
  return html`Working it out: what copying ${code(leader)} with ${money} would have brought. It may take some minutes; the answer comes here.`;
}

async function tellEnd(call: Call, leader: string, end: JobEnd): Promise<void> {
  const { principal, parts, chat } = call;
  if (end.kind === "cancelled") return void (await call.say(html`It was stopped: there is no answer.`));
  if (end.kind === "failed") {
    const why = principal.accounts === "all" ? [end.detail, ...end.errors].join("; ") : UNTOLD;
    return void (await call.say(html`It could not be worked out: ${why}`));
  }
  const report = whatIfResult.parse(JSON.parse(end.text));
  await call.say(reportLines(leader, report));
  const picture = whatIfPicture({ title: titleOf(leader, report), subtitle: DELAYS_TITLE, ...report });
  if (picture !== null) await parts.speaker.photo(chat, picture, captionOf(leader, report));
}
