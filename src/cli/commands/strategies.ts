/** `copytrader strategies`: which strategies there are, with their options; of one of them, why each leader is in or out now. */
import type { Command } from "commander";
import type { ListedStrategy } from "../../control/listed-strategies.ts";
import type { FollowerDecision } from "../../control/strategy-decisions.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { loadForInspection, loadPortfolioValues } from "../load.ts";
import { type CliError, EXIT, type Output, usage } from "../output.ts";
import { decisionLines } from "../strategy-lines.ts";
import { strategyNow } from "../strategy-now.ts";
import { table, wrapped } from "../table.ts";
import { withControl } from "../with-control.ts";
import { optimiseStrategyCommand } from "./strategies-optimise.ts";
import { traderExtensions } from "./traders-options.ts";

const AFTER = `
The strategy in force is portfolio.strategy in the YAML files, its options stand under strategies. With a name, the strategy
is asked about your followers as they are now; nothing is changed. docs/strategy-guide.md helps to choose and to write one.

Exit codes: 0 told; 1 nothing can be decided for somebody; 2 asked wrongly.`;

function nobodyText(name: string): string {
  return `There is no follower that it could decide for. \`copytrader backtest --strategy ${name}\` shows what it would have done.`;
}

type Options = Folders & CommonOptions;

export function strategiesCommand(finish: Finish): Command {
  const examples = [
    "strategies",
    "strategies portfolio_copying",
    "strategies dynamic --json",
    "strategies optimise portfolio --start-date 2024-01-01 --end-date 2024-06-20",
  ];
  return withFolders(
    command("strategies", "strategies and their options; why each leader is in or out now", examples),
  )
    .enablePositionalOptions()
    .addCommand(optimiseStrategyCommand(finish))
    .argument("[name]", "of a strategy; its short name will do")
    .addHelpText("after", AFTER)
    .action((name: string | undefined, options: Options) =>
      runAction(options, finish, (output) =>
        name === undefined ? listed(options, output) : told(name, options, output),
      ),
    );
}

async function strategiesOf(options: Options): Promise<readonly ListedStrategy[]> {
  const { listedStrategies } = await import("../../control/listed-strategies.ts");
  const { strategies: own } = await traderExtensions(options.config);
  return listedStrategies(await loadPortfolioValues(options), own);
}

async function listed(options: Options, output: Output): Promise<undefined> {
  const strategies = await strategiesOf(options);
  const columns = [
    { title: "STRATEGY" },
    { title: "SHORT" },
    { title: "" },
    { title: "WHAT IT DOES" },
  ] as const;
  const rows = strategies.map(({ name, shortName, description, isInForce }) => [
    name,
    shortName ?? "-",
    isInForce ? "in force" : "",
    description,
  ]);
  output.result({ strategies }, () =>
    [
      ...table(columns, rows, { overflow: "wrap" }),
      "",
      "copytrader strategies NAME tells its options, and who would be in and out.",
    ].join("\n"),
  );
  return undefined;
}

async function told(name: string, options: Options, output: Output): Promise<number> {
  const all = await strategiesOf(options);
  const strategy = all.find((one) => one.name === name || one.shortName === name);
  if (strategy === undefined) throw await unknown(name, all);
  const decisions = await decisionsOf(strategy.name, options);
  output.result({ ...strategy, followers: decisions }, () =>
    [
      `${strategy.name}: ${strategy.description}${strategy.isInForce ? " (in force)" : ""}`,
      "",
      ...optionLines(strategy),
      ...decisions.flatMap((decision) => ["", ...decisionLines(decision)]),
      ...(decisions.length === 0 ? ["", ...wrapped(nobodyText(strategy.name))] : []),
    ].join("\n"),
  );
  return decisions.some(({ decision }) => decision === null) ? EXIT.failure : EXIT.ok;
}

/** None where no account is described yet. */
async function decisionsOf(name: string, options: Options): Promise<readonly FollowerDecision[]> {
  const { holdsAccounts } = await import("../../config.ts");
  if (!holdsAccounts(options.data)) return [];
  const configuration = await loadForInspection(options);
  const { decisions } = await withControl(options, (control) =>
    strategyNow(options, control, configuration, name),
  );
  return decisions;
}

async function unknown(name: string, all: readonly ListedStrategy[]): Promise<CliError> {
  const { nearest } = await import("../../config.ts");
  const names = all.map((one) => one.name);
  const meant = nearest(name, [...names, ...all.flatMap(({ shortName }) => shortName ?? [])]);
  const guess = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  return usage(`there is no strategy "${name}"${guess}; there are: ${names.join(", ")}`);
}

function optionLines({ options }: ListedStrategy): readonly string[] {
  if (options.length === 0) return ["Its options stand in its own file."];
  const columns = [
    { title: "OPTION" },
    { title: "VALUE", align: "right" },
    { title: "FROM" },
    { title: "MEANING" },
  ] as const;
  const rows = options.map(({ name, value, source, meaning }) => [name, String(value), source, meaning]);
  return table(columns, rows, { overflow: "wrap" });
}
