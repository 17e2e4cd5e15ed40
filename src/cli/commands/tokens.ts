/** `copytrader tokens`: API tokens for programs; each is shown once. */
import { Command } from "commander";
import type { TokenView } from "../../identity/identity.ts";
import type { Permission } from "../../identity/permissions.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  withFolders,
} from "../command.ts";
import { table } from "../table.ts";
import { minuteText, permissionList } from "./identity-options.ts";
import { COMMAND_LINE, lookingAtIdentity, userNamed, withIdentity } from "./with-identity.ts";

type Options = Folders & CommonOptions;

export function tokensCommand(finish: Finish): Command {
  const summary = "API tokens for programs: make, list, revoke";
  const tokens = new Command("tokens").summary(summary).description(`${summary}.`);
  return tokens
    .addCommand(listCommand(finish))
    .addCommand(createCommand(finish))
    .addCommand(revokeCommand(finish));
}

function listCommand(finish: Finish): Command {
  const summary = "every token with its user, what it may do, its end and its last use";
  return withFolders(command("list", summary, ["tokens list"])).action((options: Options) =>
    runAction(options, finish, async (output) => {
      const tokens = await lookingAtIdentity(options, [], (identity) => identity.tokens(COMMAND_LINE));
      output.result({ tokens }, () => describeTokens(tokens));
      return undefined;
    }),
  );
}

function describeTokens(tokens: readonly TokenView[]): string {
  if (tokens.length === 0) return "there is no API token; copytrader tokens create makes one";
  const columns = ["ID", "TOKEN", "NAME", "USER", "ENDS (UTC)", "LAST USED", "MAY"].map((title) => ({
    title,
  }));
  const rows = tokens.map(({ id, hint, name, userName, expiresMs, lastUsedMs, scopes }) => [
    String(id),
    `${hint}...`,
    name,
    userName,
    minuteText(expiresMs),
    minuteText(lastUsedMs),
    scopes.join(", "),
  ]);
  return table(columns, rows, { overflow: "wrap" }).join("\n");
}

interface CreateOptions extends Options {
  readonly scopes: readonly Permission[];
  readonly days: number;
}

function createCommand(finish: Finish): Command {
  const examples = [
    "tokens create alice grafana --scopes view_balance,view_positions",
    "tokens create alice ci --scopes view_sync --days 7 --json",
  ];
  return withFolders(command("create", "a new token, shown once", examples))
    .argument("<user>", "whose it is: it never does more than he may")
    .argument("<name>", "what it is for")
    .requiredOption("--scopes <list>", "what it may do, with commas", permissionList)
    .option("--days <count>", "how long it works, 366 at most", positiveCount, 90)
    .action((user: string, name: string, { scopes, days, ...options }: CreateOptions) =>
      runAction(options, finish, async (output) => {
        const made = await withIdentity(options, async (identity) => {
          const { id: userId } = await userNamed(identity, user);
          return identity.createToken(COMMAND_LINE, { name, scopes, expiresInDays: days, userId });
        });
        output.result({ token: made.token, ...made.view }, () => made.token);
        output.note(`It is not shown again. It ends ${minuteText(made.view.expiresMs)} UTC.`);
        return undefined;
      }),
    );
}

function revokeCommand(finish: Finish): Command {
  return withFolders(command("revoke", "end a token at once", ["tokens revoke 3"]))
    .argument("<id>", "as tokens list shows it", positiveCount)
    .action((id: number, options: Options) =>
      runAction(options, finish, async (output) => {
        await withIdentity(options, (identity) => identity.revokeToken(COMMAND_LINE, id));
        output.result({ revoked: id }, () => `token ${id} has ended`);
        return undefined;
      }),
    );
}
