/**
 * Every limit before an order: what it lets pass, how much still fits, and the numbers with which it refuses. One follower with
 * 10,000 USDT; BTC costs 50,000, ETH 2,500, SOL 100, and a lot is a thousandth of a coin.
 */
import { describe, expect, it } from "vitest";
import { Portfolio, type PortfolioOptions, told } from "../../../test/core/portfolio.ts";
import type { Decision } from "../decision.ts";
import type { ReasonKind } from "../reason.ts";
import type { ExposureMeasure } from "../risk-settings.ts";

const upTo = (share: string, measure: ExposureMeasure = "gross") => ({ share, measure });

function denial(decision: Decision): { readonly reason: string; readonly detail: unknown } | null {
  const [first] = decision.denials;
  return first === undefined ? null : { reason: first.reason, detail: first.detail };
}

interface Row {
  readonly name: string;
  readonly options: PortfolioOptions;
  /** What was copied before. */
  readonly held?: readonly (readonly [string, "buy" | "sell", string, string?])[];
  readonly change: readonly [string, "buy" | "sell", string, string?];
  readonly sends: readonly string[];
  readonly refuses?: ReasonKind;
  readonly numbers?: Readonly<Record<string, unknown>>;
}

const TABLE: readonly Row[] = [
  {
    name: "portfolio exposure: all that fits is copied",
    options: { limits: { portfolioExposure: upTo("1") } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: ["BTCUSDT +100"],
  },
  {
    name: "portfolio exposure: as much as still fits",
    options: { limits: { portfolioExposure: upTo("0.9") } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: ["BTCUSDT +80"],
  },
  {
    name: "portfolio exposure, gross: shorts count like longs",
    options: { limits: { portfolioExposure: upTo("0.5") } },
    held: [["ETHUSDT", "sell", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "portfolio-exposure",
    numbers: { measure: "gross", unit: "USDT", value: "5000", asked: "5000", limit: "5000", share: "0.5" },
  },
  {
    name: "portfolio exposure, net: a short makes room for a long",
    options: { limits: { portfolioExposure: upTo("0.5", "net") } },
    held: [["ETHUSDT", "sell", "2"]],
    change: ["BTCUSDT", "buy", "0.3"],
    sends: ["BTCUSDT +200"],
  },
  {
    name: "portfolio exposure, margin: what positions tie up at their leverage",
    options: { limits: { portfolioExposure: upTo("0.1", "margin") } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["BTCUSDT", "buy", "0.2"],
    sends: ["BTCUSDT +100"],
  },
  {
    name: "portfolio exposure: the owner's own positions count",
    options: { limits: { portfolioExposure: upTo("0.5") }, owned: { SOLUSDT: "50" } },
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "portfolio-exposure",
    numbers: { value: "5000", limit: "5000" },
  },
  {
    name: "leader exposure: one leader's copies alone",
    options: { limits: { traderExposure: upTo("0.5") }, leaders: ["leader", "second"] },
    held: [["ETHUSDT", "buy", "2", "second"]],
    change: ["BTCUSDT", "buy", "0.12"],
    sends: ["BTCUSDT +100"],
  },
  {
    name: "leader exposure: reached",
    options: { limits: { traderExposure: upTo("0.5") } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "leader-exposure",
    numbers: { leader: "leader", measure: "gross", value: "5000", limit: "5000", unit: "USDT" },
  },
  {
    name: "symbol exposure: this instrument alone",
    options: { limits: { symbolExposure: upTo("0.5") } },
    held: [["ETHUSDT", "buy", "4"]],
    change: ["BTCUSDT", "buy", "0.12"],
    sends: ["BTCUSDT +100"],
  },
  {
    name: "symbol exposure: reached, whoever asked for it",
    options: { limits: { symbolExposure: upTo("0.5") }, leaders: ["leader", "second"] },
    held: [["BTCUSDT", "buy", "0.1", "second"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "symbol-exposure",
    numbers: { symbol: "BTCUSDT", value: "5000", limit: "5000" },
  },
  {
    name: "portfolio leverage",
    options: { limits: { portfolioLeverage: "0.5" } },
    held: [["ETHUSDT", "sell", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "portfolio-leverage",
    numbers: { measure: "gross", value: "5000", limit: "5000", share: "0.5" },
  },
  {
    name: "sector concentration: coins of one sector together",
    options: { limits: { sectorConcentration: "0.5" } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["SOLUSDT", "buy", "10"],
    sends: [],
    refuses: "sector-concentration",
    numbers: { sector: "smart-contracts", value: "5000", limit: "5000" },
  },
  {
    name: "sector concentration: another sector is free",
    options: { limits: { sectorConcentration: "0.5" } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: ["BTCUSDT +100"],
  },
  {
    name: "sector concentration is a share of the allowed portfolio exposure",
    options: { limits: { sectorConcentration: "0.5", portfolioExposure: upTo("2") } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["SOLUSDT", "buy", "60"],
    sends: ["SOLUSDT +50000"],
  },
  {
    name: "margin reserve: what stays free of margin",
    options: { limits: { freeMarginReserve: "0.05" } },
    held: [["ETHUSDT", "buy", "20"]],
    change: ["BTCUSDT", "buy", "1"],
    sends: ["BTCUSDT +900"],
  },
  {
    name: "margin reserve: the venue's own figure counts where it is less",
    options: { limits: { freeMarginReserve: "0.05" }, available: "400" },
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "margin-reserve",
    numbers: { measure: "free margin", value: "400", asked: "500", limit: "500", reserved: "0" },
  },
  {
    name: "order rate: as many as may be in a minute",
    options: { limits: { ordersPerMinute: 2 } },
    held: [
      ["ETHUSDT", "buy", "1"],
      ["SOLUSDT", "buy", "1"],
    ],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "order-rate",
    numbers: { value: 2, limit: 2, unit: "per minute" },
  },
  {
    name: "order cap: the part of one change beyond it",
    options: { allocation: { orderNotionalMax: "1000" } },
    change: ["BTCUSDT", "buy", "0.1"],
    sends: ["BTCUSDT +20"],
  },
  {
    name: "symbol cap: what is copied in one instrument",
    options: { allocation: { symbolNotionalMax: "5000" } },
    held: [["BTCUSDT", "buy", "0.1"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "symbol-cap",
    numbers: { measure: "gross", value: "5000", asked: "5000", limit: "5000" },
  },
  {
    name: "leader cap: all that is copied of a leader",
    options: { allocation: { leaderNotionalMax: "6000" } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: ["BTCUSDT +20"],
  },
  {
    name: "leader cap: reached",
    options: { allocation: { leaderNotionalMax: "5000" } },
    held: [["ETHUSDT", "buy", "2"]],
    change: ["BTCUSDT", "buy", "0.1"],
    sends: [],
    refuses: "leader-cap",
    numbers: { value: "5000", limit: "5000" },
  },
];

describe("a limit before an order", () => {
  it.each(TABLE)("$name", ({ options, held = [], change, sends, refuses, numbers }) => {
    const story = new Portfolio(options);
    for (const one of held) story.fillAll(story.leads(...one));
    const decision = story.leads(...change);
    expect(told(decision)).toEqual(sends);
    expect(denial(decision)?.reason ?? null).toBe(refuses ?? null);
    expect(denial(decision)?.detail ?? {}).toMatchObject(numbers ?? {});
  });

  it.each(TABLE)("never keeps a reduction: $name", ({ options, held = [], change }) => {
    const story = new Portfolio(options);
    for (const one of held) story.fillAll(story.leads(...one));
    story.fillAll(story.leads(...change));
    for (const { account, holdings } of story.state.leaders.values()) {
      for (const [id, legs] of holdings) {
        const lots = legs.get("net")?.lots ?? 0;
        const symbol = id.split("@")[0] ?? "";
        if (lots === 0) continue;
        story.fillAll(
          story.leads(symbol, lots > 0 ? "sell" : "buy", String(Math.abs(lots) / 1_000), account),
        );
      }
    }
    const owned = story.state.markets.flatMap(({ legs }) => legs.map(({ ownedLots }) => ownedLots));
    expect(owned.every((lots) => lots === 0)).toBe(true);
  });
});

describe("what a limit refuses", () => {
  it("is given up, so that it is not bought later at another price", () => {
    const story = new Portfolio({ limits: { portfolioExposure: upTo("0.5") } });
    story.fillAll(story.leads("ETHUSDT", "buy", "2"));
    story.leads("BTCUSDT", "buy", "0.1");
    story.fillAll(story.leads("ETHUSDT", "sell", "2"));
    expect(told(story.snapshot())).toEqual([]);
    expect(told(story.leads("BTCUSDT", "buy", "0.04"))).toEqual(["BTCUSDT +40"]);
  });

  it("waits where a reduction is on its way, and is copied once that has made room", () => {
    const story = new Portfolio({ limits: { portfolioExposure: upTo("0.5") } });
    story.fillAll(story.leads("ETHUSDT", "buy", "2"));
    const reduction = story.leads("ETHUSDT", "sell", "2");
    const refused = story.leads("BTCUSDT", "buy", "0.1");
    expect(denial(refused)?.reason).toBe("portfolio-exposure");
    expect(told(story.fill(reduction))).toEqual(["BTCUSDT +100"]);
  });

  it("is not copied bit by bit where a cap is on each order", () => {
    const story = new Portfolio({ allocation: { orderNotionalMax: "1000" } });
    story.fillAll(story.leads("BTCUSDT", "buy", "0.1"));
    expect(story.owned("BTCUSDT")).toBe(0.02);
    story.fillAll(story.leads("BTCUSDT", "buy", "0.01"));
    expect(story.owned("BTCUSDT")).toBe(0.03);
  });

  it("for the rate of orders is copied when the minute is over", () => {
    const story = new Portfolio({ limits: { ordersPerMinute: 1 } });
    story.fillAll(story.leads("ETHUSDT", "buy", "1"));
    const at = story.nowMs;
    story.leads("BTCUSDT", "buy", "0.1");
    const due = Math.min(...story.state.agenda.values());
    expect(due).toBeLessThanOrEqual(at + 60_000);
    story.nowMs = at + 60_000;
    expect(told(story.feed({ kind: "clock-ticked", atMs: story.nowMs }))).toEqual(["BTCUSDT +100"]);
  });

  it("counts for the rate of orders over a start at which the clock was set back, and no longer than a minute", () => {
    const story = new Portfolio({ limits: { ordersPerMinute: 1 } });
    story.fillAll(story.leads("ETHUSDT", "buy", "1"));
    startAgain(story, story.nowMs - 300_000, { ETHUSDT: "1" });
    const startedAtMs = story.nowMs;
    expect(denial(story.leads("BTCUSDT", "buy", "0.1"))?.reason).toBe("order-rate");
    story.nowMs = startedAtMs + 60_000;
    expect(told(story.feed({ kind: "clock-ticked", atMs: story.nowMs }))).toEqual(["BTCUSDT +100"]);
  });

  it("counts for the rate of orders over a run whose clock was ahead, whatever that run sent", () => {
    const story = new Portfolio({ limits: { ordersPerMinute: 2 } });
    story.fillAll(story.leads("ETHUSDT", "buy", "1"));
    const sentAtMs = story.nowMs;
    startAgain(story, sentAtMs + 300_000, { ETHUSDT: "1" });
    story.fillAll(story.leads("ETHUSDT", "buy", "0.1"));
    startAgain(story, sentAtMs + 1_000, { ETHUSDT: "1.1" });
    expect(denial(story.leads("BTCUSDT", "buy", "0.1"))?.detail).toMatchObject({ value: 2, limit: 2 });
    story.nowMs = sentAtMs + 60_000;
    expect(told(story.feed({ kind: "clock-ticked", atMs: story.nowMs }))).toEqual(["BTCUSDT +100"]);
  });

  it("never is a reduction, whatever the rate", () => {
    const story = new Portfolio({ limits: { ordersPerMinute: 1 } });
    story.fillAll(story.leads("ETHUSDT", "buy", "1"));
    for (const quantity of ["0.4", "0.3", "0.3"]) story.fillAll(story.leads("ETHUSDT", "sell", quantity));
    expect(story.owned("ETHUSDT")).toBe(0);
  });
});

describe("orders of one decision share the room (pain 27)", () => {
  it("when a leader's whole portfolio is copied at once", () => {
    const story = new Portfolio({ limits: { portfolioExposure: upTo("1") } });
    const decision = story.leaderHolds({ BTCUSDT: "0.1", ETHUSDT: "2", SOLUSDT: "50" });
    expect(told(decision)).toEqual(["BTCUSDT +100", "ETHUSDT +2000"]);
    expect(decision.denials.map(({ reason }) => reason)).toEqual(["portfolio-exposure"]);
  });

  it("and the free margin", () => {
    const story = new Portfolio({ limits: { freeMarginReserve: "0.05" } });
    const decision = story.leaderHolds({ BTCUSDT: "1", ETHUSDT: "20" });
    expect(told(decision)).toEqual(["BTCUSDT +1000", "ETHUSDT +18000"]);
  });

  it("and the rate", () => {
    const story = new Portfolio({ limits: { ordersPerMinute: 2 } });
    const decision = story.leaderHolds({ BTCUSDT: "0.1", ETHUSDT: "2", SOLUSDT: "50" });
    expect(told(decision)).toEqual(["BTCUSDT +100", "ETHUSDT +2000"]);
  });
});

describe("free margin between two reports of the account (pain 27)", () => {
  it("is not spent twice", () => {
    const story = new Portfolio({ limits: { freeMarginReserve: "0" }, available: "1000" });
    story.fillAll(story.leads("BTCUSDT", "buy", "0.15"));
    const second = story.leads("ETHUSDT", "buy", "2");
    expect(told(second)).toEqual(["ETHUSDT +1000"]);
  });

  it("is what the venue says once its figures contain the orders", () => {
    const story = new Portfolio({ limits: { freeMarginReserve: "0" }, available: "1000" });
    story.fillAll(story.leads("BTCUSDT", "buy", "0.15"));
    story.figures("10000", "250");
    expect(told(story.leads("ETHUSDT", "buy", "2"))).toEqual(["ETHUSDT +1000"]);
    expect(story.state.followers.values().next().value?.reservations).toHaveLength(1);
  });

  it("is free again at once when an order is refused", () => {
    const story = new Portfolio({ limits: { freeMarginReserve: "0" }, available: "1000" });
    const [planned] = story.leads("BTCUSDT", "buy", "0.15").orders;
    if (planned !== undefined) story.reject(planned.order);
    expect(told(story.leads("ETHUSDT", "buy", "2"))).toEqual(["ETHUSDT +2000"]);
  });

  it("waits for the venue's word after a reduction instead of giving up", () => {
    const story = new Portfolio({ limits: { freeMarginReserve: "0" }, available: "500" });
    story.fillAll(story.leads("BTCUSDT", "buy", "0.1"));
    story.figures("10000", "0");
    story.fillAll(story.leads("BTCUSDT", "sell", "0.1"));
    expect(denial(story.leads("ETHUSDT", "buy", "2"))?.reason).toBe("margin-reserve");
    expect(told(story.figures("10000", "500"))).toEqual(["ETHUSDT +2000"]);
  });
});

describe("limits that need evidence", () => {
  const correlated = { limits: { correlation: "0.8" }, leaders: ["leader", "second"] };

  it("deny a second leader who moves with the first", () => {
    const story = new Portfolio(correlated);
    story.measured("second", { correlations: { leader: "0.9" } });
    story.fillAll(story.leads("BTCUSDT", "buy", "0.1"));
    const decision = story.leads("ETHUSDT", "buy", "1", "second");
    expect(told(decision)).toEqual([]);
    expect(denial(decision)).toEqual({
      reason: "correlation-limit",
      detail: { measure: "correlation", leader: "second", with: "leader", value: "0.9", limit: "0.8" },
    });
  });

  it.each([
    ["at the limit", { correlations: { leader: "0.8" } }, 0],
    ["without a measurement", {}, 0],
    ["with a measurement that is too old", { correlations: { leader: "0.9" } }, 31 * 86_400_000],
  ])("let it pass %s", (_, evidence, ageMs) => {
    const story = new Portfolio(correlated);
    story.measured("second", evidence, story.nowMs - ageMs);
    story.fillAll(story.leads("BTCUSDT", "buy", "0.1"));
    expect(told(story.leads("ETHUSDT", "buy", "1", "second"))).toEqual(["ETHUSDT +1000"]);
  });

  it("let a leader who is held already go on", () => {
    const story = new Portfolio(correlated);
    story.fillAll(story.leads("BTCUSDT", "buy", "0.1"));
    story.fillAll(story.leads("ETHUSDT", "buy", "1", "second"));
    story.measured("second", { correlations: { leader: "0.9" } });
    expect(told(story.leads("ETHUSDT", "buy", "1", "second"))).toEqual(["ETHUSDT +1000"]);
  });

  it("take an order under way for a position: two leaders in the same moment", () => {
    const story = new Portfolio(correlated);
    story.measured("second", { correlations: { leader: "0.9" } });
    story.leads("BTCUSDT", "buy", "0.1");
    expect(told(story.leads("ETHUSDT", "buy", "1", "second"))).toEqual([]);
  });

  it("give nothing up beside a leader who is only wanted: when that one is gone, the other is copied", () => {
    const story = new Portfolio(correlated);
    story.measured("second", { correlations: { leader: "0.9" } });
    story.feed({ kind: "command-issued", command: { kind: "pause" }, atMs: story.nowMs });
    expect(denial(story.leads("BTCUSDT", "buy", "0.1"))?.reason).toBe("paused");
    expect(denial(story.leads("BTCUSDT", "buy", "0.1", "second"))).toMatchObject({
      reason: "correlation-limit",
      detail: { leader: "second", with: "leader" },
    });
    story.leads("BTCUSDT", "sell", "0.1");
    const resumed = story.feed({ kind: "command-issued", command: { kind: "resume" }, atMs: story.nowMs });
    expect(told(resumed)).toEqual(["BTCUSDT +100"]);
  });

  it("count leaders of one style together, and leave alone whom nobody measured", () => {
    const leaders = ["leader", "second", "third"];
    const story = new Portfolio({ limits: { strategyExposure: upTo("0.5") }, leaders });
    for (const leader of ["leader", "second"]) story.measured(leader, { style: "trend-following" });
    story.fillAll(story.leads("BTCUSDT", "buy", "0.08"));
    const decision = story.leads("ETHUSDT", "buy", "2", "second");
    expect(told(decision)).toEqual(["ETHUSDT +400"]);
    story.fillAll(decision);
    const refused = story.leads("ETHUSDT", "buy", "1", "second");
    expect(denial(refused)).toMatchObject({
      reason: "strategy-exposure",
      detail: { strategy: "trend-following", value: "5000", limit: "5000" },
    });
    expect(told(story.leads("SOLUSDT", "buy", "50", "third"))).toEqual(["SOLUSDT +50000"]);
  });

  it.each([
    ["without a measurement", "evidence-missing", {}, 0],
    ["with one that is too old", "evidence-stale", { style: "scalping" }, 31 * 86_400_000],
  ] as const)("deny %s where that is configured, and take it back no later", (_, reason, evidence, ageMs) => {
    const story = new Portfolio({
      limits: { strategyExposure: upTo("0.5"), withoutEvidence: "deny" },
      leaders: ["leader"],
    });
    story.measured("leader", evidence, story.nowMs - ageMs);
    const decision = story.leads("BTCUSDT", "buy", "0.08");
    expect(told(decision)).toEqual([]);
    expect(denial(decision)).toMatchObject({
      reason,
      detail: { limit: "strategy-exposure", leader: "leader" },
    });
    expect(told(story.measured("leader", { style: "scalping" }))).toEqual([]);
    expect(told(story.leads("BTCUSDT", "buy", "0.02"))).toEqual(["BTCUSDT +20"]);
  });

  it("share the room between two leaders of one style on one order", () => {
    const leaders = ["leader", "second"];
    const story = new Portfolio({ limits: { strategyExposure: upTo("0.5") }, leaders });
    for (const leader of leaders) story.measured(leader, { style: "trend-following" });
    const first = story.leads("BTCUSDT", "buy", "0.06");
    story.leads("BTCUSDT", "buy", "0.06", "second");
    story.fillAll(first);
    expect(story.owned("BTCUSDT")).toBe(0.1);
  });
});

describe("a limit without its figures", () => {
  it("denies without giving up while the equity is unknown", () => {
    const story = new Portfolio({ limits: { portfolioExposure: upTo("1") }, equity: "" });
    expect(denial(story.leads("BTCUSDT", "buy", "0.1"))?.reason).toBe("equity-unknown");
    expect(told(story.figures("10000"))).toEqual(["BTCUSDT +100"]);
  });

  it("allows nothing on an equity below zero", () => {
    const story = new Portfolio({ limits: { portfolioExposure: upTo("10") }, equity: "-1" });
    expect(denial(story.leads("BTCUSDT", "buy", "0.1"))).toMatchObject({
      reason: "portfolio-exposure",
      detail: { limit: "0" },
    });
  });
});

describe("an order that is rounded up to the venue's minimum", () => {
  it("has to fit as it is sent (pain 26)", () => {
    const story = new Portfolio({
      limits: { portfolioExposure: upTo("0.0004") },
      allocation: { minimumPolicy: { kind: "round-up", excessMax: "1" } },
    });
    const decision = story.leads("SOLUSDT", "buy", "0.03");
    expect(told(decision)).toEqual([]);
    expect(denial(decision)?.reason).toBe("portfolio-exposure");
  });

  it("has to fit into the copy's own limits, too", () => {
    const story = new Portfolio({
      allocation: { leaderNotionalMax: "4", minimumPolicy: { kind: "round-up", excessMax: "1" } },
    });
    expect(denial(story.leads("SOLUSDT", "buy", "0.03"))?.reason).toBe("leader-cap");
  });
});

/** Another run, which reads what the leader holds. */
function startAgain(story: Portfolio, atMs: number, holds: Readonly<Record<string, string>>): void {
  story.nowMs = atMs;
  story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs });
  story.feed({ kind: "settings-changed", settings: story.settings, atMs });
  const prices = { BTCUSDT: "50000", ETHUSDT: "2500" };
  for (const [symbol, price] of Object.entries(prices)) story.price(symbol, price);
  story.leaderHolds(holds);
  story.snapshot();
  for (const symbol of Object.keys(prices)) story.describe(symbol);
}
