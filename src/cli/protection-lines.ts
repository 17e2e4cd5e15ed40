/** A judgement of protections for people: what each would have saved or cost, how surely, and what struck. */
import { rangeText, timeText } from "../analytics/equity/day-text.ts";
import type {
  JudgedProtection,
  JudgedRung,
  JudgedStrike,
  ProtectionsReport,
} from "../control/protections/protections.ts";
import {
  figureColumns,
  rowLabel,
  struckText,
  verdictCounts,
  verdictText,
} from "../reports/protection-texts.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

const STRIKES_SHOWN = 3;
const LINE_MAX = 96;

export function protectionLines(
  report: ProtectionsReport,
  assumptions: readonly string[],
): readonly string[] {
  const { range, equity, copied, protections, configured } = report;
  const verdicts = protections.flatMap(({ rungs }) => rungs.map(({ verdict }) => verdict));
  return [
    coloured("bold", `${rangeText(range)}, ${equity} USDT at the beginning, ${copied}`),
    ...wrapped(
      `As everything is configured it ended with ${Number(configured.equityTo).toFixed(2)} USDT. Saved: equity at the end with the protection less equity without it, after fees and funding; below zero it cost.`,
    ),
    ...wrapped(verdictCounts(verdicts)),
    "",
    ...protections.flatMap((one) => [...protectionBlock(one), ""]),
    coloured("bold", "What this stands on"),
    ...assumptions.flatMap((text) => wrapped(`- ${text}.`)),
  ];
}

function protectionBlock(judged: JudgedProtection): readonly string[] {
  const { protection, key, inUse, source, without, rungs } = judged;
  const head =
    inUse === null
      ? `${key}: not in use; what an example would have done`
      : `${key}: in use (${source}), ${inUse}`;
  return [
    coloured("bold", protection),
    ...wrapped(head),
    ...rungTable(without, rungs),
    ...rungs.flatMap(({ label, rule }) => wrapped(`${label}: ${rule}.`)),
    ...rungs.slice(0, 1).flatMap(strikeLines),
  ];
}

function rungTable(without: JudgedProtection["without"], rungs: readonly JudgedRung[]): readonly string[] {
  const rows = [
    [rowLabel("without it", without), "", "", "", "", ...figureColumns(without), ""],
    ...rungs.map((rung) => [
      rowLabel(rung.label, rung.with),
      String(rung.struck),
      savedText(rung),
      rung.interval === null ? "-" : rung.interval.map((value) => value.toFixed(0)).join(" to "),
      rung.adjustedChance?.toFixed(3) ?? "-",
      ...figureColumns(rung.with),
      verdictText(rung),
    ]),
  ];
  const right = (title: string) => ({ title, align: "right" as const });
  const columns = [
    { title: "" },
    ...["struck", "saved", "95 % interval", "p of all", "draw-down", "CVaR"].map(right),
    { title: "" },
  ];
  return table(columns, rows, { overflow: "wrap" });
}

function savedText({ saved, isSame }: JudgedRung): string {
  return isSame ? "0" : Number(saved).toFixed(2);
}

/** The first strikes of what is configured, or of the example. */
function strikeLines({ label, strikes, struck, leftAlone }: JudgedRung): readonly string[] {
  if (struck === 0) return [];
  const shown = strikes.slice(0, STRIKES_SHOWN).flatMap((strike) => hanging(lineOf(strike)));
  const more = struck - Math.min(struck, STRIKES_SHOWN);
  return [
    `Strikes, ${label}:`,
    ...shown,
    ...(more === 0 ? [] : [`  and ${more} more; --json has them`]),
    ...(leftAlone === null
      ? []
      : wrapped(
          `Left alone, all that it cut would have brought in ${Number(leftAlone).toFixed(2)} USDT from then on.`,
        )),
  ];
}

/** The first line stands out. */
function hanging(text: string): readonly string[] {
  return wrapped(text, LINE_MAX).map((line, at) => `${at === 0 ? "  " : "    "}${line}`);
}

function lineOf(strike: JudgedStrike): string {
  return `${timeText(strike.atMs)} ${struckText(strike, timeText)}`;
}
