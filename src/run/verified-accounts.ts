/**
 * Remembers which accounts a venue has accepted in this data folder, and as whom. One that never worked stops the start; one
 * that worked before and is refused today is halted while the others run; one that is somebody else today is refused, as the
 * ledger of its nickname is not its own.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

interface Verified {
  readonly venue: string;
  readonly atMs: number;
  /** The venue's user id by venue; a nickname that moved to another venue and back is still who it was. */
  readonly userIds?: Readonly<Record<string, string>>;
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

  /** Whom the venue took it for; null when it never told, as for accounts accepted by earlier versions. */
  userId(account: string, venue: string): string | null {
    return this.#known.get(account)?.userIds?.[venue] ?? null;
  }

  /** A user id of null leaves the one that is known. */
  add(account: string, venue: string, userId: string | null, atMs: number): void {
    const isNews = userId !== null && this.userId(account, venue) !== userId;
    if (this.has(account, venue) && !isNews) return;
    const sinceMs = this.has(account, venue) ? (this.sinceMs(account) ?? atMs) : atMs;
    const userIds = { ...this.#known.get(account)?.userIds, ...(userId === null ? {} : { [venue]: userId }) };
    this.#known.set(account, { venue, atMs: sinceMs, userIds });
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
