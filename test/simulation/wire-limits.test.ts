/** What no history reaches must be shown to be noticed all the same: bounds of what waits, and the venue's counters. */
import { expect, it } from "vitest";
import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import { environmentOf } from "../../src/exchange/simulated/bybit-server/in-memory-outside.ts";
import { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import { scheduledBreaches } from "./wire-bounds.ts";
import { watchLimits } from "./wire-limits.ts";

const ADDRESS = "127.0.0.1";

function watched({ mayBePast = false, lookOlder = false } = {}) {
  const protocol = new BybitProtocol({
    environment: environmentOf(new VirtualClock(1_000)),
    seed: 1,
    liquidity: { kind: "flat" },
    instruments: [],
    control: true,
    limits: "real",
  });
  const breaches: string[] = [];
  watchLimits(protocol, { mayBePast: () => mayBePast, lookOlder: () => lookOlder }, (text) =>
    breaches.push(text),
  );
  return { ...protocol.state, breaches };
}

it("an address that is turned away is noticed, and another one's is not", () => {
  const { addressLimits, breaches } = watched();
  for (let left = 700; left > 0; left -= 1) addressLimits.admitRequest("127.0.0.2", 1_000);
  for (let left = 600; left > 0; left -= 1) addressLimits.admitRequest(ADDRESS, 1_000);
  expect(breaches).toEqual([]);
  addressLimits.admitRequest(ADDRESS, 1_000);
  expect(breaches).toEqual(["the exchange turns the address away: admitRequest"]);
});

it("so is a key, but for what a process before may have used", () => {
  for (const mayBePast of [false, true]) {
    const { userLimits, breaches } = watched({ mayBePast });
    userLimits.take("follower1", "execution.list", 50, 1_000);
    expect(breaches).toEqual([]);
    userLimits.take("follower1", "execution.list", 1, 1_000);
    expect(breaches).toEqual(mayBePast ? [] : ["the exchange turns a key away: execution.list"]);
  }
});

it("so are connections, but for those of a process before that look older", () => {
  for (const lookOlder of [false, true]) {
    const { addressLimits, breaches } = watched({ lookOlder });
    for (let left = 501; left > 0; left -= 1) addressLimits.admitConnection(ADDRESS, 1_000);
    expect(breaches).toEqual(lookOlder ? [] : ["the exchange turns the address away: admitConnection"]);
  }
});

it("what waits past its bound is noticed", () => {
  const many = { requestsOpen: 33, socketsOpen: 11 };
  expect(scheduledBreaches(5_000, { requestsOpen: 32, socketsOpen: 10 }, 2)).toEqual([]);
  expect(scheduledBreaches(5_001, many, 2)).toEqual([
    "5001 timers, at most 5000",
    "33 requests without an answer, at most 32",
    "11 sockets, at most 10",
  ]);
});
