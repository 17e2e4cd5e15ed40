/** `/admin add_user ID NAME ROLE`, `remove_user ID`, `list_users`: the users of the dashboard and the API, by their Telegram ids. */
import type { UserView } from "../../identity/identity.ts";
import { ROLES, roleOf } from "../../identity/permissions.ts";
import { type Call, CallError } from "../call.ts";
import { code, type Html, html, lines } from "../html.ts";
import { needed } from "../names.ts";
import { pageOf } from "../paging.ts";
import { assertSecondFactor, offer } from "../propose.ts";

const PER_PAGE = 15;
const NEEDS = "admin";

export async function addUser(call: Call, args: readonly string[]): Promise<void> {
  const [telegramId, name, word] = [needed(args[0]), needed(args[1]), needed(args[2])];
  const role = roleOf(word.toLowerCase());
  if (role === null) throw new CallError(`"${word}" is no role: ${ROLES.join(", ")}`);
  if (!/^[1-9]\d{0,19}$/.test(telegramId))
    throw new CallError(`"${telegramId}" is no Telegram id: a whole number`);
  assertSecondFactor(call);
  const sees =
    role === "owner"
      ? "He would see every account and may do everything."
      : "Which accounts he sees is given in the dashboard.";
  const text = lines([
    html`Let ${code(telegramId)} in as ${code(name)}, ${role}? ${sees}`,
    html`<b>Add this user?</b> For a minute, by you alone.`,
  ]);
  await offer(call, text, "Add", {
    needs: NEEDS,
    check: async () => {},
    act: async ({ principal, parts }) => {
      const { name: added } = await parts.identity.addUser(principal, { name, role, telegramId });
      return html`${code(added)} is a user now, and writes /start to this bot.`;
    },
  });
}

export async function removeUser(call: Call, args: readonly string[]): Promise<void> {
  const wanted = needed(args[0]);
  assertSecondFactor(call);
  const user = await userMeant(call, wanted);
  const text = lines([
    html`Remove ${userLine(user)}? His sessions and API tokens end with him.`,
    html`<b>Remove this user?</b> For a minute, by you alone.`,
  ]);
  await offer(call, text, "Remove", {
    needs: NEEDS,
    check: async () => {},
    act: async ({ principal, parts }) => {
      await parts.identity.removeUser(principal, user.id);
      return html`${code(user.name)} is no user any more.`;
    },
  });
}

export async function listUsers(call: Call, args: readonly string[]): Promise<void> {
  const users = await call.parts.identity.users(call.principal);
  const page = pageOf(call, users.map(userLine), {
    asked: args[0],
    perPage: PER_PAGE,
    command: "admin",
    args: ["list_users"],
  });
  await call.show(lines([html`<b>${users.length} users</b>`, ...page.rows]), page.keyboard);
}

/** By Telegram id or name. */
async function userMeant({ parts, principal }: Call, wanted: string): Promise<UserView> {
  const users = await parts.identity.users(principal);
  const found = users.find(
    ({ telegramId, name }) => telegramId === wanted || name.toLowerCase() === wanted.toLowerCase(),
  );
  if (found === undefined) throw new CallError(`there is no user "${wanted}"`);
  return found;
}

function userLine({ name, role, telegramId, accounts, listed }: UserView): Html {
  const sees = accounts === "all" ? "all accounts" : accounts.join(", ") || "no account";
  const more = listed.length === 0 ? "" : `, ${listed.join(", ")}`;
  return html`${code(name)} ${role}${more}, Telegram ${telegramId ?? "none"}, sees ${sees}`;
}
