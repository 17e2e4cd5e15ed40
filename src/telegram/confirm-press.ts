/** The two buttons under what was proposed. Who presses is looked at anew: what he may not do any more is not done. */
import type { Call } from "./call.ts";
import { html } from "./html.ts";
import type { IncomingPress } from "./incoming.ts";
import type { Offer } from "./offer.ts";
import type { Pressed } from "./presses.ts";
import { CONFIRM, DECLINE } from "./propose.ts";
import { mayNot, NOT_YOURS } from "./texts.ts";

/** Whether it was one of them. `told` says why something did not work. */
export async function pressConfirmation(
  { command, args }: Pressed,
  call: Call,
  press: IncomingPress,
  told: (work: () => Promise<void>) => Promise<void>,
): Promise<boolean> {
  if (command !== CONFIRM && command !== DECLINE) return false;
  const [token = ""] = args;
  const { telegramId, chat, messageId } = call;
  const taken = call.parts.confirmations.take(token, { telegramId, chatId: chat.id, messageId });
  if (taken.kind === "not-yours") {
    press.answer(NOT_YOURS, true);
    return true;
  }
  if (taken.kind === "gone") {
    press.answer("This is over: nothing was done by it now. Ask again.", true);
    return true;
  }
  press.answer();
  if (command === DECLINE) await call.show(html`Nothing was done.`);
  else await told(() => confirmed(call, taken.offer));
  return true;
}

async function confirmed(call: Call, { needs, check, act }: Offer): Promise<void> {
  if (!call.principal.permissions.has(needs)) {
    await call.show(mayNot(needs));
    return;
  }
  await check(call);
  await call.show(await act(call));
}
