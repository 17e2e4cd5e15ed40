/** `/code 123456`: a code of the second factor, for dangerous actions of the next ten minutes. The message with it is taken away. */
import { telegramOrigin } from "../../identity/telegram-sessions.ts";
import type { BotCommand, Call } from "../call.ts";
import { html } from "../html.ts";
import { needed } from "../names.ts";

export const codeCommand: BotCommand = {
  name: "code",
  usage: "123456",
  summary: "a code of your second factor, for the next ten minutes",
  needs: null,
  run,
};

async function run(call: Call): Promise<void> {
  const { parts, principal, telegramId, chat, args, messageId } = call;
  const given = needed(args[0]);
  // It counts once: better that it stays to be read than that it does not count.
  await parts.speaker.remove(chat, messageId).catch((error: unknown) => {
    parts.log.warn("a message with a code could not be taken away", { cause: String(error) });
  });
  await parts.identity.confirmSecondFactor(principal, given, telegramOrigin(telegramId));
  await call.say(html`Thank you. It counts for ten minutes.`);
}
