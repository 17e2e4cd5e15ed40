/**
 * The API on its own: opens what it stands on, listens, says where, and stops in order. It holds no lock: the engine may run beside it,
 * stop and start again, and the API asks whichever is there.
 */
import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { ControlSource } from "../api/control-source.ts";
import { Metrics } from "../api/metrics.ts";
import type { AccessRules, ApiParts, ApiServer } from "../api/parts.ts";
import { PushDesk } from "../api/push-desk.ts";
import { buildServer } from "../api/server.ts";
import {
  type ApiOverrides,
  type ApiValues,
  type ConfigurationProblem,
  describeProblem,
  inUrl,
  loadApi,
} from "../config.ts";
import { ControlError } from "../control/control.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { Identity } from "../identity/identity.ts";
import { eachSecret } from "../security/secrets.ts";
import { aborted } from "./aborted.ts";
import { AccountBook } from "./account-book.ts";
import { openIdentityAt, vaultAt } from "./identity-at.ts";
import { openLogAt } from "./open-log.ts";
import { openTraderExtensions } from "./trader-extensions.ts";

export interface ApiRunOptions {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Of the command line. */
  readonly overrides?: ApiOverrides;
  /** Aborting it stops the server cleanly. */
  readonly stop: AbortSignal;
  /** Called once it listens. */
  readonly listening: (address: ListeningAddress, setup: SetupAddress | null) => void;
  readonly quiet?: boolean;
}

export interface ListeningAddress {
  /** `http://127.0.0.1:8000`, to be opened in a browser. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** While nobody can sign in: a link that makes the first owner, once. */
export interface SetupAddress {
  readonly url: string;
  readonly expiresMs: number;
}

export type ApiFailure = "configuration" | "port-in-use" | "port-refused" | "tls";

/** Why it does not listen; nothing else is touched by it. */
export class ApiStartError extends Error {
  override readonly name = "ApiStartError";
  readonly failure: ApiFailure;
  readonly problems: readonly ConfigurationProblem[];

  constructor(failure: ApiFailure, message: string, problems: readonly ConfigurationProblem[] = []) {
    super(message);
    this.failure = failure;
    this.problems = problems;
  }
}

/** Listens until stopped; rejects with an ApiStartError where it cannot. */
export async function runApi(options: ApiRunOptions): Promise<void> {
  const { configDir, dataDir, env, stop } = options;
  const loaded = loadApi(configDir, { ...options.overrides, enabled: true }, env);
  if (!loaded.ok) throw new ApiStartError("configuration", "the configuration has problems", loaded.problems);
  const { api, logging } = loaded;
  const opened = await openLogAt({ ...options, logging, secrets: eachSecret });
  const folders = { configDir, dataDir, ...(env === undefined ? {} : { env }) };
  const control = new ControlSource(folders);
  const { log } = opened;
  const identity = await openIdentityAt(folders, { log });
  const push = new PushDesk({
    file: dataFolderPaths(dataDir).webPush,
    vault: () => vaultAt(folders),
    control,
    identity,
    log,
    nowMs: () => Date.now(),
  });
  try {
    const app = await serverOf(options, api, { control, identity, push, log });
    try {
      const port = await listen(app, api);
      const url = urlOf(api, port);
      options.listening({ url, host: api.host.value, port }, await setupAddress(identity, url));
      push.start();
      opened.log.channel("api").info("listening", { host: api.host.value, port });
      await aborted(stop, () => null);
    } finally {
      await app.close();
    }
  } finally {
    push.close();
    await Promise.all([control.close(), identity.close()]);
    opened.close();
  }
}

/** A fresh link with every start while there is no owner; earlier ones end. */
async function setupAddress(identity: Identity, url: string): Promise<SetupAddress | null> {
  if (!(await identity.needsSetup())) return null;
  const { token, expiresMs } = await identity.setupLink({ kind: "local", name: "first start" });
  return { url: `${url}/#setup=${token}`, expiresMs };
}

async function serverOf(
  { configDir, dataDir, env }: ApiRunOptions,
  api: ApiValues,
  parts: Pick<ApiParts, "control" | "identity" | "push" | "log">,
): Promise<ApiServer> {
  const tls = tlsOf(api);
  return buildServer(
    {
      ...parts,
      accounts: new AccountBook({ configDir, dataDir, ...(env === undefined ? {} : { env }) }),
      configDir,
      dataDir,
      metrics: new Metrics(),
      access: accessOf(api, dataDir),
      ownCode: () => ownCodeAt(configDir),
      nowMs: () => Date.now(),
    },
    tls === null ? {} : { tls },
  );
}

async function ownCodeAt(configDir: string) {
  const { strategies, filters, problems } = await openTraderExtensions(configDir);
  if (problems.length > 0) throw new ControlError("bad-settings", problems.map(describeProblem).join("\n"));
  return { strategies, filters };
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

export function accessOf(
  { host, tlsCert, behindProxy, allowedHosts, allowedOrigins }: ApiValues,
  dataDir: string,
): AccessRules {
  const names = [...LOOPBACK, host.value, ...allowedHosts.value].map((name) => name.toLowerCase());
  return {
    hosts: new Set(names),
    origins: new Set(allowedOrigins.value),
    secure: tlsCert.value !== null || behindProxy.value,
    behindProxy: behindProxy.value,
    installation: installationOf(dataDir),
  };
}

/** The same after a restart and on another port, another for another folder, in a container, too, where all paths are the same. */
export function installationOf(dataDir: string): string {
  const { ino } = statSync(dataDir, { bigint: true });
  return createHash("sha256")
    .update(`${realpathSync(dataDir)} ${ino}`)
    .digest("hex")
    .slice(0, 8);
}

function tlsOf({ tlsCert, tlsKey }: ApiValues): { readonly cert: string; readonly key: string } | null {
  if (tlsCert.value === null || tlsKey.value === null) return null;
  return { cert: pemOf("api.tls_cert", tlsCert.value), key: pemOf("api.tls_key", tlsKey.value) };
}

function pemOf(keyPath: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ApiStartError("tls", `${keyPath}: ${cause}`);
  }
}

/** Where it listens: another port than asked for where that was 0. */
async function listen(app: ApiServer, { host, port }: ApiValues): Promise<number> {
  try {
    await app.listen({ host: host.value, port: port.value });
  } catch (error) {
    throw failureOf(error, host.value, port.value);
  }
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : port.value;
}

function failureOf(error: unknown, host: string, port: number): Error {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "EADDRINUSE") {
    const help = "stop what listens there, or take another: --port, API_PORT or api.port";
    return new ApiStartError("port-in-use", `port ${port} on ${host} is in use by another program; ${help}`);
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    const cause = error instanceof Error ? error.message : "";
    return new ApiStartError("port-refused", `${host}:${port} cannot be listened on: ${cause}`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Everywhere means here, too. */
function urlOf({ host, tlsCert }: ApiValues, port: number): string {
  const name = host.value === "0.0.0.0" || host.value === "::" ? "127.0.0.1" : host.value;
  return `${tlsCert.value === null ? "http" : "https"}://${inUrl(name)}:${port}`;
}
