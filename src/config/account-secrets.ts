/**
 * The secrets in the text of an account file: where they stand, whether they lie there open or encrypted, and the same text
 * with other values in their place. Nothing else of the text changes.
 */
import { isKeyText } from "../security/secrets.ts";
import { looksEncrypted, type Vault } from "../security/vault.ts";
import { isPlaceholder } from "./environment.ts";

export const SECRET_KEYS = ["api_key", "api_secret"] as const;
export type SecretKey = (typeof SECRET_KEYS)[number];

/**
 * `plain`: a secret in the open. `encrypted`: under the newest key. `older`: under one that was replaced. `unreadable`: under
 * a key that is not there, or damaged. `none`: an example's placeholder, or what can be no secret.
 */
export type SecretState = "plain" | "encrypted" | "older" | "unreadable" | "none";

export interface WrittenSecret {
  readonly name: SecretKey;
  readonly value: string;
  /** Place of the JSON string, its quotes included. */
  readonly start: number;
  readonly end: number;
}

/** Strings, signs and other words of a text that is known to be JSON. */
const JSON_PARTS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The secrets of an account file's text in their order; null when the text is no JSON object. */
export function secretsIn(text: string): readonly WrittenSecret[] | null {
  if (!isJsonObject(text)) return null;
  const found: WrittenSecret[] = [];
  let depth = 0;
  let before: readonly [string, string] = ["", ""];
  for (const { 0: part, index } of text.matchAll(JSON_PARTS)) {
    const name = depth === 1 && before[1] === ":" && part.startsWith('"') ? keyOf(before[0]) : undefined;
    if (name !== undefined)
      found.push({ name, value: JSON.parse(part), start: index, end: index + part.length });
    if (part === "{" || part === "[") depth += 1;
    if (part === "}" || part === "]") depth -= 1;
    before = [before[1], part];
  }
  return found;
}

function isJsonObject(text: string): boolean {
  try {
    const content: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof content === "object" && content !== null && !Array.isArray(content);
  } catch {
    return false;
  }
}

function keyOf(part: string): SecretKey | undefined {
  if (!part.startsWith('"')) return undefined;
  const name: unknown = JSON.parse(part);
  return SECRET_KEYS.find((key) => key === name);
}

/** Without a vault nothing that is encrypted can be read. */
export function stateOf({ value }: Pick<WrittenSecret, "value">, vault: Vault | null): SecretState {
  if (looksEncrypted(value)) {
    if (vault === null || vault.decrypt(value) === null) return "unreadable";
    return vault.isCurrent(value) ? "encrypted" : "older";
  }
  return isKeyText(value) && !isPlaceholder(value) ? "plain" : "none";
}

/** The text with every secret that is open, or encrypted under an older key, encrypted under the newest. */
export function encryptedText(text: string, secrets: readonly WrittenSecret[], vault: Vault): string {
  let result = "";
  let copied = 0;
  for (const secret of secrets) {
    const token = tokenFor(secret, vault);
    if (token === null) continue;
    result += `${text.slice(copied, secret.start)}${JSON.stringify(token)}`;
    copied = secret.end;
  }
  return result + text.slice(copied);
}

function tokenFor(secret: WrittenSecret, vault: Vault): string | null {
  const state = stateOf(secret, vault);
  if (state === "plain") return vault.encrypt(secret.value);
  const bytes = state === "older" ? vault.decrypt(secret.value) : null;
  return bytes === null ? null : vault.encrypt(bytes);
}

/** Whether two texts of one file hold the same secrets, and in all other places the same characters. */
export function holdsTheSame(before: string, after: string, vault: Vault): boolean {
  const [old, now] = [secretsIn(before), secretsIn(after)];
  if (old === null || now === null || old.length !== now.length) return false;
  if (frameOf(before, old) !== frameOf(after, now)) return false;
  return old.every((secret, index) => {
    const other = now[index];
    return other !== undefined && plainBytes(secret, vault).equals(plainBytes(other, vault));
  });
}

function frameOf(text: string, secrets: readonly WrittenSecret[]): string {
  return secrets.toReversed().reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}

/** What nothing can decrypt stands for itself. */
function plainBytes({ value }: WrittenSecret, vault: Vault): Buffer {
  const opened = looksEncrypted(value) ? vault.decrypt(value) : null;
  return opened ?? Buffer.from(value, "utf8");
}
