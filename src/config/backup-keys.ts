/** The keys of scheduled backups: how often, how many are kept, and where. What they are encrypted with is no key: see backup-values.ts. */
import { defaults } from "./defaults.ts";
import { flag, number, text, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.backup;

export function backupSection() {
  return section({
    every_hours: key(number({ min: 0.1, max: 8_760 }), {
      meaning:
        "Hours between two backups that start makes by itself; without it none are made. 24 is a good choice.",
      status: "in-force",
    }),
    keep: key(wholeNumber({ min: 1, max: 10_000 }), {
      meaning:
        "So many of the newest scheduled backups are kept; older ones are removed once a newer one was read back.",
      status: "in-force",
      default: own.keep,
    }),
    folder: key(text("the path of a folder", 1_000), {
      meaning:
        "Where they lie, relative to the configuration folder; backups in the data folder without it. Another disk is better.",
      status: "in-force",
    }),
    everything: key(flag(), {
      meaning: "Also what can be had again: market history, backtests, logs, reports.",
      status: "in-force",
      default: own.everything,
    }),
  });
}
