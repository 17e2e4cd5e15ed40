/**
 * A server to drive in-process: a core that is told a story, the real facade over it, users of every role. Nothing listens and no
 * process is started.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InjectOptions } from "fastify";
import { ControlSource } from "../../src/api/control-source.ts";
import { Metrics } from "../../src/api/metrics.ts";
import type { AccessRules, ApiParts, ApiServer } from "../../src/api/parts.ts";
import { PushDesk } from "../../src/api/push-desk.ts";
import { buildServer, type ServerOptions } from "../../src/api/server.ts";
import type { AlertBook } from "../../src/control/alert-requests.ts";
import type { Control, ControlKind } from "../../src/control/control.ts";
import type { Identity } from "../../src/identity/identity.ts";
import { type Permission, permissionsOf, type Role } from "../../src/identity/permissions.ts";
import { silentLog } from "../../src/log.ts";
import { AccountBook } from "../../src/run/account-book.ts";
import type { probeAccounts } from "../../src/run/account-probe.ts";
import { Vault } from "../../src/security/vault.ts";
import {
  type AccountFile,
  identityIn,
  noted,
  runningControl,
  testKey,
  writeAccounts,
} from "../control-fixture.ts";
import { Story } from "../core/story.ts";
import { TEST_KEY } from "../e2e/program.ts";

export const ORIGIN = "http://localhost:8000";
const INSTALLATION = "1a2b3c4d";
/** The name of a session's cookie. */
export const COOKIE = `copytrader-${INSTALLATION}`;

export interface World {
  readonly app: ApiServer;
  readonly story: Story;
  readonly parts: ApiParts;
  /** API tokens of `people`, by name. */
  readonly tokens: ReadonlyMap<string, string>;
  /** What was asked of the facade, by kind. */
  readonly asked: ControlKind[];
  /** Asks as somebody of `people`, or with this very token; nobody when left out. */
  ask(method: InjectOptions["method"], url: string, as?: string, more?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

export interface Ask {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // What a server answers is looked at freely by tests.
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface WorldOptions extends ServerOptions {
  readonly people?: Readonly<Record<string, Person>>;
  readonly story?: Story;
  readonly access?: Partial<AccessRules>;
  /** Beside a leader and a follower. */
  readonly accounts?: readonly AccountFile[];
  /** In place of the running engine's facade. */
  readonly control?: Control;
  readonly wrap?: (control: Control) => Control;
  /** In place of a connection that always comes about. */
  readonly connect?: () => Promise<Control | null>;
  /** The clock by which answers of the engine are shared. */
  readonly sharedNowMs?: () => number;
  /** The engine's alerts. */
  readonly alerts?: (dataDir: string) => AlertBook;
  /** How keys are looked at. */
  readonly probe?: typeof probeAccounts;
}

/** A user with an API token. */
export interface Person {
  readonly role: Role;
  readonly listed?: readonly Permission[];
  readonly given?: readonly string[];
  /** Of the token; everything when left out. */
  readonly scopes?: readonly Permission[];
}

const BOTH = ["leader", "follower"];

/** One of each role, and one who was given nothing. */
export const PEOPLE = {
  owner: { role: "owner" },
  operator: { role: "operator", given: BOTH },
  viewer: { role: "viewer", given: BOTH },
  stranger: { role: "operator" },
} as const satisfies Readonly<Record<string, Person>>;

/** How long a test waits for what is to come. */
export const SOON = { timeout: 15_000 };

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "api-"));
  const story = options.story ?? new Story();
  const identity = await identityIn(folder);
  writeAccounts(folder, options.accounts ?? []);
  const tokens = await tokensOf(identity, options.people ?? PEOPLE);
  const asked: ControlKind[] = [];
  const running = options.control ?? runningControl(story, folder, options.alerts?.(folder) ?? null);
  const control = options.wrap?.(running) ?? running;
  const source = new ControlSource({
    dataDir: folder,
    configDir: join(folder, "config"),
    env: {},
    connect: options.connect ?? (async () => noted(control, asked)),
    ...(options.sharedNowMs === undefined ? {} : { nowMs: options.sharedNowMs }),
  });
  const parts: ApiParts = {
    control: source,
    identity,
    push: new PushDesk({
      file: join(folder, "web-push.json"),
      vault: () => new Vault(testKey()),
      control: source,
      identity,
      log: silentLog,
      nowMs: () => Date.now(),
      mayPostTo: ({ hostname }) => hostname === "127.0.0.1",
    }),
    accounts: new AccountBook({
      configDir: join(folder, "config"),
      dataDir: folder,
      env: { COPYTRADER_ENCRYPTION_KEY: TEST_KEY },
      probe: options.probe ?? noVenue,
    }),
    configDir: join(folder, "config"),
    dataDir: folder,
    log: silentLog,
    metrics: new Metrics(),
    ownCode: async () => ({ strategies: [], filters: [] }),
    access: {
      hosts: new Set(["localhost"]),
      origins: new Set(),
      secure: false,
      behindProxy: false,
      installation: INSTALLATION,
      ...options.access,
    },
    nowMs: () => Date.now(),
  };
  const app = await buildServer(parts, options);
  return {
    app,
    story,
    parts,
    tokens,
    asked,
    ask: (method = "GET", url, as, more = {}) =>
      inject(app, method, url, as === undefined ? undefined : (tokens.get(as) ?? as), more),
    async close() {
      await app.close();
      await parts.control.close();
      await identity.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** No test here reaches for a venue. */
const noVenue: typeof probeAccounts = async (accounts) =>
  accounts.map((account) => ({ account, instruments: "no venue", inspection: null, stream: null }));

async function inject(
  app: ApiServer,
  method: NonNullable<InjectOptions["method"]>,
  url: string,
  as: string | undefined,
  { body, headers = {} }: Ask,
): Promise<Answer> {
  const response = await app.inject({
    method,
    url,
    headers: {
      host: "localhost:8000",
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const type = String(response.headers["content-type"] ?? "").split(";")[0] ?? "";
  const isJson = type === "application/json" || type === "application/problem+json";
  return {
    status: response.statusCode,
    type,
    headers: response.headers,
    text: response.body,
    body: isJson ? JSON.parse(response.body) : null,
  };
}

const HERE = { kind: "local", name: "test" } as const;

async function tokensOf(
  identity: Identity,
  people: Readonly<Record<string, Person>>,
): Promise<ReadonlyMap<string, string>> {
  const tokens = new Map<string, string>();
  for (const [name, { role, listed = [], given = [], scopes }] of Object.entries(people)) {
    const own = scopes ?? [...permissionsOf(role, listed)];
    const { id } = await identity.addUser(HERE, { name, role, listed, given });
    const made = await identity.createToken(HERE, {
      name: "test",
      scopes: own,
      expiresInDays: 1,
      userId: id,
    });
    tokens.set(name, made.token);
  }
  return tokens;
}
