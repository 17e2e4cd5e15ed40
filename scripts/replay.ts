/**
 * Replays recorded traders as leaders: `npm run replay -- --traders DIR --market DIR [--accounts N]
 * [--leaders-per-follower N] [--sizing RULE] [--seed N] [--json]`. Exit
 * code 0 when the independent checker found nothing and enough of the record was used, 1 when not, 2 for wrong arguments,
 * 130 when stopped by Ctrl-C.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COMMON_FAULTS } from "../test/replay/faults.ts";
import { type ReplaySetOptions, replaySet } from "../test/replay/replay-set.ts";
import { isSizingKind, SIZING_KINDS } from "../test/replay/sizings.ts";
import { isSound, type Summary, summaryLines } from "../test/replay/summary.ts";
import { sharedPath } from "../test/shared.ts";

const HELP = `Replays recorded traders as leaders on the simulated exchange, copied live to followers.

  npm run replay -- [--traders DIR] [--market DIR] [--accounts N] [--trader ID] [--seed N]
                    [--leaders-per-follower N] [--sizing RULE] [--faults] [--json]

  --traders DIR   holds fills.csv.gz (default ../shared/data/traders/binance_copy)
  --market DIR    recorded bars in their folders (default ../shared/data/market)
  --accounts N    so many accounts, spread over the list (default all)
  --trader ID     only this account
  --leaders-per-follower N
                  so many accounts at a time as leaders of the same followers (default 1)
  --sizing RULE   followers size by this rule only: ${SIZING_KINDS.join(", ")} (default all)
  --seed N        network delays, leverages and who keeps positions in which mode (default 1)
  --faults        with lost answers and requests, dropped, doubled and late stream messages while leaders trade
  --json          one JSON object on standard output

Exit code 1 on a violation or when less than 85 % of the fills were used.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === "string") {
    process.stderr.write(`${options}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  let isStopped = false;
  process.once("SIGINT", () => {
    isStopped = true;
    process.stderr.write("\nstopping after this account\n");
  });
  const summary = await replaySet({ ...options.set, isStopped: () => isStopped, onProgress: showProgress });
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  process.stdout.write(
    options.json ? `${JSON.stringify(summary)}\n` : `${summaryLines(summary).join("\n")}\n`,
  );
  if (isStopped) return 130;
  return isSound(summary) ? 0 : 1;
}

interface Options {
  readonly help: boolean;
  readonly json: boolean;
  readonly set: ReplaySetOptions;
}

/** The options, or what is wrong with them. */
function readOptions(): Options | string {
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${HELP}`;
  }
  const traders = values.traders ?? sharedPath("data/traders/binance_copy");
  const market = values.market ?? sharedPath("data/market");
  const accounts = values.accounts === undefined ? undefined : wholeNumber(values.accounts);
  const leadersPerFollower = wholeNumber(values["leaders-per-follower"]);
  const seed = wholeNumber(values.seed);
  const { sizing } = values;
  if (sizing !== undefined && !isSizingKind(sizing))
    return `--sizing: one of ${SIZING_KINDS.join(", ")} is expected`;
  if (!values.help) {
    if (accounts === null || accounts === 0) return "--accounts: a whole number above 0 is expected";
    if (leadersPerFollower === null || leadersPerFollower === 0)
      return "--leaders-per-follower: a whole number above 0 is expected";
    if (seed === null) return "--seed: a whole number is expected";
    if (!existsSync(join(traders, "fills.csv.gz")))
      return `--traders: there is no fills.csv.gz in ${traders}`;
    if (!existsSync(market)) return `--market: there is no folder ${market}`;
  }
  const set = {
    traders,
    market,
    seed: seed ?? 1,
    leadersPerFollower: leadersPerFollower ?? 1,
    ...(sizing === undefined ? {} : { sizing }),
    ...(accounts === undefined || accounts === null ? {} : { accounts }),
    ...(values.trader === undefined ? {} : { only: values.trader }),
    ...(values.faults ? { faults: COMMON_FAULTS } : {}),
  };
  return { help: values.help, json: values.json, set };
}

function parse() {
  return parseArgs({
    options: {
      traders: { type: "string" },
      market: { type: "string" },
      accounts: { type: "string" },
      trader: { type: "string" },
      "leaders-per-follower": { type: "string", default: "1" },
      sizing: { type: "string" },
      seed: { type: "string", default: "1" },
      faults: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
}

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** One line that is written over where there is a terminal, else every tenth account. */
function showProgress(done: number, of: number, trader: string, summary: Summary): void {
  const line = `${done}/${of} accounts, ${summary.used} of ${summary.fills} fills, ${summary.orders} orders, ${summary.violations.length} violations (${trader})`;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  else if (done % 10 === 0 || done === of) process.stderr.write(`${line}\n`);
}
