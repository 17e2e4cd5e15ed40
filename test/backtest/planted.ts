/** Pasts in which everything is known beforehand: prices that stand and step, and leaders who trade at them. */
import { copyNamed } from "../../src/backtest/copy-named.ts";
import { StrikeRecorder } from "../../src/backtest/strikes.ts";
import type { ProtectedRun } from "../../src/control/protections/protected-run.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { TraderFillRecord } from "../../src/store/trader-store.ts";
import {
  type BarRow,
  BEGIN_MS,
  DAY_MS,
  fillOf,
  HOUR_MS,
  type LifeOptions,
  type LivedPast,
  live,
  type Past,
} from "./recorded-past.ts";

/** From which hour on (counted from the beginning) a price stands; it is reached two thirds through that hour. */
export type Steps = readonly (readonly [hour: number, price: number])[];

/** At half past an hour; bought is above zero. */
export interface Trade {
  readonly hour: number;
  readonly by: number;
}

export const FIRST_PRICE = 60_000;

export function plantedPast(
  days: number,
  steps: Steps,
  trades: Readonly<Record<string, readonly Trade[]>>,
): Past {
  const hours = days * 24;
  const priceAfter = (hour: number) => steps.findLast(([from]) => from <= hour)?.[1] ?? FIRST_PRICE;
  const bars = Array.from({ length: hours }, (_, hour): BarRow => {
    const [open, close] = [priceAfter(hour - 1), priceAfter(hour)];
    return [BEGIN_MS + hour * HOUR_MS, open, Math.max(open, close), Math.min(open, close), close, 1e9];
  });
  const fills = Object.entries(trades).map(([name, own]) => [name, fillsOf(own, priceAfter)] as const);
  return { traders: new Map(fills), bars: new Map([["BTCUSDT", bars]]), funding: [] };
}

/** Each at the price that stood when its hour began. */
function fillsOf(
  trades: readonly Trade[],
  priceAfter: (hour: number) => number,
): readonly TraderFillRecord[] {
  let held = 0;
  return trades.map(({ hour, by }) => {
    const realises = held !== 0 && Math.sign(by) !== Math.sign(held);
    held += by;
    const timeMs = BEGIN_MS + hour * HOUR_MS + HOUR_MS / 2;
    return fillOf({ timeMs, symbol: "BTCUSDT", by, price: priceAfter(hour - 1), realises });
  });
}

/** Bought and sold again on each day before: a record of which something can be told, with so much profit a unit on each day. */
export function recordOf(days: number, by = 0.01): readonly Trade[] {
  return Array.from({ length: days }, (_, day) => [
    { hour: day * 24 + 2, by },
    { hour: day * 24 + 8, by: -by },
  ]).flat();
}

/** Prices that go up and down again on each day of the record, a little more up on the days of an even number. */
export function stepsOf(days: number): Steps {
  return Array.from(
    { length: days },
    (_, day): Steps => [
      [day * 24 + 5, FIRST_PRICE + (day % 2 === 0 ? 400 : 100)],
      [day * 24 + 12, FIRST_PRICE],
    ],
  ).flat();
}

export interface PlantedRun extends ProtectedRun, Pick<LivedPast, "fills" | "fingerprint"> {}

/** The named leaders in equal parts from a day on, without slippage and always a second late. */
export async function liveProtected(
  past: Past,
  leaders: readonly string[],
  { fromDay, toDay }: { readonly fromDay: number; readonly toDay: number },
  guards: NonNullable<LifeOptions["guards"]>,
): Promise<PlantedRun> {
  const recorder = new StrikeRecorder(AccountId("follower"));
  let steps: ProtectedRun["steps"] = {};
  const lived = await live(past, {
    fromMs: BEGIN_MS + fromDay * DAY_MS,
    toMs: BEGIN_MS + toDay * DAY_MS,
    strategy: copyNamed(leaders),
    slippage: { kind: "fixed", bps: 0 },
    guards: { dailyLoss: null, drawdown: null, liquidation: null, ...guards },
    world: {
      keepsStandIns: true,
      onDecided: (event, decision, state) => recorder.decided(event, decision, state),
    },
    look: (state) => {
      steps = recorder.stepsUntil(state);
    },
  });
  const ends = lived.samples.filter(({ atMs }) => atMs % DAY_MS === 0).slice(1);
  return {
    fills: lived.fills,
    fingerprint: lived.fingerprint,
    equityTo: lived.equity,
    days: ends.map(({ atMs }) => new Date(atMs - 1).toISOString().slice(0, 10)),
    equity: ends.map(({ equity }) => equity),
    maxDrawdown: 0,
    cvar95: null,
    happenings: lived.happenings,
    strikes: recorder.strikes,
    steps,
    doubts: lived.doubts,
    doings: lived.doings,
  };
}
