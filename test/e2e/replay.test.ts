/** `copytrader replay` as a shell sees it, on a journal that a version before wrote and on copies with something wrong. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJournalFolder } from "../../src/journal/file.ts";
import type { JournalEntry, JournalRecord } from "../../src/journal/journal.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { type Move, playInto } from "../journal-fixture.ts";
import { killPrograms, Program, runProgram } from "./program.ts";

const KEPT = fileURLToPath(new URL("../journal/kept/0.1.0", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "replay-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killPrograms);

const run = (...args: readonly string[]) => runProgram(["replay", ...args], { cwd: folder });

interface Line {
  readonly kind: string;
  readonly sequence: number;
  readonly event: { readonly kind: string; readonly account?: string };
  readonly items: readonly { readonly kind: string; readonly follower?: string }[];
  readonly [name: string]: unknown;
}

function linesOf(stdout: string): readonly Line[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const MOVES: readonly Move[] = [
  { kind: "trade", symbol: 0, side: "buy", quantity: 20 },
  { kind: "settle" },
  { kind: "trade", symbol: 1, side: "sell", quantity: 7 },
  { kind: "settle" },
];

/** A data folder with a journal of this version; with the last order that it decided on twice as large, where that is asked for. */
function dataFolder(isOtherwise: boolean): string {
  const memory = new MemoryJournal();
  playInto(memory, MOVES);
  const records = [...memory.read(1)];
  const planted = records.findLast(
    ({ type, payload }) => type === "decision" && payload.startsWith('{"o":['),
  );
  const data = join(folder, "data");
  mkdirSync(data);
  const { journal } = openJournalFolder(join(data, "journal"), { reserveBytes: 0 });
  for (const [index, record] of records.slice(0, planted?.sequence).entries()) {
    if (record.type === "decision") continue;
    const next = records[index + 1];
    if (record.type !== "event" || next?.type !== "decision") journal.append([record]);
    else journal.append([record, next === planted && isOtherwise ? doubled(next) : next]);
  }
  journal.close();
  return data;
}

function doubled(decision: JournalRecord): JournalEntry {
  const payload = decision.payload.replace(
    /^\{"o":\[(\d+),(\d+),(-?\d+)/,
    (_, market, leg, lots) => `{"o":[${market},${leg},${Number(lots) * 2}`,
  );
  return { type: "decision", payload };
}

describe("a replay", () => {
  test("prints each decision with its event, and ends with the state's hash and code 0", async () => {
    const { code, stdout, stderr } = await run(KEPT);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+ 2026-\d\d-\d\d .* leader-filled account leader/m);
    expect(stdout).toMatch(/^ {2}order follower\d \w+ .*rebalance, at market.* \(ct\w+; leader at [\d.]+/m);
    expect(stdout).toMatch(/^ {2}denial follower\d \w+ .*: .*explains change \d+/m);
    expect(stdout).toMatch(/\nstate after record 384: sha256 [0-9a-f]{64}\n$/);
  });

  test("says the same as JSON, a document for each line", async () => {
    const { code, stdout } = await run(KEPT, "--json", "--until", "200");
    const lines = linesOf(stdout);
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ kind: "end", from: 1, tornBytes: 0 });
    expect(lines.slice(0, -1).every(({ kind, items }) => kind === "decision" && items.length > 0)).toBe(true);
  });

  test("of one follower has nothing of another", async () => {
    const { stdout } = await run(KEPT, "--json", "--follower", "follower1");
    const lines = linesOf(stdout).slice(0, -1);
    expect(lines.length).toBeGreaterThan(5);
    const named = lines.flatMap(({ items, event }) => items.map(({ follower }) => follower ?? event.account));
    expect(new Set(named)).toEqual(new Set(["follower1"]));
    for (const name of ["nobody", "leader1"]) {
      const { code, stderr } = await run(KEPT, "--follower", name);
      expect(code).toBe(2);
      expect(stderr).toContain(`there is no follower "${name}" in this journal; there are: follower1`);
    }
  });

  test("from and until tell of what is between only", async () => {
    const { stdout } = await run(KEPT, "--json", "--from", "150", "--until", "200", "--all");
    const sequences = linesOf(stdout)
      .slice(0, -1)
      .map(({ sequence }) => sequence);
    expect(Math.min(...sequences)).toBe(150);
    expect(Math.max(...sequences)).toBeLessThanOrEqual(200);
  });

  test("writes the state into a new file, and never over one", async () => {
    expect(await run(KEPT, "--until", "200", "--state", "state.json")).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(folder, "state.json"), "utf8"))).toMatchObject({ version: 1 });
    const again = await run(KEPT, "--until", "200", "--state", "state.json");
    expect(again).toMatchObject({ code: 2, stdout: "" });
  });

  test("against this version ends with 0 where it would decide the same", async () => {
    const { code, stdout } = await run(dataFolder(false), "--against");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nthis version would decide the same on every event\n$/);
    expect(stdout).not.toContain("leader-filled");
  });

  test("of a data folder against this version ends with 1 where it would not, and shows both", async () => {
    const data = dataFolder(true);
    const { code, stdout } = await run(data, "--against");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^\d+ 2023-.*\n(.*\n)*? {2}- order (first|second).*\n(.*\n)*? {2}\+ order (first|second)/m,
    );
    expect(stdout).toMatch(/\nthis version would decide differently on 1 event\n$/);
    const lines = linesOf((await run(data, "--against", "--json")).stdout);
    expect(lines.map(({ kind }) => kind)).toEqual(["difference", "end"]);
    expect(lines[1]).toMatchObject({ differences: 1 });
    expect(await run(data)).toMatchObject({ code: 0 });
  });

  test("with a damaged record ends with 1 and its number, and leaves the files", async () => {
    const copy = join(folder, "copy");
    cpSync(KEPT, copy, { recursive: true });
    const [, name = ""] = readdirSync(copy).filter((each) => each.endsWith(".journal"));
    const bytes = readFileSync(join(copy, name));
    bytes[bytes.length - 5] = 0;
    writeFileSync(join(copy, name), bytes);
    const { code, stderr } = await run(copy);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^copytrader: record \d+ cannot be read: \d+\.journal is damaged at byte \d+: /);
    expect(readFileSync(join(copy, name)).equals(bytes)).toBe(true);
    const json = await run(copy, "--json");
    expect(JSON.parse(json.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
      error: { kind: "damaged" },
    });
  });

  test.each([
    [["none"], /there is no folder none/],
    [["."], /\. is neither a journal folder nor a data folder with a journal/],
    [[KEPT, "--until", "9999"], /record 9999 is not in the journal: it has 1 to 384/],
    [[KEPT, "--from", "9", "--until", "3"], /--from 9 lies behind --until 3/],
    [[KEPT, "--until", "soon"], /must be a whole number above zero/],
  ])("%j is wrong use", async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

test("a long replay ends cleanly on Ctrl-C", async () => {
  const { journal } = openJournalFolder(join(folder, "journal"), { reserveBytes: 0 });
  const tick = (atMs: number) => ({
    type: "event" as const,
    payload: JSON.stringify({ kind: "clock-ticked", atMs }),
  });
  for (let at = 0; at < 400_000; at += 5_000)
    journal.append(Array.from({ length: 5_000 }, (_, index) => tick(at + index)));
  journal.close();
  const program = new Program(["replay", ".", "--all", "--json"], { cwd: folder });
  await program.line(({ kind }) => kind === "decision", 20_000);
  program.kill("SIGINT");
  const { code, signal, stdout } = await program.exit;
  expect({ code, signal }).toEqual({ code: 130, signal: null });
  const { error } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  expect(error).toMatchObject({ kind: "interrupted" });
  expect(error.message).toMatch(/^interrupted at record \d+ of 400000$/);
});
