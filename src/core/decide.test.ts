/** The core's main path as a story: a leader trades, followers get orders, everything gets an answer. */
import { describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { decide } from "./decide.ts";
import type { Event } from "./event.ts";
import {
  AccountId,
  AllocationId,
  InstrumentId,
  TradeId,
  VenueId,
  VenueOrderId,
} from "./model/identifiers.ts";
import { emptyState } from "./state.ts";

const venue = VenueId("sim");
const leader = AccountId("leader");
const follower = AccountId("follower");
const BTC = InstrumentId("BTCUSDT", venue);

function started(): ReturnType<typeof emptyState> {
  const state = emptyState();
  const events: Event[] = [
    { kind: "engine-started", epoch: "abcdefgh", atMs: 1_000 },
    {
      kind: "instruments-listed",
      atMs: 1_000,
      instruments: [
        {
          venue,
          symbol: "BTCUSDT",
          baseCoin: "BTC",
          settleCoin: "USDT",
          status: "trading",
          tickSize: "0.1",
          quantityStep: "0.001",
          minQuantity: "0.001",
          maxLimitQuantity: "1000",
          maxMarketQuantity: "100",
          minNotional: "5",
          minPrice: "0.1",
          maxPrice: "1999999.8",
          maxLeverage: "100",
          leverageStep: "0.01",
          fundingIntervalMinutes: 480,
        },
      ],
    },
    {
      kind: "settings-changed",
      atMs: 1_000,
      settings: {
        accounts: [
          { account: leader, venue, role: "leader" },
          { account: follower, venue, role: "follower" },
        ],
        allocations: [
          {
            id: AllocationId(leader, follower),
            leader,
            follower,
            sizing: { kind: "multiplier", multiplier: "0.5" },
            positionScaling: "1",
            minimumPolicy: { kind: "accumulate" },
            symbols: null,
            delayMs: 0,
            copyExisting: true,
            leverageMax: "10",
          },
        ],
        leaderStaleAfterMs: 60_000,
        followerStaleAfterMs: 60_000,
        snapshotIntervalMs: 15_000,
        orderWindowMs: 5_000,
      },
    },
    snapshot("leader-snapshot-taken"),
    snapshot("follower-snapshot-taken"),
  ];
  for (const event of events) decide(state, event);
  return state;
}

function snapshot(kind: "leader-snapshot-taken" | "follower-snapshot-taken"): Event {
  return {
    kind,
    account: kind === "leader-snapshot-taken" ? leader : follower,
    positions: [],
    orders: [],
    equity: { equity: "10000", available: "10000" },
    serverTimeMs: 1_500,
    requestedAtMs: 1_500,
    receivedAtMs: 1_500,
  };
}

function leaderFilled(sequence: number, side: "buy" | "sell", quantity: string): Event {
  return {
    kind: "leader-filled",
    account: leader,
    instrument: BTC,
    leg: "net",
    tradeId: TradeId(`t${sequence}`),
    venueOrderId: VenueOrderId(`o${sequence}`),
    side,
    quantity,
    price: "60000",
    fee: "0",
    sequence,
    venueTimeMs: 2_000 + sequence,
    receivedAtMs: 2_000 + sequence,
  };
}

const described: Event = {
  kind: "market-described",
  account: follower,
  instrument: BTC,
  mode: "one-way",
  leverage: "10",
  atMs: 2_100,
};

describe("decide", () => {
  it("asks for the market's mode once, then sends half of the leader's size", () => {
    const state = started();
    const first = decide(state, leaderFilled(1, "buy", "1"));
    expect(first.orders).toEqual([]);
    expect(first.questions).toMatchObject([{ kind: "describe-market", account: follower }]);
    const second = decide(state, described);
    expect(second.orders.map(({ order }) => [order.lots, order.reduceOnly])).toEqual([[500, false]]);
  });

  it("keeps one order in flight and makes up what changed meanwhile", () => {
    const state = started();
    decide(state, leaderFilled(1, "buy", "1"));
    const [opening] = decide(state, described).orders;
    expect(decide(state, leaderFilled(2, "buy", "0.2")).orders).toEqual([]);
    const next = decide(state, {
      kind: "order-reported",
      account: follower,
      atMs: 2_200,
      order: {
        instrument: BTC,
        leg: "net",
        clientOrderId: opening?.order.clientOrderId ?? (expect.fail("no order") as never),
        venueOrderId: VenueOrderId("v1"),
        side: "buy",
        status: "filled",
        quantity: "0.5",
        filledQuantity: "0.5",
        averagePrice: "60000",
        reduceOnly: false,
        venueReason: "",
        venueTimeMs: 2_200,
      },
    });
    expect(next.orders.map(({ order }) => order.lots)).toEqual([100]);
  });

  it("gives a change too small for a step its reason", () => {
    const state = started();
    decide(state, leaderFilled(1, "buy", "0.001"));
    const { denials } = decide(state, described);
    expect(denials).toMatchObject([{ reason: "at-target", changes: [{ change: 6 }] }]);
  });

  it("survives a round trip through a checkpoint", () => {
    const state = started();
    decide(state, leaderFilled(1, "buy", "1"));
    decide(state, described);
    const text = encodeCheckpoint(state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
  });
});
