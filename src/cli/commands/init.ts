/** `copytrader init`: writes example configuration and a key for secrets at rest; asks nothing and overwrites nothing. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFoldersAsGiven,
} from "../command.ts";

export function initCommand(finish: Finish): Command {
  const examples = ["init", "init --config /etc/copytrader --data /var/lib/copytrader"];
  return withFoldersAsGiven(command("init", "write example configuration", examples)).action(
    (options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const { describeInit, initialise } = await import("../init.ts");
        const folders = { config: options.config, data: options.data };
        const { written, kept } = initialise(folders);
        const key = await keyFile(options.config);
        const result = { written: [...written, ...key.written], kept: [...kept, ...key.kept] };
        output.result(result, () => `${describeInit(result, folders)}\n${key.advice}`);
        return undefined;
      }),
  );
}

interface KeyFile {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly advice: string;
}

/** Makes the key for secrets at rest, unless there is one; where it cannot be made, the start will do without, and say so. */
async function keyFile(config: string): Promise<KeyFile> {
  const { encryptionKeysFor, KEY_VARIABLE } = await import("../../config/encryption-keys.ts");
  const { makeKeyFile } = await import("../../config/key-file.ts");
  const { describeProblem } = await import("../../config.ts");
  const keys = encryptionKeysFor(config);
  const how = `Set ${KEY_VARIABLE} to what copytrader keys new prints, and API keys are encrypted at the first start.`;
  if (keys.kind === "wrong") return { written: [], kept: [], advice: describeProblem(keys.problem) };
  const { file } = keys;
  if (keys.kind === "variable")
    return {
      written: [],
      kept: [],
      advice: `API keys are encrypted under ${keys.source} at the first start.`,
    };
  const use = `API keys are encrypted at the first start under ${file}: keep a copy of it apart from the data.`;
  if (file === null) return { written: [], kept: [], advice: how };
  if (keys.kind === "file") return { written: [], kept: [file], advice: use };
  return makeKeyFile(file) === null
    ? { written: [file], kept: [], advice: use }
    : { written: [], kept: [], advice: how };
}
