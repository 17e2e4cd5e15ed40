/** Each route by each role; what is documented of it is what is answered; and whatever is sent, nothing breaks. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Access, TAGS, type Tag } from "../../src/api/route.ts";
import { permissionsOf } from "../../src/identity/permissions.ts";
import { onlyOrder, Story } from "../core/story.ts";
import { type Answer, openWorld, PEOPLE, type World } from "./world.ts";

interface Schema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
}

interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly access: Access;
  readonly tag: Tag | undefined;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body: Schema | null;
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

let world: World;
let operations: readonly Operation[] = [];
let schemas: Readonly<Record<string, Schema>> = {};

beforeAll(async () => {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  world = await openWorld({ story, requestsMax: { address: 1e9, user: 1e9, unknown: 1e9 } });
  const { body } = await world.ask("GET", "/api/v1/openapi.json");
  schemas = body.components.schemas;
  operations = operationsOf(body);
});
afterAll(async () => {
  await world.close();
});

// A document is looked at freely.
function operationsOf({ paths }: Answer["body"]): readonly Operation[] {
  return Object.entries<Answer["body"]>(paths).flatMap(([path, methods]) =>
    Object.entries<Answer["body"]>(methods).map(([method, operation]) => ({
      method: method.toUpperCase() as Operation["method"],
      path,
      access: operation["x-access"],
      tag: TAGS.find(({ name }) => name === operation.tags[0])?.name,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content["application/json"]?.schema ?? null,
      responses: operation.responses,
    })),
  );
}

/** An address of the operation with the same text for every parameter. */
function addressOf({ path }: Operation, text = "1"): string {
  return path.replaceAll(/\{\w+\}/g, encodeURIComponent(text));
}

const lacks = ({ status, body }: Answer) =>
  status === 403 && /^this needs the permission/.test(body?.detail ?? "");

describe("each route", () => {
  test("has a topic, and says who may use it", () => {
    expect(operations.length).toBeGreaterThan(50);
    for (const { access, tag } of operations)
      expect([access, tag]).toEqual([expect.any(String), expect.any(String)]);
    const open = operations
      .filter(({ access }) => access === "public")
      .map(({ method, path }) => `${method} ${path}`);
    expect(open.sort()).toEqual([
      "GET /api/v1/health/live",
      "GET /api/v1/health/ready",
      "GET /api/v1/openapi.json",
      "GET /api/v1/problems",
      "GET /health/live",
      "GET /health/ready",
      "POST /api/v1/session",
      "POST /api/v1/setup",
    ]);
  });

  test("by each role: in with the permission, out without, and without anybody", async () => {
    const wrong: string[] = [];
    for (const operation of operations) {
      const { method, access } = operation;
      // What signs its own token out would have nobody ask any more.
      if (method === "DELETE" && operation.path === "/api/v1/session") continue;
      const more = operation.body === null ? {} : { body: {} };
      const nobody = await world.ask(method, addressOf(operation), undefined, more);
      const isOpen = access === "public";
      if ((nobody.status === 401 && nobody.body.code === "not-signed-in") === isOpen)
        wrong.push(`${method} ${operation.path} by nobody: ${nobody.status}`);
      for (const [name, { role }] of Object.entries(PEOPLE)) {
        const answer = await world.ask(method, addressOf(operation), name, more);
        // What is asked of an engine that is none, or of no database, is a problem of another kind.
        const may = isOpen || access === "signed-in" || permissionsOf(role, []).has(access);
        if (lacks(answer) === may || answer.status === 500)
          wrong.push(`${method} ${operation.path} by ${name}: ${answer.status} ${answer.text.slice(0, 100)}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test("answers somebody else's name, too many requests and another page as documented", async () => {
    for (const { method, path, responses } of operations) {
      expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining(["421", "429"])]);
      if (method !== "GET") expect(responses["403"]?.description).toContain("origin-refused");
    }
    const headers = { origin: "http://evil.test" };
    for (const operation of operations.filter(({ method }) => method !== "GET")) {
      const more = operation.body === null ? { headers } : { headers, body: {} };
      const answer = await world.ask(operation.method, addressOf(operation), "owner", more);
      expect([operation.path, answer.status, answer.body.code]).toEqual([
        operation.path,
        403,
        "origin-refused",
      ]);
    }
  });
});

const NAMES = ["follower", "leader", "nobody", "BTCUSDT", "1", "0", "-1", "9007199254740993", "true", ""];
const word = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.string({ maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 10 }),
);

/** Sometimes what the schema asks for, sometimes anything. */
function arbitraryOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const found = schema.$ref === undefined ? schema : (schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const anything = fc.jsonValue({ maxDepth: 2 });
  if (depth > 4) return anything;
  if (found.enum !== undefined)
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...found.enum) }, anything);
  if (found.anyOf !== undefined) return fc.oneof(...found.anyOf.map((one) => arbitraryOf(one, depth + 1)));
  if (found.properties !== undefined) {
    const fields = Object.entries(found.properties).map(
      ([name, one]) => [name, arbitraryOf(one, depth + 1)] as const,
    );
    const whole = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
    const full = fc.record(Object.fromEntries(fields));
    return fc.oneof({ weight: 3, arbitrary: full }, { weight: 3, arbitrary: whole }, anything);
  }
  switch (found.type) {
    case "string":
      return fc.oneof({ weight: 6, arbitrary: word }, anything);
    case "integer":
    case "number":
      return fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -2, max: 1_000 }) }, fc.double(), anything);
    case "boolean":
      return fc.oneof(fc.boolean(), anything);
    case "array":
      return fc.oneof(fc.array(arbitraryOf(found.items ?? {}, depth + 1), { maxLength: 4 }), anything);
    default:
      return fc.oneof(fc.dictionary(word, anything, { maxKeys: 4 }), anything);
  }
}

interface Sent {
  readonly operation: Operation;
  readonly url: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly as: string | undefined;
}

/** What takes a password works for a while by design, and is tried by the tests of identity. */
const SLOW = /\/(session|setup|second_factor|finish|password|users)$/;

function sent(): fc.Arbitrary<Sent> {
  const chosen = fc.constantFrom(
    ...operations.filter(({ method, path }) => method === "GET" || !SLOW.test(path)),
  );
  return chosen.chain((operation) => {
    const named = (where: string) => operation.parameters.filter((one) => one.in === where);
    const texts = fc.record(Object.fromEntries(named("path").map(({ name }) => [name, word])));
    const query = fc.record(
      Object.fromEntries(
        named("query").map(({ name, schema }) => [name, fc.oneof(word, arbitraryOf(schema).map(String))]),
      ),
      { requiredKeys: [] },
    );
    const headers = fc.record(
      { "idempotency-key": fc.constantFrom("a", "b", "c d"), "if-match": fc.constantFrom("*", '"x"', "") },
      { requiredKeys: [] },
    );
    const body = operation.body === null ? fc.constant(undefined) : arbitraryOf(operation.body);
    const as = fc.constantFrom("owner", "operator", "viewer", "stranger", undefined);
    return fc.record({ texts, query, headers, body, as }).map(({ texts: path, query: asked, ...rest }) => ({
      operation,
      url: `${operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? "") || "x")}?${queryText(asked)}`,
      ...rest,
    }));
  });
}

function queryText(asked: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
  return query.toString();
}

test("whatever is sent is answered as documented, and never by a failure of this server", async () => {
  await fc.assert(
    fc.asyncProperty(sent(), async ({ operation, url, body, headers, as }) => {
      // The owner's token outlives the test.
      if (operation.method === "DELETE" && /\/(tokens|users|session)/.test(url)) return;
      const more = body === undefined ? { headers } : { headers, body: JSON.stringify(body) ?? "null" };
      const { status, type, body: answer } = await world.ask(operation.method, url, as, more);
      // A name of slashes and dots leads to another route.
      if (status === 404 && answer?.code === "not-found") return;
      expect(status).not.toBe(500);
      const documented = operation.responses[String(status)];
      expect([operation.path, status, documented === undefined]).toEqual([operation.path, status, false]);
      if (status < 400) return;
      expect(type).toBe("application/problem+json");
      expect(documented?.description).toContain(`\`${answer.code}\``);
    }),
    { numRuns: Number(process.env.API_FUZZ_RUNS ?? 400) },
  );
}, 300_000);
