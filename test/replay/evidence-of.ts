/**
 * What the independent checker reads, gathered after a replay: the exchange's own history by its control interface, and from
 * the journal only what the copier says of itself: intents, outcomes, and the equities that it was told.
 */
import type { Event } from "../../src/core/event.ts";
import type { Allocation } from "../../src/core/settings.ts";
import type { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import type { MemoryJournal } from "../../src/journal/memory.ts";
import { Projection } from "../../src/store/projection.ts";
import type { OutcomeRecord } from "../../src/store/store.ts";
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedFigures,
  CheckedIntent,
  CheckedLeg,
  CheckedOutcome,
  Evidence,
} from "../checker/evidence.ts";
import { checkedAccount, checkedMoney, listedInstrument } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import { checkedSizing } from "../evidence/sizing.ts";
import type { ExchangeSide } from "./exchange-side.ts";
import type { FollowerSetup } from "./followers.ts";
import type { Stage } from "./stage.ts";

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
  stage: Stage,
  followers: readonly FollowerSetup[],
  outages: boolean,
): Evidence {
  const { journal } = world.copier;
  const told = toldIn(journal);
  const { standing, virtual, books, halted } = writtenIn(journal);
  return {
    instruments: stage.instruments.map(({ symbol }) => listedInstrument(world.protocol, symbol)),
    allocations: followers.flatMap(({ allocations }) => allocations.map(allocationOf)),
    leaders: stage.leaders.map(({ account, script }) => ({
      ...checkedAccount(account, script.mode, world.exchange.account(account)),
      equities: told.figures.get(account) ?? [],
      volatilities: told.volatilities.get(account) ?? [],
    })),
    followers: followers.map((setup) => followerOf(world, setup, told.figures.get(setup.name) ?? [])),
    ...recordsIn(journal),
    standing,
    virtual,
    books,
    commands: [],
    halted,
    prices: world.exchange.prices,
    outages,
    slackMs: SLACK_MS,
  };
}

/** The owner's own orders are none of the copier's. */
function followerOf(
  { exchange }: ReplayedWorld,
  { name, mode, balance }: FollowerSetup,
  equities: readonly CheckedFigures[],
): CheckedAccount {
  const history = exchange.account(name);
  const orderRequests = history.orderRequests.filter(({ orderId }) => !exchange.ownersOrders.has(orderId));
  const account = checkedAccount(name, mode, { ...history, orderRequests });
  return { ...account, equities, money: checkedMoney(balance, history) };
}

function allocationOf(allocation: Allocation): CheckedAllocation {
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

interface Told {
  readonly figures: ReadonlyMap<string, readonly CheckedFigures[]>;
  readonly volatilities: ReadonlyMap<
    string,
    readonly { readonly atMs: number; readonly volatility: string }[]
  >;
}

/** What the copier was told of accounts' money and of leaders' records, by account. */
function toldIn(journal: MemoryJournal): Told {
  const figures = new Map<string, CheckedFigures[]>();
  const volatilities = new Map<string, { atMs: number; volatility: string }[]>();
  for (const record of journal.read(1)) {
    if (record.type !== "event") continue;
    const event: Event = JSON.parse(record.payload);
    const told = figuresOf(event);
    if (told !== null && told.equity !== "") listIn(figures, told.account).push(told);
    if (event.kind !== "evidence-updated") continue;
    const { measuredAtMs, annualVolatility } = event.evidence;
    if (annualVolatility !== undefined)
      listIn(volatilities, event.account).push({ atMs: measuredAtMs, volatility: annualVolatility });
  }
  return { figures, volatilities };
}

function listIn<Item>(lists: Map<string, Item[]>, name: string): Item[] {
  const known = lists.get(name);
  if (known !== undefined) return known;
  const made: Item[] = [];
  lists.set(name, made);
  return made;
}

function figuresOf(event: Event): (CheckedFigures & { readonly account: string }) | null {
  switch (event.kind) {
    case "equity-reported":
      return event;
    case "leader-snapshot-taken":
    case "follower-snapshot-taken":
      return { account: event.account, atMs: event.receivedAtMs, ...event.equity };
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
