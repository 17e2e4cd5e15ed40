/**
 * What a ruled history draws beside the plain rules of copying: every rule that an allocation can state, every limit and every
 * guard. Each allocation gets a few themes, so that what one rule keeps away does not hide all the others.
 */
import type {
  AccountGuards,
  LimitAction,
  LossLimit,
  LossTiers,
} from "../../src/core/guard/guard-settings.ts";
import { NO_LIMITS, type RiskLimits } from "../../src/core/risk-settings.ts";
import type { Allocation, CapitalBase, SizingRule, TradingWindow } from "../../src/core/settings.ts";
import type { SeededChance } from "./chance.ts";

type Theme<Drawn> = (chance: SeededChance) => Partial<Drawn>;

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const DAY_MINUTES = 1_440;
/** Two minutes before the end of a day, so that days begin anew within a history. */
export const RULED_START_MS = Date.UTC(2026, 0, 4, 23, 58);

/** By name, so that a run can say how often each was drawn. */
export const ALLOCATION_THEMES: Readonly<Record<string, Theme<Allocation>>> = {
  slippage: (chance) => ({
    slippageBpsMax: chance.pick(["0", "5", "30", "150"]),
    onRunaway: chance.pick(["skip", "rest", "take"] as const),
    restMs: chance.pick([500, 3_000, 20_000]),
  }),
  "entry-delay": (chance) => ({
    entryDelayMaxMs: chance.pick([200, 1_000, 10_000]),
    delayMs: chance.pick([0, 0, 700]),
  }),
  "exit-parity": (chance) => ({ exitParity: true, exitRestMs: chance.pick([200, 3_000, 10_000]) }),
  "copied-stops": () => ({ copyStops: true }),
  hours: (chance) => ({ tradingHours: drawHours(chance) }),
  side: (chance) => ({ side: chance.pick(["long", "short"] as const) }),
  inverse: () => ({ inverse: true }),
  symbols: (chance) => ({
    symbols: chance.pick([null, ["BTC*"], ["*USDT"], ["DOGEUSDT", "*PEPE*"]]),
    symbolsDenied: chance.pick([[], ["DOGE*"], ["1000*"]]),
  }),
  "max-positions": (chance) =>
    chance.hits(0.5)
      ? { positionsMax: chance.whole(1, 2) }
      : { followerPositionsMax: chance.whole(1, 2), positionsMax: chance.pick([null, 1]) },
  "start-mode": (chance) => ({ startMode: chance.pick(["new-only", "not-worse"] as const) }),
  "stop-mode": (chance) => ({ stopMode: chance.pick(["leave", "with-leader"] as const) }),
  leverage: (chance) => ({
    leverage: chance.pick([{ kind: "fixed", leverage: "7" }, { kind: "leave" }] as const),
    leverageMax: chance.pick(["3", "10", "25"]),
  }),
  "order-cap": (chance) => ({ orderNotionalMax: chance.pick(["300", "3000", "10000"]) }),
  "symbol-cap": (chance) => ({ symbolNotionalMax: chance.pick(["1000", "8000"]) }),
  "leader-cap": (chance) => ({ leaderNotionalMax: chance.pick(["2000", "15000"]) }),
  "stop-loss": (chance) => ({
    guards: {
      stopLoss: {
        share: chance.pick(["0.01", "0.05"]),
        from: chance.pick(["start", "peak"] as const),
        action: chance.pick(["close", "pause", "replace"] as const),
        coolOffMs: drawCoolOff(chance),
      },
      positionStop: null,
      allocatedCapital: chance.pick([null, "5000"]),
    },
  }),
  "position-stop": (chance) => ({
    guards: {
      stopLoss: null,
      positionStop: { share: chance.pick(["0.01", "0.04"]), coolOffMs: drawCoolOff(chance) },
      allocatedCapital: null,
    },
  }),
  sizing: (chance) => ({ sizing: drawSizing(chance) }),
};

export const LIMIT_THEMES: Readonly<Record<string, Theme<RiskLimits>>> = {
  "portfolio-exposure": (chance) => ({ portfolioExposure: drawExposure(chance, ["0.3", "1", "4"]) }),
  "leader-exposure": (chance) => ({ traderExposure: drawExposure(chance, ["0.2", "0.8", "3"]) }),
  "symbol-exposure": (chance) => ({ symbolExposure: drawExposure(chance, ["0.2", "0.7", "2"]) }),
  "portfolio-leverage": (chance) => ({ portfolioLeverage: chance.pick(["0.5", "2"]) }),
  "margin-reserve": (chance) => ({ freeMarginReserve: chance.pick(["0.05", "0.5", "0.9"]) }),
  "order-rate": (chance) => ({ ordersPerMinute: chance.pick([2, 6, 20]) }),
  sectors: (chance) => ({ sectorConcentration: chance.pick(["0.2", "0.6"]) }),
};

export const GUARD_THEMES: Readonly<Record<string, Theme<AccountGuards>>> = {
  "loss-tiers": (chance) => ({ tiers: drawTiers(chance) }),
  "daily-loss": (chance) => ({ dailyLoss: drawLossLimit(chance) }),
  drawdown: (chance) => ({ drawdown: drawLossLimit(chance) }),
  liquidation: (chance) => ({
    liquidation: {
      distance: chance.pick(["0.1", "0.4", "0.8"]),
      nearerThanLeader: chance.pick(["0", "0.5"]),
      action: chance.pick(["warn", "cut", "mirror"] as const),
      coolOffMs: drawCoolOff(chance),
    },
  }),
};

const NO_GUARDS: AccountGuards = { tiers: null, dailyLoss: null, drawdown: null, liquidation: null };

/** Which themes were drawn is noted in `drawn`. */
export function drawRules(chance: SeededChance, plain: Allocation, drawn: Set<string>): Allocation {
  const ruled = drawThemes(chance, ALLOCATION_THEMES, { plain, count: chance.whole(1, 4), drawn });
  drawn.add(`sizing ${ruled.sizing.kind}`);
  return ruled;
}

export function drawRiskLimits(chance: SeededChance, drawn: Set<string>): RiskLimits {
  const count = chance.hits(0.5) ? 0 : chance.whole(1, 3);
  return drawThemes(chance, LIMIT_THEMES, { plain: NO_LIMITS, count, drawn });
}

export function drawGuards(chance: SeededChance, drawn: Set<string>): AccountGuards | null {
  if (chance.hits(0.45)) return null;
  return drawThemes(chance, GUARD_THEMES, { plain: NO_GUARDS, count: chance.whole(1, 2), drawn });
}

function drawThemes<Drawn>(
  chance: SeededChance,
  themes: Readonly<Record<string, Theme<Drawn>>>,
  { plain, count, drawn }: { readonly plain: Drawn; readonly count: number; readonly drawn: Set<string> },
): Drawn {
  let made = plain;
  for (let left = count; left > 0; left -= 1) {
    const [name, theme] = chance.pick(Object.entries(themes));
    drawn.add(name);
    made = { ...made, ...theme(chance) };
  }
  return made;
}

function drawCoolOff(chance: SeededChance): number | null {
  return chance.pick([null, 5_000, 40_000]);
}

/** Stretches of a few minutes round the time of the history, over midnight too. */
function drawHours(chance: SeededChance): readonly TradingWindow[] {
  const fromMinute = (DAY_MINUTES - 2 + chance.whole(0, 3)) % DAY_MINUTES;
  const toMinute = (fromMinute + chance.whole(1, 4)) % DAY_MINUTES;
  const days = chance.pick([EVERY_DAY, [0], [1]]);
  return [{ days, fromMinute, toMinute }];
}

function drawExposure(chance: SeededChance, shares: readonly string[]): RiskLimits["portfolioExposure"] {
  return { share: chance.pick(shares), measure: chance.pick(["gross", "gross", "net", "margin"] as const) };
}

function drawLossLimit(chance: SeededChance): LossLimit {
  const limit = chance.hits(0.5)
    ? { kind: "share" as const, value: chance.pick(["0.005", "0.03"]) }
    : { kind: "amount" as const, value: chance.pick(["50", "500"]) };
  return { limit, action: drawAction(chance), coolOffMs: drawCoolOff(chance) };
}

function drawAction(chance: SeededChance): LimitAction {
  return chance.pick(["pause", "close", "halt"] as const);
}

function drawTiers(chance: SeededChance): LossTiers {
  const first = chance.pick([20, 200]);
  return {
    levels: [
      { loss: String(first), action: "reduce", share: { part: 1, whole: chance.pick([2, 3]) } },
      { loss: String(first * 3), action: "reduce", share: { part: 1, whole: 3 } },
      { loss: String(first * 8), action: drawAction(chance), share: null },
    ],
    reference: chance.pick(["start", "day", "peak"] as const),
    coolOffMs: drawCoolOff(chance),
  };
}

function drawSizing(chance: SeededChance): SizingRule {
  const rebalanceBand = "0.1";
  const capital: CapitalBase = chance.pick([
    { kind: "equity" },
    { kind: "balance" },
    { kind: "free-margin" },
    { kind: "fixed-sum", amount: "4000" },
  ] as const);
  return chance.pick<SizingRule>([
    { kind: "equity-proportional", rebalanceBand, capital },
    { kind: "fixed-notional", notional: chance.pick(["200", "4000"]) },
    { kind: "fixed-quantity", quantity: chance.pick(["0.05", "700"]) },
    {
      kind: "volatility-target",
      volatility: "0.3",
      factorMax: "2",
      evidenceMaxAgeMs: 60_000,
      rebalanceBand,
      capital,
    },
  ]);
}
