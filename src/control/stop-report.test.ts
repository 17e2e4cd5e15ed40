/** A status says what is stopped, by which setting, at which numbers, and until when. */
import { expect, it } from "vitest";
import { guarded, held, marked, TIERS } from "../../test/core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, type Story } from "../../test/core/story.ts";
import { type StatusFacts, statusOf } from "./queries.ts";

function statusAt(story: Story) {
  const facts: StatusFacts = {
    engine: { running: true, asOf: story.nowMs },
    mode: null,
    limits: [],
    settings: [],
    problems: [],
    watchdogs: [],
    configuration: null,
    followers: [FOLLOWER],
    leaders: [LEADER],
  };
  return statusOf(story.state, facts).followers[0];
}

it("of an account that a limit paused", () => {
  const limit = { kind: "share", value: "0.05" } as const;
  const story = guarded({ dailyLoss: { limit, action: "pause", coolOffMs: null } });
  held(story, "1");
  expect(statusAt(story)).not.toHaveProperty("stops");
  marked(story, "59000");
  const text = "paused by max_daily_loss (loss 500, limit 500), until released";
  expect(statusAt(story)).toMatchObject({ state: "paused", reason: text, stops: [{ text, until: null }] });
});

it("of copies that a finding about their leader paused", () => {
  const story = guarded({});
  held(story, "1");
  const detail = { finding: "decay", value: "8.1", limit: "6.2", sinceDay: "2026-01-02" };
  story.command({ kind: "stop", account: FOLLOWER, leader: LEADER, action: "pause", detail });
  expect(statusAt(story)?.stops?.map(({ text }) => text)).toEqual([
    "the copies of leader paused by traders.monitoring (finding decay, value 8.1, limit 6.2), until released",
  ]);
});

it("of a cut, a closed relation with its end, and the kill switch", () => {
  const stopLoss = { share: "0.01", from: "start", action: "close", coolOffMs: 60_000 } as const;
  const story = guarded({ tiers: TIERS }, { stopLoss });
  held(story, "1");
  marked(story, "60000");
  story.fill(onlyOrder(marked(story, "59800")), "0.5", "0");
  story.command({ kind: "panic", leader: LEADER });
  const until = new Date(story.nowMs + 59_999).toISOString();
  expect(statusAt(story)?.stops?.map(({ text }) => text)).toEqual([
    "cut by sl_loss_tiers_usd (loss 100, limit 100), until released",
    `the copies of leader closed by stop_loss (loss 100, limit 100), until ${until}`,
    "the copies of leader closed by the kill switch, until resume or release",
  ]);
});
