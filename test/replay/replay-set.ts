/**
 * Replays recorded accounts one after another, or groups of them at once, each in a world of its own, and has the independent
 * checker judge each. What
 * stops one replay (an assertion, a journal that does not fold back) is a violation of that account; the others go on.
 */
import { join } from "node:path";
import type { SizingKind } from "../../src/core/settings.ts";
import { check, describeViolation } from "../checker/checker.ts";
import type { FaultSetup } from "./exchange-side.ts";
import { type FollowerSetup, followersOf, sharedFollowersOf } from "./followers.ts";
import { leaderScript } from "./leader-script.ts";
import { type RecordedFill, readRecordedFills } from "./recorded-fills.ts";
import { RecordedMarket } from "./recorded-market.ts";
import { type Replayed, replayStage } from "./replay-trader.ts";
import { type Stage, stageOf, titleOf } from "./stage.ts";
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
  /** So many leaders at once on each follower (default 1); what is left over at the end is a smaller group. */
  readonly leadersPerFollower?: number;
  /** Only this rule. */
  readonly sizing?: SizingKind;
  readonly onProgress?: (done: number, of: number, trader: string, summary: Summary) => void;
  /** Asked before each account. */
  readonly isStopped?: () => boolean;
}

export async function replaySet(options: ReplaySetOptions): Promise<Summary> {
  const recorded = readRecordedFills(join(options.traders, "fills.csv.gz"));
  const market = new RecordedMarket(options.market);
  const chosen = [...recorded].filter(([trader]) => options.only === undefined || trader === options.only);
  const some = spread(chosen, options.accounts ?? chosen.length);
  const groups = grouped(some, options.leadersPerFollower ?? 1);
  const maker = new SummaryMaker(options.seed);
  let done = 0;
  for (const [place, group] of groups.entries()) {
    // Signals are heard between groups.
    await new Promise((resolve) => setImmediate(resolve));
    if (options.isStopped?.() === true) break;
    const stage = stageOf(group.map(([trader, fills]) => leaderScript(trader, fills, market)));
    const seed = options.seed + place;
    try {
      const followers = castOf(stage, seed, options);
      const replayed = replayStage(stage, { seed, market, followers, ...faultsOf(options) });
      maker.add(replayed, violationsOf(replayed));
    } catch (error) {
      maker.fail(stage, causeOf(error));
    }
    done += group.length;
    options.onProgress?.(done, some.length, titleOf(stage), maker.summary);
  }
  return maker.summary;
}

type Recorded = readonly [trader: string, fills: readonly RecordedFill[]];

/** Those whose records end at about the same time together, so that they meet in the same markets. */
function grouped(accounts: readonly Recorded[], size: number): readonly (readonly Recorded[])[] {
  if (size === 1) return accounts.map((one) => [one]);
  const endOf = ([, fills]: Recorded): number => fills.at(-1)?.timeMs ?? 0;
  const sorted = [...accounts].sort((left, right) => endOf(left) - endOf(right));
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, at) =>
    sorted.slice(at * size, (at + 1) * size),
  );
}

function castOf(
  stage: Stage,
  seed: number,
  { sizing, leadersPerFollower = 1 }: ReplaySetOptions,
): readonly FollowerSetup[] {
  if (leadersPerFollower === 1) return followersOf(seed, sizing);
  return sharedFollowersOf(
    stage.leaders.map(({ account }) => account),
    sizing,
  );
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
export function violationsOf({ stage, complaints, evidence, tally }: Replayed): readonly string[] {
  const disbelieved = Object.entries(tally.refusals).map(
    ([what, count]) => `refused: ${what}, ${count} times`,
  );
  const found = [...complaints, ...disbelieved, ...check(evidence).map(describeViolation)];
  return found.map((violation) => `${titleOf(stage)} ${violation}`);
}

/** `count` of the items, evenly spread over the list. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (count >= items.length) return items;
  return items.filter(
    (_, place) =>
      Math.floor(((place + 1) * count) / items.length) > Math.floor((place * count) / items.length),
  );
}
