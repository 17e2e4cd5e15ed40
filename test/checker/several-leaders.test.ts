/** Leaders on both sides of one follower: the checker is silent on a sound history and finds what is planted in it. */
import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedFill,
  CheckedOutcome,
  CheckedRequest,
  CheckedVirtual,
  Evidence,
  Violation,
} from "./evidence.ts";
import { BTCUSDT, HALF } from "./fixture.ts";

const FIRST = `ct${"b".repeat(21)}1`;
const SECOND = `ct${"b".repeat(21)}2`;
const THIRD = `ct${"b".repeat(21)}3`;
const FOURTH = `ct${"b".repeat(21)}4`;

function fill(side: "buy" | "sell", quantity: string, atMs: number, clientOrderId = ""): CheckedFill {
  return { symbol: "BTCUSDT", leg: "net", side, quantity, price: "60000", atMs, clientOrderId };
}

function request(
  clientOrderId: string,
  side: "buy" | "sell",
  quantity: string,
  atMs: number,
): CheckedRequest {
  const place = { symbol: "BTCUSDT", leg: "net" } as const;
  const reduceOnly = side === "sell";
  return { action: "create", clientOrderId, ...place, side, quantity, reduceOnly, outcome: "accepted", atMs };
}

function account(name: string, quantity: string, fills: readonly CheckedFill[]): CheckedAccount {
  const positions = [{ symbol: "BTCUSDT", leg: "net", quantity }] as const;
  return { account: name, mode: "one-way", positions, held: [], fills, requests: [], equities: [] };
}

function allocation(leader: string): CheckedAllocation {
  return { ...HALF, leader };
}

function outcome(leader: string, change: number, by: string, holds: string, order: string): CheckedOutcome {
  const pair = { leader, follower: "follower", symbol: "BTCUSDT", leg: "net" } as const;
  const [orders, reason] = order === "" ? [[], "at-target"] : [[order], ""];
  return {
    change,
    ...pair,
    changedBy: by,
    leaderHolds: holds,
    atMs: change * 10_000,
    orders,
    reason,
    detail: {},
  };
}

function part(leader: string, quantity: string): CheckedVirtual {
  return { leader, follower: "follower", symbol: "BTCUSDT", leg: "net", quantity };
}

/** The bull buys 1, the bear sells 0.6; the follower copies half of each: 0.5, then 0.2 in sum. */
const SOUND: Evidence = {
  instruments: [BTCUSDT],
  allocations: [allocation("bull"), allocation("bear")],
  leaders: [
    account("bull", "1", [fill("buy", "1", 10_000)]),
    account("bear", "-0.6", [fill("sell", "0.6", 20_000)]),
  ],
  followers: [
    {
      ...account("follower", "0.2", [fill("buy", "0.5", 10_100, FIRST), fill("sell", "0.3", 20_100, SECOND)]),
      requests: [request(FIRST, "buy", "0.5", 10_050), request(SECOND, "sell", "0.3", 20_050)],
    },
  ],
  outcomes: [outcome("bull", 1, "1", "1", FIRST), outcome("bear", 2, "-0.6", "-0.6", SECOND)],
  intents: [FIRST, SECOND, THIRD, FOURTH].map((clientOrderId) => ({
    clientOrderId,
    follower: "follower",
    symbol: "BTCUSDT",
  })),
  standing: [],
  virtual: [part("bull", "0.5"), part("bear", "-0.3")],
  commands: [],
  prices: [{ symbol: "BTCUSDT", atMs: 0, price: "60000" }],
  halted: [],
  outages: false,
  slackMs: 1_000,
};

/** A third order of the follower's, after which it holds `holds` in the parts given. */
function then(
  side: "buy" | "sell",
  quantity: string,
  holds: string,
  virtual: readonly CheckedVirtual[],
): Evidence {
  const followers = SOUND.followers.map((one) => ({
    ...one,
    fills: [...one.fills, fill(side, quantity, 30_100, THIRD)],
    requests: [...one.requests, request(THIRD, side, quantity, 30_050)],
    positions: [{ symbol: "BTCUSDT", leg: "net", quantity: holds } as const],
  }));
  return { ...SOUND, followers, virtual };
}

/** The bull closes; what the follower then does is given. */
function afterTheClose(evidence: Evidence): Evidence {
  const [, bear] = evidence.leaders;
  const bull = account("bull", "0", [fill("buy", "1", 10_000), fill("sell", "1", 30_000)]);
  const outcomes = [...evidence.outcomes, outcome("bull", 3, "-1", "0", THIRD)];
  return { ...evidence, leaders: [bull, ...(bear === undefined ? [] : [bear])], outcomes };
}

/** The bull's order rests until then; the bear's, sent at 20,050, only adds as far as its copy knows. */
function restingUntil(filledAtMs: number): Evidence {
  const followers = SOUND.followers.map((one) => ({
    ...one,
    fills: [fill("buy", "0.5", filledAtMs, FIRST), ...one.fills.slice(1)],
    requests: one.requests.map((sent) =>
      sent.clientOrderId === FIRST ? { ...sent, rests: true } : { ...sent, reduceOnly: false },
    ),
  }));
  return { ...SOUND, followers };
}

function withDenied(leader: string, reason: string, detail: CheckedOutcome["detail"]): Evidence {
  const [bull, bear] = SOUND.outcomes;
  const outcomes = [bull, bear].flatMap((one) =>
    one === undefined ? [] : [one.leader === leader ? { ...one, orders: [], reason, detail } : one],
  );
  return { ...SOUND, outcomes };
}

function withBear(change: Partial<CheckedAllocation>): Evidence {
  return { ...SOUND, allocations: [allocation("bull"), { ...allocation("bear"), ...change }] };
}

const PLANTED: readonly (readonly [string, Violation["rule"], Evidence])[] = [
  [
    "a follower that copies one leader only",
    "off-target",
    {
      ...SOUND,
      followers: SOUND.followers.map((one) => ({
        ...one,
        fills: one.fills.slice(0, 1),
        positions: [{ symbol: "BTCUSDT", leg: "net", quantity: "0.5" }],
      })),
    },
  ],
  [
    "an order past what the leaders ask for together",
    "past-target",
    then("buy", "0.3", "0.5", [part("bull", "0.5"), part("bear", "0")]),
  ],
  [
    "parts that do not make the whole",
    "virtual-sum",
    { ...SOUND, virtual: [part("bull", "0.5"), part("bear", "-0.2")] },
  ],
  ["a part that is not recorded", "virtual-sum", { ...SOUND, virtual: [part("bull", "0.5")] }],
  [
    "one leader's part that was sold for the other's",
    "virtual-off-target",
    { ...SOUND, virtual: [part("bull", "0.2"), part("bear", "0")] },
  ],
  [
    "a part on the wrong side",
    "virtual-off-target",
    { ...SOUND, virtual: [part("bull", "-0.3"), part("bear", "0.5")] },
  ],
  [
    "a part for a leader who is not copied",
    "virtual-off-target",
    { ...SOUND, virtual: [part("bull", "0.4"), part("stranger", "0.1"), part("bear", "-0.3")] },
  ],
  [
    "one leader's close that closed the other's part, too",
    "off-target",
    afterTheClose(then("sell", "0.2", "0", [part("bull", "0"), part("bear", "0")])),
  ],
  [
    "the same, in the parts",
    "virtual-off-target",
    afterTheClose(then("sell", "0.2", "0", [part("bull", "0"), part("bear", "0")])),
  ],
  ["a sale for a leader whose symbol is filtered out", "off-target", withBear({ symbols: ["ETHUSDT"] })],
  [
    "a crossing with a leader whose symbol is filtered out",
    "impossible-reason",
    {
      ...withDenied("bull", "crossed-inside", { lots: 500 }),
      allocations: withBear({ symbols: ["ETHUSDT"] }).allocations,
    },
  ],
  [
    "a target that is the other leader's",
    "impossible-reason",
    withDenied("bear", "at-target", { targetLots: 500 }),
  ],
  [
    "an order for one leader that closes what another's had long brought in, and is not reduce-only",
    "not-reduce-only",
    restingUntil(20_000),
  ],
];

describe("with leaders on both sides, the independent checker", () => {
  it("is silent on a sound history", () => {
    expect(check(SOUND)).toEqual([]);
    expect(check(withDenied("bear", "at-target", { targetLots: -300 }))).toEqual([]);
    expect(check(withDenied("bear", "crossed-inside", { lots: -300 }))).toEqual([]);
  });

  it("is silent when one closes and the other's part stays", () => {
    const closed = then("sell", "0.2", "-0.3", [part("bull", "0"), part("bear", "-0.3")]);
    const opening = { ...request(FOURTH, "sell", "0.3", 30_150), reduceOnly: false };
    const followers = closed.followers.map((one) => ({
      ...one,
      fills: [...one.fills, fill("sell", "0.3", 30_200, FOURTH)],
      requests: [...one.requests, opening],
    }));
    expect(check(afterTheClose({ ...closed, followers }))).toEqual([]);
  });

  it("is silent when an order for one closes what rested for the other and filled after it was sent", () => {
    expect(check(restingUntil(20_070))).toEqual([]);
  });

  it("judges nothing by parts that are not recorded", () => {
    const { virtual: _, ...unrecorded } = SOUND;
    expect(check(unrecorded)).toEqual([]);
  });

  it.each(PLANTED)("finds %s", (_title, rule, evidence) => {
    expect(check(evidence).map((violation) => violation.rule)).toContain(rule);
  });

  it("takes a reason that stands for one of the leaders", () => {
    const { virtual: _, ...unrecorded } = withBear({ symbols: ["ETHUSDT"] });
    const standing = [{ follower: "follower", symbol: "BTCUSDT", reason: "symbol-filtered" }];
    expect(check({ ...unrecorded, standing })).toEqual([]);
  });
});
