/**
 * Keeps a store up with a journal folder: reads what was appended, projects it, applies it in bounded batches, and goes on
 * where the database stands after a restart. Where the two cannot belong together (the journal lost a tail that the
 * database has), the rows are made anew from the journal, which is the truth.
 */
import { decodeCheckpoint } from "../core/checkpoint.ts";
import { foldingStart, JournalTail } from "../journal/tail.ts";
import { Projection, ProjectionDiverged, type ProjectionStart } from "./projection.ts";
import type { OrderRecord, Store } from "./store.ts";

/** Records read, projected and applied at a time. */
const RECORDS_PER_STEP = 1_000;
/** Open orders of one account in one symbol are among its newest. */
const ORDERS_LOOKED_THROUGH = 1_000;

export interface FollowerParts {
  readonly journalFolder: string;
  readonly store: Store;
  /** Last sequence of the journal when it was opened for writing; a database beyond it has rows of a lost tail. */
  readonly journalSequence?: number;
}

export class JournalFollower {
  readonly #store: Store;
  readonly #projection: Projection;
  readonly #tail: JournalTail;
  /** What the database had when reading began. */
  readonly #had: number;
  #restored: boolean;
  #sequence: number;

  private constructor(store: Store, begin: ProjectionStart, tail: JournalTail) {
    this.#store = store;
    this.#had = begin.sequence;
    this.#sequence = begin.sequence;
    this.#tail = tail;
    this.#restored = begin.sequence === 0;
    this.#projection = new Projection(begin);
  }

  /** Throws a JournalError when the journal cannot be read. */
  static async open({ journalFolder, store, journalSequence }: FollowerParts): Promise<JournalFollower> {
    let had = await store.lastSequence();
    const isAhead = journalSequence !== undefined && had > journalSequence;
    if (isAhead || (had > 0 && foldingStart(journalFolder, had) === null)) {
      await store.clear();
      had = 0;
    }
    const start = foldingStart(journalFolder, had);
    const from = start?.from ?? 1;
    if (had === 0) await store.forgetDays(from);
    const begin: ProjectionStart = {
      sequence: had,
      days: { accountDays: await store.lastAccountDays(), copyDays: await store.lastCopyDays() },
      ...(start?.checkpoint ? { state: decodeCheckpoint(start.checkpoint.payload) } : {}),
    };
    return new JournalFollower(store, begin, new JournalTail(journalFolder, from));
  }

  /** The last sequence whose rows are in the database. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Reads a bounded number of records; returns how many there were, 0 when the journal has no more for now. */
  async step(): Promise<number> {
    const records = this.#tail.read(RECORDS_PER_STEP);
    for (const record of records) {
      this.#projection.take(record);
      if (!this.#restored && record.sequence > this.#had) await this.#restore();
    }
    await this.#apply();
    return records.length;
  }

  /** To be called when nothing was appended for a while: the last event has no decision. */
  async quiet(): Promise<void> {
    if (!this.#restored) {
      if (this.#tail.next <= this.#had) throw behind(this.#tail.next - 1, this.#had);
      return;
    }
    this.#projection.quiet();
    await this.#apply();
  }

  /** Until the end of a journal that nobody writes to. */
  async catchUp(): Promise<void> {
    while ((await this.step()) > 0) {}
    await this.quiet();
  }

  async #apply(): Promise<void> {
    const batches = this.#projection.drain();
    const last = batches.at(-1);
    if (last === undefined) return;
    await this.#store.apply(batches);
    this.#sequence = last.sequence;
  }

  /** The state is now that of the database's last row. */
  async #restore(): Promise<void> {
    this.#restored = true;
    const places = new Map<string, { readonly account: string; readonly symbol: string }>();
    for (const { market } of this.#projection.state.orders.values()) {
      const place = { account: market.follower.account, symbol: market.instrument.spec.symbol };
      places.set(JSON.stringify(place), place);
    }
    const open: OrderRecord[] = [];
    for (const place of places.values()) {
      const rows = await this.#store.orders({ ...place, limit: ORDERS_LOOKED_THROUGH });
      const known = new Set<string>(this.#projection.state.orders.keys());
      open.push(...rows.filter(({ clientOrderId }) => known.has(clientOrderId)));
    }
    this.#projection.restore(open, await this.#store.positions({}));
  }
}

/** Makes every row anew from the journal; returns the last sequence. Nobody may be writing the journal. */
export async function rebuildStore({ journalFolder, store }: FollowerParts): Promise<number> {
  await store.clear();
  const follower = await JournalFollower.open({ journalFolder, store });
  await follower.catchUp();
  return follower.sequence;
}

/** Brings the rows up to date with a journal that nobody is writing. */
export async function catchUpStore(parts: FollowerParts): Promise<number> {
  try {
    const follower = await JournalFollower.open(parts);
    await follower.catchUp();
    return follower.sequence;
  } catch (error) {
    if (!(error instanceof ProjectionDiverged)) throw error;
    return rebuildStore(parts);
  }
}

function behind(last: number, had: number): ProjectionDiverged {
  return new ProjectionDiverged(`the journal ends at record ${last}, the database at ${had}`);
}
