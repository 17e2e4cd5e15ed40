/**
 * Protections judged before they are used: recorded history through the same engine with and without each one of them, everything else,
 * delays and seeds the same, and what the difference is worth.
 */
import { copyNamed, WHOLE_MOVES } from "../../backtest/copy-named.ts";
import type { Resampling } from "../../backtest/report.ts";
import type { Strike, StruckPosition } from "../../backtest/strikes.ts";
import { type GuardTerms, meantText } from "../../config.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { AccountId } from "../../core/model/identifiers.ts";
import type { BacktestStrategy } from "../backtest/backtest.ts";
import type { BacktestBasis } from "../backtest/basis.ts";
import { type Past, type PastRequest, withPast } from "../backtest/past.ts";
import type { SourceReading } from "../backtest/sources.ts";
import { TradersError } from "../traders.ts";
import { type Afterwards, afterwardsOf } from "./afterwards.ts";
import { laddersOf } from "./ladder.ts";
import { type CopiedSubject, guardsKey, type ProtectedRun, protectedRun } from "./protected-run.ts";
import type { Ladder, LadderQuestion, ProtectionName, Rung } from "./rung.ts";
import {
  adjustedChances,
  type Difference,
  differenceOf,
  type ProtectionVerdict,
  verdictOf,
} from "./verdict.ts";

export { PROTECTIONS, type ProtectionName } from "./rung.ts";
export type { ProtectionVerdict } from "./verdict.ts";

export interface ProtectionsRequest extends PastRequest, Resampling {
  /** Leaders by name, in equal parts; or whom a strategy chooses. */
  readonly copied: readonly string[] | BacktestStrategy;
  readonly only: readonly ProtectionName[];
  readonly asked: LadderQuestion["asked"];
}

export interface ProtectionsProgress extends SourceReading {
  /** So many runs are done; `atMs` is how far the next one has come, null where one was just finished, or was before. */
  onRun(done: number, of: number, atMs: number | null): void;
}

export type RunFigures = Pick<
  ProtectedRun,
  "equityTo" | "equity" | "maxDrawdown" | "cvar95" | "happenings" | "doubts"
>;

export interface JudgedStrike extends Omit<Strike, "positions"> {
  readonly positions: readonly (StruckPosition & { readonly afterwards: Afterwards | null })[];
}

export interface JudgedRung extends Difference {
  readonly label: Rung["label"];
  readonly rule: string;
  /** `chance` for as many questions as were asked. */
  readonly adjustedChance: number | null;
  readonly verdict: ProtectionVerdict;
  readonly with: RunFigures;
  /** How often it struck, and the first of these strikes. */
  readonly struck: number;
  readonly strikes: readonly JudgedStrike[];
  /** What all that was cut would have brought in, left alone, where that is known; decimal text. */
  readonly leftAlone: string | null;
}

export interface JudgedProtection extends Pick<Ladder, "protection" | "key" | "inUse" | "source"> {
  readonly without: RunFigures;
  readonly rungs: readonly JudgedRung[];
}

/** So many strikes of each rung are told one by one. */
const STRIKES_TOLD_MAX = 1_000;

export interface ProtectionsReport
  extends Pick<PastRequest, "range" | "equity" | "delay" | "orderLatencyMs" | "slippage" | "feeRates"> {
  readonly copied: string;
  readonly basis: BacktestBasis;
  readonly days: readonly string[];
  /** How many differences were asked about. */
  readonly comparisons: number;
  /** As everything is configured. */
  readonly configured: RunFigures;
  readonly protections: readonly JudgedProtection[];
}

/** Throws a TradersError where there is nothing to go through or nothing to compare, and the reason of `stop` when it is stopped. */
export async function protections(
  dataFolder: string,
  request: ProtectionsRequest,
  progress: ProtectionsProgress,
): Promise<ProtectionsReport> {
  return withPast(dataFolder, request, progress, async (past) => {
    const subject = subjectOf(past, request);
    const { guards: configured } = request.terms;
    const { equity, asked } = request;
    const ladders = laddersOf({ configured, equity, others: othersIn(past, request), asked }, request.only);
    if (ladders.length === 0)
      throw new TradersError(
        "bad-request",
        "--try: none of these settings is one of a protection that is looked at",
      );
    const alone = (guards: GuardTerms): WantedRun => ({ guards, strikesAfter: null, guard: null });
    const wanted = ladders.flatMap(({ without, rungs, guard }) => [
      alone(without),
      ...rungs.map(({ guards, strikesAfter }) => ({ guards, strikesAfter, guard })),
    ]);
    const runs = await runAll(dataFolder, {
      past,
      subject,
      progress,
      wanted: [alone(configured), ...wanted],
    });
    return reportOf(past, request, ladders, (guards) => runOf(runs, guards));
  });
}

function subjectOf({ recorded }: Past, { copied }: ProtectionsRequest): CopiedSubject {
  if ("strategy" in copied) {
    const { strategy, options } = copied;
    return { strategy, key: `${strategy.name} ${JSON.stringify(options)}`, keepsStandIns: false };
  }
  const known = recorded.leaders.map(({ name }) => name);
  for (const name of copied) {
    if (known.includes(name)) continue;
    throw new TradersError(
      "unknown-trader",
      `there is no trader ${JSON.stringify(name)}${meantText(name, known)}`,
    );
  }
  const key = `copy_named ${JSON.stringify(copied)}`;
  return { strategy: copyNamed(copied), key, rebalance: WHOLE_MOVES, keepsStandIns: true };
}

const OTHERS_MAX = 100;

/** Who may take the place of a leader: of those who are not copied anyway the ones that traded most before it began. */
function othersIn(
  { recorded, request: { range } }: Past,
  { copied }: ProtectionsRequest,
): readonly AccountId[] {
  const named = new Set("strategy" in copied ? [] : copied);
  const counts = new Map<string, number>();
  for (const { leader, timeMs } of recorded.fills)
    if (timeMs < range.fromMs) counts.set(leader, (counts.get(leader) ?? 0) + 1);
  return recorded.leaders
    .filter(({ name }) => !named.has(name))
    .toSorted((one, other) => (counts.get(other.name) ?? 0) - (counts.get(one.name) ?? 0))
    .slice(0, OTHERS_MAX)
    .map(({ account }) => AccountId(account));
}

interface WantedRun extends Pick<Rung, "guards" | "strikesAfter"> {
  /** Whose strikes are meant; null: all. */
  readonly guard: Ladder["guard"];
}

interface AllRuns {
  readonly past: Past;
  readonly subject: CopiedSubject;
  readonly progress: ProtectionsProgress;
  readonly wanted: readonly WantedRun[];
}

/** Settings that come twice are lived through once, and those that cannot strike not at all: they are one with what they strike after. */
async function runAll(
  dataFolder: string,
  { past, subject, progress, wanted }: AllRuns,
): Promise<ReadonlyMap<string, ProtectedRun>> {
  const distinct = new Map<string, WantedRun>();
  for (const one of wanted) {
    const key = guardsKey(one.guards);
    if (one.strikesAfter !== null || !distinct.has(key)) distinct.set(key, one);
  }
  const runs = new Map<string, ProtectedRun>();
  // Where settings are the same by two names, nothing waits for itself.
  const begun = new Set<string>();
  const run = async ({ guards, strikesAfter, guard }: WantedRun): Promise<ProtectedRun> => {
    const key = guardsKey(guards);
    const known = runs.get(key);
    if (known !== undefined) return known;
    begun.add(key);
    const first = strikesAfter === null ? "" : guardsKey(strikesAfter);
    const sooner = begun.has(first) ? undefined : distinct.get(first);
    const before = runs.get(first) ?? (sooner === undefined ? null : await run(sooner));
    const onTime = (nowMs: number) => progress.onRun(runs.size, distinct.size, nowMs);
    const made =
      before !== null && !hasStruck(before, guard)
        ? before
        : await protectedRun(dataFolder, { past, subject, guards, stop: progress.stop, onTime });
    progress.stop.throwIfAborted();
    runs.set(key, made);
    progress.onRun(runs.size, distinct.size, null);
    return made;
  };
  for (const one of distinct.values()) await run(one);
  return runs;
}

function hasStruck({ strikes }: ProtectedRun, guard: Ladder["guard"]): boolean {
  return strikes.some((strike) => isOf(strike, guard));
}

function isOf({ guard }: Strike, wanted: Ladder["guard"]): boolean {
  return wanted === null || guard === wanted;
}

function runOf(runs: ReadonlyMap<string, ProtectedRun>, guards: GuardTerms): ProtectedRun {
  const run = runs.get(guardsKey(guards));
  if (run === undefined) throw new Error("a run is missing that was asked for");
  return run;
}

function reportOf(
  { basis }: Past,
  request: ProtectionsRequest,
  ladders: readonly Ladder[],
  run: (guards: GuardTerms) => ProtectedRun,
): ProtectionsReport {
  const pairs = ladders.flatMap(({ without, rungs, guard }) =>
    rungs.map((rung) => {
      const [one, other] = [run(rung.guards), run(without)];
      const strikes = one.strikes.filter((strike) => isOf(strike, guard));
      return { rung, one, other, strikes, difference: differenceOf(one, other, request) };
    }),
  );
  const chances = adjustedChances(pairs.map(({ difference }) => difference));
  const judged = new Map(
    pairs.map(({ rung, one, other, strikes, difference }, at): [Rung, JudgedRung] => {
      const adjustedChance = chances[at] ?? null;
      const found = strikes.map((strike) => judgedStrike(strike, other));
      const about = { days: one.days.length, strikes: strikes.length };
      const { label, rule } = rung;
      return [
        rung,
        {
          label,
          rule,
          ...difference,
          adjustedChance,
          verdict: verdictOf(difference, adjustedChance, about),
          with: figuresOf(one),
          struck: found.length,
          strikes: found.slice(0, STRIKES_TOLD_MAX),
          leftAlone: leftAlone(found),
        },
      ];
    }),
  );
  const configured = run(request.terms.guards);
  const { range, equity, delay, orderLatencyMs, slippage, feeRates, copied } = request;
  return {
    ...{ range, equity, delay, orderLatencyMs, slippage, feeRates },
    copied: "strategy" in copied ? copied.strategy.name : copied.join(", "),
    basis,
    days: configured.days,
    comparisons: pairs.length,
    configured: figuresOf(configured),
    protections: ladders.map(({ protection, key, inUse, source, without, rungs }) => ({
      ...{ protection, key, inUse, source },
      without: figuresOf(run(without)),
      rungs: rungs.flatMap((rung) => judged.get(rung) ?? []),
    })),
  };
}

function figuresOf({ equityTo, equity, maxDrawdown, cvar95, happenings, doubts }: ProtectedRun): RunFigures {
  return { equityTo, equity, maxDrawdown, cvar95, happenings, doubts };
}

function judgedStrike({ positions, ...strike }: Strike, { steps }: ProtectedRun): JudgedStrike {
  const after = (one: StruckPosition) => ({ ...one, afterwards: afterwardsOf(one, strike.atMs, steps) });
  return { ...strike, positions: positions.map(after) };
}

function leftAlone(strikes: readonly JudgedStrike[]): string | null {
  const known = strikes.flatMap(({ positions }) => positions.flatMap(({ afterwards }) => afterwards ?? []));
  if (known.length === 0) return null;
  return known.reduce((sum, { brought }) => sum.plus(Decimal.parse(brought)), Decimal.zero).toString();
}
