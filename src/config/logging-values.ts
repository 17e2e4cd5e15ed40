/** What is logged and kept, with the source of each value, and what `start` says of it. */
import { defaults, type LogLevel } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import type { LogLevelResult } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface LoggingValues {
  readonly level: Effective<LogLevel>;
  readonly fileMegabytes: Effective<number>;
  readonly keepDays: Effective<number>;
  readonly maxMegabytes: Effective<number>;
}

/** The key of each within `logging:`. */
const KEYS = {
  level: "level",
  fileMegabytes: "file_megabytes",
  keepDays: "keep_days",
  maxMegabytes: "max_megabytes",
} as const satisfies Readonly<Record<keyof LoggingValues, string>>;

export function loggingValues(
  { logging }: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
  level: LogLevelResult,
): LoggingValues {
  const own = <Value>(value: Value | undefined) => [{ value, source: () => sourceOf("logging") }];
  const standard = defaults.logging;
  return {
    level:
      level.kind === "given"
        ? { value: level.level, source: level.source }
        : pick<LogLevel>(own(logging?.level), standard.level),
    fileMegabytes: pick<number>(own(logging?.file_megabytes), standard.fileMegabytes),
    keepDays: pick<number>(own(logging?.keep_days), standard.keepDays),
    maxMegabytes: pick<number>(own(logging?.max_megabytes), standard.maxMegabytes),
  };
}

export function listOfLogging({
  level,
  fileMegabytes,
  keepDays,
  maxMegabytes,
}: LoggingValues): readonly (Effective<number | string> & { readonly keyPath: string })[] {
  return [
    { keyPath: `logging.${KEYS.level}`, ...level },
    { keyPath: `logging.${KEYS.fileMegabytes}`, ...fileMegabytes },
    { keyPath: `logging.${KEYS.keepDays}`, ...keepDays },
    { keyPath: `logging.${KEYS.maxMegabytes}`, ...maxMegabytes },
  ];
}

/** The files of several channels together need more room than one of them. */
export function loggingProblems(
  { fileMegabytes, maxMegabytes }: LoggingValues,
  placeOf: (path: readonly string[]) => { readonly file: string; readonly line: number | undefined },
): readonly ConfigurationProblem[] {
  if (fileMegabytes.value * FILES_LEAST <= maxMegabytes.value) return [];
  const isSizeStated = fileMegabytes.source !== "default";
  const path = ["logging", isSizeStated ? KEYS.fileMegabytes : KEYS.maxMegabytes];
  const { file, line } = placeOf(path);
  const message = isSizeStated
    ? `is ${fileMegabytes.value}, but ${FILES_LEAST} files of it must fit into logging.max_megabytes (${maxMegabytes.value})`
    : `is ${maxMegabytes.value}, but must hold ${FILES_LEAST} files of logging.file_megabytes (${fileMegabytes.value})`;
  return [{ file, ...(line === undefined ? {} : { line }), keyPath: path.join("."), message }];
}

/** One of each channel, and one more that is being compressed. */
const FILES_LEAST = 9;

export function describeLogging({ level, fileMegabytes, keepDays, maxMegabytes }: LoggingValues): string {
  const of = ({ value, source }: Effective<number>, unit: string) => `${value} ${unit} (${source})`;
  return `logs: from level ${level.value} (${level.source}) on; files of ${of(fileMegabytes, "MB")}, kept for ${of(keepDays, "days")}, ${of(maxMegabytes, "MB")} in all`;
}
