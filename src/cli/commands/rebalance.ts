/** `copytrader rebalance`: what the strategy in force would do now, with every order that follows; and, with a word, does it. */
import { type Command, Option } from "commander";
import type { Configuration } from "../../config.ts";
import type { Control } from "../../control/control.ts";
import type { CommandReport, PreviewReport, RebalanceRequest } from "../../control/owner-commands.ts";
import type { FollowerDecision } from "../../control/strategy-decisions.ts";
import type { StrategyNow } from "../../control/strategy-now.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import { loadForInspection } from "../load.ts";
import { EXIT, type Output, usage } from "../output.ts";
import { describePreview, give, heldBack } from "../previewed.ts";
import { decisionLines } from "../strategy-lines.ts";
import { strategyNow } from "../strategy-now.ts";
import { withControl } from "../with-control.ts";

const AFTER = `
The strategy (portfolio.strategy, or --strategy for this once) decides by the leaders' records as they are now. Without
--execute nothing is changed. A leader that is let go is copied no more, as after copytrader uncopy; parts are the
position_scaling of a relation, as after copytrader copy. A part is a share of the equity: a follower has to size by
equity-proportional or volatility-target.

Exit codes: 0 shown, or done; 1 nothing can be decided for a follower; 2 asked wrongly; 3 you answered no.`;

interface RebalanceOptions extends Folders, CommonOptions {
  readonly execute?: boolean;
  readonly strategy?: string;
  readonly yes?: boolean;
}

/** What there is to do for one follower. */
interface Planned {
  readonly request: RebalanceRequest;
  readonly preview: PreviewReport;
}

export function rebalanceCommand(finish: Finish): Command {
  const examples = ["rebalance", "rebalance slave1 --execute", "rebalance --strategy risk_adjusted --json"];
  return withFolders(
    command("rebalance", "what the strategy would move now, every order of it; and do it", examples),
  )
    .argument("[follower]", "nickname; all that the strategy manages when left out")
    .addOption(new Option("--preview", "show it and change nothing (the default)").conflicts("execute"))
    .option("--execute", "do it, after the same preview")
    .option("--strategy <name>", "ask this one instead of portfolio.strategy")
    .option("--yes", "do it without asking")
    .addHelpText("after", AFTER)
    .action((follower: string | undefined, options: RebalanceOptions) =>
      runAction(options, finish, (output) =>
        withControl(options, (control) => rebalance(control, follower, options, output)),
      ),
    );
}

async function rebalance(
  control: Control,
  follower: string | undefined,
  options: RebalanceOptions,
  output: Output,
): Promise<number> {
  const { rebalanceOf } = await import("../../control/strategy-now.ts");
  const { weighable } = await import("../../control/rebalance.ts");
  const configuration = await loadForInspection(options);
  const now = await decidedNow(control, configuration, options);
  const chosen = weighable(configuration, now.strategy, chosenOf(now, follower));
  const planned: Planned[] = [];
  const shown: string[] = [];
  for (const decision of chosen) {
    shown.push(...decisionLines(decision));
    const request = rebalanceOf(decision, now);
    if (request === null) continue;
    const preview = await control.ask({ kind: "preview", command: { kind: "rebalance", ...request } });
    shown.push(describePreview(preview), "");
    planned.push({ request, preview });
  }
  // What is asked about has to be seen first; what is only shown is the answer.
  if (options.execute === true) output.note(shown.join("\n"));
  const done = options.execute === true ? await carriedOut(control, planned, options, output) : [];
  output.result({ strategy: now.strategy, followers: chosen, planned, done }, () =>
    [...(options.execute === true ? [] : shown), summary(planned, done, options)].join("\n"),
  );
  return chosen.some(({ decision }) => decision === null) ? EXIT.failure : EXIT.ok;
}

async function decidedNow(
  control: Control,
  configuration: Configuration,
  options: RebalanceOptions,
): Promise<StrategyNow> {
  const name = options.strategy ?? configuration.portfolio.strategy.value;
  if (name === null)
    throw usage(
      "no strategy is in force: set portfolio.strategy, or name one with --strategy (copytrader strategies)",
    );
  return strategyNow(options, control, configuration, name);
}

function chosenOf(
  { decisions, strategy }: StrategyNow,
  follower: string | undefined,
): readonly FollowerDecision[] {
  const chosen = decisions.filter((one) => follower === undefined || one.follower === follower);
  if (chosen.length > 0) return chosen;
  const known = decisions.map((one) => one.follower).join(", ");
  throw usage(
    follower === undefined
      ? `there is no follower that ${strategy} could decide for`
      : `${strategy} manages no follower "${follower}"; it manages: ${known === "" ? "none" : known}`,
  );
}

async function carriedOut(
  control: Control,
  planned: readonly Planned[],
  { yes }: RebalanceOptions,
  output: Output,
): Promise<readonly CommandReport[]> {
  if (planned.length === 0) return [];
  const followers = planned.map(({ request }) => request.follower).join(", ");
  await confirm(output, {
    isSure: yes === true,
    question: `Part the equity of ${followers} so?`,
    declined: "nothing was changed",
    problems: planned.map(({ request }) => ({
      message: `would part the equity of ${request.follower} anew`,
      ...request,
    })),
  });
  const done: CommandReport[] = [];
  for (const { request } of planned) done.push(await give(control, { kind: "rebalance", ...request }));
  return done;
}

function summary(
  planned: readonly Planned[],
  done: readonly CommandReport[],
  { execute }: RebalanceOptions,
): string {
  if (planned.length === 0) return "There is nothing to move.";
  if (execute !== true) return "Nothing was changed: --execute does it.";
  return done
    .map((report) => `the equity of ${report.followers.join(", ")} is parted anew${heldBack(report)}`)
    .join("\n");
}
