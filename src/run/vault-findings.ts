/** What `doctor` and `keys check` find of keys and secrets at rest: the key and its place, every account file, and what was sealed. */
import { relative, resolve } from "node:path";
import { type SecretsOfFile, secretsOfAccounts } from "../config/account-encryption.ts";
import type { SecretState } from "../config/account-secrets.ts";
import { type EncryptionKeys, KEY_VARIABLE } from "../config/encryption-keys.ts";
import { type SealedPlace, sealedPlaces } from "../config/sealed-places.ts";
import { describeProblem } from "../config.ts";
import type { Finding } from "../control/diagnosis.ts";

export function vaultFindings(configDir: string, dataDir: string, keys: EncryptionKeys): readonly Finding[] {
  const vault = "vault" in keys ? keys.vault : null;
  const files = secretsOfAccounts(dataDir, vault);
  const isNeeded = files.some(({ secrets }) => secrets?.some(({ state }) => state === "unreadable") ?? false);
  return [
    keyFinding(keys, isNeeded),
    ...placeFindings(keys, dataDir),
    ...files.flatMap(fileFindings),
    ...sealedPlaces(configDir, vault).flatMap(sealedFindings),
  ];
}

function keyFinding(keys: EncryptionKeys, isNeeded: boolean): Finding {
  const check = "encryption key";
  if (keys.kind === "wrong") return { check, result: "fail", message: describeProblem(keys.problem) };
  if (keys.kind !== "absent") {
    const [newest, ...older] = keys.vault.keyNames;
    const rest = older.length === 0 ? "" : `, and ${older.length} older`;
    return { check, result: "ok", message: `key ${newest} from ${keys.source}${rest}` };
  }
  const orFile = keys.file === null ? "" : `, or put the key file back at ${keys.file}`;
  if (isNeeded) {
    const message = `none is there, and account files need it: set ${KEY_VARIABLE}${orFile}`;
    return { check, result: "fail", message };
  }
  const message =
    keys.file === null
      ? `none, and no place for a key file: set ${KEY_VARIABLE} (copytrader keys new prints a key)`
      : `none yet; a start that needs one makes ${keys.file}`;
  return { check, result: keys.file === null ? "warn" : "ok", message };
}

function placeFindings(keys: EncryptionKeys, dataDir: string): readonly Finding[] {
  if (keys.kind !== "file" || keys.file === null) return [];
  const path = relative(resolve(dataDir), keys.file);
  if (path.startsWith("..")) return [];
  const message = `${keys.file} lies in the data folder: a copy of that folder can be opened with it; keep it elsewhere`;
  return [{ check: "encryption key", result: "warn", message }];
}

const MEANINGS: Readonly<Record<SecretState, readonly [Finding["result"], string]>> = {
  encrypted: ["ok", "encrypted"],
  older: ["warn", "encrypted under an older key; copytrader keys rotate renews it"],
  plain: ["warn", "in plain text; the next start encrypts it, or copytrader accounts encrypt"],
  unreadable: [
    "fail",
    "encrypted under a key that is not there, or damaged; add its key, or write the value again",
  ],
  none: ["ok", "none"],
};

function fileFindings({ source, secrets }: SecretsOfFile): readonly Finding[] {
  const check = "secrets";
  if (secrets === null) return [{ check, result: "fail", message: `${source} cannot be read as JSON` }];
  const states = [...new Set(secrets.map(({ state }) => state))];
  return states.map((state): Finding => {
    const [result, meaning] = MEANINGS[state];
    const names = secrets.filter((secret) => secret.state === state).map(({ name }) => name);
    return { check, result, message: `${source}: ${names.join(", ")} ${meaning}` };
  });
}

function sealedFindings({ source, file, states }: SealedPlace): readonly Finding[] {
  return [...states].map((state): Finding => {
    const [result, meaning] = MEANINGS[state];
    const isOwn = file === null && state === "older";
    const message = isOwn ? "under an older key; copytrader keys seal makes it anew" : meaning;
    return { check: "secrets", result, message: `${source}: a sealed value ${message}` };
  });
}
