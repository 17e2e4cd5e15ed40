/** What nobody streamed is read until it is, whatever breaks meanwhile. */
import { expect, it } from "vitest";
import { executionRow, positionRow, ScriptedBybit } from "../../../test/conformance/scripted-bybit.ts";

const OVERLAP_MS = 10_000;

const list = (...rows: readonly object[]): object => ({ list: rows, nextPageCursor: "" });
const BUSY = { kind: "answered", status: 503, headers: {}, body: "" };

it("a second break forgets nothing of what the first one left unread", () => {
  const bybit = new ScriptedBybit();
  const { clock } = bybit.outside;
  bybit.answers.set("/v5/position/list", () => list(positionRow()));
  bybit.opened();
  const lastToldMs = bybit.serverNowMs();
  bybit.push("execution", executionRow({ execTime: String(lastToldMs) }));
  bybit.answers.set("/v5/execution/list", () => BUSY);
  bybit.privateSocket().breakOff("reset by peer");
  clock.advance(60_000);
  bybit.push("execution", executionRow({ execId: "trade-3", execTime: String(bybit.serverNowMs()) }));
  bybit.privateSocket().breakOff("reset by peer");
  bybit.events.length = 0;
  clock.advance(10_000);
  const untoldSinceMs = lastToldMs - OVERLAP_MS;
  expect(bybit.events.findLast(({ kind }) => kind === "follower-snapshot-taken")).toMatchObject({
    untoldSinceMs,
  });
  const missed = executionRow({ execId: "trade-2", execTime: String(lastToldMs + 1) });
  bybit.answers.set("/v5/execution/list", () => list(missed));
  bybit.outside.http.requests.length = 0;
  clock.advance(60_000);
  const told = { kind: "follower-filled", tradeId: "trade-2" };
  expect(bybit.events).toContainEqual(expect.objectContaining(told));
  const asked = bybit.outside.http.requests.filter(({ url }) => url.includes("/execution/list"));
  const starts = asked.map(({ url }) => new URL(url).searchParams.get("startTime"));
  expect(new Set(starts)).toEqual(new Set([String(untoldSinceMs)]));
});
