/** Evidence kept beside the fills that it is made from: made anew only when those, the capital, or the marks have changed. */
import { createHash } from "node:crypto";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { derivedFrom, traderSummary } from "./derived.ts";
import { EVIDENCE_VERSION, type EvidenceInput, type TraderEvidence, traderEvidence } from "./evidence.ts";
import { heldFills } from "./held-fills.ts";
import type { TraderMarks } from "./marks.ts";

type Days = "returns" | "pnl" | "dailyPeaks";
type Kept = Omit<TraderEvidence, Days> & Readonly<Record<Days, readonly number[]>>;

export interface KeptEvidenceOptions {
  readonly marks: TraderMarks;
  /** Comes before what was stated with the import; null for that. */
  readonly equity: string | null;
  /** Where somebody else goes through them, too. */
  readonly fills?: EvidenceInput["fills"];
}

/** Null for a trader without fills. */
export async function keptEvidence(
  store: TraderStore,
  trader: TraderRecord,
  options: KeptEvidenceOptions,
): Promise<TraderEvidence | null> {
  const { marks, equity, fills = heldFills(store, trader) } = options;
  const { quality } = await traderSummary(store, trader);
  const kept = await derivedFrom<Kept | null>(store, trader, {
    name: "evidence",
    basis: await evidenceBasis(store, trader, options),
    make: async () => {
      const transfers = await store.transfers(trader);
      const evidence = await traderEvidence({ trader, fills, marks, equity, quality, transfers });
      if (evidence === null) return null;
      const { returns, pnl, dailyPeaks } = evidence;
      return { ...evidence, returns: [...returns], pnl: [...pnl], dailyPeaks: [...dailyPeaks] };
    },
  });
  if (kept === null) return null;
  const [returns, pnl] = [Float64Array.from(kept.returns), Float64Array.from(kept.pnl)];
  return { ...kept, returns, pnl, dailyPeaks: Float64Array.from(kept.dailyPeaks) };
}

/** Says of everything that the evidence is made from which one it is. */
export async function evidenceBasis(
  store: TraderStore,
  trader: TraderRecord,
  { marks, equity }: Pick<KeptEvidenceOptions, "marks" | "equity">,
): Promise<string> {
  const { symbols } = await traderSummary(store, trader);
  const marked = createHash("sha256").update(marks.basis(symbols)).digest("hex").slice(0, 16);
  return `${EVIDENCE_VERSION}:${trader.revision}:${equity ?? "-"}:${marked}`;
}
