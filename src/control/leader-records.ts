/** The records of some traders out of the trader store, for figures of who is copied; none is made where there is no store yet. */
import { existsSync } from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";
import type { TraderKey } from "../store/trader-store.ts";
import type { TraderEvidence } from "../traders/evidence.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import type { TraderMarks } from "../traders/marks.ts";
import { marksFor, withTraderStore } from "./traders.ts";

export interface LeaderRecord {
  readonly evidence: TraderEvidence;
  /** Of its venue. */
  readonly marks: TraderMarks;
}

/** What `read` makes of each, in the order of the traders; of null where there is no record. */
export async function fromRecords<Found>(
  dataFolder: string,
  traders: readonly TraderKey[],
  read: (record: LeaderRecord | null, trader: TraderKey) => Found,
): Promise<readonly Found[]> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) return traders.map((trader) => read(null, trader));
  return withTraderStore(dataFolder, async (store) => {
    const all = await store.traders();
    const records = traders.map((key) =>
      all.find(({ venue, trader }) => venue === key.venue && trader === key.trader),
    );
    const marksOf = await marksFor(
      dataFolder,
      store,
      records.filter((one) => one !== undefined),
    );
    const found: Found[] = [];
    for (const [at, trader] of traders.entries()) {
      const record = records[at];
      const marks = record === undefined ? null : marksOf(record.venue);
      const evidence =
        record === undefined || marks === null
          ? null
          : await keptEvidence(store, record, { marks, equity: null });
      found.push(read(evidence === null || marks === null ? null : { evidence, marks }, trader));
    }
    return found;
  });
}
