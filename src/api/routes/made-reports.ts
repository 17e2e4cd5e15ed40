/** Reports over a period: made in the background, listed, and taken as files. Who sees only some accounts has those of these accounts. */
import { readFileSync } from "node:fs";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { listReportFiles, type ReportFile } from "../../control/report/report-files.ts";
import type { Principal } from "../../identity/identity.ts";
import { maySee } from "../../identity/permissions.ts";
import { assertSees, assertSeesLeader } from "../access.ts";
import { type Job, job, jobId, jobResult, reportRequest } from "../contract/jobs.ts";
import { ApiProblem } from "../contract/problems.ts";
import * as contract from "../contract/reports.ts";
import { principalOf } from "../guard.ts";
import { type Jobs, viewOf } from "../jobs/jobs.ts";
import { followerAsked } from "../own-followers.ts";
import { pageAfter } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { type ApiRoute, addRoutes, route } from "../route.ts";

const common = { access: "view_reports", tag: "portfolio" } as const;

const TYPES: Readonly<Record<ReportFile["format"], string>> = {
  html: "text/html; charset=utf-8",
  pdf: "application/pdf",
  png: "image/png",
  csv: "text/csv; charset=utf-8",
  json: "application/json; charset=utf-8",
};

export const madeReportRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [...makingRoutes(app.jobs, parts), ...fileRoutes(parts.dataDir)]);
};

function makingRoutes(jobs: Jobs, parts: ApiParts): readonly ApiRoute[] {
  return [
    route({
      ...common,
      method: "POST",
      path: "/api/v1/reports",
      summary: "Make a report of a day, a week, a month or a range, in the background",
      description:
        "Answers at once with the job; its progress is told by the stream's topic `jobs`. The files are listed when it is finished.",
      idempotent: true,
      problems: ["too-many", "unknown-follower", "unknown-leader", "follower-needed"],
      status: 202,
      body: reportRequest,
      answer: job,
      handle: async ({ request, body }) =>
        jobs.start(principalOf(request), "report", asked(parts, request, body)),
    }),
    route({
      ...common,
      method: "GET",
      path: "/api/v1/reports/{id}",
      summary: "A report that is being made: how far it is, or how it ended",
      problems: ["unknown-job"],
      params: jobId,
      answer: job,
      handle: async ({ request, params }) => seenJob(jobs, request, params.id),
    }),
    route({
      ...common,
      method: "GET",
      path: "/api/v1/reports/{id}/result",
      summary: "Its numbers",
      problems: ["unknown-job", "not-finished"],
      params: jobId,
      answer: jobResult,
      handle: async ({ request, params }) => {
        const found = seenJob(jobs, request, params.id);
        return { job: found, result: jobs.result(found) };
      },
    }),
    route({
      ...common,
      method: "DELETE",
      path: "/api/v1/reports/{id}",
      summary: "Cancel the making of it; forget that it was made where it has ended",
      problems: ["unknown-job"],
      params: jobId,
      answer: job,
      handle: async ({ request, params }) => {
        const principal = principalOf(request);
        return viewOf(principal, jobs.remove(jobs.one(principal, "report", params.id)));
      },
    }),
  ];
}

function seenJob(jobs: Jobs, request: FastifyRequest, id: number): Job {
  const principal = principalOf(request);
  return viewOf(principal, jobs.one(principal, "report", id));
}

function fileRoutes(dataDir: string): readonly ApiRoute[] {
  const seenFiles = (principal: Principal) =>
    listReportFiles(dataDir).filter((file) => isSeen(principal, file));
  return [
    route({
      ...common,
      method: "GET",
      path: "/api/v1/reports",
      summary: "Files of reports that were made, by the clock and on demand",
      problems: ["unknown-follower"],
      query: contract.reportFilesQuery,
      answer: contract.reportFiles,
      handle: async ({ request, query: { account, format, ...page } }) => {
        const principal = principalOf(request);
        assertSees(principal, account);
        const found = seenFiles(principal).filter(
          (file) =>
            (format === undefined || file.format === format) &&
            (account === undefined || (file.subject.of === "account" && file.subject.name === account)),
        );
        const { rows, next_cursor } = pageAfter(found, page, ({ name }) => name);
        return { items: rows.map(viewOfFile), next_cursor };
      },
    }),
    route({
      ...common,
      method: "GET",
      path: "/api/v1/reports/files/{name}",
      summary: "One of them",
      description: "The file as it was made, to be kept: `Content-Disposition: attachment`.",
      problems: ["not-found"],
      params: contract.reportFileName,
      types: Object.values(TYPES).map((type) => type.split(";")[0] ?? type),
      answer: z.unknown().meta({ description: "The file itself." }),
      handle: async ({ request, reply, params: { name } }) => {
        // Only what is listed is read: a name is never made into a path.
        const file = seenFiles(principalOf(request)).find((one) => one.name === name);
        const content = file === undefined ? null : contentOf(file);
        if (file === undefined || content === null)
          throw new ApiProblem("not-found", "there is no such report that you see");
        reply.type(TYPES[file.format]);
        reply.header("Content-Disposition", `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`);
        return content;
      },
    }),
  ];
}

/** Of his only follower where he sees one and named none. */
function asked(
  parts: ApiParts,
  request: FastifyRequest,
  body: z.output<typeof reportRequest>,
): z.output<typeof reportRequest> {
  const principal = principalOf(request);
  const { account, leader } = body;
  if (account !== undefined && leader !== undefined) {
    const message = "does not go with account: a report is of one of them";
    throw new ApiProblem("bad-request", `leader: it ${message}`, { errors: [{ field: "leader", message }] });
  }
  if (leader !== undefined) {
    // What a leader's copies brought is of all accounts that copy it.
    if (principal.accounts !== "all") assertSeesLeader({ accounts: new Set() }, leader);
    return body;
  }
  const meant = followerAsked(parts, request, account);
  return meant === undefined ? body : { ...body, account: meant };
}

function isSeen({ accounts }: Principal, { subject: { of, name } }: ReportFile): boolean {
  return accounts === "all" || (of === "account" && maySee(accounts, name));
}

/** Null where it was removed meanwhile. */
function contentOf({ path }: ReportFile): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function viewOfFile({ name, subject, kind, period, format, bytes, madeAtMs }: ReportFile) {
  return { name, of: subject.of, whose: subject.name, kind, period, format, bytes, made_ms: madeAtMs };
}
