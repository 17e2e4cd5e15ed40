/** `copytrader demo`: everything at work on a simulated exchange, with nothing set up. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  positiveCount,
  runAction,
  wholeNumber,
} from "../command.ts";
import { CliError, EXIT } from "../output.ts";

interface DemoCommandOptions extends CommonOptions {
  readonly seconds?: number;
  readonly seed: number;
  readonly data: string;
}

export function demoCommand(finish: Finish): Command {
  const examples = ["demo", "demo --seconds 20 --json"];
  return command("demo", "three leaders, five followers, a simulated exchange: copying at work", examples)
    .option("--seconds <number>", "end after so many seconds, with a summary", positiveCount)
    .option("--seed <number>", "seed of market and leaders", wholeNumber, 1)
    .option("--data <dir>", "folder that the demo empties and fills", "./data/demo")
    .action((options: DemoCommandOptions) => runAction(options, finish, () => demo(options)));
}

async function demo({ seconds, seed, data, json }: DemoCommandOptions): Promise<number> {
  const { runDemo } = await import("../../demo/demo.ts");
  const entry = fileURLToPath(
    new URL(`../start${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
  );
  const running = runDemo({
    seconds: seconds ?? null,
    seed,
    json: json === true,
    folder: resolve(data),
    command: [process.execPath, entry],
    stop: stopOnSignals(),
  });
  const summary = await running.catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== "DemoFolderError") throw error;
    throw new CliError("data-folder", error.message, { exitCode: EXIT.usage });
  });
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
