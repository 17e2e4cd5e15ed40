/**
 * The database beside a history: the production follower of journals and SQLite store, opened anew in each life, follow the journal's
 * files as they were at moments of the history, and at the end the rows are held against the exchange. The journal is photographed as
 * the history runs, and followed afterwards, as the database's interface waits and the history does not.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MemoryDisk } from "../../src/journal/memory-disk.ts";
import { JournalFollower } from "../../src/store/journal-follower.ts";
import { ProjectionDiverged } from "../../src/store/projection.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { FillRecord, OrderRecord, Store } from "../../src/store/store.ts";
import { isOurs } from "../checker/evidence.ts";
import { compare, exact, plus, show } from "../checker/exact.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import type { AccountHistory } from "../replay/exchange-side.ts";
import type { WireAccount, WireWorld } from "./wire-world.ts";

const ALL = 1_000_000;

interface Photo {
  readonly files: ReadonlyMap<string, Buffer>;
  /** Where a process begins: the last record that it found. */
  readonly foundSequence: number | null;
  /** Whether the writer takes the journal to be quiet, as it does after a while without a record. */
  readonly isQuiet: boolean;
}

/** Files that did not change since the photo before are shared with it. */
export class JournalPhotos {
  readonly taken: Photo[] = [];

  take(
    disk: MemoryDisk,
    { foundSequence = null, isQuiet = false }: Partial<Omit<Photo, "files">> = {},
  ): void {
    const before = this.taken.at(-1)?.files;
    const files = disk.list().map((name) => {
      const content = disk.content(name);
      const known = before?.get(name);
      return [name, known?.equals(content) ? known : content] as const;
    });
    this.taken.push({ files: new Map(files), foundSequence, isQuiet });
  }
}

/** Breaches in words. */
export async function storeBreaches(
  world: WireWorld,
  { taken }: JournalPhotos,
  accounts: readonly WireAccount[],
): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "copytrader-wire-store-"));
  const journalFolder = join(root, "journal");
  mkdirSync(journalFolder);
  let writer: Writer | null = null;
  try {
    for (const { files, foundSequence, isQuiet } of taken) {
      develop(files, journalFolder);
      if (foundSequence !== null) {
        await writer?.store.close();
        writer = await Writer.open({ path: join(root, "rows.db"), journalFolder, foundSequence });
      }
      await writer?.read(isQuiet);
    }
    return writer === null ? [] : await rowBreaches(world, writer.store, accounts);
  } finally {
    await writer?.store.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function develop(files: ReadonlyMap<string, Buffer>, folder: string): void {
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
}

/** As the writer's thread goes about it (writer-worker.ts). */
class Writer {
  readonly store: Store;
  readonly #journalFolder: string;
  #follower: JournalFollower;

  private constructor(store: Store, journalFolder: string, follower: JournalFollower) {
    this.store = store;
    this.#journalFolder = journalFolder;
    this.#follower = follower;
  }

  static async open(at: { path: string; journalFolder: string; foundSequence: number }): Promise<Writer> {
    const { path, journalFolder, foundSequence } = at;
    const store = await openSqliteStore({ path });
    const follower = await JournalFollower.open({ journalFolder, store, journalSequence: foundSequence });
    return new Writer(store, journalFolder, follower);
  }

  async read(isQuiet: boolean): Promise<void> {
    try {
      await this.#catchUp(isQuiet);
    } catch (error) {
      if (!(error instanceof ProjectionDiverged)) throw error;
      await this.store.clear();
      this.#follower = await JournalFollower.open({ journalFolder: this.#journalFolder, store: this.store });
      await this.#catchUp(isQuiet);
    }
  }

  async #catchUp(isQuiet: boolean): Promise<void> {
    while ((await this.#follower.step()) > 0) {}
    if (isQuiet) await this.#follower.quiet();
  }
}

async function rowBreaches(
  world: WireWorld,
  store: Store,
  accounts: readonly WireAccount[],
): Promise<string[]> {
  const orders = await store.orders({ limit: ALL });
  const fills = await store.fills({ limit: ALL });
  const histories = new Map(
    accounts.map(({ account }) => [account as string, world.exchange.account(account)]),
  );
  const rows = new Set(orders.map(({ clientOrderId }) => clientOrderId));
  const missing = writtenIn(world.journal).intents.filter(({ clientOrderId }) => !rows.has(clientOrderId));
  return [
    ...missing.map(({ clientOrderId }) => `the database has no row of ${clientOrderId}`),
    ...fillBreaches(fills, histories),
    ...orders.flatMap((order) => orderBreaches(order, histories.get(order.account))),
  ].map((text) => `in the rows: ${text}`);
}

/** Not every fill is told as one; what is in the rows happened, as it is there. */
function fillBreaches(
  fills: readonly FillRecord[],
  histories: ReadonlyMap<string, AccountHistory>,
): string[] {
  const seen = new Set<string>();
  const happened = new Map(
    [...histories].map(([account, { fills: rows }]) => [
      account,
      new Map(rows.map((row) => [row.execId, row])),
    ]),
  );
  return fills.flatMap((fill) => {
    const name = `${fill.account} ${fill.tradeId}`;
    if (seen.has(name)) return [`${name} is there twice`];
    seen.add(name);
    const row = happened.get(fill.account)?.get(fill.tradeId);
    if (row === undefined) return [`${name} never happened`];
    const isSame =
      row.symbol === fill.symbol &&
      row.side === (fill.side === "buy" ? "Buy" : "Sell") &&
      same(fill.quantity, row.execQty) &&
      same(fill.price, row.execPrice) &&
      same(fill.fee, row.execFee);
    return isSame ? [] : [`${name} was another fill`];
  });
}

const OPEN: ReadonlySet<OrderRecord["status"]> = new Set(["intended", "unknown"]);
const NEVER: ReadonlySet<OrderRecord["status"]> = new Set(["rejected", "never-arrived"]);

function orderBreaches(order: OrderRecord, history: AccountHistory | undefined): string[] {
  const { clientOrderId, status, filledQuantity } = order;
  if (OPEN.has(status)) return [`${clientOrderId} is still ${status}`];
  const of = (row: Readonly<Record<string, unknown>>): boolean => row.orderLinkId === clientOrderId;
  const filled = (history?.fills ?? []).filter(of).map(({ execQty }) => exact(String(execQty)));
  const sum = filled.reduce(plus, exact("0"));
  const isTaken = (history?.orderRequests ?? []).some(
    ({ action, body, outcome }) => action === "create" && of(body) && outcome === "accepted",
  );
  const isOpen = (history?.openOrders ?? []).some(of);
  return [
    ...(compare(sum, exact(filledQuantity)) === 0
      ? []
      : [`${clientOrderId} has ${filledQuantity} filled, the exchange ${show(sum)}`]),
    ...(isTaken === NEVER.has(status) && isOurs(clientOrderId)
      ? [`${clientOrderId} is ${status}, and the exchange ${isTaken ? "took" : "never took"} it`]
      : []),
    ...(isOpen === (status === "accepted")
      ? []
      : [`${clientOrderId} is ${status}, and is ${isOpen ? "" : "not "}open at the exchange`]),
  ];
}

function same(row: string, told: unknown): boolean {
  return compare(exact(row), exact(String(told))) === 0;
}
