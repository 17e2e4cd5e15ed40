/** Limits of the portfolio's risk act in a what-if by what the leader's record said at the time. */
import { expect, it } from "vitest";
import { livedBy } from "../../src/control/what-if/engine-lives.ts";
import { accountLimits } from "../../src/control/what-if/left-out.ts";
import { BEGIN_MS, DAY_MS } from "../backtest/recorded-past.ts";
import { partsOf } from "./lives-of.ts";

/** A few days more than a record needs before it tells of risk. */
const DAYS = 34;

it("hold the follower back once the record is long enough, and are left out like other limits", async () => {
  const settings = { max_portfolio_volatility: 0.000_001 };
  const { parts, terms } = await partsOf(1, { days: DAYS, settings });
  const [limit] = accountLimits(terms).filter(({ name }) => name === "max_portfolio_volatility");
  const limited = await livedBy(parts, terms);
  const free = await livedBy(parts, limit?.without(terms) ?? terms);
  const at = async (day: number) => (await parts.measuredAt?.(BEGIN_MS + day * DAY_MS)) ?? [];
  expect((await at(20))[0]?.evidence?.risk).toBeUndefined();
  expect((await at(DAYS - 2))[0]?.evidence?.risk).toBeDefined();
  const days = free.daily.length;
  // Nothing is known of it for most of the time: the same as without the limit.
  expect(limited.daily.slice(0, 20)).toEqual(free.daily.slice(0, 20));
  expect(limited.daily.slice(days - 2)).not.toEqual(free.daily.slice(days - 2));
  expect(limited.outcome.happenings.reasons["portfolio-risk"]).toBeGreaterThan(0);
  expect(free.outcome.happenings.reasons["portfolio-risk"]).toBeUndefined();
}, 300_000);
