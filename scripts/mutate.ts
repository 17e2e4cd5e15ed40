/**
 * Puts each deliberate defect into the copier and runs the simulator on it: `node scripts/mutate.ts [--schedules 60]
 * [--events 200]`. Prints what noticed each; exit code 1 when one went unnoticed.
 */
import { parseArgs } from "node:util";
import { DEFECTS } from "../test/simulation/defects.ts";
import { runDefect } from "../test/simulation/run-defect.ts";

const { values } = parseArgs({
  options: { schedules: { type: "string", default: "60" }, events: { type: "string", default: "200" } },
});

let unnoticed = 0;
for (const defect of DEFECTS) {
  const found = await runDefect(defect, Number(values.schedules), Number(values.events));
  if (found === null) unnoticed += 1;
  console.log(
    found === null
      ? `UNNOTICED  ${defect.name}`
      : `seed ${found.seed}  ${defect.name}\n    ${found.breach.slice(0, 160)}`,
  );
}
console.log(`${DEFECTS.length - unnoticed} of ${DEFECTS.length} defects noticed`);
process.exitCode = unnoticed > 0 ? 1 : 0;
