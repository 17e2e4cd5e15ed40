/** Who takes the place of a leader whose relation was stopped to be replaced. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { follower, leader, loaded } from "../../test/configuration/folder.ts";
import { marked, NO_RELATION_GUARDS } from "../../test/core/guarded.ts";
import { BTC, FOLLOWER, LEADER, onlyOrder, orderTexts, Story, VENUE } from "../../test/core/story.ts";
import { NO_RUN_TIME, readRunTime, writeRunTime } from "../config.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../core/checkpoint.ts";
import { decide } from "../core/decide.ts";
import type { Command } from "../core/event.ts";
import { replacementsChosen, replacementsDue } from "../core/guard/replacement.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { NO_OWN_CODE } from "../core/own-code.ts";
import type { Settings } from "../core/settings.ts";
import { plainAllocation } from "../core/settings.ts";
import { emptyState } from "../core/state.ts";
import { copiesOfReplacements } from "./relations.ts";
import { RunningControl } from "./running.ts";

const DAY_MS = 86_400_000;
const CANDIDATES = ["alice", "bob", "carol"].map((name) => AccountId(name));

interface Scores {
  readonly [leader: string]: { readonly score?: string; readonly ageMs?: number };
}

/** A relation that its stop ended, with these scores of the candidates, `copied` among them copied already. */
function stopped(scores: Scores, copied: readonly string[] = []): Story {
  const stopLoss = {
    share: "0.05",
    from: "start",
    action: "replace",
    coolOffMs: 60_000,
    replacements: CANDIDATES,
  } as const;
  const story = new Story({ allocation: { guards: { ...NO_RELATION_GUARDS, stopLoss } } });
  const candidates = CANDIDATES.map((account) => ({ account, venue: VENUE, role: "leader" as const }));
  story.configure({
    ...story.settings,
    accounts: [...story.settings.accounts, ...candidates],
    allocations: [
      ...story.settings.allocations,
      ...copied.map((leader) => plainAllocation(AccountId(leader), FOLLOWER)),
    ],
  });
  for (const [leader, { score, ageMs = 0 }] of Object.entries(scores)) {
    const evidence = { measuredAtMs: story.nowMs - ageMs, ...(score === undefined ? {} : { score }) };
    story.feed({ kind: "evidence-updated", account: AccountId(leader), evidence, atMs: story.nowMs });
  }
  const opened = story.leaderFill("buy", "1");
  story.trade(opened, { quantity: "0.5", price: "60000", fee: "0" });
  story.fill(onlyOrder(opened), "0.5", "0.5");
  story.equity(FOLLOWER, "10000");
  marked(story, "60000");
  const decision = marked(story, "58000");
  expect(orderTexts(decision)).toEqual(["-500 reduce"]);
  story.fill(onlyOrder(decision), "0.5", "0");
  return story;
}

const chosen = (by: string | null, score?: string) => [
  { kind: "replace", account: FOLLOWER, leader: LEADER, by, ...(score === undefined ? {} : { score }) },
];

describe("a replacement", () => {
  it.each<readonly [string, Scores, readonly string[], ReturnType<typeof chosen>]>([
    [
      "is the one with the best score",
      { alice: { score: "0.9" }, bob: { score: "1.4" } },
      [],
      chosen("bob", "1.4"),
    ],
    ["may have a score below zero", { carol: { score: "-0.2" } }, [], chosen("carol", "-0.2")],
    [
      "is the first named of equals",
      { bob: { score: "1" }, alice: { score: "1.0" } },
      [],
      chosen("alice", "1.0"),
    ],
    [
      "is measured lately",
      { alice: { score: "0.1" }, bob: { score: "9", ageMs: 31 * DAY_MS } },
      [],
      chosen("alice", "0.1"),
    ],
    [
      "is nobody who is copied already",
      { bob: { score: "9" }, alice: { score: "0.1" } },
      ["bob"],
      chosen("alice", "0.1"),
    ],
    [
      "is nobody where nobody has a score",
      { alice: {}, bob: { score: "9", ageMs: 31 * DAY_MS } },
      [],
      chosen(null),
    ],
  ])("%s", (_, scores, copied, expected) => {
    expect(replacementsDue(stopped(scores, copied).state)).toEqual(expected);
  });

  it("is chosen once, and stands with the stop until that is released", () => {
    const story = stopped({ bob: { score: "1.4" } });
    for (const choice of replacementsDue(story.state)) story.command(choice);
    const known = [{ leader: "bob", follower: FOLLOWER, replaces: LEADER, capital: "10000" }];
    const read = decodeCheckpoint(encodeCheckpoint(story.state));
    for (const state of [story.state, read]) {
      expect(replacementsDue(state)).toEqual([]);
      expect(replacementsChosen(state)).toEqual(known);
    }
    expect(story.leaderFill("buy", "1").orders).toEqual([]);
    story.wait(120_000);
    expect(story.state.followers.get(FOLLOWER)?.stops).toHaveLength(1);
    const again = emptyState();
    for (const event of story.events) decide(again, event);
    expect(encodeCheckpoint(again)).toBe(encodeCheckpoint(story.state));
    story.command({ kind: "release", account: FOLLOWER });
    expect(replacementsChosen(story.state)).toEqual([]);
    expect(story.leg().market.instrument.id).toBe(BTC);
  });

  it("begins with what was decided for the relation before it, its capital, and what the leader opens from then on", () => {
    const story = stopped({ bob: { score: "1.4" } });
    for (const choice of replacementsDue(story.state)) story.command(choice);
    const before = {
      leader: LEADER,
      follower: FOLLOWER,
      values: { copy_multiplier: 0.5, start_mode: "all" },
    };
    const context = (allocations: readonly (typeof before)[]) => ({
      state: story.state,
      runTime: { ...NO_RUN_TIME, allocations },
      reconfigure: () => ({ ok: false, problems: [] }) as const,
    });
    const values = { copy_multiplier: 0.5, allocated_capital: "10000", start_mode: "new-only" };
    const copy = { kind: "copy", leader: "bob", follower: FOLLOWER, values };
    expect(copiesOfReplacements(context([before]))).toEqual([copy]);
    const begun = { ...before, leader: AccountId("bob") };
    expect(copiesOfReplacements(context([before, begun]))).toEqual([]);
  });

  it("takes the place of a leader whose record speaks against it, by the list that comes with the stop", () => {
    const story = new Story();
    const candidates = CANDIDATES.map((account) => ({ account, venue: VENUE, role: "leader" as const }));
    story.configure({ ...story.settings, accounts: [...story.settings.accounts, ...candidates] });
    for (const [name, score] of Object.entries({ alice: "2", bob: "1" })) {
      const evidence = { measuredAtMs: story.nowMs, score };
      story.feed({ kind: "evidence-updated", account: AccountId(name), evidence, atMs: story.nowMs });
    }
    const replacements = [AccountId("bob"), AccountId("carol")];
    const detail = { finding: "decay" };
    story.command({
      kind: "stop",
      account: FOLLOWER,
      leader: LEADER,
      action: "replace",
      replacements,
      detail,
    });
    expect(replacementsDue(story.state)).toEqual(chosen("bob", "1"));
  });

  it("is written down and copied once, over restarts too, and not again once its owner ended it", () => {
    const dataDir = mkdtempSync(join(tmpdir(), "replacement-"));
    const story = stopped({ bob: { score: "1.4" } });
    const configured: Settings[] = [];
    const engine = {
      running: true,
      state: story.state,
      own: NO_OWN_CODE,
      writeAll: () => true,
      command: (command: Command) => void story.command(command),
      configure: (settings: Settings) => void configured.push(settings),
    };
    const accounts = { leader, bob: { ...leader, nickname: "bob", api_key: "b", api_secret: "bb" } };
    const configuration = loaded({
      "data/accounts/leader.json": accounts.leader,
      "data/accounts/bob.json": accounts.bob,
      "data/accounts/follower.json": { ...follower, leader: "leader" },
    });
    const begin = () => new RunningControl({ engine, configuration, dataDir }).replaceStopped();
    begin();
    begin();
    const values = { allocated_capital: "10000", start_mode: "new-only" };
    expect(readRunTime(dataDir).allocations).toEqual([{ leader: "bob", follower: "follower", values }]);
    expect(configured).toHaveLength(1);
    expect(configured[0]?.allocations).toMatchObject([
      { leader: "leader" },
      { leader: "bob", startMode: "new-only", guards: { allocatedCapital: "10000" } },
    ]);
    const ended = { leader: "bob", follower: "follower", values: {}, ended: true } as const;
    writeRunTime(dataDir, NO_RUN_TIME, { ...NO_RUN_TIME, allocations: [ended] });
    begin();
    expect(configured).toHaveLength(1);
    rmSync(dataDir, { recursive: true });
  });
});
