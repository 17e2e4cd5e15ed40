/** Runs the store's contract against SQLite, and checks what is particular to its file. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { StoreError } from "../../src/store/sqlite/connect.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { anOrder, storeContract } from "./store-contract.ts";

const root = mkdtempSync(join(tmpdir(), "store-contract-"));
afterAll(() => rmSync(root, { recursive: true }));
const pathOf = (name: string) => join(root, `${name}.db`);

storeContract({ name: "sqlite", open: (name) => openSqliteStore({ path: pathOf(name) }) });

describe("the SQLite file", () => {
  it("and its companions can be read by the owner only", async () => {
    const store = await openSqliteStore({ path: pathOf("private") });
    await store.apply([{ sequence: 1, orders: [anOrder()] }]);
    for (const suffix of ["", "-wal", "-shm"]) {
      expect(statSync(pathOf("private") + suffix).mode & 0o777).toBe(0o600);
    }
    await store.close();
  });

  it("of a newer program is refused", async () => {
    const path = pathOf("newer");
    await (await openSqliteStore({ path })).close();
    const database = new Database(path);
    database.prepare("insert into kysely_migration values ('9999-from-the-future', '2100-01-01')").run();
    database.close();
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ failure: "newer-schema" });
  });

  it("that is no database is refused by name", async () => {
    const path = pathOf("broken");
    writeFileSync(path, "this is not a database, it only pretends to be one for longer than a header");
    const opening = openSqliteStore({ path });
    await expect(opening).rejects.toBeInstanceOf(StoreError);
    await expect(opening).rejects.toThrow(path);
  });

  it("does not grow a log without end", async () => {
    const path = pathOf("busy");
    const store = await openSqliteStore({ path });
    for (let sequence = 1; sequence <= 400; sequence += 1) {
      const orders = Array.from({ length: 20 }, (_, index) => anOrder({ clientOrderId: `o-${index}` }));
      await store.apply([{ sequence, orders }]);
      if (sequence % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(statSync(`${path}-wal`).size).toBeLessThan(8 * 1024 * 1024);
    await store.close();
  });
});
