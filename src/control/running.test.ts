/** What a running engine tells is on its disk by then. */
import { expect, test } from "vitest";
import { follower, leader, loaded } from "../../test/configuration/folder.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { emptyState } from "../core/state.ts";
import { Engine } from "../engine/engine.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { RunningControl } from "./running.ts";

test("nobody is told what a kill right after would take back", async () => {
  const configuration = loaded({
    "data/accounts/leader.json": leader,
    "data/accounts/follower.json": { ...follower, leader: "leader" },
  });
  const journal = new MemoryJournal();
  const engine = new Engine({
    state: emptyState(),
    journal,
    clock: new VirtualClock(1_790_000_000_000),
    chance: () => 0.5,
    connections: new Map(),
    feeds: new Map(),
    observer: {},
  });
  engine.start(configuration.settings, []);
  const before = journal.lastSequence;
  const cause = "the key was taken back";
  engine.receive({ kind: "account-refused", account: AccountId("follower"), cause, atMs: 1_790_000_000_001 });
  expect(journal.lastSequence).toBe(before);

  const { followers } = await new RunningControl({ engine, configuration }).ask({ kind: "status" });
  expect(followers).toMatchObject([{ state: "halted", reason: cause }]);
  expect(journal.lastSequence).toBeGreaterThan(before);
});
