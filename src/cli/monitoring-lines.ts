/** What monitoring found, for people: what stands first, then everybody who was looked at. */
import type { LeaderScore } from "../control/leader-scores.ts";
import type { FindingReport, MonitoringReport } from "../control/monitoring-report.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

export function monitoringLines(report: MonitoringReport): readonly string[] {
  const { scoredAt, nextAt, findings, pending, leaders, problems } = report;
  return [
    `looked at ${minute(scoredAt)} UTC${nextAt === null ? "" : `; the next look is due at ${minute(nextAt)} while copytrader start runs`}`,
    "",
    ...(findings.length === 0
      ? [coloured("green", "nothing that was found speaks against anybody")]
      : findings.flatMap(findingLines)),
    ...pending.flatMap((one) =>
      wrapped(`perhaps: ${whoOf(one)}: ${one.text} (${one.finding}; it takes more looks)`),
    ),
    "",
    ...table(COLUMNS, leaders.map(rowOf)),
    ...problems.flatMap((problem) => wrapped(`problem: ${problem}`)),
  ];
}

function whoOf({ leader, follower }: FindingReport): string {
  return leader ?? follower ?? "";
}

function findingLines(report: FindingReport): readonly string[] {
  const { finding, text, since, actedOn } = report;
  const done = actedOn.length === 0 ? "" : `; acted on for ${actedOn.join(", ")}`;
  return wrapped(
    `${coloured("yellow", finding)} ${whoOf(report)}: ${text} (since ${minute(since ?? 0)}${done})`,
  );
}

const COLUMNS = [
  { title: "LEADER" },
  { title: "COPIED BY", align: "right" },
  { title: "DAYS", align: "right" },
  { title: "TRIPS", align: "right" },
  { title: "SHARPE", align: "right" },
  { title: "CAREFUL", align: "right" },
  { title: "DECAY", align: "right" },
  { title: "FILTERS" },
  { title: "STYLE" },
  { title: "LAST FILL" },
  { title: "JUDGED" },
] as const;

function rowOf(leader: LeaderScore): readonly string[] {
  const { name, role, followers, days, trips, sharpe, score, decay, style, lastFillMs, verdict } = leader;
  return [
    name,
    role === "watched" ? "watched" : String(followers.length),
    String(days),
    String(trips),
    figure(sharpe),
    figure(score),
    decay.kind === "measured" ? `${decay.value.toFixed(1)}/${decay.limit.toFixed(1)}` : "-",
    filtersText(leader),
    style.label === "unknown" ? "-" : style.label,
    lastFillMs === null ? "-" : minute(lastFillMs).slice(0, 10),
    verdict,
  ];
}

function filtersText({ filters: { results } }: LeaderScore): string {
  if (results.length === 0) return "none";
  const failed = results.filter(({ result }) => result === "failed").length;
  if (failed > 0) return coloured("yellow", `${failed} failed`);
  const untold = results.filter(({ result }) => result === "cannot-tell").length;
  return untold > 0 ? `${untold} untold` : "pass";
}

function figure(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}

function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}
