/** Users of the earlier bot, from its `telegram_auth.json`: `admin` is an owner, `user` a viewer with what is listed for him. */
import type { IdentityRows } from "../store/identity-store.ts";
import { note } from "./audit.ts";
import type { Ground } from "./ground.ts";
import type { ImportedUsers, LocalActor, NewUser } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { isPermission, PERMISSIONS, type Permission, roleOf } from "./permissions.ts";
import { assertName, insertUser, toldOf } from "./users.ts";

type Fields = Readonly<Record<string, unknown>>;
type FoundUser = Required<Pick<NewUser, "name" | "role" | "listed">> & { readonly telegramId: string };

export function importTelegramUsers(ground: Ground, actor: LocalActor, file: unknown): ImportedUsers {
  const found = usersIn(file);
  return ground.store.write((rows) => {
    const added: string[] = [];
    const known: string[] = [];
    for (const wanted of found) {
      if (rows.users.byTelegramId(wanted.telegramId) !== null) known.push(wanted.telegramId);
      else added.push(add(ground, rows, actor, wanted));
    }
    return { added, known };
  });
}

/** Two users of the bot may have called themselves the same; the id tells them apart. */
function add(ground: Ground, rows: IdentityRows, actor: LocalActor, wanted: FoundUser): string {
  const isTaken = rows.users.byName(wanted.name) !== null;
  const name = isTaken ? `telegram-${wanted.telegramId}` : wanted.name;
  const user = insertUser(ground, rows, { ...wanted, name, given: [] }, null);
  note(ground, rows, actor, { action: "user-imported", subject: name, after: toldOf(user) });
  return name;
}

/** Throws an IdentityError that names the place and what would be right. */
function usersIn(file: unknown): readonly FoundUser[] {
  const users = isFields(file) ? file.authorized_users : undefined;
  if (!Array.isArray(users)) throw wrong("authorized_users", "must be a list of users");
  return users.map((user: unknown, at) => userIn(user, `authorized_users[${at}]`));
}

function userIn(user: unknown, place: string): FoundUser {
  if (!isFields(user)) throw wrong(place, "must be a user with user_id, role and permissions");
  const telegramId = String(user.user_id);
  if (!/^[1-9]\d{0,19}$/.test(telegramId))
    throw wrong(`${place}.user_id`, "must be a Telegram user id: a whole number");
  const role = typeof user.role === "string" ? roleOf(user.role) : null;
  if (role === null) throw wrong(`${place}.role`, "must be admin or user (or owner, operator, viewer)");
  const { permissions = [] } = user;
  if (!Array.isArray(permissions) || !permissions.every(isWord))
    throw wrong(`${place}.permissions`, `must be a list of: ${PERMISSIONS.join(", ")}`);
  return { name: nameOf(user.username, telegramId), role, listed: permissions, telegramId };
}

function isWord(value: unknown): value is Permission {
  return typeof value === "string" && isPermission(value);
}

function nameOf(username: unknown, telegramId: string): string {
  const usual = `telegram-${telegramId}`;
  if (typeof username !== "string") return usual;
  try {
    assertName(username);
    return username;
  } catch {
    return usual;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(field: string, message: string): IdentityError {
  return new IdentityError("bad-request", `${field} ${message}`, { field });
}
