/** A command that changes something: first what it would lead to, then two buttons. */
import { commanded, type Giver } from "../api/commanded.ts";
import { ApiProblem } from "../api/contract/problems.ts";
import type { Control } from "../control/control.ts";
import type { CommandReport, OwnerCommand } from "../control/owner-commands.ts";
import { hasFreshSecondFactor } from "../identity/identity.ts";
import type { Permission } from "../identity/permissions.ts";
import { telegramOrigin } from "../identity/telegram-sessions.ts";
import type { Call } from "./call.ts";
import { type Html, html, lines } from "./html.ts";
import type { Offer } from "./offer.ts";
import { previewLines } from "./preview-lines.ts";

export const CONFIRM = "!yes";
export const DECLINE = "!no";

export interface Proposal {
  readonly command: OwnerCommand;
  readonly needs: Permission;
  readonly title: Html;
  /** Lines above the preview. */
  readonly before?: readonly Html[];
  readonly question: string;
  /** Of the button. */
  readonly yes: string;
  readonly done: Html;
  /** Who shows what it would lead to; without it, whoever does it. */
  readonly source?: Pick<Control, "ask">;
  /** Does it, and says what was done; without it, as the command by itself. */
  readonly act?: Offer["act"];
  /** Throws where he may not see what it is about. */
  readonly check: (call: Call) => Promise<void>;
}

export async function propose(call: Call, proposal: Proposal): Promise<void> {
  const { command, title, question, yes, check, before = [], source = call.parts.control } = proposal;
  assertSecondFactor(call);
  await check(call);
  const preview = await source.ask({ kind: "preview", command });
  const text = lines([
    title,
    ...before,
    ...previewLines(preview),
    html`<b>${question}</b> For a minute, by you alone.`,
  ]);
  await offer(call, text, yes, {
    needs: proposal.needs,
    check,
    act: proposal.act ?? (async (confirmed) => done(proposal.done, await carryOut(confirmed, command))),
  });
}

/** The same, of what is no command of the engine's. */
export async function offer(call: Call, text: Html, yes: string, offered: Offer): Promise<void> {
  const { confirmations } = call.parts;
  const token = confirmations.token();
  const keyboard = [[call.button(yes, CONFIRM, token), call.button("No", DECLINE, token)]];
  const messageId = await call.say(text, keyboard);
  confirmations.offer(token, { telegramId: call.telegramId, chatId: call.chat.id, messageId }, offered);
}

async function carryOut(call: Call, command: OwnerCommand): Promise<CommandReport> {
  assertSecondFactor(call);
  const { parts } = call;
  const preview = await parts.control.ask({ kind: "preview", command });
  return commanded(parts, giverOf(call), command, preview);
}

export function giverOf({ principal, telegramId }: Call): Giver {
  return { actor: principal, origin: telegramOrigin(telegramId) };
}

function done(text: Html, { running }: CommandReport): Html {
  return running ? text : lines([text, html`The engine is stopped: this holds from its next start on.`]);
}

export function assertSecondFactor({ principal, parts }: Call): void {
  if (hasFreshSecondFactor(principal, parts.clock.nowMs())) return;
  throw new ApiProblem("second-factor-needed", "this needs a code of your second factor first");
}
