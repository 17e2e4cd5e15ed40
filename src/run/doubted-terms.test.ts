import { expect, test } from "vitest";
import { BTC_SPEC, onlyOrder, Story } from "../../test/core/story.ts";
import type { Decision } from "../core/decision.ts";
import type { Event, RejectionClass } from "../core/event.ts";
import type { ApprovedOrder } from "../core/order.ts";
import { doubtedTerms } from "./doubted-terms.ts";

function symbols(event: Event, decision: Decision, story: Story): string[] {
  return [...doubtedTerms(event, decision, story.state)].map(({ spec }) => spec.symbol);
}

function rejected(order: ApprovedOrder, kind: RejectionClass): Event {
  const { account, clientOrderId } = order;
  const rejection = { class: kind, code: 10001, text: "Qty invalid" };
  return { kind: "order-rejected", account, clientOrderId, rejection, atMs: 0 };
}

test.each<[RejectionClass, string[]]>([
  ["bad-request", ["BTCUSDT"]],
  ["below-minimum", ["BTCUSDT"]],
  ["above-maximum", ["BTCUSDT"]],
  ["market-closed", ["BTCUSDT"]],
  ["insufficient-margin", []],
  ["rate-limited", []],
  ["position-mode-mismatch", []],
])("a refusal as %s puts in doubt %j", (kind, doubted) => {
  const story = new Story();
  const order = onlyOrder(story.leaderFill("buy", "1"));
  expect(symbols(rejected(order, kind), story.reject(order, kind), story)).toEqual(doubted);
});

test("our own denial of what is listed as not trading puts the listing in doubt", () => {
  const story = new Story();
  const event = {
    kind: "instruments-listed",
    instruments: [{ ...BTC_SPEC, status: "closed" }],
    atMs: 1,
  } as const;
  story.feed(event);
  expect(symbols(event, story.leaderFill("buy", "1"), story)).toEqual(["BTCUSDT"]);
});
