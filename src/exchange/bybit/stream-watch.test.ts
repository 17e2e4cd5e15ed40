/** A private stream that answers pings and carries nothing, under a virtual clock against a scripted venue. */
import { describe, expect, test } from "vitest";
import { executionRow, positionRow, ScriptedBybit } from "../../../test/conformance/scripted-bybit.ts";

const SNAPSHOT_EVERY_MS = 15_000;

/** A leader that holds 0.1, with snapshots as the engine asks for them; `rows` are what the venue shows from now on. */
function leader(role: "leader" | "follower" = "leader") {
  const bybit = new ScriptedBybit();
  let rows: readonly object[] = [positionRow()];
  bybit.answers.set("/v5/position/list", () => ({ list: rows, nextPageCursor: "" }));
  const connection = bybit.opened(role);
  const { clock } = bybit.outside;
  const ask = (): void => {
    connection.requestSnapshot();
    clock.setTimer(SNAPSHOT_EVERY_MS, ask);
  };
  ask();
  clock.advance(1_000);
  const count = (path: string): number => bybit.asked.filter((line) => line.includes(path)).length;
  return {
    bybit,
    connection,
    shows: (...now: readonly object[]) => {
      rows = now;
    },
    /** How many snapshots were read in so many seconds. */
    snapshotsIn: (seconds: number) => {
      const before = count("/v5/position/list");
      clock.advance(seconds * 1_000);
      return count("/v5/position/list") - before;
    },
  };
}

describe("a stream that answers pings but carries nothing (pains 9, 10)", () => {
  test("is given up for another, and the account is polled until that one carries something", () => {
    const { bybit, connection, shows, snapshotsIn } = leader();
    expect(snapshotsIn(60)).toBe(4);
    expect(connection.streamHealth).toMatchObject({ state: "sound" });
    shows(positionRow({ size: "0.3", seq: 6 }));
    bybit.outside.clock.advance(SNAPSHOT_EVERY_MS + 4_000);
    expect(connection.streamHealth).toMatchObject({ state: "silent", missed: 1 });
    expect(bybit.events).toContainEqual(
      expect.objectContaining({
        kind: "connection-changed",
        state: "down",
        cause: "it carries no data: a snapshot showed 1 change(s) that it did not tell",
      }),
    );
    bybit.outside.clock.advance(2_000);
    expect(bybit.outside.sockets.opened.filter(({ url }) => url.endsWith("/private"))).toHaveLength(2);
    expect(snapshotsIn(30)).toBeGreaterThanOrEqual(10);
    bybit.push("execution", executionRow({ execId: "trade-2", seq: 7 }));
    expect(connection.streamHealth).toMatchObject({ state: "sound" });
    bybit.outside.clock.advance(5_000);
    expect(snapshotsIn(60)).toBeLessThanOrEqual(5);
  });

  test("that stays silent costs ever fewer connections, and no change is known later than a poll", () => {
    const { bybit, shows } = leader("follower");
    for (let minute = 0; minute < 30; minute += 1) {
      shows(positionRow({ size: String(minute + 1), seq: minute + 10 }));
      bybit.events.length = 0;
      bybit.outside.clock.advance(minute === 0 ? SNAPSHOT_EVERY_MS + 1_000 : 4_000);
      expect(bybit.events).toContainEqual(
        expect.objectContaining({
          kind: "follower-snapshot-taken",
          positions: [expect.objectContaining({ quantity: String(minute + 1) })],
        }),
      );
      bybit.outside.clock.advance(30_000);
    }
    const opened = bybit.outside.sockets.opened.filter(({ url }) => url.endsWith("/private"));
    expect(opened.length).toBeGreaterThan(5);
    expect(opened.length).toBeLessThan(15);
  });
});

test("a leader whose stream is down is polled", () => {
  const { bybit, snapshotsIn } = leader();
  bybit.loginAnswer = null;
  bybit.privateSocket().breakOff();
  expect(snapshotsIn(30)).toBeGreaterThanOrEqual(10);
});

test("many silent streams at once come back within the venue's ceiling, and are read meanwhile (pain 11)", () => {
  const ceiling = { connections: 20, reconnectReserve: 8, connectionWindowMs: 60_000 };
  const bybit = new ScriptedBybit(ceiling);
  let rows: readonly object[] = [positionRow()];
  bybit.answers.set("/v5/position/list", () => ({ list: rows, nextPageCursor: "" }));
  const { clock } = bybit.outside;
  const leaders = Array.from({ length: 12 }, () => bybit.connect("leader"));
  for (const one of leaders) one.open();
  clock.advance(2_000);
  rows = [positionRow({ size: "0.3", seq: 6 })];
  let most = 0;
  for (let second = 0; second < 180; second += 1) {
    if (second % 15 === 0) for (const one of leaders) one.requestSnapshot();
    const before = bybit.outside.sockets.opened.length;
    clock.advance(1_000);
    most = Math.max(most, bybit.outside.sockets.opened.length - before);
  }
  // In any window of the venue's no more than it allows: 12 at first, and as many as there is room for again.
  expect(most).toBeLessThanOrEqual(ceiling.connections);
  expect(bybit.outside.sockets.opened.length).toBeLessThanOrEqual(ceiling.connections * 3);
  expect(bybit.outside.sockets.opened.length).toBeGreaterThanOrEqual(24);
  expect(leaders.every(({ streamHealth }) => streamHealth?.state === "sound")).toBe(true);
});
