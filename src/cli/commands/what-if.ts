/** `copytrader what-if`: what copying one leader with so much money and these settings would have brought, before anybody does it. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CopyTerms } from "../../config.ts";
import type { WhatIfReport, WhatIfRequest, WhatIfSoFar } from "../../control/what-if/report.ts";
import type { WhatIfWord } from "../../control/what-if/verdict.ts";
import { command, type Finish, positiveCount, runAction } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { type CopiedPastOptions, slippageOf, withChance, withFollowersPast } from "./backtest-options.ts";
import { equityAmount, INTERRUPTED, untilInterrupted } from "./traders-options.ts";

interface WhatIfOptions extends CopiedPastOptions {
  readonly venue?: string;
  readonly leaderEquity?: string;
  readonly horizon?: number;
  readonly delays: readonly number[];
  readonly lives: number;
}

const DELAYS_S = [0.1, 1, 10, 60];
const DELAYS_MAX = 12;
const DELAY_MAX_S = 3_600;
const AFTER = `
The leader's recorded fills go through the engine that trades live, with this follower's capital, settings, fees, delay
and a book made of recorded bars; again with each cost and setting left out, and from other starts. The curve over delays
and the room for money come from a lighter simulation, which the command holds against the engine.
Settings are those of --config, and above them the ones given here; key=value as for copytrader copy.
docs/what-if.md defines each figure and says how far to trust it. Nothing here says what the leader will do next.

Exit codes: 0 it paid, or nothing speaks against it; 1 the follower lost in the record, or its capital is too small;
2 asked for wrongly, or nothing is known of the leader; 130 interrupted: told is what was worked out by then.`;

export function whatIfCommand(finish: Finish): Command {
  const examples = [
    "what-if 3941019213896463617 --equity 500",
    "what-if 3941019213896463617 --equity 500 position_scaling=2 max_symbol_notional=1000",
    "what-if 0x31ca8395cf837de08b24da3f660e77761dfb974b --equity 20000 --delay 5 --leader-equity 250000 --json",
  ];
  const made = command("what-if", "what copying a leader with this capital would have brought", examples)
    .argument("<leader>", "id of a trader that was imported (copytrader traders list)")
    .argument(
      "[settings...]",
      "key=value, the keys of an account file that say how is copied and what limits it",
    )
    .option("--venue <name>", "where several venues have a trader of this id")
    .addOption(
      new Option(
        "--leader-equity <amount>",
        "capital of the leader at the beginning of its record",
      ).argParser(equityAmount),
    );
  const past = withFollowersPast(made)
    .addOption(
      new Option("--delays <seconds>", "of the curve, with commas between")
        .argParser(delays)
        .default(DELAYS_S, DELAYS_S.join(",")),
    )
    .addOption(
      new Option(
        "--horizon <days>",
        "how long each of the other starts is copied (default: half of the record, at most 30)",
      ).argParser(positiveCount),
    )
    .addOption(
      new Option("--lives <count>", "runs through the engine with delays of their own, for the other starts")
        .argParser(lives)
        .default(4),
    );
  return withChance(past, { resamples: ["of the intervals; 0 makes none", 1_000], seed: SEED })
    .addHelpText("after", AFTER)
    .action((leader: string, settings: readonly string[], options: WhatIfOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => run({ leader, settings }, options, { stop, output })),
      ),
    );
}

const SEED = "of delays, starts and resampling";
const LIVES_MAX = 200;

function lives(text: string): number {
  const value = positiveCount(text);
  if (value > LIVES_MAX) throw new InvalidArgumentError(`It must be a whole number from 1 to ${LIVES_MAX}.`);
  return value;
}

function delays(text: string): readonly number[] {
  const all = text.split(",").map((one) => Number(one.trim()));
  const isRight = all.every((one) => Number.isFinite(one) && one > 0 && one <= DELAY_MAX_S);
  if (!isRight || all.length > DELAYS_MAX)
    throw new InvalidArgumentError(`At most ${DELAYS_MAX} numbers above 0 and up to ${DELAY_MAX_S}.`);
  return [...new Set(all)].sort((one, other) => one - other);
}

const EXITS: Readonly<Record<WhatIfWord, number>> = {
  paid: EXIT.ok,
  "not-shown": EXIT.ok,
  "does-not-pay": EXIT.failure,
  "too-small": EXIT.failure,
};

async function run(
  asked: { readonly leader: string; readonly settings: readonly string[] },
  options: WhatIfOptions,
  { stop, output }: { readonly stop: AbortSignal; readonly output: Output },
): Promise<number> {
  const request = await requestOf(asked, options);
  for (const note of request.terms.notes) output.note(`note: ${note}`);
  const { whatIf } = await import("../../control/what-if/what-if.ts");
  const { verdictOn } = await import("../../control/what-if/verdict.ts");
  const { whatIfLines } = await import("../what-if-lines.ts");
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  let report: WhatIfReport;
  let soFar: WhatIfSoFar | null = null;
  try {
    report = await whatIf(options.data, request, {
      stop,
      onNote: (text) => {
        line.clear();
        output.note(text);
      },
      onFile: (read, of) => line.show(() => `reading file ${read} of ${of}`),
      onStep: (what, done, of) =>
        line.show(() => ({ name: what, part: done / of, rest: `step ${Math.floor(done) + 1} of ${of}` })),
      onFound: (found) => {
        soFar = found;
      },
    });
  } catch (error) {
    line.clear();
    if (!stop.aborted || soFar === null) throw error;
    return tellSoFar(soFar, output);
  } finally {
    line.clear();
  }
  const verdict = verdictOn(report);
  output.result({ verdict, ...report }, () => whatIfLines(report, verdict).join("\n"));
  return EXITS[verdict.word];
}

/** One document, or one text, of what was worked out before somebody had enough of waiting. */
async function tellSoFar(soFar: WhatIfSoFar, output: Output): Promise<number> {
  const { soFarLines } = await import("../what-if-lines.ts");
  output.result({ interrupted: true, ...soFar }, () => soFarLines(soFar).join("\n"));
  return INTERRUPTED;
}

async function requestOf(
  { leader, settings }: { readonly leader: string; readonly settings: readonly string[] },
  options: WhatIfOptions,
): Promise<WhatIfRequest> {
  const terms = await termsOf(leader, settings, options.config);
  const { venue = null, leaderEquity = null, traders = null, market = null, delay, seed } = options;
  return {
    leader,
    venue,
    leaderEquity,
    traders,
    market,
    equity: options.equity ?? terms.equity,
    terms,
    delay: { medianMs: Math.round(delay * 1_000), spread: options.delaySpread, seed },
    orderLatencyMs: options.orderLatency,
    feeRate: options.feeRate / 100,
    slippage: slippageOf(options),
    impactFactor: options.impact,
    horizonDays: options.horizon ?? null,
    delaysMs: options.delays.map((seconds) => Math.max(1, Math.round(seconds * 1_000))),
    lives: options.lives,
    resamples: options.resamples,
    seed,
  };
}

async function termsOf(leader: string, settings: readonly string[], config: string): Promise<CopyTerms> {
  const { describeProblem, loadCopyTerms } = await import("../../config.ts");
  const { FOLLOWER } = await import("../../control/backtest/past.ts");
  const { AccountId } = await import("../../core/model/identifiers.ts");
  const { parseSetting } = await import("../../config/run-time-values.ts");
  const entries = settings.map((text) => {
    const found = parseSetting(text);
    if (found === undefined)
      throw usage(`"${text}" is no setting: write key=value, such as position_scaling=0.5`);
    return [found.key, found.value] as const;
  });
  const ids = { leader: AccountId(leader), follower: FOLLOWER };
  const loaded = loadCopyTerms(config, ids, Object.fromEntries(entries));
  if (loaded.ok) return loaded.terms;
  throw new CliError("configuration", "the settings have problems", {
    exitCode: EXIT.usage,
    problems: loaded.problems.map((problem) => ({ ...problem })),
    lines: loaded.problems.map(describeProblem),
  });
}
