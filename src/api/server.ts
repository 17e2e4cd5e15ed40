/**
 * The HTTP server: built in a function and driven in-process by tests, or listening (run/api-server.ts). It adds nothing of its own
 * to what the groups of routes answer but the door (guard.ts), the bounds, the headers and the form of problems.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { join } from "node:path";
import cookie from "@fastify/cookie";
import Fastify, { type FastifyHttpsOptions } from "fastify";
import {
  isResponseSerializationError,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import helmet from "helmet";
import type { Program } from "../command-line.ts";
import { ApiProblem, type Problem, problemOf } from "./contract/problems.ts";
import { addDocument } from "./document.ts";
import { addGuard } from "./guard.ts";
import { Jobs } from "./jobs/jobs.ts";
import { KeptAnswers } from "./kept-answers.ts";
import type { AccessRules, ApiParts, ApiServer, RoutePlugin } from "./parts.ts";
import { problemFrom } from "./problems.ts";
import { limitersOf, type RequestsMax } from "./rate-limits.ts";
import { ROUTE_PLUGINS } from "./routes.ts";
import { addWebSockets } from "./stream/stream.ts";
import { writtenOnce } from "./written-once.ts";

const BODY_BYTES_MAX = 256 * 1024;
const REQUEST_MAX_MS = 120_000;
const KEEP_ALIVE_MS = 30_000;
const CONNECTIONS_MAX = 2_000;

export interface ServerOptions {
  /** PEM texts; http without. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly plugins?: readonly RoutePlugin[];
  readonly requestsMax?: RequestsMax;
  /** What jobs are, in place of the command line. */
  readonly jobProgram?: Program;
}

export async function buildServer(parts: ApiParts, options: ServerOptions = {}): Promise<ApiServer> {
  const { plugins = ROUTE_PLUGINS, tls } = options;
  const app = newServer(parts, tls);
  app.server.maxConnections = CONNECTIONS_MAX;
  // What a form of another page can send is understood nowhere.
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(writtenOnce);
  answerProblems(app, parts);
  count(app, parts);
  app.decorate("answers", new KeptAnswers(join(parts.dataDir, "api-answers.jsonl"), parts.nowMs));
  addJobs(app, parts, options);
  await app.register(cookie);
  await addWebSockets(app);
  addHeaders(app, parts);
  addGuard(app, parts, await limitersOf(app, options.requestsMax));
  await addDocument(app, parts);
  for (const add of plugins) await app.register(async (scope: ApiServer) => add(scope, parts));
  await app.ready();
  return app;
}

function newServer(parts: ApiParts, tls: ServerOptions["tls"]): ApiServer {
  const { access } = parts;
  const options = {
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MAX_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The one proxy in front is believed, not what its clients say before it.
    trustProxy: access.behindProxy ? (_address: string, hop: number) => hop === 0 : false,
    forceCloseConnections: true,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: refusalOfAddresses(parts),
    routerOptions: { maxParamLength: 200 },
  } as const;
  if (tls === undefined) return Fastify(options).withTypeProvider<ZodTypeProvider>();
  const secure: FastifyHttpsOptions<HttpsServer> = { ...options, https: { ...tls, minVersion: "TLSv1.2" } };
  // Over https the server is another class with the same methods.
  return Fastify(secure).withTypeProvider<ZodTypeProvider>() as unknown as ApiServer;
}

function addJobs(
  app: ApiServer,
  { configDir, dataDir, nowMs, log }: ApiParts,
  { jobProgram }: ServerOptions,
): void {
  const program = jobProgram === undefined ? {} : { program: jobProgram };
  const jobs = new Jobs({ configDir, dataDir, nowMs, log, ...program });
  app.decorate("jobs", jobs);
  app.addHook("onClose", () => jobs.close());
}

function answerProblems(app: ApiServer, { log, metrics }: ApiParts): void {
  app.setErrorHandler((error, request, reply) => {
    const isAllSeen = request.principal?.accounts === "all";
    const expected = isResponseSerializationError(error) ? null : problemFrom(error, isAllSeen);
    if (expected === null)
      log
        .channel("api")
        .error("a request failed", { error, method: request.method, url: request.routeOptions.url });
    const told = problemOf(
      expected ??
        new ApiProblem("internal", "what was asked for failed here; the log of the API has the cause"),
    );
    metrics.problem(told.code);
    if (told.retry_after_ms !== undefined)
      reply.header("Retry-After", String(Math.ceil(told.retry_after_ms / 1_000)));
    return sendProblem(reply, told);
  });
  app.setNotFoundHandler((request, reply) => {
    const what = `there is no ${request.method} ${request.url.split("?")[0]?.slice(0, 200)}; /docs lists what there is`;
    metrics.problem("not-found");
    return sendProblem(reply, problemOf(new ApiProblem("not-found", what)));
  });
}

/** What is no HTTP, or too much of it, never comes as far as a route. */
function refuseUnreadable({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const isTooLarge = code === "HPE_HEADER_OVERFLOW";
  const why = isTooLarge ? "its headers are too large" : "this is no HTTP request that can be read";
  const told = problemOf(new ApiProblem(isTooLarge ? "too-large" : "bad-request", why));
  const body = JSON.stringify(told);
  const head = [
    `HTTP/1.1 ${told.status} ${STATUS_CODES[told.status]}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end([...head, "", body].join("\r\n"));
}

/** An address that cannot be read leads to no route: neither hooks nor handlers of errors see it. */
function refusalOfAddresses({ access, metrics }: ApiParts) {
  const protect = headersOf(access);
  return (
    _error: unknown,
    { raw: request }: { readonly raw: IncomingMessage },
    { raw: response }: { readonly raw: ServerResponse },
  ): void => {
    const told = problemOf(new ApiProblem("bad-request", "this is no address that can be read"));
    metrics.problem(told.code);
    protect(request, response, () => {
      const head = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
      response.writeHead(told.status, head).end(JSON.stringify(told));
    });
  };
}

interface Reply {
  code(status: number): Reply;
  type(type: string): Reply;
  header(name: string, value: string): Reply;
  serializer(write: (value: unknown) => string): Reply;
  send(value: unknown): unknown;
}

/** Problems have one form, whatever the route's schemas say. */
function sendProblem(reply: Reply, told: Problem): unknown {
  return reply
    .code(told.status)
    .type("application/problem+json")
    .header("Cache-Control", "no-store")
    .serializer(JSON.stringify)
    .send(told);
}

function count(app: ApiServer, { metrics }: ApiParts): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.is404 ? "unknown" : (request.routeOptions.url ?? "unknown");
    metrics.answered(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
  });
  // What is told of accounts is of this moment and for one user.
  app.addHook("onSend", async (request, reply) => {
    if (reply.getHeader("Cache-Control") === undefined && request.routeOptions.config.access !== undefined)
      reply.header("Cache-Control", "no-store");
  });
}

function addHeaders(app: ApiServer, { access }: ApiParts): void {
  const protect = headersOf(access);
  app.addHook("onRequest", (request, reply, done) =>
    protect(request.raw, reply.raw, (error) => (error instanceof Error ? done(error) : done())),
  );
}

/** The same for every answer, so made once. */
function headersOf(access: AccessRules) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    strictTransportSecurity: access.secure ? { maxAge: 31_536_000 } : false,
  });
}
