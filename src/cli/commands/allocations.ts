/** `copytrader allocations`: who copies whom, with which settings from where, and what each relation holds. */
import type { Command } from "commander";
import type { AllocationStatus, AllocationsReport } from "../../control/owner-commands.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { type Colour, coloured } from "../output.ts";
import { placeText } from "../previewed.ts";
import { resultLines } from "../result-lines.ts";
import { settingText } from "../setting-text.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";

interface AllocationsOptions extends Folders, CommonOptions {
  readonly all?: boolean;
}

export function allocationsCommand(finish: Finish): Command {
  const examples = ["allocations", "allocations --all", "allocations --json"];
  return withFolders(command("allocations", "who copies whom, how, and what each relation holds", examples))
    .option("--all", "also settings at their defaults")
    .action((options: AllocationsOptions) =>
      runAction(options, finish, async (output) => {
        const report = await withControl(options, (control) => control.ask({ kind: "allocations" }));
        output.result(report, () => describe(report, options.all === true));
        return undefined;
      }),
    );
}

const COLOURS: Readonly<Record<AllocationStatus["state"], Colour>> = {
  copying: "green",
  paused: "yellow",
  halted: "red",
  ending: "yellow",
  ended: "dim",
};

function describe({ allocations, accounts }: AllocationsReport, all: boolean): string {
  if (allocations.length === 0) return "nobody copies anybody";
  return [...allocations.flatMap((one) => [...linesOf(one, all), ""]), ...resultLines(accounts)]
    .join("\n")
    .trimEnd();
}

function linesOf(
  { leader, follower, state, settings, positions }: AllocationStatus,
  all: boolean,
): readonly string[] {
  const head = `${leader} > ${follower}: ${coloured(COLOURS[state], state)}`;
  const shown = settings.filter(({ source, value }) => (all || source !== "default") && value !== null);
  const rows = shown.map(({ keyPath, value, source }) => [keyPath, settingText(value), source]);
  const values = [{ title: "SETTING" }, { title: "VALUE" }, { title: "FROM" }] as const;
  const columns = [
    { title: "SYMBOL" },
    { title: "TARGET", align: "right" },
    { title: "HELD", align: "right" },
    { title: "VALUE", align: "right" },
    { title: "" },
  ] as const;
  const held = positions.map((one) => [placeText(one), one.target, one.held, one.value, ""]);
  return [
    head,
    ...(rows.length === 0 ? [] : table(values, rows, { indent: "  " })),
    ...(held.length === 0 ? [] : table(columns, held, { indent: "  " })),
  ];
}
