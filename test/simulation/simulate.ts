/** Runs one seed to its end and says what was broken. The seed and the number of events are the whole bug report. */
import { check, describeViolation } from "../checker/checker.ts";
import { SeededChance } from "./chance.ts";
import { evidenceOf } from "./evidence.ts";
import { Invariants, settledBreaches } from "./invariants.ts";
import { type Copying, Schedule } from "./schedule.ts";

export interface Outcome {
  readonly seed: number;
  readonly events: number;
  readonly orders: number;
  readonly denials: number;
  readonly fills: number;
  readonly virtualSeconds: number;
  /** Which rules, limits and guards were drawn (once each), and how often each reason and stop was recorded. */
  readonly rules: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each branch of deciding was taken, by its kind and name (tally.ts). */
  readonly branches: Readonly<Record<string, number>>;
  readonly breaches: readonly string[];
}

export function simulate(seed: number, events: number, copying: Copying = "one-leader"): Outcome {
  const filled = (account: string, id: string): number =>
    schedule.world.venue.accounts.get(account)?.byClientId.get(id)?.filledSteps ?? 0;
  const invariants = new Invariants(filled);
  const schedule: Schedule = new Schedule(seed, new SeededChance(seed), invariants.afterDecision, copying);
  const startMs = schedule.world.clock.nowMs();
  try {
    schedule.run(events);
    schedule.settle();
    for (const breach of settledBreaches(schedule.world)) invariants.breach(breach);
    const evidence = evidenceOf(schedule.world, schedule.accounts, copying === "ruled");
    for (const violation of check(evidence)) invariants.breach(describeViolation(violation));
  } catch (error) {
    invariants.breach(`stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }
  const accounts = [...schedule.world.venue.accounts.values()];
  return {
    seed,
    events: invariants.events,
    orders: invariants.orders,
    denials: invariants.denials,
    fills: accounts.reduce((sum, { fills }) => sum + fills.length, 0),
    virtualSeconds: Math.round((schedule.world.clock.nowMs() - startMs) / 1_000),
    rules: Object.fromEntries([...schedule.drawn].map((rule) => [rule, 1])),
    reasons: Object.fromEntries(invariants.reasons),
    faults: schedule.world.struck.counts(),
    branches: invariants.branches.tally.counts(),
    breaches: invariants.breaches,
  };
}
