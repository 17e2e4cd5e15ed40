/**
 * Statements that cannot be true are refused with their reason, change nothing but that it is not known any more what is held, and
 * have the account read again.
 */
import { describe, expect, it } from "vitest";
import { BTC, FOLLOWER, LEADER, orderTexts, Story, VENUE } from "../../test/core/story.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import type { FillReport, PositionRow } from "./event.ts";
import { AccountId, InstrumentId, TradeId, VenueOrderId } from "./model/identifiers.ts";
import type { RefusalKind } from "./reason.ts";

const MINUTE_MS = 60_000;

function fill(story: Story, change: Partial<FillReport>): FillReport {
  return {
    account: LEADER,
    instrument: BTC,
    leg: "net",
    tradeId: TradeId("t"),
    venueOrderId: VenueOrderId("o"),
    side: "buy",
    quantity: "1",
    price: "60000",
    fee: "0",
    sequence: 1,
    venueTimeMs: story.nowMs,
    receivedAtMs: story.nowMs,
    ...change,
  };
}

const ETH = InstrumentId("ETHUSDT", VENUE);

const FILLS: readonly (readonly [RefusalKind, Partial<FillReport>])[] = [
  ["unknown-account", { account: AccountId("stranger") }],
  ["unknown-account", { account: FOLLOWER }],
  ["unknown-instrument", { instrument: ETH }],
  ["wrong-step", { quantity: "1.0005" }],
  ["wrong-step", { price: "60000.05" }],
  ["not-a-number", { quantity: "1e5" }],
  ["not-a-number", { quantity: "" }],
  ["not-a-number", { price: "NaN" }],
  ["impossible-size", { quantity: "0" }],
  ["impossible-size", { quantity: "-1" }],
  ["impossible-size", { quantity: "100000.001" }],
  ["price-out-of-bounds", { price: "120000.1" }],
  ["price-out-of-bounds", { price: "29999.9" }],
  ["price-out-of-bounds", { price: "0" }],
  ["stamp-in-the-future", { venueTimeMs: 1_000_000 + 10 * MINUTE_MS }],
  ["stamp-too-old", { venueTimeMs: 1_000_000 - 16 * MINUTE_MS }],
];

function unchanging(story: Story): string {
  return encodeCheckpoint(story.state)
    .replace(/"eventSequence":\d+/, "")
    .replace(/"unread":\[.*?\]\]|"unread":\[\]/, "");
}

describe("a leader's fill", () => {
  it.each(FILLS)("is refused as %s: %j", (kind, change) => {
    const story = new Story();
    const before = unchanging(story);
    const event = { kind: "leader-filled", ...fill(story, change) } as const;
    const decision = story.feed(event);
    expect(decision.refusal?.kind).toBe(kind);
    const known = event.account === LEADER || event.account === FOLLOWER;
    expect(decision.questions).toEqual(known ? [{ kind: "snapshot", account: event.account }] : []);
    expect(decision.orders).toEqual([]);
    expect(unchanging(story)).toBe(before);
    const unread = [...(story.state.leaders.get(LEADER)?.unread.keys() ?? [])];
    expect(unread).toEqual(event.account === LEADER ? [event.instrument] : []);
  });

  it.each([
    ["ahead of", 20],
    ["behind", -20],
  ])("is young or old by the venue's clock, when ours is %s it", (_title, minutes) => {
    const story = new Story({ venueAheadMs: -minutes * MINUTE_MS });
    const receivedAtServerMs = story.nowMs - minutes * MINUTE_MS;
    const young = fill(story, { venueTimeMs: receivedAtServerMs - 50 });
    const decision = story.feed({ kind: "leader-filled", ...young, receivedAtServerMs });
    expect(decision.refusal).toBeNull();
    expect(orderTexts(decision)).toEqual(["+500"]);
    const old = { ...young, tradeId: TradeId("t2"), venueTimeMs: receivedAtServerMs - 16 * MINUTE_MS };
    expect(story.feed({ kind: "leader-filled", ...old, receivedAtServerMs }).refusal).toEqual({
      kind: "stamp-too-old",
      detail: { ageMs: 16 * MINUTE_MS },
    });
  });

  it("within the bounds is folded", () => {
    const story = new Story();
    expect(story.feed({ kind: "leader-filled", ...fill(story, { price: "119999.9" }) }).refusal).toBeNull();
  });
});

const ROWS: readonly (readonly [RefusalKind, Partial<PositionRow>])[] = [
  ["unknown-instrument", { instrument: ETH }],
  ["wrong-step", { quantity: "0.00001" }],
  ["not-a-number", { quantity: "lots" }],
  ["impossible-size", { quantity: "-100000.001" }],
];

describe("a position report", () => {
  it.each(ROWS)("is refused as %s: %j", (kind, change) => {
    const story = new Story();
    const position = { ...story.row("1"), ...change };
    for (const [event, account] of [
      ["leader-position-reported", LEADER],
      ["follower-position-reported", FOLLOWER],
    ] as const) {
      expect(story.feed({ kind: event, account, position, receivedAtMs: story.nowMs }).refusal?.kind).toBe(
        kind,
      );
    }
  });
});

describe("a follower's fill", () => {
  it("is booked however late it is learned and whatever its price: the money has moved", () => {
    const story = new Story();
    const late = fill(story, { account: FOLLOWER, venueTimeMs: story.nowMs - 60 * MINUTE_MS, price: "1" });
    expect(story.feed({ kind: "follower-filled", ...late }).refusal).toBeNull();
  });
});

describe("a snapshot", () => {
  it("leaves out a row that cannot be true and keeps the rest", () => {
    const story = new Story();
    const bad = { ...story.row("100001"), leg: "long" as const };
    story.leaderSnapshot([bad, story.row("1")]);
    const holdings = story.state.leaders.get(LEADER)?.holdings.get(BTC);
    expect([holdings?.get("net")?.lots, holdings?.get("long")?.lots ?? 0]).toEqual([1_000, 0]);
  });
});
