/**
 * The values of alerts in force, and the webhook with its secret. The secret comes from the environment or `.env` alone, never
 * from a file that might be shown to somebody; of the url only the origin is ever listed, because paths may be secret too.
 */
import { Credentials, isKeyText } from "../security/secrets.ts";
import { type AlertSeverity, defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import type { Environment } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { isLoopback } from "./venue-address.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface ConfiguredWebhook {
  readonly url: string;
  /** For people: without the path. */
  readonly origin: string;
  readonly leastSeverity: AlertSeverity;
  /** Null where it is missing, when the purpose is only to inspect. */
  readonly secret: Credentials | null;
}

export interface AlertValues {
  readonly quietSeconds: Effective<number>;
  readonly connectionDownAfterSeconds: Effective<number>;
  readonly parityAfterSeconds: Effective<number>;
  readonly giveUpAfterHours: Effective<number>;
  readonly leastSeverity: Effective<AlertSeverity>;
  /** Origin of the webhook's url; "none" without one. */
  readonly webhookOrigin: Effective<string>;
  readonly webhook: ConfiguredWebhook | null;
}

/** The key path of each that is listed. */
export const alertKeyPaths = {
  quietSeconds: "alerts.quiet_seconds",
  connectionDownAfterSeconds: "alerts.connection_down_after_seconds",
  parityAfterSeconds: "alerts.parity_after_seconds",
  giveUpAfterHours: "alerts.give_up_after_hours",
  leastSeverity: "alerts.webhook.least_severity",
  webhookOrigin: "alerts.webhook.url",
} as const satisfies Readonly<Record<Exclude<keyof AlertValues, "webhook">, string>>;

export const WEBHOOK_SECRET = "COPYTRADER_WEBHOOK_SECRET";
const SECRET_LENGTH_MIN = 16;

interface Input {
  readonly yaml: YamlConfiguration;
  readonly sourceOf: (topLevelKey: string) => ValueSource;
  readonly placeOf: (path: readonly string[]) => { readonly file: string; readonly line: number | undefined };
  readonly environment: Environment;
  readonly purpose: "start" | "inspect";
}

export interface AlertValuesResult {
  readonly values: AlertValues;
  readonly problems: readonly ConfigurationProblem[];
}

export function alertValues(input: Input): AlertValuesResult {
  const { alerts } = input.yaml;
  const own = defaults.alerts;
  const from = <Value>(value: Value | undefined, fallback: Value) =>
    pick([{ value, source: () => input.sourceOf("alerts") }], fallback);
  const leastSeverity = from<AlertSeverity>(alerts?.webhook?.least_severity, own.webhookLeastSeverity);
  const found = webhookOf(input, leastSeverity.value);
  const values = {
    quietSeconds: from<number>(alerts?.quiet_seconds, own.quietSeconds),
    connectionDownAfterSeconds: from<number>(
      alerts?.connection_down_after_seconds,
      own.connectionDownAfterSeconds,
    ),
    parityAfterSeconds: from<number>(alerts?.parity_after_seconds, own.parityAfterSeconds),
    giveUpAfterHours: from<number>(alerts?.give_up_after_hours, own.giveUpAfterHours),
    leastSeverity,
    webhookOrigin: from<string>(found.webhook?.origin, "none"),
    webhook: found.webhook,
  };
  return { values, problems: found.problems };
}

interface FoundWebhook {
  readonly webhook: ConfiguredWebhook | null;
  readonly problems: readonly ConfigurationProblem[];
}

function webhookOf(input: Input, leastSeverity: AlertSeverity): FoundWebhook {
  const { webhook } = input.yaml.alerts ?? {};
  if (webhook === undefined) return { webhook: null, problems: [] };
  if (webhook.url === undefined) {
    return webhook.least_severity === undefined
      ? { webhook: null, problems: [] }
      : refused(input, "is missing; it must be the address that alerts are posted to");
  }
  const objection = objectionToUrl(webhook.url);
  if (objection !== null) return refused(input, objection);
  const { href: url, origin } = new URL(webhook.url);
  const secret = secretOf(input);
  const problems = input.purpose === "inspect" && secret.isMissing ? [] : secret.problems;
  return { webhook: { url, origin, leastSeverity, secret: secret.secret }, problems };
}

/** Never quotes the url: something in it may be secret. */
function objectionToUrl(text: string): string | null {
  if (!URL.canParse(text)) return "must be an address such as https://example.com/alerts";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
  if (url.hash !== "") return "must not hold a # part";
  if (url.protocol === "https:") return null;
  if (url.protocol === "http:" && isLoopback(url.hostname)) return null;
  return "must begin with https://; without encryption only this machine may be addressed";
}

interface FoundSecret {
  readonly secret: Credentials | null;
  readonly isMissing: boolean;
  readonly problems: readonly ConfigurationProblem[];
}

function secretOf({ environment }: Input): FoundSecret {
  const found = environment.find([WEBHOOK_SECRET]);
  if (found === undefined) {
    const message = `is missing: alerts.webhook.url is set, and every alert is signed; set ${WEBHOOK_SECRET} in the environment or .env`;
    const problem = { file: "environment", keyPath: WEBHOOK_SECRET, message };
    return { secret: null, isMissing: true, problems: [problem] };
  }
  if (isKeyText(found.value) && found.value.length >= SECRET_LENGTH_MIN) {
    return { secret: new Credentials("webhook", found.value), isMissing: false, problems: [] };
  }
  const message = `must be ${SECRET_LENGTH_MIN} to 256 letters, digits or signs, without blanks; openssl rand -hex 32 makes one`;
  const problem = { file: found.source, keyPath: WEBHOOK_SECRET, message };
  return { secret: null, isMissing: false, problems: [problem] };
}

function refused({ placeOf }: Input, message: string): FoundWebhook {
  const path = ["alerts", "webhook", "url"];
  const { file, line } = placeOf(path);
  const place = { file, ...(line === undefined ? {} : { line }) };
  return { webhook: null, problems: [{ ...place, keyPath: path.join("."), message }] };
}
