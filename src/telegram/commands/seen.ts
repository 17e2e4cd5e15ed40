/** The button `Seen` under critical alerts: acknowledged, they are told to nobody again. */
import { telegramOrigin } from "../../identity/telegram-sessions.ts";
import type { BotCommand, Call } from "../call.ts";
import { html } from "../html.ts";

/** As over the API. */
const SUBJECT_MAX = 500;

export const seenCommand: BotCommand = {
  name: "seen",
  usage: "",
  summary: "acknowledge the critical alerts of your accounts",
  needs: "manage_copying",
  run,
};

/** Without ids: all that wait for it. */
async function run({ parts, principal, args, chat, telegramId }: Call): Promise<void> {
  const { accounts, name } = principal;
  const { acknowledged } = await parts.control.ask({
    kind: "acknowledge-alerts",
    by: name,
    ...(args.length === 0 ? {} : { ids: args }),
    ...(accounts === "all" ? {} : { accounts: [...accounts] }),
  });
  const count = acknowledged.length;
  if (count > 0)
    await parts.identity.audit(
      principal,
      { action: "alerts-acknowledged", subject: acknowledged.join(", ").slice(0, SUBJECT_MAX) },
      telegramOrigin(telegramId),
    );
  const what =
    count === 0 ? "Nothing waited for that." : `${count} alert${count === 1 ? "" : "s"} acknowledged.`;
  await parts.speaker.say(chat, html`${what}`);
}
