/** A preview tells what the core would do, step by step, and leaves the state as it is. */
import { expect, it } from "vitest";
import { Mirrored } from "../../test/core/mirrored.ts";
import { FOLLOWER, onlyOrder, Story, type StoryOptions } from "../../test/core/story.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import type { Event } from "./event.ts";
import { restText } from "./order.ts";
import { NO_OWN_CODE } from "./own-code.ts";
import { type Preview, preview } from "./preview.ts";

const FOLLOWERS = new Set([FOLLOWER]);

/** What the command would lead to; the state must not change by asking, and deciding later must do the same. */
function foreseen(story: Story, event: Event): Preview {
  const before = encodeCheckpoint(story.state);
  const found = preview(story.state, FOLLOWERS, [event]);
  expect(encodeCheckpoint(story.state)).toBe(before);
  return found;
}

function texts({ orders }: Preview): string[] {
  return orders.map(({ order }) => `${order.lots}${order.reduceOnly ? " reduce" : ""}`);
}

function holding(options: StoryOptions = {}): Story {
  const story = new Story(options);
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

it("foresees a close", () => {
  const story = holding();
  const command = { kind: "close", account: FOLLOWER } as const;
  const found = foreseen(story, { kind: "command-issued", command, atMs: story.nowMs });
  expect(texts(found)).toEqual(["-500 reduce"]);
  expect(found.denials.map(({ reason }) => reason)).toEqual(["waived"]);
  expect(story.command(command).orders.map(({ order }) => order.lots)).toEqual([-500]);
});

it("foresees both steps of a turn", () => {
  const story = holding();
  const settings = {
    ...story.settings,
    allocations: story.settings.allocations.map((one) => ({ ...one, inverse: true })),
  };
  const found = foreseen(story, { kind: "settings-changed", settings, atMs: story.nowMs });
  expect(texts(found)).toEqual(["-500 reduce", "-500"]);
});

it("asks what a venue would be asked, and goes on with the usual answers", () => {
  const story = new Story({ leverage: "50" });
  const { allocations } = story.settings;
  story.configure({ ...story.settings, allocations: [] });
  story.leaderFill("buy", "1");
  const settings = { ...story.settings, allocations };
  const found = foreseen(story, { kind: "settings-changed", settings, atMs: story.nowMs });
  expect(texts(found)).toEqual(["500"]);
});

it("names what would be denied, with its numbers, also where that was said before", () => {
  const story = holding({ instrument: { minNotional: "25000" } });
  story.leaderFill("buy", "0.2");
  const command = { kind: "resume", account: FOLLOWER } as const;
  const found = foreseen(story, { kind: "command-issued", command, atMs: story.nowMs });
  expect(texts(found)).toEqual([]);
  expect(found.denials).toMatchObject([{ reason: "below-minimum-notional", detail: { lots: 100 } }]);
});

it("says what would wait for approval", () => {
  const story = new Story({ allocation: { autoCopy: false } });
  story.command({ kind: "pause", account: FOLLOWER });
  story.leaderFill("buy", "1");
  const command = { kind: "resume", account: FOLLOWER } as const;
  const found = foreseen(story, { kind: "command-issued", command, atMs: story.nowMs });
  expect(texts(found)).toEqual([]);
  expect(found.proposals.map(({ lots }) => lots)).toEqual([500]);
});

it("asks the owner's own limits, too", () => {
  const story = new Story();
  story.command({ kind: "pause", account: FOLLOWER });
  story.leaderFill("buy", "1");
  const command = { kind: "resume", account: FOLLOWER } as const;
  const event = { kind: "command-issued", command, atMs: story.nowMs } as const;
  const verdict = { limit: "quarter", failed: false, room: 250, givesUp: true, detail: {} };
  const own = { ...NO_OWN_CODE, limits: () => verdict };
  const found = preview(story.state, FOLLOWERS, [event], own);
  expect(texts(found)[0]).toBe("250");
});

it("foresees stops that rest, and does not take them for filled", () => {
  const mirrored = new Mirrored({ allocation: { copyStops: false } });
  const { story } = mirrored;
  mirrored.trade("buy", "0.020");
  mirrored.list([{ trigger: "55000", whole: true }]);
  const allocations = story.settings.allocations.map((one) => ({ ...one, copyStops: true }));
  const settings = { ...story.settings, allocations };
  const found = foreseen(story, { kind: "settings-changed", settings, atMs: story.nowMs });
  expect(texts(found)).toEqual(["-10 reduce"]);
  expect(found.orders.map(({ order }) => restText(order.form, String))).toEqual([
    "when the last price falls to 550000",
  ]);
  expect(found.denials).toEqual([]);
});

it("foresees a reduction beside a stop, which shrinks first", () => {
  const mirrored = new Mirrored();
  const { story } = mirrored;
  mirrored.trade("buy", "0.020");
  mirrored.exit({ trigger: "55000", whole: true });
  const sizing = { kind: "multiplier", multiplier: "0.25" } as const;
  const allocations = story.settings.allocations.map((one) => ({ ...one, sizing }));
  const settings = { ...story.settings, allocations };
  const found = foreseen(story, { kind: "settings-changed", settings, atMs: story.nowMs });
  expect(texts(found)).toEqual(["-5 reduce"]);
});
