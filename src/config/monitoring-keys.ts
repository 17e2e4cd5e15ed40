/** The keys of monitoring: how often leaders and watched traders are scored anew, what is asked of them, and what is done then. */
import { z } from "zod";
import { defaults, findingActions } from "./defaults.ts";
import { choice, nickname, number, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.monitoring;
const WATCHED_MAX = 200;
const REPLACEMENTS_MAX = 100;
const WATCHED = /^[a-z0-9-]{1,30}:[\w.-]{1,100}$/i;

export function monitoringSection() {
  return section({
    interval_hours: key(number({ min: 0, max: 500 }), {
      meaning:
        "Hours between two looks at the records of leaders and watched traders; 0 looks never, so that nothing is measured and nothing found.",
      status: "in-force",
      default: own.intervalHours,
    }),
    watch: key(watched(), {
      meaning:
        "Traders that are looked at without being copied, as venue:trader. Those of hyperliquid and okx are fetched before each look.",
      status: "in-force",
    }),
    on_failed_filter: key(choice(findingActions), {
      meaning: "What is done where a leader fails a filter of trader_selection or traders.",
      status: "in-force",
      default: own.onFailedFilter,
    }),
    on_style_change: key(choice(findingActions), {
      meaning: "What is done where a leader trades in another style than before.",
      status: "in-force",
      default: own.onStyleChange,
    }),
    on_decay: key(choice(findingActions), {
      meaning: "What is done where a leader's days have become worse than its record was.",
      status: "in-force",
      default: own.onDecay,
    }),
    on_correlation: key(choice(findingActions), {
      meaning:
        "What is done with the less proven of two leaders of one follower that surely correlate above the limit.",
      status: "in-force",
      default: own.onCorrelation,
    }),
    on_lock_step: key(choice(findingActions), {
      meaning:
        "What is done with the less proven of two leaders of one follower that trade as one, in the same seconds.",
      status: "in-force",
      default: own.onLockStep,
    }),
    replacements: key(replacements(), {
      meaning:
        "Leaders that may take the place of one that is replaced: the one with the best fresh score of which nothing speaks against. Without it those of the relation's stop_loss.",
      status: "in-force",
    }),
    correlation_limit: key(number({ min: 0, max: 1 }), {
      meaning:
        "The limit of on_correlation for followers without a correlation_limit of their own; 1 is off.",
      status: "in-force",
      default: own.correlationLimit,
    }),
    decay_window_days: key(wholeNumber({ min: 20, max: 365 }), {
      meaning: "How many of the newest days are held against the record before them.",
      status: "in-force",
      default: own.decayWindowDays,
    }),
    decay_false_alarms: key(number({ above: 0, max: 0.5 }), {
      meaning:
        "Share of leaders that would be doubted by on_decay within a year although they go on as before: 0.05 is one in twenty.",
      status: "in-force",
      default: own.decayFalseAlarms,
    }),
  });
}

function watched() {
  const one = {
    error: 'must be venue:trader, such as "hyperliquid:0x5e9ee1089755c3435139848e47e6635505d5a13a"',
  };
  const all = { error: `must be a list of at most ${WATCHED_MAX} traders, each venue:trader` };
  return z.array(z.string(one).regex(WATCHED, one), all).max(WATCHED_MAX, all);
}

function replacements() {
  const all = { error: "must be a list of leaders, such as [alice, bob]" };
  return z.array(nickname(), all).max(REPLACEMENTS_MAX, all);
}
