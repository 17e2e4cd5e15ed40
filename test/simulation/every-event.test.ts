/** What a snapshot may be asked to settle, and what not. Each has something at the venue that nobody explains. */
import { describe, expect, it } from "vitest";
import type { EventOf, PositionRow } from "../../src/core/event.ts";
import { Lots } from "../../src/core/model/amounts.ts";
import { FOLLOWER, onlyOrder, Story } from "../core/story.ts";
import { everyEventBreaches } from "./every-event.ts";

const LONG_MS = 40_000;
const DIFFERS = [expect.stringMatching(/^follower BTCUSDT@sim net: differs since \d+, asked again at \d+$/u)];

/** Ours is 0.5 and the venue shows less or more: `shows`. */
function differing(shows: string): Story {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  story.followerHolds(shows);
  return story;
}

/** Judged after an answer that left the state as it is. */
function judged(story: Story, row: PositionRow, requestedAtMs: number): readonly string[] {
  const snapshot: EventOf<"follower-snapshot-taken"> = {
    kind: "follower-snapshot-taken",
    account: FOLLOWER,
    positions: [row],
    orders: [],
    equity: { equity: "10000", available: "10000" },
    serverTimeMs: story.nowMs,
    requestedAtMs,
    receivedAtMs: story.nowMs,
  };
  return everyEventBreaches(snapshot, story.state);
}

describe("a difference that a snapshot of long after leaves open", () => {
  it("is a breach", () => {
    const story = differing("0.8");
    story.nowMs += LONG_MS;
    expect(judged(story, story.row("0.8"), story.nowMs)).toEqual(DIFFERS);
  });

  it("is none where the venue has told of the position since", () => {
    const story = differing("0.9");
    const before = story.row("0.9");
    story.followerHolds("0.8");
    story.nowMs += LONG_MS;
    expect(judged(story, before, story.nowMs)).toEqual([]);
    expect(judged(story, story.row("0.8"), story.nowMs)).toEqual(DIFFERS);
  });

  it("is none where the ledger has what an order did by its report alone, and that ended after the snapshot was asked for", () => {
    const story = differing("0.2");
    const order = onlyOrder(story.leaderFill("sell", "0.2"));
    story.nowMs += LONG_MS;
    const requestedAtMs = story.nowMs;
    story.report(order, "0.1");
    expect(story.leg().working.get(order.clientOrderId)).toMatchObject({ status: "closed", tradedLots: 0 });
    expect(judged(story, story.row("0.2"), requestedAtMs)).toEqual([]);
    story.nowMs += 1_000;
    expect(judged(story, story.row("0.2"), story.nowMs)).toEqual(DIFFERS);
  });
});

it("breaks what leaves in doubt what executions may have closed although they are read", () => {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  story.leg().doubtedLots = Lots(1);
  expect(judged(story, story.row("0.5"), story.nowMs)).toEqual([
    "follower BTCUSDT@sim net: 1 are in doubt, and all is read",
  ]);
});
