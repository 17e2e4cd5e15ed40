/** Every account; adding one after a look at its key, and removing one that nothing needs. No answer and no note holds a secret. */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { AccountError, type AccountFailure, type StatedAccount } from "../../control/accounts.ts";
import { maySee } from "../../identity/permissions.ts";
import { assertSecondFactor, noteChange } from "../carry-out.ts";
import { accountList, accountOutcome, accountQuery, newAccount } from "../contract/accounts.ts";
import { dryRun, nickname } from "../contract/common.ts";
import { ApiProblem, type ProblemCode } from "../contract/problems.ts";
import { Gate } from "../gate.ts";
import { principalOf } from "../guard.ts";
import { pageAfter } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { seenStatus } from "../seen-status.ts";
import { ENGINE_PROBLEMS } from "./copying.ts";

/** A look asks a venue for up to half a minute. */
const LOOKS = new Gate(2, 8);

const CHANGE_PROBLEMS = [
  "forbidden",
  "second-factor-needed",
  "bad-settings",
  "cannot-write",
  "busy",
] as const satisfies readonly ProblemCode[];

const OF_ACCOUNTS: Readonly<Record<AccountFailure, ProblemCode>> = {
  "bad-settings": "bad-settings",
  configuration: "bad-settings",
  "name-taken": "name-taken",
  "key-refused": "key-refused",
  "unknown-account": "unknown-account",
  "in-use": "account-in-use",
  "cannot-write": "cannot-write",
};

export const accountRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [listRoute(parts), addRoute(parts), removeRoute(parts)]);
};

function listRoute(parts: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/accounts",
    access: "view_sync",
    tag: "copying",
    summary: "Every account, leaders and followers: in force, and as the data folder has it",
    problems: ENGINE_PROBLEMS,
    query: accountQuery,
    answer: accountList,
    handle: async ({ request, query }) => {
      const principal = principalOf(request);
      const { followers, leaders } = seenStatus(principal, await parts.control.ask({ kind: "status" }));
      const files = parts.accounts.list().filter((one) => maySee(principal.accounts, one.nickname));
      const configured = (name: string) => {
        const file = files.find((one) => one.nickname === name);
        return file === undefined
          ? null
          : { venue: file.venue, account_type: file.accountType, key: file.key };
      };
      const known = [
        ...leaders.map((one) => ({ ...one, role: "leader" as const, state: null, reason: "" })),
        ...followers.map((one) => ({ ...one, role: "follower" as const })),
      ].map((one) => ({ ...one, in_force: true, configured: configured(one.nickname) }));
      const added = files.filter((file) => !known.some((one) => one.nickname === file.nickname));
      const unknown = { connected: false, state: null, reason: "", equity: "", snapshotAgeMs: null };
      const all = [
        ...known,
        ...added.map(({ nickname: name, role }) => ({
          ...unknown,
          nickname: name,
          role,
          in_force: false,
          configured: configured(name),
        })),
      ];
      const meant = all.filter(({ role }) => query.role === undefined || role === query.role);
      const { rows, ...page } = pageAfter(meant, query, ({ nickname: name }) => name);
      return { accounts: rows, ...page };
    },
  });
}

function addRoute(parts: ApiParts) {
  return route({
    method: "POST",
    path: "/api/v1/accounts",
    access: "admin",
    tag: "settings",
    summary: "Look at a key, and add an account with it",
    description:
      "The venue is asked what the key may do: one that can withdraw, or lacks a right, is refused. With dry_run nothing is written. Owners only. What is given twice is refused the second time, so it takes no idempotency key.",
    problems: [...CHANGE_PROBLEMS, "name-taken", "key-refused"],
    query: z.object(dryRun),
    body: newAccount,
    answer: accountOutcome,
    handle: async ({ request, query: { dry_run }, body }) => {
      assertOwner(request);
      const stated = statedAccount(body);
      if (!dry_run) assertSecondFactor(parts, request);
      const { accounts: book } = parts;
      const { role, content, checks, steps, madeKeyFile } = await told(() =>
        LOOKS.through(async () =>
          dry_run ? { ...(await book.look(stated)), madeKeyFile: null } : book.add(stated),
        ),
      );
      if (!dry_run)
        await noteChange(parts, request, {
          action: "account-add",
          subject: body.nickname,
          before: null,
          after: { ...content, key: stated.secret === undefined ? "none" : "encrypted" },
        });
      return {
        dry_run,
        nickname: body.nickname,
        role,
        checks: checks?.checks ?? null,
        steps,
        made_key_file: madeKeyFile !== null,
      };
    },
  });
}

function removeRoute(parts: ApiParts) {
  return route({
    method: "DELETE",
    path: "/api/v1/accounts/{nickname}",
    access: "admin",
    tag: "settings",
    summary: "Remove an account, with the key that is stored of it",
    description:
      "Refused while it holds what is ours, while a running engine copies to it, and while others name it. Nothing at the venue changes. Owners only.",
    problems: [...ENGINE_PROBLEMS, ...CHANGE_PROBLEMS, "unknown-account", "account-in-use"],
    params: z.object({ nickname }),
    query: z.object(dryRun),
    answer: accountOutcome,
    handle: async ({ request, params, query: { dry_run } }) => {
      assertOwner(request);
      if (!dry_run) assertSecondFactor(parts, request);
      const status = await parts.control.ask({ kind: "status" });
      const { role, steps } = await told(async () =>
        dry_run
          ? parts.accounts.removal(params.nickname, status)
          : parts.accounts.remove(params.nickname, status),
      );
      if (!dry_run)
        await noteChange(parts, request, {
          action: "account-remove",
          subject: params.nickname,
          before: { role },
          after: null,
        });
      return { dry_run, nickname: params.nickname, role, checks: null, steps, made_key_file: false };
    },
  });
}

function assertOwner(request: FastifyRequest): void {
  if (principalOf(request).role === "owner") return;
  throw new ApiProblem("forbidden", "only an owner may add or remove accounts");
}

/** Throws where only half of a key was given. */
function statedAccount(body: z.output<typeof newAccount>): StatedAccount {
  const { api_key: apiKey, api_secret: apiSecret, settings = {}, ...keys } = body;
  const reserved = Object.keys(settings).filter((name) => name in newAccount.shape);
  if (reserved.length > 0) {
    const errors = reserved.map((name) => ({
      field: `settings.${name}`,
      message: "belongs beside settings, not into them",
    }));
    throw new ApiProblem("bad-settings", `settings.${reserved[0]} belongs beside settings`, { errors });
  }
  const stated = { ...settings, ...keys };
  if (apiKey === undefined && apiSecret === undefined) return { keys: stated };
  if (apiKey !== undefined && apiSecret !== undefined) return { keys: stated, secret: { apiKey, apiSecret } };
  const field = apiKey === undefined ? "api_key" : "api_secret";
  throw new ApiProblem("bad-settings", `${field} is missing: a key and its secret belong together`, {
    errors: [{ field, message: "is missing: a key and its secret belong together" }],
  });
}

async function told<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    const { failure, message, troubles } = error;
    const details = troubles.map(({ field, message: text }) => `${field} ${text}`.trim());
    const detail = [message, ...(failure === "in-use" ? [] : details)].join(": ").slice(0, 2_000);
    throw new ApiProblem(OF_ACCOUNTS[failure], detail, {
      ...(troubles.length === 0 ? {} : { errors: troubles.map((one) => ({ ...one })) }),
    });
  }
}
