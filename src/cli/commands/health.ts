/** `copytrader health`: is everything at work, how near is each threshold, and what changed in the last hours. */
import type { Command } from "commander";
import type { HealthReport } from "../../control/health-report.ts";
import type { HealthCheck, HealthState } from "../../watch/health.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { type Colour, coloured, EXIT } from "../output.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";

interface HealthOptions extends Folders, CommonOptions {
  readonly all?: boolean;
  readonly history?: boolean;
}

const AFTER = `
Exit codes: 0 ok or a warning, 1 something is critical or the engine does not run, 2 asked wrongly.`;

export function healthCommand(finish: Finish): Command {
  const examples = ["health", "health --all", "health --history", "health --json || echo unwell"];
  const summary =
    "connections, restrictions, clocks, limits, processor, memory, disk and errors, each with its threshold";
  return withFolders(command("health", summary, examples))
    .option("--all", "each account by itself, also where all is well")
    .option("--history", "the last hours of each")
    .addHelpText("after", AFTER)
    .action((options: HealthOptions) =>
      runAction(options, finish, async (output) => {
        const history = options.history === true;
        const report = await withControl(options, (control) => control.ask({ kind: "health", history }));
        output.result(report, () => describe(report, options));
        return report.state === "critical" ? EXIT.failure : EXIT.ok;
      }),
    );
}

const COLOURS: Readonly<Record<HealthState, Colour>> = { ok: "green", warning: "yellow", critical: "red" };
const CHANGES_SHOWN = 10;
/** Their state says all. */
const IS_SO_OR_NOT: ReadonlySet<HealthCheck["check"]> = new Set(["engine", "restriction"]);

function describe({ state, engine, checks, changes }: HealthReport, { all, history }: HealthOptions): string {
  const shown = all === true ? checks : summed(checks);
  const head = engine.running
    ? `engine ${engine.pid ?? ""}: ${coloured(COLOURS[state], state)}`
    : coloured("red", "the engine does not run");
  const rows = shown.map((check) => [
    check.check,
    check.subject,
    coloured(COLOURS[check.state], check.state),
    ...(IS_SO_OR_NOT.has(check.check)
      ? ["", ""]
      : [check.value, check.threshold].map((one) => measured(one, check.unit))),
    ...(history === true ? [spark(check)] : []),
    [check.since === null ? "" : `since ${minute(check.since)}`, check.cause ?? ""]
      .filter((part) => part !== "")
      .join(": "),
  ]);
  const columns = [
    { title: "CHECK" },
    { title: "OF" },
    { title: "STATE" },
    { title: "VALUE", align: "right" as const },
    { title: "THRESHOLD", align: "right" as const },
    ...(history === true ? [{ title: "LAST HOUR" }] : []),
    { title: "" },
  ];
  const recent = changes.slice(0, CHANGES_SHOWN).map(({ at, check, subject, from, to, cause }) => {
    const why = cause === undefined ? "" : `: ${cause}`;
    return `  ${minute(at)}  ${check} ${subject} ${from} -> ${coloured(COLOURS[to], to)}${why}`;
  });
  return [
    head,
    "",
    ...table(columns, rows, { overflow: "wrap" }),
    ...(recent.length === 0 ? [] : ["", "What changed, the newest first (UTC):", ...recent]),
  ].join("\n");
}

/** What is well of accounts is one row: the one that is nearest to its threshold. */
function summed(checks: readonly HealthCheck[]): readonly HealthCheck[] {
  const well = checks.filter(({ state, account }) => state === "ok" && account !== undefined);
  const names = new Map<string, readonly HealthCheck[]>();
  for (const one of well) names.set(one.check, [...(names.get(one.check) ?? []), one]);
  const shown = new Set(
    [...names.values()].flatMap((some) => {
      const [worst] = some.toSorted((one, other) => other.value - one.value);
      return worst === undefined ? [] : [{ ...worst, subject: accounts(some.length) }];
    }),
  );
  const others = checks.filter(({ state, account }) => state !== "ok" || account === undefined);
  const bad = others.filter(({ state }) => state !== "ok");
  return [...bad, ...shown, ...others.filter(({ state }) => state === "ok")];
}

function accounts(count: number): string {
  return count === 1 ? "1 account" : `${count} accounts`;
}

function measured(value: number, unit: HealthCheck["unit"]): string {
  if (unit === "ms" && Math.abs(value) >= 1_000) return `${(value / 1_000).toFixed(1)} s`;
  if (unit === "%") return `${value.toFixed(0)} %`;
  if (unit === "count") return value.toFixed(0);
  return `${value.toFixed(unit === "ms" && value < 10 ? 1 : 0)} ${unit}`;
}

const BARS = "▁▂▃▄▅▆▇█";
const HOUR_MINUTES = 60;
const SPARK_WIDTH = 20;

/** The last hour, three minutes to a bar, against the threshold or the highest that there was. */
function spark({ history = [], threshold }: HealthCheck): string {
  const values = history.slice(-HOUR_MINUTES).map(({ value }) => value);
  if (values.length === 0) return "";
  const width = Math.max(1, Math.ceil(values.length / SPARK_WIDTH));
  const bars = Array.from({ length: Math.ceil(values.length / width) }, (_, at) =>
    Math.max(...values.slice(at * width, (at + 1) * width)),
  );
  const top = Math.max(threshold, ...bars, 1e-9);
  return bars
    .map((value) => BARS[Math.min(BARS.length - 1, Math.floor((value / top) * BARS.length))] ?? "")
    .join("");
}

function minute(ms: number): string {
  return new Date(ms).toISOString().slice(5, 16).replace("T", " ");
}
