/** `/help`: only what this user may do. */
import type { BotCommand, Call } from "../call.ts";
import { html, lines } from "../html.ts";
import { allowedCommands, menuFor } from "../menu.ts";

export function helpCommand(all: () => readonly BotCommand[]): BotCommand {
  return {
    name: "help",
    usage: "",
    summary: "what you may do here",
    needs: null,
    run: (call) => help(call, all()),
  };
}

async function help(call: Call, commands: readonly BotCommand[]): Promise<void> {
  const { principal, chat, parts } = call;
  const allowed = allowedCommands(principal, commands);
  const accounts = principal.accounts === "all" ? "all accounts" : [...principal.accounts].sort().join(", ");
  await call.say(
    lines([
      html`You are <b>${principal.name}</b> (${principal.role}) and see ${accounts === "" ? "no account yet" : accounts}.`,
      ...allowed.map(
        ({ name, usage, summary }) => html`/${name}${usage === "" ? "" : ` ${usage}`} - ${summary}`,
      ),
      html`Names with blanks are put in quotes.`,
    ]),
  );
  // What he may do may have changed since his session began.
  if (chat.isPrivate) await parts.speaker.menu(chat, menuFor(principal, commands));
}
