/**
 * Runs every interleaving of one small history against the copier: `npm run explore -- --faults 2 --deaths 1 [--followers 1|2]
 * [--minutes N] [--threads N] [--json]`. Exit code 1 when something is violated, with the shortest way to it as a story; 3 when the minutes
 * were over before everything was seen.
 */
import { explore } from "../test/exploration/explore.ts";
import { SCRIPT } from "../test/exploration/world.ts";
import { countOf, readArguments, wholeOf } from "./arguments.ts";

const HELP = `Runs every interleaving of one small history against the copier: a leader opens, closes a part, flips and closes.

  npm run explore -- [--faults N] [--deaths N] [--followers N] [--steps N] [--minutes N] [--threads N] [--folder DIR] [--json]

  --faults N      how many things may go wrong on one path (default 1): 0 to 9
  --deaths N      how often the process may die and start again (default 0): 0 to 3
  --followers N   who copies the leader (default 1): 1 or 2
  --steps N       how many of the leader's steps are made (default 4): 1 to 4
  --minutes N     ends after so long (default: when everything was seen)
  --threads N     how many threads work on it (default 2): 1 to 64
  --millions N    room for so many million states (default 40), at some 30 bytes each: 1 to 1000
  --folder DIR    keeps there what was not seen to its end, and goes on from it the next time
  --unreduced     goes through every order of things, also of those that come to the same
  --json          one JSON object on standard output

Exit code 1 when something was violated: the shortest way to it is told. 3 when not everything was seen, 130 after Ctrl-C.`;

const NOT_ALL_SEEN = 3;
const INTERRUPTED = 130;

const values = readArguments(HELP, {
  faults: { type: "string", default: "1" },
  deaths: { type: "string", default: "0" },
  followers: { type: "string", default: "1" },
  steps: { type: "string", default: "4" },
  minutes: { type: "string" },
  threads: { type: "string", default: "2" },
  millions: { type: "string", default: "40" },
  folder: { type: "string" },
  unreduced: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
});
const scope = {
  faults: wholeOf("faults", values.faults, { least: 0, most: 9 }),
  deaths: wholeOf("deaths", values.deaths, { least: 0, most: 3 }),
  followers: wholeOf("followers", values.followers, { least: 1, most: 2 }),
  steps: wholeOf("steps", values.steps, { least: 1, most: SCRIPT.length }),
  isReduced: !values.unreduced,
  minutesMax: values.minutes === undefined ? null : countOf("minutes", values.minutes),
  threads: wholeOf("threads", values.threads, { least: 1, most: 64 }),
  statesMax: wholeOf("millions", values.millions, { least: 1, most: 1_000 }) * 1_000_000,
  folder: values.folder ?? null,
};
const found = await explore(scope, {
  onStart: (stop) => process.once("SIGINT", stop),
  onProgress: ({ states, waiting, depth }) =>
    process.stderr.write(`${states} states, ${waiting} on the edge, ${depth} moves deep\n`),
});
if (values.json) console.log(JSON.stringify({ ...scope, ...found }));
else {
  const { violation, ...numbers } = found;
  if (violation !== null) console.log(`${violation.story.join("\n")}\n\nVIOLATED: ${violation.breach}\n`);
  console.log({ ...numbers, violations: violation === null ? 0 : 1 });
}
if (found.violation !== null) process.exitCode = 1;
else if (found.ended === "stopped") process.exitCode = INTERRUPTED;
else if (!found.exhausted) process.exitCode = NOT_ALL_SEEN;
