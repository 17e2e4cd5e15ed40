/** Sums over histories, added in the order of their seeds, so that they are the same however many threads ran them. */
import { MODEL_FAULTS, neverOf, WIRE_FAULTS } from "../../test/simulation/closed-lists.ts";
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

  /** What could have been reached and was not, by kind. */
  never(): Readonly<Record<string, readonly string[]>> {
    const { wire = 0 } = this.modes.counts();
    const possible = [...(wire < this.schedules ? MODEL_FAULTS : []), ...(wire > 0 ? WIRE_FAULTS : [])];
    return neverOf(this.branches.counts(), {
      struck: this.faults.counts(),
      possible: [...new Set(possible)],
    });
  }
}

/** A line for each kind of branch: how often each was taken, and which of a closed list never was. */
export function branchLines(
  branches: Readonly<Record<string, number>>,
  never: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const byKind = new Map<string, Map<string, number>>();
  for (const [branch, count] of Object.entries(branches)) {
    const [kind = "", ...rest] = branch.split(" ");
    const taken = byKind.get(kind) ?? new Map<string, number>();
    byKind.set(kind, taken.set(rest.join(" "), count));
  }
  const kinds = [...new Set([...byKind.keys(), ...Object.keys(never)])].filter((kind) => kind !== "fault");
  return kinds.map((kind) => {
    const taken = Object.fromEntries(byKind.get(kind) ?? []);
    return `  ${kind}: ${countsText(taken)}${neverText(never[kind])}`;
  });
}

export function neverText(names: readonly string[] = []): string {
  return names.length === 0 ? "" : `; never: ${names.join(", ")}`;
}

/** `name count, name count`; a thing without a name of its own is only its count. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`.trim());
  return parts.length === 0 ? "none" : parts.join(", ");
}
