/** The ranking of traders for people: what may be concluded first, then the figures, then who cannot be judged and why. */
import type { TraderRanking } from "../../control/trader-ranking.ts";
import type { RankedTrader } from "../../traders/ranked-traders.ts";
import type { VerdictWord } from "../../traders/verdict.ts";
import { coloured } from "../output.ts";
import { table, wrapped } from "../table.ts";

const GROUP_SHOWN = 4;
const BULLET_WIDTH = 98;

const VERDICTS: Readonly<Record<VerdictWord, string>> = {
  judgeable: "judgeable",
  empty: "empty",
  "too-short": "too short",
  "capital-used-up": "capital used up",
  "days-unsure": "days unsure",
  truncated: "truncated",
  "few-trips": "few trips",
  "no-variation": "no variation",
  "same-as-another": "same as another",
};

export function rankLines(ranking: TraderRanking): readonly string[] {
  const { traders } = ranking;
  const judged = traders.filter(({ verdict }) => verdict.word === "judgeable");
  const partly = traders.filter(({ verdict, figures }) => verdict.word !== "judgeable" && figures !== null);
  const others = traders.filter(({ verdict, figures }) => verdict.word !== "judgeable" && figures === null);
  return [
    ...conclusionLines(ranking, judged),
    "",
    ...(judged.length === 0 ? [] : [...figureTable(judged), ""]),
    ...reservationLines(judged),
    ...(partly.length === 0 ? [] : [...partlyLines(partly), ""]),
    ...(others.length === 0 ? [] : [...otherLines(others), ""]),
    ...(judged.length + partly.length === 0 ? [] : wrapped(LEGEND)),
  ];
}

const LEGEND =
  "SHARPE: a year, after fees. 95 %: where it may well lie, by resampling. CAREFUL: what is left of it at the lower end (5 %) once each is drawn towards the others; the order follows it. >0: how sure it is that the true ratio is above zero. LUCK: the same above what the luckiest of all who were looked at would show. q: share of false finds among those at least as good. NEEDS: days of record for 95 % sure, were it to go on like this; - where it does not earn.";

function conclusionLines(
  { traders, screened, luckiestSharpe }: TraderRanking,
  judged: readonly RankedTrader[],
) {
  const of = traders.length === screened ? "" : ` (${screened} were ever looked at)`;
  const likely = judged.filter(({ figures }) => figures?.conclusion === "skill-likely");
  const head = `${judged.length} of ${traders.length} traders can be judged${of}.`;
  const luck =
    luckiestSharpe === null
      ? ""
      : ` Of ${screened} who were looked at, the luckiest would show a Sharpe ratio of about ${luckiestSharpe.toFixed(1)} a year without any skill.`;
  return [coloured("bold", head), ...wrapped(`${adviceOf(judged, likely)}${luck}`)];
}

function adviceOf(judged: readonly RankedTrader[], likely: readonly RankedTrader[]): string {
  if (judged.length === 0)
    return "There is no reason here to copy anybody: get longer or fuller histories first.";
  if (likely.length === 0) {
    const whose = judged.length === 1 ? "That record does not prove" : "None of these records proves";
    return `${whose} skill: what is there may well be luck. To wait for longer records is the careful choice; whoever copies one all the same does it small and with a stop.`;
  }
  const names = likely.map(({ trader }) => trader.trader).join(", ");
  return `More than luck is likely of ${names}; mind what is said below of the data.`;
}

const RIGHT = ["DAYS", "TRIPS", "SHARPE", "95 %", "CAREFUL", ">0", "LUCK", "q", "NEEDS"];
const COLUMNS = [
  { title: "TRADER" },
  ...RIGHT.map((title) => ({ title, align: "right" as const })),
  { title: "" },
];

function figureTable(traders: readonly RankedTrader[]): readonly string[] {
  return table(COLUMNS, traders.map(figureRow));
}

function figureRow({ trader, days, trips, figures, lockStep }: RankedTrader): readonly string[] {
  if (figures === null) return [trader.trader, String(days), String(trips)];
  const interval = figures.sharpeInterval;
  return [
    `${trader.trader}${lockStep.length === 0 ? "" : ` (+${lockStep.length})`}`,
    String(days),
    String(trips),
    figures.sharpe.toFixed(1),
    interval === null ? "-" : `${interval[0].toFixed(1)}..${interval[1].toFixed(1)}`,
    figures.lowerBound.toFixed(1),
    percent(figures.probabilisticSharpe),
    percent(figures.deflatedSharpe),
    figures.qValue.toFixed(2),
    figures.daysNeeded === null ? "-" : String(figures.daysNeeded),
    CONCLUSIONS[figures.conclusion],
  ];
}

const CONCLUSIONS = { "skill-likely": "skill likely", unproven: "unproven", losing: "loses" } as const;

function percent(share: number | null): string {
  if (share === null) return "-";
  const rounded = Math.round(100 * share);
  if (rounded === 100) return ">99 %";
  return rounded === 0 ? "<1 %" : `${rounded} %`;
}

/** Each once, with those that it is about. */
function reservationLines(judged: readonly RankedTrader[]): readonly string[] {
  const all = judged.flatMap(({ trader, verdict }) =>
    verdict.reservations.map(({ text }) => ({ text, id: trader.trader })),
  );
  const lines = [...Map.groupBy(all, ({ text }) => text)].flatMap(([text, of]) => {
    const whose = of.length === judged.length ? "all of them" : listed(of.map(({ id }) => id));
    return bullet(`${text} (${whose})`);
  });
  return lines.length === 0 ? [] : ["Mind:", ...lines, ""];
}

function bullet(text: string): readonly string[] {
  return wrapped(text, BULLET_WIDTH).map((line, at) => `${at === 0 ? "- " : "  "}${line}`);
}

function partlyLines(traders: readonly RankedTrader[]): readonly string[] {
  const rows = traders.map(({ trader, days, trips, verdict, figures }) => [
    trader.trader,
    String(days),
    String(trips),
    figures?.sharpe.toFixed(1) ?? "-",
    verdict.reasons.map(({ text }) => text).join("; "),
  ]);
  const columns = [
    { title: "NOT JUDGED" },
    { title: "DAYS", align: "right" },
    { title: "TRIPS", align: "right" },
    { title: "SHARPE", align: "right" },
    { title: "WHY A FIGURE OF IT DOES NOT COUNT" },
  ] as const;
  return table(columns, rows, { overflow: "wrap" });
}

/** By reason: a long list of single accounts tells nobody anything. */
function otherLines(traders: readonly RankedTrader[]): readonly string[] {
  const groups = [...Map.groupBy(traders, ({ verdict }) => verdict.word)].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  const rows = groups.map(([word, group]) => [VERDICTS[word], String(group.length), groupText(word, group)]);
  const columns = [{ title: "NO FIGURE" }, { title: "", align: "right" }, { title: "WHY" }] as const;
  return table(columns, rows, { overflow: "wrap" });
}

function groupText(word: VerdictWord, group: readonly RankedTrader[]): string {
  const names = listed(group.map(({ trader }) => trader.trader));
  if (word === "same-as-another")
    return group
      .map(({ trader, verdict }) => `${trader.trader}: ${verdict.reasons[0]?.text ?? ""}`)
      .join("; ");
  if (word === "too-short") {
    const days = group.map((one) => one.days).sort((one, other) => one - other);
    const cut = group.filter(({ verdict }) =>
      verdict.reasons.some((reason) => reason.word === "truncated"),
    ).length;
    const cutText = cut === 0 ? "" : ` Of ${cut} of them the source cut the history.`;
    return `${days[0]} to ${days.at(-1)} days of record, half of them at most ${days[Math.floor((days.length - 1) / 2)]}: luck explains as much.${cutText} ${names}`;
  }
  return `${group[0]?.verdict.reasons[0]?.text ?? ""}: ${names}`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - GROUP_SHOWN;
  return rest > 1 ? `${names.slice(0, GROUP_SHOWN).join(", ")} and ${rest} more` : names.join(", ");
}

/** Two traders, a line per figure. */
export function compareLines({ traders, screened }: TraderRanking): readonly string[] {
  const columns = [{ title: "" }, ...traders.map(({ trader }) => ({ title: trader.trader }))];
  const row = (title: string, cell: (trader: RankedTrader) => string) => [title, ...traders.map(cell)];
  const figure = (title: string, cell: (figures: NonNullable<RankedTrader["figures"]>) => string) =>
    row(title, ({ figures }) => (figures === null ? "-" : cell(figures)));
  const rows = [
    row("verdict", ({ verdict }) => VERDICTS[verdict.word]),
    row("days of record", ({ days }) => String(days)),
    row("round trips", ({ trips }) => String(trips)),
    figure("Sharpe ratio", ({ sharpe }) => sharpe.toFixed(2)),
    figure("95 %", ({ sharpeInterval: of }) =>
      of === null ? "-" : `${of[0].toFixed(1)}..${of[1].toFixed(1)}`,
    ),
    figure("drawn together", ({ shrunkSharpe }) => shrunkSharpe.toFixed(2)),
    figure("careful bound", ({ lowerBound }) => lowerBound.toFixed(2)),
    figure("sure above zero", ({ probabilisticSharpe }) => percent(probabilisticSharpe)),
    figure(`sure above luck of ${screened}`, ({ deflatedSharpe }) => percent(deflatedSharpe)),
    figure("q-value", ({ qValue }) => qValue.toFixed(2)),
    figure("days needed", ({ daysNeeded }) => (daysNeeded === null ? "-" : String(daysNeeded))),
    figure("conclusion", ({ conclusion }) => CONCLUSIONS[conclusion]),
  ];
  return [...table(columns, rows), "", ...wrapped(comparison(traders)), ...traders.flatMap(whyLines)];
}

function comparison(traders: readonly RankedTrader[]): string {
  const [one, other] = traders;
  if (one === undefined || other === undefined) return "";
  if (
    one.lockStep.some(({ trader, venue }) => trader === other.trader.trader && venue === other.trader.venue)
  )
    return "These two trade as one: copying both is copying one of them twice.";
  if (one.figures === null || other.figures === null || other.verdict.word !== "judgeable")
    return "They cannot be held against each other: at least one of them cannot be judged.";
  const isApart = one.figures.lowerBound > other.figures.upperBound;
  return isApart
    ? `${one.trader.trader} is the better one, with little doubt.`
    : `${one.trader.trader} stands higher, but what either may truly be overlaps: nothing says that it is better.`;
}

function whyLines({ trader, verdict }: RankedTrader): readonly string[] {
  const texts = [...verdict.reasons, ...verdict.reservations].map(({ text }) => text);
  return texts.length === 0 ? [] : ["", `${trader.trader}:`, ...texts.flatMap(bullet)];
}
