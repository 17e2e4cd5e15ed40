/** What a status says of followers at their targets, under way, refused, paused, filtered, and of positions of their own. */
import { describe, expect, test } from "vitest";
import { onlyOrder, Story } from "../../test/core/story.ts";
import { first, type Move, playInto, venue } from "../../test/journal-fixture.ts";
import { decide } from "../core/decide.ts";
import { InstrumentId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { closePreviewOf, parityOf, statusOf } from "./queries.ts";

const facts = {
  engine: { running: true, asOf: 1_700_000_100_000 },
  mode: null,
  limits: [],
  settings: [],
  problems: [],
  watchdogs: [],
  configuration: null,
  followers: ["first", "second"],
  leaders: ["lead"],
};

function stateAfter(...moves: Move[]): State {
  const { state } = playInto(new MemoryJournal(), moves);
  for (const follower of state.followers.values()) follower.connected = true;
  return state;
}

const buyTen: Move = { kind: "trade", symbol: 0, side: "buy", quantity: 10 };
const settle: Move = { kind: "settle" };

function followerOf(state: State, name: string) {
  const found = statusOf(state, facts).followers.find(({ nickname }) => nickname === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe("status", () => {
  test("counts open orders of the account's own, and says nothing of none", () => {
    const state = stateAfter(buyTen, settle);
    expect(followerOf(state, "first")).not.toHaveProperty("foreignOrders");
    const known = state.followers.get(first);
    if (known === undefined) throw new Error("no first");
    known.foreignOrders = 2;
    expect(followerOf(state, "first").foreignOrders).toBe(2);
    known.foreignOrders = 0;
    expect(followerOf(state, "first")).not.toHaveProperty("foreignOrders");
  });

  test("shows a follower at its target", () => {
    const { state, reason, instruments } = followerOf(stateAfter(buyTen, settle), "first");
    expect({ state, reason }).toEqual({ state: "in-sync", reason: "" });
    expect(instruments).toEqual([
      {
        symbol: "BTCUSDT",
        leader: "0.01",
        target: "0.005",
        held: "0.005",
        inFlight: "0",
        steps: 0,
        reason: "",
      },
    ]);
  });

  test("shows shorts with their sign", () => {
    const state = stateAfter({ kind: "trade", symbol: 0, side: "sell", quantity: 10 }, settle);
    expect(followerOf(state, "first").instruments).toMatchObject([
      { leader: "-0.01", target: "-0.005", held: "-0.005" },
    ]);
  });

  test("shows what is in flight as syncing", () => {
    const state = stateAfter(buyTen, settle, buyTen);
    const { state: condition, instruments } = followerOf(state, "first");
    expect(condition).toBe("syncing");
    expect(instruments).toMatchObject([{ target: "0.01", held: "0.005", inFlight: "0.005", steps: 5 }]);
  });

  test("gives a paused follower's increase its reason", () => {
    const state = stateAfter({ kind: "pause" }, buyTen, settle);
    const follower = followerOf(state, "first");
    expect(follower.state).toBe("paused");
    expect(follower.instruments).toMatchObject([{ target: "0.005", held: "0", steps: 5, reason: "paused" }]);
  });

  test("shows what a refusal has waived as settled, with the reason", () => {
    const state = stateAfter(settle, buyTen, settle, buyTen, { kind: "refuse" }, settle);
    expect(followerOf(state, "first").instruments).toMatchObject([
      { leader: "0.02", target: "0.005", held: "0.005", steps: 0, reason: "refused-by-exchange" },
    ]);
  });

  test("shows what is not copied, and why", () => {
    const state = stateAfter({ kind: "trade", symbol: 1, side: "buy", quantity: 10 }, settle);
    const { state: condition, instruments } = followerOf(state, "second");
    expect(condition).toBe("in-sync");
    expect(instruments).toMatchObject([{ symbol: "ETHUSDT", leader: "0.01", reason: "symbol-filtered" }]);
  });

  test("gives each side of a hedged account its own reason", () => {
    const story = new Story({
      mode: "hedge",
      followerHolds: [{ ...new Story().row("-0.02"), leg: "short" }],
    });
    const opening = story.leaderFill("buy", "0.2", { leg: "long" });
    story.fill(onlyOrder(opening), "0.1", "0.1");
    story.leaderFill("sell", "0.1", { leg: "short" });
    const [row] = statusOf(story.state, { ...facts, followers: ["follower"], leaders: ["leader"] }).followers;
    expect(row?.instruments).toMatchObject([
      { positionIdx: 1, target: "0.1", held: "0.1", reason: "" },
      { positionIdx: 2, target: "-0.05", held: "0", reason: "foreign-position" },
    ]);
  });

  test("lists what is configured and was never started", () => {
    const report = statusOf(stateAfter(), { ...facts, followers: ["first", "second", "third"] });
    expect(report.followers.at(-1)).toMatchObject({ nickname: "third", state: "syncing", instruments: [] });
  });

  test("shows what the follower holds by itself, apart", () => {
    const state = stateAfter(buyTen, settle);
    const seenMs = state.nowMs + 9_000;
    for (const askedMs of [seenMs, seenMs + 2_000]) {
      decide(state, {
        kind: "follower-snapshot-taken",
        account: first,
        positions: [
          {
            instrument: InstrumentId("BTCUSDT", venue),
            leg: "net",
            quantity: "0.105",
            entryPrice: "60000",
            leverage: "10",
            sequence: 1_000,
            venueTimeMs: seenMs,
          },
        ],
        orders: [],
        equity: { equity: "1", available: "1" },
        serverTimeMs: askedMs,
        requestedAtMs: askedMs,
        receivedAtMs: askedMs,
      });
    }
    expect(followerOf(state, "first").instruments).toMatchObject([
      { held: "0.005", foreign: "0.1", target: "0.005", steps: 0 },
    ]);
  });
});

test("while the engine starts up, nobody is taken for connected or in sync", () => {
  const starting = { ...facts, engine: { ...facts.engine, running: true, starting: true } };
  const { followers, leaders } = statusOf(stateAfter(buyTen, settle), starting);
  expect(followers.map(({ connected, state }) => ({ connected, state }))).toEqual([
    { connected: false, state: "syncing" },
    { connected: false, state: "syncing" },
  ]);
  expect(leaders.map(({ connected }) => connected)).toEqual([false]);
});

describe("parity", () => {
  test("counts rows at their target and explained ones", () => {
    const state = stateAfter({ kind: "pause" }, buyTen, settle);
    expect(parityOf(statusOf(state, facts).followers)).toMatchObject({
      inSync: false,
      followers: 2,
      rows: 2,
      atTarget: 0,
      explained: 2,
    });
  });
});

describe("a close", () => {
  test("is previewed with what is ours and its value", () => {
    expect(closePreviewOf(stateAfter(buyTen, settle), { follower: "first" }).positions).toEqual([
      { symbol: "BTCUSDT", held: "0.005", value: "300" },
    ]);
    expect(
      closePreviewOf(stateAfter(buyTen, settle), { follower: "first", symbol: "ETHUSDT" }).positions,
    ).toEqual([]);
  });

  test("of nobody names those there are", () => {
    expect(() => closePreviewOf(stateAfter(), { follower: "frist" })).toThrow(
      /no follower "frist".*first, second/,
    );
  });
});
