/** Users, API tokens and the audit log. Who may do what to whom is identity's to decide, and it notes every change itself. */
import { z } from "zod";
import type { AuditEntry, TokenView, UserView } from "../../identity/identity.ts";
import { originOf } from "../carry-out.ts";
import * as contract from "../contract/identity.ts";
import type { ProblemCode } from "../contract/problems.ts";
import { principalOf } from "../guard.ts";
import { cursorId, ownedPage, pageAfter } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, done, route } from "../route.ts";
import { idParam } from "./session.ts";

const USER_PROBLEMS = ["forbidden", "second-factor-needed"] as const satisfies readonly ProblemCode[];

export const userRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    ...listRoutes(parts),
    ...changeRoutes(parts),
    ...tokenRoutes(parts),
    ...auditRoutes(parts),
  ]);
};

const DONE = { done: true } as const;

function userRow({ telegramId, hasPassword, secondFactorOn, createdMs, ...rest }: UserView) {
  return {
    ...rest,
    telegram_id: telegramId,
    has_password: hasPassword,
    second_factor_on: secondFactorOn,
    created_ms: createdMs,
  };
}

function tokenRow({ userId, userName, createdMs, expiresMs, lastUsedMs, ...rest }: TokenView) {
  return {
    ...rest,
    user_id: userId,
    user_name: userName,
    created_ms: createdMs,
    expires_ms: expiresMs,
    last_used_ms: lastUsedMs,
  };
}

function listRoutes(parts: ApiParts) {
  return [
    route({
      method: "GET",
      path: "/api/v1/users",
      access: "admin",
      tag: "identity",
      summary: "Every user",
      query: contract.userQuery,
      answer: contract.userPage,
      handle: async ({ request, query }) => {
        const users = await parts.identity.users(principalOf(request));
        const meant = users.filter(({ role }) => query.role === undefined || role === query.role);
        const { rows, next_cursor } = pageAfter(meant, query, ({ id }) => String(id));
        return { users: rows.map(userRow), next_cursor };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/users",
      access: "admin",
      tag: "identity",
      summary: "Add a user",
      description: "Without a password he chooses one by an invitation.",
      status: 201,
      problems: [...USER_PROBLEMS, "name-taken", "weak-password", "too-many"],
      body: contract.newUser,
      answer: contract.user,
      handle: async ({ request, body: { telegram_id, ...user } }) =>
        userRow(
          await parts.identity.addUser(principalOf(request), {
            ...user,
            ...(telegram_id === undefined ? {} : { telegramId: telegram_id }),
          }),
        ),
    }),
    route({
      method: "PATCH",
      path: "/api/v1/users/{id}",
      access: "admin",
      tag: "identity",
      summary: "Change a user; what is left out stays",
      problems: [...USER_PROBLEMS, "unknown-user", "name-taken", "last-owner"],
      params: idParam,
      body: contract.userChange,
      answer: contract.user,
      handle: async ({ request, params: { id }, body: { telegram_id, ...change } }) =>
        userRow(
          await parts.identity.changeUser(principalOf(request), id, {
            ...change,
            ...(telegram_id === undefined ? {} : { telegramId: telegram_id }),
          }),
        ),
    }),
  ];
}

function changeRoutes(parts: ApiParts) {
  const common = {
    tag: "identity",
    problems: [...USER_PROBLEMS, "unknown-user"],
    params: idParam,
  } as const;
  return [
    route({
      ...common,
      method: "DELETE",
      path: "/api/v1/users/{id}",
      access: "admin",
      summary: "Remove a user, with sessions and tokens",
      problems: [...common.problems, "last-owner"],
      answer: done,
      handle: async ({ request, params: { id } }) => {
        await parts.identity.removeUser(principalOf(request), id);
        return DONE;
      },
    }),
    route({
      ...common,
      method: "PUT",
      path: "/api/v1/users/{id}/password",
      access: "signed-in",
      summary: "Set a password: one's own with the one so far, somebody else's as an owner",
      problems: [...common.problems, "weak-password", "bad-credentials", "throttled", "busy"],
      body: contract.newPassword,
      description:
        "Other sessions of the user end, and his API tokens do, too, unless keep_tokens says otherwise: whoever knew the old password may have made one.",
      answer: z.object({ done: z.literal(true), tokens_revoked: z.int() }),
      handle: async ({ request, params: { id }, body: { keep_tokens: keepsTokens, ...passwords } }) => {
        const wanted = { ...passwords, keepsTokens };
        const revoked = await parts.identity.setPassword(principalOf(request), id, wanted, originOf(request));
        return { ...DONE, tokens_revoked: revoked };
      },
    }),
    route({
      ...common,
      method: "POST",
      path: "/api/v1/users/{id}/invitation",
      access: "admin",
      summary: "A one-time link with which the user chooses a password",
      answer: contract.link,
      handle: async ({ request, params: { id } }) => {
        const { token, expiresMs, userName } = await parts.identity.invite(principalOf(request), id);
        return { secret: token, expires_ms: expiresMs, user_name: userName };
      },
    }),
    route({
      ...common,
      method: "DELETE",
      path: "/api/v1/users/{id}/sessions",
      access: "signed-in",
      summary: "End every session of a user",
      answer: z.object({ ended: z.int() }),
      handle: async ({ request, params: { id } }) => ({
        ended: await parts.identity.revokeSessionsOf(principalOf(request), id),
      }),
    }),
  ];
}

function tokenRoutes(parts: ApiParts) {
  return [
    route({
      method: "GET",
      path: "/api/v1/tokens",
      access: "signed-in",
      tag: "identity",
      summary: "API tokens: one's own; of an owner who is signed in everybody's",
      query: contract.ownedQuery,
      answer: contract.tokenPage,
      handle: async ({ request, query }) => {
        const { rows, next_cursor } = ownedPage(await parts.identity.tokens(principalOf(request)), query);
        return { tokens: rows.map(tokenRow), next_cursor };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/tokens",
      access: "signed-in",
      tag: "identity",
      summary: "Make an API token: one's own: it may do what it was made for, as long as its user may",
      status: 201,
      problems: [...USER_PROBLEMS, "too-many"],
      body: contract.newToken,
      answer: contract.madeToken,
      handle: async ({ request, body: { expires_in_days, ...token } }) => {
        const made = await parts.identity.createToken(principalOf(request), {
          ...token,
          expiresInDays: expires_in_days,
        });
        return { token: made.token, view: tokenRow(made.view) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/tokens/{id}",
      access: "signed-in",
      tag: "identity",
      summary: "Revoke an API token",
      problems: ["unknown-token", "forbidden", "second-factor-needed"],
      params: idParam,
      answer: done,
      handle: async ({ request, params: { id } }) => {
        await parts.identity.revokeToken(principalOf(request), id);
        return DONE;
      },
    }),
  ];
}

function auditRow({ atMs, actorKind, before, after, ...rest }: AuditEntry) {
  return { ...rest, at_ms: atMs, actor_kind: actorKind, before: before ?? null, after: after ?? null };
}

function auditRoutes(parts: ApiParts) {
  return [
    route({
      method: "GET",
      path: "/api/v1/audit",
      access: "admin",
      tag: "identity",
      summary: "Every change somebody made, with before and after; newest first",
      description: "For owners only: an entry may tell of any account.",
      problems: ["forbidden"],
      query: contract.auditQuery,
      answer: contract.auditPage,
      handle: async ({ request, query: { limit, cursor, action, actor } }) => {
        const { entries, nextBefore } = await parts.identity.auditEntries(principalOf(request), {
          limit,
          ...(cursor === undefined ? {} : { before: cursorId(cursor) }),
          ...(action === undefined ? {} : { action }),
          ...(actor === undefined ? {} : { actor }),
        });
        return { items: entries.map(auditRow), next_cursor: nextBefore === null ? null : String(nextBefore) };
      },
    }),
  ];
}
