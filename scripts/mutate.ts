/**
 * Puts each deliberate defect into the copier and runs the simulator on it: `node scripts/mutate.ts [--schedules 60]
 * [--events 200]`. Prints what noticed each; exit code 1 when one went unnoticed.
 */
import { DEFECTS } from "../test/simulation/defects.ts";
import { runDefect } from "../test/simulation/run-defect.ts";
import { countOf, readArguments } from "./arguments.ts";

const HELP = `Puts each deliberate defect into the copier and runs the simulator on it.

  npm run mutate -- [--schedules N] [--events N]

  --schedules N   histories that may notice a defect (default 60)
  --events N      how long each is (default 200)

Exit code 1 when a defect went unnoticed.`;

const values = readArguments(HELP, {
  schedules: { type: "string", default: "60" },
  events: { type: "string", default: "200" },
});
const schedules = countOf("schedules", values.schedules);
const events = countOf("events", values.events);

let unnoticed = 0;
for (const defect of DEFECTS) {
  const found = await runDefect(defect, schedules, events);
  if (found === null) unnoticed += 1;
  console.log(
    found === null
      ? `UNNOTICED  ${defect.name}`
      : `seed ${found.seed}  ${defect.name}\n    ${found.breach.slice(0, 160)}`,
  );
}
console.log(`${DEFECTS.length - unnoticed} of ${DEFECTS.length} defects noticed`);
process.exitCode = unnoticed > 0 ? 1 : 0;
