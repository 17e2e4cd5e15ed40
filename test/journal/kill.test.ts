/** A real process that appends is killed: every append that it reported is in the journal, whole and in order. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { openJournalFolder, viewJournalFolder } from "../../src/journal/file.ts";

const root = mkdtempSync(join(tmpdir(), "journal-kill-"));
afterAll(() => rmSync(root, { recursive: true }));
const child = fileURLToPath(new URL("appending-child.ts", import.meta.url));

describe("a killed journal", () => {
  it("has all acknowledged appends, life after life", async () => {
    const folder = join(root, "journal");
    let last = 0;
    for (const reports of [1, 300, 1500]) {
      const acknowledged = await appendUntilKilled(folder, last + reports);
      expect(acknowledged).toBeGreaterThanOrEqual(last + reports);
      last = assertWhole(folder, acknowledged);
    }
  }, 30_000);
});

async function appendUntilKilled(folder: string, sequence: number): Promise<number> {
  const running = spawn(process.execPath, [child, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(running, "close");
  let text = "";
  let viewed = false;
  for await (const chunk of running.stdout) {
    text += chunk;
    if (lastNumber(text) < sequence || viewed) continue;
    // A reader beside the writer sees whole records only.
    viewed = [...viewJournalFolder(folder).read(1)].length >= sequence;
    running.kill("SIGKILL");
  }
  await ended;
  return lastNumber(text);
}

function lastNumber(text: string): number {
  return Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1) ?? 0);
}

function assertWhole(folder: string, acknowledged: number): number {
  const { journal, opening } = openJournalFolder(folder, { verify: "all", reserveBytes: 64 * 1024 });
  expect(opening.lastSequence).toBeGreaterThanOrEqual(acknowledged);
  let expected = 1;
  for (const record of journal.read(1)) {
    expect(record.sequence).toBe(expected);
    expect(record.payload).toBe(`record ${expected} ${"x".repeat(expected % 700)}`);
    expected += 1;
  }
  expect(expected - 1).toBe(opening.lastSequence);
  expect(journal.lastCheckpoint).toBe(opening.lastSequence - (opening.lastSequence % 500));
  journal.close();
  return opening.lastSequence;
}
