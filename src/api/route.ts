/**
 * A route of the contract: what it takes, what it answers, who may use it, in one record. Requests are validated and answers
 * written by its schemas, so that nothing undocumented comes in or goes out; the OpenAPI document is made of the same.
 */
import assert from "node:assert/strict";
import type { WebSocket } from "@fastify/websocket";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Principal } from "../identity/identity.ts";
import type { Permission } from "../identity/permissions.ts";
import { ApiProblem, PROBLEMS, type ProblemCode, problem } from "./contract/problems.ts";
import { CommandLost } from "./control-source.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { KeptAnswers } from "./kept-answers.ts";
import type { ApiServer } from "./parts.ts";

/** `public`: anybody. `signed-in`: whoever is somebody. A permission: whoever has it. */
export type Access = "public" | "signed-in" | Permission;

export type Tag = (typeof TAGS)[number]["name"];

export const TAGS = [
  { name: "health", description: "Whether this server and the engine are at work." },
  { name: "identity", description: "Who is signed in, users, tokens, sessions, the audit log." },
  { name: "copying", description: "Who copies whom, how well, and the commands that change it." },
  { name: "risk", description: "Limits, stops, what may be lost." },
  { name: "journal", description: "What happened, and why." },
  { name: "alerts", description: "What you are told without asking: acknowledge, mute, channels." },
  { name: "traders", description: "Records of traders: figures, ranking, filters." },
  { name: "portfolio", description: "How the equity is parted among leaders, and what came of it." },
  { name: "settings", description: "What is configured, and what is decided while running." },
  { name: "jobs", description: "Long computations in the background." },
] as const;

/** Data as it is read: arrays that nobody changes, and what is absent may be undefined. */
export type Read<Value> = Value extends readonly (infer One)[]
  ? readonly Read<One>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Read<Value[Key]> | (undefined extends Value[Key] ? undefined : never) }
    : Value;

type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface Call<Params, Query, Body> {
  readonly params: Out<Params>;
  readonly query: Out<Query>;
  readonly body: Out<Body>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface Described {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{names}` of parameters, as the documentation writes them. */
  readonly path: string;
  readonly access: Access;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Beyond those that every route has. */
  readonly problems?: readonly ProblemCode[];
  /** Of the answer; 200 when left out. */
  readonly status?: 101 | 200 | 201 | 202;
  /** Does something: `Idempotency-Key` is understood, and a cookie alone does not do. */
  readonly idempotent?: true;
  /** Of a WebSocket: what becomes of it once it is open. */
  readonly connected?: (socket: WebSocket, request: FastifyRequest) => void;
  /** Of the body, where that may be larger than usual. */
  readonly bodyBytesMax?: number;
  /** The answer carries the revision of what it is about as `ETag`. */
  readonly etag?: true;
  /** Of the answer, where it is no JSON. */
  readonly types?: readonly string[];
  /** Asked by programs that add parameters of their own: they mean nothing here, and are no mistake. */
  readonly anyQuery?: true;
  /** Headers of the request that mean something here. */
  readonly headers?: z.ZodObject;
}

export interface ApiRoute extends Described {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
}

interface Typed<Params, Query, Body, Answer extends z.ZodType> extends Described {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly handle: (call: Call<Params, Query, Body>) => Promise<Read<z.output<Answer>>>;
}

export function route<
  Answer extends z.ZodType,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(typed: Typed<Params, Query, Body, Answer>): ApiRoute {
  const { params, query, body, handle, ...described } = typed;
  return {
    ...described,
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body }),
    // The framework has validated them by these very schemas.
    handle: (request, reply) =>
      handle({
        params: request.params as Out<Params>,
        query: request.query as Out<Query>,
        body: request.body as Out<Body>,
        request,
        reply,
      }),
  };
}

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
    idempotent?: true;
  }
  interface FastifyInstance {
    /** What commands with an idempotency key were answered. */
    answers: KeptAnswers;
    /** What is computed in the background. */
    jobs: Jobs;
  }
  interface FastifyRequest {
    /** Who is asking; null on public routes where nobody is signed in. */
    principal: Principal | null;
    /** Whether a cookie said so: then other pages must be kept out. */
    byCookie: boolean;
  }
}

/** Of unknown parameters, in a problem. */
const NAMED_MAX = 20;
const NAME_CHARACTERS_MAX = 100;

/** Tells the document of `etag`. */
export const ETAG_MARK = "x-etag";

export function addRoutes(app: ApiServer, routes: readonly ApiRoute[]): void {
  for (const one of routes) {
    const { method, path, params, query, body, access, status = 200, handle } = one;
    const known = parametersOf(one);
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
      config: { access, ...(one.idempotent === undefined ? {} : { idempotent: one.idempotent }) },
      schema: {
        operationId: operationId(method, path),
        tags: [one.tag],
        summary: one.summary,
        description: descriptionOf(one),
        "x-access": access,
        ...(one.etag === undefined ? {} : { [ETAG_MARK]: true }),
        ...(access === "public" ? { security: [] } : {}),
        ...(params === undefined ? {} : { params }),
        ...(query === undefined ? {} : { querystring: query }),
        ...(body === undefined ? {} : { body }),
        ...headersOf(one),
        response: { [status]: answerOf(one), ...problemResponses(one) },
      },
      ...(one.connected === undefined ? {} : { wsHandler: one.connected }),
      // Quotes and line ends of a text are longer as JSON.
      ...(one.bodyBytesMax === undefined ? {} : { bodyLimit: 2 * one.bodyBytesMax }),
      ...(one.anyQuery === true
        ? {}
        : { preValidation: async (request: FastifyRequest) => assertKnown(request.query, known) }),
      handler: async (request, reply) => {
        const answered = await answeredOnce(app, one, request, () => handle(request, reply));
        if (one.etag === true) tagReplayed(reply, answered);
        return reply.code(status).send(answered as never);
      },
    });
  }
}

/** The names that its query may have. */
function parametersOf({ method, path, query }: ApiRoute): readonly string[] {
  if (query === undefined) return [];
  assert(query instanceof z.ZodObject, `${method} ${path}: a query is a record of parameters`);
  return Object.keys(query.shape);
}

/** A parameter that is misspelt, `?dryrun=true`, must not be taken for one that is left out. */
function assertKnown(query: unknown, known: readonly string[]): void {
  const unknown = Object.keys(query ?? {}).filter((name) => !known.includes(name));
  const [first] = unknown;
  if (first === undefined) return;
  const message = `is no parameter here; ${known.length === 0 ? "there is none" : `there are: ${known.join(", ")}`}`;
  throw new ApiProblem("bad-request", `${shown(first)}: it ${message}`, {
    errors: unknown.slice(0, NAMED_MAX).map((name) => ({ field: shown(name), message })),
    choices: known,
  });
}

/** Somebody else's text. */
function shown(name: string): string {
  return name.slice(0, NAME_CHARACTERS_MAX);
}

function answerOf({ answer, types, summary }: ApiRoute): unknown {
  if (types === undefined) return answer;
  return {
    description: summary,
    content: Object.fromEntries(types.map((type) => [type, { schema: answer }])),
  };
}

/** The same command with the same key is carried out once; what only looks is looked at anew. */
async function answeredOnce(
  app: ApiServer,
  { idempotent }: ApiRoute,
  { headers, principal, method, url, body }: FastifyRequest,
  handle: () => Promise<unknown>,
): Promise<unknown> {
  if (idempotent !== true) return handle();
  const key = headers["idempotency-key"];
  const isDry = /[?&]dry_run=true(&|$)/.test(url);
  const carryOut = () => handle().catch(lostIsUnknown);
  if (typeof key !== "string" || principal === null || isDry) return carryOut();
  // Under another revision it is another request.
  const request = `${method} ${url} ${JSON.stringify(body ?? null)}${headers["if-match"] ?? ""}`;
  return app.answers.once({ userId: principal.userId, key, request }, carryOut);
}

/** An answer that was kept is told with the revision that it had then, as the first time. */
function tagReplayed(reply: FastifyReply, answered: unknown): void {
  if (reply.hasHeader("ETag")) return;
  const { report } = (answered ?? {}) as { readonly report?: { readonly revision?: unknown } | null };
  if (typeof report?.revision === "string") reply.header("ETag", `"${report.revision}"`);
}

function lostIsUnknown(error: unknown): never {
  throw error instanceof CommandLost ? new ApiProblem("outcome-unknown", error.message) : error;
}

const idempotencyHeaders = z.object({
  "idempotency-key": z.string().optional().meta({
    description:
      "The same request with the same key is carried out once, and answered the same for 24 hours.",
  }),
});

function headersOf({ headers, idempotent }: ApiRoute): { readonly headers?: z.ZodObject } {
  if (idempotent !== true) return headers === undefined ? {} : { headers };
  return { headers: headers === undefined ? idempotencyHeaders : idempotencyHeaders.extend(headers.shape) };
}

function descriptionOf({ description = "", access }: ApiRoute): string {
  const needs =
    access === "public"
      ? "Open to everybody."
      : access === "signed-in"
        ? "Open to whoever is signed in."
        : `Needs the permission \`${access}\`.`;
  return description === "" ? needs : `${description}\n\n${needs}`;
}

const API = "/api/v1/";

/** `get_copy_trading_status`; what does not stand beside the rest of the API says so, as it may be there under both. */
export function operationId(method: string, path: string): string {
  const words = (path.startsWith(API) ? path.slice(API.length) : `root${path}`)
    .replaceAll(/[{}]/g, "")
    .split(/[/.-]/);
  return [method.toLowerCase(), ...words.filter((word) => word !== "")].join("_");
}

/** Every problem that the route may answer, by status. */
export function problemsOf(one: ApiRoute): readonly ProblemCode[] {
  const { access, body, idempotent, problems = [] } = one;
  const codes: ProblemCode[] = ["misdirected", "too-many-requests"];
  if (one.anyQuery !== true) codes.push("bad-request");
  if (body !== undefined) codes.push("too-large", "unsupported-media-type");
  if (access !== "public") codes.push("not-signed-in");
  if (access !== "public" && access !== "signed-in") codes.push("forbidden");
  if (one.method !== "GET") codes.push("origin-refused");
  if (idempotent === true) codes.push("key-reused", "key-in-use", "outcome-unknown");
  return [...new Set([...codes, ...problems])];
}

function problemResponses(one: ApiRoute): Record<number, unknown> {
  const byStatus = Map.groupBy(problemsOf(one), (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
        content: { "application/problem+json": { schema: problem } },
      },
    ]),
  );
}

/** For routes that answer nothing but that it is done. */
export const done = z.object({ done: z.literal(true) }).meta({ id: "Done" });
