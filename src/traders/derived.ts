/**
 * Documents that are made from a trader's fills and kept beside them. One is made anew only when the fills, what was stated with
 * them, or the version of what makes it have changed: the basis says all three.
 */
import { setImmediate } from "node:timers/promises";
import type { TraderKey, TraderRecord, TraderStore } from "../store/trader-store.ts";
import { SUMMARY_VERSION, SummaryMaker, type TraderSummary } from "./summary.ts";

/** Gives the kept document when its basis is still the same; otherwise has it made and keeps it. */
export async function derivedFrom<Document>(
  store: TraderStore,
  key: TraderKey,
  {
    name,
    basis,
    make,
  }: { readonly name: string; readonly basis: string; readonly make: () => Promise<Document> },
): Promise<Document> {
  const kept = await store.derived(key, name);
  // Written by the lines below, under the same basis.
  if (kept?.basis === basis) return JSON.parse(kept.json) as Document;
  const made = await make();
  await store.saveDerived(key, name, { basis, json: JSON.stringify(made) });
  return made;
}

/** Throws when `signal` is aborted meanwhile; nothing is kept then. */
export function traderSummary(
  store: TraderStore,
  trader: TraderRecord,
  signal?: AbortSignal,
): Promise<TraderSummary> {
  return derivedFrom(store, trader, {
    name: "summary",
    basis: `${SUMMARY_VERSION}:${trader.revision}`,
    make: async () => {
      const maker = new SummaryMaker(trader);
      for await (const page of store.fills(trader)) {
        for (const fill of page) maker.add(fill);
        await setImmediate();
        signal?.throwIfAborted();
      }
      return maker.summary();
    },
  });
}
