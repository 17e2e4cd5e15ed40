/**
 * How far each limit of a follower is used: the same figures that the limits compare, from the state as it is, with the source
 * of each from the configuration. Pure.
 */
import { type Configuration, RISK_KEYS } from "../config.ts";
import type { EvidenceLack } from "../core/evidence.ts";
import {
  accountExposure,
  addMarket,
  copiesExposure,
  type Exposure,
  emptyExposure,
  usedOf,
} from "../core/exposure.ts";
import { Decimal } from "../core/model/decimal.ts";
import { sectorOf } from "../core/model/sectors.ts";
import { symbolNotionalMaxFor } from "../core/overrides.ts";
import { Planned } from "../core/planned.ts";
import { type Allowance, type Allowed, allowanceOf, millionths } from "../core/risk/allowance.ts";
import { correlationLack, correlationOf } from "../core/risk/correlation.ts";
import { freeMargin } from "../core/risk/margin-reserve.ts";
import { increasesInWindow } from "../core/risk/order-rate.ts";
import { limitedMeasures } from "../core/risk/portfolio-figures.ts";
import { copiedValues } from "../core/risk/portfolio-past.ts";
import { figuresNow, riskLack } from "../core/risk/portfolio-risk.ts";
import { sectorExposure } from "../core/risk/sector-concentration.ts";
import { styleLack, styleOf } from "../core/risk/strategy-exposure.ts";
import type { Copy, FollowerState, LeaderState, State } from "../core/state.ts";
import { moneyText } from "../core/worth.ts";
import type { LimitsReport, LimitUse } from "./control.ts";
import { guardsOff, guardUses } from "./guards-report.ts";
import { findFollower } from "./queries.ts";

/** Throws a ControlError when there is no such follower. */
export function limitsOf(state: State, configuration: Configuration | null, name?: string): LimitsReport {
  const followers = name === undefined ? [...state.followers.values()] : [findFollower(state, name)];
  return {
    followers: followers
      .filter(({ venue }) => venue !== null)
      .map((follower) => ({
        follower: follower.account,
        equity: follower.equity ?? "",
        limits: usesOf(state, follower, configuration),
        guards: guardUses(state, follower, configuration),
        off: [...offKeys(follower), ...guardsOff(state, follower)],
      })),
  };
}

/** Of one follower that was started, without where each limit was set. */
export function limitUsesOf(state: State, follower: FollowerState): readonly LimitUse[] {
  return usesOf(state, follower, null);
}

/** What the rows of one follower are made of. */
interface Subject {
  readonly state: State;
  readonly follower: FollowerState;
  readonly allowance: Allowance;
  readonly planned: Planned;
  readonly sourceOf: (limit: string) => string;
}

function usesOf(state: State, follower: FollowerState, configuration: Configuration | null): LimitUse[] {
  const values = configuration?.limits.find((one) => one.follower === follower.account)?.values;
  const sourceOf = (limit: string) =>
    Object.entries(values ?? {}).find(([one]) => one === limit)?.[1].source ?? "";
  const subject = { state, follower, allowance: allowanceOf(follower), planned: new Planned(), sourceOf };
  return [
    ...accountUses(subject),
    ...leaderUses(subject),
    ...strategyUses(subject),
    ...symbolUses(subject),
    ...sectorUses(subject),
    ...marginUses(subject),
    ...rateUses(subject),
    ...correlationUses(subject),
    ...portfolioRiskUses(subject),
    ...capUses(subject, configuration),
  ];
}

function exposureUse(
  { follower, allowance, sourceOf }: Subject,
  limit: string,
  of: string,
  exposure: Exposure,
  allowed: Allowed,
): LimitUse {
  const { measure, limit: most } = allowed;
  const known = allowance.equity !== null && exposure.unpriced === null;
  const used = Math.max(usedOf(exposure, measure, 1), usedOf(exposure, measure, -1));
  const why = follower.equity === null || allowance.equity === null ? "the equity is not known" : "";
  const unpriced = exposure.unpriced === null ? why : `no price of ${exposure.unpriced} is known`;
  return {
    limit,
    of,
    measure,
    unit: "USDT",
    use: known ? moneyText(used) : "",
    most: allowance.equity === null ? "" : moneyText(most),
    headroom: known ? moneyText(most - used) : "",
    source: sourceOf(limit),
    note: unpriced,
  };
}

function accountUses(subject: Subject): LimitUse[] {
  const { state, follower, allowance, planned } = subject;
  const exposure = accountExposure(state, follower, planned);
  const { portfolioExposure, portfolioLeverage } = allowance;
  return [
    ...(portfolioExposure === null
      ? []
      : [exposureUse(subject, "max_portfolio_exposure", "", exposure, portfolioExposure)]),
    ...(portfolioLeverage === null
      ? []
      : [exposureUse(subject, "max_portfolio_leverage", "", exposure, portfolioLeverage)]),
  ];
}

/** Those whom the follower copies by the settings in force. */
function leadersOf(state: State, follower: FollowerState): LeaderState[] {
  return state.settings.allocations
    .filter((allocation) => allocation.follower === follower.account)
    .flatMap(({ leader }) => state.leaders.get(leader) ?? []);
}

function leaderUses(subject: Subject): LimitUse[] {
  const { state, follower, allowance, planned } = subject;
  const { traderExposure: allowed } = allowance;
  if (allowed === null) return [];
  return leadersOf(state, follower).map((leader) => {
    const exposure = copiesExposure(state, follower, planned, (copy) => copy.leader === leader);
    return exposureUse(subject, "max_trader_exposure", leader.account, exposure, allowed);
  });
}

function strategyUses(subject: Subject): LimitUse[] {
  const { state, follower, allowance, planned } = subject;
  const { strategyExposure: allowed } = allowance;
  if (allowed === null) return [];
  const style = (leader: LeaderState) => styleOf(state, leader, follower.limits);
  const leaders = leadersOf(state, follower);
  const styles = new Set(leaders.flatMap((leader) => style(leader) ?? []));
  const rows = [...styles].map((one) => {
    const counts = (copy: Copy) => style(copy.leader) === one;
    const exposure = copiesExposure(state, follower, planned, counts);
    return exposureUse(subject, "max_strategy_exposure", one, exposure, allowed);
  });
  const unknown = leaders.filter((leader) => style(leader) === null);
  if (unknown.length === 0) return rows;
  return [
    ...rows,
    ...unknown.map((leader) => {
      const lack = styleLack(state, leader, follower.limits);
      return idle(
        subject,
        "max_strategy_exposure",
        leader.account,
        withoutEvidence(subject, "the style", lack),
      );
    }),
  ];
}

const DAY_MS = 86_400_000;

/** `off: the style is not measured`, or with the age of what is too old; `denies` where that is configured. */
function withoutEvidence({ follower }: Subject, what: string, lack: EvidenceLack | null): string {
  const does = follower.limits.withoutEvidence === "deny" ? "denies" : "off";
  if (lack?.reason !== "evidence-stale") return `${does}: ${what} is not measured`;
  const [age, most] = [lack.ageMs, lack.limitMs].map((ms) => (ms / DAY_MS).toFixed(1));
  return `${does}: ${what} was measured ${age} days ago, and counts for ${most}`;
}

/** A limit that cannot judge for want of evidence. */
function idle({ sourceOf }: Subject, limit: string, of: string, note: string): LimitUse {
  return { limit, of, measure: "", unit: "", use: "", most: "", headroom: "", source: sourceOf(limit), note };
}

function symbolUses(subject: Subject): LimitUse[] {
  const { state, follower, allowance, planned } = subject;
  const { symbolExposure: allowed } = allowance;
  if (allowed === null) return [];
  return [...follower.markets.values()].flatMap((market) => {
    const exposure = emptyExposure();
    addMarket(state, exposure, market, planned);
    if (exposure.gross === 0 && exposure.unpriced === null) return [];
    return [exposureUse(subject, "max_symbol_exposure", market.instrument.spec.symbol, exposure, allowed)];
  });
}

function sectorUses(subject: Subject): LimitUse[] {
  const { state, follower, allowance, planned } = subject;
  const { sectorConcentration: allowed } = allowance;
  if (allowed === null) return [];
  const sectors = new Set(
    [...follower.markets.values()].map(({ instrument }) => sectorOf(instrument.spec.baseCoin)),
  );
  return [...sectors].flatMap((sector) => {
    const exposure = sectorExposure(state, follower, sector, planned);
    if (exposure.gross === 0 && exposure.unpriced === null) return [];
    return [exposureUse(subject, "max_sector_concentration", sector, exposure, allowed)];
  });
}

/** The use is what is tied up; what must stay free is not to be had. */
function marginUses({ state, follower, allowance, planned, sourceOf }: Subject): LimitUse[] {
  const limit = "free_margin_reserve";
  const { freeMarginReserve: reserve, equity } = allowance;
  if (reserve === null) return [];
  const free = freeMargin(state, follower, allowance, planned);
  const known = free !== null && equity !== null;
  return [
    {
      limit,
      of: "",
      measure: "margin",
      unit: "USDT",
      use: known ? moneyText(equity - free) : "",
      most: equity === null ? "" : moneyText(equity - reserve.limit),
      headroom: known ? moneyText(free - reserve.limit) : "",
      source: sourceOf(limit),
      note: known ? "" : "the equity is not known",
    },
  ];
}

function rateUses({ state, follower, sourceOf }: Subject): LimitUse[] {
  const limit = "max_orders_per_minute";
  const most = follower.limits.ordersPerMinute;
  if (most === null) return [];
  const use = increasesInWindow(state, follower);
  const numbers = { use: String(use), most: String(most), headroom: String(most - use) };
  return [
    { limit, of: "", measure: "orders", unit: "per minute", ...numbers, source: sourceOf(limit), note: "" },
  ];
}

function correlationUses(subject: Subject): LimitUse[] {
  const { state, follower, sourceOf } = subject;
  const limit = "correlation_limit";
  const { correlation: most, evidenceMaxAgeMs } = follower.limits;
  if (most === null) return [];
  const leaders = leadersOf(state, follower);
  const pairs = leaders.flatMap((one, index) =>
    leaders.slice(index + 1).map((other) => [one, other] as const),
  );
  const rows = pairs.map(([one, other]) => {
    const of = `${one.account} and ${other.account}`;
    const use = correlationOf(state, one, other, evidenceMaxAgeMs);
    if (use === null) {
      const lack = correlationLack(state, one, other, evidenceMaxAgeMs);
      return idle(subject, limit, of, withoutEvidence(subject, "the correlation", lack));
    }
    const headroom = Decimal.parse(most).minus(Decimal.parse(use)).toString();
    return {
      limit,
      of,
      measure: "correlation",
      unit: "",
      use,
      most,
      headroom,
      source: sourceOf(limit),
      note: "",
    };
  });
  return rows.length > 0 ? rows : [idle(subject, limit, "", "one leader alone correlates with nobody")];
}

const RISK_LIMITS = {
  var_95: { limit: "max_portfolio_var_95", unit: "of equity a day" },
  cvar_95: { limit: "max_portfolio_cvar_95", unit: "of equity a day" },
  volatility: { limit: "max_portfolio_volatility", unit: "of equity a year" },
  beta: { limit: "max_portfolio_beta", unit: "x equity" },
} as const;
const RISK_DIGITS = 6;

/** One row for each limit, and one for each leader of whom it knows nothing. */
function portfolioRiskUses(subject: Subject): LimitUse[] {
  const { state, follower, allowance, planned, sourceOf } = subject;
  const limited = limitedMeasures(follower.limits);
  if (limited.length === 0) return [];
  const held = copiedValues(state, follower, planned);
  const figures = figuresNow(state, follower, held, allowance.equity);
  const rows = limited.map(([measure, most]): LimitUse => {
    const { limit, unit } = RISK_LIMITS[measure];
    const use = figures?.[measure].toFixed(RISK_DIGITS) ?? "";
    const headroom = use === "" ? "" : Decimal.parse(most).minus(Decimal.parse(use)).toString();
    const note =
      use !== ""
        ? ""
        : (held.unpriced ?? "") === ""
          ? "the equity is not known"
          : `no price of ${held.unpriced} is known`;
    return { limit, of: "", measure, unit, use, most, headroom, source: sourceOf(limit), note };
  });
  const unknown = leadersOf(state, follower).flatMap((leader) => {
    const lack = riskLack(state, leader, follower.limits);
    return lack === null ? [] : [{ leader, lack }];
  });
  return [
    ...rows,
    ...unknown.map(({ leader, lack }) =>
      idle(subject, "portfolio risk", leader.account, withoutEvidence(subject, "its record", lack)),
    ),
  ];
}

/** Where a cap is stated: under its own key, or in an override. */
type CapSource = CapKey | "overrides";
type CapKey = "max_order_notional" | "max_symbol_notional" | "max_leader_notional";

function capUses({ state, follower, planned }: Subject, configuration: Configuration | null): LimitUse[] {
  return state.settings.allocations.flatMap((allocation) => {
    if (allocation.follower !== follower.account) return [];
    const configured = configuration?.allocations.find(({ id }) => id === allocation.id)?.values;
    const row = (limit: CapKey, of: string, cap: string, used: number | null, from: CapSource = limit) => {
      const most = millionths(Decimal.parse(cap));
      return {
        limit,
        of,
        measure: "gross",
        unit: "USDT",
        use: used === null ? "" : moneyText(used),
        most: moneyText(most),
        headroom: used === null ? "" : moneyText(most - used),
        source: configured?.[from].source ?? "",
        note: "",
      };
    };
    const { leader, orderNotionalMax, symbolNotionalMax, leaderNotionalMax } = allocation;
    const own = (copy: Copy) => copy.allocation.id === allocation.id;
    const worthOf = (counts: (copy: Copy) => boolean) =>
      copiesExposure(state, follower, planned, counts).gross;
    const symbols = [...follower.markets.values()].flatMap((market) => {
      const copies = market.copies.filter(own);
      const used = worthOf((copy) => copies.includes(copy));
      const [first] = copies;
      if (first === undefined || used === 0) return [];
      const cap = symbolNotionalMaxFor(allocation, first.leaderInstrument.spec.symbol);
      const of = `${leader} ${market.instrument.spec.symbol}`;
      const from = cap === symbolNotionalMax ? "max_symbol_notional" : "overrides";
      return cap === null ? [] : [row("max_symbol_notional", of, cap, used, from)];
    });
    const orders = allocation.overrides.flatMap(({ pattern, orderNotionalMax: cap }) =>
      cap === undefined ? [] : [row("max_order_notional", `${leader} ${pattern}`, cap, null, "overrides")],
    );
    return [
      ...(orderNotionalMax === null ? [] : [row("max_order_notional", leader, orderNotionalMax, null)]),
      ...orders,
      ...symbols,
      ...(leaderNotionalMax === null
        ? []
        : [row("max_leader_notional", leader, leaderNotionalMax, worthOf(own))]),
    ];
  });
}

const IN_FORCE = {
  max_portfolio_exposure: "portfolioExposure",
  max_trader_exposure: "traderExposure",
  max_strategy_exposure: "strategyExposure",
  max_symbol_exposure: "symbolExposure",
  max_portfolio_leverage: "portfolioLeverage",
  free_margin_reserve: "freeMarginReserve",
  max_orders_per_minute: "ordersPerMinute",
  correlation_limit: "correlation",
  max_portfolio_var_95: "portfolioVar95",
  max_portfolio_cvar_95: "portfolioCvar95",
  max_portfolio_volatility: "portfolioVolatility",
  max_portfolio_beta: "portfolioBeta",
  max_sector_concentration: "sectorConcentration",
} as const;

function offKeys({ limits }: FollowerState): readonly string[] {
  return RISK_KEYS.filter((limit) => limits[IN_FORCE[limit]] === null);
}
