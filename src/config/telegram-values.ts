/**
 * The Telegram bot's settings in force, each with its source. Its token comes from the environment, `.env`, or encrypted from a file; it
 * is never quoted, and neither is what stands behind an address's host.
 */
import { SharedSecret } from "../security/shared-secret.ts";
import { looksEncrypted } from "../security/vault.ts";
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import { readEncryptionKeys } from "./encryption-keys.ts";
import { type Environment, isPlaceholder } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { isLoopback } from "./venue-address.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export const TELEGRAM_TOKEN = "TELEGRAM_BOT_TOKEN";

export interface TelegramWebhook {
  readonly url: string;
  readonly secretToken: SharedSecret;
  readonly host: string;
  readonly port: number;
}

export interface TelegramValues {
  readonly enabled: Effective<boolean>;
  /** Null where there is none: no bot. */
  readonly token: Effective<SharedSecret | null>;
  /** Without a slash at its end. */
  readonly apiRoot: Effective<string>;
  readonly allowedGroups: Effective<readonly number[]>;
  /** Null: Telegram is asked for updates. */
  readonly webhook: Effective<TelegramWebhook | null>;
}

interface Input {
  readonly yaml: YamlConfiguration;
  readonly sourceOf: (topLevelKey: string) => ValueSource;
  readonly placeOf: (path: readonly string[]) => { readonly file: string; readonly line: number | undefined };
  readonly environment: Environment;
}

interface TelegramValuesResult {
  readonly values: TelegramValues;
  readonly problems: readonly ConfigurationProblem[];
}

const TOKEN = /^\d{1,20}:[A-Za-z0-9_-]{20,100}$/;
const TOKEN_FORM = "must be a bot's token as @BotFather gives it: digits, a colon, letters and digits";
const SECRET_TOKEN = /^[A-Za-z0-9_-]{16,256}$/;
const WEBHOOK_PORTS = ["", "443", "80", "88", "8443"];

export function telegramValues(input: Input): TelegramValuesResult {
  const stated = input.yaml.telegram;
  const own = defaults.telegram;
  const problems: ConfigurationProblem[] = [];
  const from = <Value>(value: Value | undefined, fallback: Value) =>
    pick([{ value, source: () => input.sourceOf("telegram") }], fallback);
  const told = (path: readonly string[], message: string) => {
    const { file, line } = input.placeOf(["telegram", ...path]);
    const place = { file, ...(line === undefined ? {} : { line }) };
    problems.push({ ...place, keyPath: ["telegram", ...path].join("."), message });
  };
  const token = tokenOf(input, told, (problem) => problems.push(problem));
  const apiRoot = from<string>(stated?.api_root, own.apiRoot);
  const objection = objectionToRoot(apiRoot.value);
  if (objection !== null) told(["api_root"], objection);
  const root = objection === null ? apiRoot.value.replace(/\/+$/, "") : own.apiRoot;
  const webhook = webhookOf(input, token.value, told);
  return {
    values: {
      enabled: from<boolean>(stated?.enabled, own.enabled),
      token,
      apiRoot: { ...apiRoot, value: root },
      allowedGroups: from<readonly number[]>(stated?.allowed_groups, []),
      webhook: from<TelegramWebhook | null>(webhook ?? undefined, null),
    },
    problems,
  };
}

type Tell = (path: readonly string[], message: string) => void;

function tokenOf(
  input: Input,
  told: Tell,
  add: (problem: ConfigurationProblem) => void,
): TelegramValues["token"] {
  const named = input.environment.find([TELEGRAM_TOKEN]);
  if (named !== undefined && !isPlaceholder(named.value)) {
    if (TOKEN.test(named.value)) return { value: new SharedSecret(named.value), source: named.source };
    add({ file: named.source, keyPath: TELEGRAM_TOKEN, message: TOKEN_FORM });
    return { value: null, source: named.source };
  }
  const sealed = input.yaml.telegram?.bot_token;
  if (sealed === undefined) return { value: null, source: "default" };
  const value = opened(input, sealed, (message) => told(["bot_token"], message));
  if (value !== null && !TOKEN.test(value)) told(["bot_token"], `opened, it ${TOKEN_FORM}`);
  const isToken = value !== null && TOKEN.test(value);
  return { value: isToken ? new SharedSecret(value) : null, source: input.sourceOf("telegram") };
}

/** Null where it cannot be had, which was told. */
function opened({ environment }: Input, sealed: string, told: (message: string) => void): string | null {
  if (!looksEncrypted(sealed)) {
    told(
      `must be encrypted: copytrader telegram --seal prints what belongs here; a token in the open belongs into ${TELEGRAM_TOKEN} of the environment or .env`,
    );
    return null;
  }
  const keys = readEncryptionKeys(environment);
  const bytes = "vault" in keys ? keys.vault.decrypt(sealed) : null;
  if (bytes === null) told("cannot be opened with the encryption keys that there are");
  return bytes?.toString("utf8") ?? null;
}

function objectionToRoot(address: string): string | null {
  const why = objectionToAddress(address);
  if (why !== null) return why;
  const { search } = new URL(address);
  return search === "" ? null : "must not hold a ? part";
}

function objectionToAddress(address: string): string | null {
  if (!URL.canParse(address)) return "must be an address such as https://api.telegram.org";
  const { username, password, hash, protocol, hostname } = new URL(address);
  if (username !== "" || password !== "") return "must not hold a user name or password";
  if (hash !== "") return "must not hold a # part";
  const isSafe = protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
  return isSafe ? null : "must begin with https://; without encryption only this machine may be addressed";
}

function webhookOf(input: Input, token: SharedSecret | null, told: Tell): TelegramWebhook | null {
  const stated = input.yaml.telegram?.webhook;
  if (stated === undefined) return null;
  if (stated.url === undefined) {
    told(["webhook", "url"], "is missing; it must be the address that Telegram posts updates to");
    return null;
  }
  const objection = objectionToWebhook(stated.url);
  if (objection !== null) told(["webhook", "url"], objection);
  const secretToken = webhookSecret(input, token, told);
  if (objection !== null || secretToken === null) return null;
  const { webhookHost, webhookPort } = defaults.telegram;
  const { host = webhookHost, port = webhookPort } = stated;
  return { url: stated.url, secretToken, host, port };
}

function objectionToWebhook(address: string): string | null {
  const why = objectionToAddress(address);
  if (why !== null) return why;
  const { protocol, port } = new URL(address);
  if (protocol === "http:" || WEBHOOK_PORTS.includes(port)) return null;
  return "must be on port 443, 80, 88 or 8443: Telegram posts to no other";
}

function webhookSecret(input: Input, token: SharedSecret | null, told: Tell): SharedSecret | null {
  const sealed = input.yaml.telegram?.webhook?.secret_token;
  if (sealed === undefined) return token?.derived("copytrader telegram webhook") ?? null;
  const path = ["webhook", "secret_token"];
  const value = opened(input, sealed, (message) => told(path, message));
  if (value === null) return null;
  if (SECRET_TOKEN.test(value)) return new SharedSecret(value);
  told(path, "opened, it must be 16 to 256 letters, digits, _ or -");
  return null;
}

/** For lists; no secret is among them. */
export function listOfTelegram({
  enabled,
  token,
  apiRoot,
  allowedGroups,
  webhook,
}: TelegramValues): readonly (Effective<string | number | boolean> & { readonly keyPath: string })[] {
  const groups = allowedGroups.value;
  return [
    { keyPath: "telegram.enabled", ...enabled },
    { keyPath: "telegram.bot_token", value: token.value === null ? "none" : "set", source: token.source },
    { keyPath: "telegram.api_root", value: new URL(apiRoot.value).origin, source: apiRoot.source },
    {
      keyPath: "telegram.allowed_groups",
      value: groups.length === 0 ? "none" : groups.join(", "),
      source: allowedGroups.source,
    },
    {
      keyPath: "telegram.webhook.url",
      value: webhook.value === null ? "none" : new URL(webhook.value.url).origin,
      source: webhook.source,
    },
  ];
}

/** Whether there is a bot at all. */
export function hasBot({ enabled, token }: TelegramValues): boolean {
  return enabled.value && token.value !== null;
}

/** What `start` says of it; nothing where nobody asked for a bot. */
export function describeTelegram(values: TelegramValues): readonly string[] {
  const { enabled, token, webhook, allowedGroups } = values;
  if (token.value === null) return [];
  if (!enabled.value) return [`the Telegram bot is off (${enabled.source})`];
  const how =
    webhook.value === null
      ? "asks Telegram for updates"
      : `is told updates at ${webhook.value.host}:${webhook.value.port}`;
  const groups =
    allowedGroups.value.length === 0
      ? "in private chats alone"
      : `in private chats and ${allowedGroups.value.length} groups (${allowedGroups.source})`;
  return [`the Telegram bot ${how}, ${groups} (token ${token.source})`];
}
