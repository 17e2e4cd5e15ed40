/** A what-if for a phone: the answer first, then where the money goes. */
import type { WhatIfResult } from "../api/contract/job-results.ts";
import { ANSWERS, percent, signed, usdt } from "../control/what-if/verdict.ts";
import { code, type Html, html, lines } from "./html.ts";

export const DELAYS_TITLE = "Result by how late it is copied";

/** Of what each thing makes of the result, so many. */
const COSTS_SHOWN = 6;
const NOTES_SHOWN = 3;

export function reportLines(leader: string, report: WhatIfResult): Html {
  const { verdict, equity, days, trips, own, follower, settingCosts, taken } = report;
  const costs = settingCosts
    .filter(({ cost }) => cost !== 0)
    .toSorted((one, other) => Math.abs(other.cost) - Math.abs(one.cost));
  return lines([
    html`<b>${titleOf(leader, report)}</b>`,
    html`${days} days, ${trips} finished round trips`,
    html`<b>${ANSWERS[verdict.word]}</b>`,
    ...verdict.sentences.map((sentence) => html`• ${sentence}.`),
    html`<b>Where the money goes</b>`,
    html`The leader's own, by the capitals: ${amountText(own.scaledProfit, equity)}`,
    html`This follower's result: ${amountText(follower.profit, equity)}`,
    ...costs.slice(0, COSTS_SHOWN).map(({ name, cost }) => html`  ${name}: ${amountText(-cost, equity)}`),
    ...(costs.length === 0 ? [] : [html`<i>Indented: what each makes of it, all else as it is.</i>`]),
    ...taken.slice(0, NOTES_SHOWN).map((text) => html`<i>${text}.</i>`),
    html`<i>A past record: the leader may do otherwise tomorrow. ${code("copytrader what-if")} tells all of it.</i>`,
  ]);
}

export function titleOf(leader: string, { equity }: Pick<WhatIfResult, "equity">): string {
  return `Copying ${leader} with ${usdt(equity)}`;
}

export function captionOf(leader: string, report: WhatIfResult): Html {
  return html`${titleOf(leader, report)}: ${DELAYS_TITLE.toLowerCase()}`;
}

function amountText(amount: number, equity: number): string {
  return `${signed(amount)} USDT (${percent(amount / equity)})`;
}
