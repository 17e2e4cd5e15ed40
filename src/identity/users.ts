/**
 * Users and what they may do. Every change looks at who makes it inside the step that writes it: nobody hands out, or takes from
 * somebody, more than he has at that moment, and an owner who can log in is always left.
 */
import type { IdentityRows, UserRecord } from "../store/identity-store.ts";
import { note } from "./audit.ts";
import { assertOver, authorityOf, changingAuthority, type Ground, standingOf, userOf } from "./ground.ts";
import type { Actor, NewUser, Origin, UserChange, UserView } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { assertStrong } from "./password.ts";
import { isPermission, PERMISSIONS, ROLES, roleOf } from "./permissions.ts";
import { addressKey, chargeAttempt, keyText, refundAttempt, userKey } from "./throttle.ts";

const USERS_MAX = 1_000;
const GIVEN_MAX = 1_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const TELEGRAM_ID = /^[1-9]\d{0,19}$/;
const ACCOUNT_LENGTH_MAX = 100;

type Fields = Pick<UserRecord, "name" | "role" | "listed" | "given" | "telegramId">;

export function viewOf({ telegramIds }: Pick<Ground, "telegramIds">, user: UserRecord): UserView {
  const { role, listed, permissions, accounts } = standingOf(user, telegramIds);
  const { id, name, given, telegramId, createdMs } = user;
  return {
    id,
    name,
    role,
    listed,
    permissions: PERMISSIONS.filter((permission) => permissions.has(permission)),
    given,
    accounts: accounts === "all" ? "all" : [...accounts].sort(),
    telegramId,
    hasPassword: user.password !== null,
    secondFactorOn: user.factor !== null,
    createdMs,
  };
}

/** What the audit log tells of a user. */
export function toldOf({ name, role, listed, given, telegramId }: Fields) {
  return { name, role, listed, accounts: given, telegram_id: telegramId };
}

/** Everybody for whoever administers; otherwise oneself. */
export function userViews(ground: Ground, actor: Actor): readonly UserView[] {
  return ground.store.read((rows) => {
    const { principal, permissions } = authorityOf(ground, rows, actor);
    const all = rows.users.all();
    const shown = permissions.has("admin") ? all : all.filter(({ id }) => id === principal?.userId);
    return shown.map((user) => viewOf(ground, user));
  });
}

export async function addUser(ground: Ground, actor: Actor, wanted: NewUser): Promise<UserView> {
  const { password, name, role, listed = [], given = [], telegramId = null } = wanted;
  const fields = { name, role, listed: [...new Set(listed)], given: [...new Set(given)], telegramId };
  assertFields(fields);
  if (password !== undefined) assertStrong(password, name);
  // Looked at before the costly part, too.
  ground.store.read((rows) => assertMayHand(ground, rows, actor, fields));
  const hash = password === undefined ? null : await ground.hasher.hash(password);
  return ground.store.write((rows) => {
    assertMayHand(ground, rows, actor, fields);
    const user = insertUser(ground, rows, fields, hash);
    note(ground, rows, actor, { action: "user-added", subject: name, after: toldOf(user) });
    return viewOf(ground, user);
  });
}

function assertMayHand(ground: Ground, rows: IdentityRows, actor: Actor, fields: Fields): void {
  assertOver(changingAuthority(ground, rows, actor), standingOf(fields, ground.telegramIds));
}

/** Throws an IdentityError where name or Telegram id is somebody's already, or there are too many. */
export function insertUser(
  { clock }: Pick<Ground, "clock">,
  rows: IdentityRows,
  fields: Fields,
  password: string | null,
): UserRecord {
  if (rows.users.all().length >= USERS_MAX)
    throw new IdentityError("too-many", `there are ${USERS_MAX} users already`);
  assertUnused(rows, fields, null);
  const bare = { factor: null, pendingFactor: null, factorStep: 0, createdMs: clock.nowMs() };
  const id = rows.users.add({ ...fields, ...bare, password });
  return userOf(rows, id);
}

function assertUnused(rows: IdentityRows, { name, telegramId }: Fields, own: number | null): void {
  const named = rows.users.byName(name);
  if (named !== null && named.id !== own)
    throw new IdentityError("name-taken", `there is a user ${named.name} already`, { field: "name" });
  const told = telegramId === null ? null : rows.users.byTelegramId(telegramId);
  if (told !== null && told.id !== own)
    throw new IdentityError("name-taken", `the Telegram id belongs to the user ${told.name}`, {
      field: "telegram_id",
    });
}

export function changeUser(ground: Ground, actor: Actor, userId: number, change: UserChange): UserView {
  return ground.store.write((rows) => {
    const authority = changingAuthority(ground, rows, actor);
    const before = userOf(rows, userId);
    const after = { ...fieldsOf(before), ...withoutAbsent(change) };
    assertFields(after);
    assertUnused(rows, after, userId);
    assertOver(authority, standingOf(before, ground.telegramIds));
    assertOver(authority, standingOf(after, ground.telegramIds));
    rows.users.change(userId, after);
    assertOwnerLeft(rows, before);
    const told = { before: toldOf(before), after: toldOf(after) };
    note(ground, rows, actor, { action: "user-changed", subject: before.name, ...told });
    return viewOf(ground, userOf(rows, userId));
  });
}

function fieldsOf({ name, role, listed, given, telegramId }: UserRecord): Fields {
  return { name, role, listed, given, telegramId };
}

function withoutAbsent(change: UserChange): Partial<Fields> {
  const { name, role, listed, given, telegramId } = change;
  const stated = {
    name,
    role,
    listed: listed && [...new Set(listed)],
    given: given && [...new Set(given)],
    telegramId,
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
}

export function removeUser(ground: Ground, actor: Actor, userId: number): void {
  ground.store.write((rows) => {
    const authority = changingAuthority(ground, rows, actor);
    const user = userOf(rows, userId);
    assertOver(authority, standingOf(user, ground.telegramIds));
    rows.users.remove(userId);
    assertOwnerLeft(rows, user);
    note(ground, rows, actor, { action: "user-removed", subject: user.name, before: toldOf(user) });
  });
}

/** Throws where this user was the last owner who could log in (or the last at all). */
function assertOwnerLeft(rows: IdentityRows, before: UserRecord): void {
  if (roleOf(before.role) !== "owner") return;
  const owners = rows.users.all().filter(({ role }) => roleOf(role) === "owner");
  const isEnough =
    before.password === null ? owners.length > 0 : owners.some(({ password }) => password !== null);
  if (!isEnough) throw new IdentityError("last-owner", `${before.name} is the last owner who can log in`);
}

export interface NewPassword {
  readonly password: string;
  readonly current?: string;
  /** His API tokens go on working; otherwise they end, as whoever knew the old password may have made one. */
  readonly keepsTokens?: boolean;
}

/** His other sessions end; one's own takes the password so far, as a browser may have been left open. Answers how many tokens ended. */
export async function setPassword(
  ground: Ground,
  actor: Actor,
  userId: number,
  { password, current, keepsTokens = false, origin }: NewPassword & { readonly origin?: Origin },
): Promise<number> {
  const before = ground.store.read((rows) => {
    assertMaySetPassword(ground, rows, actor, userId);
    return userOf(rows, userId);
  });
  assertStrong(password, before.name);
  const isOwn = actor.kind !== "local" && actor.userId === userId;
  if (isOwn) await assertPassword(ground, before, { password: current ?? "", field: "current" }, origin);
  const hash = await ground.hasher.hash(password);
  return ground.store.write((rows) => {
    assertMaySetPassword(ground, rows, actor, userId);
    const user = userOf(rows, userId);
    if (isOwn && user.password !== before.password) throw wrongPassword("current");
    rows.users.change(userId, { password: hash });
    rows.links.removeOf(userId);
    rows.sessions.removeOthers(userId, isOwn && actor.kind === "session" ? actor.id : null);
    // Whoever kept somebody else waiting is no longer the user's concern.
    rows.throttles.remove(keyText(userKey(user.name)));
    const revoked = keepsTokens ? 0 : endTokensOf(rows, user);
    const after = { revoked };
    note(ground, rows, actor, { action: "password-set", subject: user.name, after }, origin);
    return revoked;
  });
}

/** Of one whose password becomes another; who had none yet was known by nobody. Answers how many there were. */
export function endTokensOf(rows: IdentityRows, { id, password }: UserRecord): number {
  if (password === null) return 0;
  const own = rows.tokens.all().filter(({ userId }) => userId === id);
  for (const token of own) rows.tokens.remove(token.id);
  return own.length;
}

function assertMaySetPassword(ground: Ground, rows: IdentityRows, actor: Actor, userId: number): void {
  const authority = changingAuthority(ground, rows, actor);
  if (authority.principal?.userId === userId) return;
  assertOver(authority, standingOf(userOf(rows, userId), ground.telegramIds));
}

interface GivenPassword {
  readonly password: string;
  /** How whoever gave it calls it. */
  readonly field: "password" | "current";
}

/** Throws an IdentityError unless it is the user's password; throttled like a log-in. */
export async function assertPassword(
  { store, clock, hasher }: Ground,
  user: UserRecord,
  { password, field }: GivenPassword,
  origin: Origin | undefined,
): Promise<void> {
  const keys = [userKey(user.name), ...(origin === undefined ? [] : [addressKey(origin.address)])];
  const refused = store.write((rows) => chargeAttempt(rows, keys, clock.nowMs()));
  if (refused !== null) throw refused;
  const { matches } = await hasher.verify(password, user.password);
  if (!matches) throw wrongPassword(field);
  store.write((rows) => refundAttempt(rows, keys));
}

function wrongPassword(field: GivenPassword["field"]): IdentityError {
  const message = field === "current" ? "the password so far is wrong" : "the password is wrong";
  return new IdentityError("bad-credentials", message, { field });
}

export function assertName(name: string): void {
  if (!NAME.test(name)) {
    const message = "must be 1 to 64 letters, digits or . _ @ -, beginning with a letter or digit";
    throw new IdentityError("bad-request", message, { field: "name" });
  }
}

function assertFields({ name, role, listed, given, telegramId }: Fields): void {
  const wrong = (field: string, message: string) => new IdentityError("bad-request", message, { field });
  assertName(name);
  if (!ROLES.some((known) => known === role)) throw wrong("role", `must be one of ${ROLES.join(", ")}`);
  if (!listed.every(isPermission)) throw wrong("permissions", `must be a list of: ${PERMISSIONS.join(", ")}`);
  if (given.length > GIVEN_MAX || given.some((one) => one === "" || one.length > ACCOUNT_LENGTH_MAX))
    throw wrong("accounts", `must be a list of at most ${GIVEN_MAX} nicknames of accounts`);
  if (telegramId !== null && !TELEGRAM_ID.test(telegramId))
    throw wrong("telegram_id", "must be a Telegram user id: a whole number");
}
