/** The checker is silent on a sound history and finds each violation that is planted in it. */
import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import type {
  CheckedFill,
  CheckedLimits,
  CheckedOutcome,
  CheckedRequest,
  Evidence,
  Violation,
} from "./evidence.ts";
import { compare, exact, minus, over, plus, show, stepsUp, times, towardsZero } from "./exact.ts";
import { BTCUSDT, HALF } from "./fixture.ts";

const FIRST = `ct${"a".repeat(21)}1`;
const SECOND = `ct${"a".repeat(21)}2`;
const THIRD = `ct${"a".repeat(21)}3`;
const SLACK_MS = 1_000;

function fill(side: "buy" | "sell", quantity: string, atMs: number, clientOrderId = ""): CheckedFill {
  return { symbol: "BTCUSDT", leg: "net", side, quantity, price: "60000", atMs, clientOrderId };
}

function request(
  clientOrderId: string,
  side: "buy" | "sell",
  quantity: string,
  atMs: number,
): CheckedRequest {
  const reduceOnly = side === "sell";
  const place = { symbol: "BTCUSDT", leg: "net" } as const;
  return { action: "create", clientOrderId, ...place, side, quantity, reduceOnly, outcome: "accepted", atMs };
}

function outcome(change: number, changedBy: string, leaderHolds: string, order: string): CheckedOutcome {
  const pair = { leader: "leader", follower: "follower", symbol: "BTCUSDT", leg: "net" } as const;
  const orders = order === "" ? [] : [order];
  const [reason, detail] = order === "" ? ["below-step", { changedLots: 1, targetLots: 200 }] : ["", {}];
  return { change, ...pair, changedBy, leaderHolds, atMs: change * 10_000, orders, reason, detail };
}

/** The leader buys 1, sells 0.6, buys a step too small to copy; the follower copies half. */
const SOUND: Evidence = {
  instruments: [BTCUSDT],
  allocations: [HALF],
  leaders: [
    {
      account: "leader",
      mode: "one-way",
      positions: [{ symbol: "BTCUSDT", leg: "net", quantity: "0.401" }],
      held: [],
      fills: [fill("buy", "1", 10_000), fill("sell", "0.6", 20_000), fill("buy", "0.001", 30_000)],
      requests: [],
      equities: [],
    },
  ],
  followers: [
    {
      account: "follower",
      mode: "one-way",
      positions: [{ symbol: "BTCUSDT", leg: "net", quantity: "0.2" }],
      held: [],
      fills: [fill("buy", "0.5", 10_100, FIRST), fill("sell", "0.3", 20_100, SECOND)],
      requests: [request(FIRST, "buy", "0.5", 10_050), request(SECOND, "sell", "0.3", 20_050)],
      equities: [],
    },
  ],
  outcomes: [
    outcome(1, "1", "1", FIRST),
    outcome(2, "-0.6", "0.4", SECOND),
    outcome(3, "0.001", "0.401", ""),
  ],
  intents: [FIRST, SECOND].map((clientOrderId) => ({
    clientOrderId,
    follower: "follower",
    symbol: "BTCUSDT",
  })),
  standing: [],
  commands: [],
  prices: [{ symbol: "BTCUSDT", atMs: 0, price: "60000" }],
  halted: [],
  outages: false,
  slackMs: SLACK_MS,
};

type Follower = Evidence["followers"][number];

/** 0.5 BTC are worth 30,000. */
function under(equity: string, limits: Omit<CheckedLimits, "follower">): Evidence {
  const known = withFollower(() => ({ equities: [{ atMs: 0, equity }] }));
  return { ...known, limits: [{ follower: "follower", ...limits }] };
}

/** Longs against shorts: a short of 30,000 is closed, and 30,000 are bought by an order that is decided at 10,000 ms. */
function closedBeside(closedAtMs: number): Evidence {
  const known = under("30000", {
    portfolio: "0.5",
    measures: { portfolio: "net", symbol: "gross", leader: "gross" },
  });
  const [btc] = known.instruments;
  if (btc === undefined) throw new Error("no instrument");
  return {
    ...known,
    instruments: [btc, { ...btc, symbol: "ETHUSDT" }],
    prices: [...known.prices, { symbol: "ETHUSDT", atMs: 0, price: "3000" }],
    intents: known.intents.map((intent) => ({ ...intent, decidedAtMs: 10_000 })),
    followers: known.followers.map((one) => ({
      ...one,
      held: [{ symbol: "ETHUSDT", leg: "net", quantity: "-10" }],
      fills: [...one.fills, { ...fill("buy", "10", closedAtMs, THIRD), symbol: "ETHUSDT" }],
    })),
  };
}

describe("limits of an account", () => {
  it.each([
    ["30000", { portfolio: "1", symbol: "1", ordersPerMinute: 2 }, []],
    ["29999", { portfolio: "1" }, ["all positions 30000, at most 29999"]],
    ["50000", { symbol: "0.5" }, ["BTCUSDT 30000, at most 25000"]],
  ])("of %s USDT with %j", (equity, limits, expected) => {
    const past = check(under(equity, limits)).filter(({ rule }) => rule === "past-limit");
    expect(past.slice(0, 1).map(({ numbers }) => numbers)).toEqual(expected);
  });

  it.each([
    ["while the order is on its way", 10_080, []],
    ["before it was decided", 5_000, ["all positions 30000, at most 15000"]],
  ])("count what stood against an order and was closed %s", (_, closedAtMs, expected) => {
    const past = check(closedBeside(closedAtMs)).filter(({ rule }) => rule === "past-limit");
    expect(past.map(({ numbers }) => numbers)).toEqual(expected);
  });

  it("count the positions of an instrument that changes its terms, too", () => {
    const { instruments, ...known } = closedBeside(10_080);
    const changing = { ...known, instruments: instruments.slice(0, 1), changing: ["ETHUSDT"] };
    expect(check(changing).filter(({ rule }) => rule === "past-limit")).toEqual([]);
  });

  it.each([
    ["arrives after the next start", [10_000], []],
    ["arrives before it", [], ["all positions 30000, at most 25000"]],
  ])("are past with an order of a lost tail only where it %s", (_, starts, expected) => {
    const known = under("25000", { portfolio: "1" });
    const intents = known.intents.map((intent) => ({ ...intent, decidedAtMs: 7_000 }));
    const past = check({ ...known, starts, intents, lostIntents: intents.slice(0, 1) });
    expect(past.filter(({ rule }) => rule === "past-limit").map(({ numbers }) => numbers)).toEqual(expected);
  });

  it.each([
    [{ value: "25000", asked: "6000", limit: "30000" }, true],
    [{ value: "25000", asked: "5000", limit: "30000" }, false],
    [{ waivedLots: 3 }, true],
    [{}, false],
  ])("may be the reason by the numbers %j: %s", (detail, isPossible) => {
    const evidence = {
      ...denied("portfolio-exposure", detail),
      limits: [{ follower: "follower", portfolio: "1" }],
    };
    const lies = check(evidence).filter(({ rule }) => rule === "impossible-reason");
    expect(lies).toHaveLength(isPossible ? 0 : 1);
  });

  it("are no reason where there is none", () => {
    const numbers = { value: "25000", asked: "6000", limit: "30000" };
    const lies = check(denied("portfolio-exposure", numbers)).filter(
      ({ rule }) => rule === "impossible-reason",
    );
    expect(lies).toHaveLength(1);
  });
});

function withFollower(change: (follower: Follower) => Partial<Follower>): Evidence {
  return { ...SOUND, followers: SOUND.followers.map((one) => ({ ...one, ...change(one) })) };
}

function withOutcome(place: number, change: Partial<CheckedOutcome>): Evidence {
  return {
    ...SOUND,
    outcomes: SOUND.outcomes.map((one, index) => (index === place ? { ...one, ...change } : one)),
  };
}

function holding(quantity: string): Pick<Follower, "positions"> {
  return { positions: [{ symbol: "BTCUSDT", leg: "net", quantity }] };
}

/** The third change denied for `reason`. */
function denied(reason: string, detail: CheckedOutcome["detail"] = {}): Evidence {
  return withOutcome(2, { reason, detail });
}

/** A third order of ours, accepted and filled, with its intent, after what the owner did. */
function withThird(
  third: Partial<CheckedRequest>,
  by: CheckedFill,
  holds: string,
  ...owners: readonly CheckedFill[]
): Evidence {
  const evidence = withFollower(({ requests, fills }) => ({
    requests: [...requests, { ...request(THIRD, by.side, by.quantity, by.atMs), ...third }],
    fills: [...fills, ...owners, by],
    ...holding(holds),
  }));
  return {
    ...evidence,
    intents: [...evidence.intents, { clientOrderId: THIRD, follower: "follower", symbol: "BTCUSDT" }],
  };
}

function boughtBack(): Evidence {
  return withThird({}, fill("buy", "0.1", 41_000, THIRD), "0.2", fill("sell", "0.1", 40_000));
}

const PLANTED: readonly (readonly [string, Violation["rule"], Evidence])[] = [
  [
    "a follower off its target",
    "off-target",
    withFollower(({ fills }) => ({ fills: fills.slice(0, 1), ...holding("0.5") })),
  ],
  ["a position that its fills do not make", "off-target", withFollower(() => holding("0.3"))],
  [
    "a follower on the other side",
    "off-target",
    withFollower(() => ({ fills: [fill("sell", "0.2", 10_100, FIRST)], ...holding("-0.2") })),
  ],
  [
    "one id accepted twice",
    "doubled",
    withFollower(({ requests }) => ({ requests: [...requests, ...requests.slice(0, 1)] })),
  ],
  [
    "one intent sent again under a new id",
    "past-target",
    withThird({ reduceOnly: false }, fill("buy", "0.5", 10_200, THIRD), "0.7"),
  ],
  [
    "an order without an intent",
    "without-intent",
    withFollower(({ requests }) => ({ requests: [...requests, request(THIRD, "buy", "0.001", 30_050)] })),
  ],
  ["an outcome that names an order nobody intended", "without-intent", withOutcome(0, { orders: [THIRD] })],
  ["a change without order or reason", "unexplained", withOutcome(2, { reason: "" })],
  ["a change with an order and a reason", "explained-twice", withOutcome(0, { reason: "at-target" })],
  [
    "a change recorded twice",
    "explained-twice",
    { ...SOUND, outcomes: [...SOUND.outcomes, ...SOUND.outcomes.slice(2)] },
  ],
  ["a change that nobody recorded", "broken-chain", { ...SOUND, outcomes: SOUND.outcomes.slice(1) }],
  ["a last change that nobody recorded", "broken-chain", { ...SOUND, outcomes: SOUND.outcomes.slice(0, 2) }],
  [
    "a reduction that is not reduce-only",
    "not-reduce-only",
    withFollower(({ requests }) => ({ requests: requests.map((one) => ({ ...one, reduceOnly: false })) })),
  ],
  [
    "a reduction of the owner's position",
    "foreign-touched",
    withFollower(({ requests }) => ({
      held: [{ symbol: "BTCUSDT", leg: "net", quantity: "0.5" }],
      fills: [fill("sell", "0.3", 20_100, SECOND)],
      requests: requests.slice(1),
      ...holding("0.2"),
    })),
  ],
  [
    "a cancelled order of the owner's",
    "foreign-touched",
    withFollower(({ requests }) => ({
      requests: [...requests, { ...request("my-stop", "sell", "0.1", 30_000), action: "cancel" }],
    })),
  ],
  ["the owner's close bought back", "past-target", boughtBack()],
  [
    "the owner's close bought back after an earlier release",
    "past-target",
    { ...boughtBack(), commands: [{ kind: "release", follower: "follower", atMs: 30_000 }] },
  ],
  [
    "more reduced than is ours beside the owner's",
    "foreign-touched",
    withThird({}, fill("sell", "0.3", 40_200, THIRD), "0.2", fill("buy", "0.3", 40_000)),
  ],
  [
    "an increase below the venue's minimum",
    "below-minimum",
    (() => {
      const instruments = SOUND.instruments.map((one) => ({ ...one, minNotional: "40000" }));
      return { ...SOUND, instruments };
    })(),
  ],
  ["a reason that is on no list", "impossible-reason", denied("other")],
  ["a target that never was", "impossible-reason", denied("at-target", { targetLots: 350 })],
  [
    "a change of a step and more that is called less",
    "impossible-reason",
    denied("below-step", { changedLots: 2, targetLots: 200 }),
  ],
  ["a change below a step that names no change", "impossible-reason", denied("below-step")],
  [
    "a change below a step that left a target that never was",
    "impossible-reason",
    denied("below-step", { changedLots: 1, targetLots: 350 }),
  ],
  [
    "a minimum that was met",
    "impossible-reason",
    denied("below-minimum-notional", { lots: 2, leastLots: 1, priceTicks: 600_000 }),
  ],
  [
    "a minimum of another size",
    "impossible-reason",
    denied("below-minimum-notional", { lots: 2, leastLots: 9, priceTicks: 600_000 }),
  ],
  [
    "a price that never was",
    "impossible-reason",
    denied("below-minimum-notional", { lots: 2, leastLots: 5, priceTicks: 10_000 }),
  ],
  ["a filter that lets the symbol in", "impossible-reason", denied("symbol-filtered")],
  ["an instrument that is listed", "impossible-reason", denied("instrument-not-listed")],
  ["an instrument that trades", "impossible-reason", denied("instrument-not-trading")],
  ["a pause that nobody asked for", "impossible-reason", denied("paused")],
  ["a halt that never was", "impossible-reason", denied("halted")],
  ["stale data without an outage", "impossible-reason", denied("leader-stale")],
  ["an owner's position that never was", "impossible-reason", denied("foreign-position")],
  ["a waiver without a cause", "impossible-reason", denied("waived")],
  ["a refusal that never was", "impossible-reason", denied("refused-by-exchange")],
  ["a price that was known", "impossible-reason", denied("no-price")],
  ["an equity that the rule does not need", "impossible-reason", denied("equity-unknown")],
  ["a size that is possible", "impossible-reason", denied("size-impossible")],
  ["a limit of the owner's own that is not there", "impossible-reason", denied("extension-denied")],
  ["a crossing with nobody", "impossible-reason", denied("crossed-inside", { lots: 5 })],
  ["an account that is still there", "impossible-reason", denied("account-removed")],
  ["an allocation that never ended", "impossible-reason", denied("allocation-ended")],
];

describe("the independent checker", () => {
  it("is silent on a sound history", () => {
    expect(check(SOUND)).toEqual([]);
  });

  it("reads plain JSON", () => {
    expect(check(JSON.parse(JSON.stringify(SOUND)))).toEqual([]);
  });

  it.each(PLANTED)("finds %s", (_title, rule, evidence) => {
    expect(check(evidence).map((violation) => violation.rule)).toContain(rule);
  });

  it("lets a standing reason that can be true excuse a follower off its target", () => {
    const off = withFollower(({ fills }) => ({ fills: fills.slice(0, 1), ...holding("0.5") }));
    const excused = { ...off, commands: [{ kind: "pause", follower: null } as const] };
    const standing = [{ follower: "follower", symbol: "BTCUSDT", reason: "paused" }];
    expect(check({ ...excused, standing })).toEqual([]);
    expect(check({ ...off, standing }).map(({ rule }) => rule)).toEqual(["off-target"]);
  });

  it("lets the owner want back what they closed", () => {
    const commands = [{ kind: "release", follower: null, atMs: 40_500 } as const];
    expect(check({ ...boughtBack(), commands })).toEqual([]);
  });
});

describe("its arithmetic", () => {
  it.each([
    ["0.1 + 0.2", plus(exact("0.1"), exact("0.2")), "0.3"],
    ["1 - 1.25", minus(exact("1"), exact("1.25")), "-0.25"],
    ["-1.5 x 0.04", times(exact("-1.5"), exact("0.04")), "-0.06"],
    ["1 / -8", over(exact("1"), exact("-8")), "-0.125"],
    ["-0.0139 by 0.001", towardsZero(exact("-0.0139"), exact("0.001")), "-0.013"],
    ["0.0131 up by 0.001", stepsUp(exact("0.0131"), exact("0.001")), "0.014"],
  ])("%s", (_title, value, text) => {
    expect(show(value)).toBe(text);
    expect(compare(value, exact(text))).toBe(0);
  });

  it.each(["", "1e3", "0x1", " 1", "1."])("refuses %j", (text) => {
    expect(() => exact(text)).toThrow(TypeError);
  });
});
