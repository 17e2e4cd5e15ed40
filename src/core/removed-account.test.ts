/** An account that the configuration does not name any more: nobody answers for it, so nothing is asked or sent there. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, onlyOrder, orderTexts, Story } from "../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { Decision } from "./decision.ts";
import type { Settings } from "./settings.ts";

function restarted(story: Story, settings: Settings): Decision {
  story.nowMs += 10_000;
  story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
  return story.configure(settings);
}

/** An order of unknown fate beside 0.5 owned, then a run without the account. */
function removed() {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  const open = onlyOrder(story.leaderFill("buy", "1"));
  story.unknown(open);
  const before = story.settings;
  const accounts = before.accounts.filter(({ account }) => account !== FOLLOWER);
  return { story, open, before, decision: restarted(story, { ...before, accounts, allocations: [] }) };
}

describe("an account that was removed from the configuration", () => {
  it("has its open orders left alone, which is said once", () => {
    const { story, decision } = removed();
    expect(decision.denials).toMatchObject([
      { reason: "account-removed", detail: { openOrders: 1, ownedLots: 500 }, changes: [] },
    ]);
    const later = [...story.wait(120_000), story.leaderSnapshot([story.row("2")]), ...story.wait(60_000)];
    expect([decision, ...later].flatMap(({ questions }) => questions)).toEqual([]);
    expect(later.flatMap(({ denials }) => denials)).toEqual([]);
    expect(later.flatMap(orderTexts)).toEqual([]);
    expect(story.state.agenda.size).toBe(0);
    expect(story.leg().market.lastReason).toBe("account-removed");
  });

  it("keeps that over a checkpoint and a further run", () => {
    const { story } = removed();
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    const again = restarted(story, story.settings);
    expect(again.denials).toEqual([]);
    expect([again, ...story.wait(60_000)].flatMap(({ questions }) => questions)).toEqual([]);
  });

  it("has them looked up when it comes back, and is copied again", () => {
    const { story, open, before } = removed();
    const back = restarted(story, before);
    expect(back.questions).toMatchObject([{ kind: "look-up", account: FOLLOWER }]);
    expect(story.leg().market.lastReason).toBeNull();
    story.leaderSnapshot([story.row("2")]);
    story.followerSnapshot([story.row("0.5")]);
    expect(orderTexts(story.report(open, "0"))).toEqual([]);
    expect(orderTexts(story.waitForOrder(5_000))).toEqual(["+500"]);
  });
});
