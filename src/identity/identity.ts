/**
 * THE CONTRACT of identity: who is asking, what he may do, and the ways to become somebody (password, one-time link, API token, code
 * of a second factor). The API, the command line and the bot ask nothing else. Every method may throw an `IdentityError`; all
 * times are UTC milliseconds. Secrets (session tokens, API tokens, links, codes) leave it once, when they are made, and are kept as
 * hashes only.
 */
import type { Permission, Role, Visible } from "./permissions.ts";

/** Who is asking, as it is now: asked anew for every request, so that what was taken away is gone at once. */
export interface Principal {
  readonly kind: "session" | "token";
  /** Of the session or token. */
  readonly id: number;
  readonly userId: number;
  readonly name: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  readonly accounts: Visible;
  /** Whether the user switched a second factor on; never for a token, which was made with it. */
  readonly secondFactorOn: boolean;
  /** When this session last gave a code of it. */
  readonly secondFactorAtMs: number | null;
  /** When session or token ends. */
  readonly expiresMs: number;
  /** Where what he asks now comes from, once whoever let him in has noted it; for the audit log. */
  readonly address?: string;
}

/** Who does something: somebody who was let in, or whoever may use the data folder on this machine. */
export type Actor = Principal | LocalActor;

export interface LocalActor {
  readonly kind: "local";
  /** For the audit log: `command line`. */
  readonly name: string;
}

/** Where a request comes from; for throttling and the audit log. */
export interface Origin {
  /** IP address as text. */
  readonly address: string;
  /** What the browser calls itself; cut to 200 characters. */
  readonly agent: string;
}

export interface NewSession {
  /** For the cookie, shown once. */
  readonly token: string;
  /** For the header `X-CSRF-Token`; `csrfTokenOf(token)` gives it again. */
  readonly csrfToken: string;
  readonly principal: Principal;
}

export interface LogIn {
  readonly name: string;
  readonly password: string;
  /** Code of the second factor or a recovery code, where somebody wants to give it at once. */
  readonly code?: string;
}

/** A user without anything secret. */
export interface UserView {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  /** Listed for him beside what his role gives. */
  readonly listed: readonly Permission[];
  /** What both come to. */
  readonly permissions: readonly Permission[];
  /** Nicknames given to him. */
  readonly given: readonly string[];
  /** What he sees: the given ones and those that carry his Telegram id. */
  readonly accounts: "all" | readonly string[];
  readonly telegramId: string | null;
  readonly hasPassword: boolean;
  readonly secondFactorOn: boolean;
  readonly createdMs: number;
}

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly listed?: readonly Permission[];
  readonly given?: readonly string[];
  readonly telegramId?: string | null;
  /** Without one he can log in only after `invite`. */
  readonly password?: string;
}

/** What of a user is changed; absent stays as it is. */
export type UserChange = Partial<Pick<NewUser, "name" | "role" | "listed" | "given" | "telegramId">>;

export interface SessionView {
  readonly id: number;
  readonly userId: number;
  readonly userName: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly address: string;
  readonly agent: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

export interface TokenView {
  readonly id: number;
  readonly userId: number;
  readonly userName: string;
  readonly name: string;
  /** The token's first characters, to tell it by. */
  readonly hint: string;
  readonly scopes: readonly Permission[];
  readonly createdMs: number;
  readonly expiresMs: number;
  /** To the minute; null when it was never used. */
  readonly lastUsedMs: number | null;
}

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Permission[];
  /** 1 to 366. */
  readonly expiresInDays: number;
  /** Whose it is; the one who asks when left out. */
  readonly userId?: number;
}

/** A link that works once, for a short time. */
export interface OneTimeLink {
  /** For the fragment of an address: `#setup=TOKEN`; shown once. */
  readonly token: string;
  readonly expiresMs: number;
  /** Who chooses his password with it; null: it makes the first (or another) owner. */
  readonly userName: string | null;
}

export interface SetUp {
  readonly token: string;
  /** Of the owner to be made; for an invitation it may be left out. */
  readonly name?: string;
  readonly password: string;
}

export interface Enrolment {
  /** Base32, to be typed. */
  readonly secret: string;
  /** `otpauth://totp/...`, to be shown as a QR code. */
  readonly uri: string;
}

/** A change somebody made, with what was there before and is there now. */
export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly actorKind: "session" | "token" | "local" | "nobody";
  /** `user-added`, `settings-changed`, ... */
  readonly action: string;
  /** What it was done to: a user's name, an account, a setting. */
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly address: string | null;
}

/** What of an entry is told beside the audit log: who did what to whom, and from where. */
export type Audited = Pick<AuditEntry, "actor" | "actorKind" | "action" | "subject" | "address">;

export interface AuditNote {
  readonly action: string;
  readonly subject: string;
  /** JSON values; null where there was nothing. Fields with a secret's name are masked. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface AuditQuery {
  /** 1 to 500; 50 when left out. */
  readonly limit?: number;
  /** Only entries older than this id. */
  readonly before?: number;
  readonly action?: string;
  readonly actor?: string;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** For `before` of the next page; null when there is none. */
  readonly nextBefore: number | null;
}

export interface ImportedUsers {
  readonly added: readonly string[];
  /** Telegram ids that a user has already. */
  readonly known: readonly string[];
}

/** Who writes to the Telegram bot. */
export type TelegramCaller =
  /** No user has this Telegram id. */
  | { readonly kind: "stranger" }
  /** A user without a session that lasts. */
  | { readonly kind: "signed-out"; readonly name: string }
  | { readonly kind: "signed-in"; readonly principal: Principal };

export interface Identity {
  /** Whether there is no owner yet who can log in. */
  needsSetup(): Promise<boolean>;
  /** A fresh link that makes an owner; earlier ones end. Only for the machine's own user. */
  setupLink(actor: LocalActor): Promise<OneTimeLink>;
  /** A fresh link with which this user chooses a password; earlier ones of his end. */
  invite(actor: Actor, userId: number): Promise<OneTimeLink>;
  /** Uses a link up, and lets its user in. */
  consumeSetup(setUp: SetUp, origin: Origin): Promise<NewSession>;

  logIn(attempt: LogIn, origin: Origin): Promise<NewSession>;
  /** Whose session token or API token this is; null for anything else. */
  principalOf(bearer: string): Promise<Principal | null>;
  /** Who has this Telegram id, which Telegram vouches for. Only for the bot. */
  telegramCaller(telegramId: string): Promise<TelegramCaller>;
  /** Opens a session of 24 hours in the bot; null for who is no user. */
  telegramLogIn(telegramId: string): Promise<Principal | null>;
  /** Asks for a code of the second factor, for dangerous actions of the next ten minutes. */
  confirmSecondFactor(principal: Principal, code: string, origin: Origin): Promise<Principal>;
  logOut(principal: Principal): Promise<void>;

  /** One's own; of an owner with a session, everybody's. */
  sessions(actor: Actor): Promise<readonly SessionView[]>;
  revokeSession(actor: Actor, sessionId: number): Promise<void>;
  revokeSessionsOf(actor: Actor, userId: number): Promise<number>;

  users(actor: Actor): Promise<readonly UserView[]>;
  addUser(actor: Actor, user: NewUser): Promise<UserView>;
  changeUser(actor: Actor, userId: number, change: UserChange): Promise<UserView>;
  removeUser(actor: Actor, userId: number): Promise<void>;
  /**
   * One's own with the password so far, somebody else's as an owner; his other sessions end, and his API tokens unless they are kept.
   * Answers how many tokens ended.
   */
  setPassword(
    actor: Actor,
    userId: number,
    passwords: { readonly password: string; readonly current?: string; readonly keepsTokens?: boolean },
    origin?: Origin,
  ): Promise<number>;
  /** Those of `telegram_auth.json` whose Telegram id no user has yet. */
  importTelegramUsers(actor: LocalActor, file: unknown): Promise<ImportedUsers>;

  /** Begins to switch the second factor on, which takes the password; nothing is asked for before `finishEnrolment`. */
  beginEnrolment(principal: Principal, password: string, origin: Origin): Promise<Enrolment>;
  /** Recovery codes, shown once. */
  finishEnrolment(principal: Principal, code: string, origin: Origin): Promise<readonly string[]>;
  /** One's own with a fresh code; somebody else's as an owner. */
  switchSecondFactorOff(actor: Actor, userId: number): Promise<void>;

  tokens(actor: Actor): Promise<readonly TokenView[]>;
  createToken(actor: Actor, token: NewToken): Promise<{ readonly token: string; readonly view: TokenView }>;
  revokeToken(actor: Actor, tokenId: number): Promise<void>;

  /** Adds an entry; there is no way to change or remove one. */
  audit(actor: Actor, note: AuditNote, origin?: Origin): Promise<void>;
  auditEntries(actor: Actor, query: AuditQuery): Promise<AuditPage>;

  close(): Promise<void>;
}

/** The time, told from outside. */
export interface IdentityClock {
  /** UTC milliseconds. */
  nowMs(): number;
  /** Milliseconds of a clock that nobody can set back. */
  elapsedMs(): number;
}

/** How long a code of the second factor counts. */
export const SECOND_FACTOR_MS = 10 * 60_000;

/** Whether somebody may do what is dangerous now, as far as his second factor is concerned. */
export function hasFreshSecondFactor(principal: Principal, nowMs: number): boolean {
  if (!principal.secondFactorOn) return true;
  const { secondFactorAtMs: atMs } = principal;
  return atMs !== null && nowMs >= atMs && nowMs - atMs < SECOND_FACTOR_MS;
}
