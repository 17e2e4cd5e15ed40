/** Becoming somebody and ceasing to be: set-up link, password, second factor, sessions. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { csrfTokenOf } from "../../identity/bearer.ts";
import { type NewSession, type Principal, SECOND_FACTOR_MS } from "../../identity/identity.ts";
import { originOf } from "../carry-out.ts";
import * as contract from "../contract/identity.ts";
import type { ProblemCode } from "../contract/problems.ts";
import { principalOf, sessionCookie } from "../guard.ts";
import { ownedPage } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, done, route } from "../route.ts";

const SIGN_IN_PROBLEMS = [
  "bad-credentials",
  "throttled",
  "busy",
  "no-key",
] as const satisfies readonly ProblemCode[];

export const sessionRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [...signInRoutes(parts), ...ownRoutes(parts), ...factorRoutes(parts)]);
};

function signInRoutes(parts: ApiParts) {
  const common = { method: "POST", access: "public", tag: "identity", answer: contract.signedIn } as const;
  return [
    route({
      ...common,
      path: "/api/v1/session",
      summary: "Sign in with name and password",
      description: "Sets the session's cookie; a session ends after 24 hours.",
      problems: SIGN_IN_PROBLEMS,
      body: contract.signInForm,
      handle: async ({ request, reply, body }) =>
        begun(parts, reply, await parts.identity.logIn(body, originOf(request))),
    }),
    route({
      ...common,
      path: "/api/v1/setup",
      summary: "Use a one-time link up: make the first owner, or choose a password",
      problems: [...SIGN_IN_PROBLEMS, "weak-password", "name-taken"],
      body: contract.setUpForm,
      handle: async ({ request, reply, body: { secret, ...chosen } }) =>
        begun(
          parts,
          reply,
          await parts.identity.consumeSetup({ token: secret, ...chosen }, originOf(request)),
        ),
    }),
    route({
      ...common,
      method: "GET",
      path: "/api/v1/session",
      access: "signed-in",
      summary: "Who is signed in",
      handle: async ({ request }) => signedIn(principalOf(request), cookieOf(parts, request)),
    }),
  ];
}

function cookieOf({ access }: ApiParts, { byCookie, cookies }: FastifyRequest): string | undefined {
  return byCookie ? cookies[sessionCookie(access)] : undefined;
}

function begun({ access }: ApiParts, reply: FastifyReply, { token, principal }: NewSession) {
  reply.setCookie(sessionCookie(access), token, {
    path: "/",
    httpOnly: true,
    sameSite: "strict",
    secure: access.secure,
    expires: new Date(principal.expiresMs),
  });
  return signedIn(principal, token);
}

function signedIn(principal: Principal, sessionToken: string | undefined) {
  const { kind, name, role, permissions, accounts, secondFactorOn, secondFactorAtMs, expiresMs } = principal;
  return {
    kind,
    name,
    role,
    permissions: [...permissions],
    accounts: accounts === "all" ? ("all" as const) : [...accounts],
    second_factor_on: secondFactorOn,
    second_factor_until_ms: secondFactorAtMs === null ? null : secondFactorAtMs + SECOND_FACTOR_MS,
    expires_ms: expiresMs,
    csrf_token: sessionToken === undefined ? "" : csrfTokenOf(sessionToken),
  };
}

function ownRoutes(parts: ApiParts) {
  const { access } = parts;
  return [
    route({
      method: "DELETE",
      path: "/api/v1/session",
      access: "signed-in",
      tag: "identity",
      summary: "Sign out",
      problems: ["forbidden"],
      answer: done,
      handle: async ({ request, reply }) => {
        await parts.identity.logOut(principalOf(request));
        reply.clearCookie(sessionCookie(access), { path: "/", secure: access.secure });
        return { done: true } as const;
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/sessions",
      access: "signed-in",
      tag: "identity",
      summary: "Sessions: one's own; of an owner who is signed in everybody's",
      query: contract.ownedQuery,
      answer: contract.sessionPage,
      handle: async ({ request, query }) => {
        const { rows, next_cursor } = ownedPage(await parts.identity.sessions(principalOf(request)), query);
        return {
          sessions: rows.map(({ userId, userName, createdMs, expiresMs, ...rest }) => ({
            user_id: userId,
            user_name: userName,
            created_ms: createdMs,
            expires_ms: expiresMs,
            ...rest,
          })),
          next_cursor,
        };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/sessions/{id}",
      access: "signed-in",
      tag: "identity",
      summary: "End a session",
      problems: ["unknown-session", "forbidden", "second-factor-needed"],
      params: idParam,
      answer: done,
      handle: async ({ request, params: { id } }) => {
        await parts.identity.revokeSession(principalOf(request), id);
        return { done: true } as const;
      },
    }),
  ];
}

export const idParam = z.object({ id: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) });

function factorRoutes(parts: ApiParts) {
  const common = { method: "POST", access: "signed-in", tag: "identity" } as const;
  return [
    route({
      ...common,
      path: "/api/v1/session/second_factor",
      summary: "Give a code of the second factor: dangerous actions of the next ten minutes need one",
      problems: [...SIGN_IN_PROBLEMS, "forbidden"],
      body: contract.codeForm,
      answer: contract.signedIn,
      handle: async ({ request, body: { code } }) => {
        const principal = await parts.identity.confirmSecondFactor(
          principalOf(request),
          code,
          originOf(request),
        );
        return signedIn(principal, cookieOf(parts, request));
      },
    }),
    route({
      ...common,
      path: "/api/v1/second_factor",
      summary: "Begin to switch a second factor on",
      description: "Nothing is asked for before it is finished with a first code.",
      problems: [...SIGN_IN_PROBLEMS, "forbidden", "second-factor-needed"],
      body: contract.passwordForm,
      answer: contract.enrolment,
      handle: async ({ request, body: { password } }) =>
        parts.identity.beginEnrolment(principalOf(request), password, originOf(request)),
    }),
    route({
      ...common,
      path: "/api/v1/second_factor/finish",
      summary: "Switch the second factor on with a first code; answers recovery codes, shown once",
      problems: [...SIGN_IN_PROBLEMS, "forbidden", "second-factor-needed"],
      body: contract.codeForm,
      answer: z.object({ recovery_codes: z.array(z.string()) }),
      handle: async ({ request, body: { code } }) => ({
        recovery_codes: await parts.identity.finishEnrolment(principalOf(request), code, originOf(request)),
      }),
    }),
    route({
      ...common,
      method: "DELETE",
      path: "/api/v1/users/{id}/second_factor",
      summary: "Switch a second factor off: one's own with a fresh code, somebody else's as an owner",
      problems: ["unknown-user", "forbidden", "second-factor-needed"],
      params: idParam,
      answer: done,
      handle: async ({ request, params: { id } }) => {
        await parts.identity.switchSecondFactorOff(principalOf(request), id);
        return { done: true } as const;
      },
    }),
  ];
}
