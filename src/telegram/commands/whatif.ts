/**
 * `/whatif COMMAND ...`: what a command would lead to now, decided by the core, without a button to do it. `/whatif LEADER [EQUITY]
 * [key=value ...]`: what copying a leader with so much money would have brought, as `copytrader what-if` works it out; that takes a while.
 */
import { ACTS } from "../acts.ts";
import { type BotCommand, type Call, CallError } from "../call.ts";
import { html, lines } from "../html.ts";
import { previewLines } from "../preview-lines.ts";
import { mayNot } from "../texts.ts";
import type { WhatIfs } from "../what-if.ts";

const STOP = "stop";

export function whatIfCommand(whatIfs: WhatIfs): BotCommand {
  return {
    name: "whatif",
    usage: `LEADER [EQUITY] [key=value ...] | ${ACTS.map(({ name }) => name).join("|")} ...`,
    summary: "what copying a leader would have brought, or what a command would lead to; nothing is done",
    needs: "view_positions",
    run: (call) => run(call, whatIfs),
  };
}

async function run(call: Call, whatIfs: WhatIfs): Promise<void> {
  const [word, ...args] = call.args;
  if (word === undefined) throw new CallError("");
  const act = ACTS.find(({ name }) => name === word.replace(/^\//, "").toLowerCase());
  const needs = act?.needs ?? "view_reports";
  if (!call.principal.permissions.has(needs)) return void (await call.say(mayNot(needs)));
  if (act === undefined) {
    if (word.toLowerCase() === STOP && args.length === 0) return whatIfs.stop(call);
    return whatIfs.begin(call, word, args);
  }
  const { command } = await act.read(call, args);
  const preview = await call.parts.control.ask({ kind: "preview", command });
  await call.say(lines([html`<b>If you did /${act.name} now</b>`, ...previewLines(preview)]));
}
