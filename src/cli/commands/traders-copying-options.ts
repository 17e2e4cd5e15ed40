/** The options of commands that tell what a follower gets: its money, how late it is, and what its venue charges. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { COPY_DEFAULTS, type CopySettings } from "../../analytics/copying/copy-settings.ts";
import { equityAmount } from "./traders-options.ts";

export interface CopyingOptions {
  readonly equity?: string;
  readonly delay: number;
  readonly feeRate: number;
  readonly slippageBps: number;
  readonly impact: number;
}

const { delayMs, feeRate, halfSpreadBps, impactFactor } = COPY_DEFAULTS;
const DELAY_MAX_S = 86_400;
const PERCENT_MAX = 10;
const BPS_MAX = 1_000;
const FACTOR_MAX = 100;

export function withCopying(made: Command): Command {
  return made
    .addOption(
      new Option("--delay <seconds>", "from the leader's fill to the follower's")
        .argParser(upTo(DELAY_MAX_S))
        .default(delayMs / 1_000),
    )
    .addOption(
      new Option("--fee-rate <percent>", "of the value of each of the follower's fills")
        .argParser(upTo(PERCENT_MAX))
        .default(Number((feeRate * 100).toPrecision(12))),
    )
    .addOption(
      new Option("--slippage-bps <number>", "half of the spread, in basis points; 0 for no spread")
        .argParser(upTo(BPS_MAX))
        .default(halfSpreadBps),
    )
    .addOption(
      new Option("--impact <factor>", "factor of the follower's own market impact; 0 for none")
        .argParser(upTo(FACTOR_MAX))
        .default(impactFactor),
    );
}

export function followerEquityOption(description: string): Option {
  return new Option("--equity <amount>", description).argParser(equityAmount);
}

/** `equity`: where the options have none. */
export function copySettings(options: CopyingOptions, equity: string): CopySettings {
  return {
    ...COPY_DEFAULTS,
    equity: options.equity ?? equity,
    delayMs: Math.round(options.delay * 1_000),
    feeRate: options.feeRate / 100,
    halfSpreadBps: options.slippageBps,
    impactFactor: options.impact,
  };
}

function upTo(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value > max)
      throw new InvalidArgumentError(`It must be a number from 0 to ${max}.`);
    return value;
  };
}
