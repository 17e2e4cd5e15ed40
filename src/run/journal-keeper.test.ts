/** The journal's keeper: a checkpoint for each new segment, one at a time, and patience with what fails. */
import { expect, it } from "vitest";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import { JournalKeeper } from "./journal-keeper.ts";

const START_MS = 1_000_000;

function keeping(makeCheckpoint: (first: number) => Promise<void>) {
  const clock = new VirtualClock(START_MS);
  const problems: string[] = [];
  const kept = { groups: 0, asked: 0 };
  const journal = {
    prune: async () => {
      kept.asked += 1;
      if (kept.groups === 0) return 0;
      kept.groups -= 1;
      return 1_000;
    },
    checkpointDue: null as number | null,
    noteCheckpoint: (first: number) => {
      if (journal.checkpointDue === first) journal.checkpointDue = null;
    },
  };
  const keeper = new JournalKeeper({
    journal,
    clock,
    makeCheckpoint,
    retention: () => ({ sinceMs: clock.nowMs(), bytesMax: 1, neededFrom: 1 }),
    onProblem: (cause) => problems.push(cause),
  });
  const pass = async (ms: number) => {
    for (let at = 0; at < ms; at += 1_000) {
      clock.runUntil(clock.nowMs() + 1_000);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
  };
  return { journal, kept, keeper, problems, pass };
}

it("has a checkpoint made once for each segment that has none", async () => {
  const made: number[] = [];
  const { journal, pass, keeper } = keeping(async (first) => void made.push(first));
  await pass(20_000);
  expect(made).toEqual([]);
  journal.checkpointDue = 101;
  await pass(30_000);
  journal.checkpointDue = 201;
  await pass(30_000);
  expect(made).toEqual([101, 201]);
  keeper.stop();
  journal.checkpointDue = 301;
  await pass(30_000);
  expect(made).toEqual([101, 201]);
});

it("waits for one that is being made", async () => {
  let [begun, finish] = [0, () => {}];
  const { journal, pass } = keeping(() => {
    begun += 1;
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  journal.checkpointDue = 101;
  await pass(120_000);
  expect(begun).toBe(1);
  finish();
  await pass(10_000);
  expect(journal.checkpointDue).toBeNull();
});

it("says what failed and tries again after a minute", async () => {
  let attempts = 0;
  const { journal, pass, problems } = keeping(() => {
    attempts += 1;
    return attempts === 1 ? Promise.reject(new Error("no room")) : Promise.resolve();
  });
  journal.checkpointDue = 101;
  await pass(30_000);
  expect(problems).toEqual(["no checkpoint before record 101: no room"]);
  await pass(60_000);
  expect([attempts, journal.checkpointDue]).toEqual([2, null]);
});

it("lets all that may go go at once", async () => {
  const { kept, pass } = keeping(async () => {});
  kept.groups = 3;
  await pass(11_000);
  expect(kept).toEqual({ groups: 0, asked: 4 });
});
