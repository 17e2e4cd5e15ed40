/** Files roll by size and day, are compressed and removed, and no line is lost or torn, however many processes write to them at once. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveName, archivesIn, tendArchives } from "./archives.ts";
import { RollingFile } from "./rolling-file.ts";

const HOUR_MS = 3_600_000;
const NOON_MS = Date.parse("2026-11-21T12:00:00Z");
const WIDE = { keepMs: 1_000 * HOUR_MS, bytesMax: 1e9 };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rolling-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function opened(nowMs: () => number, bytesMax = 1_000) {
  const troubles: string[] = [];
  const onTrouble = (what: string) => void troubles.push(what);
  return Object.assign(new RollingFile({ folder, name: "main", bytesMax, nowMs, onTrouble, onRolled() {} }), {
    troubles,
  });
}

const files = () =>
  readdirSync(folder)
    .filter((file) => file.startsWith("main."))
    .sort();
const textOf = (file: string) =>
  file.endsWith(".gz")
    ? gunzipSync(readFileSync(join(folder, file))).toString()
    : readFileSync(join(folder, file), "utf8");

describe("a file", () => {
  it("rolls before it is too large, and stays the one of its name", () => {
    const file = opened(() => NOON_MS);
    for (let count = 0; count < 10; count += 1) file.write(`${String(count).repeat(299)}\n`);
    file.close();
    expect(files()).toHaveLength(4);
    expect(textOf("main.log")).toBe(`${"9".repeat(299)}\n`);
    for (const name of files()) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1_000);
    expect(files().map(textOf).join("").match(/\n/g)).toHaveLength(10);
  });

  it("rolls when its day is over, also when another process begins the new one, and after a restart", () => {
    let nowMs = Date.now();
    const one = opened(() => nowMs);
    const other = opened(() => nowMs);
    one.write("one\n");
    other.write("other\n");
    nowMs += 24 * HOUR_MS;
    one.write("next day\n");
    other.write("next day, too\n");
    one.close();
    other.close();
    const [archive = ""] = files().filter((file) => file !== "main.log");
    expect(textOf(archive)).toBe("one\nother\n");
    expect(textOf("main.log")).toBe("next day\nnext day, too\n");

    utimesSync(join(folder, "main.log"), new Date(NOON_MS), new Date(NOON_MS));
    const later = opened(() => nowMs);
    later.write("again\n");
    later.close();
    expect(textOf("main.log")).toBe("again\n");
  });

  it("goes on in the new file within a second where another process has rolled it, or somebody took it away", () => {
    let nowMs = Date.now();
    const one = opened(() => nowMs);
    const other = opened(() => nowMs);
    other.write("begun\n");
    for (let count = 0; count < 4; count += 1) one.write(`${"x".repeat(299)}\n`);
    other.write("to the old one\n");
    nowMs += 1_000;
    other.write("to the new one\n");
    expect(textOf("main.log")).toMatch(/^x+\nto the new one\n$/);
    rmSync(folder, { recursive: true });
    nowMs += 1_000;
    other.write("to one made anew\n");
    one.close();
    other.close();
    other.write("after the end\n");
    expect(textOf("main.log")).toBe("to one made anew\n");
    expect(one.troubles).toEqual([]);
  });
});

describe("archives", () => {
  const put = (atMs: number, bytes = 100) => {
    const file = join(folder, archiveName("main", atMs, 1));
    writeFileSync(file, "x".repeat(bytes));
    utimesSync(file, new Date(atMs), new Date(atMs));
    return file;
  };

  it("are compressed once nobody can be writing to them, with the same lines, and read as one meanwhile", async () => {
    const file = put(NOON_MS);
    await tendArchives(folder, WIDE, Date.now());
    expect(files()).toEqual([archiveName("main", NOON_MS, 1)]);
    await tendArchives(folder, WIDE, Date.now() + 61_000);
    const [compressed = ""] = files();
    expect(files()).toEqual([`${archiveName("main", NOON_MS, 1)}.gz`]);
    expect(textOf(compressed)).toBe("x".repeat(100));
    expect(statSync(join(folder, compressed)).mode & 0o777).toBe(0o600);
    writeFileSync(file, "x".repeat(100));
    expect(await archivesIn(folder)).toEqual([
      { file: archiveName("main", NOON_MS, 1), name: "main", closedAtMs: NOON_MS, isCompressed: false },
    ]);
  });

  it("are removed when they are old, or too much, the oldest first; what is written and what is not ours stays", async () => {
    for (const hours of [50, 30, 20, 10]) put(NOON_MS - hours * HOUR_MS);
    writeFileSync(join(folder, "main.log"), "x".repeat(100));
    writeFileSync(join(folder, "notes.txt"), "x".repeat(1_000));
    await tendArchives(folder, { keepMs: 48 * HOUR_MS, bytesMax: 350 }, NOON_MS);
    expect(files()).toEqual(
      [
        archiveName("main", NOON_MS - 20 * HOUR_MS, 1),
        archiveName("main", NOON_MS - 10 * HOUR_MS, 1),
        "main.log",
      ].sort(),
    );
    expect(readdirSync(folder)).toContain("notes.txt");
  });

  it("that were left half compressed are taken away", async () => {
    const half = join(folder, `${archiveName("main", NOON_MS, 1)}.gz.77.tmp`);
    writeFileSync(half, "half");
    await tendArchives(folder, WIDE, Date.now());
    expect(readdirSync(folder)).toHaveLength(1);
    await tendArchives(folder, WIDE, Date.now() + 2 * HOUR_MS);
    expect(readdirSync(folder)).toEqual([]);
  });
});

it("loses and tears nothing while three processes write, roll and compress at once", async () => {
  const [processes, lines] = [3, 1_500];
  const script = `
    import { openLog } from ${JSON.stringify(new URL("../log.ts", import.meta.url).href)};
    import { tendArchives } from ${JSON.stringify(new URL("archives.ts", import.meta.url).href)};
    const folder = ${JSON.stringify(folder)};
    const { log, close } = await openLog({
      level: "info", debugMode: false, folder, terminal: null, fileBytesMax: 20_000,
    });
    for (let count = 0; count < ${lines}; count += 1) {
      log.error("line", { pid: process.pid, count, filler: "x".repeat(count % 300) });
      if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (count % 300 === 0) await tendArchives(folder, ${JSON.stringify(WIDE)}, Date.now());
    }
    close();`;
  const run = promisify(execFile);
  await Promise.all(
    Array.from({ length: processes }, () => run(process.execPath, ["--input-type=module", "-e", script])),
  );
  await Promise.all([1, 2].map(() => tendArchives(folder, WIDE, Date.now() + 61_000)));
  for (const name of ["main", "error"]) {
    const all = readdirSync(folder).filter((file) => file.startsWith(`${name}.`));
    expect(all.filter((file) => file.endsWith(".log.gz")).length).toBeGreaterThan(10);
    expect(all.filter((file) => !file.endsWith(".gz"))).toEqual([`${name}.log`]);
    const seen = all
      .flatMap((file) => textOf(file).trimEnd().split("\n"))
      .filter((line) => line !== "")
      .map((line): { pid: number; count: number } => JSON.parse(line));
    expect(seen).toHaveLength(processes * lines);
    expect(new Set(seen.map(({ pid, count }) => `${pid} ${count}`)).size).toBe(processes * lines);
  }
});
