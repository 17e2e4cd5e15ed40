/** The path from a leader's position to the order or the reason, one step a line. */
import type { PositionPath } from "../control/owner-commands.ts";
import { coloured } from "./output.ts";
import { wrapped } from "./table.ts";

const WIDTH = 94;

export function pathLines({ follower, symbol, leg, leaders, account }: PositionPath): readonly string[] {
  const head = coloured("bold", `${follower} ${symbol}${leg === "net" ? "" : ` ${leg}`}`);
  return [
    head,
    ...leaders.flatMap(({ steps }) =>
      steps.flatMap(({ text }, index) => indented(text, index === 0 ? 2 : 4)),
    ),
    ...account.flatMap(({ text }, index) => indented(index === account.length - 1 ? `=> ${text}` : text, 2)),
  ];
}

function indented(text: string, by: number): readonly string[] {
  return wrapped(text, WIDTH - by).map((line, index) => `${" ".repeat(index === 0 ? by : by + 2)}${line}`);
}
