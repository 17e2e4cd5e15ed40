/** `copytrader users setup-link` and `invite`: links that work once, to make an owner or to choose a password. */
import type { Command } from "commander";
import type { OneTimeLink } from "../../identity/identity.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import type { Output } from "../output.ts";
import { linkText, minuteText } from "./identity-options.ts";
import { COMMAND_LINE, userNamed, withIdentity } from "./with-identity.ts";

interface LinkOptions extends Folders, CommonOptions {
  readonly address: string;
}

function linkCommand(name: string, summary: string, examples: readonly string[]): Command {
  const address = "where the dashboard is reached from the browser that opens it";
  return withFolders(command(name, summary, examples)).option(
    "--address <url>",
    address,
    "http://127.0.0.1:8000",
  );
}

export function usersSetupLinkCommand(finish: Finish): Command {
  const summary = "print a fresh link, good once and for 30 minutes, that makes an owner";
  const examples = ["users setup-link", "users setup-link --address https://copy.example.com"];
  return linkCommand("setup-link", summary, examples).action((options: LinkOptions) =>
    runAction(options, finish, async (output) => {
      tell(output, options, await withIdentity(options, (identity) => identity.setupLink(COMMAND_LINE)));
      return undefined;
    }),
  );
}

export function usersInviteCommand(finish: Finish): Command {
  const summary = "print a fresh link, good once and for a day, with which a user chooses his password";
  return linkCommand("invite", summary, ["users invite bob"])
    .argument("<name>")
    .action((name: string, options: LinkOptions) =>
      runAction(options, finish, async (output) => {
        const link = await withIdentity(options, async (identity) =>
          identity.invite(COMMAND_LINE, (await userNamed(identity, name)).id),
        );
        tell(output, options, link);
        return undefined;
      }),
    );
}

function tell(output: Output, { address }: LinkOptions, link: OneTimeLink): void {
  const shown = linkText(address, link);
  const { expiresMs, userName } = link;
  output.result({ link: shown, expiresMs, user: userName }, () => shown);
  const purpose = userName === null ? "makes an owner" : `lets ${userName} choose a password`;
  output.note(`It ${purpose}, once, until ${minuteText(expiresMs)} UTC; an earlier link has ended.`);
}
