/** `copytrader users`: who may log in to the dashboard and the API, and what he may do there. */
import { Command } from "commander";
import type { UserView } from "../../identity/identity.ts";
import type { Permission, Role } from "../../identity/permissions.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Output } from "../output.ts";
import { readPassword } from "../secret-input.ts";
import { table } from "../table.ts";
import { permissionList, roleName, words } from "./identity-options.ts";
import { usersImportCommand } from "./users-import.ts";
import { usersInviteCommand, usersSetupLinkCommand } from "./users-links.ts";
import { COMMAND_LINE, lookingAtIdentity, userNamed, withIdentity } from "./with-identity.ts";

type Options = Folders & CommonOptions;

export function usersCommand(finish: Finish): Command {
  const summary = "who may log in to the dashboard and the API, and what he may do";
  const users = new Command("users").summary(summary).description(`${summary}.`);
  const makers = [
    listCommand,
    addCommand,
    removeCommand,
    passwordCommand,
    permissionsCommand,
    accountsCommand,
    factorOffCommand,
    usersSetupLinkCommand,
    usersInviteCommand,
    usersImportCommand,
  ];
  for (const make of makers) users.addCommand(make(finish));
  return users;
}

function listCommand(finish: Finish): Command {
  return withFolders(
    command("list", "every user with role, permissions and accounts", ["users list"]),
  ).action((options: Options) =>
    runAction(options, finish, async (output) => {
      const users = await lookingAtIdentity(options, [], (identity) => identity.users(COMMAND_LINE));
      output.result({ users }, () => describeUsers(users));
      return undefined;
    }),
  );
}

function describeUsers(users: readonly UserView[]): string {
  if (users.length === 0)
    return "there is no user yet; copytrader users setup-link prints a link that makes the owner";
  const columns = ["NAME", "ROLE", "LOG-IN", "TELEGRAM", "ACCOUNTS", "ALSO MAY"].map((title) => ({ title }));
  const rows = users.map((user) => [
    user.name,
    user.role,
    logInText(user),
    user.telegramId ?? "-",
    user.accounts === "all" ? "all" : user.accounts.join(", ") || "none",
    user.role === "owner" ? "everything" : user.listed.join(", ") || "-",
  ]);
  return table(columns, rows, { overflow: "wrap" }).join("\n");
}

function logInText({ hasPassword, secondFactorOn }: UserView): string {
  if (!hasPassword) return "none";
  return secondFactorOn ? "password + code" : "password";
}

interface AddOptions extends Options {
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly accounts: readonly string[];
  readonly telegram?: string;
  /** False with --no-password. */
  readonly password: boolean;
}

const PASSWORD_HELP = `
The password is typed twice without being shown, or read from stdin as one line; never an argument.`;

function addCommand(finish: Finish): Command {
  const examples = [
    "users add bob --role operator --accounts slave1,slave2",
    "users add carol --permissions manage_stop_loss --telegram 123456789 --no-password",
    "users add dave < password.txt",
  ];
  return withFolders(command("add", "a new user with a password", examples))
    .argument("<name>", "letters, digits and . _ @ -")
    .option("--role <role>", "owner, operator or viewer", roleName, "viewer")
    .option("--permissions <list>", "what he may beside his role, with commas", permissionList, [])
    .option("--accounts <list>", "which accounts he sees, with commas; an owner sees all", words, [])
    .option("--telegram <id>", "his Telegram id; accounts that carry it are his, too")
    .option("--no-password", "without one: he cannot log in before users password or users invite")
    .addHelpText("after", PASSWORD_HELP)
    .action((name: string, options: AddOptions) =>
      runAction(options, finish, (output) => add(name, options, output)),
    );
}

async function add(name: string, options: AddOptions, output: Output): Promise<undefined> {
  const { role, permissions: listed, accounts: given, telegram: telegramId = null } = options;
  const password = options.password ? { password: await readPassword(name) } : {};
  const user = await withIdentity(options, (identity) =>
    identity.addUser(COMMAND_LINE, { name, role, listed, given, telegramId, ...password }),
  );
  output.result({ added: user }, () => `added ${describeUser(user)}`);
  return undefined;
}

function describeUser({ name, role, accounts, permissions }: UserView): string {
  const seen = accounts === "all" ? "all accounts" : accounts.join(", ") || "no account";
  return `${name}: ${role}, sees ${seen}, may ${permissions.includes("all") ? "do everything" : permissions.join(", ")}`;
}

interface SureOptions extends Options {
  readonly yes?: boolean;
}

function removeCommand(finish: Finish): Command {
  const summary = "remove a user; his sessions and API tokens end at once";
  return withFolders(command("remove", summary, ["users remove bob --yes"]))
    .argument("<name>")
    .option("--yes", "do it without asking")
    .action((name: string, options: SureOptions) =>
      runAction(options, finish, (output) =>
        withIdentity(options, async (identity) => {
          const user = await userNamed(identity, name);
          const question = `Remove ${user.name} (${user.role})?`;
          await sure(output, options, question, "no user was removed");
          await identity.removeUser(COMMAND_LINE, user.id);
          output.result(
            { removed: user.name },
            () => `removed ${user.name}; his sessions and tokens have ended`,
          );
          return undefined;
        }),
      ),
    );
}

async function sure(output: Output, { yes }: SureOptions, question: string, declined: string): Promise<void> {
  await confirm(output, { isSure: yes === true, question, declined, problems: [] });
}

function passwordCommand(finish: Finish): Command {
  const summary = "set a user's password; his sessions and API tokens end";
  const examples = ["users password alice", "users password bob --keep-tokens < password.txt"];
  return withFolders(command("password", summary, examples))
    .argument("<name>")
    .option("--keep-tokens", "his API tokens go on working")
    .addHelpText("after", PASSWORD_HELP)
    .action((name: string, options: Options & { readonly keepTokens?: boolean }) =>
      runAction(options, finish, (output) =>
        withIdentity(options, async (identity) => {
          const user = await userNamed(identity, name);
          const wanted = {
            password: await readPassword(user.name),
            keepsTokens: options.keepTokens === true,
          };
          const tokensRevoked = await identity.setPassword(COMMAND_LINE, user.id, wanted);
          const tokens = tokensRevoked === 0 ? "" : `, ${tokensRevoked} API token(s) with them`;
          output.result(
            { changed: user.name, tokensRevoked },
            () => `${user.name} has a new password; his sessions have ended${tokens}`,
          );
          return undefined;
        }),
      ),
    );
}

interface PermissionsOptions extends Options {
  readonly role?: Role;
  readonly permissions?: readonly Permission[];
}

function permissionsCommand(finish: Finish): Command {
  const examples = [
    "users permissions bob",
    "users permissions bob --role operator",
    "users permissions carol --permissions manage_stop_loss,trade",
    "users permissions carol --permissions none",
  ];
  return withFolders(command("permissions", "what a user may do; or another role, another list", examples))
    .argument("<name>")
    .option("--role <role>", "owner, operator or viewer", roleName)
    .option("--permissions <list>", "instead of those listed now; none for none", permissionList)
    .action((name: string, options: PermissionsOptions) =>
      runAction(options, finish, (output) =>
        changed(name, options, output, {
          ...(options.role === undefined ? {} : { role: options.role }),
          ...(options.permissions === undefined ? {} : { listed: options.permissions }),
        }),
      ),
    );
}

function accountsCommand(finish: Finish): Command {
  const examples = ["users accounts bob", "users accounts bob slave1,slave2", "users accounts bob none"];
  return withFolders(command("accounts", "which accounts a user sees; or others", examples))
    .argument("<name>")
    .argument("[list]", "instead of those given now, with commas; none for none")
    .action((name: string, list: string | undefined, options: Options) =>
      runAction(options, finish, (output) =>
        changed(name, options, output, list === undefined ? {} : { given: words(list) }),
      ),
    );
}

async function changed(
  name: string,
  options: Options,
  output: Output,
  change: {
    readonly role?: Role;
    readonly listed?: readonly Permission[];
    readonly given?: readonly string[];
  },
): Promise<undefined> {
  return withIdentity(options, async (identity) => {
    const before = await userNamed(identity, name);
    const isChange = Object.keys(change).length > 0;
    const user = isChange ? await identity.changeUser(COMMAND_LINE, before.id, change) : before;
    output.result({ user }, () => describeUser(user));
    return undefined;
  });
}

function factorOffCommand(finish: Finish): Command {
  const summary = "switch the second factor of somebody off who lost it";
  return withFolders(command("factor-off", summary, ["users factor-off alice --yes"]))
    .argument("<name>")
    .option("--yes", "do it without asking")
    .action((name: string, options: SureOptions) =>
      runAction(options, finish, (output) =>
        withIdentity(options, async (identity) => {
          const user = await userNamed(identity, name);
          await sure(output, options, `Switch the second factor of ${user.name} off?`, "nothing was changed");
          await identity.switchSecondFactorOff(COMMAND_LINE, user.id);
          output.result({ changed: user.name }, () => `${user.name} logs in by password alone`);
          return undefined;
        }),
      ),
    );
}
