/** `/pause`, `/resume`, `/close`, `/panic`, `/copy`, `/uncopy`: shown first, done on a yes. */
import { killSwitchSource, pullKillSwitch, WAY_NOTES } from "../../api/kill-switch.ts";
import type { HoldingsReport, PanicScope } from "../../control/owner-commands.ts";
import type { Act } from "../acts.ts";
import { sizeText } from "../amounts.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, type Html, html } from "../html.ts";
import { placeText } from "../preview-lines.ts";
import { assertSecondFactor, giverOf, type Proposal, propose } from "../propose.ts";

const HELD_SHOWN = 15;

export function actCommand(act: Act): BotCommand {
  const { name, usage, summary, needs } = act;
  return {
    name,
    usage,
    summary,
    needs,
    run: async (call) => {
      const read = await act.read(call, call.args);
      const title = html`<b>/${name}</b>`;
      const { command } = read;
      const more = command.kind === "panic" ? await killSwitch(call, command, read.done) : {};
      await propose(call, { ...read, needs, title, ...more });
    },
  };
}

/** It has to work where the engine does not: whoever can tells what is held, and a yes leaves a file where nobody answers. */
async function killSwitch(
  { parts }: Call,
  { follower }: PanicScope,
  closed: Html,
): Promise<Pick<Proposal, "source" | "before" | "act">> {
  const scope = follower === undefined ? {} : { follower };
  const source = await killSwitchSource(parts);
  return {
    source,
    before: heldLines(await source.ask({ kind: "holdings", ...scope })),
    act: async (call) => {
      assertSecondFactor(call);
      const { way } = await pullKillSwitch(call.parts, giverOf(call), scope, call.parts.clock.nowMs());
      return way === "engine" ? closed : html`<b>Nothing is closed yet:</b> ${WAY_NOTES[way]}.`;
    },
  };
}

/** What would be closed: read from what is held, not from a plan. */
function heldLines({ positions, unresolved }: HoldingsReport): readonly Html[] {
  const left = positions.length - HELD_SHOWN;
  return [
    ...(positions.length === 0 ? [html`Nothing of ours is held there.`] : [html`Held now:`]),
    ...positions.slice(0, HELD_SHOWN).map((row) => {
      const worth = row.value === "" ? "" : `, about ${sizeText(row.value)}`;
      return html`${row.held} ${code(placeText(row))} on ${code(row.follower)}${worth}`;
    }),
    ...(left > 0 ? [html`... and ${left} more`] : []),
    ...(unresolved === 0 ? [] : [html`${unresolved} orders may still fill.`]),
  ];
}
