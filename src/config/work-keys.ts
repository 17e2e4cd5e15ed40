/** The settings of an allocation that say which large changes are worked, and what they come to for the core. */
import type { Allocation } from "../core/settings.ts";
import { intervalMs } from "../core/slicing/terms.ts";
import { defaults } from "./defaults.ts";
import type { EffectiveAllocation } from "./effective.ts";
import type { EntryProblem } from "./entry-rules.ts";
import { decimal, decimalText, flag, inMs, number, wholeNumber } from "./forms.ts";
import { key } from "./key-facts.ts";

const own = defaults.allocation;

/** Keys without a default: absent means that nothing is worked, and that a slice rests until the next is due. */
export type UnsetWorkKey = "work_above" | "work_cross_seconds";

export function workKeys() {
  return {
    work_above: key(decimal({ above: 0, max: 1_000_000_000_000 }), {
      meaning:
        "USDT. An increase worth more than this is worked: cut into work_slices over work_seconds, each resting as a maker at the best price of its side and then crossing. Without it: everything goes at once.",
      status: "in-force",
    }),
    work_slices: key(wholeNumber({ min: 1, max: 100 }), {
      meaning: "In how many slices a change above work_above is worked.",
      status: "in-force",
      default: own.work_slices,
    }),
    work_seconds: key(number({ min: 1, max: 86_400 }), {
      meaning: "Seconds over which the slices are spread evenly.",
      status: "in-force",
      default: own.work_seconds,
    }),
    work_chase: key(flag(), {
      meaning: "Whether a slice that rests follows the best price of its side when that moves away from it.",
      status: "in-force",
      default: own.work_chase,
    }),
    work_cross_seconds: key(number({ min: 0, max: 86_400 }), {
      meaning:
        "Seconds that a slice rests before what is left of it crosses; 0 rests nothing. Without it: until the next slice is due.",
      status: "in-force",
    }),
    work_exits: key(flag(), {
      meaning:
        "Whether reductions that follow the leader are worked, too. Stops, guards, closes and the kill switch never wait.",
      status: "in-force",
      default: own.work_exits,
    }),
  };
}

export function workSettings(values: EffectiveAllocation): Pick<Allocation, "work"> {
  const { work_above: above, work_cross_seconds: cross } = values;
  if (above.value === null) return { work: null };
  return {
    work: {
      above: decimalText(above.value),
      slices: values.work_slices.value,
      overMs: inMs(values.work_seconds.value),
      chase: values.work_chase.value,
      crossAfterMs: cross.value === null ? null : inMs(cross.value),
      exits: values.work_exits.value,
    },
  };
}

/** What of these settings has no effect, or contradicts another. */
export function workProblems(values: EffectiveAllocation): readonly EntryProblem[] {
  const { work_above: above, work_exits: exits } = values;
  if (above.value !== null) return tooFast(values);
  const message = `is true (from ${exits.source}), which has no effect without work_above`;
  return exits.value ? [{ key: "work_exits", message }] : [];
}

/** Slices follow one another in not less than a second, and one is over when the next begins. */
function tooFast(values: EffectiveAllocation): readonly EntryProblem[] {
  const { work_slices: slices, work_seconds: over, work_cross_seconds: cross } = values;
  const everyMs = intervalMs({ overMs: inMs(over.value), slices: slices.value });
  const spread = `work_seconds ${over.value} (from ${over.source}) for ${slices.value} slices`;
  if (everyMs < 1_000)
    return [
      {
        key: "work_slices",
        message: `is ${slices.value} (from ${slices.source}): ${spread} leave less than a second for each; at most ${Math.floor(over.value)} slices are possible`,
      },
    ];
  if (cross.value === null || inMs(cross.value) <= everyMs) return [];
  return [
    {
      key: "work_cross_seconds",
      message: `is ${cross.value} (from ${cross.source}), above the ${everyMs / 1_000} seconds from one slice to the next (${spread}): state at most that`,
    },
  ];
}
