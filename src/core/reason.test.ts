/** Every reason of the closed list appears, from a story in which it is true. */
import { describe, expect, it } from "vitest";
import { coinStory } from "../../test/core/coins.ts";
import { guarded, held, marked, TIERS } from "../../test/core/guarded.ts";
import { LimitExits } from "../../test/core/limit-exits.ts";
import { Mirrored } from "../../test/core/mirrored.ts";
import { Pending } from "../../test/core/pending.ts";
import { Portfolio, type PortfolioOptions } from "../../test/core/portfolio.ts";
import { BY_VOLATILITY } from "../../test/core/rules.ts";
import { FOLLOWER, LEADER, onlyOrder, Story, type StoryOptions } from "../../test/core/story.ts";
import { TwoLeaders } from "../../test/core/two-leaders.ts";
import { TERMS } from "../../test/core/worked.ts";
import type { Decision } from "./decision.ts";
import type { RejectionClass } from "./event.ts";
import { RISK_DAYS } from "./evidence.ts";
import { VenueId } from "./model/identifiers.ts";
import { REASONS, type ReasonKind } from "./reason.ts";
import type { StyleVerdict } from "./risk/execution-style.ts";
import type { LimitVerdict } from "./risk/extension-limit.ts";

const bought = (options: StoryOptions = {}): Decision => new Story(options).leaderFill("buy", "1");

const NONE = { share: "0", measure: "gross" } as const;

const refusedBy = (options: PortfolioOptions): Decision =>
  new Portfolio(options).leads("BTCUSDT", "buy", "0.1");
const WAITING: StyleVerdict = {
  style: "mine",
  failed: false,
  lots: 0,
  limit: null,
  waitMs: 1_000,
  detail: {},
};

const AGAINST: LimitVerdict = { limit: "mine", failed: false, room: 0, givesUp: false, detail: {} };

/** The leader holds 1 with a stop below, the follower half of it; the venue takes the follower's stop or refuses it. */
const stopped = (refuses: RejectionClass | null = null): Mirrored => {
  const mirrored = new Mirrored();
  mirrored.trade("buy", "1");
  mirrored.refuses = refuses;
  mirrored.exit({ trigger: "55000", whole: true });
  return mirrored;
};

const lastWith = ({ story }: { readonly story: Story }, wanted: ReasonKind): Decision => {
  const found = story.decisions.findLast(({ denials }) => denials.some(({ reason }) => reason === wanted));
  if (found === undefined) throw new Error(`no ${wanted}`);
  return found;
};

/** What was decided last about a leader's order that waits to buy 0.1 below the price. */
const pendingWith = (wanted: ReasonKind, options: StoryOptions = {}, then = (_: Pending) => {}): Decision => {
  const pending = new Pending(options);
  pending.waits("a", "buy", 100, 59_000);
  then(pending);
  return lastWith(pending, wanted);
};

const STORIES: Readonly<Record<ReasonKind, () => Decision>> = {
  "at-target": () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.leaderFill("buy", "0.4");
    story.leaderFill("sell", "0.4");
    return story.report(order, "0.5");
  },
  "below-step": () => new Story().leaderFill("buy", "0.001"),
  "below-minimum-quantity": () => bought({ instrument: { minQuantity: "0.6" } }),
  "below-minimum-notional": () => bought({ instrument: { minNotional: "40000" } }),
  "symbol-filtered": () => bought({ allocation: { symbols: ["ETHUSDT"] } }),
  "outside-hours": () => bought({ allocation: { tradingHours: [] } }),
  "max-positions": () => bought({ allocation: { positionsMax: 0 } }),
  "late-entry": () => {
    const story = new Story({ allocation: { startMode: "not-worse" }, bare: true });
    story.leaderSnapshot([{ ...story.row("1"), entryPrice: "60000" }]);
    story.followerSnapshot([]);
    story.price("60001");
    return story.describe("one-way");
  },
  slippage: () => {
    const story = new Story({ allocation: { slippageBpsMax: "10" } });
    story.price("60061");
    return story.leaderFill("buy", "1");
  },
  "too-late": () =>
    new Story({ allocation: { entryDelayMaxMs: 1_000 } }).leaderFill("buy", "1", { ageMs: 1_001 }),
  "rest-expired": () => {
    const story = new Story({ allocation: { slippageBpsMax: "10", onRunaway: "rest", restMs: 1_000 } });
    story.price("60061");
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.accept(order);
    story.wait(1_000);
    return story.report(order, "0");
  },
  "side-filtered": () => bought({ allocation: { side: "short" } }),
  "instrument-not-listed": () => {
    const story = new Story({ bare: true });
    const accounts = story.settings.accounts.map((account) =>
      account.account === FOLLOWER ? { ...account, venue: VenueId("elsewhere") } : account,
    );
    story.configure({ ...story.settings, accounts });
    return story.leaderFill("buy", "1");
  },
  "price-apart": () => coinStory("BTCUSDT", "60000").bought("75000"),
  "stop-fired": () => {
    const mirrored = stopped();
    mirrored.fire(550_000, "falls");
    return lastWith(mirrored, "stop-fired");
  },
  "trigger-passed": () => {
    const mirrored = stopped("trigger-passed");
    return lastWith(mirrored, "trigger-passed");
  },
  "exit-filled": () => {
    const exits = new LimitExits();
    const order = onlyOrder(exits.leads("exit", "61000", "1"));
    exits.story.accept(order);
    return exits.story.report(order, "0.5");
  },
  "instrument-not-trading": () => bought({ instrument: { status: "closed" } }),
  paused: () => {
    const story = new Story();
    story.command({ kind: "pause", account: FOLLOWER });
    return story.leaderFill("buy", "1");
  },
  halted: () => {
    const story = new Story();
    story.feed({ kind: "account-refused", account: FOLLOWER, cause: "key revoked", atMs: story.nowMs });
    return story.leaderFill("buy", "1");
  },
  "leader-stale": () => {
    const story = new Story();
    story.nowMs += 60_000;
    story.followerSnapshot([]);
    return story.leaderFill("buy", "1");
  },
  "leader-uncounted": () => {
    const story = new Story();
    story.leaderSnapshot([story.row("0.00000000000001")]);
    return story.leaderFill("buy", "1");
  },
  "follower-stale": () => {
    const story = new Story();
    story.nowMs += 60_000;
    story.leaderSnapshot([]);
    return story.leaderFill("buy", "1");
  },
  "foreign-position": () => bought({ followerHolds: [{ ...new Story().row("0.1"), sequence: 1 }] }),
  waived: () => {
    const story = new Story();
    const closing = onlyOrder(story.leaderFill("buy", "1"));
    story.fill(closing, "0.5", "0.5");
    story.fill(onlyOrder(story.command({ kind: "close", account: FOLLOWER })), "0.5", "0");
    return story.leaderFill("buy", "0.001");
  },
  stopped: () => {
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    story.fill(onlyOrder(story.command({ kind: "panic" })), "0.5", "0");
    return story.leaderFill("buy", "1");
  },
  cut: () => {
    const story = guarded({ tiers: TIERS });
    held(story, "1");
    story.fill(onlyOrder(marked(story, "59800")), "0.125", "0.375");
    return story.leaderFill("buy", "1");
  },
  "pending-asks": () => pendingWith("pending-asks", { allocation: { autoCopy: false } }),
  "pending-opposite": () =>
    pendingWith("pending-opposite", {}, (pending) => {
      pending.waits("b", "sell", 100, 61_000);
      pending.fillsOwn("a", 50);
    }),
  "pending-too-many": () =>
    pendingWith("pending-too-many", {}, (pending) => {
      for (let place = 1; place <= 5; place += 1) pending.waits(`n${place}`, "buy", 20, 58_000 - place * 100);
    }),
  "pending-price": () =>
    pendingWith("pending-price", {}, (pending) => pending.waits("b", "buy", 100, 2_500_000, true)),
  "pending-ended": () => pendingWith("pending-ended", {}, (pending) => pending.endsOwn("a")),
  "leader-did-not-fill": () =>
    pendingWith("leader-did-not-fill", {}, (pending) => {
      pending.fillsOwn("a", 50);
      pending.isSlow = true;
      pending.trades("buy", 20);
      pending.hear("fills");
      pending.takesBack("a");
      while (pending.hear("orders"));
      pending.wait(5_000);
    }),
  "refused-by-exchange": () => {
    const story = new Story();
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "insufficient-margin");
    story.wait(30_000);
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    return story.leaderFill("buy", "0.001");
  },
  "leverage-above-cap": () => {
    const story = new Story({ leverage: "20" });
    story.leaderFill("buy", "1");
    const refusal = { class: "leverage-too-high", code: 110013, text: "" } as const;
    const instrument = story.leg().market.instrument.id;
    return story.feed({
      kind: "leverage-refused",
      account: FOLLOWER,
      instrument,
      leverage: "10",
      rejection: refusal,
      atMs: story.nowMs,
    });
  },
  "not-approved": () => {
    const story = new Story({ allocation: { autoCopy: false } });
    story.leaderFill("buy", "1");
    return story.command({ kind: "decline", account: FOLLOWER, proposal: 1 });
  },
  "crossed-inside": () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("sell", "0.5"), "0");
    pair.story.command({ kind: "pause", account: FOLLOWER });
    pair.first("sell", "0.5");
    const crossed = pair.second("buy", "0.5");
    // The other leader's part of it had its reason before.
    return { ...crossed, denials: crossed.denials.filter(({ changes }) => changes.length > 0) };
  },
  "allocation-ended": () => {
    const story = new Story({ bare: true });
    story.leaderSnapshot([]);
    story.followerSnapshot([]);
    story.leaderFill("buy", "1");
    return story.allocate();
  },
  "account-removed": () => {
    const story = new Story();
    story.leaderFill("buy", "1");
    const accounts = story.settings.accounts.filter(({ account }) => account !== FOLLOWER);
    return story.configure({ ...story.settings, accounts, allocations: [] });
  },
  "portfolio-exposure": () => refusedBy({ limits: { portfolioExposure: NONE } }),
  "leader-exposure": () => refusedBy({ limits: { traderExposure: NONE } }),
  "strategy-exposure": () => {
    const story = new Portfolio({ limits: { strategyExposure: NONE } });
    story.measured("leader", { style: "scalping" });
    return story.leads("BTCUSDT", "buy", "1");
  },
  "symbol-exposure": () => refusedBy({ limits: { symbolExposure: NONE } }),
  "portfolio-leverage": () => refusedBy({ limits: { portfolioLeverage: "0" } }),
  "sector-concentration": () => refusedBy({ limits: { sectorConcentration: "0" } }),
  "portfolio-risk": () => {
    const story = new Portfolio({ limits: { portfolioBeta: "0" } });
    story.measured("leader", { risk: { dayReturns: Array.from({ length: RISK_DAYS }, () => 0), beta: "1" } });
    return story.leads("BTCUSDT", "buy", "1");
  },
  "margin-reserve": () => refusedBy({ limits: { freeMarginReserve: "1" } }),
  "order-rate": () => {
    const story = new Portfolio({ limits: { ordersPerMinute: 1 } });
    story.fillAll(story.leads("ETHUSDT", "buy", "1"));
    return story.leads("BTCUSDT", "buy", "1");
  },
  "correlation-limit": () => {
    const story = new Portfolio({ limits: { correlation: "0.5" }, leaders: ["leader", "second"] });
    story.measured("leader", { correlations: { second: "0.6" } });
    story.fillAll(story.leads("ETHUSDT", "buy", "1"));
    return story.leads("BTCUSDT", "buy", "1", "second");
  },
  "order-cap": () => refusedBy({ allocation: { orderNotionalMax: "1" } }),
  "symbol-cap": () => refusedBy({ allocation: { symbolNotionalMax: "1" } }),
  "leader-cap": () => refusedBy({ allocation: { leaderNotionalMax: "1" } }),
  "no-price": () => {
    const story = new Story({ bare: true });
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    return story.describe("one-way");
  },
  "equity-unknown": () => {
    const story = new Story({
      allocation: { sizing: { kind: "equity-proportional", rebalanceBand: "0.1" } },
    });
    story.feed({ kind: "equity-reported", account: LEADER, equity: "", available: "", atMs: story.nowMs });
    return story.leaderFill("buy", "1");
  },
  "evidence-missing": () => bought({ allocation: { sizing: BY_VOLATILITY } }),
  "evidence-stale": () => {
    const story = new Story({ allocation: { sizing: BY_VOLATILITY } });
    story.measure("0.4", story.nowMs - 1_001);
    return story.leaderFill("buy", "1");
  },
  "extension-denied": () => bought({ ownLimits: () => AGAINST }),
  "extension-failed": () => bought({ ownLimits: () => ({ ...AGAINST, failed: true }) }),
  "execution-paced": () => bought({ styles: () => WAITING }),
  working: () => {
    const story = new Story({ allocation: { work: TERMS } });
    return story.accept(onlyOrder(story.leaderFill("buy", "1")));
  },
  "size-impossible": () => bought({ allocation: { sizing: { kind: "multiplier", multiplier: "1000000" } } }),
};

describe("reasons: what is not copied is explained (pain 13)", () => {
  it.each(Object.entries(STORIES))("%s", (reason, tell) => {
    expect(Object.keys(REASONS)).toContain(reason);
    const decision = tell();
    expect(decision.orders).toEqual([]);
    expect(decision.denials.map((denial) => denial.reason)).toEqual([reason]);
  });
});
