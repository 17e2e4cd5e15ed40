/** Settings changed while running: of one follower's account, and those that are for all; nobody changes what he has not seen. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { SettingsInForce } from "../../control/changeable-settings.ts";
import { assertSees, assertSeesAll, seen } from "../access.ts";
import { carryOut } from "../carry-out.ts";
import { outcome } from "../contract/commands.ts";
import { dryRun, nickname } from "../contract/common.ts";
import { ApiProblem, type ProblemCode } from "../contract/problems.ts";
import {
  changeableSettings,
  copyTradingSettings,
  ifMatch,
  settingsChange,
  settingsInForce,
} from "../contract/settings.ts";
import { expectedOf, taggedOutcome } from "../expected.ts";
import { principalOf } from "../guard.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { ENGINE_PROBLEMS, stated } from "./copying.ts";

const PROBLEMS = [
  ...ENGINE_PROBLEMS,
  "engine-stopped",
  "bad-settings",
  "changed-meanwhile",
  "second-factor-needed",
] as const satisfies readonly ProblemCode[];

export const settingsRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    listRoute(parts),
    ...followerRoutes(parts),
    ...forAllRoutes(parts, PORTFOLIO),
    ...forAllRoutes(parts, ALERTS),
    ...earlierRoutes(parts),
  ]);
};

function listRoute({ control }: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/settings",
    access: "view_reports",
    tag: "settings",
    summary: "Everything that may be changed while running",
    problems: [...ENGINE_PROBLEMS, "bad-settings", "unknown-follower"],
    query: z.object({ follower: nickname.optional() }),
    answer: changeableSettings,
    handle: async ({ request, query }) => {
      const principal = principalOf(request);
      assertSees(principal, query.follower);
      const { engine, followers, portfolio, alerts } = await control.ask({
        kind: "changeable-settings",
        ...stated(query),
      });
      return {
        engine,
        followers: seen(principal, followers, ({ follower }) => follower),
        ...(portfolio === undefined || principal.accounts !== "all" ? {} : { portfolio }),
        ...(alerts === undefined || principal.accounts !== "all" ? {} : { alerts }),
      };
    },
  });
}

/** With its revision as the ETag. */
function tagged(reply: FastifyReply, settings: SettingsInForce): SettingsInForce {
  reply.header("ETag", `"${settings.revision}"`);
  return settings;
}

const named = z.object({ nickname });
const query = z.object(dryRun);

function followerRoutes(parts: ApiParts) {
  return [
    route({
      method: "GET",
      path: "/api/v1/followers/{nickname}/settings",
      access: "view_reports",
      tag: "settings",
      summary: "Stops and limits of one follower's account",
      problems: [...ENGINE_PROBLEMS, "bad-settings", "unknown-follower"],
      params: named,
      answer: settingsInForce,
      etag: true,
      handle: async ({ request, reply, params: { nickname: follower } }) => {
        assertSees(principalOf(request), follower);
        const { followers } = await parts.control.ask({ kind: "changeable-settings", follower });
        const found = followers.find((one) => one.follower === follower);
        if (found === undefined)
          throw new ApiProblem("unknown-follower", `there is no follower "${follower}"`);
        return tagged(reply, found);
      },
    }),
    route({
      method: "PATCH",
      path: "/api/v1/followers/{nickname}/settings",
      access: "manage_stop_loss",
      tag: "settings",
      summary: "Change stops and limits of one follower's account",
      description: "What a guard has stopped stays stopped.",
      idempotent: true,
      problems: [...PROBLEMS, "precondition-needed", "unknown-follower"],
      params: named,
      query,
      headers: ifMatch,
      body: settingsChange,
      answer: outcome,
      etag: true,
      handle: async ({
        request,
        reply,
        params: { nickname: follower },
        query: { dry_run },
        body: { values },
      }) => {
        assertSees(principalOf(request), follower);
        const command = {
          kind: "settings",
          follower,
          values,
          ...expectedOf(request, { isNeeded: true }),
        } as const;
        return taggedOutcome(reply, await carryOut(parts, request, command, { dryRun: dry_run }));
      },
    }),
  ];
}

/** What is for all is for who sees all. */
function assertMayAll(request: FastifyRequest): void {
  assertSeesAll(principalOf(request), "these settings are for all accounts");
}

async function settingsOf({ control }: ApiParts, whose: "portfolio" | "alerts"): Promise<SettingsInForce> {
  const found = (await control.ask({ kind: "changeable-settings" }))[whose];
  if (found === undefined) throw new ApiProblem("engine-failed", "the settings for all are not told");
  return found;
}

/** The same under each path. */
function shownForAll(
  parts: ApiParts,
  path: string,
  summary: string,
  whose: "portfolio" | "alerts" = "portfolio",
) {
  return route({
    method: "GET",
    path,
    access: "view_reports",
    tag: "settings",
    summary,
    problems: [...ENGINE_PROBLEMS, "bad-settings", "forbidden"],
    answer: settingsInForce,
    etag: true,
    handle: async ({ request, reply }) => {
      assertMayAll(request);
      return tagged(reply, await settingsOf(parts, whose));
    },
  });
}

interface ForAll {
  readonly path: string;
  readonly whose: "portfolio" | "alerts";
  readonly access: "manage_copying" | "admin";
  /** Of what is shown, and of what changes it. */
  readonly summaries: readonly [shown: string, changed: string];
}

const PORTFOLIO: ForAll = {
  path: "/api/v1/settings/portfolio",
  whose: "portfolio",
  access: "manage_copying",
  summaries: [
    "Settings of copying and the portfolio, for all followers",
    "Change settings of copying and the portfolio",
  ],
};

const ALERTS: ForAll = {
  path: "/api/v1/settings/alerts",
  whose: "alerts",
  access: "admin",
  summaries: [
    "What is told, when, and through which channels",
    "Change what is told, when, and through which channels",
  ],
};

/** What is for all, to see and to change. */
function forAllRoutes(parts: ApiParts, { path, whose, access, summaries: [shown, changed] }: ForAll) {
  return [
    shownForAll(parts, path, shown, whose),
    route({
      method: "PATCH",
      path,
      access,
      tag: "settings",
      summary: changed,
      idempotent: true,
      problems: [...PROBLEMS, "precondition-needed"],
      query,
      headers: ifMatch,
      body: settingsChange,
      answer: outcome,
      etag: true,
      handle: async ({ request, reply, query: { dry_run }, body: { values } }) => {
        assertMayAll(request);
        const command = {
          kind: whose === "alerts" ? "alert-settings" : "portfolio-settings",
          values,
          ...expectedOf(request, { isNeeded: true }),
        } as const;
        return taggedOutcome(reply, await carryOut(parts, request, command, { dryRun: dry_run }));
      },
    }),
  ];
}

/** As the earlier system's clients know it: without If-Match, too. */
function earlierRoutes(parts: ApiParts) {
  const path = "/api/v1/copy_trading/settings";
  return [
    shownForAll(parts, path, "Settings of copying, for all followers"),
    route({
      method: "PUT",
      path,
      access: "manage_copying",
      tag: "settings",
      summary: "Change how many traders are copied, how large, and how alike they may be",
      description:
        "With If-Match only where they are as they were seen. What is decided here survives restarts.",
      idempotent: true,
      problems: PROBLEMS,
      query,
      headers: ifMatch,
      body: copyTradingSettings,
      answer: outcome,
      etag: true,
      handle: async ({ request, reply, query: { dry_run }, body }) => {
        assertMayAll(request);
        const command = {
          kind: "portfolio-settings",
          values: body,
          ...expectedOf(request, { isNeeded: false }),
        } as const;
        return taggedOutcome(reply, await carryOut(parts, request, command, { dryRun: dry_run }));
      },
    }),
  ];
}
