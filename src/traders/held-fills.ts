/** The fills of a trader for those who go through them several times: read once where they are few, and each time where they are many. */
import type { TraderFillRecord, TraderKey, TraderStore } from "../store/trader-store.ts";

/** So many are kept while they are gone through. */
const HELD_MAX = 20_000;

type Pages = readonly (readonly TraderFillRecord[])[];

/** Gives the fills from the first on each time that it is called. */
export function heldFills(
  store: Pick<TraderStore, "fills">,
  trader: TraderKey,
): () => AsyncIterable<readonly TraderFillRecord[]> {
  let held: Pages | null = null;
  return async function* () {
    if (held !== null) return yield* held;
    const pages: (readonly TraderFillRecord[])[] = [];
    let count = 0;
    for await (const page of store.fills(trader)) {
      count += page.length;
      if (count <= HELD_MAX) pages.push(page);
      yield page;
    }
    if (count <= HELD_MAX) held = pages;
  };
}
