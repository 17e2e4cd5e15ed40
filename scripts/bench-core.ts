/**
 * What deciding costs: one leader's fill fanned out to prepared one-way followers with a multiplier (`decide` and
 * `encodeDecision`, per follower), and the sizing rule by itself. `node scripts/bench-core.ts [--followers 1000]
 * [--rounds 300] [--unlimited] [--json]`. Figures of a shared machine: compare within one run only.
 */
import { parseArgs } from "node:util";
import { decide } from "../src/core/decide.ts";
import type { Decision } from "../src/core/decision.ts";
import { encodeDecision } from "../src/core/decision-codec.ts";
import type { Event, PositionRow } from "../src/core/event.ts";
import { Lots } from "../src/core/model/amounts.ts";
import { Decimal } from "../src/core/model/decimal.ts";
import { AccountId, TradeId, VenueOrderId } from "../src/core/model/identifiers.ts";
import { NO_LIMITS, type RiskLimits } from "../src/core/risk-settings.ts";
import { plainAllocation, type Settings } from "../src/core/settings.ts";
import { makeRatio, scaleLots } from "../src/core/sizing/ratio.ts";
import { emptyState, type State } from "../src/core/state.ts";
import { BTC, BTC_SPEC, LEADER, VENUE } from "../test/core/story.ts";

const SIZINGS = 10_000_000;
const EQUITY = { equity: "1000000", available: "1000000" };
/** As they are by default, but with more orders per minute than the rounds have. */
const LIMITS: RiskLimits = {
  ...NO_LIMITS,
  portfolioExposure: { share: "10", measure: "gross" },
  freeMarginReserve: "0.05",
  ordersPerMinute: 100_000,
};

const { values } = parseArgs({
  options: {
    followers: { type: "string", default: "1000" },
    rounds: { type: "string", default: "300" },
    json: { type: "boolean", default: false },
    unlimited: { type: "boolean", default: false },
  },
});

const followers = Array.from({ length: Number(values.followers) }, (_, index) =>
  AccountId(`follower${index}`),
);
const state = prepared(followers);
const times = fanOuts(state, Number(values.rounds)).sort((left, right) => left - right);
const report = {
  followers: followers.length,
  rounds: times.length,
  decideP50UsPerFollower: perFollower(0.5),
  decideP99UsPerFollower: perFollower(0.99),
  sizingNs: sizingNs(),
};
console.log(values.json ? JSON.stringify(report) : report);

function perFollower(share: number): number {
  const value = times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return Number(((value * 1_000) / followers.length).toFixed(3));
}

/** Milliseconds from the leader's fill to the encoded decision, after a third of the rounds for warming up. */
function fanOuts(on: State, rounds: number): number[] {
  const taken: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const startedMs = performance.now();
    const decision = decide(on, leaderFilled(round));
    const text = encodeDecision(on, decision);
    const elapsedMs = performance.now() - startedMs;
    if (decision.orders.length !== followers.length || text.length === 0)
      throw new Error(`${decision.orders.length} orders for ${followers.length} followers`);
    if (round > rounds / 3) taken.push(elapsedMs);
    complete(on, decision, round);
  }
  return taken;
}

function leaderFilled(round: number): Event {
  return {
    kind: "leader-filled",
    account: LEADER,
    instrument: BTC,
    leg: "net",
    tradeId: TradeId(`t${round}`),
    venueOrderId: VenueOrderId(`o${round}`),
    side: round % 4 < 2 ? "buy" : "sell",
    quantity: "0.5",
    price: "60000",
    fee: "0",
    sequence: round,
    venueTimeMs: 10_000 + round,
    receivedAtMs: 10_000 + round,
  };
}

function complete(on: State, decision: Decision, round: number): void {
  for (const { order } of decision.orders) {
    const quantity = String(Math.abs(order.lots) / 1_000);
    const atMs = 10_000 + round;
    const side = order.lots > 0 ? ("buy" as const) : ("sell" as const);
    const place = { instrument: BTC, leg: "net" as const, clientOrderId: order.clientOrderId };
    const venueOrderId = VenueOrderId(`v${order.clientOrderId}`);
    const { account } = order;
    const tradeId = TradeId(`f${round}`);
    const fill = { ...place, account, tradeId, venueOrderId, side, quantity, price: "60000", fee: "0" };
    decide(on, { kind: "follower-filled", ...fill, sequence: round, venueTimeMs: atMs, receivedAtMs: atMs });
    const row = {
      ...place,
      venueOrderId,
      side,
      status: "filled" as const,
      quantity,
      filledQuantity: quantity,
    };
    const rest = { averagePrice: "60000", reduceOnly: order.reduceOnly, venueReason: "", venueTimeMs: atMs };
    decide(on, { kind: "order-reported", account, order: { ...row, ...rest }, atMs });
    const held = on.followers.get(account)?.markets.get(BTC)?.legs[0]?.ownedLots ?? 0;
    decide(on, {
      kind: "follower-position-reported",
      account,
      position: position(held, round),
      receivedAtMs: atMs,
    });
    decide(on, { kind: "equity-reported", account, ...EQUITY, atMs });
  }
  const leader = on.leaders.get(LEADER)?.holdings.get(BTC)?.get("net")?.lots ?? 0;
  const receivedAtMs = 10_000 + round;
  decide(on, {
    kind: "leader-position-reported",
    account: LEADER,
    position: position(leader, round),
    receivedAtMs,
  });
}

function position(lots: number, sequence: number): PositionRow {
  const quantity = String(lots / 1_000);
  const terms = { entryPrice: lots === 0 ? "" : "60000", leverage: "10" };
  return { instrument: BTC, leg: "net", quantity, ...terms, sequence, venueTimeMs: 10_000 + sequence };
}

function prepared(accounts: readonly AccountId[]): State {
  const made = emptyState();
  decide(made, { kind: "engine-started", epoch: "benchmrk", atMs: 1_000 });
  decide(made, { kind: "instruments-listed", instruments: [BTC_SPEC], atMs: 1_000 });
  decide(made, { kind: "settings-changed", settings: settingsOf(accounts), atMs: 1_000 });
  const price = { bid: "60000", ask: "60000", mark: "60000" };
  decide(made, { kind: "price-updated", instrument: BTC, ...price, atMs: 1_000 });
  decide(made, snapshot("leader-snapshot-taken", LEADER));
  for (const account of accounts) decide(made, snapshot("follower-snapshot-taken", account));
  decide(made, leaderFilled(0));
  for (const account of accounts) {
    const described = decide(made, {
      kind: "market-described",
      account,
      instrument: BTC,
      mode: "one-way",
      leverage: "10",
      atMs: 1_000,
    });
    complete(made, described, 0);
  }
  return made;
}

function settingsOf(accounts: readonly AccountId[]): Settings {
  const limits = values.unlimited ? NO_LIMITS : LIMITS;
  return {
    accounts: [
      { account: LEADER, venue: VENUE, role: "leader" },
      ...accounts.map((account) => ({ account, venue: VENUE, role: "follower" as const, limits })),
    ],
    allocations: accounts.map((follower, index) => ({
      ...plainAllocation(LEADER, follower),
      sizing: { kind: "multiplier", multiplier: String(0.1 + (index % 50) / 100) },
    })),
    leaderStaleAfterMs: 600_000,
    followerStaleAfterMs: 600_000,
    snapshotIntervalMs: 15_000,
    orderWindowMs: 5_000,
  };
}

function snapshot(kind: "leader-snapshot-taken" | "follower-snapshot-taken", account: AccountId): Event {
  const times = { serverTimeMs: 1_000, requestedAtMs: 1_000, receivedAtMs: 1_000 };
  return { kind, account, positions: [], orders: [], equity: EQUITY, ...times };
}

/** Nanoseconds for one size, multiplier and steps already one ratio; the sum keeps the work from being left out. */
function sizingNs(): number {
  const ratio = makeRatio([Decimal.parse("0.37"), Decimal.parse("0.001")], [Decimal.parse("0.01")]);
  let sum = 0;
  for (let lots = 0; lots < SIZINGS / 10; lots += 1) sum += scaleLots(Lots(lots), ratio);
  const startedMs = performance.now();
  for (let lots = 0; lots < SIZINGS; lots += 1) sum += scaleLots(Lots(lots), ratio);
  const elapsedMs = performance.now() - startedMs;
  if (sum === 0) throw new Error("nothing was sized");
  return Number(((elapsedMs * 1_000_000) / SIZINGS).toFixed(1));
}
