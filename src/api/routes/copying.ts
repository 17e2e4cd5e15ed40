/** What is copied, and how well: status, accounts, leaders, followers, positions, relations, parity, and the reason of everything. */
import { z } from "zod";
import type { StatusReport } from "../../control/control.ts";
import type { AllocationsReport } from "../../control/owner-commands.ts";
import { verdictOf } from "../../control/parity-certificate.ts";
import type { Principal } from "../../identity/identity.ts";
import { assertKnowsLeader, assertSees, assertSeesLeader, seen } from "../access.ts";
import { proposalQuery, proposals } from "../contract/commands.ts";
import { largePage, nickname, symbol } from "../contract/common.ts";
import * as contract from "../contract/copying.ts";
import { ApiProblem, type ProblemCode } from "../contract/problems.ts";
import { capital, limitQuery, limits } from "../contract/risk.ts";
import { principalOf } from "../guard.ts";
import { pageAfter } from "../page.ts";
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
        "Whoever asks within five seconds of another gets the same one, unless a command was given since. Whoever sees some accounts only is told of those, with their counts; its hash is of the whole.",
      problems: ENGINE_PROBLEMS,
      answer: contract.parity,
      handle: async ({ request }) => {
        const principal = principalOf(request);
        const { certificate, unrecorded } = await control.ask({ kind: "parity" });
        const name = ({ nickname: own }: { readonly nickname: string }) => own;
        const followers = seen(principal, certificate.followers, name);
        const leaders = seen(principal, certificate.leaders, name);
        // Whoever sees all gets what was recorded, and nothing that is computed here.
        const verdict = principal.accounts === "all" ? {} : verdictOf({ leaders, followers });
        return { certificate: { ...certificate, followers, leaders, ...verdict }, unrecorded };
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
      query: proposalQuery,
      answer: proposals,
      handle: async ({ request, query }) => {
        const report = await control.ask({ kind: "proposals" });
        const known = seen(principalOf(request), report.proposals, ({ follower }) => follower);
        const { rows, ...page } = pageAfter(known.filter(isOf(query)), query, ({ id }) => String(id));
        return { ...report, proposals: rows, ...page };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/allocations",
      access: "view_sync",
      tag: "copying",
      summary: "Who copies whom, with every setting and where it comes from",
      problems: ENGINE_PROBLEMS,
      query: contract.allocationQuery,
      answer: contract.allocationPage,
      handle: async ({ request, query }) => {
        const report = seenAllocations(principalOf(request), await control.ask({ kind: "allocations" }));
        return madeOnce(report, `allocations ${JSON.stringify(query)}`, () => allocationsIn(report, query));
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
      query: z.object(largePage),
      answer: contract.leaderPage,
      handle: async ({ request, query }) => {
        const status = await statusFor(parts, principalOf(request));
        return madeOnce(status, `leaders ${JSON.stringify(query)}`, () => {
          const { rows, ...page } = pageAfter(status.leaders, query, ({ nickname: name }) => name);
          return { leaders: rows, ...page };
        });
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
        return foundRow(leaders, params.nickname, "unknown-leader");
      },
    }),
    route({
      ...common,
      path: "/api/v1/followers",
      summary: "Followers: what they should hold and hold",
      query: contract.followerQuery,
      answer: contract.followerPage,
      handle: async ({ request, query }) => {
        const status = await statusFor(parts, principalOf(request));
        return madeOnce(status, `followers ${JSON.stringify(query)}`, () => {
          const meant = status.followers.filter(
            ({ state }) => query.state === undefined || state === query.state,
          );
          const { rows, ...page } = pageAfter(meant, query, ({ nickname: name }) => name);
          return { followers: rows, ...page };
        });
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
        return foundRow(followers, params.nickname, "unknown-follower");
      },
    }),
  ];
}

/** Throws with the names that there are. */
export function foundRow<Row extends { readonly nickname: string }>(
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

function positionsIn({ engine, followers }: StatusReport, query: z.infer<typeof contract.positionQuery>) {
  const { follower: wanted, symbol } = query;
  const chosen = wanted === undefined ? followers : [foundRow(followers, wanted, "unknown-follower")];
  const meant = positionsOf(chosen).filter((row) => symbol === undefined || row.symbol === symbol);
  const { rows, ...page } = pageAfter(
    meant,
    query,
    ({ follower, symbol: of, positionIdx = 0 }) => `${follower} ${of} ${positionIdx}`,
  );
  return { engine, positions: rows, ...page };
}

function allocationsIn(report: AllocationsReport, query: z.infer<typeof contract.allocationQuery>) {
  const { state, follower } = query;
  const meant = report.allocations
    .filter(isOf(query))
    .filter((one) => state === undefined || one.state === state);
  const { rows, ...page } = pageAfter(meant, query, (one) => `${one.leader} ${one.follower}`);
  const accounts = report.accounts.filter((one) => follower === undefined || one.follower === follower);
  return { ...report, allocations: rows, accounts, ...page };
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
      query: contract.positionQuery,
      answer: contract.positionPage,
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
      query: limitQuery,
      answer: limits,
      handle: async ({ request, query: { follower: asked, ...query } }) => {
        const principal = principalOf(request);
        assertSees(principal, asked);
        const report = await control.ask({ kind: "limits", ...stated({ follower: asked }) });
        const found = seen(principal, report.followers, ({ follower }) => follower);
        return madeOnce(found, `limits ${JSON.stringify(query)}`, () => {
          const { rows, ...page } = pageAfter(found, query, ({ follower }) => follower);
          return { followers: rows, ...page };
        });
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

/** Of this leader and follower, where they are named. */
function isOf({
  leader,
  follower,
}: {
  readonly leader?: string | undefined;
  readonly follower?: string | undefined;
}) {
  return (row: { readonly leader: string; readonly follower: string }) =>
    (leader === undefined || row.leader === leader) && (follower === undefined || row.follower === follower);
}

/** Only what was stated: the facade knows no `undefined`. */
export function stated<Values extends Readonly<Record<string, string | undefined>>>(
  values: Values,
): { readonly [Name in keyof Values]?: string } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // The names are those of `values`.
  return Object.fromEntries(entries) as { readonly [Name in keyof Values]?: string };
}
