/** The keys of logs: what is written, how large a file grows, and how long it is kept. */
import { defaults, logLevels } from "./defaults.ts";
import { choice, number, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.logging;

export function loggingSection() {
  return section({
    level: key(choice(logLevels), {
      meaning: "Least important messages that are still written. LOG_LEVEL and DEBUG_MODE come before it.",
      status: "in-force",
      default: own.level,
    }),
    file_megabytes: key(number({ min: 0.1, max: 1_000 }), {
      meaning:
        "A log file that would be larger is closed and compressed, and a new one begun; so is one whose day (UTC) is over.",
      status: "in-force",
      default: own.fileMegabytes,
    }),
    keep_days: key(number({ min: 1, max: 3_650 }), {
      meaning: "Days for which closed log files are kept.",
      status: "in-force",
      default: own.keepDays,
    }),
    max_megabytes: key(wholeNumber({ min: 10, max: 1e6 }), {
      meaning: "What all log files may take on the disk: past it the oldest go before their days are over.",
      status: "in-force",
      default: own.maxMegabytes,
    }),
  });
}
