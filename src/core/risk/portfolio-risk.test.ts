/** Limits on what all copies together may lose: what passes, what is left of it, and by which figures. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Portfolio, type PortfolioOptions, told } from "../../../test/core/portfolio.ts";
import { FOLLOWER } from "../../../test/core/story.ts";
import { portfolioRisk } from "../../analytics/risk/portfolio-risk.ts";
import type { Decision } from "../decision.ts";
import { RETURN_UNITS, RISK_DAYS } from "../evidence.ts";
import { Lots } from "../model/amounts.ts";
import { Planned } from "../planned.ts";
import { portfolioFigures } from "./portfolio-figures.ts";
import { copiedValues, withMore } from "./portfolio-past.ts";
import { checkPortfolioRisk } from "./portfolio-risk.ts";

const LIMITED = [
  ["var_95", "1"],
  ["cvar_95", "1"],
  ["volatility", "1"],
  ["beta", "1"],
] as const;

/** Loses 2 % of what is held on 40 days from `first` on, and gains nothing on others. */
const losesFrom = (first: number, loss = -2_000) =>
  Array.from({ length: RISK_DAYS }, (_, day) => (day >= first && day < first + 40 ? loss : 0));

const BAD = { dayReturns: losesFrom(0), beta: "1.2" };
const OTHER = { dayReturns: losesFrom(100), beta: "0.8" };
const HEDGE = { dayReturns: losesFrom(0, 2_000), beta: "-1.2" };

/** Equity is 10,000, a BTC 50,000, an ETH 2,500. */
function story(options: PortfolioOptions, risks: Readonly<Record<string, typeof BAD>> = { leader: BAD }) {
  const made = new Portfolio({ ...options, leaders: Object.keys(risks) });
  for (const [leader, risk] of Object.entries(risks)) made.measured(leader, { risk });
  return made;
}

const refusal = ({ denials }: Decision) => denials.find(({ reason }) => reason === "portfolio-risk");

describe("a limit of the portfolio's risk", () => {
  it.each([
    ["var_95", { portfolioVar95: "0.01" }, "0.012000"],
    ["cvar_95", { portfolioCvar95: "0.01" }, "0.012000"],
    ["beta", { portfolioBeta: "0.6" }, "0.720000"],
  ] as const)(
    "%s lets half of equity pass of what risks so much, with one reason for the rest",
    (measure, limits, after) => {
      const portfolio = story({ limits });
      const decision = portfolio.leads("BTCUSDT", "buy", "0.12");
      expect(told(decision)).toEqual(["BTCUSDT +100"]);
      portfolio.fillAll(decision);
      const next = portfolio.leads("BTCUSDT", "buy", "0.01");
      expect(told(next)).toEqual([]);
      expect(next.denials).toHaveLength(1);
      const [limit = ""] = Object.values(limits);
      const numbers = { measure, limit, value: Number(limit).toFixed(6), leader: "leader", equity: "10000" };
      expect(refusal(next)?.detail).toMatchObject(numbers);
      expect(after).toBe((1.2 * Number(limit)).toFixed(6));
    },
  );

  it("of volatility counts the whole swing of a year", () => {
    const unit = portfolioRisk([Float64Array.from(BAD.dayReturns, (value) => value / RETURN_UNITS)], {
      confidence: 0.95,
      periodsPerYear: 365,
    }).annualVolatility.whole;
    const portfolio = story({ limits: { portfolioVolatility: (unit / 2 + 1e-9).toFixed(9) } });
    expect(told(portfolio.leads("BTCUSDT", "buy", "0.2"))).toEqual(["BTCUSDT +100"]);
  });

  it("lets a second leader pass whose bad days are others, and not one whose bad days are the same", () => {
    const limits = { portfolioVar95: "0.01" };
    const apart = story({ limits }, { leader: BAD, second: OTHER });
    apart.fillAll(apart.leads("BTCUSDT", "buy", "0.1"));
    expect(told(apart.leads("ETHUSDT", "buy", "2", "second"))).toEqual(["ETHUSDT +2000"]);
    const alike = story({ limits }, { leader: BAD, second: BAD });
    alike.fillAll(alike.leads("BTCUSDT", "buy", "0.1"));
    const decision = alike.leads("ETHUSDT", "buy", "2", "second");
    expect(told(decision)).toEqual([]);
    expect(refusal(decision)?.detail).toMatchObject({
      leader: "second",
      value: "0.010000",
      after: "0.020000",
    });
  });

  it("lets a hedge pass above the limit, as far as nothing gets worse, and takes every reduction", () => {
    const portfolio = story({ limits: { portfolioVar95: "0.02" } }, { leader: BAD, second: HEDGE });
    portfolio.fillAll(portfolio.leads("BTCUSDT", "buy", "0.2"));
    // What is held is worth twice as much: the limit is broken without an order.
    portfolio.price("BTCUSDT", "100000");
    portfolio.figures("10000");
    expect(refusal(portfolio.leads("BTCUSDT", "buy", "0.01"))?.detail).toMatchObject({ value: "0.040000" });
    expect(told(portfolio.leads("ETHUSDT", "buy", "2", "second"))).toEqual(["ETHUSDT +2000"]);
    expect(told(portfolio.leads("BTCUSDT", "sell", "0.05"))).toEqual(["BTCUSDT -48 reduce"]);
  });

  it("lets no hedge make room before its order is sent", () => {
    const limits = { portfolioCvar95: "0.01" };
    const portfolio = story({ limits }, { first: HEDGE, second: BAD });
    portfolio.fillAll(portfolio.leads("BTCUSDT", "buy", "0.1", "second"));
    portfolio.fillAll(portfolio.leads("BTCUSDT", "buy", "0.001", "first"));
    const { state } = portfolio;
    const [market] = state.followers.get(FOLLOWER)?.markets.values() ?? [];
    const [hedge, bad] = ["first", "second"].map((name) =>
      market?.copies.find(({ leader }) => leader.account === name),
    );
    const [[leg], [part]] = [market?.legs ?? [], bad?.legs ?? []];
    if (hedge === undefined || bad === undefined || leg === undefined || part === undefined)
      throw new Error("no copies");
    const planned = new Planned();
    planned.grant({ copy: hedge, leg: "net", lots: 100 });
    const objection = checkPortfolioRisk(state, bad, part, leg, { lots: Lots(10), planned });
    // As much as the one lot of the hedge that is held.
    expect(objection).toMatchObject({ reason: "portfolio-risk", room: 1 });
    expect(objection).not.toHaveProperty("waive");
  });

  it("counts an inverse copy as the opposite of its leader", () => {
    const allocation = { inverse: true };
    const hedge = story({ limits: { portfolioVar95: "0.01" }, allocation }, { leader: HEDGE });
    expect(told(hedge.leads("BTCUSDT", "buy", "0.12"))).toEqual(["BTCUSDT -100"]);
    const bad = story({ limits: { portfolioVar95: "0.01" }, allocation });
    expect(told(bad.leads("BTCUSDT", "buy", "0.12"))).toEqual(["BTCUSDT -120"]);
  });

  it("is off for whom nobody measured lately, or refuses, as is configured", () => {
    const limits = { portfolioVar95: "0.001", evidenceMaxAgeMs: 60_000 };
    const bought = (made: Portfolio) => made.leads("BTCUSDT", "buy", "0.1");
    expect(told(bought(new Portfolio({ limits })))).toEqual(["BTCUSDT +100"]);
    const missing = bought(new Portfolio({ limits: { ...limits, withoutEvidence: "deny" } }));
    expect(missing.denials).toMatchObject([
      { reason: "evidence-missing", detail: { limit: "portfolio-risk" } },
    ]);
    const late = new Portfolio({ limits: { ...limits, withoutEvidence: "deny" } });
    late.measured("leader", { risk: BAD }, late.nowMs - 60_001);
    expect(bought(late).denials).toMatchObject([
      { reason: "evidence-stale", detail: { limit: "portfolio-risk", of: "leader", limitMs: 60_000 } },
    ]);
    const { beta, ...unmeasured } = BAD;
    const noBeta = new Portfolio({ limits: { portfolioBeta: beta, withoutEvidence: "deny" } });
    noBeta.measured("leader", { risk: unmeasured });
    expect(bought(noBeta).denials).toMatchObject([{ reason: "evidence-missing" }]);
  });

  it("lets nothing pass without an equity above zero", () => {
    const portfolio = story({ limits: { portfolioVar95: "0.01" }, equity: "-5" });
    expect(refusal(portfolio.leads("BTCUSDT", "buy", "0.1"))).toBeDefined();
  });

  it("does not take what no measurement can give", () => {
    const wrong = [
      { dayReturns: [1, 2] },
      { dayReturns: losesFrom(0, 0.5) },
      { dayReturns: losesFrom(0, -1e9) },
      { dayReturns: losesFrom(0), beta: "x" },
    ];
    for (const risk of wrong) {
      const portfolio = new Portfolio({ limits: { portfolioVar95: "0.01" } });
      expect(portfolio.measured("leader", { risk }).refusal).not.toBeNull();
    }
  });
});

describe("the portfolio's figures", () => {
  const returns = fc.array(fc.integer({ min: -20_000, max: 20_000 }), {
    minLength: RISK_DAYS,
    maxLength: RISK_DAYS,
  });

  it("are those of the analytics", () => {
    fc.assert(
      fc.property(returns, returns, fc.double({ min: -3, max: 3, noNaN: true }), (one, other, weight) => {
        const nothing = { days: new Float64Array(RISK_DAYS), beta: 0 };
        const past = withMore(
          withMore(nothing, { dayReturns: one, beta: "0.5" }, 1),
          { dayReturns: other, beta: "2" },
          weight,
        );
        const parts = [one, other].map((values, at) =>
          Float64Array.from(values, (value) => ((at === 0 ? 1 : weight) * value) / RETURN_UNITS),
        );
        const risk = portfolioRisk(parts, { confidence: 0.95, periodsPerYear: 365 });
        const found = portfolioFigures(past, LIMITED);
        expect(found.var_95).toBeCloseTo(Math.max(0, risk.valueAtRisk.whole), 9);
        expect(found.cvar_95).toBeCloseTo(Math.max(0, risk.shortfall.whole), 9);
        expect(found.volatility).toBeCloseTo(risk.annualVolatility.whole, 9);
        expect(found.beta).toBeCloseTo(Math.abs(0.5 + 2 * weight), 9);
      }),
      { numRuns: 50 },
    );
  });

  it("are of everything held of a leader, with both sides added", () => {
    const portfolio = story({});
    portfolio.fillAll(portfolio.leads("BTCUSDT", "buy", "0.1"));
    portfolio.fillAll(portfolio.leads("ETHUSDT", "sell", "1"));
    const follower = portfolio.state.followers.get(FOLLOWER);
    if (follower === undefined) throw new Error("no follower");
    const { byLeader } = copiedValues(portfolio.state, follower, new Planned());
    expect([...byLeader.values()]).toEqual([7_500_000_000]);
  });
});
