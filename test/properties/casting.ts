/**
 * Who takes part in a generated sequence and under which limits, guards and sizing rules: drawn from the seed alone. Every limit
 * and every guard is in force on some follower of some seed, alone and together with others.
 */
import type {
  AccountGuards,
  LimitAction,
  LossLimit,
  RelationGuards,
} from "../../src/core/guard/guard-settings.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";
import type { ExposureMeasure, RiskLimits } from "../../src/core/risk-settings.ts";
import { type Allocation, plainAllocation, type Settings } from "../../src/core/settings.ts";
import { EACH_RULE } from "../core/rules.ts";
import { BTC_SPEC, VENUE } from "../core/story.ts";
import { SeededChance } from "../simulation/chance.ts";
import { limitsLosses, withLossLimits } from "./casting-risk.ts";

/** Opening prices in USDT; two of the four are of one sector. */
export const PRICES: Readonly<Record<string, number>> = { BTC: 50_000, ETH: 2_500, SOL: 100, DOGE: 10 };
export const SYMBOLS = Object.keys(PRICES).map((coin) => `${coin}USDT`);
export const LEADERS = ["anna", "boris", "carla"].map((name) => AccountId(name));
export const FOLLOWERS = ["first", "second", "third"].map((name) => AccountId(name));
export const STYLES = ["trend-following", "scalping"];

export interface Casting {
  readonly settings: Settings;
  readonly hedged: ReadonlySet<AccountId>;
}

export function castFrom(seed: number): Casting {
  const chance = new SeededChance(seed);
  const settings = {
    accounts: [
      ...LEADERS.map((account) => ({ account, venue: VENUE, role: "leader" as const })),
      ...FOLLOWERS.map((account) => ({
        account,
        venue: VENUE,
        role: "follower" as const,
        limits: limitsFrom(chance),
        guards: guardsFrom(chance),
      })),
    ],
    allocations: FOLLOWERS.flatMap((follower) =>
      LEADERS.filter(() => chance.hits(0.75)).map((leader) => allocationFrom(chance, leader, follower)),
    ),
    leaderStaleAfterMs: 900_000,
    followerStaleAfterMs: 900_000,
    snapshotIntervalMs: 15_000,
    orderWindowMs: 5_000,
  };
  const hedged = new Set(FOLLOWERS.filter(() => chance.hits(0.3)));
  const later = chance.split();
  const known = withLater(settings, later);
  return { settings: limitsLosses(seed) ? withLosses(known, later) : known, hedged };
}

/** Settings of later versions draw last, so that a seed that broke once goes on showing the same. */
function withLater(settings: Settings, chance: SeededChance): Settings {
  const accounts = settings.accounts.map((one) =>
    one.limits !== undefined && chance.hits(0.3)
      ? { ...one, limits: { ...one.limits, withoutEvidence: "deny" as const } }
      : one,
  );
  return { ...settings, accounts };
}

function withLosses(settings: Settings, chance: SeededChance): Settings {
  const accounts = settings.accounts.map((one) =>
    one.limits === undefined ? one : { ...one, limits: withLossLimits(one.limits, chance) },
  );
  return { ...settings, accounts };
}

export function specs(status: InstrumentSpec["status"] = "trading", only?: string): InstrumentSpec[] {
  return Object.keys(PRICES)
    .map((coin) => ({ ...BTC_SPEC, symbol: `${coin}USDT`, baseCoin: coin, status }))
    .filter(({ symbol }) => only === undefined || symbol === only);
}

export function limitsFrom(chance: SeededChance): RiskLimits {
  const share = (...shares: readonly string[]) => (chance.hits(0.4) ? chance.pick(shares) : null);
  const exposure = (...shares: readonly string[]) => {
    const measure = chance.pick<ExposureMeasure>(["gross", "net", "margin"]);
    const one = share(...shares);
    return one === null ? null : { share: one, measure };
  };
  return {
    portfolioExposure: exposure("0.3", "1", "3", "10"),
    traderExposure: exposure("0.2", "1", "4"),
    strategyExposure: exposure("0.2", "1", "4"),
    symbolExposure: exposure("0.1", "0.5", "3"),
    portfolioLeverage: share("0.5", "2", "8"),
    freeMarginReserve: share("0.05", "0.3", "0.8"),
    ordersPerMinute: chance.hits(0.4) ? chance.pick([2, 6, 25]) : null,
    correlation: share("0.5", "0.8"),
    sectorConcentration: share("0.2", "0.5"),
    portfolioVar95: null,
    portfolioCvar95: null,
    portfolioVolatility: null,
    portfolioBeta: null,
    evidenceMaxAgeMs: chance.pick([60_000, 3_600_000]),
    withoutEvidence: "off",
  };
}

function guardsFrom(chance: SeededChance): AccountGuards {
  const coolOffMs = () => chance.pick([null, 60_000, 600_000]);
  const action = () => chance.pick<LimitAction>(["pause", "close", "halt"]);
  const limit = (share: string, amount: string): LossLimit | null =>
    chance.hits(0.3)
      ? {
          limit: chance.hits(0.5) ? { kind: "share", value: share } : { kind: "amount", value: amount },
          action: action(),
          coolOffMs: coolOffMs(),
        }
      : null;
  const quarter = { action: "reduce", share: { part: 1, whole: 4 } } as const;
  return {
    tiers: chance.hits(0.3)
      ? {
          levels: [
            { loss: "300", ...quarter },
            { loss: "700", ...quarter },
            { loss: "1500", action: action(), share: null },
          ],
          reference: chance.pick(["start", "day", "peak"]),
          coolOffMs: coolOffMs(),
        }
      : null,
    dailyLoss: limit("0.1", "800"),
    drawdown: limit("0.2", "1500"),
    liquidation: chance.hits(0.3)
      ? {
          distance: "0.1",
          nearerThanLeader: "0.5",
          action: chance.pick(["warn", "cut", "mirror"]),
          coolOffMs: coolOffMs(),
        }
      : null,
  };
}

function relationGuardsFrom(chance: SeededChance): RelationGuards {
  const coolOffMs = chance.pick([null, 60_000]);
  return {
    stopLoss: chance.hits(0.3)
      ? {
          share: "0.1",
          from: chance.pick(["start", "peak"]),
          action: chance.pick(["close", "pause", "replace"]),
          coolOffMs,
        }
      : null,
    positionStop: chance.hits(0.2) ? { share: "0.05", coolOffMs } : null,
    allocatedCapital: chance.hits(0.3) ? "3000" : null,
  };
}

export function allocationFrom(chance: SeededChance, leader: AccountId, follower: AccountId): Allocation {
  const cap = (...caps: readonly string[]) => (chance.hits(0.2) ? chance.pick(caps) : null);
  const [, sizing] = chance.pick(EACH_RULE);
  return {
    ...plainAllocation(leader, follower),
    sizing,
    positionScaling: chance.pick(["0.5", "1", "2"]),
    minimumPolicy: chance.pick([
      { kind: "accumulate" },
      { kind: "skip" },
      { kind: "round-up", excessMax: "1" },
    ]),
    symbols: chance.hits(0.1) ? ["BTC*", "SOL*"] : null,
    side: chance.hits(0.1) ? chance.pick(["long", "short"]) : "both",
    inverse: chance.hits(0.15),
    tradingHours: chance.hits(0.15) ? [{ days: [4], fromMinute: 0, toMinute: 40 }] : null,
    positionsMax: chance.hits(0.15) ? chance.pick([1, 2]) : null,
    followerPositionsMax: chance.hits(0.15) ? chance.pick([1, 3]) : null,
    autoCopy: !chance.hits(0.1),
    delayMs: chance.hits(0.1) ? 1_500 : 0,
    slippageBpsMax: chance.hits(0.2) ? "20" : null,
    onRunaway: chance.pick(["skip", "rest", "take"]),
    restMs: 5_000,
    entryDelayMaxMs: chance.hits(0.1) ? 5_000 : null,
    startMode: chance.pick(["new-only", "all", "not-worse"]),
    stopMode: chance.pick(["close", "with-leader"]),
    leverage: chance.pick([{ kind: "follow" }, { kind: "leave" }, { kind: "fixed", leverage: "5" }]),
    leverageMax: chance.pick(["3", "10", "50"]),
    orderNotionalMax: cap("500", "5000"),
    symbolNotionalMax: cap("1000", "8000"),
    leaderNotionalMax: cap("2000", "20000"),
    guards: relationGuardsFrom(chance),
  };
}
