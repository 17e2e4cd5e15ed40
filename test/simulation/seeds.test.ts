/**
 * Histories that broke something once. A file of `seeds/` is one that was recorded, and runs whatever the drawing of schedules has
 * become; `seeds.json` has those that are still drawn from their number. Each says in a line what was wrong.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MODES, type Mode, simulateIn } from "./modes.ts";
import type { Recording } from "./recording.ts";
import { replayRecording } from "./simulate.ts";

interface Seed {
  readonly seed: number;
  readonly mode: Mode;
  readonly events: number;
  readonly wasWrong: string;
}

interface Recorded {
  readonly wasWrong: string;
  readonly recording: Recording;
}

const FOLDER = new URL("./seeds/", import.meta.url);
const SEEDS = "seeds.json";

function read<Kind>(name: string): Kind {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json") && name !== SEEDS);

describe("histories that broke something once", { timeout: 60_000 }, () => {
  it.each(read<readonly Seed[]>(SEEDS))(
    "seed $seed ($mode): $wasWrong",
    async ({ seed, mode, events, wasWrong }) => {
      expect(MODES).toContain(mode);
      expect(wasWrong).not.toBe("");
      expect((await simulateIn(mode, seed, events)).breaches).toEqual([]);
    },
  );

  it.each(files)("%s", (file) => {
    const { wasWrong, recording } = read<Recorded>(file);
    expect(wasWrong).not.toBe("");
    expect(replayRecording(recording).breaches).toEqual([]);
  });

  it("has some", () => {
    expect(files.length).toBeGreaterThan(0);
  });
});
