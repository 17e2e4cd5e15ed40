/** A simulated world's history as evidence for the independent checker. */
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedLimits,
  CheckedPosition,
  Evidence,
} from "../checker/evidence.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import { checkedSizing } from "../evidence/sizing.ts";
import { text, type VenueAccount } from "./model-venue.ts";
import type { World, WorldParts } from "./world.ts";

/** Staleness limit, the life of a held-up request, and a margin. */
const SLACK_MS = 75_000;

export function evidenceOf(world: World, accounts: WorldParts["accounts"]): Evidence {
  const written = writtenIn(world.journal);
  const { history } = world;
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
    allocations: allocationsOf(world),
    leaders: checked("leader"),
    followers: checked("follower"),
    limits: limitsOf(world),
    outcomes: written.outcomes,
    intents: [...written.intents, ...history.lostIntents],
    standing: written.standing,
    virtual: written.virtual,
    commands: history.commands,
    prices: history.prices,
    halted: written.halted,
    outages: true,
    slackMs: SLACK_MS,
  };
}

/** They hold all the time. */
function limitsOf({ settings }: World): CheckedLimits[] {
  return settings.accounts.flatMap(({ account, limits }) => {
    if (limits === undefined) return [];
    const { portfolioExposure, symbolExposure, freeMarginReserve, ordersPerMinute } = limits;
    return [
      {
        follower: account,
        ...(portfolioExposure === null ? {} : { portfolio: portfolioExposure.share }),
        ...(symbolExposure === null ? {} : { symbol: symbolExposure.share }),
        ...(ordersPerMinute === null ? {} : { ordersPerMinute }),
        ...(freeMarginReserve === null ? {} : { freeMargin: freeMarginReserve }),
      },
    ];
  });
}

function allocationsOf({ settings, history }: World): CheckedAllocation[] {
  return settings.allocations.map((allocation) => ({
    leader: allocation.leader,
    follower: allocation.follower,
    ...checkedSizing(allocation.sizing),
    scaling: allocation.positionScaling,
    minimumPolicy: allocation.minimumPolicy.kind,
    excessMax: allocation.minimumPolicy.kind === "round-up" ? allocation.minimumPolicy.excessMax : "0",
    symbols: allocation.symbols,
    copyExisting: allocation.startMode === "all",
    asksFirst: !allocation.autoCopy,
    works: allocation.work !== null,
    constant: !history.resettled,
  }));
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
      ({ clientOrderId, symbol, leg, side, steps, reduceOnly, outcome, arrivedAtMs }) => ({
        action: "create",
        clientOrderId,
        symbol,
        leg,
        side,
        quantity: text(steps, step(symbol)),
        reduceOnly,
        outcome,
        atMs: arrivedAtMs,
      }),
    ),
    equities: world.history.equities.filter((point) => point.account === name),
  };
}

function positionsOf(account: VenueAccount, step: (symbol: string) => string): CheckedPosition[] {
  return [...account.positions.values()].map(({ symbol, leg, steps }) => ({
    symbol,
    leg,
    quantity: text(steps, step(symbol)),
  }));
}
