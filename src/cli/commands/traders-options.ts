/** What the commands of traders share. */
import type { Command } from "commander";
import type { CommonOptions } from "../command.ts";

export interface TradersOptions extends CommonOptions {
  readonly data: string;
}

export function withData(made: Command): Command {
  return made.option("--data <dir>", "data folder", "./data");
}
