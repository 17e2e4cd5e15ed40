/** One leader copied by one allocation through the engine's world, hour by hour: what the fast path is held against. */
import type { CopiedFill } from "../../src/backtest/happenings.ts";
import { type AccountSample, BacktestWorld, type WorldParts } from "../../src/backtest/world.ts";
import { quantityText } from "../../src/core/model/instrument.ts";
import type { Allocation } from "../../src/core/settings.ts";
import { legTarget } from "../../src/core/target.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface EngineLifeParts {
  readonly world: Omit<WorldParts, "onFill">;
  readonly toMs: number;
  readonly allocation: Allocation;
  capitalAt(ms: number): string;
  readonly tellsCapitalDaily: boolean;
}

export interface EngineLife {
  readonly samples: readonly AccountSample[];
  readonly fills: readonly CopiedFill[];
  readonly targets: Readonly<Record<string, string>>;
  readonly fees: number;
  readonly funding: number;
  readonly rejections: number;
}

export function liveThroughEngine(parts: EngineLifeParts): EngineLife {
  const { toMs, allocation, capitalAt, tellsCapitalDaily } = parts;
  const fills: CopiedFill[] = [];
  const world = new BacktestWorld({ ...parts.world, onFill: (fill) => fills.push(fill) });
  const samples: AccountSample[] = [];
  world.start();
  for (let nowMs = parts.world.fromMs; nowMs < toMs; ) {
    if (nowMs === parts.world.fromMs || (tellsCapitalDaily && nowMs % DAY_MS === 0))
      world.allocate([{ allocation, leaderEquity: capitalAt(nowMs) }]);
    nowMs = Math.min(toMs, (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS);
    world.runUntil(nowMs);
    samples.push(world.sample());
  }
  const targets: Record<string, string> = {};
  for (const { instrument, copies } of world.state.markets)
    for (const { legs } of copies)
      for (const leg of legs) targets[instrument.spec.symbol] = quantityText(instrument, legTarget(leg));
  const { fees, funding, rejections } = world.happenings;
  world.stop();
  return { samples, fills, targets, fees, funding, rejections };
}
