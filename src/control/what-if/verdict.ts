/** What a what-if comes to, in one word and a few sentences for somebody who has to decide, the gravest first. */
import type { Interval } from "../../analytics/selection/wilson.ts";
import type { DelayLimit } from "../../analytics/what-if/delay-limit.ts";
import { counted } from "../../traders/counted.ts";
import { lengthText } from "./length-text.ts";
import type { WhatIfReport, WhatIfSoFar } from "./report.ts";

/**
 * `too-small`: too little of the leader reaches this capital. `does-not-pay`: the follower lost in the record. `not-shown`: it gained,
 * and chance explains that as well. `paid`: it gained more than chance explains, in a record that is long enough to say so.
 */
export type WhatIfWord = "too-small" | "does-not-pay" | "not-shown" | "paid";

/** For whoever has to decide. */
export const ANSWERS: Readonly<Record<WhatIfWord, string>> = {
  "too-small": "NO: too little of this leader reaches so small a capital",
  "does-not-pay": "NO: copying it lost money in its record",
  "not-shown": "NOT SHOWN: it gained, and chance alone would explain that as well",
  paid: "IT PAID: more than chance explains, in the past",
};

export interface Verdict {
  readonly word: WhatIfWord;
  readonly sentences: readonly string[];
}

/** Below them nothing is called shown. */
export const SHOWN_DAYS_MIN = 20;
export const SHOWN_TRIPS_MIN = 10;

export function verdictOn(report: WhatIfReport): Verdict {
  return {
    word: wordFor(report),
    sentences: [
      resultSentence(report),
      ...lengthSentences(report),
      ...startSentences(report),
      sizeSentence(report),
      ...delaySentences(report),
      ...capacitySentences(report),
    ],
  };
}

/** Without an answer, which needs all of it. */
export function sentencesSoFar(soFar: WhatIfSoFar): readonly string[] {
  return [
    resultSentence(soFar),
    ...lengthSentences(soFar),
    ...(soFar.starts === null ? [] : startSentences(soFar.starts)),
  ];
}

function wordFor(report: WhatIfReport): WhatIfWord {
  const { size, follower, days, trips, leader } = report;
  if (size.share !== null && size.share < size.wantedShare) return "too-small";
  if (follower.profit <= 0) return "does-not-pay";
  const isLong = days >= SHOWN_DAYS_MIN && trips >= SHOWN_TRIPS_MIN && leader.history !== "truncated";
  return isLong && follower.interval !== null && follower.interval[0] > 0 ? "paid" : "not-shown";
}

function resultSentence({
  follower,
  equity,
  days,
}: Pick<WhatIfReport, "follower" | "equity" | "days">): string {
  const { profit, interval, drawdown } = follower;
  const made = profit >= 0 ? "gained" : "lost";
  const size = `${usdt(Math.abs(profit))} (${percent(profit / equity)})`;
  const fell = `; on the way it was down by ${percent(-drawdown).replace("+", "")} at worst`;
  return `In the ${counted(days, "recorded day")} this follower ${made} ${size}${rangeText(interval, equity)}${fell}`;
}

function rangeText(interval: Interval | null, equity: number): string {
  if (interval === null) return "; the days are too few to say how much of that is luck";
  const [low, high] = interval.map((end) => percent(end / equity));
  const isOpen = interval[0] <= 0 && interval[1] >= 0;
  return `; such days drawn anew give ${low} to ${high} (95 %)${isOpen ? ", so it may be chance" : ""}`;
}

function lengthSentences({
  days,
  trips,
  leader,
}: Pick<WhatIfReport, "days" | "trips" | "leader">): readonly string[] {
  const short = [
    ...(days < SHOWN_DAYS_MIN ? [counted(days, "day")] : []),
    ...(trips < SHOWN_TRIPS_MIN ? [counted(trips, "finished round trip")] : []),
  ];
  return [
    ...(short.length === 0
      ? []
      : [`The record is short (${short.join(", ")}): it cannot show whether this leader pays`]),
    ...(leader.history === "truncated"
      ? ["Its source cut the record: what came before, losses too, is not seen"]
      : []),
  ];
}

function startSentences({ starts, noStarts }: Pick<WhatIfReport, "starts" | "noStarts">): readonly string[] {
  if (starts === null)
    return [
      noStarts === "start-mode"
        ? "What another start would have given is not worked out for a start_mode other than all"
        : "The record is too short to say what another start would have given",
    ];
  const { returns, lossShare, drawdowns, horizonDays, separate } = starts;
  const overlap =
    separate < 5 ? `; they overlap, and there is room for ${separate} of them side by side` : "";
  return [
    `Begun at another time and copied for ${counted(horizonDays, "day")}: ${percent(returns.p50)} in the middle, ${percent(returns.p5)} to ${percent(returns.p95)} in nine of ten starts; ${share(lossShare)} of the starts lose, and one in twenty falls by ${percent(-drawdowns.p5).replace("+", "")} on the way${overlap}`,
  ];
}

function sizeSentence({ size, equity }: WhatIfReport): string {
  const { share: copied, leastEquity, errorMax, wantedShare, followsCapital } = size;
  const within = `within ${share(errorMax)} of its exact size`;
  if (copied === null)
    return "Which capital is enough is not worked out for these settings (docs/what-if.md)";
  const now = `With ${usdt(equity)} ${share(copied)} of what it trades is copied ${within}`;
  if (!followsCapital) return `${now}; the settings fix the sizes, not the capital`;
  const always = `it is ${share(wantedShare)} or more`;
  if (leastEquity === null) return `${now}; at no capital ${always}`;
  const scaling = copied < wantedShare ? scalingText(leastEquity / equity) : "";
  return `${now}; from ${usdt(roundUp(leastEquity))} on ${always}${scaling}`;
}

/** Larger factors are no advice. */
const SCALING_MAX = 3;

function scalingText(factor: number): string {
  const times = roundUp(factor);
  return times > SCALING_MAX
    ? ""
    : `, or with ${times} times the position_scaling, which makes gains and losses ${times} times as large`;
}

/** To two digits, upwards. */
function roundUp(amount: number): number {
  const digit = 10 ** (Math.floor(Math.log10(amount)) - 1);
  return Math.ceil(amount / digit) * digit;
}

function delaySentences({ delays, follower }: WhatIfReport): readonly string[] {
  if (follower.happenings.fills === 0) return ["Nothing of this leader was copied at all"];
  const { limit, carefulLimit, points } = delays;
  const isShown = points.some((one) => ((one.interval ?? one.carefulInterval)?.[0] ?? 0) > 0);
  const first = limit ?? carefulLimit;
  const chance = first.kind === "never" || isShown ? "" : " (at none of them beyond chance)";
  const told = `Being late: ${limitText(first)}${chance}`;
  if (limit === null || (limit.kind === carefulLimit.kind && limit.kind !== "until")) return [told];
  return [`${told}; with all that bars leave open of prices counted against it, ${limitText(carefulLimit)}`];
}

function limitText(limit: DelayLimit): string {
  switch (limit.kind) {
    case "never":
      return "the follower loses however prompt it is";
    case "beyond":
      return `the follower still gains at every delay tried, up to ${lengthText(limit.delayMs)}`;
    case "until":
      return `the follower gains up to a delay of about ${lengthText(limit.delayMs)}, and loses beyond it`;
  }
}

function capacitySentences({ capacity, leftOut, equity }: WhatIfReport): readonly string[] {
  if (capacity === null) return [];
  const room = leftOut.length === 0 ? "Room" : `Room without ${leftOut.join(", ")}`;
  const { half, whole, wholeInterval } = capacity;
  if (whole === null)
    return ["How much money fits is not known: no volume is known of the markets that it trades"];
  if (whole === 0 || half === null) return ["There is no edge that the money of many followers could eat up"];
  return [
    `${room}: ${ownImpactText(equity, whole)}; of all who copy it together it takes half of the edge at ${large(half)}, and all of it at ${large(whole)}${roomRange(wholeInterval)}`,
  ];
}

/** Impact follows the square root of size: it takes sqrt(capital / whole) of what there is to earn. */
function ownImpactText(equity: number, whole: number): string {
  const part = Math.sqrt(equity / whole);
  if (part >= 1) return `the impact of ${usdt(equity)} alone takes all of the edge`;
  const size = part < 0.01 ? "less than 1 %" : share(part);
  return `the impact of ${usdt(equity)} alone takes ${size} of the edge`;
}

function roomRange(interval: Interval | null): string {
  if (interval === null) return "";
  const [low, high] = interval;
  return low < 1
    ? "; these are guesses, as among such days drawn anew there are some with no edge at all"
    : `; such days drawn anew put all of it anywhere from ${large(low)} to ${large(high)}`;
}

/** To two digits. */
function large(amount: number): string {
  const units = [
    [1e9, " billion"],
    [1e6, " million"],
  ] as const;
  const [unit, name] = units.find(([size]) => amount >= size) ?? [1, ""];
  return `${Number((amount / unit).toPrecision(2)).toLocaleString("en-US")}${name} USDT`;
}

export function usdt(amount: number): string {
  const digits = Math.abs(amount) >= 1_000 ? 0 : 2;
  return `${amount.toLocaleString("en-US", { maximumFractionDigits: digits })} USDT`;
}

/** Two digits with their sign, which nothing has not. */
export function signed(amount: number): string {
  const text = amount.toFixed(2);
  if (Number(text) === 0) return "0.00";
  return amount < 0 ? text : `+${text}`;
}

export function percent(part: number): string {
  return `${signed(100 * part)} %`;
}

function share(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}
