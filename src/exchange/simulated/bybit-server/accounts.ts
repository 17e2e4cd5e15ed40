/**
 * The keys that exist on this exchange, each with its account: secret, user id, permissions, and the log of every order
 * request that ever arrived for it. Balances and positions are the venue's.
 */
import { createHash } from "node:crypto";
import { OrderRequestLog } from "./order-request-log.ts";
import { SigningKey } from "./signing-key.ts";

export type Permissions = Readonly<Record<string, readonly string[]>>;

export interface AccountSetup {
  readonly apiSecret: string;
  readonly permissions: Permissions;
  readonly readOnly: boolean;
  /** Addresses the key is bound to; empty means any. */
  readonly ips: readonly string[];
}

export interface Account {
  readonly apiKey: string;
  readonly uid: number;
  readonly userText: string;
  readonly permissions: Permissions;
  readonly readOnly: boolean;
  readonly ips: readonly string[];
  readonly createdAtMs: number;
  readonly mayTrade: boolean;
  readonly mayManagePositions: boolean;
  readonly requests: OrderRequestLog;
  /** The lower-case hexadecimal HMAC-SHA256 of what the parts are joined to. */
  sign(text: string, body: Buffer | undefined): string;
}

export const DEFAULT_PERMISSIONS: Permissions = { ContractTrade: ["Order", "Position"] };
const FIRST_UID = 100_000_001;
const UIDS = 800_000_000;

export class Accounts {
  readonly #byKey = new Map<string, Account>();
  readonly #uids = new Set<number>();

  /** Creates the account, or makes it anew under the same user id. */
  set(apiKey: string, setup: AccountSetup, nowMs: number): Account {
    const uid = this.#byKey.get(apiKey)?.uid ?? this.#newUid(apiKey);
    const account = makeAccount(apiKey, uid, setup, nowMs);
    this.#byKey.set(apiKey, account);
    return account;
  }

  get(apiKey: string): Account | undefined {
    return this.#byKey.get(apiKey);
  }

  keys(): readonly string[] {
    return [...this.#byKey.keys()];
  }

  /** The same for the same key in every run, whatever else is created and in which order. */
  #newUid(apiKey: string): number {
    const digest = createHash("sha256").update(apiKey, "utf8").digest();
    let uid = FIRST_UID + (digest.readUInt32LE(0) % UIDS);
    while (this.#uids.has(uid)) uid += 1;
    this.#uids.add(uid);
    return uid;
  }
}

function makeAccount(apiKey: string, uid: number, setup: AccountSetup, nowMs: number): Account {
  const key = new SigningKey(setup.apiSecret);
  const contract = setup.permissions.ContractTrade ?? [];
  return {
    apiKey,
    uid,
    userText: String(uid),
    permissions: setup.permissions,
    readOnly: setup.readOnly,
    ips: setup.ips,
    createdAtMs: nowMs,
    mayTrade: !setup.readOnly && contract.includes("Order"),
    mayManagePositions: !setup.readOnly && contract.includes("Position"),
    requests: new OrderRequestLog(),
    sign: (text, body) => key.sign(text, body),
  };
}
