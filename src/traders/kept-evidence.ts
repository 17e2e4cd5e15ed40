/** Evidence kept beside the fills that it is made from: made anew only when those, the capital, or the marks have changed. */
import { createHash } from "node:crypto";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { derivedFrom, traderSummary } from "./derived.ts";
import { EVIDENCE_VERSION, type TraderEvidence, traderEvidence } from "./evidence.ts";
import type { TraderMarks } from "./marks.ts";

type Kept = Omit<TraderEvidence, "returns" | "pnl"> & {
  readonly returns: readonly number[];
  readonly pnl: readonly number[];
};

/** Null for a trader without fills. `equity` comes before what was stated with the import. */
export async function keptEvidence(
  store: TraderStore,
  trader: TraderRecord,
  { marks, equity }: { readonly marks: TraderMarks; readonly equity: string | null },
): Promise<TraderEvidence | null> {
  const { symbols, quality } = await traderSummary(store, trader);
  const marked = createHash("sha256").update(marks.basis(symbols)).digest("hex").slice(0, 16);
  const kept = await derivedFrom<Kept | null>(store, trader, {
    name: "evidence",
    basis: `${EVIDENCE_VERSION}:${trader.revision}:${equity ?? "-"}:${marked}`,
    make: async () => {
      const evidence = await traderEvidence({
        trader,
        fills: () => store.fills(trader),
        marks,
        equity,
        quality,
      });
      return evidence === null
        ? null
        : { ...evidence, returns: [...evidence.returns], pnl: [...evidence.pnl] };
    },
  });
  if (kept === null) return null;
  return { ...kept, returns: Float64Array.from(kept.returns), pnl: Float64Array.from(kept.pnl) };
}
