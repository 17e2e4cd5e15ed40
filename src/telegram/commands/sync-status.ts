/** `/sync_status`: who copies whom, and whether every row is at its target. */
import { seen } from "../../api/access.ts";
import { seenFollowers } from "../../api/seen-status.ts";
import { ageText } from "../amounts.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, html, lines } from "../html.ts";
import { pageOf } from "../paging.ts";

const PER_PAGE = 15;

export const syncStatusCommand: BotCommand = {
  name: "sync_status",
  usage: "",
  summary: "who copies whom, in sync or not",
  needs: "view_sync",
  run,
};

async function run(call: Call): Promise<void> {
  const { principal, parts, args } = call;
  const [{ followers }, { allocations }] = await Promise.all([
    parts.control.ask({ kind: "status" }),
    parts.control.ask({ kind: "allocations" }),
  ]);
  const own = seenFollowers(principal, followers);
  const inSync = own.filter(({ state }) => state === "in-sync").length;
  const rows = [
    ...own.map(
      ({ nickname, state, reason, snapshotAgeMs }) =>
        html`${code(nickname)} ${state}${reason === "" ? "" : ` (${reason})`}, seen ${ageText(snapshotAgeMs)} ago`,
    ),
    ...seen(principal, allocations, ({ follower }) => follower).map(
      ({ leader, follower, state }) => html`${code(follower)} copies ${code(leader)}: ${state}`,
    ),
  ];
  const page = pageOf(call, rows, { asked: args[0], perPage: PER_PAGE, command: "sync_status" });
  await call.show(
    lines([html`<b>${inSync} of ${own.length} followers in sync</b>`, ...page.rows]),
    page.keyboard,
  );
}
