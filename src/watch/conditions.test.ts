import { describe, expect, it } from "vitest";
import { FOLLOWER, LEADER, onlyOrder, Story } from "../../test/core/story.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { isSettled } from "../run/readiness.ts";
import { Conditions } from "./conditions.ts";
import { Watchdogs } from "./watchdogs.ts";

const options = { connectionDownAfterMs: 30_000, parityAfterMs: 60_000, isSettled };

/** Both accounts are connected; what is told while time passes second by second, with a snapshot every 15 s. */
function watched() {
  const story = new Story();
  const conditions = new Conditions(options, story.nowMs);
  const watchdogs = new Watchdogs();
  const holds = { leader: "0", follower: "0" };
  const connection = (account: AccountId, state: "up" | "down") => {
    const event = { kind: "connection-changed", account, state, cause: "reset", atMs: story.nowMs } as const;
    story.feed(event);
    return conditions.note(event, story.state);
  };
  const rows = (quantity: string) => (quantity === "0" ? [] : [story.row(quantity)]);
  const seconds = (count: number, ...unconfirmed: readonly AccountId[]) => {
    const told: string[] = [];
    for (let second = 0; second < count; second += 1) {
      story.nowMs += 999;
      if (second % 15 === 0 && !unconfirmed.includes(LEADER)) story.leaderSnapshot(rows(holds.leader));
      if (second % 15 === 0 && !unconfirmed.includes(FOLLOWER)) story.followerSnapshot(rows(holds.follower));
      const readings = conditions.readings(story.state, story.nowMs);
      for (const { kind, leader, follower, numbers } of watchdogs.take(readings, story.nowMs)) {
        told.push(`${kind} ${leader ?? follower} ${numbers?.seconds}`);
      }
    }
    return told;
  };
  connection(LEADER, "up");
  connection(FOLLOWER, "up");
  return { story, holds, connection, seconds };
}

describe("what lasts", () => {
  it("is nothing while all is well", () => {
    expect(watched().seconds(600)).toEqual([]);
  });

  it("is a connection that stays down, told once, and its return", () => {
    const { connection, seconds } = watched();
    connection(FOLLOWER, "down");
    expect(seconds(30)).toEqual([]);
    expect(seconds(200)).toEqual([expect.stringMatching(/^connection-down follower 3[0-2]$/)]);
    connection(FOLLOWER, "up");
    expect(seconds(5)).toEqual([expect.stringMatching(/^connection-restored follower 2[23]\d$/)]);
    connection(LEADER, "down");
    expect(seconds(20)).toEqual([]);
    connection(LEADER, "up");
    expect(seconds(60)).toEqual([]);
  });

  it("is a connection that is lost five times within ten minutes, however short", () => {
    const { connection, seconds } = watched();
    const losses = Array.from({ length: 6 }, () => {
      seconds(20);
      const told = connection(LEADER, "down");
      connection(LEADER, "up");
      return told.map(({ kind }) => kind);
    });
    expect(losses).toEqual([[], [], [], [], ["connection-unstable"], ["connection-unstable"]]);
    seconds(600);
    expect(connection(LEADER, "down")).toEqual([]);
  });

  it("is a leader or a follower whose state nobody confirms for longer than it may be used", () => {
    const { seconds } = watched();
    const unconfirmed = seconds(100, LEADER, FOLLOWER);
    expect(unconfirmed).toEqual([
      expect.stringMatching(/^leader-stale leader 6[01]$/),
      expect.stringMatching(/^follower-stale follower 6[01]$/),
    ]);
    expect(seconds(2, LEADER)).toEqual([expect.stringMatching(/^follower-confirmed follower /)]);
    expect(seconds(2)).toEqual([expect.stringMatching(/^leader-confirmed leader /)]);
  });

  it("is a follower that does not reach its target, and its arrival there", () => {
    const { story, holds, seconds } = watched();
    holds.leader = "1";
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.unknown(order);
    expect(seconds(58)).toEqual([]);
    expect(seconds(30)).toEqual([expect.stringMatching(/^parity-missed follower 6[01]$/)]);
    holds.follower = "0.5";
    story.fill(order, "0.5", "0.5");
    expect(seconds(10)).toEqual([expect.stringMatching(/^parity-reached follower /)]);
  });

  it("is nothing that nobody expects of a halted or paused follower", () => {
    const { story, holds, connection, seconds } = watched();
    holds.leader = "1";
    story.unknown(onlyOrder(story.leaderFill("buy", "1")));
    seconds(30);
    story.command({ kind: "pause" });
    expect(seconds(120)).toEqual([]);
    story.feed({ kind: "account-refused", account: FOLLOWER, cause: "revoked", atMs: story.nowMs });
    connection(FOLLOWER, "down");
    expect(seconds(200, FOLLOWER)).toEqual([]);
  });
});
