/**
 * Who gets in, asked before anything else of a request: is this server meant, who is asking, does the request come from a page
 * that may, and may he do this. Every route says who may use it; one that says nothing is refused.
 */
import { timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { csrfTokenOf } from "../identity/bearer.ts";
import type { Principal } from "../identity/identity.ts";
import { ApiProblem } from "./contract/problems.ts";
import type { AccessRules, ApiParts, ApiServer } from "./parts.ts";
import type { Limiters } from "./rate-limits.ts";
import type { Access } from "./route.ts";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Under TLS the browser itself keeps everybody else from setting it. */
export function sessionCookie({ secure, installation }: CookieRules): string {
  return `${secure ? "__Host-" : ""}copytrader-${installation}`;
}

type CookieRules = Pick<AccessRules, "secure" | "installation">;

export function addGuard(app: ApiServer, parts: ApiParts, limiters: Limiters): void {
  app.decorateRequest("principal", null);
  app.decorateRequest("byCookie", false);
  app.addHook("onRequest", async (request, reply) => {
    await limiters.ofAddress(request);
    assertMeant(request, parts.access);
    if (allowOtherPage(request, reply, parts.access)) return reply.code(204).send();
    await findPrincipal(request, parts);
    await limiters.ofUser(request);
    assertOwnPage(request, parts.access);
    assertMay(request.routeOptions.config.access, request);
    return undefined;
  });
  // A body may take its time on the way: whoever does something is asked for again once all of it is here.
  app.addHook("preHandler", async (request) => {
    if (SAFE_METHODS.has(request.method) || request.principal === null) return;
    await findPrincipal(request, parts);
    assertMay(request.routeOptions.config.access, request);
  });
}

/** A name of somebody else's that leads here would let his page read what we answer. */
function assertMeant({ hostname }: FastifyRequest, { hosts }: AccessRules): void {
  if (hosts.has(hostname.toLowerCase().replaceAll(/^\[|\]$/g, ""))) return;
  throw new ApiProblem(
    "misdirected",
    "this server is not addressed by that name; the owner can add it to api.allowed_hosts",
  );
}

/** True where the browser only asked whether it may. */
function allowOtherPage(request: FastifyRequest, reply: FastifyReply, { origins }: AccessRules): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !origins.has(origin)) return false;
  reply.header("Access-Control-Allow-Origin", origin).header("Vary", "Origin");
  if (request.method !== "OPTIONS") {
    reply.header("Access-Control-Expose-Headers", "Content-Disposition, ETag, Retry-After");
    return false;
  }
  reply
    .header("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
    .header("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, Idempotency-Key")
    .header("Access-Control-Max-Age", "600");
  return true;
}

async function findPrincipal(request: FastifyRequest, { identity, access }: ApiParts): Promise<void> {
  const bearer = bearerOf(request);
  const cookie = request.cookies[sessionCookie(access)];
  const given = bearer ?? cookie;
  request.byCookie = bearer === undefined && cookie !== undefined;
  const principal = given === undefined ? null : await identity.principalOf(given);
  request.principal = principal === null ? null : { ...principal, address: request.ip };
}

const BEARER = /^Bearer ([\x21-\x7e]{1,500})$/i;

export function bearerOf({ headers }: FastifyRequest): string | undefined {
  return BEARER.exec(headers.authorization ?? "")?.[1];
}

/** A browser sends the cookie along whatever page asks it to; only our own pages may change anything with it. */
function assertOwnPage(request: FastifyRequest, access: AccessRules): void {
  if (SAFE_METHODS.has(request.method)) return;
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isOwn = origin === undefined ? null : isOwnOrigin(origin, request, access);
  if (isOwn === false || site === "cross-site" || site === "same-site")
    throw new ApiProblem("origin-refused", "only pages of this server may do this; the owner can add others");
  if (!request.byCookie || isOwn === true || site === "same-origin" || hasCsrfToken(request, access)) return;
  throw new ApiProblem(
    "origin-refused",
    "a request with the session's cookie has to show that it comes from a page of this server: Origin, or X-CSRF-Token; programs use an API token",
  );
}

export function isOwnOrigin(origin: string, { host }: FastifyRequest, { origins }: AccessRules): boolean {
  if (origins.has(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** Which only a page that was allowed to read the session's answer can know. */
function hasCsrfToken({ cookies, headers }: FastifyRequest, access: AccessRules): boolean {
  const cookie = cookies[sessionCookie(access)];
  const given = headers["x-csrf-token"];
  if (cookie === undefined || typeof given !== "string") return false;
  const [wanted, found] = [Buffer.from(csrfTokenOf(cookie)), Buffer.from(given)];
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

function assertMay(access: Access | undefined, { principal, is404 }: FastifyRequest): void {
  if (is404 || access === "public") return;
  if (access === undefined) throw new ApiProblem("forbidden", "nobody was given this");
  if (principal === null)
    throw new ApiProblem(
      "not-signed-in",
      "sign in, or send an API token as Authorization: Bearer TOKEN; a session ends after 24 hours",
    );
  if (access !== "signed-in" && !principal.permissions.has(access))
    throw new ApiProblem(
      "forbidden",
      `this needs the permission ${access}, which ${principal.kind === "token" ? "this token" : principal.name} does not have`,
    );
}

/** Of a route that is not public. */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (principal === null) throw new ApiProblem("not-signed-in", "sign in first");
  return principal;
}
