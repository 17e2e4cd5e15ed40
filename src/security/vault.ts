/**
 * Secrets at rest: a vault encrypts with its newest key and reads with every one it has, so that keys can be replaced one
 * file after the other.
 */
import type { FernetKey } from "./fernet.ts";
import { Hidden } from "./secrets.ts";

export class Vault extends Hidden {
  readonly #newest: FernetKey;
  readonly #keys: readonly FernetKey[];

  /** Newest key first. */
  constructor(newest: FernetKey, ...older: readonly FernetKey[]) {
    super();
    this.#newest = newest;
    this.#keys = [newest, ...older];
  }

  /** Names of the keys, newest first. */
  get keyNames(): readonly string[] {
    return this.#keys.map(({ name }) => name);
  }

  encrypt(secret: string | Uint8Array): string {
    return this.#newest.encrypt(typeof secret === "string" ? Buffer.from(secret, "utf8") : secret);
  }

  /** The secret's bytes; null when no key of this vault fits, or the token is damaged. */
  decrypt(token: string): Buffer | null {
    for (const key of this.#keys) {
      const message = key.decrypt(token);
      if (message !== null) return message;
    }
    return null;
  }

  /** Whether the newest key alone reads it. */
  isCurrent(token: string): boolean {
    return this.#newest.decrypt(token) !== null;
  }

  /** Tells a log what it must never show. */
  maskIn(register: (value: string) => void): void {
    for (const key of this.#keys) key.maskIn(register);
  }
}

/** Every token begins so until the year 2106, whole or damaged; a venue's keys do not. */
export function looksEncrypted(text: string): boolean {
  return text.startsWith("gAAAAA");
}
