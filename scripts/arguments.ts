/**
 * The arguments of the longer runs: `--help` prints what there is and ends with 0; what is not known, or no number where one
 * is due, is told in a line and ends with 2.
 */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** Never returns when help was asked for or the arguments are wrong. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(help: string, options: Options) {
  if (process.argv.includes("--help")) {
    process.stdout.write(`${help}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number above zero. */
export function countOf(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  return refuse(`--${name}: a whole number above zero is expected, got ${text}`);
}

/** A whole number within bounds. */
export function wholeOf(
  name: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  return refuse(`--${name}: a whole number from ${least} to ${most} is expected, got ${text}`);
}

/** Wrong use: a line, and exit code 2. */
export function refuse(message: string): never {
  process.stderr.write(`${message}\nTry --help.\n`);
  process.exit(2);
}
