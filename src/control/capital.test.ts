/** What capital a leader takes: thresholds that are true, and what is lost below them. */
import { describe, expect, test } from "vitest";
import { proportional } from "../../test/core/rules.ts";
import { FOLLOWER, LEADER, orderTexts, Story, type StoryOptions } from "../../test/core/story.ts";
import type { Allocation } from "../core/settings.ts";
import { capitalNeeds, capitalOf } from "./capital.ts";
import { typicalOf, typicalPositions } from "./typical-positions.ts";

/** Leader 100,000 USDT; the venue takes 0.001 BTC and 100 USDT at least, so 0.002 at 60,000. */
const INSTRUMENT = { minNotional: "100" };

function holding(sizing: Allocation["sizing"], equity: string, options: StoryOptions = {}): Story {
  const story = new Story({ allocation: { sizing }, instrument: INSTRUMENT, ...options });
  story.equity(LEADER, "100000");
  story.equity(FOLLOWER, equity);
  story.leaderFill("buy", "0.5");
  return story;
}

const reportOf = (story: Story, typical: Parameters<typeof capitalOf>[2] = []) => {
  const [found] = capitalOf(story.state, { leader: LEADER }, typical).followers;
  if (found === undefined) throw new Error("no follower");
  return found;
};

const byEquity = proportional({ kind: "equity" });

describe("by equity", () => {
  test("names the smallest equity, and what falls away below it (pain 25)", () => {
    expect(reportOf(holding(byEquity, "399.99"))).toEqual({
      follower: "follower",
      sizing: "equity-proportional",
      capital: "399.99",
      smallestEquity: "400",
      margin: "6",
      positions: [
        {
          symbol: "BTCUSDT",
          kind: "held",
          leader: "0.5",
          price: "60000",
          target: "0",
          least: "0.002",
          isCopied: false,
          errorPercent: "100",
          margin: "6",
          followsCapital: true,
          neededCapital: "400",
          neededFactor: "1.0001",
          reason: "below-minimum-notional",
        },
      ],
    });
  });

  test.each(["100", "399.99", "400", "400.01", "1234.56"])(
    "with %s the threshold is what is traded",
    (equity) => {
      const story = holding(byEquity, equity);
      const traded = story.decisions.at(-1);
      if (traded === undefined) throw new Error("nothing was decided");
      const { smallestEquity, positions } = reportOf(story);
      expect(smallestEquity).toBe("400");
      expect(orderTexts(traded).length > 0).toBe(positions.every(({ isCopied }) => isCopied));
      expect(orderTexts(traded).length > 0).toBe(Number(equity) >= 400);
    },
  );

  test("tells the rounding error of what is copied", () => {
    // 0.5 x 500 / 100,000 = 0.0025, of which 0.002 is held.
    expect(reportOf(holding(byEquity, "500")).positions).toMatchObject([
      { target: "0.002", errorPercent: "20", isCopied: true, reason: "" },
    ]);
  });

  test("the typical position of the journal counts too", () => {
    const report = reportOf(holding(byEquity, "500"), [{ symbol: "BTCUSDT", quantity: "0.1" }]);
    expect(report.smallestEquity).toBe("2000");
    expect(report.positions).toMatchObject([
      { kind: "held", isCopied: true },
      { kind: "typical", leader: "0.1", isCopied: false, neededCapital: "2000" },
    ]);
  });

  test("an equity that is not known is a reason, and no number is made up", () => {
    const report = reportOf(holding(byEquity, ""));
    expect(report).toMatchObject({ smallestEquity: null, capital: "" });
    expect(report.positions).toMatchObject([{ reason: "equity-unknown", neededCapital: "", target: "" }]);
  });
});

describe("where the size does not follow capital", () => {
  test("the margin of what is held is the smallest equity", () => {
    const report = reportOf(holding({ kind: "fixed-notional", notional: "600" }, "50"));
    expect(report).toMatchObject({ smallestEquity: "60", margin: "60", capital: "50" });
    expect(report.positions).toMatchObject([{ target: "0.01", errorPercent: "0", neededCapital: "0" }]);
  });

  test("no equity helps a size that is too small, and how much larger it must be is said", () => {
    const report = reportOf(holding({ kind: "multiplier", multiplier: "0.001" }, "1000000"));
    expect(report.smallestEquity).toBeNull();
    expect(report.positions).toMatchObject([{ isCopied: false, neededFactor: "4" }]);
  });
});

test("a status has the need of every relation", () => {
  expect(capitalNeeds(holding(byEquity, "300").state)).toEqual([
    { leader: LEADER, follower: FOLLOWER, capital: "300", smallestEquity: "400", lost: ["BTCUSDT"] },
  ]);
});

test("whom nobody copies, or that follower does not, is refused with those there are", () => {
  const { state } = new Story();
  expect(() => capitalOf(state, { leader: "nobody" }, [])).toThrow(
    '"nobody" is copied by nobody; copied are: leader',
  );
  expect(() => capitalOf(state, { leader: LEADER, follower: "x" }, [])).toThrow('"x" does not copy "leader"');
});

describe("typical positions", () => {
  test("leave out what was refused at the door, of which nothing says what was held", async () => {
    const [held] = changes(["3"]);
    const [refused] = changes([""]);
    if (held === undefined || refused === undefined) throw new Error("no changes");
    const row = { leader: LEADER, follower: FOLLOWER, changedBy: "1", atMs: 1 };
    const ending = { orders: [], reason: "", detail: "{}" };
    const outcomes = async () => [
      { ...held, ...row, ...ending },
      { ...refused, ...row, ...ending, follower: "", reason: "unknown-instrument" },
    ];
    expect(await typicalOf({ outcomes }, { leader: LEADER })).toEqual([{ symbol: "BTCUSDT", quantity: "3" }]);
  });

  const changes = (holds: readonly string[], symbol = "BTCUSDT") =>
    holds.map((leaderHolds, index) => ({ change: index + 1, symbol, leg: "net" as const, leaderHolds }));

  test.each([
    [["1", "3", "2", "0", "5", "0", "-4", "-1", "0"], "4"],
    [["1", "-7"], "1"],
    [["2", "4"], "4"],
    [["0"], undefined],
  ])("of %j the median of the peaks is %s", (holds, quantity) => {
    expect(typicalPositions(changes(holds))[0]?.quantity).toBe(quantity);
  });

  test("do not depend on the order or on repetitions, and are by symbol", () => {
    const all = [...changes(["1", "3", "0"]), ...changes(["9", "0"], "ETHUSDT")];
    const expected = [
      { symbol: "BTCUSDT", quantity: "3" },
      { symbol: "ETHUSDT", quantity: "9" },
    ];
    expect(typicalPositions([...all, ...all])).toEqual(expected);
    const bySymbol = typicalPositions([...all].reverse());
    expect([...bySymbol].sort((left, right) => left.symbol.localeCompare(right.symbol))).toEqual(expected);
  });
});
