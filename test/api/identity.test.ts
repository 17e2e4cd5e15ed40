/**
 * The routes of identity against real users: each route by each role, by session and by token; whatever is sent, no answer is a failure of
 * ours, and every problem is one that the document names for that route and status.
 */
import fc from "fast-check";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NewUser } from "../../src/identity/identity.ts";
import { type Answer, type Ask, COOKIE, ORIGIN, openWorld, type World } from "./world.ts";

const HERE = { kind: "local", name: "test" } as const;
const PASSWORD = "correct horse battery staple 7";
const ROLES = ["owner", "administrator", "operator", "viewer"] as const;
type Who = (typeof ROLES)[number] | "token" | "nobody" | "owner with a second factor";

const USERS: Readonly<Record<(typeof ROLES)[number], Partial<NewUser>>> = {
  owner: { role: "owner" },
  administrator: { role: "viewer", listed: ["admin"] },
  operator: { role: "operator" },
  viewer: { role: "viewer" },
};

let world: World;
const ids = new Map<string, number>();
/** Headers by which each is known. */
const known = new Map<Who, Readonly<Record<string, string>>>([["nobody", {}]]);
let document: { readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>> };

interface Documented {
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

beforeAll(async () => {
  world = await openWorld({ people: {}, requestsMax: { address: 1e6, user: 1e6, unknown: 1e6 } });
  const { identity } = world.parts;
  for (const name of ROLES) {
    const user = await identity.addUser(HERE, { name, role: "viewer", password: PASSWORD, ...USERS[name] });
    ids.set(name, user.id);
    const begun = await identity.logIn({ name, password: PASSWORD }, { address: "192.0.2.1", agent: "" });
    known.set(name, { cookie: `${COOKIE}=${begun.token}`, origin: ORIGIN });
  }
  const { token } = await identity.createToken(HERE, {
    name: "program",
    scopes: ["all"],
    expiresInDays: 1,
    userId: ids.get("owner") ?? 0,
  });
  known.set("token", { authorization: `Bearer ${token}` });
  document = (await world.ask("GET", "/api/v1/openapi.json")).body;
});
afterAll(() => world.close());

async function ask(
  who: Who,
  method: string,
  template: string,
  { id = 0, body }: Asked = {},
): Promise<Answer> {
  const more: Ask = { headers: known.get(who) ?? {}, ...(body === undefined ? {} : { body }) };
  const answer = await world.ask(method as "GET", template.replace("{id}", String(id)), undefined, more);
  assertDocumented(method, template.split("?")[0] ?? "", answer);
  return answer;
}

interface Asked {
  readonly id?: number | string;
  readonly body?: unknown;
}

function assertDocumented(method: string, path: string, { status, body }: Answer): void {
  const found = document.paths[path]?.[method.toLowerCase()]?.responses[status];
  expect(found, `${method} ${path} answers ${status} ${body?.code}`).toBeDefined();
  if (status >= 400) expect(found?.description, `${method} ${path}`).toContain(`\`${body.code}\``);
}

/** Somebody new to act on, who has as little as nobody else. */
async function somebody(): Promise<number> {
  const user = { name: `somebody-${ids.size}`, role: "viewer" } as const;
  const { id } = await world.parts.identity.addUser(HERE, user);
  ids.set(user.name, id);
  return id;
}

let made = 0;
const user = () => ({ name: `new-${++made}`, role: "viewer" });
const token = { name: "ci", scopes: ["view_sync"], expires_in_days: 1 };

type Row = readonly [
  method: string,
  path: string,
  statuses: readonly number[],
  bodyOf: (() => unknown) | null,
];

/** Status by owner, administrator, operator, viewer, token of the owner with every scope, nobody. */
const MATRIX: readonly Row[] = [
  ["GET", "/api/v1/session", [200, 200, 200, 200, 200, 401], null],
  ["GET", "/api/v1/sessions", [200, 200, 200, 200, 200, 401], null],
  ["GET", "/api/v1/users", [200, 200, 403, 403, 200, 401], null],
  ["GET", "/api/v1/tokens", [200, 200, 200, 200, 200, 401], null],
  ["GET", "/api/v1/audit", [200, 403, 403, 403, 200, 401], null],
  ["POST", "/api/v1/users", [201, 201, 403, 403, 403, 401], user],
  ["PATCH", "/api/v1/users/{id}", [200, 200, 403, 403, 403, 401], () => ({ given: [] })],
  ["POST", "/api/v1/users/{id}/invitation", [200, 200, 403, 403, 403, 401], null],
  ["PUT", "/api/v1/users/{id}/password", [200, 200, 403, 403, 403, 401], () => ({ password: PASSWORD })],
  ["DELETE", "/api/v1/users/{id}/sessions", [200, 200, 403, 403, 403, 401], null],
  ["DELETE", "/api/v1/users/{id}", [200, 200, 403, 403, 403, 401], null],
  ["POST", "/api/v1/tokens", [201, 201, 201, 201, 403, 401], () => token],
];

test.each(MATRIX)("%s %s is for whom it is", async (method, path, statuses, bodyOf) => {
  const everybody: readonly Who[] = [...ROLES, "token", "nobody"];
  const found: number[] = [];
  for (const who of everybody) {
    const body = bodyOf?.();
    const asked = path.includes("{id}") ? { id: await somebody() } : {};
    found.push((await ask(who, method, path, { ...asked, ...(body === undefined ? {} : { body }) })).status);
  }
  expect(found).toEqual(statuses);
});

test.each([
  ["DELETE", "/api/v1/session", undefined],
  ["POST", "/api/v1/session/second_factor", { code: "123456" }],
  ["POST", "/api/v1/second_factor", { password: PASSWORD }],
  ["POST", "/api/v1/second_factor/finish", { code: "123456" }],
  ["DELETE", "/api/v1/users/{id}/second_factor", undefined],
  ["DELETE", "/api/v1/sessions/{id}", undefined],
  ["DELETE", "/api/v1/tokens/{id}", undefined],
  ["PUT", "/api/v1/users/{id}/password", { password: PASSWORD, current: PASSWORD }],
])("%s %s does nothing for an API token, and says so as documented", async (method, path, body) => {
  const { identity } = world.parts;
  const id = path.includes("tokens")
    ? (await identity.tokens(HERE))[0]?.id
    : path.includes("sessions/")
      ? (await identity.sessions(HERE))[0]?.id
      : ids.get("owner");
  const answer = await ask("token", method, path, { id: id ?? 0, body });
  expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
});

test("what is wrong with a request is told as documented", async () => {
  const of = (name: string) => ({ id: ids.get(name) ?? 0 });
  const rows = [
    await ask("owner", "POST", "/api/v1/users", { body: { name: "VIEWER", role: "viewer" } }),
    await ask("owner", "POST", "/api/v1/users", { body: { ...user(), password: "short" } }),
    await ask("owner", "PATCH", "/api/v1/users/{id}", { ...of("owner"), body: { role: "viewer" } }),
    await ask("owner", "PATCH", "/api/v1/users/{id}", { id: 9_999, body: {} }),
    await ask("owner", "DELETE", "/api/v1/tokens/{id}", { id: 9_999 }),
    await ask("owner", "DELETE", "/api/v1/sessions/{id}", { id: 9_999 }),
    await ask("viewer", "POST", "/api/v1/tokens", { body: { ...token, scopes: ["trade"] } }),
    await ask("viewer", "PUT", "/api/v1/users/{id}/password", {
      ...of("viewer"),
      body: { password: PASSWORD },
    }),
    await ask("viewer", "POST", "/api/v1/session/second_factor", { body: { code: "123456" } }),
    await ask("viewer", "POST", "/api/v1/second_factor/finish", { body: { code: "123456" } }),
    await ask("nobody", "POST", "/api/v1/setup", { body: { secret: "x", name: "eve", password: PASSWORD } }),
  ];
  expect(rows.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
    "409 name-taken",
    "422 weak-password",
    "409 last-owner",
    "404 unknown-user",
    "404 unknown-token",
    "404 unknown-session",
    "400 bad-request",
    "401 bad-credentials",
    "401 bad-credentials",
    "400 bad-request",
    "401 bad-credentials",
  ]);
});

test("whoever has a second factor on is asked for a code before he changes who may do what", async () => {
  const { identity } = world.parts;
  const owner = { name: "second", password: PASSWORD };
  const { id } = await identity.addUser(HERE, { ...owner, role: "owner" });
  const home = { address: "192.0.2.2", agent: "" };
  const { principal } = await identity.logIn(owner, home);
  const { secret } = await identity.beginEnrolment(principal, PASSWORD, home);
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const [recovery = ""] = await identity.finishEnrolment(principal, code, home);
  const { token: later } = await identity.logIn(owner, home);
  known.set("owner with a second factor", { cookie: `${COOKIE}=${later}`, origin: ORIGIN });
  const as = (...asked: [string, string, Asked?]) => ask("owner with a second factor", ...asked);
  const rows = async () => [
    await as("POST", "/api/v1/users", { body: user() }),
    await as("PATCH", "/api/v1/users/{id}", { id: await somebody(), body: { given: [] } }),
    await as("POST", "/api/v1/users/{id}/invitation", { id: await somebody() }),
    await as("PUT", "/api/v1/users/{id}/password", { id: await somebody(), body: { password: PASSWORD } }),
    await as("DELETE", "/api/v1/users/{id}", { id: await somebody() }),
    await as("POST", "/api/v1/tokens", { body: token }),
    await as("POST", "/api/v1/second_factor", { body: { password: PASSWORD } }),
    await as("DELETE", "/api/v1/users/{id}/second_factor", { id }),
  ];
  for (const answer of await rows())
    expect(answer).toMatchObject({ status: 403, body: { code: "second-factor-needed" } });
  expect((await as("POST", "/api/v1/second_factor/finish", { body: { code } })).status).toBe(403);
  const given = await as("POST", "/api/v1/session/second_factor", { body: { code: recovery } });
  expect(given).toMatchObject({ status: 200, body: { second_factor_on: true } });
  expect((await rows()).map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 201, 200, 200]);
});

test("guessing makes wait, says how long, and is told as documented", async () => {
  const signIn = () =>
    ask("nobody", "POST", "/api/v1/session", { body: { name: "viewer", password: "wrong" } });
  const codes: string[] = [];
  let last: Answer | undefined;
  for (let at = 0; at < 8; at++) {
    last = await signIn();
    codes.push(last.body.code);
  }
  expect(codes[0]).toBe("bad-credentials");
  expect(last).toMatchObject({
    status: 429,
    body: { code: "throttled", retry_after_ms: expect.any(Number) },
  });
});

const word = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("owner", "viewer", PASSWORD),
);
const value = fc.oneof(word, fc.jsonValue(), fc.array(word, { maxLength: 3 }), fc.integer());
const body = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(
    fc.constantFrom(
      "name",
      "role",
      "listed",
      "given",
      "telegram_id",
      "password",
      "code",
      "secret",
      "scopes",
      "x",
    ),
    value,
    { maxKeys: 6 },
  ),
);
/** Those that neither end the sessions asked with nor compute a hash for each. */
const HARMLESS = [
  ["POST", "/api/v1/users"],
  ["PATCH", "/api/v1/users/{id}"],
  ["POST", "/api/v1/tokens"],
  ["POST", "/api/v1/setup"],
  ["GET", "/api/v1/audit"],
  ["DELETE", "/api/v1/sessions/{id}"],
  ["DELETE", "/api/v1/tokens/{id}"],
  ["POST", "/api/v1/second_factor/finish"],
] as const;

test("whatever is sent, nothing fails here, and no answer is undocumented", async () => {
  const request = fc.record({
    route: fc.constantFrom(...HARMLESS),
    who: fc.constantFrom<Who>("administrator", "operator", "token", "nobody"),
    id: fc.oneof(fc.integer({ min: -1, max: 1e6 }), fc.constantFrom("x", "1e3", "%00", "9".repeat(40))),
    query: fc.oneof(fc.constant(""), fc.webQueryParameters({ size: "small" })),
    body,
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ route: [method, path], who, id, query, body: sent }) => {
      const template = `${path}${query === "" ? "" : `?${query}&limit=${encodeURIComponent(query.slice(0, 4))}`}`;
      const answer = await ask(who, method, template, { id, ...(method === "GET" ? {} : { body: sent }) });
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
});
