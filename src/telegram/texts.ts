/** What the bot says in sentences, in one place. What others supply is filled in by `html`, which escapes it. */
import { code, type Html, html, lines } from "./html.ts";

export const PRIVATE_BOT = html`This bot is private.`;

export const SIGNED_OUT = html`Your session has ended. Send /start to open one; it lasts 24 hours.`;

export const TOO_MANY = html`That is a lot at once. Wait a moment, please.`;

export const NOT_HERE = html`I am not used in this group: write to me in private. The owner can allow groups in <code>telegram.allowed_groups</code>.`;

export const NO_COMMAND = html`I understand commands only. /help tells which.`;

export const UNEXPECTED = html`That did not work, and I do not know why. The log has it.`;

export const OLD_BUTTON = "This button is too old. Ask again.";

export const NOT_YOURS = "This is not for you.";

export function late(count: number): Html {
  const what = count === 1 ? "A message" : `${count} messages`;
  return html`I was away. ${what} of yours came in meanwhile, and nothing was done about ${count === 1 ? "it" : "them"}: send again what still holds.`;
}

export function welcome(name: string, role: string, untilMs: number): Html {
  return lines([
    html`Welcome, <b>${name}</b> (${role}).`,
    html`Your session lasts until ${moment(untilMs)}. /help tells what you may do.`,
  ]);
}

export function mayNot(needs: string): Html {
  return html`You may not do that: it needs the permission ${code(needs)}.`;
}

export function stranger(telegramId: string, name: string, where: string): Html {
  return lines([
    html`A stranger wrote to this bot: ${code(telegramId)}, called ${code(name)}${where}. Nothing was told but that it is private.`,
    html`To let somebody in: <code>/admin add_user ${telegramId} NAME viewer</code>`,
  ]);
}

export function usage(name: string, args: string): Html {
  return html`Write it so: <code>/${name}${args === "" ? "" : ` ${args}`}</code>`;
}

/** `2026-07-01 10:00 UTC` */
export function moment(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
