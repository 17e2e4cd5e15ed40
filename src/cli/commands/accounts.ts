/**
 * `copytrader accounts`, and its `check`: looks at every account before anything is sent, and says what to do where something is
 * amiss.
 */
import { Command } from "commander";
import type { Configuration } from "../../config.ts";
import type { AccountChecks } from "../../control/account-checks.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { describeChecks } from "../findings.ts";
import { loadForInspection } from "../load.ts";
import { EXIT, usage } from "../output.ts";
import { accountsAddCommand } from "./accounts-add.ts";
import { accountsEncryptCommand } from "./accounts-encrypt.ts";
import { accountsRemoveCommand } from "./accounts-remove.ts";

export function accountsCommand(finish: Finish): Command {
  const summary = "look at the configured accounts, add or remove one, encrypt their keys";
  const accounts = new Command("accounts").summary(summary).description(`${summary}.`);
  return accounts
    .addCommand(checkCommand(finish))
    .addCommand(accountsAddCommand(finish))
    .addCommand(accountsRemoveCommand(finish))
    .addCommand(accountsEncryptCommand(finish));
}

function checkCommand(finish: Finish): Command {
  const summary = "clock, key, permissions (a withdrawal right is refused), position mode, balance, streams";
  const examples = ["accounts check", "accounts check slave1 --json"];
  return withFolders(command("check", summary, examples))
    .argument("[nickname]", "only this account")
    .action((nickname: string | undefined, options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const report = await check(options, nickname);
        output.result({ accounts: report }, () => report.map(describeChecks).join("\n\n"));
        return report.some(({ result }) => result === "fail") ? EXIT.failure : EXIT.ok;
      }),
    );
}

async function check(folders: Folders, nickname: string | undefined): Promise<readonly AccountChecks[]> {
  const configuration = await loadForInspection(folders);
  const accounts = configuration.accounts.filter(
    ({ account }) => nickname === undefined || account === nickname,
  );
  if (accounts.length === 0) {
    const names = configuration.accounts.map(({ account }) => account).join(", ") || "none";
    const message =
      nickname === undefined
        ? "no account is configured"
        : `there is no account "${nickname}"; there are: ${names}`;
    throw usage(message);
  }
  const { probeAccounts } = await import("../../run/account-probe.ts");
  const { checkAccount } = await import("../../control/account-checks.ts");
  const probes = await probeAccounts(accounts, configuration.settings.orderWindowMs);
  return probes.map((probe) => {
    const { account, credentials, execution, publicAddress } = probe.account;
    const lacksKey = credentials === null && publicAddress === null && execution !== "paper";
    const inspection = lacksKey ? { noKey: whyNoKey(configuration, account) } : probe.inspection;
    return checkAccount({ ...probe, inspection }, Date.now());
  });
}

function whyNoKey({ keyProblems }: Configuration, account: string): readonly string[] {
  const own = keyProblems.filter(({ nickname }) => nickname === undefined || nickname === account);
  return own.map(({ keyPath, message }) => `${keyPath}: ${message}`);
}
