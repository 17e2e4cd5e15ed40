/** The checker's own arithmetic of each sizing rule: silent on what the rule asks for, and not on a step or two more or less. */
import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import type { CheckedAccount, CheckedAllocation, CheckedFill, CheckedOutcome, Evidence } from "./evidence.ts";
import { BTCUSDT, HALF } from "./fixture.ts";

const BOUGHT = `ct${"c".repeat(21)}1`;
const SOLD = `ct${"c".repeat(21)}2`;

function fill(side: "buy" | "sell", quantity: string, atMs: number, clientOrderId = ""): CheckedFill {
  return { symbol: "BTCUSDT", leg: "net", side, quantity, price: "50000", atMs, clientOrderId };
}

function account(name: string, quantity: string, fills: readonly CheckedFill[]): CheckedAccount {
  const positions = [{ symbol: "BTCUSDT", leg: "net", quantity }] as const;
  return { account: name, mode: "one-way", positions, held: [], fills, requests: [], equities: [] };
}

/** The leader buys 2 and sells 1 at 50,000; the follower buys `first` and then holds `rest`. */
function story(rule: Partial<CheckedAllocation>, first: string, rest: string): Evidence {
  const sold = (Number(first) - Number(rest)).toFixed(3);
  const fills = [fill("buy", first, 100_050, BOUGHT), fill("sell", sold, 200_050, SOLD)];
  const requests = fills.map(({ clientOrderId, side, quantity, atMs }) => {
    const place = { symbol: "BTCUSDT", leg: "net", side, quantity } as const;
    const reduceOnly = side === "sell";
    return {
      ...place,
      action: "create",
      clientOrderId,
      reduceOnly,
      outcome: "accepted",
      atMs: atMs - 10,
    } as const;
  });
  const figures = { atMs: 1_000, equity: "10000", balance: "4500", available: "2500" };
  const leaders = { atMs: 1_000, equity: "100000", balance: "90000", available: "70000" };
  const leader = account("leader", "1", [fill("buy", "2", 100_000), fill("sell", "1", 200_000)]);
  return {
    instruments: [BTCUSDT],
    allocations: [{ ...HALF, multiplier: "1", ...rule }],
    leaders: [{ ...leader, equities: [leaders], volatilities: [{ atMs: 1_000, volatility: "0.6" }] }],
    followers: [{ ...account("follower", rest, fills), requests, equities: [figures] }],
    outcomes: [outcome(1, "2", "2", BOUGHT), outcome(2, "-1", "1", SOLD)],
    intents: [BOUGHT, SOLD].map((clientOrderId) => ({
      clientOrderId,
      follower: "follower",
      symbol: "BTCUSDT",
    })),
    standing: [],
    commands: [],
    prices: [{ symbol: "BTCUSDT", atMs: 0, price: "50000" }],
    halted: [],
    outages: false,
    slackMs: 1_000,
  };
}

function outcome(change: number, changedBy: string, leaderHolds: string, order: string): CheckedOutcome {
  const pair = { leader: "leader", follower: "follower", symbol: "BTCUSDT", leg: "net" } as const;
  const atMs = change * 100_000 + 10;
  return { change, ...pair, changedBy, leaderHolds, atMs, orders: [order], reason: "", detail: {} };
}

const TARGET = { volatility: "0.3", factorMax: "2", maxAgeMs: 3_600_000 };

const RULES: readonly (readonly [string, Partial<CheckedAllocation>, first: string, rest: string])[] = [
  ["multiplier", { multiplier: "0.3", scaling: "0.5" }, "0.300", "0.150"],
  ["equity", { sizing: "equity-proportional", capital: "equity", band: "0.1" }, "0.200", "0.100"],
  ["balance", { sizing: "equity-proportional", capital: "balance", band: "0.1" }, "0.100", "0.050"],
  ["free margin", { sizing: "equity-proportional", capital: "free-margin", band: "0.1" }, "0.050", "0.025"],
  [
    "a fixed sum",
    { sizing: "equity-proportional", capital: "fixed-sum", amount: "20000", band: "0.1" },
    "0.400",
    "0.200",
  ],
  ["a fixed notional", { sizing: "fixed-notional", amount: "3000", scaling: "2" }, "0.120", "0.060"],
  ["a fixed quantity", { sizing: "fixed-quantity", amount: "0.5" }, "0.500", "0.250"],
  [
    "a volatility target",
    { sizing: "volatility-target", capital: "equity", band: "0.1", target: TARGET },
    "0.100",
    "0.050",
  ],
  [
    "a capped volatility target",
    { sizing: "volatility-target", capital: "equity", band: "0.1", target: { ...TARGET, factorMax: "0.2" } },
    "0.040",
    "0.020",
  ],
];

describe.each(RULES)("sizing by %s", (_, rule, first, rest) => {
  const rulesOf = (evidence: Evidence) => check(evidence).map((violation) => violation.rule);
  const by = (quantity: string, more: number) => (Number(quantity) + more).toFixed(3);

  it("is silent on what the rule asks for", () => {
    expect(check(story(rule, first, rest))).toEqual([]);
  });

  it("finds a follower that holds too little or too much", () => {
    expect(rulesOf(story(rule, first, by(rest, -0.002)))).toContain("off-target");
    expect(rulesOf(story(rule, first, by(rest, 0.002)))).toContain("off-target");
  });

  it("finds an order past what the leader asked for", () => {
    expect(rulesOf(story(rule, by(first, 0.001), rest))).toContain("past-target");
  });
});

const NOTIONAL = { sizing: "fixed-notional", amount: "3000", scaling: "2" } as const;
const PRICES = [
  { symbol: "BTCUSDT", atMs: 0, price: "50000" },
  { symbol: "BTCUSDT", atMs: 120_000, price: "60000" },
];

function offTarget(evidence: Evidence): number {
  return check(evidence).filter(({ rule }) => rule === "off-target").length;
}

describe("a fixed notional that comes into force beside an open position", () => {
  const began = (former: Partial<CheckedAllocation>, rest: string): Evidence => {
    const evidence = story({ ...NOTIONAL, constant: false }, "0.120", rest);
    const versions = evidence.allocations.flatMap((allocation) => [
      { fromMs: 0, untilMs: 150_000, allocation: { ...allocation, ...former } },
      { fromMs: 150_000, untilMs: Number.MAX_SAFE_INTEGER, allocation },
    ]);
    return { ...evidence, versions, prices: PRICES };
  };

  it.each([
    ["another rule", { sizing: "multiplier" }],
    ["the symbol was left out", { symbols: ["ETH*"] }],
    ["the side was left out", { side: "short" }],
  ] as const)("is for the price of then: before, %s", (_, former) => {
    expect(offTarget(began(former, "0.050"))).toBe(0);
    expect(offTarget(began(former, "0.060"))).toBe(1);
  });

  it("stays at the price of the opening where the rule was the same", () => {
    expect(offTarget(began({ amount: "1000" }, "0.060"))).toBe(0);
    expect(offTarget(began({ amount: "1000" }, "0.050"))).toBe(1);
  });
});

/** The leader closes 2 and opens 1 again at once; `told` is what the copier took it to hold in between. */
function reopened(told: string): Evidence {
  const evidence = story(NOTIONAL, "0.120", "0.060");
  const dear = { price: "60000" };
  const fills = [
    fill("buy", "2", 100_000),
    { ...fill("sell", "2", 200_000), ...dear },
    { ...fill("buy", "1", 200_000), ...dear },
  ];
  const [first] = evidence.outcomes;
  if (first === undefined) throw new Error("no outcome");
  return {
    ...evidence,
    leaders: evidence.leaders.map((leader) => ({ ...leader, fills })),
    outcomes: [first, outcome(2, "-1", told, SOLD)],
    prices: PRICES,
    outages: true,
  };
}

describe("a leader who was flat for a moment", () => {
  it("has opened anew where the copier knew of it, and otherwise may not have", () => {
    expect(offTarget(reopened("1"))).toBe(0);
    expect(offTarget(reopened("0"))).toBe(1);
  });
});

const CLAIMS: readonly (readonly [string, Partial<CheckedAllocation>, number, string | null])[] = [
  ["evidence-missing", { multiplier: "1" }, 100_000, "impossible-reason"],
  ["evidence-missing", { sizing: "volatility-target", target: TARGET }, 500, null],
  ["evidence-missing", { sizing: "volatility-target", target: TARGET }, 100_000, "impossible-reason"],
  ["evidence-stale", { sizing: "volatility-target", target: TARGET }, 100_000, "impossible-reason"],
  ["evidence-stale", { sizing: "volatility-target", target: { ...TARGET, maxAgeMs: 60_000 } }, 100_000, null],
  ["equity-unknown", { sizing: "fixed-quantity", amount: "1" }, 100_000, "impossible-reason"],
];

it.each(CLAIMS)("%s under %j at %d: %s", (reason, rule, atMs, expected) => {
  const evidence = story(rule, "0.002", "0.001");
  const outcomes = evidence.outcomes.map((one, at) =>
    at === 0 ? { ...one, atMs, orders: [], reason } : one,
  );
  const found = check({ ...evidence, outcomes }).map((violation) => violation.rule);
  if (expected === null) expect(found).not.toContain("impossible-reason");
  else expect(found).toContain(expected);
});

it.each([
  [0, "impossible-reason"],
  [10_000, null],
])(
  "a measurement of seconds before may be untold to whoever's clock is %d ms ahead",
  (clockOffMaxMs, expected) => {
    const evidence = story({ sizing: "volatility-target", target: TARGET }, "0.002", "0.001");
    const [first, ...others] = evidence.outcomes;
    if (first === undefined) throw new Error("nothing was explained");
    const missing = { ...first, atMs: 5_000, orders: [], reason: "evidence-missing" };
    const found = check({ ...evidence, clockOffMaxMs, outcomes: [missing, ...others] });
    const reasons = found.filter(({ rule }) => rule === "impossible-reason").map(({ rule }) => rule);
    expect(reasons).toEqual(expected === null ? [] : [expected]);
  },
);
