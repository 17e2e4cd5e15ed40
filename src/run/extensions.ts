/** The owner's extensions at a start: loaded, told, and handed to the engine; anything wrong with one refuses the start. */
import { relative } from "node:path";
import type { AlertReport } from "../alerts/alert.ts";
import type { OwnLimits } from "../core/risk/extension-limit.ts";
import { askingLimits } from "../extension/limits.ts";
import { type LoadedExtension, loadExtensions } from "../extension/load.ts";
import type { Log } from "../log.ts";
import type { Printer } from "./printer.ts";
import { Refusal } from "./start-failure.ts";

export interface Extensions {
  /** Undefined where there are none. */
  readonly ownLimits: OwnLimits | undefined;
  /** For a status. */
  readonly listed: readonly ListedExtension[];
}

export interface ListedExtension {
  readonly name: string;
  readonly description: string;
  /** From the configuration folder. */
  readonly file: string;
}

export const NO_EXTENSIONS: Extensions = { ownLimits: undefined, listed: [] };

export interface ExtensionParts {
  readonly configDir: string;
  readonly printer: Printer;
  readonly log: Log;
  readonly raise: (report: AlertReport) => void;
}

export async function openExtensions({
  configDir,
  printer,
  log,
  raise,
}: ExtensionParts): Promise<Extensions> {
  const { extensions, problems } = await loadExtensions(configDir);
  if (problems.length > 0) throw new Refusal(problems);
  if (extensions.length === 0) return NO_EXTENSIONS;
  const listed = extensions.map((extension) => listedOf(extension, configDir));
  for (const { name, description, file } of listed) {
    printer.note("limit", `${name} (${file}): ${description}`);
    log.info("extension", { name, file });
  }
  const ownLimits = askingLimits(
    extensions.map(({ limit }) => limit),
    ({ limit, cause }) => {
      log.error("a limit of the owner's own gave no answer that counts", { limit, cause });
      raise({ kind: "extension-failed", cause, numbers: { extension: limit } });
    },
  );
  return { ownLimits, listed };
}

function listedOf(
  { file, limit: { name, description } }: LoadedExtension,
  configDir: string,
): ListedExtension {
  return { name, description, file: relative(configDir, file) };
}
