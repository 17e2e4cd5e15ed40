/**
 * Remembers which accounts a venue has accepted in this data folder. One that never worked stops the start; one that worked
 * before and is refused today is halted while the others run.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

interface Verified {
  readonly venue: string;
  readonly atMs: number;
}

export class VerifiedAccounts {
  readonly #file: string;
  readonly #known: Map<string, Verified>;

  constructor(file: string) {
    this.#file = file;
    this.#known = new Map(Object.entries(readKnown(file)));
  }

  has(account: string, venue: string): boolean {
    return this.#known.get(account)?.venue === venue;
  }

  /** When it was accepted first; null when never. */
  sinceMs(account: string): number | null {
    return this.#known.get(account)?.atMs ?? null;
  }

  add(account: string, venue: string, atMs: number): void {
    if (this.has(account, venue)) return;
    this.#known.set(account, { venue, atMs });
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
