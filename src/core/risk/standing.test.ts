/** What rests to add to a position, once a limit is passed without an order: it is taken back, and nothing but reductions follows. */
import { describe, expect, it } from "vitest";
import { Pending } from "../../../test/core/pending.ts";
import { FOLLOWER, onlyOrder, orderTexts, Story } from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import type { Decision } from "../decision.ts";
import type { ApprovedOrder } from "../order.ts";
import { NO_LIMITS, type RiskLimits } from "../risk-settings.ts";
import type { Settings } from "../settings.ts";

const RESTS = { slippageBpsMax: "10", onRunaway: "rest", restMs: 300_000 } as const;
const upTo = (share: string) => ({ share, measure: "gross" as const });

function under(settings: Settings, limits: Partial<RiskLimits>): Settings {
  const own = { ...NO_LIMITS, ...limits };
  const accounts = settings.accounts.map((one) => (one.account === FOLLOWER ? { ...one, limits: own } : one));
  return { ...settings, accounts };
}

/** 10,000 USDT, and an entry of half a coin that rests at 60,000. */
function resting(limits: Partial<RiskLimits>): { readonly story: Story; readonly order: ApprovedOrder } {
  const story = new Story({ allocation: RESTS });
  story.configure(under(story.settings, limits));
  story.price("60100");
  const order = onlyOrder(story.leaderFill("buy", "1"));
  story.accept(order);
  expect([order.purpose, order.lots]).toEqual(["entry-rest", 500]);
  return { story, order };
}

const cancelled = ({ cancels }: Decision) => cancels.map(({ clientOrderId }) => clientOrderId);

describe("an entry that rests is taken back", () => {
  it.each([
    ["of all positions", { portfolioExposure: upTo("2") }],
    ["of an instrument", { symbolExposure: upTo("2") }],
    ["of a leader", { traderExposure: upTo("2") }],
    ["of leverage", { portfolioLeverage: "2" }],
    ["of what stays free", { freeMarginReserve: "0.8" }],
  ] as const)("with a lowered limit %s", (_name, limits) => {
    const { story, order } = resting({ portfolioExposure: upTo("4") });
    expect(cancelled(story.configure(under(story.settings, limits)))).toEqual([order.clientOrderId]);
  });

  it("with a withdrawal, and comes back as large as still fits", () => {
    const { story, order } = resting({ portfolioExposure: upTo("4") });
    expect(cancelled(story.equity(FOLLOWER, "5000"))).toEqual([order.clientOrderId]);
    const gone = story.orderRow(order, "0", "cancelled");
    const again = story.feed({ kind: "order-reported", account: FOLLOWER, order: gone, atMs: story.nowMs });
    expect(orderTexts(again)).toEqual(["+332"]);
  });

  it("by a price that takes it more than a twentieth past the limit, and not before", () => {
    const { story, order } = resting({ portfolioExposure: upTo("4") });
    expect(cancelled(story.price("84000"))).toEqual([]);
    expect(cancelled(story.price("84100"))).toEqual([order.clientOrderId]);
  });
});

it("what makes the account's position smaller goes on resting", () => {
  const two = new TwoLeaders();
  const { story } = two;
  two.filled(two.first("sell", "0.6"), "-0.6");
  story.allocate(...story.settings.allocations.map((one) => ({ ...one, ...RESTS })));
  story.price("60100");
  const order = onlyOrder(two.second("buy", "0.2"));
  story.accept(order);
  expect([order.purpose, order.reduceOnly]).toEqual(["entry-rest", false]);
  expect(cancelled(story.configure(under(story.settings, { portfolioExposure: upTo("0.1") })))).toEqual([]);
});

it("an order that stands for one of the leader's is taken back, too", () => {
  const pending = new Pending();
  pending.waits("a", "buy", 100, 59_000);
  expect(pending.rests()).toEqual(["+50 at 59000"]);
  pending.decide(pending.story.configure(under(pending.story.settings, { portfolioExposure: upTo("0.1") })));
  pending.hearAll();
  pending.wait(1_000);
  expect(pending.rests()).toEqual(["+16 at 59000"]);
  expect(pending.said()).toEqual(["a portfolio-exposure"]);
});
