/** `copytrader accounts check`: looks at every account before anything is sent, and says what to do where something is amiss. */
import { Command } from "commander";
import type { AccountChecks, CheckResult } from "../../control/account-checks.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { loadForInspection } from "../load.ts";
import { type Colour, coloured, EXIT } from "../output.ts";
import { table } from "../table.ts";

export function accountsCommand(finish: Finish): Command {
  const summary = "look at the configured accounts";
  const accounts = new Command("accounts").summary(summary).description(`${summary}.`);
  return accounts.addCommand(checkCommand(finish));
}

function checkCommand(finish: Finish): Command {
  const summary = "clock, key, permissions (a withdrawal right is refused), position mode, balance, streams";
  const examples = ["accounts check", "accounts check slave1 --json"];
  return withFolders(command("check", summary, examples))
    .argument("[nickname]", "only this account")
    .action((nickname: string | undefined, options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const report = await check(options, nickname);
        output.result({ accounts: report }, () => report.map(describe).join("\n\n"));
        return report.some(({ result }) => result === "fail") ? EXIT.failure : EXIT.ok;
      }),
    );
}

async function check(folders: Folders, nickname: string | undefined): Promise<readonly AccountChecks[]> {
  const configuration = await loadForInspection(folders);
  const accounts = configuration.accounts.filter(
    ({ account }) => nickname === undefined || account === nickname,
  );
  const { CliError } = await import("../output.ts");
  if (accounts.length === 0) {
    const names = configuration.accounts.map(({ account }) => account).join(", ") || "none";
    const message =
      nickname === undefined
        ? "no account is configured"
        : `there is no account "${nickname}"; there are: ${names}`;
    throw new CliError("usage", message, { exitCode: EXIT.usage });
  }
  const { probeAccounts } = await import("../../run/account-probe.ts");
  const { checkAccount, NO_KEY } = await import("../../control/account-checks.ts");
  const probes = await probeAccounts(accounts, configuration.settings.orderWindowMs);
  return probes.map((probe) => {
    const lacksKey = probe.account.credentials === null && probe.account.execution !== "paper";
    const inspection = lacksKey ? NO_KEY : probe.inspection;
    return checkAccount({ ...probe, inspection }, Date.now());
  });
}

export const RESULT_COLOURS: Readonly<Record<CheckResult, Colour>> = {
  ok: "green",
  warn: "yellow",
  fail: "red",
};

function describe({ account, role, venue, accountType, result, checks }: AccountChecks): string {
  const title = `${account} (${role}, ${accountType}, ${venue}): ${coloured(RESULT_COLOURS[result], result)}`;
  const rows = checks.map((row) => [
    row.check,
    coloured(RESULT_COLOURS[row.result], row.result),
    row.message,
  ]);
  const [, ...lines] = table([{ title: "" }, { title: "" }, { title: "" }], rows, {
    indent: "  ",
    overflow: "wrap",
  });
  return [title, ...lines].join("\n");
}
