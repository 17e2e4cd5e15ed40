/** `/positions [FOLLOWER]`: what is held, what should be, and why not where they differ. */
import { positionsOf, seenFollowers } from "../../api/seen-status.ts";
import type { InstrumentStatus } from "../../control/control.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, type Html, html, lines } from "../html.ts";
import { meantFollower } from "../names.ts";
import { pageOf } from "../paging.ts";
import { placeText } from "../preview-lines.ts";

const PER_PAGE = 15;

export const positionsCommand: BotCommand = {
  name: "positions",
  usage: "[FOLLOWER]",
  summary: "what is held, and what should be",
  needs: "view_positions",
  run,
};

async function run(call: Call): Promise<void> {
  const { principal, parts, args } = call;
  // The buttons carry the follower, which may be none, and the page.
  const [named, asked] = args;
  const stated = named === "" ? undefined : named;
  if (stated !== undefined) await meantFollower(call, stated);
  const { followers } = await parts.control.ask({ kind: "status" });
  const seen = seenFollowers(principal, followers).filter(
    ({ nickname }) => stated === undefined || nickname === stated,
  );
  const rows = positionsOf(seen).filter(isOfInterest).map(rowOf);
  const page = pageOf(call, rows, { asked, perPage: PER_PAGE, command: "positions", args: [stated ?? ""] });
  const none = rows.length === 0 ? [html`Nothing is held, and nothing should be.`] : [];
  await call.show(lines([html`<b>Positions</b>`, ...page.rows, ...none]), page.keyboard);
}

function isOfInterest({ held, target, inFlight, foreign, reason }: InstrumentStatus): boolean {
  return (
    [held, target, inFlight].some((quantity) => quantity !== "0") || foreign !== undefined || reason !== ""
  );
}

function rowOf(row: InstrumentStatus & { readonly follower: string }): Html {
  const { follower, held, target, inFlight, foreign, reason } = row;
  const differs = held === target ? "" : `, should be ${target}`;
  const notes = [
    inFlight === "0" ? "" : `on its way ${inFlight}`,
    foreign === undefined ? "" : `your own ${foreign}`,
    reason,
  ].filter((text) => text !== "");
  return html`${code(follower)} ${code(placeText(row))} ${held}${differs}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}
