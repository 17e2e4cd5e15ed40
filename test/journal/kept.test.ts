/** Journals that earlier versions wrote, kept as they were: this version reads each and comes to the states that are recorded in it. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { recover } from "../../src/engine/recovery.ts";
import { viewJournalFolder } from "../../src/journal/file.ts";
import { FRAME_VERSION } from "../../src/journal/frame.ts";
import { Replay, type ReplayEnd } from "../../src/journal/replay.ts";

const KEPT = fileURLToPath(new URL("./kept", import.meta.url));
const versions = readdirSync(KEPT);

/** Beside what every history has. */
const EVENTS = [
  ...[
    "order-rejected",
    "order-outcome-unknown",
    "order-not-found",
    "order-cancel-refused",
    "question-failed",
  ],
  ...["equity-reported", "funding-settled", "evidence-updated", "leader-order-reported"],
  ...["risk-tiers-listed", "leverage-set", "margin-mode-set", "command-issued"],
];
/** By their names in decision-codec.ts: orders, their forms, shares and leaders' orders, cancellations, crossings, denials, waivers, stops. */
const DECISION_PARTS = ["o", "f", "s", "l", "c", "x", "n", "a", "g"];

interface About {
  readonly records: number;
  readonly events: number;
  readonly decisions: number;
  readonly checkpoints: number;
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kept-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function replayed(of: string): ReplayEnd {
  const steps = new Replay({ folder: of }).run();
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  if (step.value === null) throw new Error(`${of} has no journal`);
  return step.value;
}

function aboutOf(version: string): About {
  return JSON.parse(readFileSync(join(KEPT, version, "about.json"), "utf8"));
}

test("there is one of the format that this version writes", () => {
  const about = versions.map((version) => ({ version, ...aboutOf(version) }));
  expect(about.length).toBeGreaterThan(1);
  const formats = versions.map((version) => {
    const [first = ""] = readdirSync(join(KEPT, version)).filter((name) => name.endsWith(".journal"));
    return readFileSync(join(KEPT, version, first))[12];
  });
  expect(formats).toContain(FRAME_VERSION);
});

test("together they have what journals are made of", () => {
  const [events, decisions] = [new Set<string>(), new Set<string>()];
  for (const version of versions)
    for (const { type, payload } of viewJournalFolder(join(KEPT, version)).read(1)) {
      const value: Record<string, unknown> = JSON.parse(payload);
      if (type === "event") events.add(String(value.kind));
      else if (type === "decision") for (const part of Object.keys(value)) decisions.add(part);
    }
  expect([...events]).toEqual(expect.arrayContaining(EVENTS));
  expect([...decisions]).toEqual(expect.arrayContaining(DECISION_PARTS));
});

describe.each(versions)("%s", (version) => {
  test("is read whole, and leads to every state that was recorded", () => {
    const { events, decisions, last, checkpoints, tornBytes } = replayed(join(KEPT, version));
    const about = aboutOf(version);
    expect({
      events,
      decisions,
      records: last,
      checkpoints: checkpoints.exact + checkpoints.earlier,
      tornBytes,
    }).toEqual({
      events: about.events,
      decisions: about.decisions,
      records: about.records,
      checkpoints: about.checkpoints,
      tornBytes: 0,
    });
  });

  test("recovers to the state that a replay ends with, and is not touched by either", () => {
    const copy = join(folder, version);
    cpSync(join(KEPT, version), copy, { recursive: true, preserveTimestamps: true });
    const before = filesOf(copy);
    const { stateText } = replayed(copy);
    expect(encodeCheckpoint(recover(viewJournalFolder(copy)).state)).toBe(stateText);
    expect(filesOf(copy)).toEqual(before);
  });
});

function filesOf(of: string) {
  return readdirSync(of).map((name) => ({
    name,
    bytes: readFileSync(join(of, name)).toString("base64"),
    modifiedMs: statSync(join(of, name)).mtimeMs,
  }));
}
