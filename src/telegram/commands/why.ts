/** `/why FOLLOWER SYMBOL`: the path from what leaders hold to the order, or to the reason why there is none. */
import type { PositionPath } from "../../control/owner-commands.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, type Html, html, lines } from "../html.ts";
import { needed, seenFollower, symbolOf } from "../names.ts";

export const whyCommand: BotCommand = {
  name: "why",
  usage: "FOLLOWER SYMBOL",
  summary: "why a follower holds what it holds",
  needs: "view_positions",
  run,
};

async function run(call: Call): Promise<void> {
  const { parts, args } = call;
  const follower = seenFollower(call, args[0]);
  const symbol = symbolOf(needed(args[1]));
  const { positions } = await parts.control.ask({ kind: "explain", follower, symbol });
  if (positions.length === 0) {
    await call.say(html`No leader of ${code(follower)} holds ${code(symbol)}: there is nothing to explain.`);
    return;
  }
  await call.say(lines(positions.flatMap(pathLines)));
}

function pathLines({ follower, symbol, leg, leaders, account }: PositionPath): readonly Html[] {
  return [
    html`<b>${code(follower)} ${code(symbol)}${leg === "net" ? "" : ` ${leg}`}</b>`,
    ...leaders.flatMap(({ steps }) => steps.map(({ text }) => html`\u00b7 ${text}`)),
    ...account.map(({ text }, at) => html`${at === account.length - 1 ? "=>" : "\u00b7"} ${text}`),
  ];
}
