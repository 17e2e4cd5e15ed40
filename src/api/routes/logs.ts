/** The log, for owners: it tells of every account. */
import type { FastifyRequest } from "fastify";
import { LOG_LINES_MAX, logsAt } from "../../control/logs.ts";
import { logQuery, logs } from "../contract/logs.ts";
import { ApiProblem } from "../contract/problems.ts";
import { REPORTS } from "../gate.ts";
import { principalOf } from "../guard.ts";
import { momentOf } from "../moment.ts";
import type { RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";

export const logRoutes: RoutePlugin = (app, { dataDir, nowMs }) => {
  addRoutes(app, [
    route({
      method: "GET",
      path: "/api/v1/logs",
      access: "admin",
      tag: "health",
      summary: "Lines of the log",
      description:
        "Of all processes, over closed files too; owners only. Secrets were masked when they were written.",
      problems: ["bad-request", "forbidden", "engine-stopped", "busy"],
      query: logQuery,
      answer: logs,
      handle: async ({ query, request }) => {
        assertOwner(request);
        const { since, limit, channel, level, account, correlation } = query;
        const from = since === undefined ? undefined : momentOf("since", since, nowMs());
        const wanted = {
          ...(channel === undefined ? {} : { channel }),
          ...(level === undefined ? {} : { level }),
          ...(from === undefined ? {} : { sinceMs: from }),
          ...(account === undefined ? {} : { account }),
          ...(correlation === undefined ? {} : { correlation }),
          limit: Math.min(limit, LOG_LINES_MAX),
        };
        return REPORTS.through(() => logsAt(dataDir, wanted));
      },
    }),
  ]);
};

/** The log tells of every account. */
export function assertOwner(request: FastifyRequest): void {
  if (principalOf(request).role !== "owner")
    throw new ApiProblem("forbidden", "only an owner may read the log");
}
