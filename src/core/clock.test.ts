/** A machine whose clock was wrong in the last run: nothing waits for a time that comes only in ten minutes. */
import { describe, expect, it } from "vitest";
import { onlyOrder, orderTexts, Story } from "../../test/core/story.ts";

const WRONG_MS = 600_000;

/** The clock stood ten minutes too late, and is right again at the restart. */
function setBack(story: Story): Story {
  story.nowMs -= WRONG_MS;
  story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
  story.configure(story.settings);
  return story;
}

describe("a run that begins before the last one ended", () => {
  it("takes fresh snapshots for fresh", () => {
    const story = setBack(new Story());
    story.leaderSnapshot([]);
    story.followerSnapshot([]);
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+500"]);
  });

  it("looks an order up again in good time", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    setBack(story);
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    const asked = story.wait(10_000).flatMap(({ questions }) => questions);
    expect(asked.filter(({ kind }) => kind === "look-up").length).toBeGreaterThan(1);
    story.notFound(order);
    story.nowMs += 7_000;
    expect(orderTexts(story.notFound(order))).toEqual(["+500"]);
  });

  it("shortens a deliberate delay to its length", () => {
    const story = new Story({ allocation: { delayMs: 5_000 } });
    story.leaderFill("buy", "1");
    setBack(story);
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    expect(orderTexts(story.waitForOrder(5_000))).toEqual(["+500"]);
  });
});
