/**
 * Replays recorded accounts one after another, each in a world of its own, and has the independent checker judge each. What
 * stops one replay (an assertion, a journal that does not fold back) is a violation of that account; the others go on.
 */
import { join } from "node:path";
import { check, describeViolation } from "../checker/checker.ts";
import type { FaultSetup } from "./exchange-side.ts";
import { leaderScript } from "./leader-script.ts";
import { readRecordedFills } from "./recorded-fills.ts";
import { RecordedMarket } from "./recorded-market.ts";
import { type Replayed, replayTrader } from "./replay-trader.ts";
import { type Summary, SummaryMaker } from "./summary.ts";

export interface ReplaySetOptions {
  /** Holds `fills.csv.gz`. */
  readonly traders: string;
  readonly market: string;
  readonly seed: number;
  /** How many accounts; all of them when absent. */
  readonly accounts?: number;
  /** Only this account. */
  readonly only?: string;
  readonly faults?: FaultSetup;
  readonly onProgress?: (done: number, of: number, trader: string, summary: Summary) => void;
  /** Asked before each account. */
  readonly isStopped?: () => boolean;
}

export async function replaySet(options: ReplaySetOptions): Promise<Summary> {
  const recorded = readRecordedFills(join(options.traders, "fills.csv.gz"));
  const market = new RecordedMarket(options.market);
  const chosen = [...recorded].filter(([trader]) => options.only === undefined || trader === options.only);
  const some = spread(chosen, options.accounts ?? chosen.length);
  const maker = new SummaryMaker(options.seed);
  for (const [place, [trader, fills]] of some.entries()) {
    // Signals are heard between accounts.
    await new Promise((resolve) => setImmediate(resolve));
    if (options.isStopped?.() === true) break;
    const script = leaderScript(trader, fills, market);
    const seed = options.seed + place;
    try {
      const replayed = replayTrader(script, { seed, market, ...faultsOf(options) });
      maker.add(replayed, violationsOf(replayed));
    } catch (error) {
      maker.fail(script, causeOf(error));
    }
    options.onProgress?.(place + 1, some.length, trader, maker.summary);
  }
  return maker.summary;
}

function faultsOf({ faults }: ReplaySetOptions): { readonly faults?: FaultSetup } {
  return faults === undefined ? {} : { faults };
}

/** The message and the innermost places. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? error.message).split("\n").slice(0, 4).join(" ").replace(/\s+/g, " ");
}

/** Also every statement of the exchange that the copier refused to believe: all of them are true here. */
export function violationsOf({ script, complaints, evidence, tally }: Replayed): readonly string[] {
  const disbelieved = Object.entries(tally.refusals).map(
    ([what, count]) => `refused: ${what}, ${count} times`,
  );
  const found = [...complaints, ...disbelieved, ...check(evidence).map(describeViolation)];
  return found.map((violation) => `${script.trader} ${violation}`);
}

/** `count` of the items, evenly spread over the list. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (count >= items.length) return items;
  return items.filter(
    (_, place) =>
      Math.floor(((place + 1) * count) / items.length) > Math.floor((place * count) / items.length),
  );
}
