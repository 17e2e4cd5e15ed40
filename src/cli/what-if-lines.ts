/** A what-if for people: the answer first, then where the money goes, then what it stands on. */
import type { Interval } from "../analytics/selection/wilson.ts";
import { lengthText } from "../control/what-if/length-text.ts";
import type { SettingCost, WhatIfReport, WhatIfSoFar } from "../control/what-if/report.ts";
import {
  ANSWERS,
  percent,
  sentencesSoFar,
  signed,
  usdt,
  type Verdict,
  type WhatIfWord,
} from "../control/what-if/verdict.ts";
import { type Colour, coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

const COLOURS: Readonly<Record<WhatIfWord, Colour>> = {
  "too-small": "red",
  "does-not-pay": "red",
  "not-shown": "yellow",
  paid: "green",
};

export function whatIfLines(report: WhatIfReport, { word, sentences }: Verdict): readonly string[] {
  return [
    ...headLines(report),
    coloured(COLOURS[word], ANSWERS[word]),
    ...sentences.flatMap((one) => bullet(`${one}.`)),
    "",
    ...moneyLines(report),
    ...delayLines(report),
    coloured("bold", "What this stands on"),
    ...basisSentences(report).flatMap((one) => bullet(one)),
  ];
}

/** Of an interrupted one: what was worked out by then, and what was not. */
export function soFarLines(soFar: WhatIfSoFar): readonly string[] {
  return [
    ...headLines(soFar),
    coloured("yellow", "INCOMPLETE: interrupted, and no answer; this was worked out by then"),
    ...sentencesSoFar(soFar).flatMap((one) => bullet(`${one}.`)),
    "",
    ...moneyLines(soFar),
    ...(soFar.delays === null ? [] : delayLines({ delays: soFar.delays, equity: soFar.equity })),
    ...wrapped(`Not worked out, or not to the end: ${soFar.missing.join(", ")}.`),
  ];
}

function headLines({ leader, equity, range, fills, trips }: WhatIfSoFar | WhatIfReport): readonly string[] {
  return [
    coloured("bold", `Copying ${leader.trader} (${leader.venue}) with ${usdt(equity)}`),
    `${day(range.fromMs)} to ${day(range.toMs)}, ${fills} fills, ${trips} finished round trips`,
    "",
  ];
}

function moneyLines(report: WhatIfReport | WhatIfSoFar): readonly string[] {
  const { own, follower, settingCosts, idle, equity } = report;
  const columns = [
    { title: "" },
    { title: "USDT", align: "right" as const },
    { title: "of capital", align: "right" as const },
    { title: "95 % interval, USDT", align: "right" as const },
    { title: "" },
  ];
  const row = (label: string, amount: number, interval: Interval | null | "") => [
    label,
    signed(amount),
    percent(amount / equity),
    interval === "" ? "" : intervalText(interval),
    "",
  ];
  const costs = settingCosts.toSorted((one, other) => Math.abs(other.cost) - Math.abs(one.cost));
  return [
    coloured("bold", "Where the money goes"),
    ...table(columns, [
      row(
        own.copiedGross === null
          ? "The leader's own, by the capitals"
          : "The leader's own result at this size",
        own.scaledProfit,
        "",
      ),
      ...(own.copiedGross === null
        ? []
        : [row("Of its trades, what can be copied, before fees", own.copiedGross, "")]),
      row("This follower's result", follower.profit, follower.interval),
      ...costs.map((one) => row(`  ${costLabel(report, one)}`, -one.cost, opposite(one.interval))),
    ]),
    ...wrapped(
      "Indented: what each makes of the result, all else as it is; they do not add up to the difference.",
    ),
    ...(idle.length === 0 ? [] : wrapped(`Changed nothing here: ${idle.join(", ")}.`)),
    "",
  ];
}

function costLabel({ terms }: Pick<WhatIfReport, "terms">, { name }: SettingCost): string {
  const known: Readonly<Record<string, string>> = {
    delay: `delay (${lengthText(terms.delay.medianMs)}, and ${lengthText(terms.orderLatencyMs)} for an order)`,
    fees: `fees (${Number((100 * terms.feeRate).toPrecision(6))} %)`,
    "spread and impact": `spread and impact (${bookText(terms)})`,
  };
  return known[name] ?? name;
}

function bookText({ slippage }: WhatIfReport["terms"]): string {
  switch (slippage.kind) {
    case "fixed":
      return `fixed, ${slippage.bps} bp`;
    case "depth":
      return `${slippage.halfSpreadBps} bp, depth ${slippage.minuteShare}`;
    case "impact":
      return `${slippage.halfSpreadBps} bp, x ${slippage.factor}`;
  }
}

function opposite(interval: Interval | null): Interval | null {
  return interval === null ? null : [-interval[1], -interval[0]];
}

function delayLines({
  delays: { points, by },
  equity,
}: {
  readonly delays: Pick<WhatIfReport["delays"], "points" | "by">;
  readonly equity: number;
}): readonly string[] {
  const right = (title: string) => ({ title, align: "right" as const });
  const isLight = by === "light";
  const rows = points.map((point, at) => [
    lengthText(point.delayMs),
    ...(isLight ? [percent((point.profit ?? 0) / equity), shareInterval(point.interval, equity)] : []),
    percent(point.carefulProfit / equity),
    ...(isLight ? [] : [shareInterval(point.carefulInterval, equity)]),
    at === 0 ? "" : percent(-point.lost / equity),
    at === 0 ? "" : shareInterval(opposite(point.lostInterval), equity),
    "",
  ]);
  const interval = right("95 % interval");
  const titles = isLight
    ? [right("likely"), interval, right("careful"), right("by the delay"), interval]
    : [right("careful"), interval, right("by the delay"), interval];
  const open =
    "everything that bars leave open of prices counts against the follower; by the delay: how careful differs from the first line";
  return [
    coloured("bold", "What the leader is worth by delay, of the capital"),
    ...table([{ title: "late by" }, ...titles, { title: "" }], rows),
    ...wrapped(
      isLight
        ? `likely: prices on the straight line of their bars; careful: ${open}. Where bars are longer than the delay the truth is not known, and most probably lies between likely and careful.`
        : `careful: through the engine with all settings; ${open}.`,
    ),
    "",
  ];
}

function basisSentences(report: WhatIfReport): readonly string[] {
  const { own, stated, taken, quickProfit, follower, delays, equity, leftOut } = report;
  const { unseenCloses, strangePrices } = follower.doubts;
  const reasons = Object.entries(follower.happenings.reasons).toSorted(([, one], [, other]) => other - one);
  return [
    own.isCapitalStated
      ? `the leader's capital was ${usdt(own.capital)} at the beginning, as stated.`
      : `the leader's capital is not known; taken is ${usdt(own.capital)}, the least that its positions could have been held with. With twice as much (--leader-equity) all results, good and bad, halve.`,
    stated.length === 0 ? "settings: all defaults." : `settings: ${stated.join(", ")}.`,
    `${follower.happenings.leaderFills} of the leader's fills were heard of and led to ${follower.happenings.orders} orders and ${follower.happenings.fills} fills${reasons.length === 0 ? "" : `; changes that led to none: ${reasons.map(([name, count]) => `${name} ${count}`).join(", ")}`}.`,
    ...(unseenCloses === 0
      ? []
      : [
          `${unseenCloses} fills closed something from before the record: the engine leaves them out, and the leader's own result and the light simulation do not.`,
        ]),
    ...(strangePrices === 0
      ? []
      : [
          `${strangePrices} ${strangePrices === 1 ? "price" : "prices"} that traders are said to have paid ${strangePrices === 1 ? "was" : "were"} too far off the last one to be believed: the engine went on with the price before, and the leader's own result and the light simulation did not.`,
        ]),
    ...(quickProfit === null
      ? []
      : [
          `${delays.by === "light" ? "the curve over delays, the room for money" : "the room for money"} and what can be copied come from the light simulation, which gives this follower ${percent(quickProfit / equity)} where the engine gives ${percent(follower.profit / equity)}${leftOut.length === 0 ? "" : `; it leaves out ${leftOut.join(", ")}`}.`,
        ]),
    ...taken.map((text) => `${text}.`),
    ...listed("no bars are known of", report.withoutBars),
    ...listed("no funding rates are known of", report.withoutFunding),
    ...listed("the follower's venue does not list", report.unlisted),
    ...listed("steps and minima are assumed of", report.assumedSteps),
    "a past record: the leader may do otherwise tomorrow, and whoever was chosen for a good past mostly does worse after it.",
  ];
}

const SHOWN = 8;

function listed(what: string, symbols: readonly string[]): readonly string[] {
  if (symbols.length === 0) return [];
  const rest = symbols.length > SHOWN ? ` and ${symbols.length - SHOWN} more` : "";
  return [`${what} ${symbols.slice(0, SHOWN).join(", ")}${rest}.`];
}

function bullet(text: string): readonly string[] {
  return wrapped(text, 98).map((line, at) => `${at === 0 ? "- " : "  "}${line}`);
}

function intervalText(interval: Interval | null): string {
  return interval === null ? "-" : `${signed(interval[0])} to ${signed(interval[1])}`;
}

function shareInterval(interval: Interval | null, equity: number): string {
  return interval === null ? "-" : `${percent(interval[0] / equity)} to ${percent(interval[1] / equity)}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
