/**
 * The contract of what is stored of users, their sessions, tokens and links, of failed attempts, and of every change that somebody
 * made. Rows as they lie on the disk: secrets are hashes (of random ones SHA-256, of passwords a PHC string) or sealed by the vault. Work
 * is done in one step that nothing can come between, in this process or another, so that what a rule was judged by is still so when
 * its change is written. Times are UTC milliseconds.
 */

export interface UserRecord {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly listed: readonly string[];
  readonly given: readonly string[];
  readonly telegramId: string | null;
  /** PHC string. */
  readonly password: string | null;
  /** The second factor's secret, sealed; null while it is off. */
  readonly factor: string | null;
  /** One that is being switched on, sealed. */
  readonly pendingFactor: string | null;
  /** The last time step whose code was taken; no code counts twice. */
  readonly factorStep: number;
  readonly createdMs: number;
}

export interface SessionRecord {
  readonly id: number;
  readonly hash: string;
  readonly userId: number;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** Where it began and what it proved, sealed. */
  readonly sealed: string;
}

export interface TokenRecord {
  readonly id: number;
  readonly hash: string;
  readonly hint: string;
  readonly name: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly lastUsedMs: number | null;
}

export interface LinkRecord {
  readonly hash: string;
  /** Whose password it sets; null: it makes an owner. */
  readonly userId: number | null;
  readonly createdMs: number;
  readonly expiresMs: number;
}

export interface ThrottleRecord {
  readonly key: string;
  readonly failures: number;
  readonly lastMs: number;
  /** Nothing is tried before. */
  readonly untilMs: number;
}

export interface AuditRecord {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly actorKind: string;
  readonly action: string;
  readonly subject: string;
  /** JSON texts; null where there was nothing. */
  readonly before: string | null;
  readonly after: string | null;
  readonly address: string | null;
}

export interface AuditSelection {
  readonly limit: number;
  readonly before: number | null;
  readonly action: string | null;
  readonly actor: string | null;
}

type New<Record extends { readonly id: number }> = Omit<Record, "id">;

export interface UserRows {
  all(): readonly UserRecord[];
  byId(id: number): UserRecord | null;
  /** Capitals and small letters are one. */
  byName(name: string): UserRecord | null;
  byTelegramId(telegramId: string): UserRecord | null;
  /** Its id, which is never given again. */
  add(user: New<UserRecord>): number;
  change(id: number, change: Partial<New<UserRecord>>): void;
  /** With his sessions, tokens, links and recovery codes. */
  remove(id: number): void;
}

export interface SessionRows {
  all(): readonly SessionRecord[];
  ofUser(userId: number): readonly SessionRecord[];
  byId(id: number): SessionRecord | null;
  byHash(hash: string): SessionRecord | null;
  add(session: New<SessionRecord>): number;
  seal(id: number, sealed: string): void;
  remove(id: number): boolean;
  /** All of a user's but the one named; how many there were. */
  removeOthers(userId: number, kept: number | null): number;
  removeExpired(nowMs: number): void;
}

export interface TokenRows {
  all(): readonly TokenRecord[];
  byId(id: number): TokenRecord | null;
  byHash(hash: string): TokenRecord | null;
  add(token: New<TokenRecord>): number;
  noteUse(id: number, atMs: number): void;
  remove(id: number): boolean;
}

export interface LinkRows {
  byHash(hash: string): LinkRecord | null;
  /** Takes the place of the user's earlier one. */
  put(link: LinkRecord): void;
  /** Whether it was there: of two who use it at once, one finds it. */
  remove(hash: string): boolean;
  removeOf(userId: number | null): void;
  removeExpired(nowMs: number): void;
}

export interface RecoveryCodeRows {
  count(userId: number): number;
  /** Instead of those there were. */
  replace(userId: number, hashes: readonly string[]): void;
  /** Whether it was there. */
  remove(userId: number, hash: string): boolean;
}

export interface ThrottleRows {
  byKey(key: string): ThrottleRecord | null;
  put(throttle: ThrottleRecord): void;
  remove(key: string): void;
  /** Lets those go that were quiet since then, and the quietest ones beyond so many. */
  prune(quietSinceMs: number, keptMax: number): void;
}

/** There is no way to change or remove an entry; the tables refuse it, too. */
export interface AuditRows {
  append(entry: New<AuditRecord>): void;
  /** Newest first. */
  page(selection: AuditSelection): readonly AuditRecord[];
}

export interface IdentityRows {
  readonly users: UserRows;
  readonly sessions: SessionRows;
  readonly tokens: TokenRows;
  readonly links: LinkRows;
  readonly recoveryCodes: RecoveryCodeRows;
  readonly throttles: ThrottleRows;
  readonly audit: AuditRows;
}

export interface IdentityStore {
  /** One look at rows that belong together. */
  read<Value>(work: (rows: IdentityRows) => Value): Value;
  /** All of it or, where the work throws, nothing; no other work anywhere meanwhile. */
  write<Value>(work: (rows: IdentityRows) => Value): Value;
  /** Another text after every change, whichever process made it; costs next to nothing. */
  revision(): string;
  close(): Promise<void>;
}
