/** Each stop, each cut and the kill switch is told with its numbers. */
import { expect, it } from "vitest";
import { guarded, held, marked, TIERS } from "../../test/core/guarded.ts";
import { BTC, FOLLOWER, LEADER, type Story } from "../../test/core/story.ts";
import type { PositionRow } from "../core/event.ts";
import { AccountId } from "../core/model/identifiers.ts";
import type { AlertReport } from "./alert.ts";
import { alertsOf } from "./from-journal.ts";

const DAILY = { limit: { kind: "share", value: "0.05" }, action: "pause", coolOffMs: null } as const;
const STOP_LOSS = { share: "0.05", from: "start", coolOffMs: null } as const;

function told(story: Story): readonly AlertReport[] {
  const [event, decision] = [story.events.at(-1), story.decisions.at(-1)];
  if (event === undefined || decision === undefined) throw new Error("nothing happened");
  return alertsOf(event, decision, story.state);
}

/** What is told when the mark falls to 53,900 under these guards. */
function atLoss(...guards: Parameters<typeof guarded>): readonly AlertReport[] {
  const story = guarded(...guards);
  held(story, "1");
  marked(story, "60000");
  marked(story, "53900");
  return told(story);
}

it.each<[string, Parameters<typeof guarded>]>([
  ["account-stopped", [{ dailyLoss: DAILY }]],
  ["account-stopped", [{ tiers: TIERS }]],
  ["relation-stopped", [{}, { stopLoss: { ...STOP_LOSS, action: "close" } }]],
  ["leader-to-replace", [{}, { stopLoss: { ...STOP_LOSS, action: "replace" } }]],
  ["position-stopped", [{}, { positionStop: { share: "0.1", coolOffMs: null } }]],
])("%s", (kind, guards) => {
  expect(atLoss(...guards)).toMatchObject([{ kind, follower: FOLLOWER }]);
});

it("a cut tells its level and its numbers", () => {
  const story = guarded({ tiers: TIERS });
  held(story, "1");
  marked(story, "59800");
  expect(told(story)).toMatchObject([
    { kind: "holding-cut", follower: FOLLOWER, numbers: { loss: "100", limit: "100", level: 1 } },
  ]);
});

function stated(story: Story, account: typeof LEADER, quantity: string, liquidationPrice: string): void {
  story.nowMs += 1;
  const position: PositionRow = { ...story.row(quantity), liquidationPrice };
  const kind = account === LEADER ? "leader-position-reported" : "follower-position-reported";
  story.feed({ kind, account, position, receivedAtMs: story.nowMs });
}

it("a position near its liquidation, and a leader's added margin", () => {
  const liquidation = { distance: "0.1", nearerThanLeader: "0.5", action: "warn", coolOffMs: null } as const;
  const story = guarded({ liquidation });
  held(story, "1");
  stated(story, FOLLOWER, "0.5", "54000");
  marked(story, "57000");
  expect(told(story)).toMatchObject([{ kind: "liquidation-near", follower: FOLLOWER, instrument: BTC }]);
  stated(story, LEADER, "1", "30000");
  expect(told(story)).toEqual([]);
  stated(story, LEADER, "1", "20000");
  expect(told(story)).toMatchObject([
    { kind: "leader-margin-added", leader: LEADER, numbers: { before: 30_000, now: 20_000 } },
  ]);
});

it.each([
  ["leader-replaced", AccountId("bob")],
  ["nobody-to-replace", null],
] as const)("%s", (kind, by) => {
  const story = guarded({});
  const score = by === null ? {} : { score: "1.4" };
  story.command({ kind: "replace", account: FOLLOWER, leader: LEADER, by, ...score });
  const numbers = by === null ? {} : { numbers: { by, score: "1.4" } };
  expect(told(story)).toMatchObject([{ kind, follower: FOLLOWER, leader: LEADER, ...numbers }]);
});

it("what was found of a leader's record stops its copies", () => {
  const story = guarded({});
  const detail = { finding: "decay", value: "8.1", limit: "6.2" };
  story.command({ kind: "stop", account: FOLLOWER, leader: LEADER, action: "pause", detail });
  expect(told(story)).toMatchObject([
    { kind: "leader-stopped", follower: FOLLOWER, leader: LEADER, cause: "pause", numbers: detail },
  ]);
});

it("the kill switch", () => {
  const story = guarded({});
  story.command({ kind: "panic", leader: LEADER });
  expect(told(story)).toMatchObject([{ kind: "panic", leader: LEADER }]);
});
