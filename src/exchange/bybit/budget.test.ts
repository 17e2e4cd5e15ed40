/** The request budget: never passed, however the exchange's window lies; priorities; keys; the ramp. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeptAddress } from "../../../test/conformance/kept-address.ts";
import { VirtualClock } from "../../../test/conformance/scripted-outside.ts";
import { type BudgetOptions, type Fare, RequestBudget } from "./budget.ts";
import { isRead, type Priority } from "./waiting-line.ts";

interface Sent {
  readonly priority: Priority;
  readonly label: number;
  readonly sentAtMs: number;
  readonly arrivedAtMs: number;
}

/** A load of requests through a budget over a line with latency; what went, what was refused. */
class Load {
  readonly clock = new VirtualClock(0);
  readonly budget: RequestBudget;
  readonly sent: Sent[] = [];
  readonly keys = new Map<number, string>();
  readonly refused: { readonly label: number; readonly cause: string; readonly atMs: number }[] = [];
  #label = 0;

  constructor(options: Partial<BudgetOptions>) {
    this.budget = new RequestBudget(this.clock, options);
  }

  /** `there` and `back` are the delays to and from the exchange. */
  request(
    priority: Priority,
    line: { readonly there: number; readonly back: number },
    more: { readonly key?: string; readonly deadlineMs?: number } = {},
  ): number {
    const label = ++this.#label;
    this.keys.set(label, more.key ?? "");
    const fare: Fare = { priority, key: more.key ?? "", endpoint: "/v5/order/create" };
    this.budget.enter(fare, {
      priority,
      deadlineMs: more.deadlineMs ?? Number.POSITIVE_INFINITY,
      go: () => {
        const sentAtMs = this.clock.nowMs();
        this.sent.push({ priority, label, sentAtMs, arrivedAtMs: sentAtMs + line.there });
        this.clock.setTimer(line.there + line.back, () => this.budget.answered(fare, null));
      },
      refused: (cause) => this.refused.push({ label, cause, atMs: this.clock.nowMs() }),
    });
    return label;
  }
}

/** The most arrivals in any half-open window of the exchange. */
function mostInWindow(sent: readonly Sent[], windowMs: number): number {
  const times = sent.map((one) => one.arrivedAtMs).sort((left, right) => left - right);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

const priorities = fc.constantFrom<Priority>("reduce", "open", "ask", "read");
/** Lines without delay show a window that is too short, slow and uneven ones what is counted too late. */
const delay = (max: number) => fc.oneof(fc.constant(0), fc.integer({ min: 0, max }));
const request = fc.record({
  waitMs: fc.integer({ min: 0, max: 6 }),
  priority: priorities,
  there: delay(300),
  back: delay(300),
});
/** Loads well past the limits. */
const requestsOf = (minLength: number) => fc.array(request, { minLength, maxLength: 2 * minLength });

describe("the address's budget", () => {
  test("is never passed in any window of the exchange, whatever the line does", () => {
    fc.assert(
      fc.property(requestsOf(80), (requests) => {
        const load = new Load({ addressRequests: 20, addressWindowMs: 500, marginMs: 0, reduceReserve: 1 });
        for (const { waitMs, priority, there, back } of requests) {
          load.clock.advance(waitMs);
          load.request(priority, { there, back });
        }
        load.clock.advance(120_000);
        expect(load.sent).toHaveLength(requests.length);
        expect(mostInWindow(load.sent, 500)).toBeLessThanOrEqual(20);
        const reads = load.sent.filter((one) => isRead(one.priority));
        expect(mostInWindow(reads, 500)).toBeLessThanOrEqual(8);
      }),
      { numRuns: 60 },
    );
  });

  test("is used to at least 97 % under load, and exactly to 600 by reductions", () => {
    const load = new Load({});
    for (let count = 0; count < 4_000; count++) load.request("open", { there: 1, back: 1 });
    load.clock.advance(30_000);
    const full = load.sent.filter((one) => one.sentAtMs < 30_000).length;
    expect(full).toBeGreaterThanOrEqual(0.97 * 600 * 6);
    expect(mostInWindow(load.sent, 5_000)).toBeLessThanOrEqual(600);
    const reductions = new Load({});
    for (let count = 0; count < 1_000; count++) reductions.request("reduce", { there: 1, back: 1 });
    reductions.clock.advance(4_000);
    expect(reductions.sent).toHaveLength(600);
  });

  test("is used to at least 97 % at a line of 50 ms", () => {
    const load = new Load({});
    for (let count = 0; count < 6_000; count++) load.request("open", { there: 25, back: 25 });
    load.clock.advance(30_000);
    expect(load.sent.length).toBeGreaterThanOrEqual(0.97 * 600 * 6);
  });

  test("reads take at most 40 % while orders wait for nothing", () => {
    const load = new Load({});
    for (let count = 0; count < 1_000; count++) load.request("read", { there: 1, back: 1 });
    load.clock.advance(100);
    expect(load.sent).toHaveLength(240);
    for (let count = 0; count < 300; count++) load.request("open", { there: 1, back: 1 });
    load.clock.advance(100);
    expect(load.sent).toHaveLength(540);
  });

  test("a read that is waited for goes before the rounds, within the reads' part", () => {
    const load = new Load({});
    for (let count = 0; count < 1_000; count++) load.request("read", { there: 1, back: 1 });
    load.clock.advance(100);
    const asked = load.request("ask", { there: 1, back: 1 });
    load.clock.advance(5_000);
    expect(load.sent).toHaveLength(480);
    expect(load.sent[240]?.label).toBe(asked);
  });

  test("reductions go before openings, openings before reads, each in order of arrival", () => {
    const load = new Load({ addressRequests: 10, reduceReserve: 0, readShareMax: 1 });
    for (let count = 0; count < 10; count++) load.request("open", { there: 1, back: 1 });
    const read = load.request("read", { there: 1, back: 1 });
    const open = [load.request("open", { there: 1, back: 1 }), load.request("open", { there: 1, back: 1 })];
    const reduce = load.request("reduce", { there: 1, back: 1 });
    load.clock.advance(20_000);
    expect(load.sent.slice(10).map((one) => one.label)).toEqual([reduce, ...open, read]);
  });

  test("a request that cannot go before its deadline is refused at the deadline, never later sent", () => {
    const load = new Load({ addressRequests: 1, reduceReserve: 0 });
    load.request("open", { there: 1, back: 1 });
    const late = load.request("open", { there: 1, back: 1 }, { deadlineMs: 1_000 });
    load.clock.advance(60_000);
    expect(load.sent).toHaveLength(1);
    expect(load.refused).toEqual([
      { label: late, cause: "it could not be sent in time within the request limits", atMs: 1_000 },
    ]);
  });

  test("a full queue refuses at once", () => {
    const load = new Load({ addressRequests: 1, reduceReserve: 0, waitingMax: 3 });
    for (let count = 0; count < 5; count++) load.request("open", { there: 1, back: 1 });
    expect(load.refused.map((one) => one.cause)).toEqual(["too many requests are waiting"]);
  });

  test("a refused address rests for the time of the ban", () => {
    const load = new Load({});
    load.budget.refusedAddress();
    load.request("reduce", { there: 1, back: 1 });
    const order = load.request("open", { there: 1, back: 1 }, { deadlineMs: 5_000 });
    load.clock.advance(599_999);
    expect(load.sent).toEqual([]);
    expect(load.refused.map((one) => one.label)).toEqual([order]);
    load.clock.advance(1);
    expect(load.sent).toHaveLength(1);
  });
});

describe("a key's own limit", () => {
  test("is never passed in any second, and other keys do not wait for it", () => {
    fc.assert(
      fc.property(requestsOf(30), (requests) => {
        const load = new Load({ ordersPerSecond: 5, readsPerSecond: 5 });
        for (const { waitMs, there, back } of requests) {
          load.clock.advance(waitMs);
          load.request("open", { there, back }, { key: "one" });
        }
        const other = load.request("open", { there: 1, back: 1 }, { key: "two" });
        expect(load.sent.at(-1)?.label).toBe(other);
        load.clock.advance(200_000);
        const ofOne = load.sent.filter((one) => one.label !== other);
        expect(ofOne).toHaveLength(requests.length);
        expect(mostInWindow(ofOne, 1_000)).toBeLessThanOrEqual(5);
      }),
      { numRuns: 40 },
    );
  });

  test("of a reader holds however many other keys read meanwhile", () => {
    const load = new Load({ readsPerSecond: 5, addressRequests: 100_000 });
    for (let count = 0; count < 2_000; count++) {
      load.request("read", { there: 1, back: 1 }, { key: `other ${count}` });
      if (count % 20 === 0) load.request("read", { there: 3, back: 3 }, { key: "one" });
      load.clock.advance(1);
    }
    load.clock.advance(30_000);
    const ofOne = load.sent.filter((one) => load.keys.get(one.label) === "one");
    expect(ofOne).toHaveLength(100);
    expect(mostInWindow(ofOne, 1_000)).toBeLessThanOrEqual(5);
  });

  test("follows the limit headers, and rests when nothing is left", () => {
    const load = new Load({ ordersPerSecond: 10 });
    const fare: Fare = { priority: "open", key: "one", endpoint: "/v5/order/create" };
    const go = (): number => {
      let went = 0;
      for (let count = 0; count < 40; count++) {
        const waiter = {
          priority: "open",
          deadlineMs: load.clock.nowMs(),
          go: () => void went++,
          refused: () => {},
        } as const;
        load.budget.laneOf(fare)?.enter(waiter);
      }
      return went;
    };
    expect(go()).toBe(10);
    for (let count = 0; count < 10; count++) {
      load.budget.laneOf(fare)?.answered({ limit: 20, remaining: 10, resetAtMs: 0 });
    }
    load.clock.advance(2_000);
    expect(go()).toBe(20);
    for (let count = 0; count < 20; count++) {
      load.budget.laneOf(fare)?.answered({ limit: 20, remaining: 0, resetAtMs: 5_000 });
    }
    load.clock.advance(2_000);
    expect(go()).toBe(0);
    load.clock.advance(2_000);
    expect(go()).toBe(20);
  });
});

describe("a machine's clock that is set forward", () => {
  test("ends no ban, and no rest of a key", () => {
    const load = new Load({ banMs: 60_000 });
    const line = { there: 1, back: 1 };
    const fare: Fare = { priority: "open", key: "one", endpoint: "/v5/order/create" };
    load.budget.refusedKey(fare, 1_000);
    load.clock.setByMs = 3_600_000;
    load.request("open", line, { key: "one" });
    load.request("open", line);
    expect(load.sent).toHaveLength(1);
    load.clock.advance(1_000);
    expect(load.sent).toHaveLength(2);
    load.budget.refusedAddress();
    expect(load.budget.restUntilMs).toBe(load.clock.nowMs() + 60_000);
    load.clock.setByMs = 7_200_000;
    load.request("open", line);
    load.clock.advance(59_000);
    expect(load.sent).toHaveLength(2);
    load.clock.advance(1_000);
    expect([load.sent.length, load.budget.restUntilMs]).toEqual([3, 0]);
  });

  test("makes nobody forget what the venue still counts for the address, for a key and for connections", () => {
    const load = new Load({ addressRequests: 20, reduceReserve: 0, connections: 3, reconnectReserve: 0 });
    const connected: string[] = [];
    const connect = () => load.budget.connect("host", "first", () => connected.push("begun"));
    const line = { there: 1, back: 1 };
    for (let count = 0; count < 10; count++) load.request("open", line, { key: "one" });
    for (let count = 0; count < 10; count++) load.request("open", line);
    for (let count = 0; count < 3; count++) connect();
    load.clock.advance(100);
    load.clock.setByMs = 3_600_000;
    load.request("open", line, { key: "one" });
    load.request("open", line);
    connect();
    load.clock.advance(800);
    expect([load.sent.length, connected.length]).toEqual([20, 3]);
    load.clock.advance(5_000);
    expect(load.sent).toHaveLength(22);
    load.clock.advance(310_000);
    expect(connected).toHaveLength(4);
  });
});

describe("the connection ramp", () => {
  test("first connections leave the reserve to reconnects; taken back wishes cost nothing", () => {
    const clock = new VirtualClock(0);
    const budget = new RequestBudget(clock, {
      connections: 10,
      reconnectReserve: 3,
      connectionWindowMs: 1_000,
    });
    const began: string[] = [];
    for (let count = 0; count < 9; count++) budget.connect("host", "first", () => began.push("first"));
    const takeBack = budget.connect("host", "first", () => began.push("taken back"));
    takeBack();
    expect(began).toHaveLength(7);
    for (let count = 0; count < 5; count++) budget.connect("host", "again", () => began.push("again"));
    expect(began.slice(7)).toEqual(["again", "again", "again"]);
    budget.connect("other host", "first", () => began.push("other"));
    expect(began.at(-1)).toBe("other");
    clock.advance(11_000);
    expect(began.slice(11).sort()).toEqual(["again", "again", "first", "first"]);
  });

  test("the reserve is no larger than the streams that could need it", () => {
    const clock = new VirtualClock(0);
    const memory = new KeptAddress();
    for (let count = 0; count < 6; count++) memory.connectionBegun("host", 0);
    const budget = new RequestBudget(
      clock,
      { connections: 10, reconnectReserve: 5, connectionWindowMs: 1_000 },
      { group: "venue", memory },
    );
    const began: string[] = [];
    for (let count = 0; count < 4; count++) budget.connect("host", "first", () => began.push("first"));
    expect(began).toEqual(["first", "first"]);
    for (let count = 0; count < 4; count++) budget.connect("host", "again", () => began.push("again"));
    expect(began.slice(2)).toEqual(["again", "again"]);
  });
});
