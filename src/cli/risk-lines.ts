/** The risk of each follower's copies, for people: by leader and together, per unit held, and the limits. */
import type {
  CopiedRisk,
  FollowerRisk,
  LeaderPart,
  RiskFigure,
  RiskFigures,
} from "../control/copied-risk.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

const LACKS = {
  "no-record":
    "no record yet; it grows while it is copied, and copytrader traders import or fetch brings what was before",
  "too-short": "fewer than 30 days on which it held something",
  "venue-profit-only": "profits of unknown days only",
} as const;

export function riskLines(found: CopiedRisk): readonly string[] {
  if (found.followers.length === 0) return ["nobody is copied"];
  return [
    ...found.followers.flatMap((one, at) => [...(at === 0 ? [] : [""]), ...followerLines(one, found)]),
    "",
    ...wrapped(
      "By what past days brought to each unit that leaders held, before a follower's delay and costs; days on which a leader held nothing take the results of its own days in turn. A leader who has not lost yet shows no risk. docs/risk.md says how each figure is made.",
    ),
  ];
}

function followerLines(one: FollowerRisk, found: CopiedRisk): readonly string[] {
  const { follower, equity, leaders, figures, why_not: whyNot } = one;
  const heading = `${coloured("bold", follower)}, equity ${equity === null ? "unknown" : `${money(equity)} USDT`}`;
  return [
    `${heading}; ${found.days} days up to ${found.until}, beta against ${found.benchmark}`,
    ...(figures === null
      ? [`What its copies may lose cannot be told: ${whyNot}.`]
      : figureTable(leaders, figures, equity ?? 0, found.confidence)),
    "",
    ...unitTable(leaders, found.confidence),
    ...leaders.flatMap(recordNotes),
    ...limitLines(one),
  ];
}

function recordNotes({ leader, lack, is_old: isOld, record_until: until }: LeaderPart): readonly string[] {
  if (lack !== null) return wrapped(`${leader}: ${LACKS[lack]}; it counts nothing here.`);
  return isOld
    ? wrapped(`${leader}: its record ends on ${until}; what it did since is not in these figures.`)
    : [];
}

function right(...titles: readonly string[]) {
  return titles.map((title) => ({ title, align: "right" as const }));
}

function percentTitle(confidence: number): string {
  return `${Number((100 * confidence).toFixed(1))} %`;
}

/** Amounts in the settle coin; shares of equity below them. */
function figureTable(
  leaders: readonly LeaderPart[],
  figures: RiskFigures,
  equity: number,
  confidence: number,
): readonly string[] {
  const level = percentTitle(confidence);
  const columns = [
    { title: "MAY LOSE (USDT)" },
    ...right("HELD", `VAR ${level}`, `CVAR ${level}`, "VOLATILITY", "DEEPEST FALL", "FALL NOW", "BETA"),
  ];
  const { value_at_risk: valueAtRisk, cvar, annual_volatility: swing, beta } = figures;
  const shown = [valueAtRisk, cvar, swing, figures.deepest_fall, figures.fall_now];
  const known = leaders.filter(({ leader }) => leader in valueAtRisk.by_leader);
  const held = (part: LeaderPart) => (part.is_inverse ? -1 : 1) * (part.held ?? 0);
  const sum = known.reduce((total, part) => total + Math.abs(held(part)), 0);
  const row = (title: string, cells: readonly string[]) => [title, ...cells];
  return table(columns, [
    ...known.map((part) =>
      row(part.leader, [
        money(held(part)),
        ...shown.map((figure) => money(equity * (figure.by_leader[part.leader] ?? 0))),
        beta === null ? "-" : times(beta.by_leader[part.leader] ?? 0),
      ]),
    ),
    row("together", [
      money(sum),
      ...shown.map(({ whole }) => money(equity * whole)),
      beta === null ? "-" : times(beta.whole),
    ]),
    row("of equity", [percent(sum / equity), ...shown.map(({ whole }) => finePercent(whole))]),
    row("95 % interval", ["", ...shown.map(intervalText), ""]),
    row("were it normal", [
      "",
      ...[figures.normal_value_at_risk, figures.normal_cvar].map(({ whole }) => finePercent(whole)),
    ]),
  ]);
}

function intervalText({ interval_95: interval }: RiskFigure): string {
  return interval === null ? "" : `${(100 * interval[0]).toFixed(2)}-${finePercent(interval[1])}`;
}

function unitTable(leaders: readonly LeaderPart[], confidence: number): readonly string[] {
  const level = percentTitle(confidence);
  const columns = [
    { title: "PER UNIT HELD" },
    ...right(`VAR ${level}`, `CVAR ${level}`, "VOLATILITY", "BETA", "OWN DAYS", "RECORD UNTIL"),
  ];
  const rows = leaders.map(({ leader, per_unit: unit, own_days: days, record_until: until }) => [
    leader,
    ...(unit === null
      ? ["-", "-", "-", "-"]
      : [
          finePercent(unit.value_at_risk),
          finePercent(unit.cvar),
          percent(unit.annual_volatility),
          unit.beta === null ? "-" : times(unit.beta),
        ]),
    String(days),
    until ?? "-",
  ]);
  return table(columns, rows);
}

function limitLines({ limits, drawdown }: FollowerRisk): readonly string[] {
  const fallen =
    drawdown === null || drawdown.use === ""
      ? []
      : wrapped(
          `The account itself lies ${money(Number(drawdown.use))} ${drawdown.unit} below its highest; ${drawdown.guard} acts at ${money(Number(drawdown.at))} ${drawdown.unit} (${drawdown.action}).`,
        );
  const stated = limits.filter(({ most }) => most !== "");
  const notes = limits.flatMap(({ limit, of, note }) =>
    note === "" ? [] : wrapped(`${limit}${of === "" ? "" : ` ${of}`}: ${note}`),
  );
  const columns = [
    { title: "LIMIT" },
    ...right("USE", "MOST", "HEADROOM"),
    { title: "UNIT" },
    { title: "FROM" },
  ];
  const rows = stated.map(({ limit, use, most, headroom, unit, source }) => [
    limit,
    shown(use),
    shown(most),
    headroom.startsWith("-") ? coloured("red", shown(headroom)) : shown(headroom),
    unit,
    source,
  ]);
  return [
    "",
    ...(rows.length === 0
      ? ["No limit of the portfolio's risk is set (max_portfolio_var_95 and others)."]
      : table(columns, rows)),
    ...notes,
    ...fallen,
  ];
}

/** Four places of a decimal text. */
function shown(text: string): string {
  const point = text.indexOf(".");
  return point < 0 ? text : text.slice(0, point + 5);
}

function money(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function finePercent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function times(value: number): string {
  return value.toFixed(2);
}
