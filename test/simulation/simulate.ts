/** Runs one seed, or a recorded history, to its end and says what was broken. */
import { check, describeViolation, leftOut } from "../checker/checker.ts";
import { SeededChance } from "./chance.ts";
import type { Copying } from "./draws.ts";
import { evidenceOf } from "./evidence.ts";
import type { Happening } from "./happenings.ts";
import { Invariants, settledBreaches } from "./invariants.ts";
import { play, type Recording, type Setting, worldOf } from "./recording.ts";
import { Schedule } from "./schedule.ts";
import type { DecisionWatcher, World } from "./world.ts";

export interface Outcome {
  readonly seed: number;
  readonly events: number;
  readonly orders: number;
  readonly denials: number;
  readonly fills: number;
  readonly virtualSeconds: number;
  /** Which rules, limits and guards were drawn (once each). */
  readonly rules: Readonly<Record<string, number>>;
  /** How often each branch of deciding was taken, by its kind and name, and each fault struck (tally.ts). */
  readonly branches: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly breaches: readonly string[];
}

export interface Simulated {
  readonly outcome: Outcome;
  /** Everything that happened. */
  readonly recording: Recording;
}

/** What is told as a recorded history runs. */
export interface Telling {
  readonly begun: (world: World) => void;
  readonly happening: (happening: Happening) => void;
  readonly decided: DecisionWatcher;
  /** After each decision, with all that is broken so far. */
  readonly judged: (breaches: readonly string[]) => void;
}

export function simulate(seed: number, events: number, copying: Copying = "one-leader"): Outcome {
  return simulateRecorded(seed, events, copying).outcome;
}

export function simulateRecorded(seed: number, events: number, copying: Copying): Simulated {
  const invariants = new Invariants((account, id) => filledAt(schedule.world, account, id));
  const schedule: Schedule = new Schedule(seed, new SeededChance(seed), invariants.afterDecision, copying);
  const outcome = judge(schedule.world, schedule.setting, invariants, () => {
    schedule.run(events);
    schedule.settle();
  });
  const rules = Object.fromEntries([...schedule.drawn].map((rule) => [rule, 1]));
  return { outcome: { ...outcome, rules }, recording: schedule.recording };
}

/** Runs what was recorded once more, or a part of it. */
export function replayRecording(recording: Recording, telling?: Telling): Outcome {
  const invariants = new Invariants((account, id) => filledAt(world, account, id));
  const world: World = worldOf(recording.setting, (event, decision, state) => {
    telling?.decided(event, decision, state);
    invariants.afterDecision(event, decision, state);
    telling?.judged(invariants.breaches);
  });
  telling?.begun(world);
  return judge(world, recording.setting, invariants, () =>
    play(world, recording, telling?.happening ?? (() => {})),
  );
}

/** How many steps of an order the venue says are filled. */
function filledAt({ venue }: World, account: string, id: string): number {
  return venue.accounts.get(account)?.byClientId.get(id)?.filledSteps ?? 0;
}

function judge(
  world: World,
  { seed, accounts, isRuled }: Setting,
  invariants: Invariants,
  run: () => void,
): Outcome {
  const startMs = world.clock.nowMs();
  try {
    run();
    for (const breach of settledBreaches(world)) invariants.breach(breach);
    const evidence = evidenceOf(world, accounts, isRuled);
    for (const violation of check(evidence)) invariants.breach(describeViolation(violation));
    const missing = leftOut(evidence);
    for (const name of missing) invariants.branches.tally.add(`judged without ${name}`);
    if (missing.length === 0) invariants.branches.tally.add("judged in-full");
    if (world.history.versions.length > 1) invariants.branches.tally.add("judged by-settings-of-the-time");
  } catch (error) {
    invariants.breach(`stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }
  const all = [...world.venue.accounts.values()];
  return {
    seed,
    events: invariants.events,
    orders: invariants.orders,
    denials: invariants.denials,
    fills: all.reduce((sum, { fills }) => sum + fills.length, 0),
    virtualSeconds: Math.round((world.clock.nowMs() - startMs) / 1_000),
    rules: {},
    branches: invariants.branches.tally.counts(),
    faults: world.struck.counts(),
    breaches: invariants.breaches,
  };
}
