/**
 * The values of alerts in force, and the channels with their secrets. Secrets come from the environment or `.env` alone, never
 * from a file that might be shown to somebody; of the url only the origin is ever listed, because paths may be secret too.
 */
import { Credentials, isKeyText } from "../security/secrets.ts";
import type { AlertSettings } from "./alert-keys.ts";
import { type AlertSettingValues, alertSettingRows, alertSettings } from "./alert-settings.ts";
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import { type ConfiguredEmail, emailOf } from "./email-values.ts";
import type { EncryptionKeys } from "./encryption-keys.ts";
import type { Environment } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { isLoopback } from "./venue-address.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface ConfiguredWebhook {
  readonly url: string;
  /** For people: without the path. */
  readonly origin: string;
  /** Null where it is missing, when the purpose is only to inspect. */
  readonly secret: Credentials | null;
}

export interface AlertValues {
  readonly connectionDownAfterSeconds: Effective<number>;
  readonly parityAfterSeconds: Effective<number>;
  readonly giveUpAfterHours: Effective<number>;
  /** What may be changed while running. */
  readonly settings: AlertSettingValues;
  /** Origin of the webhook's url; "none" without one. */
  readonly webhookOrigin: Effective<string>;
  readonly webhook: ConfiguredWebhook | null;
  /** Server and number of recipients; "none" without one. */
  readonly emailServer: Effective<string>;
  readonly email: ConfiguredEmail | null;
}

export const WEBHOOK_SECRET = "COPYTRADER_WEBHOOK_SECRET";
const SECRET_LENGTH_MIN = 16;

interface Input {
  readonly yaml: YamlConfiguration;
  readonly sourceOf: (topLevelKey: string) => ValueSource;
  readonly placeOf: (path: readonly string[]) => { readonly file: string; readonly line: number | undefined };
  readonly environment: Environment;
  readonly keys: () => EncryptionKeys;
  readonly purpose: "start" | "inspect";
}

export interface AlertValuesResult {
  readonly values: AlertValues;
  readonly problems: readonly ConfigurationProblem[];
}

/** `decided`: what run time says of the settings. */
export function alertValues(input: Input, decided: AlertSettings): AlertValuesResult {
  const { alerts } = input.yaml;
  const own = defaults.alerts;
  const from = <Value>(value: Value | undefined, fallback: Value) =>
    pick([{ value, source: () => input.sourceOf("alerts") }], fallback);
  const found = webhookOf(input);
  const { email, problems } = emailOf({
    stated: alerts?.email,
    environment: input.environment,
    keys: input.keys,
    purpose: input.purpose,
    problemAt: (key, message) => problemAt(input, ["alerts", "email", key], message),
  });
  const values = {
    connectionDownAfterSeconds: from<number>(
      alerts?.connection_down_after_seconds,
      own.connectionDownAfterSeconds,
    ),
    parityAfterSeconds: from<number>(alerts?.parity_after_seconds, own.parityAfterSeconds),
    giveUpAfterHours: from<number>(alerts?.give_up_after_hours, own.giveUpAfterHours),
    settings: settingsOfAlerts(input, decided),
    webhookOrigin: from<string>(found.webhook?.origin, "none"),
    webhook: found.webhook,
    emailServer: from<string>(email === null ? undefined : describeEmail(email), "none"),
    email,
  };
  return { values, problems: [...found.problems, ...problems] };
}

export function settingsOfAlerts(
  { yaml, sourceOf }: Pick<Input, "yaml" | "sourceOf">,
  decided: AlertSettings,
): AlertSettingValues {
  return alertSettings(decided, yaml.alerts ?? {}, () => sourceOf("alerts"));
}

function describeEmail({ host, port, recipients }: ConfiguredEmail): string {
  return `${host}:${port} to ${recipients.map(({ address }) => address).join(", ")}`;
}

interface FoundWebhook {
  readonly webhook: ConfiguredWebhook | null;
  readonly problems: readonly ConfigurationProblem[];
}

function webhookOf(input: Input): FoundWebhook {
  const { webhook } = input.yaml.alerts ?? {};
  if (webhook === undefined) return { webhook: null, problems: [] };
  if (webhook.url === undefined) {
    return Object.keys(webhook).length === 0
      ? { webhook: null, problems: [] }
      : refused(input, "is missing; it must be the address that alerts are posted to");
  }
  const objection = objectionToUrl(webhook.url);
  if (objection !== null) return refused(input, objection);
  const { href: url, origin } = new URL(webhook.url);
  const secret = secretOf(input);
  const problems = input.purpose === "inspect" && secret.isMissing ? [] : secret.problems;
  return { webhook: { url, origin, secret: secret.secret }, problems };
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

function refused(input: Input, message: string): FoundWebhook {
  return { webhook: null, problems: [problemAt(input, ["alerts", "webhook", "url"], message)] };
}

function problemAt({ placeOf }: Input, path: readonly string[], message: string): ConfigurationProblem {
  const { file, line } = placeOf(path);
  return { file, ...(line === undefined ? {} : { line }), keyPath: path.join("."), message };
}

/** For lists. */
export function listOfAlerts(
  values: AlertValues,
): readonly (Effective<number | string | boolean> & { readonly keyPath: string })[] {
  const rows = Object.entries(alertSettingRows(values.settings)).map(([name, { value, source }]) => {
    const shown = typeof value === "object" ? (value.length === 0 ? "none" : value.join(", ")) : value;
    return { keyPath: `alerts.${name}`, value: shown, source };
  });
  return [
    ...rows,
    { keyPath: "alerts.connection_down_after_seconds", ...values.connectionDownAfterSeconds },
    { keyPath: "alerts.parity_after_seconds", ...values.parityAfterSeconds },
    { keyPath: "alerts.give_up_after_hours", ...values.giveUpAfterHours },
    { keyPath: "alerts.webhook.url", ...values.webhookOrigin },
    { keyPath: "alerts.email.host", ...values.emailServer },
  ];
}

/** What `start` says: where alerts go and from which severity, and when it is quiet. */
export function describeAlerts({ settings, webhookOrigin, emailServer }: AlertValues): readonly string[] {
  const { channels, quietHours, timeZone, escalation } = settings;
  const places = [
    ["the terminal", channels.terminal, true],
    [`the webhook ${webhookOrigin.value}`, channels.webhook, webhookOrigin.value !== "none"],
    [`e-mail by ${emailServer.value}`, channels.email, emailServer.value !== "none"],
  ] as const;
  const told = places
    .filter(([, , isThere]) => isThere)
    .map(
      ([
        place,
        {
          leastSeverity: { value, source },
        },
      ]) => `${place} from ${value} on (${source})`,
    );
  const { afterMinutes } = escalation;
  return [
    `alerts go to ${told.join(", ")}; to devices and Telegram where somebody wants them`,
    ...(quietHours.value.length === 0
      ? []
      : [
          `alerts that are not critical wait in ${quietHours.value.join(", ")} ${timeZone.value} (${quietHours.source})`,
        ]),
    ...(afterMinutes.value === 0
      ? []
      : [
          `critical alerts that nobody acknowledges are told again after ${afterMinutes.value} min (${afterMinutes.source})`,
        ]),
  ];
}
