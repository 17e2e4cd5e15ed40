/** The file of a backup: it gives back what was put in, and nothing else whatever is done to it; what goes in, and where it is put. */
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDataFolder } from "../data-folder.ts";
import { openJournalFolder } from "../journal/file.ts";
import { type BackupSecret, Passphrase } from "../security/backup-key.ts";
import { FernetKey } from "../security/fernet.ts";
import { HEADER_BYTES } from "./header.ts";
import { backupName, backupsIn, removeOldBackups } from "./kept-backups.ts";
import { makeBackup } from "./make-backup.ts";
import { inspectBackup, restoreBackup } from "./restore-backup.ts";
import { readRestoredMark } from "./restored-mark.ts";
import { assertRoom } from "./room.ts";
import { PIECE_BYTES } from "./sealed-file.ts";

const KEY: BackupSecret = { kind: "key", key: FernetKey.generate() };
const NOW = Date.UTC(2026, 0, 31, 23, 59, 59);
const TAG = 16;

let root: string;
const at = (...path: readonly string[]) => join(root, ...path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backup-"));
  put("data/accounts/one.json", '{"nickname":"one"}');
  put("data/market/bybit/BTCUSDT.bars", "bars");
  put("data/run-time-settings.json", "{}");
  put("data/engine.sock.new", "unfinished");
  put("config/risk_config.yaml", "risk: {}\n");
  put("config/extensions/own.ts", "export {};\n");
  put("config/.env", "COPYTRADER_ENCRYPTION_KEY=secret\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: string | Buffer): void {
  const file = at(path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
}

function made(more: Partial<Parameters<typeof makeBackup>[0]> = {}) {
  const folders = { dataDir: at("data"), configDir: at("config") };
  return makeBackup({
    ...folders,
    to: { file: at("b") },
    secret: KEY,
    version: "1.2.3",
    nowMs: NOW,
    ...more,
  });
}

const inspected = (file = at("b"), secrets: readonly BackupSecret[] = [KEY]) =>
  inspectBackup({ file, secrets });
const restored = (into: string) =>
  restoreBackup({
    file: at("b"),
    secrets: [KEY],
    dataDir: at(into, "data"),
    configDir: at(into, "config"),
    nowMs: NOW,
  });

test("what cannot be had again goes in, and comes back as it was into empty folders, owner only and marked", async () => {
  const database = new Database(at("data/copytrader.db"));
  database.pragma("journal_mode = WAL");
  database.exec("create table t (x); insert into t values (1)");
  const { journal } = openJournalFolder(at("data/journal"));
  for (let count = 0; count < 5; count += 1) journal.append([{ type: "event", payload: EVENT }]);
  journal.sync();
  const backup = await made();
  database.close();
  journal.close();
  expect(backup).toMatchObject({
    file: at("b"),
    journalSequence: 5,
    leftOut: ["market"],
    encryptedWith: "key",
  });
  expect(statSync(at("b")).mode & 0o777).toBe(0o600);
  const contents = await restored("back");
  expect(contents).toMatchObject({
    madeAtMs: NOW,
    version: "1.2.3",
    journalSequence: 5,
    files: { length: backup.files },
  });
  expect(contents.files.map(({ path }) => path)).toEqual([
    "data/copytrader.db",
    "data/accounts/one.json",
    "data/run-time-settings.json",
    "config/extensions/own.ts",
    "config/risk_config.yaml",
    "data/journal/0000000000000001.journal",
  ]);
  expect(readFileSync(at("back/data/accounts/one.json"), "utf8")).toBe('{"nickname":"one"}');
  const copy = new Database(at("back/data/copytrader.db"), { readonly: true });
  expect(copy.prepare("select x from t").all()).toEqual([{ x: 1 }]);
  copy.close();
  expect(statSync(at("back/data/accounts/one.json")).mode & 0o777).toBe(0o600);
  expect(readRestoredMark(at("back/data"))).toEqual({
    state: "restored",
    from: "b",
    madeAtMs: NOW,
    restoredAtMs: NOW,
    journalSequence: 5,
  });
  expect(readdirSync(root).sort()).toEqual(["b", "back", "config", "data"]);
});

/** One that folds. */
const EVENT = JSON.stringify({ kind: "engine-started", epoch: "abcd1234", atMs: NOW });

test("everything that can be had again goes in when it is asked for", async () => {
  expect(await made({ everything: true })).toMatchObject({ leftOut: [] });
  const { files } = await inspected();
  expect(files).toContainEqual({ path: "data/market/bybit/BTCUSDT.bars", bytes: 4 });
});

test("a passphrase opens what it closed, and no other does", async () => {
  const passphrase = (text: string): BackupSecret => ({
    kind: "passphrase",
    passphrase: new Passphrase(text),
  });
  await made({ secret: passphrase("correct horse battery staple") });
  expect(await inspected(at("b"), [KEY, passphrase("correct horse battery staple")])).toMatchObject({
    version: "1.2.3",
  });
  await expect(inspected(at("b"), [passphrase("correct horse battery stable")])).rejects.toMatchObject({
    failure: "wrong-key",
  });
  await expect(inspected()).rejects.toMatchObject({ failure: "no-key" });
});

test("a wrong key, a newer version, and what is no backup are told apart", async () => {
  await made();
  const other: BackupSecret = { kind: "key", key: FernetKey.generate() };
  await expect(inspected(at("b"), [other])).rejects.toMatchObject({ failure: "wrong-key" });
  expect(await inspected(at("b"), [other, KEY])).toMatchObject({ madeAtMs: NOW });
  const bytes = readFileSync(at("b"));
  bytes[8] = 2;
  put("newer", bytes);
  await expect(inspected(at("newer"))).rejects.toMatchObject({
    failure: "newer-version",
    message: expect.stringContaining("format 2; this program reads up to 1"),
  });
  put("other", Buffer.alloc(500, 1));
  await expect(inspected(at("other"))).rejects.toMatchObject({ failure: "not-a-backup" });
  await expect(inspected(at("missing"))).rejects.toMatchObject({ failure: "unusable" });
});

test("no changed byte and no missing end goes unnoticed, and nothing stays where it was to be restored", async () => {
  // Nothing that compresses.
  const large = randomBytes(3 * PIECE_BYTES);
  put("data/large.bin", large);
  await made();
  const whole = readFileSync(at("b"));
  const piece = PIECE_BYTES + TAG;
  expect(whole.length).toBeGreaterThan(HEADER_BYTES + piece);
  const places = [
    9,
    16,
    47,
    48,
    56,
    HEADER_BYTES,
    HEADER_BYTES + piece - 1,
    HEADER_BYTES + piece,
    whole.length - 1,
  ];
  for (const place of places) {
    const bytes = Buffer.from(whole);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(at("b"), bytes);
    await expect(inspected(), `byte ${place}`).rejects.toMatchObject({ name: "BackupError" });
  }
  const cuts: readonly (readonly [number, string])[] = [
    [HEADER_BYTES - 1, "not-a-backup"],
    [HEADER_BYTES, "changed"],
    [HEADER_BYTES + piece, "truncated"],
    [HEADER_BYTES + piece + 5, "changed"],
    [whole.length - 1, "changed"],
  ];
  for (const [length, failure] of cuts) {
    writeFileSync(at("b"), whole.subarray(0, length));
    await expect(restored("back"), `cut at ${length}`).rejects.toMatchObject({ failure });
    expect(existsSync(at("back/data"))).toBe(false);
  }
  writeFileSync(at("b"), Buffer.concat([whole, whole.subarray(HEADER_BYTES)]));
  await expect(inspected()).rejects.toMatchObject({ failure: "changed" });
  const swapped = Buffer.concat([
    whole.subarray(0, HEADER_BYTES),
    whole.subarray(HEADER_BYTES + piece, HEADER_BYTES + 2 * piece),
    whole.subarray(HEADER_BYTES, HEADER_BYTES + piece),
    whole.subarray(HEADER_BYTES + 2 * piece),
  ]);
  writeFileSync(at("b"), swapped);
  await expect(inspected()).rejects.toMatchObject({ failure: "changed" });
});

test("it is never put over anything, and never into a folder in use", async () => {
  await made();
  put("back/data/accounts/mine.json", "{}");
  await expect(restored("back")).rejects.toMatchObject({
    failure: "not-empty",
    message: expect.stringContaining("is not empty (accounts)"),
  });
  put("other/config/risk_config.yaml", "");
  await expect(restored("other")).rejects.toMatchObject({ failure: "not-empty" });
  expect(existsSync(at("other/data"))).toBe(false);
  const folder = openDataFolder(at("busy/data"));
  await expect(restored("busy")).rejects.toMatchObject({ failure: "in-use" });
  folder.close();
  mkdirSync(at("mount/data/lost+found"), { recursive: true });
  expect((await restored("mount")).files.length).toBeGreaterThan(0);
  await expect(made()).rejects.toMatchObject({
    failure: "not-empty",
    message: expect.stringContaining("written over"),
  });
});

test("a journal or database that is not sound is told instead of backed up, and leaves nothing", async () => {
  const { journal } = openJournalFolder(at("data/journal"));
  for (let count = 0; count < 50; count += 1) journal.append([{ type: "event", payload: EVENT }]);
  journal.close();
  const segment = at("data/journal/0000000000000001.journal");
  const sound = readFileSync(segment);
  const bytes = Buffer.from(sound);
  bytes[600] = (bytes[600] ?? 0) ^ 1;
  writeFileSync(segment, bytes);
  await expect(made()).rejects.toMatchObject({ name: "JournalError", failure: "damaged" });
  writeFileSync(segment, sound);
  put("data/traders.db", "no database at all, but long enough to be looked at by SQLite ".repeat(20));
  await expect(made()).rejects.toMatchObject({ name: "StoreError" });
  rmSync(at("data/traders.db"));
  const stop = AbortSignal.abort(new Error("interrupted"));
  await expect(made({ stop })).rejects.toThrow("interrupted");
  expect(readdirSync(root).sort()).toEqual(["config", "data"]);
  await made();
});

test("none is begun that could fill the disk", async () => {
  const free = (megabytes: number) => async () => ({ bavail: megabytes, bsize: 1_000_000 });
  await assertRoom(root, 100e6, free(400));
  await expect(assertRoom(root, 100e6, free(300))).rejects.toMatchObject({
    failure: "no-room",
    message: expect.stringContaining("300 MB are free, and up to 356 MB are wanted"),
  });
});

test("a backup takes in no other, wherever they lie", async () => {
  put(`config/backups/${backupName(Date.UTC(2026, 0, 1))}`, "b");
  put(`config/backups/.${backupName(Date.UTC(2026, 0, 2))}.12.partial`, "b");
  put(`data/mine/.${backupName(Date.UTC(2026, 0, 2))}.12.scratch/copytrader.db`, "b");
  put("config/backups/notes.txt", "kept");
  await made();
  const paths = (await inspected()).files.map(({ path }) => path);
  expect(paths.filter((path) => /copytrader-2026|notes/.test(path))).toEqual(["config/backups/notes.txt"]);
});

test("the newest are kept, what a process left long ago goes, and other files stay", () => {
  const names = [1, 2, 3, 4].map((day) => backupName(Date.UTC(2026, 0, day, 3)));
  expect(names[0]).toBe("copytrader-20260101T030000Z.backup");
  for (const name of names) put(`kept/${name}`, "b");
  put("kept/mine.backup", "b");
  put(`kept/.${names[0]}.123.partial`, "b");
  expect(backupsIn(at("kept")).map(({ madeAtMs }) => new Date(madeAtMs).getUTCDate())).toEqual([4, 3, 2, 1]);
  expect(removeOldBackups(at("kept"), 2, Date.now() + 25 * 3_600_000)).toEqual([
    at("kept", names[1] ?? ""),
    at("kept", names[0] ?? ""),
  ]);
  expect(readdirSync(at("kept")).sort()).toEqual([names[2], names[3], "mine.backup"]);
  expect(backupsIn(at("nowhere"))).toEqual([]);
  const ahead = backupName(Date.UTC(2026, 5, 1));
  put(`kept/${ahead}`, "b");
  expect(removeOldBackups(at("kept"), 2, Date.UTC(2026, 0, 5))).toEqual([]);
  expect(backupsIn(at("kept"))).toHaveLength(3);
});
