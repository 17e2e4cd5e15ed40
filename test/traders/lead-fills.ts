/** The recorded Binance leads, read by the program's own reader: by account, in the file's order. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { TraderFillRecord } from "../../src/store/trader-store.ts";
import type { ImportItem } from "../../src/traders/formats/format.ts";
import { openFormat } from "../../src/traders/formats/formats.ts";
import { sharedPath } from "../shared.ts";

export const LEADS_FOLDER = "data/traders/binance_copy";

/** Everything that a file's reader tells. */
export function itemsOf(path: string): readonly ImportItem[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const items: ImportItem[] = [];
  const { reader } = openFormat("auto", {
    head: text.slice(0, 65_536),
    trader: "file",
    venue: "other",
    emit: (item) => items.push(item),
  });
  reader.push(text);
  reader.end();
  return items;
}

export function leadFills(): ReadonlyMap<string, readonly TraderFillRecord[]> {
  const fills = new Map<string, TraderFillRecord[]>();
  for (const item of itemsOf(sharedPath(`${LEADS_FOLDER}/fills.csv.gz`))) {
    if (item.kind !== "fill") throw new Error(`not a fill: ${JSON.stringify(item)}`);
    const known = fills.get(item.key.trader);
    if (known === undefined) fills.set(item.key.trader, [item.fill]);
    else known.push(item.fill);
  }
  return fills;
}

/** The first of each row, as the golden values count duplicates: equal in every column. */
export function withoutDuplicates(fills: readonly TraderFillRecord[]): readonly TraderFillRecord[] {
  const seen = new Set<string>();
  return fills.filter((fill) => {
    const text = JSON.stringify(fill);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}
