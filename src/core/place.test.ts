/** A nickname that means another account than before: nothing that was owned is taken for owned there. */
import { describe, expect, it } from "vitest";
import {
  BTC_SPEC,
  FOLLOWER,
  LEADER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  VENUE,
} from "../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { VenueId } from "./model/identifiers.ts";
import type { AccountSettings } from "./settings.ts";

const OTHER = VenueId("other");
const leader: AccountSettings = { account: LEADER, venue: VENUE, role: "leader" };
const follower: AccountSettings = { account: FOLLOWER, venue: VENUE, role: "follower" };

/** A first run in which the follower holds 0.5 of the leader's 1. */
function firstRun(accounts: readonly AccountSettings[]): Story {
  const story = new Story();
  story.configure({ ...story.settings, accounts });
  story.leaderSnapshot([]);
  story.followerSnapshot([]);
  story.describe("one-way");
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

function restarted(story: Story, accounts: readonly AccountSettings[]): Story {
  story.nowMs += 60_000;
  story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
  const elsewhere = { ...BTC_SPEC, venue: OTHER };
  story.feed({ kind: "instruments-listed", instruments: [elsewhere], atMs: story.nowMs });
  story.configure({ ...story.settings, accounts });
  return story;
}

describe("a paper follower that turns live in the same data folder", () => {
  const live = () => restarted(firstRun([leader, { ...follower, paper: true }]), [leader, follower]);

  it("leaves a position of the owner's alone, when the leader closes too", () => {
    const story = live();
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([story.row("0.7")]);
    const described = story.describe("one-way");
    expect(orderTexts(described)).toEqual([]);
    expect(reasonsOf(described)).toEqual(["foreign-position"]);
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual([]);
    expect(story.leg()).toMatchObject({ ownedLots: 0, foreignLots: 700 });
  });

  it("copies what the leader holds anew when the real account is flat", () => {
    const story = live();
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    expect(orderTexts(story.describe("one-way"))).toEqual(["+500"]);
  });

  it("does not mistake an order of the paper run for one in flight", () => {
    const story = firstRun([leader, { ...follower, paper: true }]);
    story.leaderFill("buy", "1");
    restarted(story, [leader, follower]);
    story.leaderSnapshot([story.row("2")]);
    expect(story.followerSnapshot([]).questions).toMatchObject([{ kind: "describe-market" }]);
    expect(orderTexts(story.describe("one-way"))).toEqual(["+1000"]);
  });
});

describe("an account that moves to another venue", () => {
  it("has nothing sent there for what it held before, and nothing twice", () => {
    const story = firstRun([leader, follower]);
    restarted(story, [leader, { ...follower, venue: OTHER }]);
    const decisions = [
      story.leaderSnapshot([story.row("1")]),
      story.followerSnapshot([]),
      story.leaderFill("sell", "1"),
      ...story.wait(30_000),
    ];
    expect(decisions.flatMap(orderTexts)).toEqual([]);
  });

  it("as a leader holds nothing until its new venue says so", () => {
    const story = firstRun([leader, follower]);
    const ended = restarted(story, [{ ...leader, venue: OTHER }, follower]);
    ended.leaderSnapshot([]);
    const closed = ended.followerSnapshot([ended.row("0.5")]);
    expect(orderTexts(closed)).toEqual(["-500 reduce"]);
  });
});

describe("an account that stays", () => {
  it("keeps what it owns over restarts, checkpoints and changes of others", () => {
    const story = firstRun([leader, follower]);
    restarted(story, [leader, follower]);
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([story.row("0.5")]);
    expect(story.leg().ownedLots).toBe(500);
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual(["-500 reduce"]);
  });
});
