/** `copytrader capital LEADER`: the smallest equity at which a leader can be copied faithfully, and what is lost below it. */
import type { Command } from "commander";
import type { CapitalPosition, CapitalReport, FollowerCapital } from "../../control/control.ts";
import { REASONS } from "../../core/reason.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { coloured } from "../output.ts";
import { table, wrapped } from "../table.ts";
import { withControl } from "../with-control.ts";

interface CapitalOptions extends Folders, CommonOptions {
  readonly follower?: string;
}

export function capitalCommand(finish: Finish): Command {
  const examples = ["capital alice", "capital alice --follower slave1 --json"];
  return withFolders(
    command(
      "capital",
      "the smallest equity at which a leader can be copied, and what is lost below it",
      examples,
    ),
  )
    .argument("<leader>", "nickname")
    .option("--follower <nickname>", "only this follower")
    .action((leader: string, options: CapitalOptions) =>
      runAction(options, finish, async (output) => {
        const { follower } = options;
        const scope = { leader, ...(follower === undefined ? {} : { follower }) };
        const report = await withControl(options, (control) => control.ask({ kind: "capital", ...scope }));
        output.result(report, () => describe(report));
        return undefined;
      }),
    );
}

function describe({ leader, followers }: CapitalReport): string {
  return followers.map((follower) => describeFollower(leader, follower).join("\n")).join("\n\n");
}

function describeFollower(leader: string, report: FollowerCapital): readonly string[] {
  const { follower, positions } = report;
  const heading = `${coloured("bold", follower)} copies ${leader}`;
  if (positions.length === 0)
    return [`${heading}: ${leader} holds nothing, and the journal knows no position of it yet`];
  const columns = [
    { title: "SYMBOL" },
    { title: "LEADER", align: "right" },
    { title: "" },
    { title: "WOULD HOLD", align: "right" },
    { title: "SMALLEST", align: "right" },
    { title: "LOST %", align: "right" },
    { title: "NEEDS", align: "right" },
    { title: "" },
  ] as const;
  return [
    ...wrapped(`${heading} by ${report.sizing} with ${report.capital || "an unknown amount of"} USDT`),
    ...wrapped(verdict(report)),
    ...table(columns, positions.map(row), { overflow: "wrap" }),
  ];
}

function verdict({ smallestEquity, positions, margin }: FollowerCapital): string {
  const lost = positions.filter(({ isCopied }) => !isCopied);
  const now =
    lost.length === 0
      ? "every position is copied now"
      : `${lost.length} of ${positions.length} fall away now`;
  const held = `what the leader holds needs ${margin} USDT of margin`;
  if (smallestEquity === null)
    return `no equity is enough under this sizing (or a figure is not known); ${now}; ${held}`;
  return `copied faithfully from ${smallestEquity} USDT on; ${now}; ${held}`;
}

function row(position: CapitalPosition): readonly string[] {
  const { symbol, leader, kind, target, least, errorPercent, isCopied, reason } = position;
  const needs = position.followsCapital ? position.neededCapital : "";
  const larger =
    isCopied || position.neededFactor === "" ? "" : `; ${position.neededFactor} times the size would do`;
  const why = Object.entries(REASONS).find(([word]) => word === reason)?.[1] ?? "";
  return [symbol, leader, kind, target, least, errorPercent, needs, isCopied ? "" : `${why}${larger}`];
}
