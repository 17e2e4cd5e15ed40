/** What the engine did is in the log, in its channel, with the leader's change that it is about, and none of it is written while orders are out. */
import { describe, expect, it } from "vitest";
import { BTC, FOLLOWER, LEADER, onlyOrder, Story } from "../../test/core/story.ts";
import { makeClientOrderId } from "../core/client-order-id.ts";
import { decide } from "../core/decide.ts";
import type { Event } from "../core/event.ts";
import { AccountId, TradeId } from "../core/model/identifiers.ts";
import type { Log, LogChannel, LogLevel } from "../log.ts";
import { Correlations } from "./correlation.ts";
import { LineQueue } from "./line-queue.ts";
import { LoggingObserver } from "./logging-observer.ts";

interface Line {
  readonly channel: LogChannel;
  readonly level: LogLevel;
  readonly message: string;
  readonly [field: string]: unknown;
}

const HOOKS = { appended() {}, unknownInstrument() {}, inDoubt() {}, connected() {}, failed() {} };

function recording() {
  const lines: Line[] = [];
  const on = (channel: LogChannel): Log => {
    const write = (level: LogLevel) => (message: string, fields?: object) =>
      void lines.push({ channel, level, message, ...fields });
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      channel: on,
    };
  };
  return { log: on("main"), lines };
}

/** A story whose steps are told to the observer as the engine tells them. */
function observed(options: ConstructorParameters<typeof Story>[0] = {}, correlations = new Correlations()) {
  const { log, lines } = recording();
  const turns: (() => void)[] = [];
  const queue = new LineQueue((action) => void turns.push(action));
  const observer = new LoggingObserver(log, correlations, HOOKS, queue);
  const story = new Story(options);
  const feed = story.feed.bind(story);
  story.feed = (event) => {
    const decision = feed(event);
    observer.decided(event, decision, story.state);
    return decision;
  };
  const told = () => {
    queue.drain();
    return lines.splice(0);
  };
  return { story, observer, told, lines, turns, log };
}

describe("lines", () => {
  it("have one id from the leader's fill to the order, its fills and its refusal", () => {
    const { story, told } = observed();
    const decision = story.leaderFill("buy", "2");
    const order = onlyOrder(decision);
    story.accept(order);
    story.trade(decision, { quantity: "0.4", price: "60001", fee: "0.1" });
    story.unknown(order);
    const correlation = `c${story.state.leaders.get(LEADER)?.copies.get(BTC)?.copies[0]?.lastChange?.change}`;
    const clientOrderId = order.clientOrderId;
    expect(told()).toEqual([
      {
        ...{ channel: "trading", level: "info", message: "leader changed", leader: LEADER, instrument: BTC },
        ...{ leg: "net", by: "2", holds: "2", price: "60000", correlation },
      },
      {
        ...{
          channel: "trading",
          level: "info",
          message: "order",
          account: FOLLOWER,
          instrument: BTC,
          leg: "net",
        },
        ...{ quantity: "1", reduceOnly: false, clientOrderId, correlation },
      },
      {
        ...{ channel: "trading", level: "debug", message: "accepted", account: FOLLOWER, clientOrderId },
        ...{ venueOrderId: `venue-${clientOrderId}`, correlation },
      },
      {
        ...{
          channel: "trading",
          level: "info",
          message: "filled",
          account: FOLLOWER,
          instrument: BTC,
          leg: "net",
        },
        ...{ side: "buy", quantity: "0.4", price: "60001", fee: "0.1", clientOrderId, correlation },
      },
      {
        ...{
          channel: "trading",
          level: "warn",
          message: "outcome unknown",
          account: FOLLOWER,
          clientOrderId,
        },
        ...{ cause: "time-out", correlation },
      },
    ]);
  });

  it("that say why something is not copied have the ids of all that waited", () => {
    const { story, told } = observed();
    story.feed({ kind: "account-refused", account: FOLLOWER, cause: "revoked", atMs: story.nowMs });
    told();
    story.leaderFill("buy", "2");
    const [changed, denied] = told();
    expect(changed).toMatchObject({ message: "leader changed" });
    expect(denied).toMatchObject({
      message: "not copied",
      reason: "halted",
      correlation: changed?.correlation,
    });
  });

  it("of orders that no leader's change led to have none", () => {
    const { story, told } = observed();
    story.fill(onlyOrder(story.leaderFill("buy", "2")), "1", "1");
    told();
    story.command({ kind: "panic" });
    const orders = told().filter(({ message }) => message === "order");
    expect(orders).toHaveLength(1);
    expect(orders[0]).not.toHaveProperty("correlation");
  });

  it("of a run's orders are known to the next one, which has read them in the journal", () => {
    const { story } = observed();
    const decision = story.leaderFill("buy", "2");
    const read = new Correlations();
    const event = story.events.at(-1);
    if (event === undefined) throw new Error("nothing happened");
    read.recoveryHooks({}).onStep?.({ sequence: 1, event, decision }, story.state);
    expect(read.ofOrder(onlyOrder(decision).clientOrderId)).toEqual({
      correlation: expect.stringMatching(/^c\d+$/),
    });
  });

  it("tell each execution of ours once, however often the venue is read again, also after a restart", () => {
    const { story, told, log } = observed();
    const resting = story.leaderFill("buy", "2");
    story.trade(resting, { quantity: "0.4", price: "60001", fee: "0.1" });
    const first = story.events.at(-1);
    if (first === undefined) throw new Error("nothing happened");
    const fills = () => told().filter(({ message }) => message === "filled");
    for (let time = 0; time < 3; time += 1) story.feed(first);
    expect(fills()).toHaveLength(1);
    const next = new LoggingObserver(log, new Correlations(), HOOKS, new LineQueue(() => {}));
    const feed = (event: Event) => next.decided(event, decide(story.state, event), story.state);
    feed({ kind: "engine-started", epoch: "nextnext", atMs: story.nowMs });
    feed(first);
    const rest = { ...first, tradeId: TradeId("rest"), quantity: "0.6", fee: "0.2" } as Event;
    feed(rest);
    feed(first);
    feed(rest);
    next.close();
    expect(fills().map(({ fee }) => fee)).toEqual(["0.2"]);
  });

  it("tell executions of an order of an earlier run whose record was lost", () => {
    const { story, told } = observed();
    story.trade(story.leaderFill("buy", "2"), { quantity: "0.4", price: "60001", fee: "0.1" });
    const fill = story.events.at(-1);
    const identity = { epoch: "abcdefgh", market: 0, leg: "net", purpose: "rebalance", part: 0 } as const;
    const clientOrderId = makeClientOrderId({ ...identity, decision: 9_999 });
    story.feed({ kind: "engine-started", epoch: "nextnext", atMs: story.nowMs });
    told();
    const lost = { ...fill, tradeId: TradeId("lost"), clientOrderId } as Event;
    story.feed(lost);
    story.feed(lost);
    expect(told().filter(({ message }) => message === "filled")).toMatchObject([{ clientOrderId }]);
  });

  it("tell no execution of orders that are another program's", () => {
    const { story, told } = observed();
    story.trade(story.leaderFill("buy", "2"), { quantity: "1", price: "60001", fee: "0.1" });
    const fill = story.events.at(-1);
    told();
    for (const clientOrderId of ["ctzzzzzzzz000100000001i0", "somebody-else"])
      story.feed({ ...fill, tradeId: TradeId(clientOrderId), clientOrderId } as Event);
    expect(told().filter(({ message }) => message === "filled")).toEqual([]);
  });

  it("go to the channel of their kind", () => {
    const { story, told } = observed({ bare: true });
    const account = AccountId("follower");
    story.feed({ kind: "connection-changed", account, state: "down", cause: "reset", atMs: 1 });
    story.feed({ kind: "account-refused", account, cause: "revoked", atMs: 1 });
    expect(told().map(({ channel, level, message }) => [channel, level, message])).toEqual([
      ["sync", "warn", "disconnected"],
      ["security", "error", "account halted"],
    ]);
  });
});

describe("writing them", () => {
  it("waits until the engine has nothing else to do, and takes turns", () => {
    const { log, lines } = recording();
    const turns: (() => void)[] = [];
    const queue = new LineQueue((action) => void turns.push(action));
    for (let count = 0; count < 250; count += 1) queue.add(log, "info", "line", { count });
    expect([lines.length, turns.length]).toEqual([0, 1]);
    for (const written of [100, 200, 250]) {
      turns.shift()?.();
      expect(lines).toHaveLength(written);
    }
    expect(turns).toEqual([]);
    expect(lines.map(({ count }) => count)).toEqual(Array.from({ length: 250 }, (_, index) => index));
    queue.close();
  });

  it("is bounded, and says how many lines that cost", () => {
    const { log, lines } = recording();
    const queue = new LineQueue(() => {});
    for (let count = 0; count < 50_007; count += 1) queue.add(log, "info", "line", { count });
    queue.close();
    expect(lines).toHaveLength(50_001);
    expect(lines.at(-1)).toMatchObject({ level: "warn", lines: 7 });
  });
});
