/** Funding of a follower's positions by the rates of the market, where the leader's own payments are not told. */
import type { KnownPrice } from "../../analytics/equity/equity-curve.ts";
import { firstAtOrAfter } from "../../market/table.ts";
import type { CopiedLeg } from "./copied-leg.ts";
import type { MarketMoves } from "./market-moves.ts";

export class MarketFunding {
  /** Held over some time without any rate that is known. */
  readonly unknown = new Set<string>();
  readonly #moves: Pick<MarketMoves, "funding">;
  readonly #marks: { markAt(symbol: string, ms: number): KnownPrice | null };
  readonly #lookedAtMs = new Map<CopiedLeg, number>();

  constructor(
    moves: Pick<MarketMoves, "funding">,
    marks: { markAt(symbol: string, ms: number): KnownPrice | null },
  ) {
    this.#moves = moves;
    this.#marks = marks;
  }

  /** Cash (negative is paid) for what was held since the last look until `ms`, that moment included; null where nothing is due. */
  due(leg: CopiedLeg, ms: number): number | null {
    const sinceMs = this.#lookedAtMs.get(leg) ?? ms;
    this.#lookedAtMs.set(leg, ms);
    if (sinceMs === ms || leg.owned.isZero) return null;
    const rates = this.#moves.funding(leg.symbol);
    if (rates === null) {
      this.unknown.add(leg.symbol);
      return null;
    }
    const owned = leg.owned.toNumber();
    let cash = 0;
    for (let at = firstAtOrAfter(rates.atMs, sinceMs + 1); at < rates.atMs.length; at += 1) {
      const paidMs = rates.atMs[at] ?? Number.POSITIVE_INFINITY;
      if (paidMs > ms) break;
      const mark = this.#marks.markAt(leg.symbol, paidMs);
      if (mark !== null) cash -= owned * mark.price * (rates.rate[at] ?? 0);
    }
    return cash === 0 ? null : cash;
  }
}
