/**
 * What the independent checker reads, gathered after a replay: the exchange's own history by its control interface, and from
 * the journal only what the copier says of itself: intents, outcomes, and the equities that it was told.
 */
import type { Event } from "../../src/core/event.ts";
import { recover } from "../../src/engine/recovery.ts";
import type { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import type { MemoryJournal } from "../../src/journal/memory.ts";
import { Projection } from "../../src/store/projection.ts";
import type { OutcomeRecord } from "../../src/store/store.ts";
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedIntent,
  CheckedLeg,
  CheckedOutcome,
  Evidence,
  StandingReason,
} from "../checker/evidence.ts";
import { checkedAccount } from "../evidence/from-exchange.ts";
import { checkedSizing } from "../evidence/sizing.ts";
import type { ExchangeSide } from "./exchange-side.ts";
import { type FollowerSetup, LEADER } from "./followers.ts";
import type { LeaderScript } from "./leader-script.ts";

/** What is looked at, however it was run. */
export interface ReplayedWorld {
  readonly protocol: BybitProtocol;
  readonly exchange: ExchangeSide;
  readonly copier: { readonly journal: MemoryJournal };
}

/** Staleness limit of the settings and life of a request. */
const SLACK_MS = 65_000;

export function evidenceOf(
  world: ReplayedWorld,
  script: LeaderScript,
  followers: readonly FollowerSetup[],
  outages: boolean,
): Evidence {
  const equities = equitiesIn(world.copier.journal);
  const account = (name: string, mode: "one-way" | "hedge") =>
    ({
      ...checkedAccount(name, mode, world.exchange.account(name)),
      equities: equities.get(name) ?? [],
    }) satisfies CheckedAccount;
  const { outcomes, intents } = recordsIn(world.copier.journal);
  return {
    instruments: script.instruments.map(({ symbol }) => instrumentOf(world, symbol)),
    allocations: followers.map(allocationOf),
    leaders: [account(LEADER, script.mode)],
    followers: followers.map(({ name, mode }) => account(name, mode)),
    outcomes,
    intents,
    standing: standingIn(world.copier.journal),
    commands: [],
    halted: [],
    prices: world.exchange.prices,
    outages,
    slackMs: SLACK_MS,
  };
}

function instrumentOf(world: ReplayedWorld, symbol: string): Evidence["instruments"][number] {
  const row = world.protocol.state.venue.instrument(symbol);
  if (row === undefined) throw new Error(`no instrument ${symbol}`);
  return {
    symbol,
    quantityStep: row.qtyStep,
    minQuantity: row.minOrderQty,
    minNotional: row.minNotionalValue,
    maxMarketQuantity: row.maxMktOrderQty,
    tickSize: row.tickSize,
    trading: row.status === "Trading",
  };
}

function allocationOf({ allocation }: FollowerSetup): CheckedAllocation {
  const { sizing, minimumPolicy } = allocation;
  return {
    leader: allocation.leader,
    follower: allocation.follower,
    ...checkedSizing(sizing),
    scaling: allocation.positionScaling,
    minimumPolicy: minimumPolicy.kind,
    excessMax: minimumPolicy.kind === "round-up" ? minimumPolicy.excessMax : "0",
    symbols: allocation.symbols,
    copyExisting: allocation.startMode === "all",
    constant: true,
  };
}

function equitiesIn(journal: MemoryJournal): ReadonlyMap<string, CheckedAccount["equities"]> {
  const found = new Map<string, { atMs: number; equity: string }[]>();
  for (const record of journal.read(1)) {
    const equity = record.type === "event" ? equityOf(JSON.parse(record.payload)) : null;
    if (equity === null || equity.equity === "") continue;
    const { account, ...told } = equity;
    const list = found.get(account);
    if (list === undefined) found.set(account, [told]);
    else list.push(told);
  }
  return found;
}

function equityOf(event: Event): { account: string; atMs: number; equity: string } | null {
  switch (event.kind) {
    case "equity-reported":
      return { account: event.account, atMs: event.atMs, equity: event.equity };
    case "leader-snapshot-taken":
    case "follower-snapshot-taken":
      return { account: event.account, atMs: event.receivedAtMs, equity: event.equity.equity };
    default:
      return null;
  }
}

function recordsIn(journal: MemoryJournal): {
  outcomes: readonly CheckedOutcome[];
  intents: readonly CheckedIntent[];
} {
  const projection = new Projection();
  for (const record of journal.read(1)) projection.take(record);
  projection.quiet();
  const outcomes = new Map<string, CheckedOutcome>();
  const intents = new Map<string, CheckedIntent>();
  for (const batch of projection.drain()) {
    // A change that waited is written again, complete.
    for (const row of batch.outcomes ?? []) if (isChange(row)) outcomes.set(keyOf(row), outcomeOf(row));
    for (const { clientOrderId, account, symbol } of batch.orders ?? [])
      intents.set(clientOrderId, { clientOrderId, follower: account, symbol });
  }
  return { outcomes: [...outcomes.values()], intents: [...intents.values()] };
}

/** Refused statements are recorded too, with one name missing. */
function isChange({ leader, follower }: OutcomeRecord): boolean {
  return leader !== "" && follower !== "";
}

function keyOf({ change, leader, follower, symbol, leg }: OutcomeRecord): string {
  return JSON.stringify([change, leader, follower, symbol, leg]);
}

function outcomeOf(row: OutcomeRecord): CheckedOutcome {
  return { ...row, leg: row.leg as CheckedLeg, detail: JSON.parse(row.detail) };
}

function standingIn(journal: MemoryJournal): readonly StandingReason[] {
  const { state } = recover(journal);
  const found: StandingReason[] = [];
  for (const follower of state.followers.values()) {
    for (const { instrument, lastReason } of follower.markets.values()) {
      if (lastReason !== null)
        found.push({ follower: follower.account, symbol: instrument.spec.symbol, reason: lastReason });
    }
  }
  return found;
}
