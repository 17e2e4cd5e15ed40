/** Identity over its own file in the data folder. */
import type { Vault } from "../security/vault.ts";
import { openSqliteIdentityStore } from "../store/sqlite/sqlite-identity-store.ts";
import { auditPage, note, tellingStore } from "./audit.ts";
import { beginEnrolment, confirmSecondFactor, finishEnrolment, switchSecondFactorOff } from "./factor.ts";
import type { Ground } from "./ground.ts";
import type { Audited, Identity, IdentityClock } from "./identity.ts";
import { KeptPrincipals } from "./kept-principals.ts";
import { consumeSetup, invite, needsSetup, setupLink } from "./links.ts";
import { PasswordHasher } from "./password.ts";
import { resealAll, staleSeals } from "./seals.ts";
import { SessionSeals } from "./session-seals.ts";
import { logIn, logOut, revokeSession, revokeSessionsOf, sessionViews } from "./sessions.ts";
import { telegramCaller, telegramLogIn } from "./telegram-sessions.ts";
import { importTelegramUsers } from "./telegram-users.ts";
import { createToken, revokeToken, tokenViews } from "./tokens.ts";
import { addUser, changeUser, removeUser, setPassword, userViews } from "./users.ts";

export interface IdentityOptions {
  /** `identity.sqlite` of the data folder; made for its owner alone when it is not there. */
  readonly path: string;
  /** For what lies sealed; asked when it is needed. Throws an IdentityError `no-key`. */
  readonly vault: () => Vault;
  /** Telegram id of each account that carries one. */
  readonly telegramIds: () => ReadonlyMap<string, string>;
  readonly clock: IdentityClock;
  /** Hears of each entry of the audit log that is made here. */
  readonly audited?: (entry: Audited) => void;
}

/** Throws a StoreError. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { path, vault, telegramIds, clock, audited = () => {} } = options;
  const telling = tellingStore(await openSqliteIdentityStore(path), audited);
  const seals = new SessionSeals(vault, clock);
  const hasher = new PasswordHasher();
  return identityOn({ ...telling, clock, hasher, vault, seals, telegramIds });
}

function identityOn(ground: Ground): Identity {
  const { store } = ground;
  const principals = new KeptPrincipals(ground);
  return {
    needsSetup: async () => needsSetup(ground),
    setupLink: async (actor) => setupLink(ground, actor),
    invite: async (actor, userId) => invite(ground, actor, userId),
    consumeSetup: (setUp, origin) => consumeSetup(ground, setUp, origin),
    logIn: (attempt, origin) => logIn(ground, attempt, origin),
    principalOf: async (bearer) => principals.of(bearer),
    telegramCaller: async (telegramId) => telegramCaller(ground, telegramId),
    telegramLogIn: async (telegramId) => telegramLogIn(ground, telegramId),
    confirmSecondFactor: async (principal, code, origin) =>
      confirmSecondFactor(ground, principal, code, origin),
    logOut: async (principal) => logOut(ground, principal),
    sessions: async (actor) => sessionViews(ground, actor),
    revokeSession: async (actor, sessionId) => revokeSession(ground, actor, sessionId),
    revokeSessionsOf: async (actor, userId) => revokeSessionsOf(ground, actor, userId),
    users: async (actor) => userViews(ground, actor),
    addUser: (actor, user) => addUser(ground, actor, user),
    changeUser: async (actor, userId, change) => changeUser(ground, actor, userId, change),
    removeUser: async (actor, userId) => removeUser(ground, actor, userId),
    setPassword: (actor, userId, passwords, origin) =>
      setPassword(ground, actor, userId, origin === undefined ? passwords : { ...passwords, origin }),
    importTelegramUsers: async (actor, file) => importTelegramUsers(ground, actor, file),
    beginEnrolment: (principal, password, origin) => beginEnrolment(ground, principal, password, origin),
    finishEnrolment: async (principal, code, origin) => finishEnrolment(ground, principal, code, origin),
    switchSecondFactorOff: async (actor, userId) => switchSecondFactorOff(ground, actor, userId),
    tokens: async (actor) => tokenViews(ground, actor),
    createToken: async (actor, token) => createToken(ground, actor, token),
    revokeToken: async (actor, tokenId) => revokeToken(ground, actor, tokenId),
    audit: async (actor, entry, origin) => store.write((rows) => note(ground, rows, actor, entry, origin)),
    auditEntries: async (actor, query) => auditPage(ground, actor, query),
    close: () => store.close(),
  };
}

/** What lies sealed in the file, for whoever replaces the encryption key. */
export interface Seals {
  /** How much is not under the vault's newest key. */
  stale(vault: Vault): number;
  /** Seals that anew; how much there was. */
  reseal(vault: Vault): number;
  close(): Promise<void>;
}

/** Throws a StoreError. */
export async function openSeals(path: string): Promise<Seals> {
  const store = await openSqliteIdentityStore(path);
  return {
    stale: (vault) => store.read((rows) => staleSeals(rows, vault)),
    reseal: (vault) => store.write((rows) => resealAll(rows, vault)),
    close: () => store.close(),
  };
}
