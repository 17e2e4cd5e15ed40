/** Fills of one trader into a store, as `copytrader traders import` takes them from a CSV. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { TraderRecord, TraderStore } from "../../src/store/trader-store.ts";
import { importFile } from "../../src/traders/import-file.ts";

/** The trader is `me` of Bybit. */
export async function takeCsv(
  store: TraderStore,
  folder: string,
  { lines, statedEquity }: { readonly lines: readonly string[]; readonly statedEquity: string | null },
): Promise<TraderRecord> {
  const path = join(folder, "fills.csv");
  writeFileSync(path, `${lines.join("\n")}\n`);
  await importFile(store, {
    path,
    format: "auto",
    trader: "me",
    venue: "bybit",
    ownFormats: [],
    statedEquity,
    dropDuplicates: false,
    rejectsFolder: join(folder, "rejected"),
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const [trader] = await store.traders();
  return trader ?? expect.fail("no trader");
}
