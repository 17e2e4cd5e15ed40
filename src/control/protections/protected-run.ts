/** One way through the past under one set of stops: what it came to, what struck, and what every copy held meanwhile. Kept once it is made. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BacktestOutcome, runBacktest } from "../../backtest/backtest.ts";
import type { Happenings } from "../../backtest/happenings.ts";
import { strategyReport } from "../../backtest/report.ts";
import { type HoldingSteps, type Strike, StrikeRecorder } from "../../backtest/strikes.ts";
import { type GuardTerms, underGuards } from "../../config.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { replaceFile } from "../../market/replace-file.ts";
import type { RebalanceTerms } from "../../strategies/rebalance.ts";
import type { Strategy } from "../../strategies/strategy.ts";
import { FOLLOWER, type Past, runThrough } from "../backtest/past.ts";

export interface ProtectedRun {
  /** Decimal text in the settle coin. */
  readonly equityTo: string;
  /** UTC days, and the equity at the end of each. */
  readonly days: readonly string[];
  readonly equity: readonly number[];
  /** Of hourly equity. */
  readonly maxDrawdown: number;
  /** Mean of the days at or below the 5 % quantile; null without days. */
  readonly cvar95: number | null;
  readonly happenings: Happenings;
  readonly strikes: readonly Strike[];
  readonly steps: HoldingSteps;
  readonly doubts: BacktestOutcome["doubts"];
  /** Fingerprint of all decisions. */
  readonly doings: string;
}

/** Who is copied. */
export interface CopiedSubject {
  readonly strategy: Strategy;
  /** Names it and its options. */
  readonly key: string;
  /** In place of the configured terms. */
  readonly rebalance?: RebalanceTerms;
  /** Whether leaders that took the place of stopped ones stay. */
  readonly keepsStandIns: boolean;
}

export interface RunQuestion {
  readonly past: Past;
  readonly subject: CopiedSubject;
  readonly guards: GuardTerms;
  readonly stop: AbortSignal;
  onTime(nowMs: number): void;
}

/** Names everything that the runs of one past differ by. */
export function guardsKey({ account, relation, decay }: GuardTerms): string {
  return JSON.stringify([account, relation, decay]);
}

/** Made before on the same past, or lived through now and kept. */
export async function protectedRun(dataFolder: string, question: RunQuestion): Promise<ProtectedRun> {
  const { past, subject, guards } = question;
  const hash = createHash("sha256")
    .update(`${past.key}\n${subject.key}\n${guardsKey(guards)}`)
    .digest("hex");
  const file = join(dataFolderPaths(dataFolder).backtests, `protections-${hash.slice(0, 16)}.json`);
  const before = readKept(file);
  if (before !== null) return before;
  const run = await lived(question);
  replaceFile(file, `${JSON.stringify(run)}\n`);
  return run;
}

/** Null where there is none; what cannot be read is made anew. */
function readKept(file: string): ProtectedRun | null {
  try {
    // Written by `protectedRun`, under a name that holds all that it is made from.
    return JSON.parse(readFileSync(file, "utf8")) as ProtectedRun;
  } catch {
    return null;
  }
}

async function lived({ past, subject, guards, stop, onTime }: RunQuestion): Promise<ProtectedRun> {
  const { strategy, rebalance, keepsStandIns } = subject;
  const parts = runThrough(past, strategy, stop, underGuards(past.request.terms, guards));
  const recorder = new StrikeRecorder(FOLLOWER);
  let steps: HoldingSteps = {};
  const outcome = await runBacktest(
    {
      ...parts,
      ...(rebalance === undefined ? {} : { rebalance }),
      world: {
        ...parts.world,
        keepsStandIns,
        onDecided: (event, decision, state) => recorder.decided(event, decision, state),
      },
      onTime,
    },
    (state) => {
      steps = recorder.stepsUntil(state);
    },
  );
  const report = strategyReport(outcome, [], {}, { resamples: 0, seed: past.request.seed });
  return {
    equityTo: outcome.equity,
    days: report.days,
    equity: report.equity,
    maxDrawdown: report.hourlyDrawdown,
    cvar95: report.figures.cvar95_at_or_below_historical_var ?? null,
    happenings: outcome.happenings,
    strikes: recorder.strikes,
    steps,
    doubts: outcome.doubts,
    doings: outcome.doings,
  };
}
