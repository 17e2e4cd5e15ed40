/** The ranking of traders for people: what may be concluded first, then the figures, then who cannot be judged and why. */
import type { TraderRanking } from "../../control/trader-ranking.ts";
import type { RankedFigures, RankedFollower, RankedTrader } from "../../traders/ranked-traders.ts";
import type { VerdictWord } from "../../traders/verdict.ts";
import { coloured } from "../output.ts";
import { table, wrapped } from "../table.ts";
import { settingsText } from "./traders-copied-lines.ts";

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

/** `top`: rows of each table. */
export function rankLines(ranking: TraderRanking, top: number): readonly string[] {
  const { traders } = ranking;
  const judged = traders.filter(({ verdict }) => verdict.word === "judgeable");
  const partly = traders.filter(({ verdict, figures }) => verdict.word !== "judgeable" && figures !== null);
  const others = traders.filter(({ verdict, figures }) => verdict.word !== "judgeable" && figures === null);
  return [
    ...conclusionLines(ranking, judged),
    "",
    ...(judged.length === 0
      ? []
      : [
          ...copiedTable(ranking, judged.slice(0, top)),
          ...moreLines(judged.length - top),
          "",
          ...surenessTable(ranking, judged.slice(0, top)),
          "",
        ]),
    ...expectationLines(judged.slice(0, top)),
    ...reservationLines(judged),
    ...(partly.length === 0
      ? []
      : [...partlyLines(partly.slice(0, top)), ...moreLines(partly.length - top), ""]),
    ...(others.length === 0 ? [] : [...otherLines(others), ""]),
    ...(judged.length + partly.length === 0 ? [] : wrapped(legend(ranking))),
  ];
}

function moreLines(more: number): readonly string[] {
  return more <= 0 ? [] : [`and ${more} more: --top COUNT shows more of them, --json has all`];
}

function legend({ by, settings }: TraderRanking): string {
  const order = {
    net: "the order follows that of a follower",
    gross: "the order follows that of the traders themselves",
    model: "the order follows what the model expects",
  }[by];
  const capital = Number(settings.equity).toLocaleString("en-US");
  return `SHARPE: a year, of the trader after its own fees. NET: of the figure before it, what a follower with ${capital} gets (${settingsText(settings)}). CAREFUL: what is left of the ratio at the lower end (5 %) once each is drawn towards the others; ${order}. EDGE LEFT: of the profit before costs. COPYABLE: 0 nothing, 1 all. 95 %: where the ratio may well lie, by resampling. >0: how sure it is that the true ratio is above zero. LUCK: the same above what the luckiest of all who were looked at would show. q: share of false finds among those at least as good. NEEDS: days of record for 95 % sure, were it to go on like this; - where it does not earn.`;
}

function conclusionLines(ranking: TraderRanking, judged: readonly RankedTrader[]) {
  const { traders, screened, luckiestSharpe } = ranking;
  const of = traders.length === screened ? "" : ` (${screened} were ever looked at)`;
  const likely = judged.filter((one) => basisOf(ranking, one)?.conclusion === "skill-likely");
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
  const names = listed(likely.map(({ trader }) => trader.trader));
  return `More than luck is likely of ${names}; mind what is said below of the data.`;
}

const right = (title: string) => ({ title, align: "right" as const });

const COPIED = [
  { title: "TRADER" },
  ...["DAYS", "TRIPS", "SHARPE", "NET", "CAREFUL", "NET", "EDGE LEFT", "COPYABLE"].map(right),
  { title: "" },
];

/** The traders' own results and a follower's beside each other. */
function copiedTable(ranking: TraderRanking, traders: readonly RankedTrader[]): readonly string[] {
  return table(
    COPIED,
    traders.map((trader) => copiedRow(trader, basisOf(ranking, trader))),
  );
}

function copiedRow(
  { trader, days, trips, figures, follower, lockStep }: RankedTrader,
  basis: RankedFigures | null,
): readonly string[] {
  const net = follower?.figures ?? null;
  return [
    `${trader.trader}${lockStep.length === 0 ? "" : ` (+${lockStep.length})`}`,
    String(days),
    String(trips),
    figures?.sharpe.toFixed(1) ?? "-",
    net?.sharpe.toFixed(1) ?? "-",
    figures?.lowerBound.toFixed(1) ?? "-",
    net?.lowerBound.toFixed(1) ?? "-",
    edgeText(follower),
    follower?.copyability.score?.toFixed(2) ?? "-",
    basis === null ? "nothing to judge" : CONCLUSIONS[basis.conclusion],
  ];
}

/** The figures that the order goes by. */
function basisOf({ by }: TraderRanking, { figures, follower }: RankedTrader): RankedFigures | null {
  return by === "gross" ? figures : (follower?.figures ?? null);
}

/** Of the leader's profit before costs; it may be below nothing, or have nothing to be left of. */
function edgeText(follower: RankedFollower | null): string {
  if (follower === null || follower.edge.gross <= 0) return "-";
  return `${Math.round((100 * follower.edge.net) / follower.edge.gross)} %`;
}

function surenessTable(ranking: TraderRanking, traders: readonly RankedTrader[]): readonly string[] {
  const columns = [
    { title: ranking.by === "gross" ? "HOW SURE: OF THE TRADER" : "HOW SURE: OF A FOLLOWER" },
    ...["95 %", ">0", "LUCK", "q"].map(right),
    { title: "NEEDS" },
  ];
  const rows = traders.map((one) => [one.trader.trader, ...surenessCells(basisOf(ranking, one))]);
  return table(columns, rows);
}

function surenessCells(figures: RankedFigures | null): readonly string[] {
  if (figures === null) return [];
  const interval = figures.sharpeInterval;
  return [
    interval === null ? "-" : `${interval[0].toFixed(1)}..${interval[1].toFixed(1)}`,
    percent(figures.probabilisticSharpe),
    percent(figures.deflatedSharpe),
    figures.qValue.toFixed(2),
    figures.daysNeeded === null ? "-" : `${figures.daysNeeded} days`,
  ];
}

const CONCLUSIONS = { "skill-likely": "skill likely", unproven: "unproven", losing: "loses" } as const;

function percent(share: number | null): string {
  if (share === null) return "-";
  const rounded = Math.round(100 * share);
  if (rounded === 100) return ">99 %";
  return rounded === 0 ? "<1 %" : `${rounded} %`;
}

/** Nothing where the order does not go by a model. */
function expectationLines(traders: TraderRanking["traders"]): readonly string[] {
  const expected = traders.flatMap(({ trader, predictedSharpe }) =>
    predictedSharpe === null ? [] : [`${trader.trader} ${predictedSharpe.toFixed(1)}`],
  );
  if (expected.length === 0) return [];
  return [
    ...wrapped(`The model expects of the next period, as a Sharpe ratio a year: ${expected.join(", ")}.`),
    "",
  ];
}

/** Each once, with those that it is about. */
function reservationLines(judged: readonly RankedTrader[]): readonly string[] {
  const all = judged.flatMap(({ trader, verdict, follower }) =>
    [...verdict.reservations, ...(follower?.reservations ?? [])].map(({ text }) => ({
      text,
      id: trader.trader,
    })),
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
  const rows = traders.map(({ trader, days, trips, verdict, figures, follower }) => [
    trader.trader,
    String(days),
    String(trips),
    figures?.sharpe.toFixed(1) ?? "-",
    follower?.figures?.sharpe.toFixed(1) ?? "-",
    verdict.reasons.map(({ text }) => text).join("; "),
  ]);
  const columns = [
    { title: "NOT JUDGED" },
    { title: "DAYS", align: "right" },
    { title: "TRIPS", align: "right" },
    { title: "SHARPE", align: "right" },
    { title: "NET", align: "right" },
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
export function compareLines(ranking: TraderRanking): readonly string[] {
  const { traders, screened, settings } = ranking;
  const columns = [{ title: "" }, ...traders.map(({ trader }) => ({ title: trader.trader }))];
  const row = (title: string, cell: (trader: RankedTrader) => string) => [title, ...traders.map(cell)];
  const of = (figures: RankedFigures | null | undefined, cell: (figures: RankedFigures) => string) =>
    figures === null || figures === undefined ? "-" : cell(figures);
  const both = (title: string, cell: (figures: RankedFigures) => string) => [
    row(title, ({ figures }) => of(figures, cell)),
    row("  of a follower", ({ follower }) => of(follower?.figures, cell)),
  ];
  const figure = (title: string, cell: (figures: RankedFigures) => string) =>
    row(title, (trader) => of(basisOf(ranking, trader), cell));
  const capital = Number(settings.equity);
  const copied = (title: string, amount: (edge: RankedFollower["edge"]) => number) =>
    row(title, ({ follower }) =>
      follower === null ? "-" : `${((100 * amount(follower.edge)) / capital).toFixed(2)} %`,
    );
  const rows = [
    row("verdict", ({ verdict }) => VERDICTS[verdict.word]),
    row("days of record", ({ days }) => String(days)),
    row("round trips", ({ trips }) => String(trips)),
    ...both("Sharpe ratio", ({ sharpe }) => sharpe.toFixed(2)),
    ...both("careful bound", ({ lowerBound }) => lowerBound.toFixed(2)),
    copied("profit before costs", ({ gross }) => gross),
    copied("  delay", ({ delay }) => -delay),
    copied("  slippage", ({ slippage }) => -slippage),
    copied("  fees", ({ fees }) => -fees),
    copied("  sizes", ({ sizes }) => -sizes),
    copied("  funding", ({ funding }) => funding),
    copied("left for a follower", ({ net }) => net),
    row("copyable", ({ follower }) => follower?.copyability.score?.toFixed(2) ?? "-"),
    figure("95 %", ({ sharpeInterval: interval }) =>
      interval === null ? "-" : `${interval[0].toFixed(1)}..${interval[1].toFixed(1)}`,
    ),
    figure("drawn together", ({ shrunkSharpe }) => shrunkSharpe.toFixed(2)),
    figure("sure above zero", ({ probabilisticSharpe }) => percent(probabilisticSharpe)),
    figure(`sure above luck of ${screened}`, ({ deflatedSharpe }) => percent(deflatedSharpe)),
    figure("q-value", ({ qValue }) => qValue.toFixed(2)),
    figure("days needed", ({ daysNeeded }) => (daysNeeded === null ? "-" : String(daysNeeded))),
    figure("conclusion", ({ conclusion }) => CONCLUSIONS[conclusion]),
  ];
  return [
    ...table(columns, rows),
    "",
    ...wrapped(comparison(ranking)),
    ...wrapped(
      `A follower with ${capital.toLocaleString("en-US")}: ${settingsText(settings)}; shares of its capital at the beginning. The last seven lines are of ${ranking.by === "gross" ? "the trader" : "the follower"}.`,
    ),
    ...traders.flatMap(whyLines),
  ];
}

function comparison(ranking: TraderRanking): string {
  const [one, other] = ranking.traders;
  if (one === undefined || other === undefined) return "";
  if (
    one.lockStep.some(({ trader, venue }) => trader === other.trader.trader && venue === other.trader.venue)
  )
    return "These two trade as one: copying both is copying one of them twice.";
  const [better, worse] = [basisOf(ranking, one), basisOf(ranking, other)];
  if (better === null || worse === null || other.verdict.word !== "judgeable")
    return "They cannot be held against each other: at least one of them cannot be judged.";
  const isApart = better.lowerBound > worse.upperBound;
  return isApart
    ? `${one.trader.trader} is the better one, with little doubt.`
    : `${one.trader.trader} stands higher, but what either may truly be overlaps: nothing says that it is better.`;
}

function whyLines({ trader, verdict, follower }: RankedTrader): readonly string[] {
  const texts = [...verdict.reasons, ...verdict.reservations, ...(follower?.reservations ?? [])].map(
    ({ text }) => text,
  );
  return texts.length === 0 ? [] : ["", `${trader.trader}:`, ...texts.flatMap(bullet)];
}
