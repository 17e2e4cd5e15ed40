/**
 * The backtest: a made-up past through the whole engine, in processor time, beside the least that a loop over the same prices could
 * do, which is to value what is held at each of them.
 */
import {
  BEGIN_MS,
  DAY_MS,
  equalParts,
  live,
  makePast,
  type Past,
} from "../../test/backtest/recorded-past.ts";
import { quantile, rounded } from "./statistics.ts";

export interface BacktestBench {
  readonly days: number;
  /** Events that the engine decided on in a second of processor time. */
  readonly engineEventsPerSecond: number;
  /** Days of the past in a second of processor time. */
  readonly daysPerSecond: number;
  /** Valuations in a second of a bare loop on columns of numbers. */
  readonly loopEventsPerSecond: number;
  /** Of the loop to the engine. */
  readonly timesTheLoop: number;
}

const TRADERS = 8;
const WARM_UP_DAYS = 2;
const SEED = 5;

export async function measureBacktest(rounds: number, days: number): Promise<BacktestBench> {
  const past = makePast(SEED, days + WARM_UP_DAYS, TRADERS);
  const [engine, loop]: [number[], number[]] = [[], []];
  let events = 0;
  for (let round = 0; round < rounds; round += 1) {
    const beganUs = process.cpuUsage();
    const fromMs = BEGIN_MS + WARM_UP_DAYS * DAY_MS;
    const { happenings } = await live(past, {
      fromMs,
      toMs: fromMs + days * DAY_MS,
      strategy: equalParts(24),
    });
    const { user, system } = process.cpuUsage(beganUs);
    events = happenings.events;
    engine.push((user + system) / 1e6);
    loop.push(valuationsPerSecond(past));
  }
  const seconds = quantile(engine, 0.5);
  const each = quantile(loop, 0.5);
  return {
    days,
    engineEventsPerSecond: Math.round(events / seconds),
    daysPerSecond: rounded(days / seconds, 2),
    loopEventsPerSecond: Math.round(each),
    timesTheLoop: rounded(each / (events / seconds), 0),
  };
}

const PASSES = 20_000;

/** Equity at every close of one symbol, positions changing now and then. */
function valuationsPerSecond({ bars }: Past): number {
  const closes = Float64Array.from([...bars.values()][0] ?? [], ([, , , , close]) => close);
  const began = process.cpuUsage();
  let [cash, held, most] = [10_000, 0, 0];
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (let at = 0; at < closes.length; at += 1) {
      const price = closes[at] as number;
      const wanted = (at >> 4) & 1;
      cash -= (wanted - held) * price;
      held = wanted;
      const equity = cash + held * price;
      if (equity > most) most = equity;
    }
  }
  if (Number.isNaN(most)) throw new Error("the loop gave no number");
  const { user, system } = process.cpuUsage(began);
  return (PASSES * closes.length) / ((user + system) / 1e6);
}
