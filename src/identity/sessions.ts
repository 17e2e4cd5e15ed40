/** Sessions: begun by a password or a link, asked for by their token, ended by their owner or after 24 hours. */
import type { IdentityRows, SessionRecord, UserRecord } from "../store/identity-store.ts";
import { note, oneLine } from "./audit.ts";
import { csrfTokenOf, hashOf, kindOf, mint } from "./bearer.ts";
import { takeCode } from "./factor-codes.ts";
import {
  assertOver,
  authorityOf,
  currentOf,
  type Ground,
  noteInPassing,
  sessionPrincipal,
  standingOf,
  tokenPrincipal,
  userOf,
} from "./ground.ts";
import type { Actor, LogIn, NewSession, Origin, Principal, SessionView } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { SESSION_MS } from "./session-seals.ts";
import { addressKey, chargeAttempt, factorKey, keyText, refundAttempt, userKey } from "./throttle.ts";

/** A new one ends the oldest beyond so many. */
const SESSIONS_MAX = 20;
const AGENT_MAX = 200;
/** To the minute is enough, and spares the disk. */
const USE_NOTED_MS = 60_000;

/** Begins a session inside the step that let its user in. */
export function beginSession(
  ground: Ground,
  rows: IdentityRows,
  user: Pick<UserRecord, "id">,
  origin: Origin,
  secondFactorAtMs: number | null,
): NewSession {
  const { token, hash } = mint("session");
  const principal = addSession(ground, rows, user, { origin, hash, secondFactorAtMs });
  return { token, csrfToken: csrfTokenOf(token), principal };
}

interface Begun {
  readonly origin: Origin;
  readonly hash: string;
  readonly secondFactorAtMs?: number | null;
}

/** A row of 24 hours, inside the step that let its user in. */
export function addSession(
  ground: Ground,
  rows: IdentityRows,
  user: Pick<UserRecord, "id">,
  { origin, hash, secondFactorAtMs = null }: Begun,
): Principal {
  const nowMs = ground.clock.nowMs();
  rows.sessions.removeExpired(nowMs);
  for (const { id } of rows.sessions.ofUser(user.id).slice(0, 1 - SESSIONS_MAX)) rows.sessions.remove(id);
  const { address } = origin;
  const agent = oneLine(origin.agent, AGENT_MAX);
  const session = {
    hash,
    userId: user.id,
    createdMs: nowMs,
    expiresMs: nowMs + SESSION_MS,
    sealed: ground.seals.seal({ address: oneLine(address, 100), agent, secondFactorAtMs, seenMs: nowMs }),
  };
  const id = rows.sessions.add(session);
  const principal = sessionPrincipal(ground, rows, { ...session, id });
  if (principal === null) throw new IdentityError("no-key", "the session could not be sealed");
  return principal;
}

/** Never says which of name, password and code is wrong, and takes as long for a name that nobody has. */
export async function logIn(ground: Ground, attempt: LogIn, origin: Origin): Promise<NewSession> {
  const { store, clock, hasher } = ground;
  const keys = [userKey(attempt.name), addressKey(origin.address)];
  const refused = store.write((rows) => chargeAttempt(rows, keys, clock.nowMs()));
  if (refused !== null) throw refused;
  const known = store.read((rows) => rows.users.byName(attempt.name));
  const verdict = await hasher.verify(attempt.password, known?.password ?? null);
  const renewed = verdict.matches && verdict.outdated ? await hasher.hash(attempt.password) : null;
  const withCode = known !== null && known.factor !== null && attempt.code !== undefined;
  if (verdict.matches && withCode) {
    const tooMany = store.write((rows) => chargeAttempt(rows, [factorKey(known.id)], clock.nowMs()));
    if (tooMany !== null) throw tooMany;
  }
  const begun = store.write((rows) => {
    const user = known === null ? null : rows.users.byId(known.id);
    const isRight = verdict.matches && user !== null && user.password === known?.password;
    const code = withCode ? (attempt.code ?? "") : null;
    if (!isRight || user === null || (code !== null && !takeCode(ground, rows, user, { code, origin }))) {
      noteFailure(ground, rows, attempt.name, origin);
      return null;
    }
    refundAttempt(rows, code === null ? keys : [...keys, factorKey(user.id)]);
    if (renewed !== null) rows.users.change(user.id, { password: renewed });
    const session = beginSession(ground, rows, user, origin, code === null ? null : clock.nowMs());
    note(ground, rows, session.principal, { action: "logged-in", subject: user.name }, origin);
    return session;
  });
  if (begun !== null) return begun;
  throw new IdentityError("bad-credentials", "the name, the password or the code is wrong");
}

/** The first failures of a row, then each time their number has doubled: whoever tries for ever does not fill the disk. */
function noteFailure(ground: Ground, rows: IdentityRows, name: string, origin: Origin): void {
  const user = rows.users.byName(name);
  const key = keyText(user === null ? addressKey(origin.address) : userKey(name));
  const failures = rows.throttles.byKey(key)?.failures ?? 0;
  if (failures > 3 && !Number.isInteger(Math.log2(failures))) return;
  const subject = user?.name ?? "a name that nobody has";
  const what = { action: "log-in-failed", subject, after: { failures } };
  note(ground, rows, { kind: "nobody", name: "nobody" }, what, origin);
}

/** Whose session has this hash; null for none that lasts. */
export function principalByHash(ground: Ground, hash: string): Principal | null {
  const { store, seals } = ground;
  const found = store.read((rows) => {
    const session = rows.sessions.byHash(hash);
    return session && { principal: sessionPrincipal(ground, rows, session), seen: seals.seen(session) };
  });
  if (found?.seen) noteInPassing(ground, (rows) => noteSeen(ground, rows, hash));
  return found?.principal ?? null;
}

/** By what is sealed now: somebody may have given a code meanwhile. */
function noteSeen({ seals }: Ground, rows: IdentityRows, hash: string): void {
  const session = rows.sessions.byHash(hash);
  const seen = session && seals.seen(session);
  if (session && seen) rows.sessions.seal(session.id, seen);
}

/** Whose session or API token this is, as everything is now; null for anything else. */
export function principalOf(ground: Ground, bearer: string): Principal | null {
  const kind = kindOf(bearer);
  const hash = hashOf(bearer);
  const { store } = ground;
  if (kind === "session") return principalByHash(ground, hash);
  if (kind !== "token") return null;
  const found = store.read((rows) => {
    const token = rows.tokens.byHash(hash);
    const principal = tokenPrincipal(ground, rows, token);
    return principal === null || token === null ? null : { principal, lastUsedMs: token.lastUsedMs };
  });
  if (found === null) return null;
  const nowMs = ground.clock.nowMs();
  if (found.lastUsedMs === null || Math.abs(nowMs - found.lastUsedMs) >= USE_NOTED_MS)
    noteInPassing(ground, (rows) => rows.tokens.noteUse(found.principal.id, nowMs));
  return found.principal;
}

export function logOut(ground: Ground, principal: Principal): void {
  if (principal.kind === "token")
    throw new IdentityError("not-allowed", "an API token is revoked, not logged out");
  ground.store.write((rows) => {
    if (rows.sessions.remove(principal.id))
      note(ground, rows, principal, { action: "logged-out", subject: principal.name });
  });
}

export function sessionViews(ground: Ground, actor: Actor): readonly SessionView[] {
  return ground.store.read((rows) => {
    const { principal, isOwner } = authorityOf(ground, rows, actor);
    const found =
      isOwner || principal === null ? rows.sessions.all() : rows.sessions.ofUser(principal.userId);
    const names = new Map(rows.users.all().map(({ id, name }) => [id, name]));
    return found.flatMap((session) => {
      const seal = ground.seals.open(session);
      if (seal === null) return [];
      const { id, userId, createdMs, expiresMs } = session;
      const current = principal?.kind === "session" && principal.id === id;
      const { address, agent } = seal;
      return [
        { id, userId, userName: names.get(userId) ?? "", createdMs, expiresMs, address, agent, current },
      ];
    });
  });
}

/** One's own, or another's who has no more than oneself. Ending needs no second factor: it only takes away. */
export function revokeSession(ground: Ground, actor: Actor, sessionId: number): void {
  ground.store.write((rows) => {
    const session = rows.sessions.byId(sessionId);
    const user = session === null ? null : endable(ground, rows, actor, session);
    if (user === null) throw new IdentityError("unknown-session", `there is no session ${sessionId}`);
    rows.sessions.remove(sessionId);
    note(ground, rows, actor, {
      action: "session-ended",
      subject: user.name,
      before: { session: sessionId },
    });
  });
}

function endable(
  ground: Ground,
  rows: IdentityRows,
  actor: Actor,
  session: SessionRecord,
): UserRecord | null {
  const user = rows.users.byId(session.userId);
  if (user !== null) assertMayEnd(ground, rows, actor, user);
  return user;
}

/** Throws unless the actor may take sessions or tokens of this user away. */
export function assertMayEnd(ground: Ground, rows: IdentityRows, actor: Actor, user: UserRecord): void {
  const authority = authorityOf(ground, rows, actor);
  if (authority.principal?.kind === "token")
    throw new IdentityError("not-allowed", "an API token cannot end sessions or tokens");
  if (authority.principal?.userId === user.id) return;
  assertOver(authority, standingOf(user, ground.telegramIds));
}

/** All of a user's but the one that asks. */
export function revokeSessionsOf(ground: Ground, actor: Actor, userId: number): number {
  return ground.store.write((rows) => {
    const user = userOf(rows, userId);
    assertMayEnd(ground, rows, actor, user);
    const count = rows.sessions.removeOthers(userId, actor.kind === "session" ? actor.id : null);
    note(ground, rows, actor, { action: "sessions-ended", subject: user.name, before: { sessions: count } });
    return count;
  });
}

/** The principal's own user with what is secret, for operations on oneself by a session. */
export function ownUser(ground: Ground, rows: IdentityRows, asked: Principal): UserRecord {
  const principal = currentOf(ground, rows, asked);
  if (principal.kind === "token")
    throw new IdentityError("not-allowed", "an API token cannot change its user's second factor");
  return userOf(rows, principal.userId);
}
