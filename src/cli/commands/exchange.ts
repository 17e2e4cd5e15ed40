/** `copytrader exchange`: the simulated exchange alone, behind Bybit's protocol, on a port of the loopback interface. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import type { Market } from "../../exchange/simulated/bybit-server/server.ts";
import { type CommonOptions, command, type Finish, portNumber, runAction, wholeNumber } from "../command.ts";
import { CliError, EXIT, usage } from "../output.ts";
import { goOnUnread } from "../readers.ts";

interface ExchangeCommandOptions extends CommonOptions {
  readonly port: number;
  readonly seed: number;
  readonly market: string;
  readonly control?: boolean;
  readonly limits: "off" | "real";
}

export function exchangeCommand(finish: Finish): Command {
  const examples = [
    "exchange --control",
    "exchange --port 8899 --seed 7 --market moving",
    "exchange --market bars/BTCUSDT.csv.gz --limits off",
  ];
  return command("exchange", "run the simulated exchange alone; prints one JSON line when ready", examples)
    .option("--port <number>", "port on 127.0.0.1; 0 takes any free one", portNumber, 0)
    .option("--seed <number>", "seed of everything random", wholeNumber, 1)
    .option(
      "--market <kind>",
      "flat (moved by control alone), moving (seeded), or a file of recorded bars",
      "flat",
    )
    .option("--control", "serve /control: accounts, prices, faults; without a key, to this machine only")
    .addOption(new Option("--limits <kind>", "request limits").choices(["off", "real"]).default("real"))
    .action((options: ExchangeCommandOptions) => runAction(options, finish, () => runExchange(options)));
}

async function runExchange({
  port,
  seed,
  market: name,
  control,
  limits,
}: ExchangeCommandOptions): Promise<number> {
  const { startExchange } = await import("../../exchange/simulated/bybit-server/server.ts");
  goOnUnread();
  const stopped = signalled();
  const market = marketOf(name);
  const options = { port, seed, market, control: control === true, limits };
  const exchange = await startExchange(options).catch((error: unknown) => {
    throw startFailure(error, options);
  });
  const { rest, stream } = exchange;
  process.stdout.write(`${JSON.stringify({ ready: true, rest, stream, pid: process.pid })}\n`);
  await stopped;
  await exchange.close();
  return EXIT.ok;
}

function marketOf(name: string): Market {
  if (name === "flat" || name === "moving") return name;
  if (existsSync(name)) return { file: name };
  const message = `--market must be flat, moving, or a file of bars; there is no file ${name}`;
  throw usage(message);
}

/** A file that is no table of bars is the user's error; a port that is taken is the world's. */
function startFailure(error: unknown, { market, port }: { market: Market; port: number }): CliError {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && typeof market === "object") {
    return usage(`--market: ${text}`);
  }
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    const advice = "take another with --port, or 0 for any that is free";
    return new CliError("cannot-start", `port ${port} of 127.0.0.1 is in use; ${advice}`);
  }
  return new CliError("cannot-start", `the exchange cannot be started: ${text}`);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    // Started by another program over a channel (the demo does): not to outlive it.
    process.once("disconnect", () => resolve());
  });
}
