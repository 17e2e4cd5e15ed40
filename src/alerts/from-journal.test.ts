import { describe, expect, it } from "vitest";
import { BTC, FOLLOWER, LEADER, onlyOrder, Story } from "../../test/core/story.ts";
import type { Event } from "../core/event.ts";
import { DISK_IS_FULL } from "../engine/observer.ts";
import { type AlertReport, alertOf } from "./alert.ts";
import { alertsOf } from "./from-journal.ts";
import { QuietPeriods } from "./quiet-periods.ts";

/** What the latest event of the story is told as. */
function told(story: Story): readonly AlertReport[] {
  const event = story.events.at(-1);
  const decision = story.decisions.at(-1);
  if (event === undefined || decision === undefined) throw new Error("nothing happened");
  return alertsOf(event, decision, story.state);
}

function fed(story: Story, event: Event): readonly AlertReport[] {
  story.feed(event);
  return told(story);
}

describe("what the owner is told of the journal", () => {
  it("is nothing while copying goes as it should", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    expect(told(story)).toEqual([]);
    story.accept(order);
    expect(told(story)).toEqual([]);
    story.fill(order, "0.5", "0.5");
    expect(told(story)).toEqual([]);
  });

  it.each([
    ["sell", "59940", []],
    ["sell", "61000", []],
    ["sell", "59930", [{ price: "59930", leaderPrice: "60000", bps: "11.67", bpsAlert: "10" }]],
    ["buy", "60060", []],
    ["buy", "60070", [{ price: "60070", leaderPrice: "60000", bps: "11.67", bpsAlert: "10" }]],
  ] as const)("is an exit by a %s at %s that is beyond the boundary (pain 32)", (side, price, numbers) => {
    const story = new Story({ allocation: { exitSlippageBpsAlert: "10" } });
    const opens = side === "sell" ? "buy" : "sell";
    const holds = side === "sell" ? "0.5" : "-0.5";
    story.fill(onlyOrder(story.leaderFill(opens, "1")), "0.5", holds);
    story.price(price);
    const exit = onlyOrder(story.leaderFill(side, "1"));
    expect([exit.reduceOnly, exit.form.kind]).toEqual([true, "market"]);
    expect(told(story).map(({ kind, leader, follower }) => [kind, leader, follower])).toEqual(
      numbers.map(() => ["exit-slippage", LEADER, FOLLOWER]),
    );
    expect(told(story).map(({ numbers: shown }) => shown)).toEqual(
      numbers.map((one) => ({ ...one, order: exit.clientOrderId })),
    );
  });

  it("is no exit that follows from no trade of the leader's", () => {
    const story = new Story({ allocation: { exitSlippageBpsAlert: "10" } });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    story.price("50000");
    const closed = story.command({ kind: "close", account: FOLLOWER });
    expect([onlyOrder(closed).reduceOnly, told(story)]).toEqual([true, []]);
  });

  it("is a rejected order, with its instrument and the venue's words", () => {
    const story = new Story();
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "insufficient-margin");
    expect(told(story)).toMatchObject([
      {
        kind: "order-rejected",
        severity: "warning",
        follower: FOLLOWER,
        instrument: BTC,
        numbers: { class: "insufficient-margin", code: 1 },
        topic: "insufficient-margin warning",
        atMs: story.nowMs,
        event: story.state.eventSequence,
      },
    ]);
  });

  it("is critical when the venue does not take a reduction, and a remark when it is only busy", () => {
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    const close = onlyOrder(story.leaderFill("sell", "1"));
    story.reject(close, "bad-request");
    expect(told(story)).toMatchObject([{ kind: "order-rejected", severity: "critical" }]);
    const opening = new Story();
    opening.reject(onlyOrder(opening.leaderFill("buy", "1")), "bad-request");
    const quiet = new QuietPeriods({ quietMs: 300_000, keysPerAccountMax: 20, keysPerKindMax: 100 });
    const both = [...told(opening), ...told(story)].map((report) => alertOf(report, 0));
    expect(both.map(({ severity }) => severity)).toEqual(["warning", "critical"]);
    expect(both.map((alert) => quiet.admits(alert))).toEqual([true, true]);
    const busy = new Story();
    busy.reject(onlyOrder(busy.leaderFill("buy", "1")), "try-again");
    expect(told(busy)).toMatchObject([{ severity: "info" }]);
  });

  it("is a change that a halt, stale data or a foreign position keeps from being copied, with the numbers", () => {
    const halted = new Story();
    expect(
      fed(halted, { kind: "account-refused", account: FOLLOWER, cause: "key revoked", atMs: halted.nowMs }),
    ).toMatchObject([{ kind: "account-halted", follower: FOLLOWER, cause: "key revoked" }]);
    halted.leaderFill("buy", "1");
    expect(told(halted)).toMatchObject([
      { kind: "not-copied", leader: LEADER, follower: FOLLOWER, instrument: BTC, cause: "halted" },
    ]);
    const stale = new Story();
    stale.nowMs += 100_000;
    stale.leaderFill("buy", "1");
    expect(told(stale)).toMatchObject([
      { kind: "not-copied", cause: "leader-stale", numbers: { limitMs: 60_000 }, topic: "leader-stale" },
    ]);
  });

  it("is an increase that waits for approval, and not its end", () => {
    const story = new Story({ allocation: { autoCopy: false } });
    story.leaderFill("buy", "1");
    expect(told(story)).toMatchObject([
      {
        kind: "approval-asked",
        leader: LEADER,
        follower: FOLLOWER,
        instrument: BTC,
        numbers: { proposal: 1, target: "0.5" },
        topic: "1",
      },
    ]);
    story.command({ kind: "decline", account: FOLLOWER, proposal: 1 });
    expect(told(story)).toEqual([]);
  });

  it("is not what the owner chose or the next change makes up for", () => {
    const paused = new Story();
    paused.command({ kind: "pause" });
    paused.leaderFill("buy", "1");
    expect(told(paused)).toEqual([]);
    const small = new Story();
    small.leaderFill("buy", "0.001");
    expect(told(small)).toEqual([]);
  });

  it("is a full disk, as one thing for all followers", () => {
    const story = new Story();
    const event = { kind: "account-refused", account: FOLLOWER, cause: DISK_IS_FULL } as const;
    expect(fed(story, { ...event, atMs: story.nowMs })).toEqual([
      { kind: "disk-full", atMs: story.nowMs, event: story.state.eventSequence },
    ]);
    const release = { kind: "halts-released", cause: DISK_IS_FULL, atMs: story.nowMs } as const;
    expect(fed(story, release)).toMatchObject([{ kind: "halt-ended", cause: DISK_IS_FULL }]);
  });

  it("is a leader that the venue refuses, an unknown outcome and a refused leverage", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.unknown(order);
    expect(told(story)).toMatchObject([
      { kind: "order-outcome-unknown", follower: FOLLOWER, instrument: BTC, cause: "time-out" },
    ]);
    const rejection = { class: "bad-request", code: 110013, text: "cannot set leverage" } as const;
    const refused = {
      kind: "leverage-refused",
      account: FOLLOWER,
      instrument: BTC,
      leverage: "20",
      rejection,
      atMs: story.nowMs,
    } as const;
    expect(fed(story, refused)).toMatchObject([
      { kind: "leverage-refused", follower: FOLLOWER, numbers: { leverage: "20", code: 110013 } },
    ]);
    expect(
      fed(story, { kind: "account-refused", account: LEADER, cause: "gone", atMs: story.nowMs }),
    ).toMatchObject([{ kind: "account-halted", leader: LEADER }]);
  });

  it("is a statement that cannot be true, but no instrument that is only not listed yet and no fill of long ago", () => {
    const story = new Story();
    const refusal = story.leaderFill("buy", "2", { ageMs: 16 * 60_000 }).refusal;
    expect([refusal?.kind, told(story)]).toEqual(["stamp-too-old", []]);
    story.leaderFill("buy", "not a number");
    expect(told(story)).toMatchObject([
      { kind: "statement-refused", cause: "leader-filled, not-a-number", numbers: { account: LEADER } },
    ]);
  });
});
