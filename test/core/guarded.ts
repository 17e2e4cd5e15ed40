/** Stories of a follower whose losses are watched. It begins with 10,000 USDT and copies half of what the leader holds. */
import type { Decision } from "../../src/core/decision.ts";
import type { AccountGuards, LossTiers, RelationGuards } from "../../src/core/guard/guard-settings.ts";
import { FOLLOWER, onlyOrder, Story, type StoryOptions } from "./story.ts";

export const NO_GUARDS: AccountGuards = { tiers: null, dailyLoss: null, drawdown: null, liquidation: null };
export const NO_RELATION_GUARDS: RelationGuards = {
  stopLoss: null,
  positionStop: null,
  allocatedCapital: null,
};

/** Losses of 100, 200, 300 and 400: a quarter each, the last closes. */
export const TIERS: LossTiers = {
  levels: [
    { loss: "100", action: "reduce", share: { part: 1, whole: 4 } },
    { loss: "200", action: "reduce", share: { part: 1, whole: 4 } },
    { loss: "300", action: "reduce", share: { part: 1, whole: 4 } },
    { loss: "400", action: "close", share: null },
  ],
  reference: "start",
  coolOffMs: null,
};

export function guarded(
  guards: Partial<AccountGuards>,
  relation: Partial<RelationGuards> = {},
  options: StoryOptions = {},
): Story {
  const allocation = { ...options.allocation, guards: { ...NO_RELATION_GUARDS, ...relation } };
  const story = new Story({ ...options, allocation });
  watch(story, guards);
  return story;
}

/** Puts the follower under these guards from here on. */
export function watch(story: Story, guards: Partial<AccountGuards>): Decision {
  const accounts = story.settings.accounts.map((account) =>
    account.account === FOLLOWER ? { ...account, guards: { ...NO_GUARDS, ...guards } } : account,
  );
  return story.configure({ ...story.settings, accounts });
}

/** The leader buys so much at 60,000 and the follower has its half of it, with its equity as it was. */
export function held(story: Story, quantity: string): void {
  const decision = story.leaderFill("buy", quantity);
  const half = String(Number(quantity) / 2);
  story.trade(decision, { quantity: half, price: "60000", fee: "0" });
  story.fill(onlyOrder(decision), half, half);
  story.equity(FOLLOWER, "10000");
}

/** The mark moves, and the engine ticks. */
export function marked(story: Story, mark: string): Decision {
  story.price(mark);
  return tick(story);
}

export function tick(story: Story): Decision {
  story.nowMs += 50;
  return story.feed({ kind: "clock-ticked", atMs: story.nowMs });
}
