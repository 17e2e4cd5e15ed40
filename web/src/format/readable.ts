/** Sentences of the engine for people: moments on the reader's clock, numbers not longer than anybody reads. */
import { decimalText } from "./decimal.ts";
import { momentText } from "./time.ts";

const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const LONG = /(?<![\w.])-?\d+\.\d{5,}(?![\w.])/g;
const PLACES = 4;

/** `loss 221.65963874, until 2026-11-21T18:46:55.688Z` -> `loss 221.6596, until 18:46:55` */
export function readableText(text: string, nowMs: number): string {
  return text
    .replace(MOMENT, (moment) => momentText(Date.parse(moment), nowMs))
    .replace(LONG, (number) => decimalText(number, { places: PLACES }));
}
