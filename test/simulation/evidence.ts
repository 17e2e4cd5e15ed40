/** A simulated world's history as evidence for the independent checker. */
import type { AccountGuards } from "../../src/core/guard/guard-settings.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import type { AccountSettings, Allocation, Settings } from "../../src/core/settings.ts";
import type { Journal } from "../../src/journal/journal.ts";
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedGuards,
  CheckedLimits,
  CheckedPosition,
  CheckedVersion,
  Evidence,
} from "../checker/evidence.ts";
import { writtenIn, writtenWithRules } from "../evidence/from-journal.ts";
import { checkedSizing } from "../evidence/sizing.ts";
import { text, type VenueAccount } from "./model-venue.ts";
import type { History, World, WorldParts } from "./world.ts";

/** Staleness limit, the life of a held-up request, and a margin. */
const SLACK_MS = 75_000;

export function evidenceOf(world: World, accounts: WorldParts["accounts"], ruled = false): Evidence {
  const checked = (role: "leader" | "follower"): CheckedAccount[] =>
    accounts.filter((account) => account.role === role).map(({ account }) => accountOf(world, account));
  return {
    instruments: [...world.venue.instruments.values()].map((spec) => ({
      symbol: spec.symbol,
      quantityStep: spec.quantityStep,
      minQuantity: spec.minQuantity,
      minNotional: spec.minNotional,
      maxMarketQuantity: spec.maxMarketQuantity,
      tickSize: spec.tickSize,
      trading: spec.status === "trading",
    })),
    leaders: checked("leader"),
    followers: checked("follower"),
    ...copierEvidence(world, ruled),
  };
}

/** What a copier was told and what it wrote down. */
export interface Told {
  readonly settings: Settings;
  readonly history: History;
  readonly journal: Pick<Journal, "read">;
}

/** All that does not come from the venue. */
export function copierEvidence(
  told: Told,
  ruled: boolean,
): Omit<Evidence, "instruments" | "leaders" | "followers"> {
  const { journal, history } = told;
  const { written, rules } = ruled ? writtenWithRules(journal) : { written: writtenIn(journal), rules: null };
  const adopted = new Set(written.adopted.map(({ clientOrderId }) => clientOrderId));
  const kept = new Set(written.intents.map(({ clientOrderId }) => clientOrderId));
  return {
    allocations: allocationsOf(told),
    versions: versionsOf(told, (one) => checkedAllocation(one, !history.resettled)),
    ...(rules === null ? {} : { ...ruledEvidenceOf(told), record: rules }),
    limits: limitsOf(told),
    outcomes: written.outcomes,
    intents: [...written.intents, ...history.lostIntents],
    lostIntents: history.lostIntents.filter(
      ({ clientOrderId }) => adopted.has(clientOrderId) || !kept.has(clientOrderId),
    ),
    standing: written.standing,
    virtual: written.virtual,
    commands: history.commands,
    prices: history.prices,
    halted: written.halted,
    starts: history.starts,
    settledMs: written.settledMs,
    outages: true,
    staleAfterMs: { leader: told.settings.leaderStaleAfterMs, follower: told.settings.followerStaleAfterMs },
    slackMs: SLACK_MS + history.outageMs,
  };
}

/** Those that never changed hold all the time. */
function limitsOf({ settings, history }: Told): CheckedLimits[] {
  return settings.accounts.flatMap(({ account, limits }) => {
    const versions = timed(history.limits, account);
    if (versions.length > 0)
      return versions.map(({ fromMs, untilMs, limits: own }) => ({
        ...checkedLimits(account, own),
        fromMs,
        untilMs,
      }));
    return limits === undefined ? [] : [checkedLimits(account, limits)];
  });
}

/** An account's versions with the end of their time. */
function timed<Version extends { readonly account: string; readonly fromMs: number }>(
  versions: readonly Version[],
  account: string,
): readonly (Version & { readonly untilMs: number })[] {
  const own = versions.filter((one) => one.account === account);
  return own.map((one, place) => ({
    ...one,
    untilMs: own[place + 1]?.fromMs ?? Number.MAX_SAFE_INTEGER,
  }));
}

function checkedLimits(follower: string, limits: RiskLimits): CheckedLimits {
  const { portfolioExposure, symbolExposure, traderExposure, freeMarginReserve, ordersPerMinute } = limits;
  const { portfolioLeverage, sectorConcentration, strategyExposure, correlation } = limits;
  const { evidenceMaxAgeMs, withoutEvidence } = limits;
  const risk = riskLimitsOf(limits);
  return {
    follower,
    ...(portfolioExposure === null ? {} : { portfolio: portfolioExposure.share }),
    ...(symbolExposure === null ? {} : { symbol: symbolExposure.share }),
    ...(traderExposure === null ? {} : { leader: traderExposure.share }),
    measures: {
      portfolio: portfolioExposure?.measure ?? "gross",
      symbol: symbolExposure?.measure ?? "gross",
      leader: traderExposure?.measure ?? "gross",
    },
    ...(portfolioLeverage === null ? {} : { leverage: portfolioLeverage }),
    ...(sectorConcentration === null ? {} : { sector: sectorConcentration }),
    ...(strategyExposure === null ? {} : { strategy: strategyExposure.share }),
    ...(correlation === null ? {} : { correlation }),
    ...(risk === null ? {} : { risk }),
    ...(strategyExposure === null && correlation === null && risk === null
      ? {}
      : { evidenceMaxAgeMs, withoutEvidence }),
    ...(ordersPerMinute === null ? {} : { ordersPerMinute }),
    ...(freeMarginReserve === null ? {} : { freeMargin: freeMarginReserve }),
  };
}

/** By measure, as the copier names them. */
function riskLimitsOf(limits: RiskLimits): Readonly<Record<string, string>> | null {
  const all = {
    var_95: limits.portfolioVar95,
    cvar_95: limits.portfolioCvar95,
    volatility: limits.portfolioVolatility,
    beta: limits.portfolioBeta,
  };
  const stated = Object.entries(all).flatMap(([measure, limit]) =>
    limit === null ? [] : [[measure, limit] as const],
  );
  return stated.length === 0 ? null : Object.fromEntries(stated);
}

/** Settings with their times, guards, and what the copier wrote of both. */
function ruledEvidenceOf(world: Told): Pick<Evidence, "allocations" | "versions" | "guards" | "guarded"> {
  const { settings } = world;
  const versions = versionsOf(world, (one) => ruledAllocation(world, one));
  const guards = settings.accounts.flatMap((account) => guardVersions(world, account));
  const guarded = new Set([
    ...guards.map(({ follower }) => follower),
    ...versions.flatMap(({ allocation: { follower, rules } }) =>
      rules?.stopLoss == null && rules?.positionStop == null ? [] : [follower],
    ),
  ]);
  return {
    allocations: settings.allocations.map((one) => ruledAllocation(world, one)),
    versions,
    guards,
    guarded: [...guarded],
  };
}

/** What did not change for a pair is one version of it. */
function versionsOf(
  { history: { versions } }: Told,
  checkedAs: (allocation: Allocation) => CheckedAllocation,
): readonly CheckedVersion[] {
  const made: (CheckedVersion & { readonly text: string })[] = [];
  const last = new Map<string, number>();
  for (const [index, { fromMs, allocations }] of versions.entries()) {
    const next = versions[index + 1];
    // All but the last of one moment.
    const passing = versions.filter(
      (version, place) =>
        place > index && version.fromMs === next?.fromMs && versions[place + 1]?.fromMs === version.fromMs,
    );
    for (const one of allocations) {
      // What one change leaves out and a later one of the same moment has again ended all the same.
      const isLeftOut = passing.some((version) => version.allocations.every(({ id }) => id !== one.id));
      const untilMs = (next?.fromMs ?? Number.MAX_SAFE_INTEGER) - (isLeftOut ? 1 : 0);
      const [text, place] = [JSON.stringify(one), last.get(one.id) ?? -1];
      const former = made[place];
      if (former?.text === text && former.untilMs === fromMs) made[place] = { ...former, untilMs };
      else last.set(one.id, made.push({ fromMs, untilMs, allocation: checkedAs(one), text }) - 1);
    }
  }
  return made.map(({ text: _, ...version }) => version);
}

/** Those that never changed hold all the time. */
function guardVersions({ history }: Told, { account, guards }: AccountSettings): CheckedGuards[] {
  const versions = timed(history.guards, account);
  if (versions.length === 0) return guards === undefined ? [] : [guardsOf(account, guards)];
  return versions.flatMap(({ fromMs, untilMs, guards: own }) =>
    own === null ? [] : [{ ...guardsOf(account, own), fromMs, untilMs }],
  );
}

function guardsOf(
  follower: string,
  { tiers, dailyLoss, drawdown, liquidation }: AccountGuards,
): CheckedGuards {
  return {
    follower,
    ...(tiers === null
      ? {}
      : { tiers: { losses: tiers.levels.map(({ loss }) => loss), reference: tiers.reference } }),
    ...(dailyLoss === null ? {} : { dailyLoss: dailyLoss.limit }),
    ...(drawdown === null ? {} : { drawdown: drawdown.limit }),
    liquidation: liquidation !== null,
  };
}

function ruledAllocation({ history }: Told, allocation: Allocation): CheckedAllocation {
  const { symbols, symbolsDenied, side, inverse, startMode } = allocation;
  const ofFollower = (allocations: readonly Allocation[]): string =>
    JSON.stringify(allocations.filter(({ follower }) => follower === allocation.follower));
  const texts = new Set(history.versions.map(({ allocations }) => ofFollower(allocations)));
  const constant = texts.size === 1;
  return {
    ...checkedAllocation(allocation, constant),
    symbols,
    denied: symbolsDenied,
    side,
    inverse,
    rules: {
      hours: allocation.tradingHours,
      positionsMax: allocation.positionsMax,
      followerPositionsMax: allocation.followerPositionsMax,
      slippageBpsMax: allocation.slippageBpsMax,
      onRunaway: allocation.onRunaway,
      entryDelayMaxMs: allocation.entryDelayMaxMs,
      notWorse: startMode === "not-worse",
      copyStops: allocation.copyStops,
      exitParity: allocation.exitParity,
      stopMode: allocation.stopMode,
      orderMost: allocation.orderNotionalMax,
      symbolMost: allocation.symbolNotionalMax,
      leaderMost: allocation.leaderNotionalMax,
      leverageMax: allocation.leverageMax,
      stopLoss: allocation.guards.stopLoss,
      positionStop: allocation.guards.positionStop,
    },
  };
}

function allocationsOf({ settings, history }: Told): CheckedAllocation[] {
  return settings.allocations.map((allocation) => checkedAllocation(allocation, !history.resettled));
}

function checkedAllocation(allocation: Allocation, constant: boolean): CheckedAllocation {
  return {
    leader: allocation.leader,
    follower: allocation.follower,
    ...checkedSizing(allocation.sizing),
    scaling: allocation.positionScaling,
    minimumPolicy: allocation.minimumPolicy.kind,
    excessMax: allocation.minimumPolicy.kind === "round-up" ? allocation.minimumPolicy.excessMax : "0",
    symbols: allocation.symbols,
    copyExisting: allocation.startMode === "all",
    asksFirst: !allocation.autoCopy,
    copiesPending: allocation.copyPending,
    leverageMax: allocation.leverageMax,
    works: allocation.work !== null,
    constant,
  };
}

function accountOf(world: World, name: string): CheckedAccount {
  const account = world.venue.accounts.get(name);
  if (account === undefined) throw new Error(`no account ${name}`);
  const step = (symbol: string): string => world.venue.instruments.get(symbol)?.quantityStep ?? "1";
  return {
    account: name,
    mode: account.mode,
    positions: positionsOf(account, step),
    held: [],
    fills: account.fills.map(({ symbol, leg, side, steps, price, timeMs, clientOrderId }) => ({
      symbol,
      leg,
      side,
      quantity: text(steps, step(symbol)),
      price,
      atMs: timeMs,
      clientOrderId,
    })),
    requests: account.requests.map(
      ({ clientOrderId, symbol, leg, side, steps, reduceOnly, rests, outcome, arrivedAtMs }) => ({
        action: "create",
        clientOrderId,
        symbol,
        leg,
        side,
        quantity: text(steps, step(symbol)),
        reduceOnly,
        rests,
        outcome,
        atMs: arrivedAtMs,
      }),
    ),
    ...(account.waited.length === 0
      ? {}
      : { waited: account.waited.map((one) => ({ ...one, quantity: text(one.steps, step(one.symbol)) })) }),
    equities: world.history.equities.filter((point) => point.account === name),
    volatilities: world.history.volatilities.filter((point) => point.account === name),
  };
}

function positionsOf(account: VenueAccount, step: (symbol: string) => string): CheckedPosition[] {
  return [...account.positions.values()].map(({ symbol, leg, steps }) => ({
    symbol,
    leg,
    quantity: text(steps, step(symbol)),
  }));
}
