/** Appends to the journal in the folder it is given until it is killed, and reports each append once it returned. */
import { writeSync } from "node:fs";
import { openJournalFolder } from "../../src/journal/file.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("name the folder");
const { journal } = openJournalFolder(folder, { segmentBytesMax: 64 * 1024, reserveBytes: 64 * 1024 });

function appendSome(): void {
  for (let count = 0; count < 20; count += 1) {
    const next = journal.lastSequence + 1;
    const type = next % 500 === 0 ? "checkpoint" : "event";
    const first = journal.append([{ type, payload: `record ${next} ${"x".repeat(next % 700)}` }]);
    writeSync(1, `${first}\n`);
  }
  setImmediate(appendSome);
}

appendSome();
