/** Orders and fills of the accounts that somebody sees. */
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { fillsAt, ordersAt } from "../../control/executions.ts";
import { assertSees } from "../access.ts";
import * as contract from "../contract/executions.ts";
import type { ProblemCode } from "../contract/problems.ts";
import { REPORTS } from "../gate.ts";
import { principalOf } from "../guard.ts";
import { spanOf } from "../moment.ts";
import { cursorParts } from "../page.ts";
import type { RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";

const common = {
  method: "GET",
  access: "view_positions",
  tag: "copying",
  problems: ["busy", "not-readable", "unknown-follower"] satisfies readonly ProblemCode[],
} as const;

export const executionRoutes: RoutePlugin = (app, { dataDir, nowMs }) => {
  addRoutes(app, [
    route({
      ...common,
      path: "/api/v1/orders",
      summary: "Orders of ours, each with what became of it",
      description: "`from` and `to` are about when each was decided.",
      query: contract.orderQuery,
      answer: contract.orderPage,
      handle: async ({ request, query: { limit, cursor, status, ...query } }) => {
        const place = cursor === undefined ? null : cursorParts(cursor);
        const before =
          place === null ? {} : { before: { decidedAtMs: place.atMs, clientOrderId: place.rest } };
        const scope = { ...scopeOf(request, query, nowMs()), ...(status === undefined ? {} : { status }) };
        const filter = { ...scope, ...before, limit: limit + 1 };
        const found = (await REPORTS.through(() => ordersAt(dataDir, filter))) ?? [];
        return pageOf(found, limit, ({ decidedAtMs, clientOrderId }) => `${decidedAtMs}-${clientOrderId}`);
      },
    }),
    route({
      ...common,
      path: "/api/v1/fills",
      summary: "Fills of leaders and followers",
      description: "`from` and `to` are about the venue's time.",
      query: contract.fillQuery,
      answer: contract.fillPage,
      handle: async ({ request, query: { limit, cursor, ...query } }) => {
        const place = cursor === undefined ? null : cursorParts(cursor, /^\d{1,15}$/);
        const before =
          place === null ? {} : { before: { venueTimeMs: place.atMs, sequence: Number(place.rest) } };
        const filter = { ...scopeOf(request, query, nowMs()), ...before, limit: limit + 1 };
        const found = (await REPORTS.through(() => fillsAt(dataDir, filter))) ?? [];
        return pageOf(found, limit, ({ venueTimeMs, sequence }) => `${venueTimeMs}-${sequence}`);
      },
    }),
  ]);
};

type Scope = Omit<z.output<typeof contract.fillQuery>, "limit" | "cursor">;

function scopeOf(request: FastifyRequest, { account, symbol, ...span }: Scope, nowMs: number) {
  const principal = principalOf(request);
  assertSees(principal, account);
  const seen = principal.accounts === "all" ? undefined : [...principal.accounts];
  const accounts = account === undefined ? seen : [account];
  return {
    ...(accounts === undefined ? {} : { accounts }),
    ...(symbol === undefined ? {} : { symbol }),
    ...spanOf(span, nowMs),
  };
}

/** `found` has one more than the page where there is another one. */
function pageOf<Row>(found: readonly Row[], limit: number, cursorOf: (last: Row) => string) {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null };
}
