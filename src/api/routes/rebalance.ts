/** What the strategy in force would move now, with every order of it; and moving it. */
import { z } from "zod";
import { weighable } from "../../control/rebalance.ts";
import { rebalanceOf, strategyNow } from "../../control/strategy-now.ts";
import { assertKnowsLeader, assertSees } from "../access.ts";
import { carryOut } from "../carry-out.ts";
import { configurationOf } from "../configuration.ts";
import { outcome } from "../contract/commands.ts";
import { dryRun, nickname } from "../contract/common.ts";
import { ApiProblem } from "../contract/problems.ts";
import { rebalanceForm, rebalancePreview } from "../contract/rebalance.ts";
import { REPORTS } from "../gate.ts";
import { principalOf } from "../guard.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { RELATION_PROBLEMS } from "./commands.ts";
import { ENGINE_PROBLEMS } from "./copying.ts";

export const rebalanceRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [previewRoute(parts), executeRoute(parts)]);
};

function previewRoute(parts: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/rebalance",
    access: "view_reports",
    tag: "portfolio",
    summary: "What the strategy would move now, every order of it",
    description:
      "By the leaders' records as they are now. Nothing is changed. Only for who sees all accounts. Of a follower whose sizes follow no share of its equity there is a `problem`; asked about no other, it is refused.",
    problems: [...ENGINE_PROBLEMS, "bad-settings", "not-readable", "no-strategy", "unknown-follower"],
    query: z.object({
      follower: nickname.optional(),
      strategy: z.string().min(1).max(100).optional().meta({ description: "Instead of portfolio.strategy." }),
    }),
    answer: rebalancePreview,
    handle: async ({ request, query: { follower, strategy } }) => {
      if (principalOf(request).accounts !== "all")
        throw new ApiProblem(
          "forbidden",
          "a strategy weighs every leader there is: ask somebody who sees all accounts",
        );
      const configuration = configurationOf(parts);
      const name = strategy ?? configuration.portfolio.strategy.value;
      if (name === null)
        throw new ApiProblem(
          "no-strategy",
          "set portfolio.strategy, or name one: ?strategy=portfolio_copying",
        );
      const { control, dataDir, nowMs } = parts;
      const asked = { dataDir, control, configuration, own: await parts.ownCode(), nowMs: nowMs() };
      const now = await REPORTS.through(() => strategyNow(asked, name));
      const meant = now.decisions.filter((one) => follower === undefined || one.follower === follower);
      if (follower !== undefined && meant.length === 0) {
        const choices = now.decisions.map((one) => one.follower);
        throw new ApiProblem("unknown-follower", `the strategy decides nothing for "${follower}"`, {
          choices,
        });
      }
      const weighed = weighable(configuration, now.strategy, meant);
      return {
        strategy: now.strategy,
        followers: await Promise.all(
          weighed.map(async (one) => {
            const found = rebalanceOf(one, now);
            if (found === null) return { ...one, planned: null };
            const command = { kind: "rebalance", ...found } as const;
            return {
              ...one,
              planned: { request: found, preview: await control.ask({ kind: "preview", command }) },
            };
          }),
        ),
      };
    },
  });
}

function executeRoute(parts: ApiParts) {
  return route({
    method: "POST",
    path: "/api/v1/rebalance",
    access: "manage_copying",
    tag: "portfolio",
    summary: "Part a follower's equity among leaders anew",
    description:
      "All at once, so that what one leader gives up and another gets is netted. Only where sizes follow a share of the equity.",
    idempotent: true,
    problems: RELATION_PROBLEMS,
    query: z.object(dryRun),
    body: rebalanceForm,
    answer: outcome,
    handle: async ({ request, query: { dry_run }, body }) => {
      const principal = principalOf(request);
      assertSees(principal, body.follower);
      for (const { leader } of body.shares) await assertKnowsLeader(parts, principal, leader);
      return carryOut(parts, request, { kind: "rebalance", ...body }, { dryRun: dry_run });
    },
  });
}
