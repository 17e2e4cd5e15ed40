/** Protections on pasts where what each has to save or to cost is known beforehand, to the last digit. */
import { describe, expect, it } from "vitest";
import type { DecayTerms } from "../../src/config.ts";
import { afterwardsOf } from "../../src/control/protections/afterwards.ts";
import { MOMENT_MS } from "../../src/control/protections/cool-offs.ts";
import { differenceOf } from "../../src/control/protections/verdict.ts";
import type { LossLimit, StopLoss } from "../../src/core/guard/guard-settings.ts";
import { Decimal } from "../../src/core/model/decimal.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import {
  liveProtected,
  type PlantedRun,
  plantedPast,
  recordOf,
  type Steps,
  stepsOf,
  type Trade,
} from "./planted.ts";
import { BEGIN_MS, DAY_MS, HOUR_MS, type LifeOptions } from "./recorded-past.ts";

type Guards = NonNullable<LifeOptions["guards"]>;

/** The days of record before copying begins. */
const KNOWN = 3;
const FROM = KNOWN * 24;
const NO_RESAMPLES = { resamples: 0, seed: 1 };
const STOP: StopLoss = { share: "0.02", from: "start", action: "close", coolOffMs: null };
const PAUSE: LossLimit = { limit: { kind: "share", value: "0.02" }, action: "pause", coolOffMs: DAY_MS };

/** With and without, where `a` trades and the price steps at hours counted from the beginning of copying. */
async function both(steps: Steps, trades: readonly Trade[], guards: Guards, without: Guards = {}) {
  const later = <Rest extends unknown[]>([hour, ...rest]: readonly [number, ...Rest]) =>
    [FROM + hour, ...rest] as const;
  const past = plantedPast(KNOWN + 3, [...stepsOf(KNOWN), ...steps.map(later)], {
    a: [...recordOf(KNOWN), ...trades.map(({ hour, by }) => ({ hour: FROM + hour, by }))],
  });
  const days = { fromDay: KNOWN, toDay: KNOWN + 3 };
  const one = await liveProtected(past, ["a"], days, guards);
  const other = await liveProtected(past, ["a"], days, without);
  return { one, other, difference: differenceOf(one, other, NO_RESAMPLES) };
}

/** Of both ways: money in less money out, less fees. */
function moneyOf(fills: PlantedRun["fills"]): Decimal {
  return fills.reduce((sum, { side, quantity, price, fee }) => {
    const value = Decimal.parse(quantity).times(Decimal.parse(price));
    return (side === "buy" ? sum.minus(value) : sum.plus(value)).minus(Decimal.parse(fee));
  }, Decimal.zero);
}

const traded = ({ fills }: PlantedRun) =>
  fills.map(({ side, quantity, price }) => `${side} ${quantity} at ${price}`);
const guardsOf = ({ strikes }: PlantedRun) => strikes.map(({ guard }) => guard);

/** A fall in two steps, and the leader sells at the bottom. */
const FALL: Steps = [
  [4, 57_000],
  [8, 54_000],
];
/** A fall, and the leader sells above where it bought. */
const WHIPSAW: Steps = [
  [4, 57_000],
  [8, 61_000],
];
/** A rise, and all of it back. */
const RISE_AND_FALL: Steps = [
  [4, 66_000],
  [8, 63_000],
  [10, 60_000],
];
const HELD: readonly Trade[] = [
  { hour: 2, by: 1 },
  { hour: 12, by: -1 },
];

describe("a protection saves and costs exactly what it has to", () => {
  it.each<readonly [string, Steps, Guards, readonly string[], string]>([
    [
      "a position stop out of a fall saves the rest of it",
      FALL,
      { positionStop: { share: "0.04", coolOffMs: null } },
      ["buy 0.099 at 60000", "sell 0.099 at 57000"],
      // 0.099 x 3000, less the fee of 0.055 % on so much more.
      "296.83665",
    ],
    [
      "a position stop in a whipsaw costs the way back",
      WHIPSAW,
      { positionStop: { share: "0.04", coolOffMs: null } },
      ["buy 0.099 at 60000", "sell 0.099 at 57000"],
      "-395.7822",
    ],
    [
      "a stop of a leader out of a fall saves the rest of it",
      FALL,
      { stopLoss: STOP },
      ["buy 0.099 at 60000", "sell 0.099 at 57000"],
      "296.83665",
    ],
    [
      "a trailing stop keeps a part of a rise",
      RISE_AND_FALL,
      { stopLoss: { ...STOP, from: "peak" } },
      ["buy 0.099 at 60000", "sell 0.099 at 63000"],
      "296.83665",
    ],
    [
      "a stop that does not trail lets it go",
      RISE_AND_FALL,
      { stopLoss: STOP },
      ["buy 0.099 at 60000", "sell 0.099 at 60000"],
      "0",
    ],
    [
      "a tier of two cuts a half of what was held",
      FALL,
      {
        tiers: {
          levels: [
            { loss: "200", action: "reduce", share: { part: 1, whole: 2 } },
            { loss: "900", action: "close", share: null },
          ],
          reference: "start",
          coolOffMs: null,
        },
      },
      ["buy 0.099 at 60000", "sell 0.05 at 57000", "sell 0.049 at 54000"],
      "149.9175",
    ],
    [
      "a limit on the draw-down of the account that closes saves the rest of a fall",
      FALL,
      { drawdown: { ...PAUSE, action: "close" } },
      ["buy 0.099 at 60000", "sell 0.099 at 57000"],
      "296.83665",
    ],
  ])("%s", async (_, steps, guards, fills, saved) => {
    const { one, other, difference } = await both(steps, HELD, guards);
    expect(traded(one)).toEqual(fills);
    expect(difference.saved).toBe(saved);
    expect(difference.saved).toBe(moneyOf(one.fills).minus(moneyOf(other.fills)).toString());
    expect(difference.isSame).toBe(saved === "0");
  });

  it("a pause after a loss skips the next loss of the day, and ends by the clock", async () => {
    const steps: Steps = [...FALL, [14, 50_000], [36, 52_000]];
    const again: readonly Trade[] = [
      { hour: 13, by: 1 },
      { hour: 16, by: -1 },
      { hour: 34, by: 1 },
      { hour: 38, by: -1 },
    ];
    const { one, other, difference } = await both(steps, [...HELD, ...again], { dailyLoss: PAUSE });
    const [strike] = one.strikes;
    expect(guardsOf(one)).toEqual(["daily-loss"]);
    expect(strike?.untilMs).toBe((strike?.atMs ?? 0) + DAY_MS);
    expect(traded(other).slice(2, 4)).toEqual(["buy 0.093 at 54000", "sell 0.093 at 50000"]);
    // The loss of 0.093 x 4000 and its fees are spared; what came after the pause was copied with so much more of equity.
    expect(moneyOf(other.fills.slice(2, 4)).toString()).toBe("-377.3196");
    expect(traded(one).slice(0, 2)).toEqual(traded(other).slice(0, 2));
    expect(traded(one).slice(2)).toEqual(["buy 0.104 at 50000", "sell 0.104 at 52000"]);
    expect(difference.saved).toBe(moneyOf(one.fills).minus(moneyOf(other.fills)).toString());
    expect(one.happenings.reasons.stopped).toBeGreaterThan(0);
  });

  it("without its cool-off the same limit skips nothing", async () => {
    const steps: Steps = [...FALL, [14, 50_000]];
    const trades = [...HELD, { hour: 13, by: 1 }, { hour: 16, by: -1 }];
    const { one, other, difference } = await both(
      steps,
      trades,
      { dailyLoss: PAUSE },
      { dailyLoss: { ...PAUSE, coolOffMs: MOMENT_MS } },
    );
    expect(guardsOf(other).length).toBeGreaterThan(0);
    expect(difference.saved).toBe(moneyOf(other.fills.slice(2, 4)).negated().toString());
    expect(one.fills).toHaveLength(2);
  });
});

describe("a protection that never strikes", () => {
  it.each<readonly [string, Guards]>([
    ["position stop", { positionStop: { share: "0.5", coolOffMs: null } }],
    ["stop of a leader", { stopLoss: { ...STOP, share: "0.5" } }],
    ["trailing stop", { stopLoss: { ...STOP, share: "0.5", from: "peak" } }],
    [
      "stop that replaces",
      { stopLoss: { ...STOP, share: "0.5", action: "replace", replacements: [AccountId("a")] } },
    ],
    ["limit of a day", { dailyLoss: { ...PAUSE, limit: { kind: "share", value: "0.5" } } }],
    ["limit on the draw-down", { drawdown: { ...PAUSE, limit: { kind: "amount", value: "5000" } } }],
    [
      "tier",
      {
        tiers: {
          levels: [{ loss: "5000", action: "close", share: null }],
          reference: "peak",
          coolOffMs: null,
        },
      },
    ],
    [
      "liquidation guard",
      { liquidation: { action: "cut", distance: "0.01", nearerThanLeader: "0", coolOffMs: null } },
    ],
  ])("makes no difference at all: %s", async (_, guards) => {
    const { one, other, difference } = await both(FALL, HELD, guards);
    expect(one.strikes).toEqual([]);
    expect(difference).toEqual({ saved: "0", isSame: true, isLevel: true, interval: null, chance: null });
    expect(one.doings).toBe(other.doings);
    expect([one.fills, one.equity, one.steps]).toEqual([other.fills, other.equity, other.steps]);
  });
});

describe("what became of what a stop cut", () => {
  it("is told by the run without it, from the strike until the leader's own end", async () => {
    const { one, other } = await both(FALL, HELD, { positionStop: { share: "0.04", coolOffMs: null } });
    const [strike] = one.strikes;
    const [position] = strike?.positions ?? [];
    if (strike === undefined || position === undefined) throw new Error("nothing was struck");
    expect(position).toEqual({
      leader: "a",
      instrument: "BTCUSDT@bybit",
      quantity: "0.099",
      cut: "0.099",
      price: "57000",
    });
    const after = afterwardsOf(position, strike.atMs, other.steps);
    // From 57,000 down to 54,000, and the fee of its end.
    expect(after?.brought).toBe("-299.9403");
    expect(Math.floor(((after?.untilMs ?? 0) - BEGIN_MS) / HOUR_MS)).toBe(FROM + 12);
    expect(afterwardsOf({ ...position, quantity: "-0.099" }, strike.atMs, other.steps)).toBeNull();
    expect(afterwardsOf({ ...position, leader: "b" }, strike.atMs, other.steps)).toBeNull();
    expect(afterwardsOf(position, strike.atMs + DAY_MS, other.steps)).toBeNull();
  });

  it("counts at the mark what is still held at the end", async () => {
    const { one, other } = await both(FALL, HELD.slice(0, 1), {
      positionStop: { share: "0.04", coolOffMs: null },
    });
    const [strike] = one.strikes;
    const [position] = strike?.positions ?? [];
    if (strike === undefined || position === undefined) throw new Error("nothing was struck");
    expect(afterwardsOf(position, strike.atMs, other.steps)).toEqual({ untilMs: null, brought: "-297" });
  });
});

describe("a leader that decays", () => {
  const LONG = 32;
  const [decaying, good] = ["decaying", "good"];
  /** `good` goes long each day of the record and wins; `decaying` begins to lose where copying begins. */
  const past = plantedPast(
    LONG + 3,
    [
      ...stepsOf(LONG),
      ...FALL.map(([hour, price]) => [LONG * 24 + hour, price] as const),
      [LONG * 24 + 36, 56_000],
    ],
    {
      [decaying]: [...recordOf(LONG), { hour: LONG * 24 + 2, by: 1 }, { hour: LONG * 24 + 12, by: -1 }],
      [good]: [...recordOf(LONG, 0.02), { hour: LONG * 24 + 34, by: 1 }, { hour: LONG * 24 + 40, by: -1 }],
    },
  );
  const days = { fromDay: LONG, toDay: LONG + 3 };

  it("is replaced by the named one with the best score, which is copied from then on", async () => {
    const stop: StopLoss = { ...STOP, action: "replace", replacements: [AccountId(good)] };
    const replaced = await liveProtected(past, [decaying], days, { stopLoss: stop });
    const closed = await liveProtected(past, [decaying], days, { stopLoss: STOP });
    expect(traded(closed)).toEqual(["buy 0.099 at 60000", "sell 0.099 at 57000"]);
    expect(traded(replaced).slice(0, 2)).toEqual(traded(closed));
    expect(traded(replaced).slice(2)).toEqual([
      expect.stringMatching(/^buy 0\.09\d at 54000$/),
      expect.stringMatching(/^sell 0\.09\d at 56000$/),
    ]);
    const { saved } = differenceOf(replaced, closed, NO_RESAMPLES);
    expect(saved).toBe(moneyOf(replaced.fills.slice(2)).toString());
    expect(Object.keys(replaced.steps)).toEqual([`${decaying} BTCUSDT@bybit`, `${good} BTCUSDT@bybit`]);
  });

  it("is only closed where nobody who is named has a record of thirty days", async () => {
    const stop: StopLoss = { ...STOP, action: "replace", replacements: [AccountId("nobody")] };
    const replaced = await liveProtected(past, [decaying], days, { stopLoss: stop });
    expect(traded(replaced)).toEqual(["buy 0.099 at 60000", "sell 0.099 at 57000"]);
  });
});

describe("a leader whose record becomes worse than it was", () => {
  const SOUND = 60;
  const LONG = 74;
  const [decaying, good] = ["decaying", "good"];
  /** `decaying` is long into the rise of each day, and then short into it; `good` goes on. */
  const past = plantedPast(LONG, stepsOf(LONG), {
    [decaying]: [...recordOf(SOUND, 1), ...recordOf(LONG, -1).filter(({ hour }) => hour >= SOUND * 24)],
    [good]: recordOf(LONG, 1),
  });
  // Ten days have to be known of what is new: the first look that can tell is that of the day 70.
  const days = { fromDay: 68, toDay: LONG };
  const rule: DecayTerms = { action: "close", replacements: null, windowDays: 30, falseAlarms: 0.05 };
  const since = (run: PlantedRun) => run.fills.filter(({ atMs }) => atMs >= BEGIN_MS + 70 * DAY_MS);

  it("is stopped as soon as that can be told, and copied no more", async () => {
    const kept = await liveProtected(past, [decaying], days, {});
    const closed = await liveProtected(past, [decaying], days, { decay: rule });
    expect(guardsOf(closed)).toEqual(["monitoring"]);
    expect(closed.strikes[0]).toMatchObject({
      atMs: BEGIN_MS + 70 * DAY_MS,
      leader: decaying,
      action: "close",
      numbers: { finding: "decay", sinceDay: "2024-06-30" },
    });
    expect(since(closed)).toEqual([]);
    expect(since(kept)).toHaveLength(8);
    const { saved } = differenceOf(closed, kept, NO_RESAMPLES);
    expect(saved).toBe(moneyOf(since(kept)).negated().toString());
    expect(Number(saved)).toBeGreaterThan(0);
  });

  it("is replaced by a sound one", async () => {
    const replacements = [AccountId(decaying), AccountId(good)];
    const replaced = await liveProtected(past, [decaying], days, {
      decay: { ...rule, action: "replace", replacements },
    });
    expect(since(replaced)).toHaveLength(8);
    expect(moneyOf(since(replaced)).sign).toBe(1);
    expect(Object.keys(replaced.steps)).toEqual([`${decaying} BTCUSDT@bybit`, `${good} BTCUSDT@bybit`]);
  });

  it("is left alone where it goes on as it was", async () => {
    const one = await liveProtected(past, [good], days, { decay: rule });
    const other = await liveProtected(past, [good], days, {});
    expect([one.strikes, differenceOf(one, other, NO_RESAMPLES).isSame]).toEqual([[], true]);
  });
});
