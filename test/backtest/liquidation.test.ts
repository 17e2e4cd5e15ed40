/** A follower in the past is liquidated as the simulated exchange does it, and what is told of it says so. */
import { describe, expect, it } from "vitest";
import { afterwardsOf } from "../../src/control/protections/afterwards.ts";
import { differenceOf } from "../../src/control/protections/verdict.ts";
import { liveProtected, plantedPast, recordOf, type Steps, stepsOf } from "./planted.ts";

const KNOWN = 3;
const FROM = KNOWN * 24;

/** Six times its equity long from 60,000 on, and so is the follower; a fall in one step, and all the way back. */
function leveraged(lowest: number, ...more: Steps) {
  const steps: Steps = [...stepsOf(KNOWN), ...more, [FROM + 6, lowest], [FROM + 10, 60_000]];
  return plantedPast(KNOWN + 2, steps, {
    a: [...recordOf(KNOWN), { hour: FROM + 2, by: 10 }, { hour: FROM + 12, by: -10 }],
  });
}

const days = { fromDay: KNOWN, toDay: KNOWN + 2 };

describe("a follower in a backtest", () => {
  // 0.999 at 60,000 with 9,967.033 after fees: with the fee of its close (0.055 %) nothing is left at 50,050.6.
  it("loses its position at the bankruptcy price once the maintenance margin is gone, and copies nothing more", async () => {
    const run = await liveProtected(leveraged(50_200), ["a"], days, {});
    expect(run.fills.map(({ side, quantity, price }) => `${side} ${quantity} at ${price}`)).toEqual([
      "buy 0.999 at 60000",
      "sell 0.999 at 50050.6",
    ]);
    expect(run.happenings.liquidations).toBe(1);
    expect(Number(run.equityTo)).toBeGreaterThanOrEqual(0);
    expect(Number(run.equityTo)).toBeLessThan(1);
  });

  it("never owes more than it had, however far the price jumps", async () => {
    const run = await liveProtected(leveraged(40_000), ["a"], days, {});
    expect(run.fills.at(-1)).toMatchObject({ side: "sell", quantity: "0.999", price: "50050.6" });
    expect([run.happenings.liquidations, Number(run.equityTo) >= 0]).toEqual([1, true]);
  });

  it("keeps its position as long as the margin carries it", async () => {
    const run = await liveProtected(leveraged(50_400), ["a"], days, {});
    expect(run.happenings.liquidations).toBe(0);
  });

  it("is spared by a stop that comes before, and the liquidation is what became of the position without it", async () => {
    const past = leveraged(48_000, [FROM + 4, 59_400]);
    const stop = { positionStop: { share: "0.008", coolOffMs: null } };
    const [one, other] = [
      await liveProtected(past, ["a"], days, stop),
      await liveProtected(past, ["a"], days, {}),
    ];
    expect([one.happenings.liquidations, other.happenings.liquidations]).toEqual([0, 1]);
    expect(Number(differenceOf(one, other, { resamples: 0, seed: 1 }).saved)).toBeGreaterThan(6_000);
    const [strike] = one.strikes;
    const [position] = strike?.positions ?? [];
    if (strike === undefined || position === undefined) throw new Error("nothing was struck");
    const after = afterwardsOf(position, strike.atMs, other.steps);
    expect(Number(after?.brought)).toBeLessThan(-6_000);
    expect(after?.untilMs).not.toBeNull();
  });
});
