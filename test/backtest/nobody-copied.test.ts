/** Who copied nobody is told why, by what kept its leaders out; who copied is not. */
import { expect, it } from "vitest";
import { type LyingAccount, nobodyCopied } from "../../src/control/backtest/nobody-copied.ts";

type Decision = LyingAccount["decisions"][number];

const nobody: Decision = {
  asOfMs: 0,
  allocations: [],
  turnover: 0,
  notes: [],
  candidates: 9,
  out: { "too-few-trades": 2, "failed-filter": 6, "unknown-figure": 1 },
  outBy: { "failed-filter": { max_beta: 4, min_age: 2 }, "unknown-figure": { cagr: 1 } },
  unmeasured: [],
};

const selective: LyingAccount = {
  strategy: "selective_copying",
  options: { min_trades: 100 },
  decisions: [nobody],
  leaders: [],
  happenings: { reasons: {} },
};

it("names each bound with its value, each filter and figure, and what would change it", () => {
  expect(nobodyCopied([selective])).toEqual([
    "selective_copying copied nobody: at none of its moments (1) did anybody meet what it asks. Of 9 at the last one: " +
      "6 failed-filter (fails a filter of trader_selection or traders; max_beta 4; min_age 2), " +
      "2 too-few-trades (has finished fewer trades than min_trades; min_trades 100), " +
      "1 unknown-figure (a figure that is asked for cannot be told of its record; cagr 1). " +
      "Each counts at the first bound that it fails, and may fail others. To change that: " +
      "other min_trades under strategies.selective_copying in the configuration; other filters under trader_selection and traders; another --strategy",
  ]);
});

it("tells apart that nobody was known, and that no order came of who was chosen", () => {
  const [unknown] = nobodyCopied([
    { ...selective, decisions: [{ ...nobody, candidates: 0, out: {}, outBy: {} }] },
  ]);
  expect(unknown).toContain("was anything known of any trader");
  const chose = { ...nobody, allocations: [{ trader: "a", weight: 1, scale: 1 }] };
  const happenings = { reasons: { "below-minimum-notional": 7 } };
  expect(nobodyCopied([{ ...selective, decisions: [chose], happenings }])).toEqual([
    "selective_copying copied nobody: it chose up to 1 at a time, and no order came of it (7 below-minimum-notional)",
  ]);
  const result = { leader: "a", trades: "1", fees: "0", funding: "0", profit: "1" };
  expect(nobodyCopied([{ ...selective, decisions: [chose], leaders: [result] }])).toEqual([]);
});
