/**
 * Merges fills into SQLite: by statements prepared once, some thousand fills in one transaction. Which stored fills the rows of a
 * file were is kept in a temporary table, so that memory stays flat and a file need not be in order.
 */
import type Database from "better-sqlite3";
import { type MergedFill, mergeFills, type StoredFill } from "../merge-fills.ts";
import type { TraderFillTable } from "../migrations/trader-schema.ts";
import type { FillConflict, FillGroup, MergeCounts, TraderKey } from "../trader-store.ts";
import { traderFillRecord, traderFillRow } from "./trader-rows.ts";

const COLUMNS =
  "id, trader, time_ms, place, kind, symbol, quote_asset, side, leg, price, quantity, realized_pnl, fee, fee_asset, liquidity, trade_id, order_id, position_before, closed_quantity, leverage";

export class TraderMerger {
  readonly #connection: Database.Database;
  readonly #ofMoment: Database.Statement;
  readonly #ofTradeId: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #place: Database.Statement;
  readonly #claim: Database.Statement;
  readonly #isClaimed: Database.Statement;
  readonly #traderId: Database.Statement;
  readonly #addTrader: Database.Statement;
  readonly #revise: Database.Statement;
  readonly #lastFillId: Database.Statement;
  readonly #seenMs: number;

  /** `seenMs` stands for traders that are new until their file is read to its end. */
  constructor(connection: Database.Database, seenMs: number) {
    this.#connection = connection;
    this.#seenMs = seenMs;
    connection.exec(
      "create temp table if not exists claimed (id integer primary key); delete from temp.claimed",
    );
    // Sorted here and not by SQLite, which takes ten times the search to begin a sort.
    this.#ofMoment = connection.prepare("select * from trader_fills where trader = ? and time_ms = ?");
    this.#ofTradeId = connection.prepare(
      "select * from trader_fills where trader = ? and trade_id = ? and trade_id != ''",
    );
    const values = COLUMNS.split(", ").map((name) => `@${name}`);
    this.#insert = connection.prepare(`insert into trader_fills (${COLUMNS}) values (${values.join(", ")})`);
    this.#place = connection.prepare("update trader_fills set place = ? where id = ? and place != ?");
    this.#claim = connection.prepare("insert or ignore into temp.claimed (id) values (?)");
    this.#isClaimed = connection.prepare("select 1 from temp.claimed where id = ?").pluck();
    this.#traderId = connection.prepare("select id from traders where venue = ? and trader = ?").pluck();
    this.#addTrader = connection.prepare(
      "insert into traders (id, venue, trader, first_seen_ms, last_seen_ms, revision) select coalesce(max(id), 0) + 1, ?, ?, ?, ?, 1 from traders",
    );
    this.#revise = connection.prepare("update traders set revision = revision + 1 where id = ?");
    this.#lastFillId = connection.prepare("select coalesce(max(id), 0) from trader_fills").pluck();
  }

  /** In one transaction. */
  merge(groups: readonly FillGroup[], dropDuplicates: boolean): MergeCounts {
    const sum = { added: 0, known: 0, duplicates: 0, dropped: 0, repeatedIds: 0 };
    const conflicts: FillConflict[] = [];
    const revised = new Set<number>();
    const all = this.#connection.transaction(() => {
      let nextId = Number(this.#lastFillId.get()) + 1;
      for (const group of groups) {
        const trader = this.traderId(group.key);
        const merged = this.#mergeGroup(trader, group, dropDuplicates);
        nextId = this.#write(trader, group.timeMs, merged, nextId);
        if (merged.added > 0) revised.add(trader);
        sum.added += merged.added;
        sum.known += merged.claimed.length;
        sum.duplicates += merged.duplicates;
        sum.dropped += merged.dropped;
        sum.repeatedIds += merged.repeatedIds;
        conflicts.push(...merged.conflicts.map((conflict) => ({ key: group.key, ...conflict })));
      }
      for (const trader of revised) this.#revise.run(trader);
    });
    all.immediate();
    return { ...sum, conflicts };
  }

  /** The trader's row, made when there is none. */
  traderId({ venue, trader }: TraderKey): number {
    const known = this.#traderId.get(venue, trader);
    if (known !== undefined) return Number(known);
    this.#addTrader.run(venue, trader, this.#seenMs, this.#seenMs);
    return Number(this.#traderId.get(venue, trader));
  }

  #mergeGroup(trader: number, { timeMs, fills }: FillGroup, dropDuplicates: boolean) {
    const stored = this.#stands(this.#ofMoment.all(trader, timeMs));
    const ids = new Set(fills.map(({ tradeId }) => tradeId).filter((id) => id !== ""));
    const storedById = [...ids].flatMap((id) => this.#stands(this.#ofTradeId.all(trader, id)));
    return mergeFills({ incoming: fills, stored, storedById, dropDuplicates });
  }

  /** Gives the next free id. */
  #write(
    trader: number,
    timeMs: number,
    merged: {
      readonly order: readonly MergedFill[];
      readonly claimed: readonly number[];
      readonly added: number;
    },
    firstId: number,
  ): number {
    for (const id of merged.claimed) this.#claim.run(id);
    if (merged.added === 0) return firstId;
    let nextId = firstId;
    merged.order.forEach((one, place) => {
      if ("stored" in one) this.#place.run(place, one.stored, place);
      else {
        this.#insert.run({ ...traderFillRow(one.added), id: nextId, trader, time_ms: timeMs, place });
        this.#claim.run(nextId);
        nextId += 1;
      }
    });
    return nextId;
  }

  /** Claims are asked for by a statement of their own: a join with the temporary table costs ten times the search. */
  #stands(found: readonly unknown[]): readonly StoredFill[] {
    // The statements select whole rows.
    const rows = (found as TraderFillTable[]).sort((a, b) => a.place - b.place || a.id - b.id);
    return rows.map((row) => ({
      id: row.id,
      fill: traderFillRecord(row),
      isClaimed: this.#isClaimed.get(row.id) !== undefined,
    }));
  }
}
