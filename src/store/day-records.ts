/**
 * What an account, and each leader's copies on it, had come to at the end of a UTC day in which the engine lived: sums since the books began,
 * so that a day is the difference to the one before. The books of an account begin anew where it means another one (`place`): paper turned
 * live, another venue. Amounts are exact decimal texts in the settle coin.
 */

/** Whose books: `books` is the journal sequence at which they began; 0 where they are the first that are known of the account. */
interface Books {
  readonly account: string;
  /** Where the account's positions are (`placeOf`). */
  readonly place: string;
  readonly books: number;
  /** Days since 1970. */
  readonly day: number;
  /** Journal sequence of the record that showed that the day was over. */
  readonly sequence: number;
  /** How it stood when reading began in the middle of a journal: what was before is not known. `day` is the one before then. */
  readonly opening: boolean;
}

export interface AccountDayRecord extends Books {
  /** When the last event of the day was. */
  readonly atMs: number;
  /** As reported last; "" where nothing is. */
  readonly equity: string;
  /** What the account has beside what copying brought: put in, less taken out, and the owner's own trades; "" where it is not known. */
  readonly capital: string;
  /** What chooses its leaders by the settings in force; "" is the owner. */
  readonly strategy: string;
}

/** Written for days that changed something of it. */
export interface CopyDayRecord extends Books {
  /** "" for what of ours is no leader's. */
  readonly leader: string;
  readonly coin: string;
  /** What trades moved and what is held is worth. */
  readonly trades: string;
  /** Paid. */
  readonly fees: string;
  /** Received. */
  readonly funding: string;
  /** Whether the relation was in force. */
  readonly copied: boolean;
  /** Terms of the performance fee when it last was; "" where none was agreed. */
  readonly feeRate: string;
  readonly feePeriod: string;
}

export interface DayFilter {
  readonly account?: string;
}

export function accountDayKey({ account, books, day }: AccountDayRecord): string {
  return `${account} ${books} ${day}`;
}

export function copyDayKey(row: CopyDayRecord): string {
  return `${copyBooksKey(row)} ${row.day}`;
}

export function copyBooksKey({
  account,
  books,
  leader,
  coin,
}: Pick<CopyDayRecord, "account" | "books" | "leader" | "coin">): string {
  return `${account} ${books} ${leader} ${coin}`;
}
