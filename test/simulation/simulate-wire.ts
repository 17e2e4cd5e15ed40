/** Runs one seed over the venue's protocol to its end and says what was broken, as simulate.ts does with the model venue. */
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import type { Decimal } from "../../src/core/model/decimal.ts";
import { check, describeViolation } from "../checker/checker.ts";
import type { Evidence } from "../checker/evidence.ts";
import type { RuleRecord } from "../checker/rules/record.ts";
import { checkedAccount, listedInstrument } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import { fatesIn, openIntents } from "../kill/intent-fates.ts";
import { copierEvidence } from "./evidence.ts";
import { Invariants, journalBreaches, standingBreaches } from "./invariants.ts";
import { SYMBOLS } from "./markets.ts";
import type { Outcome, Telling } from "./simulate.ts";
import { settledSizeBreaches } from "./wire-bounds.ts";
import { bookBreaches, conservationBreaches, historyBreaches, openOrderBreaches } from "./wire-history.ts";
import { CHANGING, type Excerpt, heldIn, WireSchedule } from "./wire-schedule.ts";
import { storeBreaches } from "./wire-store.ts";
import { WireWatch } from "./wire-watch.ts";
import type { WireWorld } from "./wire-world.ts";
import type { DecisionWatcher } from "./world.ts";

/** A history by what it is drawn from. Without an excerpt all of its events happen. */
export interface WireRecording {
  readonly seed: number;
  readonly events: number;
  readonly excerpt?: Excerpt;
}

/** What is told as it runs; what is broken, at the end, too. */
export interface WireTelling extends Pick<Telling, "decided" | "judged"> {
  readonly begun: (schedule: WireSchedule) => void;
}

export async function simulateWire(seed: number, events: number): Promise<Outcome> {
  return (await runWire({ seed, events })).outcome;
}

interface WireRun extends Pick<WireSchedule, "beats" | "endMark"> {
  readonly outcome: Outcome;
}

export async function runWire(
  { seed, events, excerpt }: WireRecording,
  telling?: WireTelling,
): Promise<WireRun> {
  const invariants = new Invariants((account, id, { lotSize }) => filledLots(schedule, account, id, lotSize));
  const watch = new WireWatch((text) => invariants.breach(text));
  const decided: DecisionWatcher = (event, decision, state) => {
    telling?.decided(event, decision, state);
    invariants.afterDecision(event, decision, state);
    telling?.judged(invariants.breaches);
  };
  const schedule: WireSchedule = new WireSchedule(seed, decided, watch);
  const { world, accounts } = schedule;
  const startMs = world.clock.nowMs();
  telling?.begun(schedule);
  try {
    schedule.run(events, excerpt);
    schedule.settle();
    for (const breach of await breachesOf(schedule)) invariants.breach(breach);
  } catch (error) {
    invariants.breach(`stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }
  world.close();
  telling?.judged(invariants.breaches);
  const outcome: Outcome = {
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
  return { outcome, beats: schedule.beats, endMark: schedule.endMark };
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

async function breachesOf(schedule: WireSchedule): Promise<string[]> {
  const { world, accounts, photos } = schedule;
  const { engine } = world;
  if (engine === null || !engine.running) return ["the copier is not running at the end"];
  const live = encodeCheckpoint(engine.state);
  const standing = standingBreaches(engine.state, (account, { spec, lotSize }, leg) =>
    heldIn(world, account, spec.symbol, leg, lotSize.toString()),
  );
  const open = openOrderBreaches(world, engine.state);
  engine.stop();
  photos?.take(world.disk.files, { isQuiet: true });
  const evidence = evidenceOf(schedule);
  return [
    ...standing,
    ...open,
    ...settledSizeBreaches(engine.state, live),
    ...check(evidence).map(describeViolation),
    ...historyBreaches(world, evidence.followers),
    ...fateBreaches(world, evidence),
    ...conservationBreaches(world, accounts),
    ...(schedule.keepsBooks ? bookBreaches(world, evidence) : []),
    ...journalBreaches(world.journal, live),
    ...(photos === null ? [] : await storeBreaches(world, photos, accounts)),
  ];
}

/** Every intent of the journal has one outcome, which is the exchange's own. What rests is accepted; the standing state judges it. */
function fateBreaches({ journal }: WireWorld, evidence: Evidence): string[] {
  const { intents } = writtenIn(journal);
  const fates = fatesIn(journal);
  const open = fates.open.filter((text) => !text.endsWith(" is accepted"));
  return openIntents({ ...fates, open }, { ...evidence, intents });
}

/** Of what changes its terms only whose it is and how it is reduced: the checker knows one set of terms. */
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
    changing: schedule.changesTerms ? [CHANGING] : [],
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
