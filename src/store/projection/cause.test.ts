/** Why an order was decided on: what a journal says of orders that answer no leader's change. */
import { expect, it } from "vitest";
import { guarded, held, marked, TIERS, tick } from "../../../test/core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, Story } from "../../../test/core/story.ts";
import type { Decision } from "../../core/decision.ts";
import type { Event } from "../../core/event.ts";
import { causeOf } from "./cause.ts";

const ticked: Event = { kind: "clock-ticked", atMs: 0 };

function causes(story: Story, decision: Decision, event: Event = ticked): string[] {
  return decision.orders.map((planned) => causeOf(planned, event, story.state));
}

function holding(): Story {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

function issued(command: Extract<Event, { readonly kind: "command-issued" }>["command"]): Event {
  return { kind: "command-issued", command, atMs: 0 };
}

it("nothing but the leader", () => {
  const story = new Story();
  expect(causes(story, story.leaderFill("buy", "1"))).toEqual([""]);
  const other = holding();
  expect(causes(other, other.leaderFill("sell", "0.5"))).toEqual([""]);
});

it("the owner's close, also of the order that finishes it", () => {
  const story = holding();
  const close = { kind: "close", account: FOLLOWER } as const;
  const first = story.command(close);
  expect(causes(story, first, issued(close))).toEqual(["close-command"]);
  const after = story.fill(onlyOrder(first), "0.2", "0.3");
  const rest = after.orders.length > 0 ? after : story.wait(31_000).find(({ orders }) => orders.length > 0);
  expect(rest && causes(story, rest)).toEqual(["close-command"]);
});

it("the kill switch, of all or of one leader", () => {
  const [all, one] = [holding(), holding()];
  const panic = { kind: "panic" } as const;
  expect(causes(all, all.command(panic), issued(panic))).toEqual(["panic"]);
  const ofLeader = { kind: "panic", leader: LEADER } as const;
  expect(causes(one, one.command(ofLeader), issued(ofLeader))).toEqual(["panic"]);
});

it("a guard that cut", () => {
  const story = guarded({ tiers: TIERS });
  held(story, "1");
  marked(story, "60000");
  expect(causes(story, marked(story, "59800"))).toEqual(["loss-tier"]);
  const relation = { share: "0.01", from: "start", action: "close", coolOffMs: null } as const;
  const other = guarded({}, { stopLoss: relation });
  held(other, "1");
  tick(other);
  expect(causes(other, marked(other, "59800"))).toEqual(["stop-loss"]);
});

it("the end of a relation, and a resume", () => {
  const ended = holding();
  const settings = { ...ended.settings, allocations: [] };
  const decision = ended.configure(settings);
  expect(causes(ended, decision, { kind: "settings-changed", settings, atMs: 0 })).toEqual(["uncopy"]);
  const paused = new Story();
  paused.command({ kind: "pause" });
  paused.leaderFill("buy", "1");
  const resume = { kind: "resume" } as const;
  expect(causes(paused, paused.command(resume), issued(resume))).toEqual(["resume"]);
});
