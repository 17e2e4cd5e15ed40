/** The owner's own limits: asked about the order that would go, last, and about nothing else. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { decide, refold } from "../decide.ts";
import { decodeDecision, encodeDecision, ownCodeAsRecorded } from "../decision-codec.ts";
import { NO_OWN_CODE } from "../own-code.ts";
import { emptyState } from "../state.ts";
import type { AskedIncrease, LimitVerdict, OwnLimits } from "./extension-limit.ts";

const AGAINST: LimitVerdict = {
  limit: "mine",
  failed: false,
  room: 0,
  givesUp: false,
  detail: { share: 0.3 },
};

const leaving =
  (room: number): OwnLimits =>
  () => ({ ...AGAINST, room });

describe("limits of the owner's own", () => {
  it("are asked about the very order that would go, and for whom", () => {
    const asked: AskedIncrease[] = [];
    const story = new Story({
      ownLimits: (_state, increase) => {
        asked.push(increase);
        return null;
      },
    });
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+500"]);
    expect(asked.map(({ lots, leaders, leg }) => [lots, leaders, leg.leg])).toEqual([[500, [LEADER], "net"]]);
  });

  it("deny with their name and numbers, and nothing is left waiting", () => {
    const story = new Story({ ownLimits: leaving(0) });
    const decision = story.leaderFill("buy", "1");
    expect(orderTexts(decision)).toEqual([]);
    expect(decision.denials).toMatchObject([
      { reason: "extension-denied", detail: { extension: "mine", share: 0.3 }, changes: [{}] },
    ]);
  });

  it("make an order smaller, in whole steps, and the rest is denied once that is held", () => {
    let room = 200;
    const story = new Story({ ownLimits: () => ({ ...AGAINST, room }) });
    const order = onlyOrder(story.leaderFill("buy", "1"));
    expect(order.lots).toBe(200);
    room = 0;
    const after = story.fill(order, "0.2", "0.2");
    expect(orderTexts(after)).toEqual([]);
    expect(story.decisions.flatMap(reasonsOf)).toEqual(["extension-denied"]);
  });

  it("can make no order larger", () => {
    expect(orderTexts(new Story({ ownLimits: leaving(9_999) }).leaderFill("buy", "1"))).toEqual(["+500"]);
  });

  it("send nothing that the venue would not take", () => {
    const story = new Story({ ownLimits: leaving(9), instrument: { minQuantity: "0.01" } });
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["extension-denied"]);
  });

  it("are not asked about a reduction", () => {
    let verdict: LimitVerdict | null = null;
    const story = new Story({ ownLimits: () => verdict });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    verdict = AGAINST;
    const asked = () => {
      throw new Error("a reduction was asked about");
    };
    const state = decodeCheckpoint(encodeCheckpoint(story.state));
    const decision = story.leaderFill("sell", "0.4");
    expect(orderTexts(decision)).toEqual(["-200 reduce"]);
    const event = story.events.at(-1);
    if (event === undefined) throw new Error("no event");
    expect(orderTexts(decide(state, event, { ...NO_OWN_CODE, limits: asked }))).toEqual(["-200 reduce"]);
  });

  it("ask again with the next snapshot, and have what is given up stay so", () => {
    let verdict: LimitVerdict | null = AGAINST;
    const again = new Story({ ownLimits: () => verdict });
    again.leaderFill("buy", "1");
    verdict = null;
    expect(orderTexts(again.followerSnapshot([]))).toEqual(["+500"]);

    verdict = { ...AGAINST, givesUp: true };
    const never = new Story({ ownLimits: () => verdict });
    never.leaderFill("buy", "1");
    verdict = null;
    expect(orderTexts(never.followerSnapshot([]))).toEqual([]);
    never.command({ kind: "release", account: FOLLOWER });
    expect(never.decisions.flatMap(orderTexts)).toEqual(["+500"]);
  });

  it("keep one copy's growth, and another's reduction goes on", () => {
    let verdict: LimitVerdict | null = null;
    const two = new TwoLeaders({ ownLimits: () => verdict });
    two.filled(two.first("buy", "1"), "1");
    verdict = AGAINST;
    expect(reasonsOf(two.second("buy", "2"))).toEqual(["extension-denied"]);
    expect(orderTexts(two.first("sell", "0.5"))).toEqual(["-500 reduce"]);
  });

  it("are recorded: recovery asks nobody, and deciding again gives the same, byte for byte", () => {
    const story = new Story({ ownLimits: leaving(200) });
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.fill(order, "0.2", "0.2");
    const [recovered, decidedAgain] = [emptyState(), emptyState()];
    const texts = recordOf(story);
    for (const [place, event] of story.events.entries()) {
      const text = texts[place] ?? "";
      refold(recovered, event, (state) => decodeDecision(state, text));
      const again = decide(decidedAgain, event, ownCodeAsRecorded(text));
      expect(encodeDecision(decidedAgain, again)).toBe(text);
    }
    expect(encodeCheckpoint(recovered)).toBe(encodeCheckpoint(story.state));
    expect(texts.filter((text) => text.includes('"v":')).length).toBeGreaterThan(0);
  });
});

/** Each decision as it would have been journaled at its time. */
function recordOf({ events }: Story): string[] {
  const state = emptyState();
  return events.map((event) =>
    encodeDecision(state, decide(state, event, { ...NO_OWN_CODE, limits: leaving(200) })),
  );
}
