/** The journal page by page, newest first; and the words that may stand in it. */
import { z } from "zod";
import { explainedChanges } from "../../control/explain-changes.ts";
import { explanationOf, REASON_WORDS } from "../../control/journal-report.ts";
import * as contract from "../contract/journal.ts";
import { ApiProblem } from "../contract/problems.ts";
import { driven } from "../driven.ts";
import { REPORTS } from "../gate.ts";
import { spanOf } from "../moment.ts";
import { followerAsked } from "../own-followers.ts";
import { cursorId } from "../page.ts";
import type { RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { ENGINE_PROBLEMS, stated } from "./copying.ts";

/** Followers of one change that are told of. */
const FOLLOWERS_MAX = 500;

export const journalRoutes: RoutePlugin = (app, parts) => {
  const { control, dataDir, nowMs } = parts;
  addRoutes(app, [
    route({
      method: "GET",
      path: "/api/v1/journal",
      access: "view_positions",
      tag: "journal",
      summary: "What happened, and why",
      description:
        "Changes of leaders, newest first, each with the orders it became or the one reason why not; beside them the orders that answer no change alone.",
      problems: [...ENGINE_PROBLEMS, "unknown-follower", "follower-needed"],
      query: contract.journalQuery,
      answer: contract.journalPage,
      handle: async ({ request, query }) => {
        const { limit, cursor, from, to, ...named } = query;
        const filter = {
          ...stated({ ...named, follower: followerAsked(parts, request, named.follower) }),
          ...spanOf({ from, to }, nowMs()),
          ...(cursor === undefined ? {} : { before: cursorId(cursor) }),
          limit,
        };
        const report = await control.ask({ kind: "journal", filter });
        const last = report.entries.at(-1);
        return {
          items: report.entries,
          other_orders: report.otherOrders,
          worked: report.worked ?? [],
          sequence: report.sequence,
          kept: report.kept ?? null,
          next_cursor: report.entries.length < limit || last === undefined ? null : String(last.change),
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/journal/{change}/explain",
      access: "view_positions",
      tag: "journal",
      summary: "The path of a change that is past",
      description:
        "From the leader's position to the order, or to the one reason why there is none, step by step with the numbers of the moment when it was decided; of every follower, or the stated one.",
      problems: [...ENGINE_PROBLEMS, "not-found", "not-readable", "unknown-follower", "follower-needed"],
      params: contract.changeParams,
      query: contract.changeQuery,
      answer: contract.changeExplanation,
      handle: async ({ request, params: { change }, query: { leader, follower } }) => {
        const filter = {
          ...stated({ follower: followerAsked(parts, request, follower) }),
          before: change + 1,
          limit: FOLLOWERS_MAX,
        };
        const report = await control.ask({ kind: "journal", filter });
        const entries = report.entries.filter(
          (one) => one.change === change && (leader === undefined || one.leader === leader),
        );
        if (entries.length === 0)
          throw new ApiProblem("not-found", `the journal has no change ${change} there that you see`);
        const paths = await REPORTS.through(() => driven(explainedChanges(dataDir, entries)));
        return { change, items: entries.map((one, index) => ({ ...one, path: paths[index] ?? null })) };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/journal/reasons",
      access: "signed-in",
      tag: "journal",
      summary: "Every word that may stand as a reason, with its sentence",
      answer: z.object({ reasons: z.array(z.object({ reason: z.string(), explanation: z.string() })) }),
      handle: async () => ({
        reasons: REASON_WORDS.map((reason) => ({ reason, explanation: explanationOf(reason) })),
      }),
    }),
  ]);
};
