/**
 * One seeded history over the venue's protocol: a leader trades while the exchange makes the trouble that it is told to
 * make and the copier dies and comes back; then all is quiet, and the independent checker reads the exchange's record.
 */
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { type Allocation, plainAllocation } from "../../src/core/settings.ts";
import { check, describeViolation } from "../checker/checker.ts";
import type { CheckedAllocation, CheckedInstrument, Evidence } from "../checker/evidence.ts";
import { checkedAccount } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import { checkedSizing } from "../evidence/sizing.ts";
import { SeededChance } from "./chance.ts";
import { Invariants, journalBreaches } from "./invariants.ts";
import type { Outcome } from "./simulate.ts";
import { type WireAccount, WireWorld } from "./wire-world.ts";

const SETTLE_MS = 120_000;
const SLACK_MS = 75_000;
export const LEADER = AccountId("leader");
export const MARKETS = [
  { symbol: "BTCUSDT", price: "60000", step: 0.001, most: 400 },
  { symbol: "ETHUSDT", price: "3000", step: 0.01, most: 500 },
] as const;
const MULTIPLIERS = ["1", "0.5", "0.1", "2"];

export function simulateWire(seed: number, events: number): Outcome {
  const chance = new SeededChance(seed);
  const invariants = new Invariants((account, id) => filledSteps(world, account, id));
  const accounts = drawAccounts(chance);
  const allocations = accounts
    .filter(({ role }) => role === "follower")
    .map((one) => drawAllocation(chance, one));
  const world: WireWorld = new WireWorld({ seed, accounts, allocations, watch: invariants.afterDecision });
  const startMs = world.clock.nowMs();
  let fills = 0;
  try {
    run(world, chance, accounts, events);
    settle(world);
    for (const breach of breachesOf(world, accounts, allocations)) invariants.breach(breach);
    for (const { name } of accounts) fills += world.exchange.account(name).fills.length;
  } catch (error) {
    invariants.breach(`stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }
  world.protocol.stop();
  return {
    seed,
    events: invariants.events,
    orders: invariants.orders,
    denials: invariants.denials,
    fills,
    virtualSeconds: Math.round((world.clock.nowMs() - startMs) / 1_000),
    rules: {},
    faults: {},
    branches: invariants.branches.tally.counts(),
    breaches: invariants.breaches,
  };
}

function run(world: WireWorld, chance: SeededChance, accounts: readonly WireAccount[], events: number): void {
  for (const { symbol, price } of MARKETS) world.exchange.movePrice(symbol, price);
  world.start();
  world.runFor(3_000);
  world.exchange.putFaults(drawFaults(chance));
  for (let event = 0; event < events; event += 1) {
    const dice = chance.next();
    if (dice < 0.75) leaderTrades(world, chance, accounts);
    else if (dice < 0.85) movePrice(world, chance);
    else if (dice < 0.92) world.exchange.putFaults(drawFaults(chance));
    else die(world, chance);
    world.runFor(chance.hits(0.6) ? chance.whole(0, 40) : chance.whole(40, 3_000));
  }
}

function settle(world: WireWorld): void {
  world.exchange.putFaults({});
  world.runFor(SETTLE_MS);
}

function die(world: WireWorld, chance: SeededChance): void {
  world.kill();
  world.runFor(chance.whole(0, 3_000));
  world.start();
}

export function leaderTrades(world: WireWorld, chance: SeededChance, accounts: readonly WireAccount[]): void {
  const { symbol, step, most } = chance.pick(MARKETS);
  const mode = accounts.find(({ role }) => role === "leader")?.mode ?? "one-way";
  const leg = mode === "one-way" ? ("net" as const) : chance.pick(["long", "short"] as const);
  const held = heldBy(world, symbol, leg);
  const closing = held !== 0 && chance.hits(0.5);
  const steps = chance.whole(1, most);
  const opens = leg === "net" ? chance.pick([1, -1]) : leg === "long" ? 1 : -1;
  const share = chance.hits(0.4) ? 1 : chance.next();
  const signed = closing
    ? -Math.sign(held) * Math.max(1, Math.floor((Math.abs(held) / step) * share + 1e-6))
    : opens * steps;
  const quantity = (signed * step).toFixed(3).replace(/\.?0+$/, "");
  const price = world.exchange.prices.findLast((point) => point.symbol === symbol)?.price ?? "1";
  const outcome = world.exchange.carry(LEADER, { symbol, leg, quantity, price });
  if (outcome.kind === "otherwise") throw new Error(outcome.detail);
}

function heldBy(world: WireWorld, symbol: string, leg: "net" | "long" | "short"): number {
  const index = { net: 0, long: 1, short: 2 }[leg];
  const row = world.exchange
    .account(LEADER)
    .positions.find((position) => position.symbol === symbol && position.positionIdx === index);
  return row === undefined ? 0 : Number(row.size) * (row.side === "Sell" ? -1 : 1);
}

export function movePrice(world: WireWorld, chance: SeededChance): void {
  const { symbol, price } = chance.pick(MARKETS);
  world.exchange.movePrice(symbol, String(Math.round(Number(price) * chance.between(0.98, 1.02))));
}

export function drawFaults(chance: SeededChance): Readonly<Record<string, unknown>> {
  if (chance.hits(0.25)) return {};
  const rate = (most: number): number => (chance.hits(0.5) ? 0 : Number((chance.next() * most).toFixed(3)));
  return {
    requestLost: rate(0.15),
    responseLost: rate(0.2),
    http5xx: rate(0.1),
    retCode10006: rate(0.1),
    retCode10016: rate(0.1),
    partialFills: rate(0.3),
    latencyMs: [0, chance.pick([5, 80, 400])],
    streamDropped: rate(0.2),
    streamDuplicated: rate(0.3),
    streamReordered: rate(0.3),
    streamDelayMs: [0, chance.pick([5, 200, 800])],
  };
}

function drawAccounts(chance: SeededChance): WireAccount[] {
  const mode = () => chance.pick(["one-way", "hedge"] as const);
  const followers = Array.from({ length: chance.whole(1, 3) }, (_, index) => ({
    name: `follower${index + 1}`,
    role: "follower" as const,
    mode: mode(),
    balance: "10000000",
  }));
  return [{ name: LEADER, role: "leader", mode: mode(), balance: "10000000" }, ...followers];
}

function drawAllocation(chance: SeededChance, { name }: WireAccount): Allocation {
  const follower = AccountId(name);
  return {
    ...plainAllocation(LEADER, follower),
    sizing: { kind: "multiplier", multiplier: chance.pick(MULTIPLIERS) },
  };
}

export function filledSteps(world: WireWorld, account: string, clientOrderId: string): number {
  const made = world.protocol.state.venue
    .executions(account, {})
    .filter((row) => row.orderLinkId === clientOrderId);
  const [first] = made;
  const step = MARKETS.find(({ symbol }) => symbol === first?.symbol)?.step ?? 1;
  return Math.round(made.reduce((sum, { execQty }) => sum + Number(execQty), 0) / step);
}

export function breachesOf(
  world: WireWorld,
  accounts: readonly WireAccount[],
  allocations: readonly Allocation[],
): string[] {
  const { engine } = world;
  if (engine === null) return ["the copier is not running at the end"];
  const live = encodeCheckpoint(engine.state);
  engine.stop();
  const violations = check(evidenceOf(world, accounts, allocations)).map(describeViolation);
  return [...violations, ...journalBreaches(world.journal, live)];
}

function evidenceOf(
  world: WireWorld,
  accounts: readonly WireAccount[],
  allocations: readonly Allocation[],
): Evidence {
  const written = writtenIn(world.journal);
  const checked = (role: WireAccount["role"]) =>
    accounts
      .filter((account) => account.role === role)
      .map(({ name, mode }) => checkedAccount(name, mode, world.exchange.account(name)));
  return {
    instruments: MARKETS.map(({ symbol }) => instrumentOf(world, symbol)),
    allocations: allocations.map(checkedAllocation),
    leaders: checked("leader"),
    followers: checked("follower"),
    ...written,
    commands: [],
    prices: world.exchange.prices,
    outages: true,
    slackMs: SLACK_MS,
  };
}

function instrumentOf(world: WireWorld, symbol: string): CheckedInstrument {
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

function checkedAllocation({ leader, follower, sizing }: Allocation): CheckedAllocation {
  return {
    leader,
    follower,
    ...checkedSizing(sizing),
    scaling: "1",
    minimumPolicy: "accumulate",
    excessMax: "0",
    symbols: null,
    copyExisting: true,
    constant: true,
  };
}
