/** `/whatif COMMAND ...`: what a command would lead to now, decided by the core, without a button to do it. */
import { ACTS } from "../acts.ts";
import { type BotCommand, type Call, CallError } from "../call.ts";
import { html, lines } from "../html.ts";
import { previewLines } from "../preview-lines.ts";
import { mayNot } from "../texts.ts";

export const whatIfCommand: BotCommand = {
  name: "whatif",
  usage: `${ACTS.map(({ name }) => name).join("|")} ...`,
  summary: "what a command would lead to; nothing is done",
  needs: "view_positions",
  run,
};

async function run(call: Call): Promise<void> {
  const [word, ...args] = call.args;
  const act = ACTS.find(({ name }) => name === word?.replace(/^\//, "").toLowerCase());
  if (act === undefined) throw new CallError("");
  if (!call.principal.permissions.has(act.needs)) {
    await call.say(mayNot(act.needs));
    return;
  }
  const { command } = await act.read(call, args);
  const preview = await call.parts.control.ask({ kind: "preview", command });
  await call.say(lines([html`<b>If you did /${act.name} now</b>`, ...previewLines(preview)]));
}
