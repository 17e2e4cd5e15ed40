/** The commands that change copying: each previewed by `dry_run=true`, carried out once per idempotency key, and noted. */

import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { STOP_MODES } from "../../control/owner-commands.ts";
import { assertKnowsLeader, assertSees, followerMeant, theFollower } from "../access.ts";
import { carryOut } from "../carry-out.ts";
import { outcome } from "../contract/commands.ts";
import { dryRun, nickname, symbol } from "../contract/common.ts";
import { ApiProblem, type ProblemCode } from "../contract/problems.ts";
import { ifMatch } from "../contract/settings.ts";
import { expectedOf, taggedOutcome } from "../expected.ts";
import { principalOf } from "../guard.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { ENGINE_PROBLEMS, stated } from "./copying.ts";

const PROBLEMS = [
  ...ENGINE_PROBLEMS,
  "engine-stopped",
  "unknown-follower",
  "second-factor-needed",
] as const satisfies readonly ProblemCode[];

const query = z.object(dryRun);
const common = { method: "POST", tag: "copying", idempotent: true, query, answer: outcome } as const;

export const commandRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    ...pauseRoutes(parts),
    ...closeRoutes(parts),
    ...relationRoutes(parts),
    ...proposalRoutes(parts),
  ]);
};

/** Everybody's followers, for who sees some of them only. */
export async function followersOf({ control }: ApiParts): Promise<readonly string[]> {
  const { followers } = await control.ask({ kind: "status" });
  return followers.map((one) => one.nickname);
}

function pauseRoutes(parts: ApiParts) {
  const one = (kind: "pause" | "resume", summary: string) =>
    route({
      ...common,
      path: `/api/v1/${kind}`,
      access: "manage_copying",
      summary,
      description: "Without a follower: all of them.",
      problems: [...PROBLEMS, "follower-needed"],
      body: z.strictObject({ follower: nickname.optional() }),
      handle: async ({ request, query: { dry_run }, body }) => {
        const follower = followerMeant(principalOf(request), body.follower, await followersOf(parts));
        return carryOut(parts, request, { kind, ...stated({ follower }) }, { dryRun: dry_run });
      },
    });
  return [
    one("pause", "Open nothing any more: what is held is only reduced"),
    one("resume", "End a pause, and what else was stopped by hand"),
  ];
}

function closeRoutes(parts: ApiParts) {
  return [
    route({
      ...common,
      path: "/api/v1/close",
      access: "trade",
      summary: "Close what is ours",
      description:
        "What the owner holds itself is never touched, and the leader's present size is not bought again.",
      problems: [...PROBLEMS, "nothing-to-close"],
      body: z.strictObject({ follower: nickname, symbol: symbol.optional() }),
      handle: async ({ request, query: { dry_run }, body: { follower, ...more } }) => {
        assertSees(principalOf(request), follower);
        return carryOut(parts, request, { kind: "close", follower, ...stated(more) }, { dryRun: dry_run });
      },
    }),
    route({
      ...common,
      path: "/api/v1/release",
      access: "manage_stop_loss",
      summary: "Lift stops, and copy again what was closed by hand",
      problems: [...PROBLEMS, "unknown-leader"],
      body: z.strictObject({ follower: nickname, leader: nickname.optional(), symbol: symbol.optional() }),
      handle: async ({ request, query: { dry_run }, body: { follower, ...more } }) => {
        assertSees(principalOf(request), follower);
        await assertKnowsLeader(parts, principalOf(request), more.leader);
        return carryOut(parts, request, { kind: "release", follower, ...stated(more) }, { dryRun: dry_run });
      },
    }),
  ];
}

/** The follower that a relation is about: stated, or the only one that he sees. */
export async function relationFollower(
  parts: ApiParts,
  request: FastifyRequest,
  follower: string | undefined,
): Promise<string> {
  const principal = principalOf(request);
  const all = await followersOf(parts);
  const meant = followerMeant(principal, follower, all);
  return meant ?? theFollower(all);
}

export const RELATION_PROBLEMS = [...PROBLEMS, "unknown-leader", "bad-settings", "follower-needed"] as const;

function relationRoutes(parts: ApiParts) {
  return [
    route({
      ...common,
      path: "/api/v1/allocations",
      access: "manage_copying",
      summary: "Let a follower copy a leader, or change how it does",
      description:
        "`values` are keys of an account file; null takes one back that was decided at run time. With If-Match only where the relation still has that revision; `none`: only where it begins. The follower may be left out where there is one.",
      problems: [...RELATION_PROBLEMS, "changed-meanwhile"],
      headers: ifMatch,
      etag: true,
      body: z.strictObject({
        leader: nickname,
        follower: nickname.optional(),
        values: z.record(z.string().min(1).max(100), z.unknown()).default({}),
      }),
      handle: async ({ request, reply, query: { dry_run }, body: { leader, follower: named, values } }) => {
        const follower = await relationFollower(parts, request, named);
        await assertKnowsLeader(parts, principalOf(request), leader);
        const expected = expectedOf(request, { isNeeded: false });
        const command = { kind: "copy", leader, follower, values, ...expected } as const;
        return taggedOutcome(reply, await carryOut(parts, request, command, { dryRun: dry_run }));
      },
    }),
    route({
      ...common,
      method: "DELETE",
      path: "/api/v1/allocations/{leader}/{follower}",
      access: "manage_copying",
      summary: "End that a follower copies a leader",
      problems: [...PROBLEMS, "unknown-leader", "unknown-relation", "changed-meanwhile"],
      headers: ifMatch,
      params: z.object({ leader: nickname, follower: nickname }),
      query: z.object({
        ...dryRun,
        stop_mode: z.enum(STOP_MODES).optional().meta({
          description: "What becomes of the copies; as the allocation says when left out.",
        }),
      }),
      handle: async ({ request, params: { leader, follower }, query: { dry_run, stop_mode: stopMode } }) => {
        assertSees(principalOf(request), follower);
        await assertKnowsLeader(parts, principalOf(request), leader);
        const ending = {
          kind: "uncopy",
          leader,
          follower,
          ...(stopMode === undefined ? {} : { stopMode }),
          ...expectedOf(request, { isNeeded: false }),
        } as const;
        return carryOut(parts, request, ending, { dryRun: dry_run });
      },
    }),
  ];
}

const proposalId = z.object({ id: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) });

function proposalRoutes(parts: ApiParts) {
  const common_ = {
    ...common,
    access: "trade",
    params: proposalId,
    problems: [...PROBLEMS, "unknown-proposal"],
  } as const;
  return [
    route({
      ...common_,
      path: "/api/v1/proposals/{id}/approve",
      summary: "Let a change that waits be traded",
      body: z.strictObject({
        target: z
          .string()
          .regex(/^-?\d{1,20}(\.\d{1,20})?$/, { error: 'must be a signed decimal text such as "-0.5"' })
          .optional()
          .meta({ description: "Up to which position, as it was seen; as it is now when left out." }),
      }),
      handle: async ({ request, params: { id }, query: { dry_run }, body }) => {
        await assertSeesProposal(parts, request, id);
        return carryOut(
          parts,
          request,
          { kind: "approve", proposal: id, ...stated(body) },
          { dryRun: dry_run },
        );
      },
    }),
    route({
      ...common_,
      path: "/api/v1/proposals/{id}/decline",
      summary: "Let a change that waits be left out",
      handle: async ({ request, params: { id }, query: { dry_run } }) => {
        await assertSeesProposal(parts, request, id);
        return carryOut(parts, request, { kind: "decline", proposal: id }, { dryRun: dry_run });
      },
    }),
  ];
}

async function assertSeesProposal({ control }: ApiParts, request: FastifyRequest, id: number): Promise<void> {
  const principal = principalOf(request);
  if (principal.accounts === "all") return;
  const { proposals } = await control.ask({ kind: "proposals" });
  const found = proposals.find((one) => one.id === id);
  if (found !== undefined && principal.accounts.has(found.follower)) return;
  throw new ApiProblem("unknown-proposal", `no proposal ${id} that you see waits for an answer`);
}
