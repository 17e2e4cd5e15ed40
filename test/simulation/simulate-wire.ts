/** Runs one seed over the venue's protocol to its end and says what was broken, as simulate.ts does with the model venue. */
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import type { Decimal } from "../../src/core/model/decimal.ts";
import { check, describeViolation } from "../checker/checker.ts";
import type { Evidence } from "../checker/evidence.ts";
import type { RuleRecord } from "../checker/rules/record.ts";
import { checkedAccount, listedInstrument } from "../evidence/from-exchange.ts";
import { copierEvidence } from "./evidence.ts";
import { Invariants, journalBreaches, standingBreaches } from "./invariants.ts";
import { SYMBOLS } from "./markets.ts";
import type { Outcome } from "./simulate.ts";
import { bookBreaches, conservationBreaches, historyBreaches } from "./wire-history.ts";
import { CHANGING, heldIn, WireSchedule } from "./wire-schedule.ts";
import { WireWatch } from "./wire-watch.ts";

export function simulateWire(seed: number, events: number): Outcome {
  const invariants = new Invariants((account, id, { lotSize }) => filledLots(schedule, account, id, lotSize));
  const watch = new WireWatch((text) => invariants.breach(text));
  const schedule: WireSchedule = new WireSchedule(seed, invariants.afterDecision, watch);
  const { world, accounts } = schedule;
  const startMs = world.clock.nowMs();
  try {
    schedule.run(events);
    schedule.settle();
    for (const breach of breachesOf(schedule)) invariants.breach(breach);
  } catch (error) {
    invariants.breach(`stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }
  world.close();
  return {
    seed,
    events: world.steps,
    orders: invariants.orders,
    denials: invariants.denials,
    fills: accounts.reduce((sum, { account }) => sum + world.exchange.account(account).fills.length, 0),
    virtualSeconds: Math.round((world.clock.nowMs() - startMs) / 1_000),
    rules: Object.fromEntries([...schedule.drawn].map((rule) => [rule, 1])),
    faults: world.struck.counts(),
    branches: invariants.branches.tally.counts(),
    breaches: invariants.breaches,
  };
}

/** In lots of the given size: whoever decides counts in its own, also while the program is about to die, or only begins. */
function filledLots(
  { world }: WireSchedule,
  account: string,
  clientOrderId: string,
  lotSize: Decimal,
): number {
  const made = world.protocol.state.venue
    .executions(account, {})
    .filter((row) => row.orderLinkId === clientOrderId);
  const filled = made.reduce((sum, { execQty }) => sum + Number(execQty), 0);
  return Math.round(filled / Number(lotSize.toString()));
}

function breachesOf(schedule: WireSchedule): string[] {
  const { world, accounts } = schedule;
  const { engine } = world;
  if (engine === null || !engine.running) return ["the copier is not running at the end"];
  const live = encodeCheckpoint(engine.state);
  const standing = standingBreaches(engine.state, (account, { spec, lotSize }, leg) =>
    heldIn(world, account, spec.symbol, leg, lotSize.toString()),
  );
  engine.stop();
  const evidence = evidenceOf(schedule);
  return [
    ...standing,
    ...check(evidence).map(describeViolation),
    ...historyBreaches(world, evidence.followers),
    ...conservationBreaches(world, accounts),
    ...(schedule.keepsBooks ? bookBreaches(world, evidence) : []),
    ...journalBreaches(world.journal, live),
  ];
}

/** Without what changes its terms: the checker knows one set of them only. */
function evidenceOf(schedule: WireSchedule): Evidence {
  const { world, accounts, isRuled } = schedule;
  const { settings, history, journal } = world;
  const told = copierEvidence({ settings, history, journal }, isRuled);
  const checked = (role: "leader" | "follower") =>
    accounts
      .filter((account) => account.role === role)
      .map(({ account, mode }) => {
        const rows = checkedAccount(account, mode, world.exchange.account(account));
        return {
          ...rows,
          positions: rows.positions.filter(({ symbol }) => symbol !== CHANGING),
          // What an owner sends goes past the copier.
          requests: rows.requests.filter(({ clientOrderId }) => clientOrderId !== ""),
          equities: history.equities.filter((point) => point.account === account),
          volatilities: history.volatilities.filter((point) => point.account === account),
        };
      });
  return {
    instruments: SYMBOLS.map(({ symbol }) => listedInstrument(world.protocol, symbol)),
    leaders: checked("leader"),
    followers: checked("follower"),
    ...told,
    clockOffMaxMs: schedule.clockOffMaxMs,
    outcomes: told.outcomes.filter(({ symbol }) => symbol !== CHANGING),
    ...(told.record === undefined || !schedule.changesTerms ? {} : { record: withoutChanging(told.record) }),
  };
}

/** Reasons whose numbers are those of all instruments together. */
const COUNTING: ReadonlySet<string> = new Set(["max-positions", "order-rate"]);

function withoutChanging(record: RuleRecord): RuleRecord {
  return {
    ...record,
    // A number of positions, or of orders, cannot be judged without those there.
    denials: record.denials.filter(({ symbol, reason }) => symbol !== CHANGING && !COUNTING.has(reason)),
    orders: record.orders.filter(({ symbol }) => symbol !== CHANGING),
    prices: record.prices.filter(({ symbol }) => symbol !== CHANGING),
    // A stop's share of what is in former steps may be no whole step of now.
    stops: record.stops.map((stop) => ({
      ...stop,
      held: stop.held.filter(({ symbol }) => symbol !== CHANGING),
    })),
  };
}
