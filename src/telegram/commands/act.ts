/** `/pause`, `/resume`, `/close`, `/panic`, `/copy`, `/uncopy`: shown first, done on a yes. */
import type { HoldingsReport } from "../../control/owner-commands.ts";
import { type Act, PANIC, type Read } from "../acts.ts";
import { sizeText } from "../amounts.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, type Html, html } from "../html.ts";
import { placeText } from "../preview-lines.ts";
import { propose } from "../propose.ts";

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
      await propose(call, {
        ...read,
        needs,
        title: html`<b>/${name}</b>`,
        before: act === PANIC ? await heldLines(call, read) : [],
      });
    },
  };
}

/** What the kill switch would close: read from what is held, not from a plan. */
async function heldLines({ parts }: Call, { command }: Read): Promise<readonly Html[]> {
  if (command.kind !== "panic") return [];
  const { follower } = command;
  const held: HoldingsReport = await parts.control.ask({
    kind: "holdings",
    ...(follower === undefined ? {} : { follower }),
  });
  const { positions, unresolved } = held;
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
