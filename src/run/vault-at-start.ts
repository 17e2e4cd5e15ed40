/**
 * The first thing that a start does with its data folder: secrets that lie open in account files are encrypted. What stands
 * in the way of that (a read-only folder, no place for a key) is told, and the start goes on.
 */

import { type EncryptionKeys, encryptionKeysFor } from "../config/encryption-keys.ts";
import type { Variables } from "../config/environment.ts";
import { encryptAccounts } from "../config/vault-work.ts";
import { describeProblem } from "../config.ts";
import type { OpenLog } from "../log.ts";
import type { Printer } from "./printer.ts";

export interface VaultAtStart {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Variables;
}

/** More files than a line can name are counted. */
const NAMED_MAX = 5;

export function encryptAtStart(
  { configDir, dataDir, env }: VaultAtStart,
  keys: EncryptionKeys,
  { log, registerSecret }: Pick<OpenLog, "log" | "registerSecret">,
  printer: Printer,
): void {
  if ("vault" in keys) keys.vault.maskIn(registerSecret);
  const reread = () => encryptionKeysFor(configDir, env);
  const { encrypted, madeKeyFile, problems } = encryptAccounts({ dataDir, keys, reread });
  const security = log.channel("security");
  if (madeKeyFile !== null) {
    const advice =
      "keep a copy of it apart from the data folder, for without it the account files cannot be read";
    printer.note("start", `a new encryption key lies in ${madeKeyFile}: ${advice}`);
    security.info("an encryption key was made", { file: madeKeyFile });
  }
  if (encrypted.length > 0) {
    printer.note("start", `api_key and api_secret are encrypted now in ${listed(encrypted)}`);
    security.info("account files were encrypted", { files: encrypted });
  }
  for (const problem of problems) {
    printer.note("warning", describeProblem(problem));
    security.warn("an account file stays in plain text", { file: problem.file, cause: problem.message });
  }
}

function listed(names: readonly string[]): string {
  const rest = names.length - NAMED_MAX;
  return `${names.slice(0, NAMED_MAX).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
