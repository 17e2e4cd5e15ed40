/** What the owner was told without asking: the list, acknowledging, muting, and trying the channels. */

import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { AlertingReport, MuteRequest } from "../../control/alert-requests.ts";
import { alertEntries } from "../../control/alerts-report.ts";
import { assertSees, assertSeesAll } from "../access.ts";
import { noteChange } from "../carry-out.ts";
import * as contract from "../contract/alerts.ts";
import { ApiProblem } from "../contract/problems.ts";
import { principalOf } from "../guard.ts";
import { spanOf } from "../moment.ts";
import { pageBegin } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { isSeenAlert } from "../stream/topics.ts";
import { ENGINE_PROBLEMS } from "./copying.ts";

export const alertRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    listRoute(parts),
    stateRoute(parts),
    acknowledgeRoute(parts),
    ...muteRoutes(parts),
    testRoute(parts),
  ]);
};

const RANK = { info: 0, warning: 1, critical: 2 } as const;

function listRoute({ dataDir, nowMs }: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/alerts",
    access: "view_sync",
    tag: "alerts",
    summary: "What you were told without asking",
    problems: ["not-readable", "unknown-follower"],
    query: contract.alertsQuery,
    answer: contract.alertsPage,
    handle: async ({ request, query: { follower, severity, limit, cursor, ...span } }) => {
      const principal = principalOf(request);
      assertSees(principal, follower);
      const { fromMs = 0, toMs = Infinity } = spanOf(span, nowMs());
      const newest = alertEntries(dataDir)
        .toReversed()
        .map(({ alert: { key: _, event: __, ...told }, acknowledged }) => ({
          ...told,
          ...(acknowledged === null ? {} : { acknowledged }),
        }));
      const begin = pageBegin(
        newest.map(({ id }) => id),
        cursor,
      );
      const meant = newest
        .slice(begin)
        .filter(
          (alert) =>
            isSeenAlert(principal, alert) &&
            alert.atMs >= fromMs &&
            alert.atMs < toMs &&
            RANK[alert.severity] >= RANK[severity] &&
            (follower === undefined || alert.follower === follower),
        );
      const items = meant.slice(0, limit);
      return { items, next_cursor: meant.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  });
}

function stateRoute({ control }: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/alerts/state",
    access: "view_sync",
    tag: "alerts",
    summary: "What is muted, what nobody acknowledged, what waits where",
    problems: ENGINE_PROBLEMS,
    answer: contract.alertsState,
    handle: async ({ request }) => seenState(request, await control.ask({ kind: "alerting" })),
  });
}

/** Channels have names of recipients: they are for who sees everything. */
function seenState(request: FastifyRequest, { mutes, unacknowledged, channels }: AlertingReport) {
  const principal = principalOf(request);
  return {
    mutes,
    unacknowledged: unacknowledged.filter((alert) => isSeenAlert(principal, alert)),
    channels: principal.accounts === "all" ? channels : [],
  };
}

function acknowledgeRoute(parts: ApiParts) {
  return route({
    method: "POST",
    path: "/api/v1/alerts/acknowledge",
    access: "manage_copying",
    tag: "alerts",
    summary: "Acknowledge alerts, so that they are not told again",
    description: "Without ids all critical ones that you see and nobody acknowledged yet.",
    idempotent: true,
    problems: [...ENGINE_PROBLEMS, "unknown-alert"],
    body: contract.acknowledgeForm,
    answer: contract.acknowledged,
    handle: async ({ request, body }) => {
      const { name: by, accounts } = principalOf(request);
      const { acknowledged } = await parts.control.ask({
        kind: "acknowledge-alerts",
        by,
        ...(body.ids === undefined ? {} : { ids: body.ids }),
        ...(accounts === "all" ? {} : { accounts: [...accounts] }),
      });
      if (acknowledged.length > 0)
        await noteChange(parts, request, {
          action: "alerts-acknowledged",
          subject: acknowledged.join(", ").slice(0, 500),
          after: null,
        });
      return { acknowledged };
    },
  });
}

function muteRoutes(parts: ApiParts) {
  const path = "/api/v1/alerts/mutes";
  const mute = async (request: FastifyRequest, wanted: Omit<MuteRequest, "by">) => {
    const { name: by, accounts } = principalOf(request);
    if (accounts !== "all")
      throw new ApiProblem("forbidden", "alerts are muted for everybody, and you do not see all accounts");
    const { mutes } = await parts.control.ask({ kind: "mute-alerts", by, ...wanted });
    const { alertKind = "all kinds", untilMs } = wanted;
    const action = untilMs === 0 ? "alerts-unmuted" : "alerts-muted";
    await noteChange(parts, request, { action, subject: alertKind, after: { untilMs } });
    return { mutes };
  };
  const common = {
    path,
    access: "manage_copying",
    tag: "alerts",
    problems: ENGINE_PROBLEMS,
    answer: contract.mutes,
  } as const;
  return [
    route({
      ...common,
      method: "POST",
      summary: "Tell nothing for a time",
      description:
        "All kinds but what is critical, or one kind whatever its severity. What happens meanwhile comes in one summary at the end.",
      idempotent: true,
      body: contract.muteForm,
      handle: ({ request, body: { kind, minutes } }) =>
        mute(request, {
          untilMs: parts.nowMs() + Math.round(minutes * 60_000),
          ...(kind === undefined ? {} : { alertKind: kind }),
        }),
    }),
    route({
      ...common,
      method: "DELETE",
      summary: "Tell things again",
      query: z.object({ kind: contract.alertKind.optional() }),
      handle: ({ request, query: { kind } }) =>
        mute(request, { untilMs: 0, ...(kind === undefined ? {} : { alertKind: kind }) }),
    }),
  ];
}

function testRoute(parts: ApiParts) {
  return route({
    method: "POST",
    path: "/api/v1/alerts/test",
    access: "admin",
    tag: "alerts",
    summary: "Send a test through every channel, and tell what each answered",
    problems: [...ENGINE_PROBLEMS, "engine-stopped"],
    answer: contract.channelTests,
    handle: async ({ request }) => {
      assertSeesAll(principalOf(request), "channels are for all accounts");
      return parts.control.ask({ kind: "test-alerts" });
    },
  });
}
