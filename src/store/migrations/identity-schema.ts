/** The tables of the identity store after the last migration, as Kysely sees them. Lists and audited values are JSON text. */
import type { Generated } from "kysely";

export interface IdentitySchema {
  users: UserTable;
  sessions: SessionTable;
  tokens: TokenTable;
  links: LinkTable;
  recovery_codes: RecoveryCodeTable;
  throttles: ThrottleTable;
  audit: AuditTable;
}

export interface UserTable {
  id: Generated<number>;
  name: string;
  /** The name in small letters: what must be unique. */
  name_key: string;
  role: string;
  listed: string;
  given: string;
  telegram_id: string | null;
  password: string | null;
  factor: string | null;
  pending_factor: string | null;
  factor_step: number;
  created_ms: number;
}

export interface SessionTable {
  id: Generated<number>;
  hash: string;
  user_id: number;
  created_ms: number;
  expires_ms: number;
  sealed: string;
}

export interface TokenTable {
  id: Generated<number>;
  hash: string;
  hint: string;
  name: string;
  user_id: number;
  scopes: string;
  created_ms: number;
  expires_ms: number;
  last_used_ms: number | null;
}

export interface LinkTable {
  hash: string;
  user_id: number | null;
  created_ms: number;
  expires_ms: number;
}

export interface RecoveryCodeTable {
  user_id: number;
  hash: string;
}

export interface ThrottleTable {
  key: string;
  failures: number;
  last_ms: number;
  until_ms: number;
}

export interface AuditTable {
  id: Generated<number>;
  at_ms: number;
  actor: string;
  actor_kind: string;
  action: string;
  subject: string;
  before: string | null;
  after: string | null;
  address: string | null;
}
