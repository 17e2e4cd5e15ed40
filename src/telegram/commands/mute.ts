/** `/mute 2h`: no alerts for a while but critical ones. */
import { sinceMs } from "../../control/since.ts";
import { type BotCommand, type Call, CallError } from "../call.ts";
import { html } from "../html.ts";
import { moment } from "../texts.ts";

const LONGEST_MS = 7 * 86_400_000;

export const muteCommand: BotCommand = {
  name: "mute",
  usage: "[30m | 8h | 2d | off]",
  summary: "no alerts to you for a while but critical ones",
  needs: null,
  run,
};

async function run(call: Call): Promise<void> {
  const { parts, telegramId, args } = call;
  const { state, clock } = parts;
  const [word] = args;
  const nowMs = clock.nowMs();
  if (word === undefined) {
    const untilMs = state.mutedUntilMs(telegramId);
    await call.say(
      untilMs > nowMs
        ? html`You are muted until ${moment(untilMs)}.`
        : html`You are not muted. /mute 8h mutes.`,
    );
    return;
  }
  if (word === "off") {
    state.mute(telegramId, null);
    await call.say(html`You get alerts again.`);
    return;
  }
  const backMs = /^\d/.test(word) ? sinceMs(word, nowMs) : null;
  const lastsMs = backMs === null ? 0 : nowMs - backMs;
  if (lastsMs <= 0 || lastsMs > LONGEST_MS) throw new CallError("at most seven days");
  state.mute(telegramId, nowMs + lastsMs);
  await call.say(html`Only critical alerts until ${moment(nowMs + lastsMs)}. /mute off ends it.`);
}
