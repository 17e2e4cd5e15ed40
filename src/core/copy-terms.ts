/**
 * What follows from an allocation for one of its copies, worked out when the allocation or an instrument changes, so that an
 * event asks the copy itself. Derived, and so no part of a checkpoint.
 */
import { leverageHundredths } from "./holding.ts";
import type { Instrument } from "./model/instrument.ts";
import { leverageMaxFor } from "./overrides.ts";
import { type Allocation, plainAllocation } from "./settings.ts";
import { sizingTerms } from "./sizing/sizing.ts";
import type { Copy } from "./state.ts";

export function copyTerms(
  allocation: Allocation,
  leader: Instrument,
  follower: Instrument,
): Pick<Copy, "rule" | "ratio" | "isPlain" | "leverageMaxHundredths"> {
  return {
    ...sizingTerms(allocation, leader, follower),
    isPlain: isPlain(allocation),
    leverageMaxHundredths: leverageHundredths(leverageMaxFor(allocation, leader.spec.symbol)),
  };
}

/** What is asked of every copy, whatever it says; or only while settings are put in force. */
const ALWAYS_ASKED: ReadonlySet<string> = new Set<keyof Allocation>([
  "id",
  "leader",
  "follower",
  "sizing",
  "positionScaling",
  "minimumPolicy",
  "symbols",
  "symbolsWithin",
  "symbolsDenied",
  "symbolMap",
  "proposalExpiresMs",
  "onRunaway",
  "restMs",
  "exitRestMs",
  "startMode",
  "stopMode",
  "leverage",
  "leverageMax",
  "guards",
]);

/** A setting that nobody named above makes a copy not plain as soon as it says anything. */
function isPlain(allocation: Allocation): boolean {
  const nothing: Record<string, unknown> = { ...plainAllocation(allocation.leader, allocation.follower) };
  return Object.entries(allocation).every(
    ([name, value]) => ALWAYS_ASKED.has(name) || JSON.stringify(value) === JSON.stringify(nothing[name]),
  );
}
