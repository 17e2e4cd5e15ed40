/** Sums over histories, added in the order of their seeds, so that they are the same however many threads ran them. */
import type { Question } from "../../src/core/decision.ts";
import { GUARDS } from "../../src/core/guard/stop.ts";
import type { OrderPurpose } from "../../src/core/order.ts";
import { REASONS } from "../../src/core/reason.ts";
import type { Mode } from "../../test/simulation/modes.ts";
import type { Outcome } from "../../test/simulation/simulate.ts";
import { Tally } from "../../test/simulation/tally.ts";

export class Totals {
  schedules = 0;
  events = 0;
  orders = 0;
  denials = 0;
  fills = 0;
  virtualSeconds = 0;
  readonly modes = new Tally();
  readonly rules = new Tally();
  readonly faults = new Tally();
  readonly branches = new Tally();

  add(mode: Mode, outcome: Outcome): void {
    this.schedules += 1;
    this.events += outcome.events;
    this.orders += outcome.orders;
    this.denials += outcome.denials;
    this.fills += outcome.fills;
    this.virtualSeconds += outcome.virtualSeconds;
    this.modes.add(mode);
    for (const name of ["rules", "faults", "branches"] as const)
      for (const [what, count] of Object.entries(outcome[name])) this[name].add(what, count);
  }
}

const PURPOSES: Readonly<Record<OrderPurpose, true>> = {
  rebalance: true,
  close: true,
  "entry-rest": true,
  "take-profit": true,
  stop: true,
  "rested-exit": true,
  slice: true,
  "pending-entry": true,
};

const QUESTIONS: Readonly<Record<Question["kind"], true>> = {
  "look-up": true,
  "describe-market": true,
  "set-leverage": true,
  "set-margin-mode": true,
  snapshot: true,
};

/** Every member of the closed lists that a branch can be named after. */
const CLOSED_LISTS: Readonly<Record<string, readonly string[]>> = {
  reason: Object.keys(REASONS),
  order: Object.keys(PURPOSES),
  question: Object.keys(QUESTIONS),
  stop: GUARDS.filter((guard) => guard !== "panic"),
};

/** A line for each kind of branch: how often each was taken, and which of a closed list never was. */
export function branchLines(branches: Readonly<Record<string, number>>): readonly string[] {
  const byKind = new Map<string, Map<string, number>>();
  for (const [branch, count] of Object.entries(branches)) {
    const [kind = "", ...rest] = branch.split(" ");
    const taken = byKind.get(kind) ?? new Map<string, number>();
    byKind.set(kind, taken.set(rest.join(" "), count));
  }
  return [...byKind].map(([kind, taken]) => {
    const missing = (CLOSED_LISTS[kind] ?? []).filter(
      (name) => ![...taken.keys()].some((one) => one === name || one.startsWith(`${name} `)),
    );
    const never = missing.length === 0 ? "" : `; never: ${missing.join(", ")}`;
    return `  ${kind}: ${countsText(Object.fromEntries(taken))}${never}`;
  });
}

/** `name count, name count`; a thing without a name of its own is only its count. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`.trim());
  return parts.length === 0 ? "none" : parts.join(", ");
}
