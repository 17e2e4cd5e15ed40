/** `/leaders`: whom the accounts that one sees copy, what they hold, and what copying each brought. */
import { may, seen } from "../../api/access.ts";
import type { AllocationStatus } from "../../control/owner-commands.ts";
import { resultText } from "../amounts.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, type Html, html, lines } from "../html.ts";
import { pageOf } from "../paging.ts";

const PER_PAGE = 10;

export const leadersCommand: BotCommand = {
  name: "leaders",
  usage: "",
  summary: "whom your accounts copy, and what each brought",
  needs: "view_sync",
  run,
};

async function run(call: Call): Promise<void> {
  const { principal, parts, args } = call;
  const [{ leaders }, { allocations }] = await Promise.all([
    parts.control.ask({ kind: "status" }),
    parts.control.ask({ kind: "allocations" }),
  ]);
  const own = seen(principal, allocations, ({ follower }) => follower);
  const known = new Set([
    ...own.map(({ leader }) => leader),
    ...seen(principal, leaders, ({ nickname }) => nickname).map(({ nickname }) => nickname),
  ]);
  const rows = [...known].sort().map((name) => {
    const status = leaders.find(({ nickname }) => nickname === name);
    const link = status === undefined ? "" : status.connected ? "connected" : "NOT CONNECTED";
    const copies = own.filter(({ leader }) => leader === name);
    return lines([html`${code(name)} ${link}`, ...copies.map((one) => copyLine(call, one))]);
  });
  const page = pageOf(call, rows, { asked: args[0], perPage: PER_PAGE, command: "leaders" });
  const none = rows.length === 0 ? [html`There is no leader that you see.`] : [];
  await call.show(lines([html`<b>Leaders</b>`, ...page.rows, ...none]), page.keyboard);
}

function copyLine({ principal }: Call, { follower, state, results, positions }: AllocationStatus): Html {
  const brought = may(principal, "view_balance")
    ? results.map(({ coin, profit }) => `, ${resultText(profit)} ${coin}`).join("")
    : "";
  const held = may(principal, "view_positions")
    ? `, ${positions.length} position${positions.length === 1 ? "" : "s"}`
    : "";
  return html`\u00a0 by ${code(follower)} ${state}${held}${brought}`;
}
