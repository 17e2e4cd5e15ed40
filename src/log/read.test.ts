/** The log is read over current, closed and compressed files, of one channel or all, by what lines say, and followed over a roll. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveName } from "./archives.ts";
import type { LogFileName } from "./channels.ts";
import type { LogQuery, LogRecord } from "./query.ts";
import { followLog, readLog } from "./read.ts";
import { RollingFile } from "./rolling-file.ts";

const START_MS = Date.parse("2026-11-21T12:00:00Z");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reading-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function line(
  second: number,
  message: string,
  fields: object = {},
  channel = "main",
  level = "info",
): string {
  const time = new Date(START_MS + second * 1_000).toISOString();
  return `${JSON.stringify({ level, time, channel, message, ...fields })}\n`;
}

function put(
  name: LogFileName,
  closedSecond: number | null,
  lines: readonly string[],
  compressed = false,
): void {
  const file = closedSecond === null ? `${name}.log` : archiveName(name, START_MS + closedSecond * 1_000, 1);
  const text = lines.join("");
  writeFileSync(join(folder, compressed ? `${file}.gz` : file), compressed ? gzipSync(text) : text);
}

async function told(query: Partial<LogQuery> = {}): Promise<readonly string[]> {
  return (await readLog(folder, { limit: 100, ...query })).map(({ message }) => message);
}

describe("reading", () => {
  beforeEach(() => {
    put("main", 10, [line(1, "a"), line(2, "b")], true);
    put("main", 20, [line(11, "c"), line(12, "d")]);
    put("main", null, [
      line(21, "e"),
      "half a line\n",
      "[1]\n",
      '{"level":"info"}\n',
      line(22, "f"),
      '{"level":"in',
    ]);
    put("sync", null, [line(1.5, "between", { account: "slave1" }, "sync", "warn")]);
    put("trading", null, [
      line(3, "leader changed", { leader: "alice", correlation: "c7" }, "trading"),
      line(4, "order", { account: "slave1", correlation: "c5,c7" }, "trading"),
      line(5, "order", { account: "slave2", correlation: "c70" }, "trading"),
      line(6, "bad", { follower: "slave1" }, "trading", "error"),
    ]);
    put("error", null, [line(6, "bad", { follower: "slave1" }, "trading", "error")]);
  });

  it("tells all channels in order of time, each line once, the newest last", async () => {
    expect(await told()).toEqual([
      "a",
      "between",
      "b",
      "leader changed",
      "order",
      "order",
      "bad",
      "c",
      "d",
      "e",
      "f",
    ]);
    expect(await told({ limit: 4 })).toEqual(["c", "d", "e", "f"]);
    expect(await told({ channel: "main", limit: 5 })).toEqual(["b", "c", "d", "e", "f"]);
  });

  it.each<[Partial<LogQuery>, readonly string[]]>([
    [{ channel: "sync" }, ["between"]],
    [{ channel: "error" }, ["bad"]],
    [{ level: "error" }, ["bad"]],
    [{ level: "warn" }, ["between", "bad"]],
    [{ sinceMs: START_MS + 12_000 }, ["d", "e", "f"]],
    [{ account: "slave1" }, ["between", "order", "bad"]],
    [{ account: "alice" }, ["leader changed"]],
    [{ account: "slave" }, []],
    [{ correlation: "c7" }, ["leader changed", "order"]],
    [{ correlation: "c7", account: "slave1" }, ["order"]],
    [{ channel: "telegram" }, []],
  ])("tells by %j", async (query, wanted) => {
    expect(await told(query)).toEqual(wanted);
  });

  it("goes on where a file is damaged, and has nothing to tell of a folder that is not there", async () => {
    writeFileSync(
      join(folder, `${archiveName("main", START_MS, 2)}.gz`),
      gzipSync(line(0, "x".repeat(9_000))).subarray(0, 40),
    );
    expect(await told({ channel: "main" })).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(await readLog(join(folder, "none"), { limit: 5 })).toEqual([]);
  });
});

describe("following", () => {
  it("tells what there is, then each new line, over a roll and in files that were not there, until it is stopped", async () => {
    let nowMs = Date.now();
    const opened = (name: LogFileName) =>
      new RollingFile({ folder, name, bytesMax: 200, nowMs: () => nowMs, onTrouble() {}, onRolled() {} });
    const main = opened("main");
    main.write(line(1, "first"));
    const stop = new AbortController();
    const seen: LogRecord[] = [];
    const following = (async () => {
      for await (const record of followLog(folder, { limit: 10 }, stop.signal)) seen.push(record);
    })();
    const messages = () => seen.map(({ message }) => message);
    await expect.poll(messages).toEqual(["first"]);
    const other = opened("main");
    main.write(line(2, "second"));
    main.write(line(3, "in the new file"));
    other.write(line(4, "late in the old one"));
    await expect.poll(messages).toHaveLength(4);
    nowMs += 1_000;
    const sync = opened("sync");
    sync.write(line(5, "another channel"));
    other.write(line(6, "last").slice(0, 20));
    await expect.poll(() => messages().at(-1)).toBe("another channel");
    stop.abort();
    await following;
    expect(new Set(messages())).toEqual(
      new Set(["first", "second", "in the new file", "late in the old one", "another channel"]),
    );
    for (const file of [main, other, sync]) file.close();
  });
});
