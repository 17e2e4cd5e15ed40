/**
 * Writes a small journal of this version for `test/journal/kept`, from a seeded simulation: `node scripts/make-journal-fixture.ts`.
 * To be run when the format changes, before the change; what earlier versions wrote stays beside it, and a test reads all.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeCheckpoint } from "../src/core/checkpoint.ts";
import { recover } from "../src/engine/recovery.ts";
import { openJournalFolder } from "../src/journal/file.ts";
import type { Journal, JournalRecord } from "../src/journal/journal.ts";
import { makeCheckpoint } from "../src/journal/make-checkpoint.ts";
import { RealDisk } from "../src/journal/real-disk.ts";
import { Replay } from "../src/journal/replay.ts";
import { listSegments } from "../src/journal/segment-name.ts";
import { SeededChance } from "../test/simulation/chance.ts";
import { MODES, type Mode } from "../test/simulation/modes.ts";
import { Schedule } from "../test/simulation/schedule.ts";
import { WireSchedule } from "../test/simulation/wire-schedule.ts";
import { WireWatch } from "../test/simulation/wire-watch.ts";
import { countOf, readArguments, refuse } from "./arguments.ts";

const HELP = `Writes a small journal of this version from a seeded simulation, for the test that later versions still read it.

  node scripts/make-journal-fixture.ts --into DIR [--kind KIND] [--seed N] [--events N]

  --into DIR   a new folder, such as test/journal/kept/0.1.0
  --kind KIND  of history: ${MODES.join(", ")} (default several-leaders); wire alone has
               equity and funding, pending orders that wait to open, broad tiers, margin modes and stops
  --seed N     of the simulation (default 7)
  --events N   how long it is (default 60)

Exit code 1 when deciding again would not give what the journal records; another seed does, then.`;

/** Few, so that a small journal has several segments. */
const SEGMENT_RECORDS = 150;

const values = readArguments(HELP, {
  into: { type: "string", default: "" },
  kind: { type: "string", default: "several-leaders" },
  seed: { type: "string", default: "7" },
  events: { type: "string", default: "60" },
});
const [folder, seed, events] = [values.into, countOf("seed", values.seed), countOf("events", values.events)];
if (folder === "" || existsSync(folder)) refuse("--into: a folder that does not exist yet is expected");

const kind = MODES.find((mode) => mode === values.kind);
if (kind === undefined) refuse(`--kind: one of ${MODES.join(", ")} is expected`);

writeJournal(lived(kind));
const steps = new Replay({ folder, against: true }).run();
let step = steps.next();
while (step.done !== true) step = steps.next();
const end = step.value;
if (end === null || end.differences > 0) {
  process.stderr.write(`${end?.differences} decisions would differ: records were lost in this history\n`);
  process.exit(1);
}
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const { last, decisions, checkpoints } = end;
const about = {
  version,
  kind,
  seed,
  records: last,
  events: end.events,
  decisions,
  checkpoints: checkpoints.exact,
};
writeFileSync(join(folder, "about.json"), `${JSON.stringify(about, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(about)}\n`);

/** What is recorded of one history, from its first record to its settled end. */
function lived(mode: Mode): readonly JournalRecord[] {
  const [chance, watch] = [new SeededChance(seed), () => {}];
  const schedule =
    mode === "wire"
      ? new WireSchedule(seed, watch, new WireWatch(watch))
      : new Schedule(seed, chance, watch, mode);
  schedule.run(events);
  schedule.settle();
  const records = [...schedule.world.journal.read(1)];
  if (schedule instanceof WireSchedule) schedule.world.close();
  return records;
}

function writeJournal(records: readonly JournalRecord[]): void {
  const { journal } = openJournalFolder(folder, { segmentRecordsMax: SEGMENT_RECORDS, reserveBytes: 0 });
  for (const [index, record] of records.entries()) {
    const next = records[index + 1];
    if (record.type === "decision") continue;
    journal.append(record.type === "event" && next?.type === "decision" ? [record, next] : [record]);
  }
  journal.append([{ type: "checkpoint", payload: stateOf(journal) }]);
  journal.close();
  const disk = new RealDisk(folder);
  for (const { first } of listSegments(disk).slice(1, 3)) makeCheckpoint(disk, first);
}

function stateOf(journal: Journal): string {
  return encodeCheckpoint(recover(journal).state);
}
