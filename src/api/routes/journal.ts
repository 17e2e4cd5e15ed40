/** The journal page by page, newest first; and the words that may stand in it. */
import { z } from "zod";
import { explanationOf, REASON_WORDS } from "../../control/journal-report.ts";
import { assertSees, followerMeant } from "../access.ts";
import { journalPage, journalQuery } from "../contract/journal.ts";
import { principalOf } from "../guard.ts";
import { cursorId } from "../page.ts";
import type { RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { ENGINE_PROBLEMS, stated } from "./copying.ts";

export const journalRoutes: RoutePlugin = (app, { control }) => {
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
      query: journalQuery,
      answer: journalPage,
      handle: async ({ request, query }) => {
        const principal = principalOf(request);
        assertSees(principal, query.follower);
        const { limit, cursor, ...filter } = query;
        const names = principal.accounts === "all" ? [] : [...principal.accounts];
        const follower = followerMeant(principal, filter.follower, names);
        const scope = stated({ ...filter, follower });
        const before = cursor === undefined ? {} : { before: cursorId(cursor) };
        const report = await control.ask({ kind: "journal", filter: { ...scope, ...before, limit } });
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
