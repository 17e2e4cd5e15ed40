/** One-time links: the first makes the owner, others let a user choose a password. Each works once and for a short time. */
import type { IdentityRows } from "../store/identity-store.ts";
import { note } from "./audit.ts";
import { hashOf, kindOf, mint } from "./bearer.ts";
import { assertOver, changingAuthority, type Ground, standingOf, userOf } from "./ground.ts";
import type { Actor, LocalActor, NewSession, OneTimeLink, Origin, SetUp } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { assertStrong } from "./password.ts";
import { roleOf } from "./permissions.ts";
import { beginSession } from "./sessions.ts";
import { keyText, userKey } from "./throttle.ts";
import { assertName, endTokensOf, insertUser, toldOf } from "./users.ts";

/** Long enough to reach a browser, too short to be found later in a terminal's history. */
const SETUP_MS = 30 * 60_000;
/** Somebody else has to open it. */
const INVITATION_MS = 24 * 3_600_000;

export function needsSetup({ store }: Ground): boolean {
  return store.read(
    (rows) => !rows.users.all().some(({ role, password }) => roleOf(role) === "owner" && password !== null),
  );
}

export function setupLink(ground: Ground, actor: LocalActor): OneTimeLink {
  return ground.store.write((rows) => {
    note(ground, rows, actor, { action: "set-up-link-made", subject: "a new owner" });
    return put(ground, rows, { userId: null, userName: null, lastsMs: SETUP_MS });
  });
}

export function invite(ground: Ground, actor: Actor, userId: number): OneTimeLink {
  return ground.store.write((rows) => {
    const authority = changingAuthority(ground, rows, actor);
    const user = userOf(rows, userId);
    assertOver(authority, standingOf(user, ground.telegramIds));
    note(ground, rows, actor, { action: "invitation-made", subject: user.name });
    return put(ground, rows, { userId, userName: user.name, lastsMs: INVITATION_MS });
  });
}

function put(
  { clock }: Ground,
  rows: IdentityRows,
  link: { readonly userId: number | null; readonly userName: string | null; readonly lastsMs: number },
): OneTimeLink {
  const { token, hash } = mint("link");
  const nowMs = clock.nowMs();
  const expiresMs = nowMs + link.lastsMs;
  rows.links.removeExpired(nowMs);
  rows.links.put({ hash, userId: link.userId, createdMs: nowMs, expiresMs });
  return { token, expiresMs, userName: link.userName };
}

/** What is wrong with name or password is said before the link is used up. */
export async function consumeSetup(ground: Ground, setUp: SetUp, origin: Origin): Promise<NewSession> {
  const hash = hashOf(kindOf(setUp.token) === "link" ? setUp.token : "");
  const { store, hasher } = ground;
  const name = store.read((rows) => nameOf(ground, rows, hash, setUp));
  assertStrong(setUp.password, name);
  const password = await hasher.hash(setUp.password);
  return store.write((rows) => {
    const { userId } = linkOf(ground, rows, hash);
    rows.links.remove(hash);
    const user = userId === null ? newOwner(ground, rows, name, password) : userOf(rows, userId);
    if (userId !== null) {
      endTokensOf(rows, user);
      rows.users.change(userId, { password });
      rows.sessions.removeOthers(userId, null);
      rows.throttles.remove(keyText(userKey(user.name)));
    }
    const session = beginSession(ground, rows, user, origin, null);
    const [action, after] = userId === null ? ["owner-made", toldOf(user)] : ["password-chosen", null];
    note(ground, rows, session.principal, { action, subject: user.name, after }, origin);
    return session;
  });
}

function newOwner(ground: Ground, rows: IdentityRows, name: string, password: string) {
  const fields = { name, role: "owner", listed: [], given: [], telegramId: null };
  return insertUser(ground, rows, fields, password);
}

function nameOf(ground: Ground, rows: IdentityRows, hash: string, { name }: SetUp): string {
  const { userId } = linkOf(ground, rows, hash);
  if (userId !== null) return userOf(rows, userId).name;
  if (name === undefined)
    throw new IdentityError("bad-request", "must be given for the owner that is made", { field: "name" });
  assertName(name);
  if (rows.users.byName(name) !== null)
    throw new IdentityError("name-taken", `there is a user ${name} already`, { field: "name" });
  return name;
}

function linkOf({ clock }: Ground, rows: IdentityRows, hash: string) {
  const link = rows.links.byHash(hash);
  const nowMs = clock.nowMs();
  if (link === null || nowMs >= link.expiresMs || nowMs < link.createdMs - 60_000)
    throw new IdentityError(
      "bad-credentials",
      "this link was used already, is too old or was replaced; copytrader users setup-link prints a fresh one",
    );
  return link;
}
