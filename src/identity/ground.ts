/** What every operation of identity stands on, and who is asking, looked up anew inside the step that acts on it. */

import type { Vault } from "../security/vault.ts";
import type { IdentityRows, IdentityStore, SessionRecord, UserRecord } from "../store/identity-store.ts";
import {
  type Actor,
  type Audited,
  hasFreshSecondFactor,
  type IdentityClock,
  type Principal,
} from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import type { PasswordHasher } from "./password.ts";
import {
  includesAll,
  isPermission,
  type Permission,
  permissionsOf,
  type Role,
  roleOf,
  type Visible,
  withinScopes,
} from "./permissions.ts";
import type { SessionSeals } from "./session-seals.ts";

export interface Ground {
  readonly store: IdentityStore;
  readonly clock: IdentityClock;
  /** What was added to the audit log. */
  readonly audited: (entry: Audited) => void;
  readonly hasher: PasswordHasher;
  /** Throws an IdentityError where there is no key. */
  readonly vault: () => Vault;
  readonly seals: SessionSeals;
  /** Telegram id of each account that carries one, as the account files are now; asked only for users who have one, too. */
  readonly telegramIds: () => ReadonlyMap<string, string>;
}

/** What is merely good to know: a full disk, or another process that holds the file, keeps nobody from the kill switch. */
export function noteInPassing({ store }: Ground, work: (rows: IdentityRows) => void): void {
  try {
    store.write(work);
  } catch {
    // The next one notes it.
  }
}

/** What somebody may hand out or take away: no more than he has. */
export interface Authority {
  /** Null for whoever uses the machine itself. */
  readonly principal: Principal | null;
  readonly isOwner: boolean;
  readonly permissions: ReadonlySet<Permission>;
  readonly accounts: Visible;
}

/** What a user amounts to. */
export interface Standing {
  readonly role: Role;
  readonly listed: readonly Permission[];
  readonly permissions: ReadonlySet<Permission>;
  readonly accounts: Visible;
}

export function standingOf(
  user: Pick<UserRecord, "role" | "listed" | "given" | "telegramId">,
  telegramIds: Ground["telegramIds"],
): Standing {
  // A role that this version does not know gives the least.
  const role = roleOf(user.role) ?? "viewer";
  const listed = user.listed.filter(isPermission);
  return {
    role,
    listed,
    permissions: permissionsOf(role, listed),
    accounts: role === "owner" ? "all" : visibleTo(user, telegramIds),
  };
}

function visibleTo(
  { given, telegramId }: Pick<UserRecord, "given" | "telegramId">,
  telegramIds: Ground["telegramIds"],
): ReadonlySet<string> {
  const own = telegramId === null ? [] : [...telegramIds()].filter(([, id]) => id === telegramId);
  return new Set([...given, ...own.map(([account]) => account)]);
}

/** Who shows this session; null when it has ended. */
export function sessionPrincipal(
  ground: Ground,
  rows: IdentityRows,
  session: SessionRecord,
): Principal | null {
  const seal = ground.seals.open(session);
  const user = rows.users.byId(session.userId);
  if (seal === null || user === null) return null;
  const { role, permissions, accounts } = standingOf(user, ground.telegramIds);
  return {
    kind: "session",
    id: session.id,
    userId: user.id,
    name: user.name,
    role,
    permissions,
    accounts,
    secondFactorOn: user.factor !== null,
    secondFactorAtMs: seal.secondFactorAtMs,
    expiresMs: session.expiresMs,
  };
}

/** Who shows this API token; null when it has ended. */
export function tokenPrincipal(
  { clock, telegramIds }: Ground,
  rows: IdentityRows,
  token: ReturnType<IdentityRows["tokens"]["byHash"]>,
): Principal | null {
  if (token === null || clock.nowMs() >= token.expiresMs) return null;
  const user = rows.users.byId(token.userId);
  if (user === null) return null;
  const { role, permissions, accounts } = standingOf(user, telegramIds);
  return {
    kind: "token",
    id: token.id,
    userId: user.id,
    name: user.name,
    role,
    permissions: withinScopes(permissions, token.scopes.filter(isPermission)),
    accounts,
    secondFactorOn: false,
    secondFactorAtMs: null,
    expiresMs: token.expiresMs,
  };
}

/** The same principal as it is now; throws an IdentityError when its session or token has ended. */
export function currentOf(ground: Ground, rows: IdentityRows, asked: Principal): Principal {
  const session = asked.kind === "session" ? rows.sessions.byId(asked.id) : null;
  const now =
    asked.kind === "token"
      ? tokenPrincipal(ground, rows, rows.tokens.byId(asked.id))
      : session && sessionPrincipal(ground, rows, session);
  if (now === null || now.userId !== asked.userId)
    throw new IdentityError("bad-credentials", "the session has ended; log in again");
  return now;
}

/** What the actor has in hand now, inside the step that acts on it. */
export function authorityOf(ground: Ground, rows: IdentityRows, actor: Actor): Authority {
  if (actor.kind === "local")
    return { principal: null, isOwner: true, permissions: permissionsOf("owner", []), accounts: "all" };
  const principal = currentOf(ground, rows, actor);
  const { role, permissions, accounts, kind } = principal;
  return { principal, isOwner: role === "owner" && kind === "session", permissions, accounts };
}

/** For changes of who may do what: a session that gave its second factor, where that is on. No token may make or change others. */
export function changingAuthority(ground: Ground, rows: IdentityRows, actor: Actor): Authority {
  const authority = authorityOf(ground, rows, actor);
  const { principal } = authority;
  if (principal === null) return authority;
  if (principal.kind === "token")
    throw new IdentityError("not-allowed", "an API token cannot change users, tokens, passwords or sessions");
  if (!hasFreshSecondFactor(principal, ground.clock.nowMs()))
    throw new IdentityError("second-factor-needed", "this needs a code of your second factor first");
  return authority;
}

/** Throws unless the authority may act on somebody of this standing. */
export function assertOver(authority: Authority, standing: Standing): void {
  if (authority.isOwner) return;
  const isMore =
    standing.role === "owner" ||
    !authority.permissions.has("admin") ||
    !includesAll(authority.permissions, standing.permissions) ||
    !seesAll(authority.accounts, standing.accounts);
  if (isMore)
    throw new IdentityError("not-allowed", "this user has, or would have, more than you may hand out");
}

function seesAll(holder: Visible, wanted: Visible): boolean {
  if (holder === "all") return true;
  return wanted !== "all" && includesAll(holder, wanted);
}

export function userOf(rows: IdentityRows, userId: number): UserRecord {
  const user = rows.users.byId(userId);
  if (user === null) throw new IdentityError("unknown-user", `there is no user with the id ${userId}`);
  return user;
}
