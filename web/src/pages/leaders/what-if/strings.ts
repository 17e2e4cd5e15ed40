/** The words of what copying a trader would have brought. */
import { decimalText } from "../../../format/decimal.ts";
import { spanText } from "../../../format/time.ts";

interface Shares {
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
}

const percent = (share: number) => `${decimalText((share * 100).toFixed(2), { signed: true })} %`;

export const words = {
  what: "what it would have brought",
  title: "What if you had copied?",
  note: "the record through the engine that trades live, with your money, costs and delay",
  ask: "Ask what if",
  none: "Not asked yet. It takes a minute or more, in the background: the result, other beginnings, what each cost takes, and what being late takes.",
  meanwhile: "You may leave this page meanwhile.",
  asked: "Asked",
  when: "When",
  shown: "Shown below",
  capital: (amount: string) => `${amount} USDT`,
  usualCapital: "capital as configured",
  delayed: (seconds: string) => `${seconds} s late`,
  otherVersion: "This was worked out by another version of Copytrader: ask it again.",

  dialogTitle: (name: string) => `What if you had copied ${name}?`,
  about:
    "Nothing is traded. The past says what would have been, and nothing of what comes. Settings are those of the configuration, and above them what is written here.",
  confirm: "Work it out",
  more: "More",
  equity: "Your capital, USDT",
  equityHint: "empty: as configured",
  delay: "Delay, seconds",
  delayHint: "from the leader's fill to hearing of it; empty: 1",
  scaling: "Size",
  scalingHint: "times what the sizing rule gives; empty: as configured",
  mostPerSymbol: "Most per instrument, USDT",
  mostHint: "empty: as configured",
  leaderEquity: "The leader's capital, USDT",
  leaderEquityHint: "at the beginning of its record; empty: as stated, or the least that would do",
  feeRate: "Fee, % of each fill",
  feeRateHint: "empty: 0.055",
  delays: "Delays of the curve, seconds",
  delaysHint: "empty: 0.1, 1, 10, 60",
  horizon: "Other beginnings, days each",
  horizonHint: "empty: half of the record, at most 30",
  lives: "Lives with other delays",
  livesHint: "empty: 4; more take longer",
  seed: "Seed of chance",
  seedHint: "empty: 1",

  verdict: "The answer",
  verdicts: {
    paid: "it paid",
    "not-shown": "not shown to pay",
    "does-not-pay": "it did not pay",
    "too-small": "your capital is too small",
  },
  result: "Result, net of everything",
  inDays: (days: number) => `in ${days} recorded days`,
  interval: (low: string, high: string) => `95 %: ${decimalText(low)} to ${decimalText(high)}`,
  intervalTitle: "95 %",
  range: (low: string, high: string) => `${decimalText(low)} to ${decimalText(high)}`,
  ofCapital: "Of the capital",
  ownScaled: "The leader's own, scaled",
  ownScaledAbout: "after its own fees, at your size",
  worst: "Down at worst",
  byTheHour: "by the hour",
  fees: "Fees",
  funding: "Funding",

  starts: "Begun at another time",
  startsNote: (days: number, separate: number) =>
    `copied for ${days} days each; ${separate} of them have room side by side`,
  noStarts: {
    "short-record": "The record is too short to say what another beginning would have given.",
    "start-mode": "Not worked out for a start_mode other than all.",
  },
  gained: "Gained",
  fell: "Deepest fall on the way",
  spread: "Nine of ten lie here",
  spreadOf: (name: string, { p5, p50, p95 }: Shares) =>
    `${name}: ${percent(p50)} in the middle, ${percent(p5)} to ${percent(p95)} in nine of ten`,
  quantiles: { p5: "p5", p25: "p25", p50: "p50, middle", p75: "p75", p95: "p95" },
  losing: (share: string) => `${share} of the beginnings lose.`,

  costs: "What each thing makes of it",
  costsNote:
    "USDT: the result as it is less the result without it; they work into each other and do not add up",
  thing: "Left out",
  effect: "Effect",

  delayTitle: "What being late takes",
  delayNote: (days: number) => `result of ${days} days by delay, USDT`,
  delayHead: "Delay",
  likely: "Likely",
  careful: "Careful",
  byDelay: "By the delay",
  likelyLine: "likely: the price lies on the line through its bar",
  carefulLine: "careful: what bars leave open counts against you",
  thisCopy: "this copy",
  axes: "delay, logarithmic; USDT",
  delaySummary: (points: readonly string[]) => `Result by delay: ${points.join("; ")}.`,
  limits: {
    never: () => "You lose however prompt you are.",
    beyond: (delay: string) => `You still gain at every delay tried, up to ${delay}.`,
    until: (delay: string) => `You gain up to a delay of about ${delay}, and lose beyond it.`,
  },
  byEngine: "Worked out by the engine, life by life.",
  byLight: "Worked out by the light simulation, which is held against the engine.",
} as const;

/** `0.1 s`, `10 s`, `1 min` */
export function delayText(ms: number): string {
  return ms < 1_000 ? `${decimalText(String(ms / 1_000))} s` : spanText(ms);
}
