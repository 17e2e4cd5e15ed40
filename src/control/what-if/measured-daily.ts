/** What a leader's positions risk by its record up to each day of a what-if, for limits of the portfolio's risk. */
import { knownNow } from "../../backtest/backtest.ts";
import type { RecordedLeaders } from "../../backtest/history.ts";
import type { TraderStore } from "../../store/trader-store.ts";
import type { CopySources } from "../../traders/copying/follower-net.ts";
import { remembered } from "../../traders/remembered.ts";
import { KnownTraders } from "../backtest/known-traders.ts";
import type { LivesParts } from "./engine-lives.ts";
import type { WhatIfRequest } from "./report.ts";

/** By the days of its record that were over, as a backtest and monitoring measure it; kept for all lives. */
export function measuredDaily({
  store,
  recorded,
  request,
  sources,
}: {
  readonly store: Pick<TraderStore, "fills">;
  readonly recorded: RecordedLeaders;
  readonly request: Pick<WhatIfRequest, "equity" | "delay" | "feeRate"> & {
    readonly terms: Pick<WhatIfRequest["terms"], "benchmark">;
  };
  readonly sources: CopySources;
}): NonNullable<LivesParts["measuredAt"]> {
  const known = new KnownTraders({
    store,
    recorded,
    sourcesOf: () => sources,
    styles: null,
    equity: request.equity,
    delayMs: request.delay.medianMs,
    feeRate: request.feeRate,
    filters: [],
    benchmark: request.terms.benchmark,
    measuresRisk: true,
  });
  const at = remembered(async (ms) => knownNow(await known.at(Number(ms)), Number(ms)));
  return (ms) => at(String(ms));
}
