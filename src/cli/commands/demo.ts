/** `copytrader demo`: everything at work on a simulated exchange, with nothing set up. */
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  portNumber,
  positiveCount,
  runAction,
  wholeNumber,
} from "../command.ts";
import { CliError, EXIT } from "../output.ts";

interface DemoCommandOptions extends CommonOptions {
  readonly seconds?: number;
  readonly seed: number;
  readonly days: number;
  readonly data: string;
  readonly port?: number;
  /** False with --no-api. */
  readonly api: boolean;
}

export function demoCommand(finish: Finish): Command {
  const examples = ["demo", "demo --seconds 20 --json"];
  return command("demo", "three leaders, five followers, a simulated exchange: copying at work", examples)
    .option("--seconds <number>", "end after so many seconds, with a summary", positiveCount)
    .option("--days <number>", "days of copying that lie behind it; 0 for none", dayCount, DAYS)
    .option("--seed <number>", "seed of market and leaders", wholeNumber, 1)
    .option("--port <number>", "port of the dashboard; 8000, or any free one, when left out", portNumber)
    .option("--no-api", "without the dashboard; so it is with --json, too, when no --port is given")
    .option("--data <dir>", "folder that the demo empties and fills", "./data/demo")
    .action((options: DemoCommandOptions) => runAction(options, finish, () => demo(options)));
}

/** Fewer than the exchange keeps of what accounts did. */
const DAYS = 7;
const DAYS_MAX = 14;

function dayCount(text: string): number {
  const days = wholeNumber(text);
  if (days > DAYS_MAX) throw new InvalidArgumentError(`It must be at most ${DAYS_MAX}.`);
  return days;
}

/** Programs that read the summary alone get it alone. */
function portOf({ port, api, json }: DemoCommandOptions): number | "any" | "none" {
  if (!api) return "none";
  return port ?? (json === true ? "none" : "any");
}

async function demo(options: DemoCommandOptions): Promise<number> {
  const { seconds, seed, days, data, json } = options;
  const { runDemo } = await import("../../demo/demo.ts");
  const running = runDemo({
    seconds: seconds ?? null,
    seed,
    days,
    json: json === true,
    folder: resolve(data),
    port: portOf(options),
    stop: stopOnSignals(),
  });
  const summary = await running.catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== "DemoFolderError") throw error;
    throw new CliError("data-folder", error.message, { exitCode: EXIT.usage });
  });
  if (summary === null) return EXIT.ok;
  const isSound = summary.inSync && summary.explained === summary.leaderChanges;
  if (json === true) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return isSound ? EXIT.ok : EXIT.failure;
  }
  if (isSound) return EXIT.ok;
  throw new CliError("not-in-sync", "the followers did not reach their targets within ten seconds");
}

function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.failure);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
