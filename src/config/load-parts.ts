/** Parts of a configuration folder that are asked for without the rest. */
import { type ApiOverrides, type ApiValues, apiValues } from "./api-values.ts";
import { checkPortfolio } from "./changeable-keys.ts";
import { type Environment, logLevelFrom, readEnvironment, type Variables } from "./environment.ts";
import { type FilterValues, filterValues } from "./filter-values.ts";
import { type LoggingValues, loggingProblems, loggingValues } from "./logging-values.ts";
import { type PortfolioValues, portfolioValues } from "./portfolio-values.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { YamlFolder } from "./read-yaml.ts";
import { readRunTimeSettings } from "./run-time-settings.ts";
import { type TelegramValues, telegramValues } from "./telegram-values.ts";
import { readYamlFiles } from "./yaml-configuration.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

type LoadedFilters =
  | { readonly ok: true; readonly filters: FilterValues }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** The filters of a configuration folder alone: whoever looks for traders need not have accounts yet. */
export function loadFilters(configDir: string): LoadedFilters {
  const { folder, yaml, problems } = readYamlFiles(configDir);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, filters: filterValues(yaml, folder.sourceOf) };
}

type LoadedPortfolio =
  | { readonly ok: true; readonly portfolio: PortfolioValues }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** The strategy in force and its options alone, with what run time says of them: whoever chooses one need not have accounts yet. */
export function loadPortfolio(configDir: string, dataDir: string): LoadedPortfolio {
  const { folder, yaml, problems } = readYamlFiles(configDir);
  const { settings, problems: unread } = readRunTimeSettings(dataDir);
  const decided = checkPortfolio(settings.portfolio);
  const all = [...unread, ...problems, ...decided.problems];
  return all.length > 0
    ? { ok: false, problems: all }
    : { ok: true, portfolio: portfolioValues(yaml, folder.sourceOf, decided.values) };
}

type LoadedApi =
  | { readonly ok: true; readonly api: ApiValues; readonly logging: LoggingValues }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Where the API listens alone: whoever sets things up in the browser has no accounts yet. */
export function loadApi(
  configDir: string,
  overrides: ApiOverrides,
  variables: Variables = process.env,
): LoadedApi {
  const environment = readEnvironment(variables, configDir);
  const { folder, yaml, problems: wrong } = readYamlFiles(configDir);
  const { sourceOf, placeOf } = folder;
  const api = apiValues({ yaml, configDir, sourceOf, placeOf, environment, overrides });
  const own = loggingOf(environment, yaml, folder);
  const problems = [...wrong, ...environment.problems, ...api.problems, ...own.problems];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, api: api.values, logging: own.logging };
}

function loggingOf(
  environment: Environment,
  yaml: YamlConfiguration,
  { sourceOf, placeOf }: Pick<YamlFolder, "sourceOf" | "placeOf">,
): { readonly logging: LoggingValues; readonly problems: readonly ConfigurationProblem[] } {
  const level = logLevelFrom(environment);
  const logging = loggingValues(yaml, sourceOf, level);
  return {
    logging,
    problems: [...loggingProblems(logging, placeOf), ...(level.kind === "bad" ? [level.problem] : [])],
  };
}

type LoadedTelegram =
  | { readonly ok: true; readonly telegram: TelegramValues; readonly logging: LoggingValues }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** What the Telegram bot needs alone. */
export function loadTelegram(configDir: string, variables: Variables = process.env): LoadedTelegram {
  const environment = readEnvironment(variables, configDir);
  const { folder, yaml, problems: wrong } = readYamlFiles(configDir);
  const { sourceOf, placeOf } = folder;
  const telegram = telegramValues({ yaml, sourceOf, placeOf, environment });
  const own = loggingOf(environment, yaml, folder);
  const problems = [...wrong, ...environment.problems, ...telegram.problems, ...own.problems];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, telegram: telegram.values, logging: own.logging };
}
