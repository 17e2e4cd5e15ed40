/** `/balance`: equity, what is free, and what copying brought, of each account. */
import { seenFollowers, seenLeaders } from "../../api/seen-status.ts";
import type { FollowerStatus } from "../../control/control.ts";
import { moneyText, resultText } from "../amounts.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, type Html, html, lines } from "../html.ts";
import { pageOf } from "../paging.ts";

const PER_PAGE = 12;

export const balanceCommand: BotCommand = {
  name: "balance",
  usage: "",
  summary: "equity, what is free, and what copying brought",
  needs: "view_balance",
  run,
};

async function run(call: Call): Promise<void> {
  const { principal, parts, args } = call;
  const { followers, leaders } = await parts.control.ask({ kind: "status" });
  const rows = [
    ...seenFollowers(principal, followers).map(followerRow),
    ...seenLeaders(principal, leaders).map(
      ({ nickname, equity }) => html`${code(nickname)} (leader) ${moneyText(equity)}`,
    ),
  ];
  const page = pageOf(call, rows, { asked: args[0], perPage: PER_PAGE, command: "balance" });
  const none = rows.length === 0 ? [html`There is no account that you see.`] : [];
  await call.show(lines([html`<b>Balances</b>`, ...page.rows, ...none]), page.keyboard);
}

function followerRow({ nickname, equity, available, results }: FollowerStatus): Html {
  const copied = results.map(
    ({ coin, account: { profit, fees, funding } }) =>
      html`copying ${resultText(profit)} ${coin} (fees ${moneyText(fees)}, funding ${resultText(funding)})`,
  );
  return lines([html`${code(nickname)} ${moneyText(equity)}, free ${moneyText(available)}`, ...copied]);
}
