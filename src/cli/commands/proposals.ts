/** `copytrader proposals`, `approve` and `decline`: increases that wait for their owner (auto_copy false). */
import type { Command } from "commander";
import type { ProposalStatus, ProposalsReport } from "../../control/owner-commands.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError, EXIT } from "../output.ts";
import { give, heldBack, placeText, previewed } from "../previewed.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";

interface AnswerOptions extends Folders, CommonOptions {
  readonly yes?: boolean;
}

export function proposalsCommand(finish: Finish): Command {
  const examples = ["proposals", "proposals --json"];
  return withFolders(command("proposals", "increases that wait for your approval", examples)).action(
    (options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const report = await withControl(options, (control) => control.ask({ kind: "proposals" }));
        output.result(report, () => describe(report));
        return undefined;
      }),
  );
}

export function approveCommand(finish: Finish): Command {
  const made = command("approve", "approve a proposal as far as it is shown", [
    "approve 7",
    "approve 7 --yes",
  ]);
  return withFolders(made)
    .argument("<id>", "number of the proposal", positiveCount)
    .option("--yes", "do it without asking")
    .action((proposal: number, options: AnswerOptions) =>
      runAction(options, finish, async (output) => {
        const { report, preview } = await withControl(options, async (control) => {
          const { proposals } = await control.ask({ kind: "proposals" });
          const found = proposals.find(({ id }) => id === proposal);
          if (found === undefined) throw unknown(proposal, proposals);
          // What is approved is what is shown, however much the leader adds meanwhile.
          const answer = { kind: "approve", proposal, target: found.target } as const;
          return previewed(control, answer, output, {
            yes: options.yes === true,
            question: `Approve ${found.side} ${found.quantity} ${placeText(found)} on ${found.follower}?`,
            declined: "nothing was approved; it goes on waiting",
          });
        });
        output.result({ ...report, preview }, () => `approved: proposal ${proposal}${heldBack(report)}`);
        return undefined;
      }),
    );
}

export function declineCommand(finish: Finish): Command {
  const made = command("decline", "decline a proposal: its part is given up", ["decline 7"]);
  return withFolders(made)
    .argument("<id>", "number of the proposal", positiveCount)
    .option("--yes", "accepted for scripts; declining sends nothing, so it never asks")
    .action((proposal: number, options: AnswerOptions) =>
      runAction(options, finish, async (output) => {
        const report = await withControl(options, (control) => give(control, { kind: "decline", proposal }));
        output.result(report, () => `declined: proposal ${proposal}${heldBack(report)}`);
        return undefined;
      }),
    );
}

function unknown(id: number, proposals: readonly ProposalStatus[]): CliError {
  const ids = proposals.map((one) => one.id).join(", ");
  const known = ids === "" ? "none waits" : `these wait: ${ids}`;
  const message = `no proposal ${id} waits for an answer; ${known}`;
  return new CliError("unknown-proposal", message, { exitCode: EXIT.usage });
}

function describe({ proposals, engine }: ProposalsReport): string {
  if (proposals.length === 0) return "nothing waits for your approval";
  const columns = [
    { title: "ID", align: "right" },
    { title: "FOLLOWER" },
    { title: "LEADER" },
    { title: "SYMBOL" },
    { title: "WOULD" },
    { title: "ABOUT", align: "right" },
    { title: "PRICE THEN", align: "right" },
    { title: "NOW", align: "right" },
    { title: "ENDS IN" },
  ] as const;
  const rows = proposals.map((one) => [
    String(one.id),
    one.follower,
    one.leader,
    placeText(one),
    `${one.side} ${one.quantity} (holds ${one.held})`,
    one.value,
    one.priceThen,
    one.priceNow,
    leftText(one.expiresAtMs - engine.asOf),
  ]);
  return table(columns, rows).join("\n");
}

function leftText(leftMs: number): string {
  const seconds = Math.max(0, Math.round(leftMs / 1_000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
