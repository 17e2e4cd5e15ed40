/** Filters and styles of the traders that are studied, and the strategies that there are. */
import { z } from "zod";
import { loadPortfolio } from "../../config.ts";
import { listedStrategies } from "../../control/listed-strategies.ts";
import { type FilteredTraders, filteredTraders } from "../../control/trader-filters.ts";
import { type StyleOfTrader, stylesOfTraders } from "../../control/trader-styles.ts";
import { configurationOf } from "../configuration.ts";
import { largePage } from "../contract/common.ts";
import { ApiProblem } from "../contract/problems.ts";
import * as contract from "../contract/selection.ts";
import { principalOf } from "../guard.ts";
import { pageAfter } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { Shared } from "../shared.ts";
import { seenTraders } from "./traders.ts";

const KEPT_MS = 30_000;
const PROGRESS = { stop: new AbortController().signal, onDone: () => {} };
const ALL = { ids: [], venue: null };

export const selectionRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [filtersRoute(parts), stylesRoute(parts), strategiesRoute(parts)]);
};

interface Known {
  readonly id: string;
  readonly venue: string;
  readonly leader: string | null;
}

/** As it is known to the one who asks; null where it is not. */
function known(
  all: readonly Known[],
  { venue, trader }: { readonly venue: string; readonly trader: string },
) {
  const found = all.find((one) => one.id === trader && one.venue === venue);
  return found === undefined ? null : { id: trader, venue, leader: found.leader };
}

function nameOf({ venue, id }: Pick<Known, "venue" | "id">): string {
  return `${venue} ${id}`;
}

function filtersRoute(parts: ApiParts) {
  const shared = new Shared<FilteredTraders>(KEPT_MS);
  return route({
    method: "GET",
    path: "/api/v1/filters",
    access: "view_reports",
    tag: "traders",
    summary: "Who passes the filters of the configuration, and what the others fail",
    problems: ["bad-settings", "not-readable", "busy"],
    query: z.object({
      min_days: z.coerce.number().int().min(0).max(10_000).default(30),
      min_trips: z.coerce.number().int().min(0).max(100_000).default(10),
      ...largePage,
    }),
    answer: contract.filtered,
    handle: async ({ request, query: { min_days: days, min_trips: trips, ...query } }) => {
      const seen = await seenTraders(parts, principalOf(request));
      const { filters: values } = configurationOf(parts);
      const { filters: own } = await parts.ownCode();
      const needs = { days, trips };
      const found = await shared.of(JSON.stringify([needs, values]), () =>
        filteredTraders(parts.dataDir, ALL, { request: { values, own, needs }, progress: PROGRESS }),
      );
      const traders = found.traders.flatMap(({ trader, ...rest }) => {
        const one = known(seen, trader);
        return one === null ? [] : [{ ...one, ...rest }];
      });
      const { rows, next_cursor } = pageAfter(traders, query, nameOf);
      return {
        filters: found.filters.map(({ name: filter, unit, asks, bound }) => ({ filter, unit, asks, bound })),
        benchmark: found.benchmark,
        traders: rows,
        next_cursor,
        set: found.set,
      };
    },
  });
}

function stylesRoute(parts: ApiParts) {
  const shared = new Shared<readonly StyleOfTrader[]>(KEPT_MS);
  return route({
    method: "GET",
    path: "/api/v1/styles",
    access: "view_reports",
    tag: "traders",
    summary: "How each trader trades, and how sure that is",
    problems: ["bad-settings", "not-readable", "busy"],
    query: z.object(largePage),
    answer: contract.styles,
    handle: async ({ request, query }) => {
      const seen = await seenTraders(parts, principalOf(request));
      const found = await shared.of("", () => stylesOfTraders(parts.dataDir, ALL, PROGRESS));
      const traders = found.flatMap(({ venue, trader, verdict, concentration }) => {
        const one = known(seen, { venue, trader });
        if (one === null) return [];
        const { marketShare, probabilities, ...rest } = verdict;
        const shares = probabilities === null ? null : { ...probabilities };
        return [{ ...one, ...rest, probabilities: shares, market_share: marketShare, ...concentration }];
      });
      const { rows, next_cursor } = pageAfter(traders, query, nameOf);
      return { traders: rows, next_cursor };
    },
  });
}

function strategiesRoute(parts: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/strategies",
    access: "view_reports",
    tag: "portfolio",
    summary: "Strategies and their options; GET /api/v1/rebalance?strategy= asks one",
    problems: ["bad-settings"],
    answer: contract.strategies,
    handle: async () => {
      const loaded = loadPortfolio(parts.configDir, parts.dataDir);
      if (!loaded.ok)
        throw new ApiProblem("bad-settings", "the configuration has problems", {
          errors: loaded.problems.slice(0, 50).map(({ keyPath, message }) => ({ field: keyPath, message })),
        });
      const { strategies: own } = await parts.ownCode();
      return { strategies: listedStrategies(loaded.portfolio, own) };
    },
  });
}
