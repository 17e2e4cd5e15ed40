/**
 * Where the HTTP API listens, each value with its source. What would put it in reach of others without encryption is refused:
 * whoever can read a request could take over its session.
 */
import { isAbsolute, join } from "node:path";
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import { type Environment, flagOf } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { isLoopback } from "./venue-address.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface ApiValues {
  readonly enabled: Effective<boolean>;
  readonly host: Effective<string>;
  readonly port: Effective<number>;
  readonly behindProxy: Effective<boolean>;
  /** Paths that can be opened as they stand; null without TLS of its own. */
  readonly tlsCert: Effective<string | null>;
  readonly tlsKey: Effective<string | null>;
  readonly allowedHosts: Effective<readonly string[]>;
  readonly allowedOrigins: Effective<readonly string[]>;
}

const KEYS = {
  enabled: "enabled",
  host: "host",
  port: "port",
  behindProxy: "behind_proxy",
  tlsCert: "tls_cert",
  tlsKey: "tls_key",
  allowedHosts: "allowed_hosts",
  allowedOrigins: "allowed_origins",
} as const satisfies Readonly<Record<keyof ApiValues, string>>;

/** From a command's options, before everything else. */
export interface ApiOverrides {
  readonly enabled?: boolean;
  readonly host?: string;
  readonly port?: number;
}

interface Input {
  readonly yaml: YamlConfiguration;
  readonly configDir: string;
  readonly sourceOf: (topLevelKey: string) => ValueSource;
  readonly placeOf: (path: readonly string[]) => { readonly file: string; readonly line: number | undefined };
  readonly environment: Environment;
  readonly overrides: ApiOverrides;
}

interface ApiValuesResult {
  readonly values: ApiValues;
  readonly problems: readonly ConfigurationProblem[];
}

export function apiValues(input: Input): ApiValuesResult {
  const { environment, overrides, configDir } = input;
  const stated = input.yaml.api;
  const variables = variablesOf(environment);
  const from = <Value>(
    value: Value | undefined,
    fallback: Value,
    before: readonly { readonly value: Value | undefined; readonly source: () => ValueSource }[] = [],
  ) => pick<Value>([...before, { value, source: () => input.sourceOf("api") }], fallback);
  const option = <Value>(value: Value | undefined) => ({ value, source: () => "command line" });
  const path = (value: string | undefined) =>
    value === undefined || isAbsolute(value) ? value : join(configDir, value);
  const own = defaults.api;
  const values: ApiValues = {
    enabled: from<boolean>(stated?.enabled, own.enabled, [option(overrides.enabled), variables.enabled]),
    host: from<string>(stated?.host, own.host, [option(overrides.host), variables.host]),
    port: from<number>(stated?.port, own.port, [option(overrides.port), variables.port]),
    behindProxy: from<boolean>(stated?.behind_proxy, own.behindProxy),
    tlsCert: from<string | null>(path(stated?.tls_cert), null),
    tlsKey: from<string | null>(path(stated?.tls_key), null),
    allowedHosts: from<readonly string[]>(stated?.allowed_hosts, []),
    allowedOrigins: from<readonly string[]>(stated?.allowed_origins, []),
  };
  return { values, problems: [...variables.problems, ...problemsOf(values, input.placeOf)] };
}

function variablesOf(environment: Environment) {
  const enabled = flagOf(environment, "API_ENABLED");
  const host = environment.find(["API_HOST"]);
  const port = environment.find(["API_PORT"]);
  const isPort = port !== undefined && /^\d{1,5}$/.test(port.value) && Number(port.value) <= 65_535;
  return {
    enabled: { value: enabled.value, source: () => enabled.source },
    host: { value: host?.value, source: () => host?.source ?? "" },
    port: { value: isPort ? Number(port.value) : undefined, source: () => port?.source ?? "" },
    problems: [
      ...enabled.problems,
      ...(port === undefined || isPort
        ? []
        : [{ file: port.source, keyPath: "API_PORT", message: "must be a whole number from 0 to 65535" }]),
    ],
  };
}

function problemsOf(values: ApiValues, placeOf: Input["placeOf"]): readonly ConfigurationProblem[] {
  const problem = (name: keyof ApiValues, message: string): ConfigurationProblem => {
    const path = ["api", KEYS[name]];
    const { file, line } = placeOf(path);
    return { file, ...(line === undefined ? {} : { line }), keyPath: path.join("."), message };
  };
  const { host, tlsCert, tlsKey, behindProxy, enabled } = values;
  if ((tlsCert.value === null) !== (tlsKey.value === null)) {
    const [stated, missing] =
      tlsKey.value === null ? (["tls_cert", "tlsKey"] as const) : (["tls_key", "tlsCert"] as const);
    return [problem(missing, `is missing: api.${stated} is set, and the one is nothing without the other`)];
  }
  const isOpen = !isOwn(host.value) && tlsCert.value === null && !behindProxy.value;
  if (!enabled.value || !isOpen) return [];
  const message = `is ${host.value} (${host.source}), which others can reach: set api.tls_cert and api.tls_key, or api.behind_proxy where a proxy in front does TLS, or listen on ${defaults.api.host}`;
  return [problem("host", message)];
}

/** Whether only this machine can reach it. */
function isOwn(host: string): boolean {
  return isLoopback(host) || host === "::1";
}

export function listOfApi(
  values: ApiValues,
): readonly (Effective<string | number | boolean> & { readonly keyPath: string })[] {
  return Object.entries(KEYS).map(([name, key]) => {
    const { value, source } = values[name as keyof ApiValues];
    return { keyPath: `api.${key}`, value: shown(value), source };
  });
}

function shown(value: ApiValues[keyof ApiValues]["value"]): string | number | boolean {
  if (value === null) return "none";
  if (typeof value === "object") return value.length === 0 ? "none" : value.join(", ");
  return value;
}

/** What `start` says of it. */
export function describeApi({ enabled, host, port, tlsCert, behindProxy }: ApiValues): readonly string[] {
  if (!enabled.value) return [`the API and the dashboard are off (${enabled.source})`];
  const scheme = tlsCert.value === null ? "http" : "https";
  const proxy = behindProxy.value ? `; a proxy in front does TLS (${behindProxy.source})` : "";
  return [
    `the API and the dashboard are served at ${scheme}://${inUrl(host.value)}:${port.value} (host ${host.source}, port ${port.source})${proxy}`,
  ];
}

/** As it stands in an address: IPv6 in brackets. */
export function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
