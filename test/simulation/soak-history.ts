/** What the long runs over the venue's protocol trade, meet and are judged by (wire-soak.ts). */
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { Allocation } from "../../src/core/settings.ts";
import { check, describeViolation } from "../checker/checker.ts";
import type { CheckedAllocation, Evidence } from "../checker/evidence.ts";
import { HALF } from "../checker/fixture.ts";
import { checkedAccount, listedInstrument } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import { checkedSizing } from "../evidence/sizing.ts";
import type { SeededChance } from "./chance.ts";
import { journalBreaches } from "./invariants.ts";
import type { WireAccount, WireWorld } from "./soak-world.ts";

const SLACK_MS = 75_000;
export const LEADER = AccountId("leader");
export const MARKETS = [
  { symbol: "BTCUSDT", price: "60000", step: 0.001, most: 400 },
  { symbol: "ETHUSDT", price: "3000", step: 0.01, most: 500 },
] as const;

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
    instruments: MARKETS.map(({ symbol }) => listedInstrument(world.protocol, symbol)),
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

function checkedAllocation({ leader, follower, sizing }: Allocation): CheckedAllocation {
  return { ...HALF, leader, follower, ...checkedSizing(sizing) };
}
