/** What was, read from the data folder: the journal lived through again, lots for a tax return, traces, market history, backups. */
import { basename } from "node:path";
import { listBackups } from "../../control/backups.ts";
import { LOG_LINES_MAX, logsAt } from "../../control/logs.ts";
import { marketSeries, toldSeries } from "../../control/market-list.ts";
import type { ReplayedDecision } from "../../control/replay-report.ts";
import { recordOfChange, replayed } from "../../control/replayed.ts";
import { type TaxLots, taxLots } from "../../control/report/tax-lots.ts";
import { otlpBody, spansOf } from "../../control/traces.ts";
import { assertSeesAll } from "../access.ts";
import { configurationOf } from "../configuration.ts";
import * as contract from "../contract/past.ts";
import type { ProblemCode } from "../contract/problems.ts";
import { driven } from "../driven.ts";
import { REPORTS } from "../gate.ts";
import { principalOf } from "../guard.ts";
import { momentOf } from "../moment.ts";
import { followerAsked } from "../own-followers.ts";
import { cursorId, pageAfter } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { type ApiRoute, addRoutes, route } from "../route.ts";
import { Shared } from "../shared.ts";
import { assertOwner } from "./logs.ts";
import { begun, wrong } from "./reports.ts";

const KEPT_MS = 5_000;
const READING_PROBLEMS = ["busy", "engine-stopped", "not-readable"] as const satisfies readonly ProblemCode[];

export const pastRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    replayRoute(parts),
    taxLotsRoute(parts),
    tracesRoute(parts),
    marketRoute(parts),
    backupsRoute(parts),
  ]);
};

function replayRoute({ dataDir }: ApiParts): ApiRoute {
  return route({
    method: "GET",
    path: "/api/v1/journal/replay",
    access: "view_positions",
    tag: "journal",
    summary: "What the engine lived through, decision by decision",
    description:
      "From the journal alone, of all accounts: for who sees all of them. `against=true` decides each event anew with this version.",
    problems: [...READING_PROBLEMS, "bad-request", "unknown-follower"],
    query: contract.replayQuery,
    answer: contract.replay,
    handle: async ({ request, query: { from: wanted, change, until: last, follower, against } }) => {
      assertSeesAll(principalOf(request), "the journal is of all accounts");
      if ((wanted === undefined) === (change === undefined)) throw wrong("from", "give this or change");
      const from = wanted ?? begun(await REPORTS.through(() => driven(recordOfChange(dataDir, change ?? 0))));
      const until = last ?? from;
      if (until < from) throw wrong("until", "must not be before from");
      if (until - from > contract.REPLAYED_MAX)
        throw wrong("until", `must be at most ${contract.REPLAYED_MAX} records after from`);
      const question = { from, until, against, ...(follower === undefined ? {} : { follower }) };
      const report = begun(await REPORTS.through(() => driven(replayed(dataDir, question))));
      const { told, differences, followers, ...end } = report;
      return {
        first: from,
        decisions: told.map(withEvent),
        differences: differences.map((one) => ({ ...one, recorded: withEvent(one.recorded) })),
        followers,
        end,
      };
    },
  });
}

/** An event has a form of its own for each kind. */
function withEvent({ event, ...rest }: ReplayedDecision) {
  return { ...rest, event: { ...event } };
}

function taxLotsRoute(parts: ApiParts): ApiRoute {
  const shared = new Shared<TaxLots | null>(KEPT_MS);
  return route({
    method: "GET",
    path: "/api/v1/tax_lots",
    access: "view_reports",
    tag: "portfolio",
    summary: "What each closing of a year brought, lot by lot",
    description: "First in first out, or at the average cost; the year by the time zone of reports.",
    problems: [...READING_PROBLEMS, "bad-settings", "unknown-follower", "follower-needed"],
    query: contract.taxLotsQuery,
    answer: contract.taxLots,
    handle: async ({ request, query: { limit, cursor, method, year, follower } }) => {
      const account = followerAsked(parts, request, follower);
      const timeZone = configurationOf(parts).reports.timeZone.value;
      const asked = { method, year, timeZone, ...(account === undefined ? {} : { account }) };
      const make = () => driven(taxLots(parts.dataDir, asked));
      const { rows, ...rest } = begun(await shared.of(JSON.stringify(asked), make));
      const begin = cursor === undefined ? 0 : cursorId(cursor);
      const end = begin + limit;
      return { ...rest, items: rows.slice(begin, end), next_cursor: rows.length > end ? String(end) : null };
    },
  });
}

function tracesRoute({ dataDir, nowMs }: ApiParts): ApiRoute {
  return route({
    method: "GET",
    path: "/api/v1/traces",
    access: "admin",
    tag: "health",
    summary: "The log as traces: from a leader's fill to the followers' orders",
    description: `For an OpenTelemetry collector, in its own form, of the newest ${LOG_LINES_MAX} lines; owners only.`,
    problems: ["bad-request", "forbidden", "engine-stopped", "busy"],
    query: contract.tracesQuery,
    answer: contract.traces,
    handle: async ({ request, query: { since } }) => {
      assertOwner(request);
      const wanted = {
        channel: "trading",
        sinceMs: momentOf("since", since, nowMs()),
        limit: LOG_LINES_MAX,
      } as const;
      const { lines } = await REPORTS.through(() => logsAt(dataDir, wanted));
      return JSON.parse(otlpBody(spansOf(lines)));
    },
  });
}

function marketRoute({ dataDir }: ApiParts): ApiRoute {
  return route({
    method: "GET",
    path: "/api/v1/market_history",
    access: "view_reports",
    tag: "traders",
    summary: "What of the past of markets there is, and where it has holes",
    query: contract.marketQuery,
    answer: contract.marketSeries,
    handle: async ({ query: { symbol, ...page } }) => {
      const found = marketSeries(dataDir).filter((one) => symbol === undefined || one.symbol === symbol);
      const { rows, next_cursor } = pageAfter(found, page, ({ venue, symbol: of, kind, intervalMs }) =>
        [venue, of, kind, intervalMs].join(" "),
      );
      return { items: rows.map(toldSeries), next_cursor };
    },
  });
}

function backupsRoute(parts: ApiParts): ApiRoute {
  return route({
    method: "GET",
    path: "/api/v1/backups/files",
    access: "admin",
    tag: "jobs",
    summary: "Backups that there are in the folder of the configuration",
    problems: ["bad-settings"],
    query: contract.backupsQuery,
    answer: contract.backups,
    handle: async ({ request, query: page }) => {
      assertSeesAll(principalOf(request), "backups are of all accounts");
      // What is wrong with the configuration is told as everywhere.
      configurationOf(parts);
      const { folder, backups } = listBackups(parts);
      const found = backups.map(({ file, ...one }) => ({ name: basename(file), ...one }));
      const { rows, next_cursor } = pageAfter(found, page, ({ name }) => name);
      return { folder, items: rows, next_cursor };
    },
  });
}
