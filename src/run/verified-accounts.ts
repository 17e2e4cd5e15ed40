/**
 * Remembers which keys a venue has accepted in this data folder, by fingerprint. A key that never worked stops the start; one
 * that worked before and is refused today halts its account while the others run.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

interface Verified {
  readonly fingerprint: string;
  readonly atMs: number;
}

export class VerifiedAccounts {
  readonly #file: string;
  readonly #known: Map<string, Verified>;

  constructor(file: string) {
    this.#file = file;
    this.#known = new Map(Object.entries(readKnown(file)));
  }

  has(account: string, fingerprint: string): boolean {
    return this.#known.get(account)?.fingerprint === fingerprint;
  }

  add(account: string, fingerprint: string, atMs: number): void {
    if (this.has(account, fingerprint)) return;
    this.#known.set(account, { fingerprint, atMs });
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, `${JSON.stringify(Object.fromEntries(this.#known), null, 2)}\n`, { mode: 0o600 });
    renameSync(fresh, this.#file);
  }
}

/** An unreadable file is as good as none: accounts are then verified as if for the first time. */
function readKnown(file: string): Record<string, Verified> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
