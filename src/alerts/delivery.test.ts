import { describe, expect, it } from "vitest";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import { type Alert, alertOf } from "./alert.ts";
import type { ChannelOutcome } from "./channel.ts";
import { Delivery } from "./delivery.ts";
import type { Ending } from "./outbox-records.ts";

const HOUR_MS = 3_600_000;
const DOWN: ChannelOutcome = { kind: "failed", cause: "HTTP 503", isRefusal: false };
const REFUSED: ChannelOutcome = { kind: "failed", cause: "HTTP 400", isRefusal: true };
const TAKEN: ChannelOutcome = { kind: "delivered", answer: "HTTP 200" };

/** A channel that answers after 10 ms what `answer` says; chance is the middle, so that a pause is 3/4 of the whole. */
function world(answer: (alert: Alert, attempt: number) => ChannelOutcome, giveUpAfterMs = 24 * HOUR_MS) {
  const clock = new VirtualClock(0);
  const attempts: { readonly topic: string; readonly atMs: number }[] = [];
  const ended: (readonly [string, Ending["kind"]])[] = [];
  const causes: string[] = [];
  let underWay = 0;
  const delivery = new Delivery({
    channel: {
      name: "webhook",
      family: "webhook",
      deliver(alert, done) {
        underWay += 1;
        expect(underWay).toBe(1);
        attempts.push({ topic: topicOf(alert), atMs: clock.nowMs() });
        clock.setTimer(10, () => {
          underWay -= 1;
          done(answer(alert, attempts.length));
        });
      },
    },
    clock,
    chance: () => 0.5,
    giveUpAfterMs,
    ended: (alert, ending) => {
      ended.push([topicOf(alert), ending.kind]);
      if (ending.kind === "given-up") causes.push(ending.cause);
    },
    failed() {},
  });
  const alert = (topic: string) => alertOf({ kind: "test", topic }, clock.nowMs());
  return { clock, delivery, attempts, ended, causes, alert };
}

const topicOf = ({ key }: Alert): string => key.split("|")[4] ?? "";

describe("a delivery", () => {
  it("keeps the order over failures", () => {
    const { clock, delivery, ended, alert } = world((_, attempt) => (attempt % 3 === 0 ? TAKEN : DOWN));
    delivery.add([alert("a"), alert("b"), alert("c")]);
    clock.runUntil(HOUR_MS);
    expect(ended).toEqual(["a", "b", "c"].map((topic) => [topic, "delivered"]));
    expect(delivery.isResting).toBe(true);
  });

  it("waits twice as long after each failure, up to five minutes", () => {
    const { clock, delivery, attempts, alert } = world(() => DOWN);
    delivery.add([alert("a")]);
    clock.runUntil(2 * HOUR_MS);
    const pauses = attempts.slice(1).map(({ atMs }, index) => atMs - (attempts[index]?.atMs ?? 0) - 10);
    expect(pauses.slice(0, 10)).toEqual(
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 750),
    );
    expect(Math.max(...pauses)).toBe(225_000);
  });

  it("waits as long as the receiver asks, up to an hour", () => {
    const { clock, delivery, attempts, alert } = world((_, attempt) => ({
      ...DOWN,
      retryAfterMs: attempt === 1 ? 120_000 : 10 * HOUR_MS,
    }));
    delivery.add([alert("a")]);
    clock.runUntil(2 * HOUR_MS);
    expect(attempts.map(({ atMs }) => atMs)).toEqual([0, 120_010, 120_020 + HOUR_MS]);
  });

  it("gives up what is too old, with a record, and tells what is younger", () => {
    const { clock, delivery, ended, causes, alert } = world(
      ({ atMs }) => (atMs === 0 ? DOWN : TAKEN),
      HOUR_MS,
    );
    delivery.add([alert("old")]);
    clock.runUntil(HOUR_MS - 60_000);
    delivery.add([alert("young")]);
    clock.runUntil(3 * HOUR_MS);
    expect(ended).toEqual([
      ["old", "given-up"],
      ["young", "delivered"],
    ]);
    expect(causes).toEqual(["too old; last: HTTP 503"]);
  });

  it("does not let one that the receiver refuses hold up the others", () => {
    const { clock, delivery, attempts, ended, causes, alert } = world((one) =>
      topicOf(one) === "poison" ? REFUSED : TAKEN,
    );
    delivery.add([alert("poison"), alert("b")]);
    clock.runUntil(HOUR_MS);
    expect(ended).toEqual([
      ["poison", "given-up"],
      ["b", "delivered"],
    ]);
    expect(attempts).toHaveLength(6);
    expect(causes).toEqual(["refused 5 times; last: HTTP 400"]);
  });

  it("gives up the oldest when too many wait", () => {
    const { clock, delivery, ended, alert } = world(() => DOWN);
    delivery.add([alert("first")]);
    clock.runUntil(5);
    delivery.add(Array.from({ length: 10_001 }, (_, index) => alert(String(index))));
    expect(ended).toEqual([
      ["0", "given-up"],
      ["1", "given-up"],
    ]);
  });

  it("tries nothing once it is closed", () => {
    const { clock, delivery, attempts, alert } = world(() => DOWN);
    delivery.add([alert("a")]);
    delivery.close();
    clock.runUntil(HOUR_MS);
    expect(attempts).toHaveLength(1);
  });
});
