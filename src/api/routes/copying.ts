/** What is copied, and how well: status, accounts, leaders, followers, positions, relations, parity, and the reason of everything. */
import { z } from "zod";
import type { StatusReport } from "../../control/control.ts";
import type { Principal } from "../../identity/identity.ts";
import { assertKnowsLeader, assertSees, assertSeesLeader, seen } from "../access.ts";
import { proposals } from "../contract/commands.ts";
import { nickname, positionIdx, symbol } from "../contract/common.ts";
import * as contract from "../contract/copying.ts";
import { ApiProblem, type ProblemCode } from "../contract/problems.ts";
import { capital, limits } from "../contract/risk.ts";
import { principalOf } from "../guard.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { positionsOf, seenAllocations, seenStatus } from "../seen-status.ts";
import { madeOnce } from "../written-once.ts";

/** Of every route that asks the engine. */
export const ENGINE_PROBLEMS = [
  "engine-unreachable",
  "engine-starting",
  "engine-failed",
  "busy",
] as const satisfies readonly ProblemCode[];

const named = z.object({ nickname });
const about = z.object({ follower: nickname.optional(), symbol: symbol.optional() });

export const copyingRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    ...statusRoutes(parts),
    ...relationRoutes(parts),
    ...accountRoutes(parts),
    ...positionRoutes(parts),
    ...riskRoutes(parts),
  ]);
};

async function statusFor({ control }: ApiParts, principal: Principal) {
  return seenStatus(principal, await control.ask({ kind: "status" }));
}

function statusRoutes(parts: ApiParts) {
  const { control } = parts;
  return [
    route({
      method: "GET",
      path: "/api/v1/status",
      access: "view_sync",
      tag: "copying",
      summary: "Everything of this moment",
      description:
        "The engine, every account, limits and settings in force, watchdogs. Without view_balance money is left out, without view_positions what is held.",
      problems: ENGINE_PROBLEMS,
      answer: contract.status,
      handle: async ({ request }) => statusFor(parts, principalOf(request)),
    }),
    route({
      method: "GET",
      path: "/api/v1/parity",
      access: "view_sync",
      tag: "copying",
      summary: "A certificate of parity of this moment, made and recorded anew",
      description:
        "Whoever asks within five seconds of another gets the same one, unless a command was given since.",
      problems: ENGINE_PROBLEMS,
      answer: contract.parity,
      handle: async ({ request }) => {
        const principal = principalOf(request);
        const { certificate, unrecorded } = await control.ask({ kind: "parity" });
        const name = ({ nickname: own }: { readonly nickname: string }) => own;
        const { followers, leaders } = certificate;
        return {
          certificate: {
            ...certificate,
            followers: seen(principal, followers, name),
            leaders: seen(principal, leaders, name),
          },
          unrecorded,
        };
      },
    }),
  ];
}

function relationRoutes({ control }: ApiParts) {
  return [
    route({
      method: "GET",
      path: "/api/v1/explain",
      access: "view_positions",
      tag: "copying",
      summary: "Why each position is as it is",
      description:
        "The path from what leaders hold to the order, or to the one reason why there is none, step by step.",
      problems: [...ENGINE_PROBLEMS, "unknown-follower"],
      query: about,
      answer: contract.explanation,
      handle: async ({ request, query }) => {
        const principal = principalOf(request);
        assertSees(principal, query.follower);
        const { engine, positions } = await control.ask({ kind: "explain", ...stated(query) });
        return { engine, positions: seen(principal, positions, ({ follower }) => follower) };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/proposals",
      access: "view_positions",
      tag: "copying",
      summary: "Changes that wait for approval",
      problems: ENGINE_PROBLEMS,
      answer: proposals,
      handle: async ({ request }) => {
        const found = await control.ask({ kind: "proposals" });
        return {
          ...found,
          proposals: seen(principalOf(request), found.proposals, ({ follower }) => follower),
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/allocations",
      access: "view_sync",
      tag: "copying",
      summary: "Who copies whom, with every setting and where it comes from",
      problems: ENGINE_PROBLEMS,
      answer: contract.allocations,
      handle: async ({ request }) => {
        return seenAllocations(principalOf(request), await control.ask({ kind: "allocations" }));
      },
    }),
  ];
}

function accountRoutes(parts: ApiParts) {
  const common = { method: "GET", tag: "copying", problems: ENGINE_PROBLEMS, access: "view_sync" } as const;
  return [
    route({
      ...common,
      path: "/api/v1/leaders",
      summary: "Leaders and what they hold",
      answer: z.object({ leaders: z.array(contract.leader) }),
      handle: async ({ request }) => {
        const status = await statusFor(parts, principalOf(request));
        return madeOnce(status, "leaders", () => ({ leaders: status.leaders }));
      },
    }),
    route({
      ...common,
      path: "/api/v1/leaders/{nickname}",
      summary: "One leader",
      problems: [...ENGINE_PROBLEMS, "unknown-leader"],
      params: named,
      answer: contract.leader,
      handle: async ({ request, params }) => {
        const { leaders } = await statusFor(parts, principalOf(request));
        return found(leaders, params.nickname, "unknown-leader");
      },
    }),
    route({
      ...common,
      path: "/api/v1/followers",
      summary: "Followers: what they should hold and hold",
      answer: z.object({ followers: z.array(contract.follower) }),
      handle: async ({ request }) => {
        const status = await statusFor(parts, principalOf(request));
        return madeOnce(status, "followers", () => ({ followers: status.followers }));
      },
    }),
    route({
      ...common,
      path: "/api/v1/followers/{nickname}",
      summary: "One follower",
      problems: [...ENGINE_PROBLEMS, "unknown-follower"],
      params: named,
      answer: contract.follower,
      handle: async ({ request, params }) => {
        const { followers } = await statusFor(parts, principalOf(request));
        return found(followers, params.nickname, "unknown-follower");
      },
    }),
  ];
}

/** Throws with the names that there are. */
function found<Row extends { readonly nickname: string }>(
  rows: readonly Row[],
  name: string,
  code: "unknown-leader" | "unknown-follower",
): Row {
  const row = rows.find((one) => one.nickname === name);
  if (row !== undefined) return row;
  const choices = rows.map((one) => one.nickname);
  const what = code === "unknown-leader" ? "leader" : "follower";
  const known = choices.length === 0 ? "you see none" : `there are: ${choices.join(", ")}`;
  throw new ApiProblem(code, `there is no ${what} "${name}"; ${known}`, { choices });
}

const positionRow = z
  .object({ follower: nickname, ...contract.instrument.shape, positionIdx: positionIdx.exactOptional() })
  .meta({ id: "Position" });

function positionsIn({ engine, followers }: StatusReport, { follower, symbol }: z.infer<typeof about>) {
  const chosen = follower === undefined ? followers : [found(followers, follower, "unknown-follower")];
  const rows = positionsOf(chosen);
  return { engine, positions: rows.filter((row) => symbol === undefined || row.symbol === symbol) };
}

function positionRoutes(parts: ApiParts) {
  return [
    route({
      method: "GET",
      path: "/api/v1/positions",
      access: "view_positions",
      tag: "copying",
      summary: "Every position: the leader's, the target, what is held and in flight, and why they differ",
      problems: [...ENGINE_PROBLEMS, "unknown-follower"],
      query: about,
      answer: z.object({ engine: contract.status.shape.engine, positions: z.array(positionRow) }),
      handle: async ({ request, query }) => {
        const principal = principalOf(request);
        assertSees(principal, query.follower);
        const status = await statusFor(parts, principal);
        return madeOnce(status, `positions ${JSON.stringify(query)}`, () => positionsIn(status, query));
      },
    }),
  ];
}

function riskRoutes(parts: ApiParts) {
  const { control } = parts;
  return [
    route({
      method: "GET",
      path: "/api/v1/limits",
      access: "view_balance",
      tag: "risk",
      summary: "Every limit and stop: how far it is used, what happens when it is reached, what stands",
      problems: [...ENGINE_PROBLEMS, "unknown-follower"],
      query: about.pick({ follower: true }),
      answer: limits,
      handle: async ({ request, query }) => {
        const principal = principalOf(request);
        assertSees(principal, query.follower);
        const report = await control.ask({ kind: "limits", ...stated(query) });
        const followers = seen(principal, report.followers, ({ follower }) => follower);
        return madeOnce(followers, "limits", () => ({ followers }));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/capital",
      access: "view_balance",
      tag: "risk",
      summary: "What copying a leader takes of each follower",
      problems: [...ENGINE_PROBLEMS, "unknown-follower", "unknown-leader"],
      query: z.object({ leader: nickname, follower: nickname.optional() }),
      answer: capital,
      handle: async ({ request, query }) => {
        const principal = principalOf(request);
        assertSees(principal, query.follower);
        if (query.follower === undefined) assertSeesLeader(principal, query.leader);
        await assertKnowsLeader(parts, principal, query.leader);
        const { leader, ...more } = query;
        const report = await control.ask({ kind: "capital", leader, ...stated(more) });
        return { ...report, followers: seen(principal, report.followers, ({ follower }) => follower) };
      },
    }),
  ];
}

/** Only what was stated: the facade knows no `undefined`. */
export function stated<Values extends Readonly<Record<string, string | undefined>>>(
  values: Values,
): { readonly [Name in keyof Values]?: string } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // The names are those of `values`.
  return Object.fromEntries(entries) as { readonly [Name in keyof Values]?: string };
}
