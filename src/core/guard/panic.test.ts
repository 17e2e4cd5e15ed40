/** The kill switch in the core: what it closes, and that nothing is bought before resume or release (pain 34). */
import { describe, expect, it } from "vitest";
import { held } from "../../../test/core/guarded.ts";
import { BTC, FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import { SECOND, TwoLeaders } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";

describe("panic", () => {
  it("closes what is ours and leaves what is the owner's", () => {
    const story = new Story({ followerHolds: [] });
    held(story, "1");
    story.followerHolds("0.8");
    expect(orderTexts(story.command({ kind: "panic" }))).toEqual(["-500 reduce"]);
  });

  it("buys nothing after it, whatever happens, restarts included", () => {
    const story = new Story();
    held(story, "1");
    story.fill(onlyOrder(story.command({ kind: "panic", account: FOLLOWER })), "0.5", "0");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["stopped"]);
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    story.configure(story.settings);
    story.leaderSnapshot([story.row("2")]);
    expect(orderTexts(story.followerSnapshot([]))).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "4"))).toEqual([]);
  });

  it("is ended by resume, which buys nothing back and copies what is new", () => {
    const story = new Story();
    held(story, "1");
    story.fill(onlyOrder(story.command({ kind: "panic", account: FOLLOWER })), "0.5", "0");
    expect(orderTexts(story.command({ kind: "resume", account: FOLLOWER }))).toEqual([]);
    expect(orderTexts(story.leaderFill("buy", "0.2"))).toEqual(["+100"]);
  });

  it("is ended by release, which wants everything back", () => {
    const story = new Story();
    held(story, "1");
    story.fill(onlyOrder(story.command({ kind: "panic", account: FOLLOWER })), "0.5", "0");
    expect(orderTexts(story.command({ kind: "release", account: FOLLOWER }))).toEqual(["+500"]);
  });

  it("of one leader leaves the other's copies as they are", () => {
    const two = new TwoLeaders();
    two.filled(two.first("buy", "0.5"), "0.5");
    two.filled(two.second("buy", "0.2"), "0.7");
    const closing = two.story.command({ kind: "panic", leader: LEADER });
    expect(orderTexts(closing)).toEqual(["-500 reduce"]);
    two.filled(closing, "0.2");
    expect(two.held()).toEqual([0, 200]);
    expect(two.story.state.followers.get(FOLLOWER)?.stops.map(({ leader }) => leader)).toEqual([LEADER]);
    expect(orderTexts(two.second("buy", "0.1"))).toEqual(["+100"]);
    expect(two.story.command({ kind: "panic", leader: SECOND }).orders).toEqual([]);
  });

  it("waits for the account's first snapshot, and closes then", () => {
    const story = new Story();
    held(story, "1");
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    expect(orderTexts(story.command({ kind: "panic" }))).toEqual([]);
    expect(orderTexts(story.followerSnapshot([story.row("0.5")]))).toEqual(["-500 reduce"]);
  });

  it("covers an instrument that nobody had traded when it was pulled", () => {
    const story = new Story({ bare: true });
    story.leaderSnapshot([]);
    story.followerSnapshot([]);
    story.command({ kind: "panic" });
    story.price("60000");
    story.leaderFill("buy", "1");
    expect(orderTexts(story.describe("one-way"))).toEqual([]);
    expect(story.state.followers.get(FOLLOWER)?.markets.get(BTC)?.lastReason).toBe("stopped");
  });

  it("reads back from a checkpoint as it was", () => {
    const story = new Story();
    held(story, "1");
    story.command({ kind: "panic" });
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
  });
});
