/**
 * A soak: engine and floor copy trades of a thousand followers in turns for as long as asked, and the largest stall of each
 * one's event loop is told at the end.
 */
import { World } from "./fan-out.ts";
import { median, quantile, rounded } from "./statistics.ts";

export interface SoakReport {
  readonly followers: number;
  readonly seconds: number;
  readonly trades: number;
  readonly lastOrderMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly floorLastOrderMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly stallMaxMs: number;
  readonly floorStallMaxMs: number;
}

export async function measureSoak({
  followers,
  seconds,
}: {
  followers: number;
  seconds: number;
}): Promise<SoakReport> {
  const world = new World({ followers, path: "ws" });
  try {
    await world.start();
    await world.addFloor("floor");
    await world.exchange.call("answerAfter", { delayMs: 10 + followers * 0.12 });
    const last = world.competitors.map((): number[] => []);
    for (const competitor of world.competitors) {
      for (const side of ["Buy", "Sell"] as const) await world.trigger(competitor, side);
      await competitor.read();
      await competitor.watch();
    }
    const untilMs = performance.now() + seconds * 1_000;
    let trades = 0;
    for (; performance.now() < untilMs || trades % 2 === 1; trades += 1) {
      for (const [index, competitor] of world.competitors.entries()) {
        const latenciesUs = await world.trigger(competitor, trades % 2 === 0 ? "Buy" : "Sell");
        last[index]?.push(Math.max(...latenciesUs) / 1_000);
      }
    }
    const [ours, floor] = await Promise.all(world.competitors.map((competitor) => competitor.read()));
    return {
      followers,
      seconds,
      trades,
      lastOrderMs: spread(last[0] ?? []),
      floorLastOrderMs: spread(last[1] ?? []),
      stallMaxMs: rounded(ours?.stallMaxMs ?? Number.NaN),
      floorStallMaxMs: rounded(floor?.stallMaxMs ?? Number.NaN),
    };
  } finally {
    await world.end();
  }
}

function spread(values: readonly number[]): SoakReport["lastOrderMs"] {
  return {
    p50: rounded(median(values)),
    p99: rounded(quantile(values, 0.99)),
    max: rounded(Math.max(...values)),
  };
}
