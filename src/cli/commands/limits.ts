/** `copytrader limits`: how far each limit is used, what still fits, and where its value comes from. */
import type { Command } from "commander";
import type { LimitsReport, LimitUse } from "../../control/control.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { guardLines } from "../guard-lines.ts";
import { coloured } from "../output.ts";
import { table, wrapped } from "../table.ts";
import { withControl } from "../with-control.ts";

interface LimitsOptions extends Folders, CommonOptions {
  readonly follower?: string;
}

export function limitsCommand(finish: Finish): Command {
  const examples = ["limits", "limits --follower slave1 --json"];
  return withFolders(
    command(
      "limits",
      "limits before an order and stops: use, headroom, what stands, and where each is set",
      examples,
    ),
  )
    .option("--follower <nickname>", "only this follower")
    .action((options: LimitsOptions) =>
      runAction(options, finish, async (output) => {
        const { follower } = options;
        const scope = follower === undefined ? {} : { follower };
        const report = await withControl(options, (control) => control.ask({ kind: "limits", ...scope }));
        output.result(report, () => describe(report));
        return undefined;
      }),
    );
}

function describe({ followers }: LimitsReport): string {
  if (followers.length === 0) return "no follower has been started yet";
  return followers.map((one) => describeFollower(one).join("\n")).join("\n\n");
}

function describeFollower({
  follower,
  equity,
  limits,
  guards,
  off,
}: LimitsReport["followers"][number]): readonly string[] {
  const heading = `${coloured("bold", follower)}, equity ${equity === "" ? "unknown" : `${equity} USDT`}`;
  const columns = [
    { title: "LIMIT" },
    { title: "OF" },
    { title: "MEASURE" },
    { title: "USE", align: "right" },
    { title: "MOST", align: "right" },
    { title: "HEADROOM", align: "right" },
    { title: "UNIT" },
    { title: "FROM" },
  ] as const;
  const rows = limits.map(row);
  const notes = limits.filter(({ note }) => note !== "");
  return [
    heading,
    ...(rows.length === 0 ? [] : table(columns, rows, { overflow: "wrap" })),
    ...notes.flatMap(({ limit, of, note }) => wrapped(`${limit}${of === "" ? "" : ` ${of}`}: ${note}`)),
    "",
    ...guardLines([{ nickname: follower, guards }], false),
    ...(off.length === 0 ? [] : wrapped(`off: ${off.join(", ")}`)),
  ];
}

function row({ limit, of, measure, use, most, headroom, unit, source }: LimitUse): readonly string[] {
  const isPassed = headroom.startsWith("-");
  return [
    limit,
    of,
    measure,
    cut(use, unit),
    cut(most, unit),
    isPassed ? coloured("red", cut(headroom, unit)) : cut(headroom, unit),
    unit,
    source,
  ];
}

/** Two places are enough to look at; four of what is a share of equity. */
function cut(text: string, unit: string): string {
  const point = text.indexOf(".");
  return point < 0 ? text : text.slice(0, point + (unit.startsWith("of equity") ? 5 : 3));
}
