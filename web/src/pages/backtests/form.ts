/** The fields of a new backtest, by the names of the contract, and what of them is asked for. Pure. */
import type { BacktestRequest } from "../../api/types.ts";
import { type RequestField, requestErrors, requestValues, type Texts } from "../../format/request-values.ts";
import { strings } from "../../strings.ts";
import { words } from "./strings.ts";

type Field = RequestField & { readonly key: keyof BacktestRequest };

export const MAIN_FIELDS: readonly Field[] = [
  { key: "start_date", label: words.from, hint: words.utc, kind: "date", isNeeded: true },
  { key: "end_date", label: words.to, hint: words.utc, kind: "date", isNeeded: true },
  { key: "equity", label: words.equity, hint: words.equityHint, kind: "amount" },
  { key: "delay", label: words.delay, hint: words.delayHint, kind: "number", most: 86_400 },
];

export const MORE_FIELDS: readonly Field[] = [
  { key: "fee_rate", label: words.feeRate, hint: words.feeRateHint, kind: "number", most: 10 },
  {
    key: "slippage",
    label: words.slippage,
    kind: "choice",
    options: [
      { value: "", text: words.slippageUsual },
      { value: "depth", text: words.slippages.depth },
      { value: "fixed", text: words.slippages.fixed },
    ],
  },
  { key: "slippage_bps", label: words.slippageBps, hint: words.slippageBpsHint, kind: "number", most: 1_000 },
  {
    key: "order_latency",
    label: words.orderLatency,
    hint: words.orderLatencyHint,
    kind: "count",
    most: 60_000,
  },
  { key: "delay_spread", label: words.delaySpread, hint: words.delaySpreadHint, kind: "number", most: 5 },
  { key: "resamples", label: words.resamples, hint: words.resamplesHint, kind: "count", most: 100_000 },
  { key: "seed", label: words.seed, hint: words.seedHint, kind: "count", most: 2 ** 32 - 1 },
];

const FIELDS = [...MAIN_FIELDS, ...MORE_FIELDS];
const DAY_MS = 86_400_000;
const USUAL_DAYS = 60;

/** The sixty days that are over. */
export function usualTexts(nowMs: number): Texts {
  const day = (back: number) => new Date(nowMs - back * DAY_MS).toISOString().slice(0, 10);
  return { start_date: day(USUAL_DAYS), end_date: day(1) };
}

export function formErrors(texts: Texts, nowMs: number): Readonly<Record<string, string>> {
  const found = requestErrors(FIELDS, texts);
  const { start_date = "", end_date = "" } = texts;
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return {
    ...(end_date < start_date ? { end_date: strings.fields.order } : {}),
    ...(start_date > today ? { start_date: strings.fields.future } : {}),
    ...(end_date > today ? { end_date: strings.fields.future } : {}),
    ...found,
  };
}

/** `strategy` is what the others are held against. */
export function backtestRequest(texts: Texts, strategy: string, others: readonly string[]): BacktestRequest {
  const { start_date = "", end_date = "" } = texts;
  const beside = others.filter((one) => one !== strategy);
  return {
    ...requestValues(FIELDS, texts),
    start_date,
    end_date,
    strategy,
    ...(beside.length === 0 ? {} : { strategies: beside }),
  };
}
