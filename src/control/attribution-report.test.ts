/** Attribution from a journal: each cause shows in its own part and in no other, and the parts are the difference to the last digit. */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attributed, finished, partsOf, recordsOf } from "../../test/attributed.ts";
import { BTC, FOLLOWER, LEADER, onlyOrder, Story, type StoryOptions } from "../../test/core/story.ts";
import { filling, moneyMoves, SECOND, TwoLeaders } from "../../test/core/two-leaders.ts";
import { moves, playInto } from "../../test/journal-fixture.ts";
import { encodeCheckpoint } from "../core/checkpoint.ts";
import type { Decision } from "../core/decision.ts";
import { Decimal } from "../core/model/decimal.ts";
import { TradeId } from "../core/model/identifiers.ts";
import type { JournalRecord } from "../journal/journal.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { type AttributionReport, type AttributionRequest, attribution } from "./attribution-report.ts";
import { resultsOf } from "./results.ts";

const ONE_TO_ONE = { sizing: { kind: "multiplier", multiplier: "1" } } as const;

function begun(options: StoryOptions = {}): Story {
  return new Story({ ...options, allocation: { ...ONE_TO_ONE, ...options.allocation } });
}

function reported(story: Story, request: AttributionRequest = {}): AttributionReport {
  return attributed(recordsOf(story.events), request);
}

function totalOf(report: AttributionReport) {
  const [total] = report.totals;
  if (total === undefined || report.totals.length > 1) throw new Error(`${report.totals.length} totals`);
  return total;
}

/** All of the decision's order is executed at once. */
function executed(story: Story, decision: Decision, price: string, fee = "0"): void {
  const order = onlyOrder(decision);
  const quantity = String(Math.abs(order.lots) / 1_000);
  story.trade(decision, { quantity, price, fee });
  const row = { ...story.orderRow(order, quantity, "filled"), averagePrice: price };
  story.feed({ kind: "order-reported", account: FOLLOWER, order: row, atMs: story.nowMs });
  const owned = story.leg(order.leg).ownedLots;
  story.followerHolds(String(owned / 1_000), order.leg);
}

/** The leader buys one at 60000 and sells it at 61000; the follower does the same at the same prices. */
function copiedWhole(story: Story, fee = "0"): void {
  executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60000", fee);
  story.price("61000");
  executed(story, story.leaderFill("sell", "1", { price: "61000" }), "61000", fee);
}

describe("a copy that lacks nothing", () => {
  test("makes what its leader makes, and every part is nothing", () => {
    const story = begun();
    copiedWhole(story);
    const total = totalOf(reported(story));
    expect(total.leaderScaled.profit).toBe("1000");
    expect(total.followerResult.profit).toBe("1000");
    expect(partsOf(total)).toEqual({});
    expect(total.metrics).toMatchObject({
      changes: 2,
      copied: 2,
      copyAccuracy: 1,
      slippageBps: "0",
      slippageSpreadBps: { p5: 0, p95: 0, executions: 2 },
      executionDelayMs: { executions: 2 },
    });
  });

  test("while something is held, it is valued at the mark on both sides", () => {
    const story = begun();
    executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60000");
    story.price("60250");
    const total = totalOf(reported(story));
    expect(total.leaderScaled.profit).toBe("250");
    expect(partsOf(total)).toEqual({});
  });
});

describe("a planted cause is in its own part and in no other", () => {
  test("delay: the price has moved when the order is decided on", () => {
    const story = begun();
    story.price("60040");
    executed(story, story.leaderFill("buy", "1", { price: "60000", ageMs: 700 }), "60040");
    const total = totalOf(reported(story));
    expect(partsOf(total)).toEqual({ delay: "-40" });
    expect(total.metrics.executionDelayMs).toMatchObject({ p50: 701, p99: 701 });
    expect(total.metrics.delayParts).toEqual({ heard: 700, decided: 0, filled: 1 });
    expect(total.metrics.slippageBps).toBe("6.67");
    expect(total.metrics.slippageSpreadBps).toEqual({
      p5: 6.67,
      p25: 6.67,
      p50: 6.67,
      p75: 6.67,
      p95: 6.67,
      executions: 1,
    });
  });

  test("a price that was under way when the leader traded is no price after it", () => {
    const story = begun();
    story.book("60000", "60000", "60000", { ageMs: 50 });
    executed(story, story.leaderFill("buy", "1", { price: "60040", ageMs: 40 }), "60040");
    expect(partsOf(totalOf(reported(story)))).toEqual({});
  });

  test("spread: the order takes the other side of the book", () => {
    const story = begun();
    story.book("59990", "60010", "60000");
    executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60010");
    expect(partsOf(totalOf(reported(story)))).toEqual({ spread: "-10" });
  });

  test("impact: it is filled beyond the best price", () => {
    const story = begun();
    executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60025.5");
    expect(partsOf(totalOf(reported(story)))).toEqual({ impact: "-25.5" });
  });

  test("fees: what was paid beyond the leader's own, scaled", () => {
    const story = begun();
    copiedWhole(story, "12.345");
    const total = totalOf(reported(story));
    expect(partsOf(total)).toEqual({ fees: "-24.69" });
    expect(total.followerResult.fees).toBe("24.69");
  });

  test("rounding: what is less than a step is not held", () => {
    const story = begun({ allocation: { sizing: { kind: "multiplier", multiplier: "0.3333" } } });
    executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60000");
    story.price("61000");
    const total = totalOf(reported(story));
    expect(total.leaderScaled.profit).toBe("333.3");
    expect(partsOf(total)).toEqual({ rounding: "-0.3" });
  });

  test("a cap: what is beyond it is given up or waits", () => {
    const story = begun({ allocation: { symbolNotionalMax: "30000" } });
    executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60000");
    story.price("61000");
    const total = totalOf(reported(story));
    expect(partsOf(total)).toEqual({ caps: "-500" });
    const caps = total.components.find(({ component }) => component === "caps");
    expect(caps?.reasons).toEqual([{ reason: "symbol-cap", amount: "-500" }]);
  });

  test("the minimum: an order below it is not sent", () => {
    const story = begun({ instrument: { minNotional: "100" } });
    story.leaderFill("buy", "0.001", { price: "60000" });
    story.price("61000");
    const total = totalOf(reported(story));
    expect(partsOf(total)).toEqual({ minimum: "-1" });
    expect(total.metrics).toMatchObject({ changes: 1, copied: 0, copyAccuracy: 0 });
  });

  test("the minimum: rounding up to it holds more than the leader", () => {
    const minimumPolicy = { kind: "round-up", excessMax: "1" } as const;
    const story = begun({ instrument: { minNotional: "100" }, allocation: { minimumPolicy } });
    executed(story, story.leaderFill("buy", "0.001", { price: "60000" }), "60000");
    story.price("61000");
    expect(partsOf(totalOf(reported(story)))).toEqual({ minimum: "1" });
  });

  test("late: the owner is asked, and approves when the price has gone", () => {
    const story = begun({ allocation: { autoCopy: false } });
    story.leaderFill("buy", "1", { price: "60000" });
    story.price("60300");
    executed(story, story.command({ kind: "approve", account: FOLLOWER, proposal: 1, target: "1" }), "60300");
    story.price("61000");
    const total = totalOf(reported(story));
    expect(partsOf(total)).toEqual({ late: "-300" });
    const late = total.components.find(({ component }) => component === "late");
    expect(late?.reasons).toEqual([{ reason: "awaits-approval", amount: "-300" }]);
  });

  test("late: a pause keeps it out for a while, and it is bought afterwards", () => {
    const story = begun();
    story.command({ kind: "pause" });
    story.leaderFill("buy", "1", { price: "60000" });
    story.price("60300");
    const resumed = story.command({ kind: "resume" });
    executed(story, resumed, "60300");
    story.price("60500");
    const total = totalOf(reported(story));
    expect(partsOf(total)).toEqual({ late: "-300" });
    const late = total.components.find(({ component }) => component === "late");
    expect(late?.reasons).toEqual([{ reason: "paused", amount: "-300" }]);
    expect(total.metrics.notCopied).toEqual([{ reason: "paused", changes: 1 }]);
  });

  test("missed: what the owner closed is not bought again", () => {
    const story = begun();
    executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60000");
    story.price("60300");
    const closed = story.command({ kind: "close", account: story.leg().market.follower.account });
    executed(story, closed, "60300");
    story.price("60500");
    const total = totalOf(reported(story));
    expect(partsOf(total)).toEqual({ missed: "-200" });
    const missed = total.components.find(({ component }) => component === "missed");
    expect(missed?.reasons).toEqual([{ reason: "waived", amount: "-200" }]);
  });

  test("missed: a change that the exchange refused for good", () => {
    const story = begun();
    story.reject(onlyOrder(story.leaderFill("buy", "1", { price: "60000" })), "insufficient-margin");
    story.price("60500");
    expect(partsOf(totalOf(reported(story)))).toEqual({ missed: "-500" });
  });

  test("the side that is not copied", () => {
    const story = begun({ allocation: { side: "long" } });
    story.leaderFill("sell", "1", { price: "60000" });
    story.price("59000");
    const total = totalOf(reported(story));
    expect(total.leaderScaled.profit).toBe("1000");
    expect(partsOf(total)).toEqual({ missed: "-1000" });
  });

  test("start date: what the leader had won before, and what of it is not entered any more", () => {
    const held = { instrument: BTC, leg: "net", quantity: "1", entryPrice: "58000", leverage: "10" } as const;
    const story = begun({
      allocation: { startMode: "new-only" },
      leaderHolds: [{ ...held, sequence: 0, venueTimeMs: 1 }],
    });
    story.price("60500");
    const total = totalOf(reported(story));
    expect(total.leaderScaled.profit).toBe("2500");
    expect(partsOf(total)).toEqual({ "start-date": "-2500" });
  });

  test("funding: what the leader paid on its holding, and what was paid here", () => {
    const story = new TwoLeaders({});
    const { story: told } = story;
    executed(told, told.leaderFill("buy", "1", { price: "60000" }), "60000");
    const settled = {
      kind: "funding-settled",
      instrument: BTC,
      leg: "net",
      tradeId: TradeId("of-leader"),
    } as const;
    const times = { venueTimeMs: told.nowMs, atMs: told.nowMs };
    told.feed({ ...settled, account: LEADER, payment: "-6", ...times });
    told.feed({ ...settled, account: LEADER, payment: "-6", ...times });
    story.funding("-8.5", "mine");
    const total = totalOf(reported(told, { leader: LEADER }));
    expect(total.leaderScaled.funding).toBe("-6");
    expect(total.followerResult.funding).toBe("-8.5");
    expect(partsOf(total)).toEqual({ funding: "-2.5" });
  });

  test("funding of a leader that nobody tells is the follower's, in proportion to what is held", () => {
    const story = new TwoLeaders({});
    const { story: told } = story;
    executed(told, told.leaderFill("buy", "1", { price: "60000" }), "60000");
    story.funding("-8.5", "mine");
    const total = totalOf(reported(told, { leader: LEADER }));
    expect(total.leaderScaled.funding).toBe("-8.5");
    expect(partsOf(total)).toEqual({});
  });
});

test("the example of docs/attribution.md", () => {
  const story = begun({ allocation: { sizing: { kind: "multiplier", multiplier: "0.3333" } } });
  story.nowMs += 100;
  story.book("60015", "60025", "60020");
  const bought = story.leaderFill("buy", "1", { price: "60000", ageMs: 50, fee: "33" });
  executed(story, bought, "60026", fee("60026"));
  story.nowMs += 100;
  story.book("61000", "61010", "61005");
  executed(
    story,
    story.leaderFill("sell", "1", { price: "61000", ageMs: 1, fee: "33.55" }),
    "61000",
    fee("61000"),
  );
  const total = totalOf(reported(story));
  expect(total.leaderScaled.profit).toBe("311.118885");
  expect(partsOf(total)).toEqual({
    rounding: "-0.280035",
    delay: "-8.32957875",
    impact: "-0.33318315",
    fees: "-2.0150829",
  });
  expect(total.difference).toBe("-10.9578798");
});

/** Of 0.333 at 0.06 %. */
function fee(price: string): string {
  return Decimal.parse(price).times(Decimal.parse("0.333")).times(Decimal.parse("0.0006")).toString();
}

test("a change that its position told first has the price of its executions, once they are told", () => {
  const story = begun();
  story.price("60050");
  story.nowMs += 1;
  const position = { ...story.row("1"), sequence: 10 };
  const decision = story.feed({
    kind: "leader-position-reported",
    account: LEADER,
    position,
    receivedAtMs: story.nowMs,
  });
  executed(story, decision, "60050");
  const untold = totalOf(reported(story));
  expect(partsOf(untold)).toEqual({});
  expect(reported(story).rows[0]?.unpricedChanges).toBe(1);
  for (const [part, price] of [
    ["0.25", "60000"],
    ["0.75", "60020"],
  ] as const)
    story.leaderFill("buy", part, { price });
  const told = reported(story);
  expect(partsOf(totalOf(told))).toEqual({ delay: "-35" });
  expect(told.rows[0]?.unpricedChanges).toBe(0);
});

test("both sides of a hedged account are told as one, and each adds up", () => {
  const story = begun({ mode: "hedge" });
  executed(story, story.leaderFill("buy", "1", { leg: "long", price: "60000" }), "60010");
  story.price("61000");
  executed(story, story.leaderFill("sell", "0.5", { leg: "short", price: "61000" }), "60990");
  story.price("61500");
  const total = totalOf(reported(story));
  expect(total.leaderScaled.profit).toBe("1250");
  expect(total.followerResult.profit).toBe("1235");
  expect(partsOf(total)).toEqual({ impact: "-15" });
});

test("an inverse copy is held against the opposite of its leader", () => {
  const story = begun({ allocation: { inverse: true } });
  story.nowMs += 10;
  story.book("59990", "60010", "60000");
  executed(story, story.leaderFill("buy", "1", { price: "60010" }), "59990");
  story.price("59000");
  const total = totalOf(reported(story));
  expect(total.leaderScaled.profit).toBe("1010");
  // The leader took the ask, and its opposite takes the bid: the whole way between them.
  expect(partsOf(total)).toEqual({ spread: "-20" });
});

describe("questions", () => {
  test("a trade is one position of the leader's, named by any of its changes; trades add up to all", () => {
    const story = begun();
    copiedWhole(story, "1");
    story.price("62000");
    executed(story, story.leaderFill("buy", "2", { price: "62000" }), "62010", "1");
    const all = totalOf(reported(story));
    const { rows } = reported(story, { byTrade: true });
    expect(rows.map(({ difference }) => difference)).toEqual(["-2", "-21"]);
    expect(all.difference).toBe("-23");
    const [first, second] = rows;
    const change = first?.trade ?? 0;
    expect(reported(story, { trade: change }).rows).toEqual([first]);
    expect(reported(story, { trade: second?.trade ?? 0 }).rows).toEqual([second]);
    expect(() => reported(story, { trade: 1 })).toThrow("change 1 is none of a copied position");
  });

  test("an unknown name is told with those that there are", () => {
    const story = begun();
    copiedWhole(story);
    expect(() => reported(story, { leader: "nobody" })).toThrow(
      'no leader "nobody" was ever copied here; there are: leader',
    );
    expect(() => reported(story, { follower: "nobody" })).toThrow("there are: follower");
    expect(() => reported(story, { symbol: "ETHUSDT" })).toThrow("there are: BTCUSDT");
  });

  test("a window before the first record has nothing in it", () => {
    const story = begun();
    copiedWhole(story);
    const report = reported(story, { fromMs: 1, toMs: 2 });
    expect(report).toMatchObject({ totals: [], rows: [], window: { fromMs: 1, toMs: 2 } });
  });

  test("a window that is open towards the journal never ends before it begins", () => {
    const story = begun();
    copiedWhole(story);
    const after = reported(story, { fromMs: 9e12 });
    expect(after).toMatchObject({ totals: [], window: { fromMs: 9e12, toMs: 9e12 } });
    expect(reported(story, { toMs: 2 }).window).toEqual({ fromMs: 2, toMs: 2 });
  });
});

/** The account's profit by the ledgers of the core. */
function profitOf({ state }: Story): string {
  const [follower] = state.followers.values();
  const [results] = follower === undefined ? [] : resultsOf(state, follower);
  return results?.account.profit ?? "0";
}

const allocations = fc.constantFrom(
  {},
  { sizing: { kind: "multiplier", multiplier: "0.37" } } as const,
  { symbolNotionalMax: "9000" },
  { side: "long" } as const,
  { inverse: true },
  { startMode: "new-only" } as const,
  { minimumPolicy: { kind: "round-up", excessMax: "5" } } as const,
  { sizing: { kind: "equity-proportional", rebalanceBand: "0.1" } } as const,
);

test.each(["0.1.0", "0.1.0-early"])("a journal of version %s is read, and adds up", (version) => {
  const folder = fileURLToPath(new URL(`../../test/journal/kept/${version}`, import.meta.url));
  const report = finished(attribution(folder, {}));
  expect(report?.rows.length).toBeGreaterThan(1);
  for (const { residual } of [...(report?.rows ?? []), ...(report?.totals ?? [])]) expect(residual).toBe("0");
});

test("where a cut journal goes on without a price, what is held counts from its first price on", () => {
  const story = begun();
  executed(story, story.leaderFill("buy", "1", { price: "60000" }), "60010");
  story.state.quotes.clear();
  const records: JournalRecord[] = [
    { sequence: 1, type: "checkpoint", payload: encodeCheckpoint(story.state) },
  ];
  for (const mark of ["61000", "61500"]) {
    story.nowMs += 1_000;
    story.price(mark);
    const payload = JSON.stringify(story.events.at(-1));
    records.push({ sequence: records.length + 1, type: "event", payload });
  }
  const total = totalOf(attributed(records));
  expect([total.leaderScaled.profit, total.followerResult.profit, total.difference]).toEqual([
    "500",
    "500",
    "0",
  ]);
});

test("a folder without a journal has nothing to tell", () => {
  expect(finished(attribution("/nowhere/at/all", {}))).toBeNull();
});

describe("two leaders on one account, whatever happens", () => {
  const histories = fc.record({
    happenings: fc.array(fc.oneof(moneyMoves, filling), { minLength: 1, maxLength: 30 }),
    allocation: allocations,
    mode: fc.constantFrom("one-way" as const, "hedge" as const),
    cut: fc.nat(1_000),
  });

  test("nothing is left over; windows, leaders and trades add up; and the result is the account's own", () => {
    fc.assert(
      fc.property(histories, ({ happenings, allocation, mode, cut }) => {
        const two = new TwoLeaders({ allocation, mode, instrument: { minNotional: "60" } });
        for (const one of happenings) if (mode === "one-way" || !("fill" in one)) two.happens(one);
        const { story } = two;
        const records = recordsOf(story.events);
        const all = attributed(records);
        for (const row of [...all.rows, ...all.totals]) expect(row.residual).toBe("0");
        const ours = sum(all.totals.map(({ followerResult }) => followerResult.profit));
        expect(ours).toBe(profitOf(story));
        const at = all.journalFromMs + Math.round(((story.nowMs - all.journalFromMs) * cut) / 1_000);
        const halves = [attributed(records, { toMs: at }), attributed(records, { fromMs: at })];
        const byLeader = [LEADER, SECOND].map((leader) => attributed(records, { leader }));
        const byTrade = attributed(records, { byTrade: true });
        for (const parts of [halves, byLeader])
          expect(sumsOf(parts.flatMap(({ totals }) => totals))).toEqual(sumsOf(all.totals));
        expect(sumsOf(byTrade.rows)).toEqual(sumsOf(all.totals));
      }),
      { numRuns: 120 },
    );
  });
});

test("whatever a journal holds, restarts, snapshots, refusals and pauses: nothing is left over, and windows add up", () => {
  fc.assert(
    fc.property(moves(), fc.nat(1_000), (played, cut) => {
      const journal = new MemoryJournal();
      playInto(journal, played);
      const records = [...journal.read(1)];
      const all = attributed(records);
      for (const row of [...all.rows, ...all.totals]) expect(row.residual).toBe("0");
      const { fromMs, toMs } = all.window;
      const at = fromMs + Math.round(((toMs - fromMs) * cut) / 1_000);
      const halves = [attributed(records, { toMs: at }), attributed(records, { fromMs: at })];
      expect(sumsOf(halves.flatMap(({ totals }) => totals))).toEqual(sumsOf(all.totals));
      // Where the journal was cut, it goes on from a recorded state.
      const kept = records.slice(records.findLastIndex(({ type }) => type === "checkpoint"));
      for (const row of attributed(kept).rows) expect(row.residual).toBe("0");
    }),
    { numRuns: 120 },
  );
});

function sumsOf(parts: readonly AttributionReport["totals"][number][] | AttributionReport["rows"]) {
  const names = ["difference", ...(parts[0]?.components.map(({ component }) => component) ?? [])];
  const amounts = names.map((name) => {
    const found = parts.map((part) =>
      name === "difference"
        ? part.difference
        : (part.components.find(({ component }) => component === name)?.amount ?? "0"),
    );
    return [name, sum(found)] as const;
  });
  return Object.fromEntries(amounts.filter(([, amount]) => amount !== "0"));
}

function sum(amounts: readonly string[]): string {
  return amounts.reduce((all, amount) => all.plus(Decimal.parse(amount)), Decimal.zero).toString();
}
