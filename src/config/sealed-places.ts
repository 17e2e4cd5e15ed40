/**
 * Secrets that their owner sealed (`copytrader keys seal`, `telegram --seal`) and wrote into a YAML file, into `.env` or into the
 * environment. They are found by the form of a token, wherever in a text it stands; all other characters stay as they are.
 */
import { chmodSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { looksEncrypted, type Vault } from "../security/vault.ts";
import type { SecretState } from "./account-secrets.ts";
import { type Disk, realDisk, swapFile } from "./disk.ts";
import type { Variables } from "./environment.ts";
import { listFiles, readText } from "./read-text.ts";

export interface SealedPlace {
  /** For people: `config/telegram.yaml`, `.env`, `COPYTRADER_SMTP_PASSWORD (environment)`. */
  readonly source: string;
  /** Null for a variable of the process, which only its owner can change. */
  readonly file: string | null;
  /** That variable's name; "" in files. */
  readonly variable: string;
  readonly states: ReadonlySet<SecretState>;
}

const TOKEN = /(?<![\w-])gAAAAA[\w-]+={0,2}/g;

/** Every file and variable with such a token, sorted; without a vault nothing can be read. */
export function sealedPlaces(
  configDir: string,
  vault: Vault | null,
  variables: Variables = process.env,
): readonly SealedPlace[] {
  const files = sealedFiles(configDir).flatMap(({ source, file }) => {
    const read = readText(file);
    const tokens = read.kind === "read" ? read.value.match(TOKEN) : null;
    return tokens === null ? [] : [{ source, file, variable: "", tokens }];
  });
  const set = Object.entries(variables).flatMap(([name, value = ""]) =>
    looksEncrypted(value.trim())
      ? [{ source: `${name} (environment)`, file: null, variable: name, tokens: [value.trim()] }]
      : [],
  );
  return [...files, ...set].map(({ tokens, ...place }) => ({
    ...place,
    states: new Set(tokens.map((token) => stateOf(token, vault))),
  }));
}

function sealedFiles(configDir: string): readonly { readonly source: string; readonly file: string }[] {
  const folder = resolve(configDir);
  const listed = listFiles(folder, [".yaml", ".yml"]);
  const names = listed.kind === "read" ? listed.value : [];
  return [
    ...names.map((name) => ({ source: `${basename(folder)}/${name}`, file: join(folder, name) })),
    { source: ".env", file: join(dirname(folder), ".env") },
  ];
}

function stateOf(token: string, vault: Vault | null): SecretState {
  if (vault === null || vault.decrypt(token) === null) return "unreadable";
  return vault.isCurrent(token) ? "encrypted" : "older";
}

/** Puts what older keys sealed under the newest. Null when done; otherwise why not, and the file is as it was. */
export function resealFile(file: string, vault: Vault, disk: Disk = realDisk): string | null {
  const read = readText(file);
  if (read.kind !== "read") return read.kind === "failed" ? read.cause : "is not there any more";
  const from = disk.read(file);
  const text = from.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(from)) return "is not UTF-8";
  const to = text.replace(TOKEN, (token) => {
    const secret = stateOf(token, vault) === "older" ? vault.decrypt(token) : null;
    return secret === null ? token : vault.encrypt(secret);
  });
  if (to === text) return null;
  const { mode } = statSync(file);
  const isSound = (readBack: Buffer) => opened(readBack.toString("utf8"), vault) === opened(text, vault);
  const trouble = swapFile(disk, { file, from, to: Buffer.from(to, "utf8"), isSound });
  // Others may have to read what else stands in it.
  if (trouble === null) chmodSync(file, mode & 0o777);
  return trouble;
}

function opened(text: string, vault: Vault): string {
  return text.replace(TOKEN, (token) => vault.decrypt(token)?.toString("base64") ?? token);
}
