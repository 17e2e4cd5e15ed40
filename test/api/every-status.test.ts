/**
 * Every documented answer of every operation is reached: what was asked for, and each status that is none. Most are provoked the same way
 * everywhere (PROVOKED); SAMPLES has a request that each operation answers, SPECIAL what a single one needs.
 */
import { createECDH, randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REPORTS } from "../../src/api/gate.ts";
import { type Control, ControlError, type ControlKind, type RequestOf } from "../../src/control/control.ts";
import { StoppedControl } from "../../src/control/stopped.ts";
import { withTraderStore } from "../../src/control/traders.ts";
import { dataFolderPaths } from "../../src/data-folder.ts";
import type { AccountInspection } from "../../src/exchange/exchange.ts";
import { IdentityError } from "../../src/identity/identity-error.ts";
import type { probeAccounts } from "../../src/run/account-probe.ts";
import { onlyOrder, Story } from "../core/story.ts";
import { takeCsv } from "../traders/take-csv.ts";
import { type Answer, COOKIE, ORIGIN, openWorld, type World } from "./world.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Operation {
  /** `GET /api/v1/status` */
  readonly name: string;
  readonly method: Method;
  readonly path: string;
  readonly query: readonly string[];
  readonly hasBody: boolean;
  readonly isIdempotent: boolean;
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

interface Attempt {
  /** In place of the parameters of the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The owner's token when left out; nobody where null. */
  readonly as?: string | null;
  readonly world?: World;
}

/** Made when it is its turn: what it needs may have to be there first. */
type Made = Attempt | (() => Promise<Attempt>);

const PASSWORD = "correct horse battery staple 7";
/** A journal of a while of copying. */
const KEPT = fileURLToPath(new URL("../journal/kept/0.1.0", import.meta.url));
const FILTERS = "copy_trading:\n  trader_selection:\n    min_trades: 1\n";
const REPORT = "account-follower-daily-2026-11-20.html";
const HERE = { kind: "local", name: "test" } as const;
const HOME = { address: "192.0.2.1", agent: "" };
const PEOPLE = {
  owner: { role: "owner" },
  viewer: { role: "viewer", given: ["follower"] },
  partial: { role: "operator", given: ["follower", "other"] },
  stranger: { role: "operator" },
  money: { role: "owner", scopes: ["view_balance"] },
  reader: { role: "owner", scopes: ["view_sync"] },
} as const;
const MANY = { address: 1e9, user: 1e9, unknown: 1e9 };
const PAST = { start_date: "2024-05-01", end_date: "2024-06-20" };
/** In place of the command line; fails where that is said. */
const PROGRAM = `
if (process.argv.some((one) => /(^|=)fail$|^--scheduled$/.test(one))) { console.error("it failed"); process.exit(2); }
else process.stdout.write(JSON.stringify({ warnings: [], assumptions: [], comparisons: [], strategies: [] }));
`;
/** As any of them fails. */
const FAIL = "fail";
const DAY_MS = 86_400_000;
const FILLS = Array.from({ length: 80 }, (_, at) => {
  const [side, price] = at % 2 === 0 ? ["buy", 100] : ["sell", 101 + (at % 5)];
  return `${Date.UTC(2024, 0, 1) + at * DAY_MS},BTCUSDT,${side},${price},1,-0.01`;
});
const SOUND = {
  readOnly: false,
  canTrade: true,
  canWithdraw: false,
  permissions: [],
  expiresAtMs: null,
  equity: "1",
  available: "1",
  clockOffsetMs: 0,
  positionMode: "one-way",
  marginMode: "REGULAR_MARGIN",
} as Partial<AccountInspection> as AccountInspection;
const probe: typeof probeAccounts = async (accounts) =>
  accounts.map((account) => ({
    account,
    instruments: 1,
    inspection: account.credentials === null ? null : SOUND,
    stream: null,
  }));

let folder = "";
let world: World;
/** Whose engine does not answer; who may ask nothing more; whose users and accounts cannot be had. */
let gone: World;
let limited: World;
let failing: World;
/** Whose engine is stopped: one that has a past, and one whose configuration has problems. */
let stopped: World;
let wrong: World;
/** Whose every account is connected. */
let ready: World;
let isEngineGone = false;
let operations: readonly Operation[] = [];
/** Headers of a session of olga's, an owner. */
let session: Readonly<Record<string, string>> = {};

const opened: World[] = [];
const release = Promise.withResolvers<void>();

function holding(): Story {
  const story = new Story({ allocation: { autoCopy: true } });
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  story.allocate({ autoCopy: false });
  story.leaderFill("buy", "0.4");
  return story;
}

const unreachable: Control = {
  ask: () => Promise.reject(new ControlError("unreachable", "the engine closed the connection")),
  close: async () => {},
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "every-status-"));
  const program = join(folder, "program.cjs");
  writeFileSync(program, PROGRAM);
  const options = {
    people: PEOPLE,
    requestsMax: MANY,
    jobProgram: [process.execPath, program] as const,
    probe,
  };
  world = await openWorld({ ...options, story: holding() });
  gone = await openWorld({ ...options, control: unreachable });
  limited = await openWorld({ people: PEOPLE, requestsMax: { address: 1, user: 1, unknown: 1 } });
  await limited.ask("GET", "/health/live");
  failing = await openWorld({ ...options, wrap: (control) => failingLater(control) });
  stopped = await stoppedWorld();
  cpSync(KEPT, dataFolderPaths(stopped.parts.dataDir).journal, { recursive: true });
  wrong = await stoppedWorld();
  mkdirSync(wrong.parts.configDir);
  writeFileSync(join(wrong.parts.configDir, "copy_trading_config.yaml"), "copy_trading: 7\n");
  writeFileSync(join(wrong.parts.dataDir, "accounts", "broken.json"), "{");
  ready = await openWorld({ ...options, wrap: (control) => allConnected(control) });
  const { identity, dataDir, configDir } = world.parts;
  mkdirSync(configDir);
  writeFileSync(join(configDir, "copy_trading_config.yaml"), FILTERS);
  mkdirSync(dataFolderPaths(dataDir).logs);
  mkdirSync(dataFolderPaths(dataDir).reports);
  writeFileSync(join(dataFolderPaths(dataDir).reports, REPORT), "<p>");
  writeFileSync(join(failing.parts.dataDir, "web-push.json"), "{");
  mkdirSync(join(dataFolderPaths(failing.parts.dataDir).alerts, "alerts-00000001.jsonl"), {
    recursive: true,
  });
  await identity.addUser(HERE, { name: "olga", role: "owner", password: PASSWORD });
  session = await sessionOf("olga");
  for (const data of [dataDir, ready.parts.dataDir])
    await withTraderStore(data, (store) =>
      takeCsv(store, data, {
        lines: ["time,symbol,side,price,quantity,fee", ...FILLS],
        statedEquity: "1000",
      }),
    );
  operations = operationsOf((await world.ask("GET", "/api/v1/openapi.json")).body);
});
afterAll(async () => {
  release.resolve();
  for (const one of [...opened, world, gone, limited, failing, stopped, wrong, ready]) await one.close();
  rmSync(folder, { recursive: true });
});

/** The facade over the data folder alone. */
async function stoppedWorld(): Promise<World> {
  let control: Control | null = null;
  const made = await openWorld({
    people: PEOPLE,
    requestsMax: MANY,
    control: {
      ask: (request) => control?.ask(request) ?? Promise.reject(new Error("not yet")),
      close: async () => {},
    },
  });
  const { dataDir, configDir } = made.parts;
  control = new StoppedControl({ dataDir, configDir, env: {} });
  return made;
}

function failingLater(control: Control): Control {
  return {
    ask: <Kind extends ControlKind>(request: RequestOf<Kind>) =>
      isEngineGone ? unreachable.ask<Kind>(request) : control.ask<Kind>(request),
    close: async () => {},
  };
}

function allConnected(control: Control): Control {
  return {
    ask: async <Kind extends ControlKind>(request: RequestOf<Kind>) => {
      const answer = await control.ask<Kind>(request);
      // A status is told as if every stream were up.
      return JSON.parse(JSON.stringify(answer).replaceAll('"connected":false', '"connected":true'));
    },
    close: async () => {},
  };
}

async function sessionOf(name: string): Promise<Readonly<Record<string, string>>> {
  const { token } = await world.parts.identity.logIn({ name, password: PASSWORD }, HOME);
  return { cookie: `${COOKIE}=${token}`, origin: ORIGIN };
}

/** Everything but who somebody is fails in it. */
function broken(failure: "busy" | "no-key"): World {
  const { identity, accounts } = failing.parts;
  const fails = () => Promise.reject(new IdentityError(failure, "it cannot be had"));
  const parts = {
    identity: new Proxy(identity, {
      get: (target, name) => (name === "principalOf" ? target.principalOf.bind(target) : fails),
    }),
    accounts: new Proxy(accounts, { get: () => fails }),
  };
  Object.assign(failing.parts, parts);
  return failing;
}

// A document is looked at freely.
function operationsOf({ paths }: Answer["body"]): readonly Operation[] {
  return Object.entries<Answer["body"]>(paths).flatMap(([path, methods]) =>
    Object.entries<Answer["body"]>(methods).map(([method, operation]) => {
      const named = (where: string) =>
        (operation.parameters ?? []).filter((one: Answer["body"]) => one.in === where);
      const upper = method.toUpperCase() as Method;
      return {
        name: `${upper} ${path}`,
        method: upper,
        path,
        query: named("query").map((one: Answer["body"]) => one.name),
        hasBody: operation.requestBody !== undefined,
        isIdempotent: named("header").some((one: Answer["body"]) => one.name === "idempotency-key"),
        responses: operation.responses,
      };
    }),
  );
}

const RELATION = { leader: "leader", follower: "follower" };
const anyMatch = { "if-match": "*" };
const asOlga = (attempt: Attempt = {}): Attempt => ({
  ...attempt,
  as: null,
  headers: { ...session, ...attempt.headers },
});
const user = (name: string) => ({ name, role: "viewer" });
const somebody = (name: string) => async () =>
  asOlga({ params: { id: String((await world.parts.identity.addUser(HERE, { name, role: "viewer" })).id) } });
let count = 0;
const next = () => `somebody-${++count}`;
const job = (path: string, body: object) => async () => {
  const { body: made } = await world.ask("POST", `/api/v1/${path}`, "owner", { body });
  await expect
    .poll(async () => (await world.ask("GET", `/api/v1/jobs?limit=1`, "owner")).body.items[0]?.ended_ms, {
      timeout: 20_000,
    })
    .not.toBeNull();
  return { params: { id: String(made.id) } };
};

/** Each kind with what it takes, and with what makes it fail. */
const JOBS: Readonly<Record<string, readonly [object, object]>> = {
  backtests: [PAST, { strategy: FAIL }],
  what_if: [{ leader: "me" }, { leader: FAIL }],
  protections: [PAST, { strategy: FAIL }],
  strategy_searches: [{ ...PAST, name: "copy_all" }, { name: FAIL }],
  optimisations: [{ returns: "date,a\n2024-01-01,0.1\n" }, { method: FAIL }],
  trader_imports: [{ files: [{ name: "a.csv", text: "a" }] }, { trader: FAIL }],
  trader_fetches: [{ id: "me", venue: "okx" }, { id: FAIL }],
  discoveries: [{ venue: "okx" }, { id: FAIL }],
  market_fetches: [{ symbols: ["BTCUSDT"], from: "2024-01-01" }, { symbols: [FAIL] }],
  market_imports: [{ files: [{ name: "a.csv", text: "a" }], venue: "bybit" }, { symbol: FAIL }],
  backups: [{}, { remove_old: true }],
  checks: [{ what: "accounts" }, { account: FAIL }],
};

/** What is answered with what was asked for; nothing where no more than the address is needed. */
const SAMPLES: Readonly<Record<string, Made>> = {
  "POST /api/v1/allocations": { query: "dry_run=true", body: { ...RELATION, values: {} } },
  "GET /api/v1/leaders/{nickname}": { params: { nickname: "leader" } },
  "GET /api/v1/followers/{nickname}": { params: { nickname: "follower" } },
  "GET /health/ready": async () => ({ world: ready }),
  "GET /api/v1/health/ready": async () => ({ world: ready }),
  "GET /api/v1/journal": async () => ({ world: stopped }),
  "GET /api/v1/journal/{change}/explain": async () => ({ world: stopped, params: { change: "60" } }),
  "GET /api/v1/portfolio/performance": async () => ({ world: stopped }),
  "GET /api/v1/performance": async () => ({ world: stopped }),
  "GET /api/v1/attribution": async () => ({ world: stopped }),
  "GET /api/v1/fees": async () => ({ world: stopped }),
  "POST /api/v1/fees/payments": async () => ({ world: stopped, body: { ...RELATION, amount: "5" } }),
  "GET /api/v1/journal/replay": async () => ({ world: stopped, query: "from=380" }),
  "GET /api/v1/orders": { query: "limit=1" },
  "GET /api/v1/fills": { query: "limit=1" },
  "GET /api/v1/tax_lots": async () => ({ world: stopped, query: "year=2026" }),
  "GET /api/v1/capital": { query: "leader=leader" },
  "POST /api/v1/accounts": {
    body: { nickname: "third", account_type: "simulated", url: "http://127.0.0.1:9003" },
  },
  "DELETE /api/v1/accounts/{nickname}": async () => {
    const body = { nickname: "fourth", account_type: "simulated", url: "http://127.0.0.1:9004" };
    await world.ask("POST", "/api/v1/accounts", "owner", { body });
    return { params: { nickname: "fourth" } };
  },
  "POST /api/v1/pause": { query: "dry_run=true", body: {} },
  "POST /api/v1/resume": { query: "dry_run=true", body: {} },
  "POST /api/v1/close": { query: "dry_run=true", body: { follower: "follower" } },
  "POST /api/v1/release": { query: "dry_run=true", body: { follower: "follower" } },
  "DELETE /api/v1/allocations/{leader}/{follower}": { params: RELATION, query: "dry_run=true" },
  "POST /api/v1/proposals/{id}/approve": { params: { id: "1" }, query: "dry_run=true", body: {} },
  "POST /api/v1/proposals/{id}/decline": { params: { id: "1" }, query: "dry_run=true" },
  "POST /api/v1/kill_switch": { body: { follower: "follower" } },
  "POST /api/v1/kill_switch/confirm": async () => {
    const asked = await world.ask("POST", "/api/v1/kill_switch", "owner", { body: { follower: "follower" } });
    return { body: { confirmation: asked.body.confirmation } };
  },
  "GET /api/v1/traders/{trader_id}/performance": { params: { trader_id: "me" } },
  "GET /api/v1/traders/{trader_id}/trades": { params: { trader_id: "me" } },
  "GET /api/v1/traders/{trader_id}/evidence": { params: { trader_id: "me" } },
  "POST /api/v1/traders/{trader_id}/copy": {
    params: { trader_id: "leader" },
    query: "dry_run=true",
    body: { position_scaling: 0.5 },
  },
  "GET /api/v1/rebalance": async () => {
    const body = { leader: "leader", follower: "follower", values: { sizing: "equity-proportional" } };
    await world.ask("POST", "/api/v1/allocations", "owner", { body });
    return { query: "strategy=portfolio_copying" };
  },
  "POST /api/v1/rebalance": {
    query: "dry_run=true",
    body: { follower: "follower", shares: [{ leader: "leader", factor: "0" }] },
  },
  "GET /api/v1/followers/{nickname}/settings": { params: { nickname: "follower" } },
  "PATCH /api/v1/followers/{nickname}/settings": {
    params: { nickname: "follower" },
    body: { values: { max_orders_per_minute: 50 } },
    headers: anyMatch,
  },
  "PATCH /api/v1/settings/portfolio": { body: { values: { max_traders: 9 } }, headers: anyMatch },
  "PUT /api/v1/copy_trading/settings": { body: { max_traders: 8 } },
  "POST /api/v1/session": { as: null, body: { name: "olga", password: PASSWORD } },
  "DELETE /api/v1/session": async () => ({ as: null, headers: await sessionOf("olga") }),
  "POST /api/v1/setup": async () => {
    const { id } = await world.parts.identity.addUser(HERE, { name: next(), role: "viewer" });
    const { token } = await world.parts.identity.invite(HERE, id);
    return { as: null, body: { secret: token, password: PASSWORD } };
  },
  "DELETE /api/v1/sessions/{id}": async () => {
    await sessionOf("olga");
    const sessions = await world.parts.identity.sessions(HERE);
    return asOlga({ params: { id: String(sessions.at(-1)?.id) } });
  },
  "POST /api/v1/session/second_factor": async () => {
    const { headers, recovery } = await withFactor();
    return { as: null, headers, body: { code: recovery } };
  },
  "POST /api/v1/second_factor": () => Promise.resolve(asOlga({ body: { password: PASSWORD } })),
  "POST /api/v1/second_factor/finish": async () => {
    const name = next();
    await world.parts.identity.addUser(HERE, { name, role: "viewer", password: PASSWORD });
    const headers = await sessionOf(name);
    const begun = await world.ask("POST", "/api/v1/second_factor", undefined, {
      headers,
      body: { password: PASSWORD },
    });
    const code = new TOTP({ secret: Secret.fromBase32(begun.body.secret) }).generate();
    return { as: null, headers, body: { code } };
  },
  "DELETE /api/v1/users/{id}/second_factor": async () => {
    const { id } = await withFactor();
    return asOlga({ params: { id: String(id) } });
  },
  "POST /api/v1/users": async () => asOlga({ body: user(next()) }),
  "PATCH /api/v1/users/{id}": async () => ({ ...(await somebody(next())()), body: { given: [] } }),
  "DELETE /api/v1/users/{id}": () => somebody(next())(),
  "PUT /api/v1/users/{id}/password": async () => ({
    ...(await somebody(next())()),
    body: { password: PASSWORD },
  }),
  "POST /api/v1/users/{id}/invitation": () => somebody(next())(),
  "DELETE /api/v1/users/{id}/sessions": () => somebody(next())(),
  "POST /api/v1/tokens": async () =>
    asOlga({ body: { name: "ci", scopes: ["view_sync"], expires_in_days: 1 } }),
  "DELETE /api/v1/tokens/{id}": async () => {
    const made = await world.ask("POST", "/api/v1/tokens", undefined, {
      headers: session,
      body: { name: "ci", scopes: ["view_sync"], expires_in_days: 1 },
    });
    return asOlga({ params: { id: String(made.body.view.id) } });
  },
  "POST /api/v1/reports": { body: { account: "follower", period: "daily", formats: ["html"] } },
  "GET /api/v1/reports/{id}": job("reports", { account: "follower" }),
  "GET /api/v1/reports/{id}/result": job("reports", { account: "follower" }),
  "DELETE /api/v1/reports/{id}": job("reports", { account: "follower" }),
  "GET /api/v1/reports/files/{name}": { params: { name: REPORT } },
  "GET /api/v1/alerts/state": async () => ({ world: stopped }),
  "POST /api/v1/alerts/acknowledge": async () => ({ world: stopped, body: {} }),
  "POST /api/v1/alerts/mutes": async () => ({ world: stopped, body: { minutes: 5 } }),
  "DELETE /api/v1/alerts/mutes": async () => ({ world: stopped }),
  "PATCH /api/v1/settings/alerts": { body: { values: { quiet_seconds: 60 } }, headers: anyMatch },
  "POST /api/v1/push_subscriptions": async () => ({ body: device(next()) }),
  "DELETE /api/v1/push_subscriptions/{id}": knownDevice,
  "POST /api/v1/push_subscriptions/{id}/test": knownDevice,
  "GET /api/v1/backtests/comparison": async () => {
    const { params } = await job("backtests", PAST)();
    return { query: `ids=${params.id}` };
  },
  ...Object.fromEntries(
    Object.entries(JOBS).flatMap(([path, [body]]) => [
      [`POST /api/v1/${path}`, { body }],
      [`GET /api/v1/${path}/{id}`, job(path, body)],
      [`GET /api/v1/${path}/{id}/result`, job(path, body)],
      [`DELETE /api/v1/${path}/{id}`, job(path, body)],
    ]),
  ),
};

function device(name: string) {
  const keys = createECDH("prime256v1");
  keys.generateKeys();
  const [p256dh, auth] = [keys.getPublicKey("base64url"), randomBytes(16).toString("base64url")];
  return { endpoint: `http://127.0.0.1:1/${name}`, keys: { p256dh, auth } };
}

async function knownDevice(): Promise<Attempt> {
  const { identity } = world.parts;
  const name = next();
  await identity.addUser(HERE, { name, role: "viewer", password: PASSWORD });
  const headers = await sessionOf(name);
  const added = await world.ask("POST", "/api/v1/push_subscriptions", undefined, {
    headers,
    body: device(name),
  });
  return { as: null, headers, params: { id: String(added.body.id) } };
}

async function oneDeviceTooMany(): Promise<Attempt> {
  for (let made = 0; made < 10; made += 1)
    await world.ask("POST", "/api/v1/push_subscriptions", "viewer", { body: device(next()) });
  return { as: "viewer", body: device(next()) };
}

/** An owner with a second factor that is fresh no more. */
async function withFactor() {
  const { identity } = world.parts;
  const name = next();
  const { id } = await identity.addUser(HERE, { name, role: "owner", password: PASSWORD });
  const { principal } = await identity.logIn({ name, password: PASSWORD }, HOME);
  const { secret } = await identity.beginEnrolment(principal, PASSWORD, HOME);
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const [recovery = ""] = await identity.finishEnrolment(principal, code, HOME);
  return { id, headers: await sessionOf(name), recovery };
}

async function sampleOf({ name }: Operation): Promise<Attempt> {
  return madeOf(SAMPLES[name] ?? {});
}

async function madeOf(made: Made): Promise<Attempt> {
  return typeof made === "function" ? made() : made;
}

function bodyOf({ body }: Attempt): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? { ...body } : {};
}

/** The same request about somebody whom there is not. */
function aboutNobody({ path, query }: Operation, sample: Attempt): readonly Attempt[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const body = bodyOf(sample);
  const headers = { ...anyMatch, ...sample.headers };
  return [
    ...names.map((one) => ({
      ...sample,
      headers,
      params: { ...sample.params, [one]: one === "id" ? "999999" : "nobody" },
    })),
    ...query.flatMap((one) =>
      ["owner", "viewer"].map((as) => ({ ...sample, as, query: replaced(sample.query, one) })),
    ),
    ...["follower", "leader", "confirmation"].map((one) => ({
      ...sample,
      body: { ...body, [one]: "nobody" },
    })),
  ];
}

function replaced(query: string | undefined, name: string): string {
  const asked = new URLSearchParams(query);
  asked.set(name, name === "ids" ? "999999" : "nobody");
  return asked.toString();
}

const LONG = "x".repeat(5_000);

/** What leads to a status with most operations; tried one after the other. */
const PROVOKED: Readonly<Record<number, (operation: Operation, sample: Attempt) => readonly Made[]>> = {
  200: (_, sample) => [sample],
  201: (_, sample) => [sample],
  202: (_, sample) => [sample],
  400: ({ query, path, hasBody, isIdempotent }, sample) => [
    ...(hasBody
      ? [
          { ...sample, body: "[" },
          { ...sample, body: [] },
        ]
      : []),
    { ...sample, query: "unknown=1" },
    ...(isIdempotent ? [{ ...sample, headers: { ...sample.headers, "idempotency-key": "a b" } }] : []),
    ...query.flatMap((one) => [`${one}=`, `${one}=${LONG}`].map((text) => ({ ...sample, query: text }))),
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
      ...sample,
      params: { ...sample.params, [name]: "" },
    })),
    { ...sample, params: { ...sample.params, id: "x" } },
  ],
  401: (_, sample) => [{ ...sample, as: null, headers: {} }],
  403: ({ method }, sample) => [
    ...(method === "GET" ? [] : [{ ...sample, headers: { ...sample.headers, origin: "http://evil.test" } }]),
    ...["money", "reader", "stranger", "viewer"].map((as) => ({ ...sample, as })),
  ],
  404: aboutNobody,
  409: ({ method, path, isIdempotent }, sample) => [
    ...(isIdempotent ? [() => underWay(method, addressOf(path, sample), sample)] : []),
    { ...sample, world: gone },
  ],
  412: (_, sample) => [{ ...sample, headers: { ...sample.headers, "if-match": '"another"' } }],
  413: (_, sample) =>
    [300_000, 17 * 1024 * 1024].map((length) => ({ ...sample, body: JSON.stringify("x".repeat(length)) })),
  415: (_, sample) => [{ ...sample, body: "x", headers: { ...sample.headers, "content-type": "text/xml" } }],
  421: (_, sample) => [{ ...sample, headers: { ...sample.headers, host: "evil.test" } }],
  422: ({ method, path, isIdempotent }, sample) => [
    ...(isIdempotent ? [() => underWay(method, `${addressOf(path, sample)}&other`, sample)] : []),
    { ...sample, world: wrong },
    { ...sample, as: "partial" },
  ],
  426: (_, sample) => [sample],
  428: (_, sample) => [{ ...sample, headers: {} }],
  // The minute may have passed: then the first is let through.
  429: (_, sample) => [
    { ...sample, world: limited },
    { ...sample, world: limited },
  ],
  503: (_, sample) => [
    { ...sample, world: gone },
    async () => {
      occupy();
      return sample;
    },
    async () => ({ ...sample, as: "owner", headers: {}, world: broken("busy") }),
  ],
};

/** What it takes for a single operation. */
const SPECIAL: Readonly<Record<string, Readonly<Record<number, readonly Made[]>>>> = {
  "POST /api/v1/accounts": {
    409: [{ body: { nickname: "follower" } }],
    422: [{ body: { nickname: "half", api_key: "key" } }],
  },
  "DELETE /api/v1/accounts/{nickname}": {
    409: [{ params: { nickname: "leader" } }],
    422: [async () => ({ world: wrong, params: { nickname: "leader" } })],
  },
  "GET /api/v1/journal": { 422: [{ as: "partial" }] },
  "GET /api/v1/journal/{change}/explain": { 422: [{ as: "partial", params: { change: "60" } }] },
  "POST /api/v1/kill_switch": {
    422: [{ as: "partial", body: {} }],
    503: [async () => ({ world: lost(), body: {} })],
  },
  "GET /api/v1/rebalance": { 422: [{}] },
  "GET /api/v1/logs": { 409: [async () => ({ world: gone })] },
  "POST /api/v1/session": { 401: [{ as: null, body: { name: "olga", password: "not the right sentence" } }] },
  "POST /api/v1/setup": {
    401: [{ as: null, body: { secret: "x", name: "eve", password: PASSWORD } }],
    409: [() => setUp({ name: "olga", password: PASSWORD })],
    422: [() => setUp({ name: "eve", password: "short" })],
  },
  "POST /api/v1/users": {
    409: [async () => asOlga({ body: user("olga") })],
    422: [async () => asOlga({ body: { ...user("eve"), password: "short" } })],
  },
  "PATCH /api/v1/users/{id}": {
    409: [async () => ({ ...(await somebody(next())()), body: { name: "olga" } })],
  },
  "DELETE /api/v1/users/{id}": { 409: [lastOwner] },
  "PUT /api/v1/users/{id}/password": {
    422: [async () => ({ ...(await somebody(next())()), body: { password: "short" } })],
  },
  "POST /api/v1/tokens": { 409: [oneTokenTooMany] },
  "POST /api/v1/reports": { 404: [{ as: "viewer", body: { account: "nobody" } }] },
  "POST /api/v1/what_if": { 404: [{ as: "viewer", body: { leader: "nobody" } }] },
  "POST /api/v1/protections": { 404: [{ as: "viewer", body: { ...PAST, leaders: ["nobody"] } }] },
  "GET /api/v1/reports/{id}/result": { 409: [job("reports", { leader: FAIL })] },
  "POST /api/v1/alerts/acknowledge": {
    404: [async () => ({ world: stopped, body: { ids: ["nobody"] } })],
    503: [unconnected({ body: {} })],
  },
  "POST /api/v1/alerts/mutes": { 503: [unconnected({ body: { minutes: 5 } })] },
  "POST /api/v1/alerts/test": { 409: [async () => ({ world: stopped })] },
  "POST /api/v1/push_subscriptions": {
    409: [oneDeviceTooMany],
    503: [async () => ({ world: failing, body: device(next()) })],
  },
  "GET /api/v1/push_subscriptions": { 503: [async () => ({ world: failing })] },
  "DELETE /api/v1/push_subscriptions/{id}": { 503: [async () => ({ world: failing })] },
  "POST /api/v1/push_subscriptions/{id}/test": { 503: [async () => ({ world: failing })] },
  "GET /api/v1/backtests/comparison": {
    409: [async () => ({ query: `ids=${(await failed("backtests")()).params.id}` })],
  },
  "POST /api/v1/kill_switch/confirm": { 503: [engineLost] },
  "GET /api/v1/alerts": { 503: [async () => ({ world: failing })] },
  ...Object.fromEntries(
    ["performance", "trades", "evidence"].map((what) => [
      `GET /api/v1/traders/{trader_id}/${what}`,
      {
        503: [
          async () => {
            occupy();
            // Where nobody has asked before, so that no answer is still known.
            return { world: ready, params: { trader_id: "me" } };
          },
        ],
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(JOBS).map((path) => [`GET /api/v1/${path}/{id}/result`, { 409: [failed(path)] }]),
  ),
};

/** As many reports as are made at once, and as many as may wait: none ends before the test does. */
function occupy(): void {
  for (let made = 0; made < 18; made += 1) REPORTS.through(() => release.promise).catch(() => undefined);
}

function failed(path: string) {
  const [body = {}, more = {}] = JOBS[path] ?? [];
  return job(path, { ...body, ...more });
}

async function setUp(chosen: object): Promise<Attempt> {
  const { token } = await world.parts.identity.setupLink(HERE);
  return { as: null, body: { secret: token, ...chosen } };
}

/** In a world of his own, where nobody else is one. */
async function lastOwner(): Promise<Attempt> {
  const alone = await openWorld({ people: {}, requestsMax: MANY });
  opened.push(alone);
  const { identity } = alone.parts;
  const { id } = await identity.addUser(HERE, { name: "olga", role: "owner", password: PASSWORD });
  const { token } = await identity.logIn({ name: "olga", password: PASSWORD }, HOME);
  const headers = { cookie: `${COOKIE}=${token}`, origin: ORIGIN };
  return { as: null, world: alone, headers, params: { id: String(id) } };
}

async function oneTokenTooMany(): Promise<Attempt> {
  const { identity } = world.parts;
  const name = next();
  const { id: userId } = await identity.addUser(HERE, { name, role: "viewer", password: PASSWORD });
  const wanted = { name: "ci", scopes: ["view_sync"], expiresInDays: 1, userId } as const;
  for (let made = 0; made < 100; made += 1) await identity.createToken(HERE, wanted);
  const body = { name: "ci", scopes: ["view_sync"], expires_in_days: 1 };
  return { as: null, headers: await sessionOf(name), body };
}

/** Between the two steps. */
async function engineLost(): Promise<Attempt> {
  isEngineGone = false;
  const asked = await failing.ask("POST", "/api/v1/kill_switch", "owner", { body: { follower: "follower" } });
  return { world: lost(), body: { confirmation: asked.body.confirmation } };
}

/** To whose engine no connection comes about, so that nothing is sent. */
function unconnected(attempt: Attempt): () => Promise<Attempt> {
  return async () => {
    const made = await openWorld({
      people: PEOPLE,
      requestsMax: MANY,
      connect: () => unreachable.ask({ kind: "status" }).then(() => null),
    });
    opened.push(made);
    return { ...attempt, world: made };
  };
}

/** Neither its engine nor its journal tells anything. */
function lost(): World {
  isEngineGone = true;
  // The state before it is missing.
  const name = "0000000000000255.journal";
  cpSync(join(KEPT, name), join(dataFolderPaths(failing.parts.dataDir).journal, name));
  return failing;
}

/** The same request, still being carried out under a key. */
async function underWay(method: Method, url: string, sample: Attempt): Promise<Attempt> {
  const key = `key-${next()}`;
  const { world: where = world } = sample;
  const principal = await where.parts.identity.principalOf(where.tokens.get("owner") ?? "");
  const revision = sample.headers?.["if-match"] ?? "";
  const request = `${method} ${url.replace(/&other$/, "")} ${JSON.stringify(sample.body ?? null)}${revision}`;
  const asked = {
    userId: principal?.userId ?? 0,
    key,
    request: url.endsWith("&other") ? "another" : request,
  };
  void where.app.answers.once(asked, () => release.promise);
  return {
    ...sample,
    query: (sample.query ?? "").replace("dry_run=true", "dry_run=false"),
    as: "owner",
    headers: { ...sample.headers, "idempotency-key": key },
  };
}

function addressOf(path: string, { params = {}, query = "" }: Attempt): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? "1"));
  const asked = query.replace("dry_run=true", "dry_run=false");
  return asked === "" ? filled : `${filled}?${asked}`;
}

async function ask({ method, path }: Operation, attempt: Attempt): Promise<Answer> {
  const { params = {}, query = "", body, headers = {}, as = "owner", world: where = world } = attempt;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? "1"));
  const url = query === "" ? filled : `${filled}?${query.replace(/^&/, "")}`;
  return where.ask(method, url, as ?? undefined, { headers, ...(body === undefined ? {} : { body }) });
}

/** What needs more than is had here, and where it is reached. */
const ELSEWHERE: Readonly<Record<string, readonly number[]>> = {
  // Days of copying with real money under an agreed fee: test/e2e/performance.test.ts has them.
  "POST /api/v1/fees/payments": [200],
  // Channels that answer: test/api/alerts.test.ts.
  "POST /api/v1/alerts/test": [200],
};

/** How it was answered instead, where no attempt led there. */
async function unreached(operation: Operation, status: number, sample: Attempt): Promise<string | null> {
  const found: string[] = [];
  const special = SPECIAL[operation.name]?.[status] ?? [];
  const usual = PROVOKED[status]?.(operation, sample) ?? [];
  for (const made of special.length > 0 ? special : usual) {
    const answer = await ask(operation, await madeOf(made));
    const documented = operation.responses[String(answer.status)]?.description ?? "";
    if (answer.status >= 400 && answer.status !== 404)
      expect([
        operation.name,
        answer.status,
        answer.body?.code,
        documented.includes(`\`${answer.body?.code}\``),
      ]).toEqual([operation.name, answer.status, answer.body?.code, true]);
    if (answer.status === status) return null;
    found.push(`${answer.status} ${answer.body?.code ?? ""}`);
  }
  return `${operation.name} ${status}: ${found.join(", ")}`;
}

test("every documented answer of every operation is reached", async () => {
  const missing: string[] = [];
  const look = async (operation: Operation, statuses: readonly number[], sample: Attempt) => {
    for (const status of statuses) {
      if (ELSEWHERE[operation.name]?.includes(status) === true) continue;
      const found = await unreached(operation, status, sample);
      if (found !== null) missing.push(found);
    }
  };
  const refused = new Map<Operation, Attempt>();
  for (const operation of operations) {
    const statuses = Object.keys(operation.responses).map(Number);
    const isAnswer = (status: number) => status >= 200 && status < 300;
    await look(operation, statuses.filter(isAnswer), await sampleOf(operation));
    // What is refused uses nothing up.
    const sample = await sampleOf(operation);
    refused.set(operation, sample);
    const known = statuses.filter((status) => status >= 300 && status !== 503);
    await look(operation, known, sample);
  }
  // Afterwards this server makes no more reports.
  for (const [operation, sample] of refused)
    if (operation.responses["503"] !== undefined) await look(operation, [503], sample);
  expect(missing).toEqual([]);
}, 900_000);
