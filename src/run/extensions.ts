/** The owner's extensions at a start: loaded, told, and handed to the engine; anything wrong with one refuses the start. */
import { relative } from "node:path";
import type { AlertReport } from "../alerts/alert.ts";
import type { Effective } from "../config.ts";
import { strategyNamed } from "../control/strategy-question.ts";
import { NO_OWN_CODE, type OwnCode } from "../core/own-code.ts";
import type { ExtensionFailure } from "../extension/asker.ts";
import { askingLimits } from "../extension/limits.ts";
import { type LoadedExtension, loadExtensions } from "../extension/load.ts";
import { askingStyles } from "../extension/styles.ts";
import type { Log } from "../log.ts";
import type { Strategy } from "../strategies/strategy.ts";
import type { Printer } from "./printer.ts";
import { Refusal } from "./start-failure.ts";
import { ownStrategies } from "./trader-extensions.ts";

export interface Extensions {
  readonly own: OwnCode;
  /** The limits among them, for a status. */
  readonly listed: readonly ListedExtension[];
  /** Among which the one in force may be. */
  readonly strategies: readonly Strategy[];
}

export interface ListedExtension {
  readonly name: string;
  readonly description: string;
  /** From the configuration folder. */
  readonly file: string;
}

export const NO_EXTENSIONS: Extensions = { own: NO_OWN_CODE, listed: [], strategies: [] };

export interface ExtensionParts {
  readonly configDir: string;
  /** That is to be in force: it has to be there. */
  readonly strategy: Effective<string | null>;
  readonly printer: Printer;
  readonly log: Log;
  readonly raise: (report: AlertReport) => void;
}

export async function openExtensions({
  configDir,
  strategy,
  printer,
  log,
  raise,
}: ExtensionParts): Promise<Extensions> {
  const { extensions, problems } = await loadExtensions(configDir);
  if (problems.length > 0) throw new Refusal(problems);
  refuseUnknown(strategy, extensions);
  if (extensions.length === 0) return NO_EXTENSIONS;
  for (const { file, extension } of extensions) {
    const { name, kind, description } = extension;
    const text = `${name} (${relative(configDir, file)}): ${description}`;
    if (kind === "risk-limit") printer.note("limit", text);
    else if (kind === "strategy")
      printer.note("start", `${KINDS[kind]} ${text}; its own schedule: ${extension.rebalancingHours} hours`);
    else printer.note("start", `${KINDS[kind]} ${text}`);
    log.info("extension", { name, kind, file });
  }
  const onFailure = ({ extension, cause }: ExtensionFailure) => {
    log.error("an extension gave no answer that counts", { extension, cause });
    raise({ kind: "extension-failed", cause, numbers: { extension } });
  };
  const all = extensions.map(({ extension }) => extension);
  const limits = askingLimits(
    all.filter((extension) => extension.kind === "risk-limit"),
    onFailure,
  );
  const styles = askingStyles(
    all.filter((extension) => extension.kind === "execution-style"),
    onFailure,
  );
  const listed = extensions.filter(({ extension }) => extension.kind === "risk-limit");
  return {
    own: { limits, styles },
    listed: listed.map((loaded) => listedOf(loaded, configDir)),
    strategies: ownStrategies(extensions),
  };
}

function refuseUnknown(
  { value, source }: Effective<string | null>,
  extensions: readonly LoadedExtension[],
): void {
  const own = ownStrategies(extensions).map(({ name }) => name);
  if (value === null || own.includes(value)) return;
  const found = strategyNamed(value, { options: {} }, []);
  if (found.ok) return;
  const message = `${found.message}${own.length === 0 ? "" : `; and of your own: ${own.join(", ")}`}`;
  const meant = found.nearest === undefined ? {} : { nearest: found.nearest };
  throw new Refusal([{ file: source, keyPath: "portfolio.strategy", message, ...meant }]);
}

const KINDS = {
  "execution-style": "execution style",
  "trader-filter": "filter of traders",
  "trader-importer": "importer of histories",
  "report-section": "section of reports",
  strategy: "strategy of your own",
} as const;

function listedOf({ file, extension }: LoadedExtension, configDir: string): ListedExtension {
  const { name, description } = extension;
  return { name, description, file: relative(configDir, file) };
}
