/** The OpenAPI 3.1 document, made of the routes themselves, and a page for people that needs nothing from anywhere else. */
import { readFileSync } from "node:fs";
import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import { PROBLEMS } from "./contract/problems.ts";
import { sessionCookie } from "./guard.ts";
import type { ApiParts, ApiServer, RoutePlugin } from "./parts.ts";
import { addRoutes, ETAG_MARK, route, TAGS } from "./route.ts";

const ABOUT = `Everything that Copytrader's command line does, over HTTP. Amounts are exact decimal texts, times UTC milliseconds.

Sign in with a session (a cookie, from the dashboard) or an API token (\`Authorization: Bearer TOKEN\`). Whatever is no answer is a
problem by RFC 9457 with a stable \`code\`. What trades takes \`?dry_run=true\` and then answers what it would send. Commands take
an \`Idempotency-Key\`: the same request with the same key is carried out once, and answered the same for 24 hours.`;

export async function addDocument(app: ApiServer, { access }: ApiParts): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Copytrader", version: programVersion(), description: ABOUT },
      servers: [{ url: "/" }],
      tags: [...TAGS],
      security: [{ token: [] }, { session: [] }],
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", description: "An API token." },
          session: {
            type: "apiKey",
            in: "cookie",
            name: sessionCookie(access),
            description: "A session; the name is this installation's own, with `__Host-` under https.",
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (input) => withHeaders(jsonSchemaTransformObject(input)),
  });
}

interface Operation {
  readonly responses: Readonly<Record<string, { headers?: object }>>;
  [ETAG_MARK]?: true;
}

const RETRY_AFTER = { description: "Seconds, where that is known.", schema: { type: "integer" } };
const ETAG = { description: "The revision, in quotes: for `If-Match`.", schema: { type: "string" } };

/** Headers of answers, which schemas of bodies cannot tell. */
function withHeaders<Document extends object>(made: Document): Document {
  // As it was just made of our routes.
  const { paths } = made as {
    readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  for (const operation of Object.values(paths ?? {}).flatMap((methods) => Object.values(methods))) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (status === "429" || status === "503") response.headers = { "Retry-After": RETRY_AFTER };
      if (status === "200" && operation[ETAG_MARK] === true) response.headers = { ETag: ETAG };
    }
    delete operation[ETAG_MARK];
  }
  return made;
}

export function programVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}

const file = (name: string) => readFileSync(new URL(`../../docs/api-page/${name}`, import.meta.url), "utf8");

export const documentRoutes: RoutePlugin = (app) => {
  addRoutes(app, [
    route({
      method: "GET",
      path: "/api/v1/openapi.json",
      access: "public",
      tag: "health",
      summary: "This document",
      answer: z.record(z.string(), z.unknown()).meta({ description: "OpenAPI 3.1." }),
      handle: async () => ({ ...app.swagger() }),
    }),
    route({
      method: "GET",
      path: "/api/v1/problems",
      access: "public",
      tag: "health",
      summary: "Every problem that may be answered",
      answer: z.array(z.object({ code: z.string(), status: z.int(), title: z.string() })),
      handle: async () => Object.entries(PROBLEMS).map(([code, facts]) => ({ code, ...facts })),
    }),
  ]);
  const page = (url: string, type: string, name: string) => {
    const text = file(name);
    app.get(url, { schema: { hide: true }, config: { access: "public" } }, async (_request, reply) =>
      reply.type(type).header("Cache-Control", "no-cache").send(text),
    );
  };
  page("/docs", "text/html; charset=utf-8", "index.html");
  page("/docs/page.js", "text/javascript; charset=utf-8", "page.js");
  page("/docs/page.css", "text/css; charset=utf-8", "page.css");
};
