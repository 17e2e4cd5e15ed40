/** The venue's clock under a virtual one: what contradicts it has it asked anew, and what moves again and again shows. */
import { expect, test } from "vitest";
import { ScriptedBybit } from "../../../test/conformance/scripted-bybit.ts";
import { BybitRest } from "./rest.ts";

const HOUR_MS = 3_600_000;
/** The scripted venue stamps at the beginning of a trip of 5 ms. */
const HALF_TRIP_MS = 2.5;

function known() {
  const bybit = new ScriptedBybit();
  const rest = new BybitRest(bybit.outside, "https://rest.test", bybit.budget);
  rest.clock.use(() => {});
  const { clock } = bybit.outside;
  clock.advance(1_000);
  /** An answer to some other request, which carries the server's time too. */
  const observe = (skewMs: number) =>
    rest.clock.observe(clock.nowMs() - 20, clock.nowMs(), clock.nowMs() - 10 + skewMs);
  return { bybit, rest, clock, observe };
}

test("an answer that agrees confirms it, and asks nothing", () => {
  const { bybit, rest, observe } = known();
  const asked = bybit.asked.length;
  observe(200);
  expect(rest.clock.health).toMatchObject({ errorMs: 0, doubtedSinceMs: null, jumps: 0, jumpedAtMs: null });
  expect(bybit.asked).toHaveLength(asked);
});

test("a clock that was moved is found by the next answer, and followed (pain 23)", () => {
  const { bybit, rest, clock, observe } = known();
  bybit.skewMs = HOUR_MS;
  const sinceMs = clock.nowMs();
  observe(HOUR_MS);
  expect(rest.clock.health).toMatchObject({ errorMs: HOUR_MS + HALF_TRIP_MS - 10, doubtedSinceMs: sinceMs });
  clock.advance(200);
  expect(rest.clock.health).toMatchObject({ errorMs: 0, doubtedSinceMs: null, jumps: 1 });
  expect(rest.clock.offsetMs).toBe(HOUR_MS - HALF_TRIP_MS);
  clock.advance(5_000);
  expect(rest.clock.health.jumps).toBe(0);
});

test("one answer that contradicts alone moves nothing", () => {
  const { rest, clock, observe } = known();
  observe(HOUR_MS);
  clock.advance(200);
  expect(rest.clock.health).toMatchObject({ doubtedSinceMs: null, jumps: 0 });
  expect(rest.clock.offsetMs).toBe(-HALF_TRIP_MS);
});

test("a clock that jumps at each answer is unsteady, and is not asked without end", () => {
  const { bybit, rest, clock } = known();
  const asked = bybit.asked.length;
  bybit.answers.set("/v5/market/time", () => {
    bybit.skewMs = bybit.skewMs === 0 ? HOUR_MS : 0;
    return {};
  });
  rest.clock.doubt();
  clock.advance(10_000);
  expect(rest.clock.health.jumps).toBeGreaterThanOrEqual(3);
  expect(rest.clock.health.doubtedSinceMs).not.toBeNull();
  expect(bybit.asked.length - asked).toBeLessThan(20);
  bybit.answers.set("/v5/market/time", () => ({}));
  clock.advance(7_000);
  expect(rest.clock.health).toMatchObject({ doubtedSinceMs: null, jumps: 0 });
});

test("a clock that answers no more stays in doubt until it does", () => {
  const { bybit, rest, clock, observe } = known();
  bybit.answers.set("/v5/market/time", () => ({ kind: "failed", mayHaveArrived: false, cause: "reset" }));
  observe(HOUR_MS);
  clock.advance(30_000);
  expect(rest.clock.health.doubtedSinceMs).toBe(clock.nowMs() - 30_000);
  bybit.answers.set("/v5/market/time", () => ({}));
  clock.advance(2_000);
  expect(rest.clock.health.doubtedSinceMs).toBeNull();
});
