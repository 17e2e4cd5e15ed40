/** One process at a time, proved with live ones; and a layout that only the owner can read. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { DataFolderError, isDataFolderInUse, openDataFolder } from "./data-folder.ts";

const root = mkdtempSync(join(tmpdir(), "data-folder-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const nextFolder = () => join(root, String(++folders));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const HOLDER = `
  import { openDataFolder } from ${JSON.stringify(new URL("data-folder.ts", import.meta.url).href)};
  try {
    openDataFolder(process.argv[1]);
    globalThis.gc();
    console.log("locked");
    setInterval(() => {}, 1000);
  } catch (error) {
    console.log(error.failure, error.message);
  }`;

/** A process that opens the folder; resolves with the first line it prints. */
async function startHolder(folder: string): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "-e", HOLDER, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [chunk] = await once(child.stdout, "data");
  return { child, line: String(chunk).trim() };
}

function failureOf(action: () => unknown): DataFolderError {
  try {
    action();
  } catch (error) {
    if (error instanceof DataFolderError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the lock", () => {
  it("lets one of two live processes in, and the next as soon as the first is killed (pain 8)", async () => {
    const folder = nextFolder();
    const first = await startHolder(folder);
    expect(first.line).toBe("locked");
    const second = await startHolder(folder);
    expect(second.line).toBe(
      `in-use the data folder ${folder} is in use by another process; copytrader status shows the engine that runs there`,
    );
    expect(isDataFolderInUse(folder)).toBe(true);
    const ended = once(first.child, "exit");
    first.child.kill("SIGKILL");
    await ended;
    expect(isDataFolderInUse(folder)).toBe(false);
    const third = await startHolder(folder);
    expect(third.line).toBe("locked");
  }, 20_000);

  it("holds within one process too, until it is closed", () => {
    const folder = nextFolder();
    const first = openDataFolder(folder);
    expect(failureOf(() => openDataFolder(folder)).failure).toBe("in-use");
    first.close();
    first.close();
    openDataFolder(folder).close();
  });

  it("survives being looked at and a failed attempt, also of this process", async () => {
    const folder = nextFolder();
    const held = openDataFolder(folder);
    expect(isDataFolderInUse(folder)).toBe(true);
    expect(failureOf(() => openDataFolder(folder)).failure).toBe("in-use");
    expect((await startHolder(folder)).line).toContain("in-use");
    held.close();
    expect(isDataFolderInUse(folder)).toBe(false);
  }, 20_000);

  it("leaves nothing behind that could be taken for a lock", () => {
    const folder = nextFolder();
    openDataFolder(folder).close();
    expect(readdirSync(folder).sort()).toEqual(["accounts", "journal", "lock.db", "logs"]);
    expect(statSync(join(folder, "lock.db")).size).toBe(0);
  });

  it("is not taken by looking at a folder that does not exist", () => {
    const folder = nextFolder();
    expect(isDataFolderInUse(folder)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("the layout", () => {
  it("is the owner's alone, also where folders were there before", () => {
    const folder = nextFolder();
    mkdirSync(join(folder, "accounts"), { recursive: true });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "accounts"), 0o777);
    const { paths, close } = openDataFolder(folder);
    for (const path of [paths.root, paths.accounts, paths.journal, paths.logs]) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
    expect(statSync(join(folder, "lock.db")).mode & 0o777).toBe(0o600);
    close();
  });

  it("cannot be made where a file stands, and the error names it", () => {
    const folder = nextFolder();
    writeFileSync(folder, "");
    const error = failureOf(() => openDataFolder(folder));
    expect([error.failure, error.message.includes(folder)]).toEqual(["unusable", true]);
  });

  it("does not take a foreign lock file", () => {
    const folder = nextFolder();
    mkdirSync(folder);
    writeFileSync(
      join(folder, "lock.db"),
      "not a database, and long enough to be looked at as one".repeat(30),
    );
    expect(failureOf(() => openDataFolder(folder)).failure).toBe("unusable");
  });
});
