/** A leader's take profits and stop losses as orders of the follower's own. The follower copies half of what the leader holds. */
import { describe, expect, it } from "vitest";
import { type LeaderExit, Mirrored } from "../../../test/core/mirrored.ts";
import { LEADER, type StoryOptions } from "../../../test/core/story.ts";

const STOP: LeaderExit = { kind: "stop-loss", whole: true, trigger: "55000" };
const TARGET: LeaderExit = { kind: "take-profit", whole: true, trigger: "65000" };

/** The leader holds 20, the follower 10. */
function holding(options: StoryOptions = {}): Mirrored {
  const mirrored = new Mirrored(options);
  mirrored.trade("buy", "0.020");
  return mirrored;
}

interface Row {
  readonly what: string;
  readonly options?: StoryOptions;
  readonly exits: readonly LeaderExit[];
  readonly rests: readonly string[];
}

const ROWS: readonly Row[] = [
  { what: "a stop of the whole position", exits: [STOP], rests: ["stop -10 falls 55000"] },
  { what: "a take profit", exits: [TARGET], rests: ["take-profit -10 rises 65000"] },
  {
    what: "both",
    exits: [STOP, TARGET],
    rests: ["stop -10 falls 55000", "take-profit -10 rises 65000"],
  },
  {
    what: "a part of the position",
    exits: [{ trigger: "55000", quantity: "0.008" }],
    rests: ["stop -4 falls 55000"],
  },
  {
    what: "parts that make up the whole, exact to the step",
    exits: [
      { id: "a", trigger: "57000", quantity: "0.007" },
      { id: "b", trigger: "56000", quantity: "0.007" },
      { id: "c", trigger: "55000", quantity: "0.006" },
    ],
    rests: ["stop -3 falls 55000", "stop -3 falls 57000", "stop -4 falls 56000"],
  },
  {
    what: "more than the position, the first that is met first",
    exits: [
      { id: "a", trigger: "55000", whole: true },
      { id: "b", trigger: "57000", quantity: "0.012" },
    ],
    rests: ["stop -4 falls 55000", "stop -6 falls 57000"],
  },
  {
    what: "no more orders than a venue takes, the nearest",
    exits: ["1", "2", "3", "4", "5"].map((digit) => ({
      id: digit,
      trigger: `5${digit}000`,
      quantity: "0.004",
    })),
    rests: ["stop -2 falls 52000", "stop -2 falls 53000", "stop -2 falls 54000", "stop -2 falls 55000"],
  },
  {
    what: "a conditional order that only reduces",
    exits: [{ kind: "order", trigger: "54000", quantity: "0.020", direction: "falls" }],
    rests: ["stop -10 falls 54000"],
  },
  {
    what: "no conditional order that opens",
    exits: [{ kind: "order", trigger: "54000", quantity: "0.020", direction: "falls", reduceOnly: false }],
    rests: [],
  },
  { what: "no trailing stop", exits: [{ kind: "trailing-stop", trigger: "54000", whole: true }], rests: [] },
  {
    what: "no exit of the other side",
    exits: [{ kind: "stop-loss", side: "buy", trigger: "65000", whole: true, direction: "rises" }],
    rests: [],
  },
  {
    what: "the direction that an exit's kind says where the venue does not",
    exits: [{ ...TARGET, direction: null }],
    rests: ["take-profit -10 rises 65000"],
  },
  {
    what: "of an inverse copy the stop for the target, and the target for the stop",
    options: { allocation: { inverse: true } },
    exits: [STOP, TARGET],
    rests: ["stop +10 rises 65000", "take-profit +10 falls 55000"],
  },
  {
    what: "nothing where it is not asked for",
    options: { allocation: { copyStops: false } },
    exits: [STOP, TARGET],
    rests: [],
  },
  {
    what: "nothing below the venue's smallest order; its part goes with the next",
    options: { instrument: { minQuantity: "0.003" } },
    exits: [
      { id: "a", trigger: "57000", quantity: "0.004" },
      { id: "b", trigger: "56000", quantity: "0.004" },
    ],
    rests: ["stop -4 falls 56000"],
  },
];

describe("of what the leader has resting, the follower has", () => {
  it.each(ROWS)("$what", ({ options, exits, rests }) => {
    const mirrored = holding(options);
    for (const exit of exits) mirrored.exit(exit);
    expect(mirrored.rests()).toEqual(rests);
  });

  it.each(ROWS)("$what, when it is learned from a list", ({ options, exits, rests }) => {
    const mirrored = holding(options);
    mirrored.list(exits.map((exit, index) => ({ id: String(index), ...exit })));
    expect(mirrored.rests()).toEqual(rests);
  });

  it.each(ROWS)("$what, when the position comes after it", ({ options, exits, rests }) => {
    const mirrored = new Mirrored(options);
    for (const exit of exits) mirrored.exit(exit);
    mirrored.trade("buy", "0.020");
    expect(mirrored.rests()).toEqual(rests);
  });
});

describe("when the leader changes it", () => {
  it("moves a stop in place", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    const decision = mirrored.exit({ ...STOP, trigger: "56000" });
    expect([decision.amends.length, decision.orders.length, decision.cancels.length]).toEqual([1, 0, 0]);
    expect(mirrored.rests()).toEqual(["stop -10 falls 56000"]);
  });

  it("places anew what the venue cannot change: the price that is watched", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.exit({ ...STOP, by: "mark" });
    expect([...mirrored.resting.values()].map(({ form }) => form.by)).toEqual(["mark"]);
  });

  it("takes it away", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.exit(TARGET);
    mirrored.remove(STOP);
    expect(mirrored.rests()).toEqual(["take-profit -10 rises 65000"]);
  });

  it("learns of the end from a list that lacks it", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.list([]);
    expect(mirrored.rests()).toEqual([]);
  });

  it("takes no list for news that is older than what the stream told", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    const before = mirrored.row(STOP);
    mirrored.remove(STOP);
    mirrored.heard(
      mirrored.story.feed({
        kind: "leader-order-reported",
        account: LEADER,
        order: before,
        atMs: mirrored.story.nowMs,
      }),
    );
    expect(mirrored.rests()).toEqual([]);
  });

  it.each([
    ["adds", "buy", "0.010", "stop -15 falls 55000"],
    ["closes a part", "sell", "0.010", "stop -5 falls 55000"],
  ] as const)("fits it to what is held when the leader %s", (_, side, quantity, rests) => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.trade(side, quantity);
    expect(mirrored.rests()).toEqual([rests]);
  });

  it("takes all away with the position", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.exit(TARGET);
    mirrored.trade("sell", "0.020");
    expect([mirrored.rests(), mirrored.held()]).toEqual([[], 0]);
  });

  it("takes all away when the setting is switched off", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.heard(mirrored.story.allocate({ copyStops: false }));
    expect([mirrored.rests(), mirrored.held()]).toEqual([[], 10]);
  });
});

describe("when the price comes", () => {
  it("ours first: what it closed is not bought again, and the leader's own finds it done", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.fire(550_000, "falls");
    mirrored.wait(20_000);
    expect([mirrored.held(), mirrored.target(), mirrored.rests()]).toEqual([0, 0, []]);
    mirrored.trade("sell", "0.020");
    expect([mirrored.held(), mirrored.leg().market.copies[0]?.legs[0]?.stoppedLots]).toEqual([0, 0]);
    mirrored.trade("buy", "0.020");
    expect(mirrored.held()).toBe(10);
  });

  it("ours first, of a part: the leader's then closes nothing more, and no second stop is placed for it", () => {
    const mirrored = holding();
    mirrored.exit({ trigger: "55000", quantity: "0.010" });
    mirrored.fire(550_000, "falls");
    expect([mirrored.held(), mirrored.target(), mirrored.rests()]).toEqual([5, 5, []]);
    mirrored.trade("sell", "0.010");
    expect([mirrored.held(), mirrored.target()]).toEqual([5, 5]);
  });

  it("ours first: the leader adds, and only that is bought", () => {
    const mirrored = holding();
    mirrored.exit({ trigger: "55000", quantity: "0.010" });
    mirrored.fire(550_000, "falls");
    mirrored.trade("buy", "0.004");
    expect(mirrored.held()).toBe(7);
  });

  it("ours first: what it closed is wanted again when it is released", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.fire(550_000, "falls");
    mirrored.remove(STOP);
    const { story } = mirrored;
    mirrored.heard(story.command({ kind: "release", account: story.leg().market.follower.account }));
    expect(mirrored.held()).toBe(10);
  });

  it("the leader's first, whole: ours goes and the position is closed once", () => {
    const mirrored = holding();
    mirrored.exit(STOP);
    mirrored.isSlow = true;
    const decision = mirrored.trade("sell", "0.020");
    expect([decision.cancels.length, decision.orders.map(({ order }) => order.lots)]).toEqual([1, [-10]]);
    mirrored.fire(550_000, "falls");
    mirrored.isSlow = false;
    mirrored.answer();
    mirrored.wait(20_000);
    expect([mirrored.held(), mirrored.target(), mirrored.rests()]).toEqual([0, 0, []]);
  });

  it("both at once, of a part: it is closed once, though the leader's fill is heard first", () => {
    const mirrored = holding();
    const exit = { id: "one", trigger: "55000", quantity: "0.010" };
    mirrored.exit(exit);
    mirrored.isSlow = true;
    const decision = mirrored.trade("sell", "0.010", { order: "one" });
    expect([decision.orders, decision.cancels.length]).toEqual([[], 1]);
    mirrored.fire(550_000, "falls");
    mirrored.isSlow = false;
    mirrored.answer();
    mirrored.exit({ ...exit, status: "filled" });
    mirrored.wait(20_000);
    expect([mirrored.held(), mirrored.target(), mirrored.rests()]).toEqual([5, 5, []]);
  });

  it("both at once, of a part: also where the leader's position is told before its fill", () => {
    const mirrored = holding();
    const exit = { id: "one", trigger: "55000", quantity: "0.010" };
    mirrored.exit(exit);
    mirrored.isSlow = true;
    const { story } = mirrored;
    const position = story.row("0.010");
    const told = { kind: "leader-position-reported", account: LEADER, receivedAtMs: story.nowMs } as const;
    expect(mirrored.heard(story.feed({ ...told, position })).orders).toEqual([]);
    mirrored.fire(550_000, "falls");
    mirrored.isSlow = false;
    mirrored.answer();
    mirrored.exit({ ...exit, status: "filled" });
    mirrored.wait(20_000);
    expect([mirrored.held(), mirrored.target(), mirrored.rests()]).toEqual([5, 5, []]);
  });

  it("a part that only the position tells of is closed a moment later", () => {
    const mirrored = holding();
    mirrored.exit({ trigger: "55000", quantity: "0.020" });
    const { story } = mirrored;
    const position = story.row("0.010");
    const told = { kind: "leader-position-reported", account: LEADER, receivedAtMs: story.nowMs } as const;
    mirrored.heard(story.feed({ ...told, position }));
    expect(mirrored.held()).toBe(10);
    mirrored.wait(400);
    expect([mirrored.held(), mirrored.rests()]).toEqual([5, ["stop -5 falls 55000"]]);
  });

  it("a part is closed all the same when nothing is heard of the stop for a second", () => {
    const mirrored = holding();
    mirrored.exit({ id: "one", trigger: "55000", quantity: "0.010" });
    mirrored.isSlow = true;
    expect(mirrored.trade("sell", "0.010", { order: "one" }).orders).toEqual([]);
    const sent = mirrored.story.wait(1_100).flatMap(({ orders }) => orders.map(({ order }) => order.lots));
    expect(sent).toEqual([-5]);
  });
});

describe("when the venue refuses", () => {
  it("a trigger that is passed: what it would close is closed at once, with a reason", () => {
    const mirrored = holding();
    mirrored.refuses = "trigger-passed";
    mirrored.exit({ trigger: "59999", quantity: "0.010" });
    expect(mirrored.sent.slice(-2)).toEqual(["stop -5 falls 59999", "stop -5"]);
    expect([mirrored.held(), mirrored.rests()]).toEqual([5, []]);
    const reasons = mirrored.story.decisions.flatMap(({ denials }) => denials.map(({ reason }) => reason));
    expect(reasons.slice(-1)).toEqual(["trigger-passed"]);
  });

  it("anything else: it is asked again after a pause, and nothing else waits for it", () => {
    const mirrored = holding();
    mirrored.refuses = "rate-limited";
    mirrored.exit(STOP);
    expect(mirrored.rests()).toEqual([]);
    mirrored.trade("sell", "0.002");
    expect(mirrored.held()).toBe(9);
    mirrored.wait(1_000);
    expect(mirrored.rests()).toEqual(["stop -9 falls 55000"]);
  });
});
