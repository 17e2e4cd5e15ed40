/** Backtests, what-ifs, protections and searches in the background: start, look, compare, take the result, cancel. */
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Principal } from "../../identity/identity.ts";
import type { Permission } from "../../identity/permissions.ts";
import { assertSeesAll } from "../access.ts";
import { noteChange } from "../carry-out.ts";
import { comparison } from "../contract/job-results.ts";
import * as contract from "../contract/jobs.ts";
import { ApiProblem, type ProblemCode } from "../contract/problems.ts";
import * as records from "../contract/record-jobs.ts";
import { principalOf } from "../guard.ts";
import { cursorId } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { type ApiRoute, addRoutes, route } from "../route.ts";
import { assertKnowsEverybody, assertKnowsTraders } from "../routes/traders.ts";
import { comparedBacktests } from "./comparison.ts";
import type { JobRequests } from "./job-arguments.ts";
import { type Jobs, seesJob, viewOf } from "./jobs.ts";

const common = { access: "view_reports", tag: "jobs" } as const;

export const jobRoutes: RoutePlugin = (app, parts) => {
  const { jobs } = app;
  addRoutes(app, [
    ...pastRoutes(jobs, parts),
    ...recordRoutes(jobs, parts),
    comparisonRoute(jobs),
    listRoute(jobs, null, "/api/v1/jobs", "Every computation in the background"),
  ]);
};

function pastRoutes(jobs: Jobs, parts: ApiParts): readonly ApiRoute[] {
  const overEverybody = (principal: Principal) =>
    assertKnowsEverybody(parts, principal, "this goes over every trader, those that are accounts among them");
  return [
    ...groupOf(jobs, {
      kind: "backtest",
      path: "backtests",
      body: contract.backtestRequest,
      what: "what strategies would have done",
      assertMay: overEverybody,
      problems: ["bad-settings"],
    }),
    ...groupOf(jobs, {
      kind: "what_if",
      path: "what_if",
      body: contract.whatIfRequest,
      what: "what copying a leader would have brought",
      assertMay: (principal, { leader, venue }) => assertKnowsTraders(parts, principal, [leader], venue),
      problems: ["bad-settings", "unknown-trader"],
    }),
    ...groupOf(jobs, {
      kind: "protections",
      path: "protections",
      body: contract.protectionsRequest,
      what: "what stops and limits would have saved",
      // Anybody of whom there is a record may take the place of a leader that is stopped, and is named then.
      assertMay: async (principal, { leaders = [] }) => {
        await assertKnowsTraders(parts, principal, leaders);
        await overEverybody(principal);
      },
      problems: ["bad-settings", "unknown-trader"],
    }),
    ...groupOf(jobs, {
      kind: "strategy_search",
      path: "strategy_searches",
      body: contract.strategySearchRequest,
      what: "whether other options of a strategy are better",
      assertMay: overEverybody,
      problems: ["bad-settings"],
    }),
  ];
}

function recordRoutes(jobs: Jobs, parts: ApiParts): readonly ApiRoute[] {
  const ofAllAccounts = async (principal: Principal) =>
    assertSeesAll(principal, "records are for all accounts");
  const noteStart = (request: FastifyRequest, { id, kind, request: after }: contract.Job) =>
    noteChange(parts, request, {
      action: `${kind.replaceAll("_", "-")}-started`,
      subject: String(id),
      after,
    });
  return [
    ...groupOf(jobs, {
      kind: "optimisation",
      path: "optimisations",
      body: records.optimisationRequest,
      what: "how much of the money each of several records should have",
      bodyBytesMax: records.UPLOAD_BYTES_MAX,
    }),
    ...groupOf(jobs, {
      kind: "trader_import",
      path: "trader_imports",
      body: records.traderImportRequest,
      what: "what histories of fills hold, and take them in",
      bodyBytesMax: records.UPLOAD_BYTES_MAX,
      access: "manage_copying",
      assertMay: ofAllAccounts,
      noted: noteStart,
    }),
    ...groupOf(jobs, {
      kind: "trader_fetch",
      path: "trader_fetches",
      body: records.traderFetchRequest,
      what: "what a venue tells of a trader, and take it in",
      access: "manage_copying",
      assertMay: ofAllAccounts,
      noted: noteStart,
    }),
    ...groupOf(jobs, {
      kind: "discovery",
      path: "discoveries",
      body: records.discoveryRequest,
      what: "which lead traders a venue shows",
      access: "manage_copying",
    }),
    ...groupOf(jobs, {
      kind: "market_fetch",
      path: "market_fetches",
      body: records.marketFetchRequest,
      what: "what markets did, and keep it",
      access: "manage_copying",
      assertMay: ofAllAccounts,
      noted: noteStart,
    }),
    ...groupOf(jobs, {
      kind: "market_import",
      path: "market_imports",
      body: records.marketImportRequest,
      what: "what files of markets hold, and take them in",
      bodyBytesMax: records.UPLOAD_BYTES_MAX,
      access: "manage_copying",
      assertMay: ofAllAccounts,
      noted: noteStart,
    }),
    ...groupOf(jobs, {
      kind: "backup",
      path: "backups",
      body: records.backupRequest,
      what: "whether all that cannot be had again goes into one encrypted file, and make it",
      access: "admin",
      assertMay: async (principal) => assertSeesAll(principal, "a backup is of all accounts"),
      noted: noteStart,
    }),
    ...groupOf(jobs, {
      kind: "check",
      path: "checks",
      body: records.checkRequest,
      what: "whether the installation, or the accounts with their keys, are sound",
      access: "admin",
      assertMay: async (principal) => assertSeesAll(principal, "checks are of all accounts"),
    }),
  ];
}

interface Group<Kind extends contract.JobKind> {
  readonly kind: Kind;
  readonly path: string;
  readonly body: z.ZodType<JobRequests[Kind]>;
  readonly what: string;
  /** Who may start one; view_reports when left out. */
  readonly access?: Permission;
  readonly bodyBytesMax?: number;
  /** Rejects where he may not have this computed. */
  readonly assertMay?: (principal: Principal, request: JobRequests[Kind]) => Promise<void>;
  /** Of that. */
  readonly problems?: readonly ProblemCode[];
  /** Writes down who started it: of what changes what all go by. */
  readonly noted?: (request: FastifyRequest, job: contract.Job) => Promise<void>;
}

function groupOf<Kind extends contract.JobKind>(
  jobs: Jobs,
  {
    kind,
    path,
    body,
    what,
    access = common.access,
    bodyBytesMax,
    assertMay,
    problems = [],
    noted,
  }: Group<Kind>,
): readonly ApiRoute[] {
  const one = { ...common, params: contract.jobId } as const;
  const at = `/api/v1/${path}`;
  return [
    route({
      ...common,
      method: "POST",
      path: at,
      access,
      ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
      summary: `Find out ${what}, in the background`,
      description: "Answers at once with the job; its progress is told by the stream's topic `jobs`.",
      idempotent: true,
      problems: ["too-many", ...problems],
      status: 202,
      body,
      answer: contract.job,
      handle: async ({ request, body: asked }) => {
        const principal = principalOf(request);
        await assertMay?.(principal, asked);
        const job = jobs.start(principal, kind, asked);
        await noted?.(request, job);
        return job;
      },
    }),
    listRoute(jobs, kind, at, `Those that were started to find out ${what}`),
    route({
      ...one,
      method: "GET",
      path: `${at}/{id}`,
      summary: "One of them: how far it is, or how it ended",
      problems: ["unknown-job"],
      answer: contract.job,
      handle: async ({ request, params }) => {
        const principal = principalOf(request);
        return viewOf(principal, jobs.one(principal, kind, params.id));
      },
    }),
    route({
      ...one,
      method: "GET",
      path: `${at}/{id}/result`,
      summary: "What came of it",
      problems: ["unknown-job", "not-finished"],
      answer: kind === "what_if" ? contract.whatIfJobResult : contract.jobResult,
      handle: async ({ request, params }) => {
        const principal = principalOf(request);
        const found = viewOf(principal, jobs.one(principal, kind, params.id));
        return { job: found, result: jobs.result(found) };
      },
    }),
    route({
      ...one,
      method: "DELETE",
      path: `${at}/{id}`,
      summary: "Cancel it; forget it where it has ended",
      problems: ["unknown-job"],
      answer: contract.job,
      handle: async ({ request, params }) => {
        const principal = principalOf(request);
        return viewOf(principal, jobs.remove(jobs.one(principal, kind, params.id)));
      },
    }),
  ];
}

function listRoute(jobs: Jobs, kind: contract.JobKind | null, path: string, summary: string): ApiRoute {
  return route({
    ...common,
    method: "GET",
    path,
    summary,
    description: "One's own; everybody's with the permission `admin` and all accounts.",
    query: contract.jobQuery,
    answer: contract.jobPage,
    handle: async ({ request, query: { state, limit, cursor } }) => {
      const principal = principalOf(request);
      const before = cursor === undefined ? Infinity : cursorId(cursor);
      const found = jobs
        .all()
        .toReversed()
        .filter(
          (one) =>
            one.id < before &&
            (kind === null || one.kind === kind) &&
            (state === undefined || one.state === state) &&
            seesJob(principal, one),
        );
      const items = found.slice(0, limit);
      return {
        items: items.map((one) => viewOf(principal, one)),
        next_cursor: found.length > limit ? String(items.at(-1)?.id) : null,
      };
    },
  });
}

function comparisonRoute(jobs: Jobs): ApiRoute {
  return route({
    ...common,
    method: "GET",
    path: "/api/v1/backtests/comparison",
    summary: "Strategies of several backtests beside each other",
    problems: ["unknown-job", "not-finished"],
    query: contract.comparisonQuery,
    answer: comparison,
    handle: async ({ request, query: { ids } }) => {
      const wanted = [...new Set(ids.split(",").map(Number))];
      const principal = principalOf(request);
      const found = wanted.map((id) => viewOf(principal, jobs.one(principal, "backtest", id)));
      const compared = comparedBacktests(found.map((one) => ({ job: one, result: jobs.result(one) })));
      if (compared !== null) return compared;
      throw new ApiProblem("not-finished", "one of them was made by another version; run it again");
    },
  });
}
