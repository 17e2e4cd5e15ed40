/** API tokens: for programs, with less than their user may do, for a time that is said when they are made. */

import type { TokenRecord } from "../store/identity-store.ts";
import { note } from "./audit.ts";
import { hintOf, mint } from "./bearer.ts";
import { authorityOf, changingAuthority, type Ground, standingOf, userOf } from "./ground.ts";
import type { Actor, NewToken, TokenView } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { includesAll, isPermission, PERMISSIONS } from "./permissions.ts";
import { assertMayEnd } from "./sessions.ts";

const DAY_MS = 86_400_000;
const DAYS_MAX = 366;
const TOKENS_MAX = 100;
const NAME_MAX = 64;

export function tokenViews(ground: Ground, actor: Actor): readonly TokenView[] {
  return ground.store.read((rows) => {
    const { principal, isOwner } = authorityOf(ground, rows, actor);
    const names = new Map(rows.users.all().map(({ id, name }) => [id, name]));
    const shown = rows.tokens.all().filter(({ userId }) => isOwner || userId === principal?.userId);
    return shown.map((token) => viewOf(token, names.get(token.userId) ?? ""));
  });
}

export function createToken(
  ground: Ground,
  actor: Actor,
  wanted: NewToken,
): { readonly token: string; readonly view: TokenView } {
  assertForm(wanted);
  const { token, hash } = mint("token");
  const view = ground.store.write((rows) => {
    const { principal } = changingAuthority(ground, rows, actor);
    const userId = wanted.userId ?? principal?.userId;
    if (userId === undefined)
      throw new IdentityError("bad-request", "must say whose token it is", { field: "user" });
    if (principal !== null && principal.userId !== userId)
      throw new IdentityError("not-allowed", "a token is made by its user, or on the machine itself");
    const user = userOf(rows, userId);
    const { permissions } = standingOf(user, ground.telegramIds);
    if (!includesAll(permissions, wanted.scopes))
      throw new IdentityError(
        "bad-request",
        `must be among what ${user.name} may do: ${[...permissions].join(", ")}`,
        {
          field: "scopes",
        },
      );
    const nowMs = ground.clock.nowMs();
    const own = rows.tokens.all().filter((one) => one.userId === userId);
    for (const { id, expiresMs } of own) if (expiresMs <= nowMs) rows.tokens.remove(id);
    const living = own.filter(({ expiresMs }) => expiresMs > nowMs);
    if (living.length >= TOKENS_MAX)
      throw new IdentityError("too-many", `${user.name} has ${TOKENS_MAX} tokens; revoke one first`);
    const record = {
      hash,
      hint: hintOf(token),
      name: wanted.name,
      userId,
      scopes: [...new Set(wanted.scopes)],
      createdMs: nowMs,
      expiresMs: nowMs + wanted.expiresInDays * DAY_MS,
      lastUsedMs: null,
    };
    const made = viewOf({ ...record, id: rows.tokens.add(record) }, user.name);
    const { name, scopes, expiresMs } = made;
    const after = { name, scopes, expires: new Date(expiresMs).toISOString() };
    note(ground, rows, actor, { action: "api-token-made", subject: user.name, after });
    return made;
  });
  return { token, view };
}

export function revokeToken(ground: Ground, actor: Actor, tokenId: number): void {
  ground.store.write((rows) => {
    const token = rows.tokens.byId(tokenId);
    if (token === null) throw new IdentityError("unknown-token", `there is no API token ${tokenId}`);
    const user = userOf(rows, token.userId);
    assertMayEnd(ground, rows, actor, user);
    rows.tokens.remove(tokenId);
    const before = { name: token.name, scopes: token.scopes };
    note(ground, rows, actor, { action: "api-token-revoked", subject: user.name, before });
  });
}

function assertForm({ name, scopes, expiresInDays }: NewToken): void {
  const wrong = (field: string, message: string) => new IdentityError("bad-request", message, { field });
  if (name.trim() === "" || name.length > NAME_MAX || /\p{C}/u.test(name))
    throw wrong("name", `must be 1 to ${NAME_MAX} characters in one line`);
  if (scopes.length === 0 || !scopes.every(isPermission))
    throw wrong("scopes", `must be one or more of ${PERMISSIONS.join(", ")}`);
  if (!Number.isSafeInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > DAYS_MAX)
    throw wrong("expires_in_days", `must be a whole number of days from 1 to ${DAYS_MAX}`);
}

function viewOf(token: TokenRecord, userName: string): TokenView {
  const { id, userId, name, hint, createdMs, expiresMs, lastUsedMs } = token;
  const scopes = token.scopes.filter(isPermission);
  return { id, userId, userName, name, hint, scopes, createdMs, expiresMs, lastUsedMs };
}
