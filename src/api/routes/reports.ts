/** Reports over what was copied: performance, attribution, fees, risk, correlations. Read from the data folder, beside the engine. */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type AttributionReport, attribution } from "../../control/attribution-report.ts";
import { copiedCorrelations } from "../../control/copied-correlations.ts";
import { copiedRisk } from "../../control/copied-risk.ts";
import { fees, payFee } from "../../control/performance/fees.ts";
import { performance as performanceOf } from "../../control/performance/performance.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { assertSees, seen } from "../access.ts";
import { assertSecondFactor, noteChange } from "../carry-out.ts";
import { configurationOf } from "../configuration.ts";
import { nickname, symbol } from "../contract/common.ts";
import { ApiProblem, type ProblemCode } from "../contract/problems.ts";
import * as contract from "../contract/reports.ts";
import { driven } from "../driven.ts";
import { REPORTS } from "../gate.ts";
import { principalOf } from "../guard.ts";
import { followerAsked } from "../own-followers.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { Shared } from "../shared.ts";
import { ENGINE_PROBLEMS, stated } from "./copying.ts";

const DAY_MS = 86_400_000;
const KEPT_MS = 5_000;
const RESAMPLES = 1_000;
const SEED = 1;

export const reportRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    ...performanceRoutes(parts),
    attributionRoute(parts),
    feesRoute(parts),
    feePaymentRoute(parts),
    ...riskRoutes(parts),
  ]);
};

const READING_PROBLEMS = [
  "busy",
  "engine-stopped",
  "not-readable",
  "unknown-follower",
  "unknown-leader",
  "follower-needed",
] as const satisfies readonly ProblemCode[];

const of = { follower: nickname.optional(), leader: nickname.optional() };
const window = { from: contract.day.optional(), to: contract.day.optional() };

/** Whole days, the last included. */
function windowOf({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }) {
  const [fromMs, toMs] = [dayMs("from", from), dayMs("to", to)];
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs)
    throw wrong("from", "must not be after to");
  return {
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs: toMs + DAY_MS }),
  };
}

function dayMs(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Date.parse(text);
  if (Number.isFinite(value) && new Date(value).toISOString().startsWith(text)) return value;
  throw wrong(field, "must be a day that the calendar has");
}

export function wrong(field: string, message: string): ApiProblem {
  return new ApiProblem("bad-request", `${field}: it ${message}`, { errors: [{ field, message }] });
}

export function begun<Report>(report: Report | null): Report {
  if (report === null)
    throw new ApiProblem("engine-stopped", "nothing has been started yet: there is nothing to tell");
  return report;
}

function performanceRoutes(parts: ApiParts) {
  const shared = new Shared<Awaited<ReturnType<typeof performanceOf>>>(KEPT_MS);
  const query = z.object({
    ...of,
    strategy: z.string().min(1).max(100).optional(),
    by: contract.period.optional(),
    ...window,
  });
  const one = (path: string, summary: string) =>
    route({
      method: "GET",
      path,
      access: "view_reports",
      tag: "portfolio",
      summary,
      description: "Of followers, leaders, strategies and all together; real money and paper apart.",
      problems: READING_PROBLEMS,
      query,
      answer: contract.performanceReport,
      handle: async ({ request, query: { from, to, by, ...names } }) => {
        const asked = {
          ...stated({ ...names, follower: followerAsked(parts, request, names.follower) }),
          ...(by === undefined ? {} : { by }),
          ...windowOf({ from, to }),
        };
        const make = () => performanceOf(parts.dataDir, { ...asked, nowMs: parts.nowMs() });
        return begun(await shared.of(JSON.stringify(asked), make));
      },
    });
  return [
    one("/api/v1/portfolio/performance", "What copying came to over time"),
    one("/api/v1/performance", "The same under a shorter name"),
  ];
}

function attributionRoute(parts: ApiParts) {
  const shared = new Shared<AttributionReport | null>(KEPT_MS);
  const { journal } = dataFolderPaths(parts.dataDir);
  return route({
    method: "GET",
    path: "/api/v1/attribution",
    access: "view_reports",
    tag: "portfolio",
    summary: "Why a follower made more or less than its leader, to the last digit",
    problems: READING_PROBLEMS,
    query: z.object({
      ...of,
      symbol: symbol.optional(),
      trade: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
      by_trade: z.enum(["true", "false"]).default("false"),
      ...window,
    }),
    answer: contract.attributionReport,
    handle: async ({ request, query: { from, to, trade, by_trade, ...names } }) => {
      const asked = {
        ...stated({ ...names, follower: followerAsked(parts, request, names.follower) }),
        ...(trade === undefined ? {} : { trade }),
        ...(by_trade === "true" ? { byTrade: true } : {}),
        ...windowOf({ from, to }),
      };
      return begun(await shared.of(JSON.stringify(asked), () => driven(attribution(journal, asked))));
    },
  });
}

function feesRoute(parts: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/fees",
    access: "view_reports",
    tag: "portfolio",
    summary: "What leaders earned by performance fees: a ledger by period",
    problems: READING_PROBLEMS,
    query: z.object(of),
    answer: contract.feesReport,
    handle: async ({ request, query }) => {
      const asked = stated({ ...query, follower: followerAsked(parts, request, query.follower) });
      const make = () => fees(parts.dataDir, { ...asked, nowMs: parts.nowMs() });
      return begun(await REPORTS.through(make));
    },
  });
}

function feePaymentRoute(parts: ApiParts) {
  return route({
    method: "POST",
    path: "/api/v1/fees/payments",
    access: "manage_copying",
    tag: "portfolio",
    summary: "Note that a performance fee was paid",
    description: "It is a ledger: no money moves. Answers the ledger as it is then.",
    idempotent: true,
    problems: [...READING_PROBLEMS, "second-factor-needed"],
    body: contract.feePayment,
    answer: contract.feesReport,
    handle: async ({ request, body: { follower, leader, amount, coin } }) => {
      assertSees(principalOf(request), follower);
      assertSecondFactor(parts, request);
      const payment = { leader, follower, amount, ...(coin === undefined ? {} : { coin }) };
      const make = () => payFee(parts.dataDir, { ...payment, nowMs: parts.nowMs() });
      const report = begun(await REPORTS.through(make));
      await noteChange(parts, request, {
        action: "fee-paid",
        subject: `${leader} on ${follower}`,
        after: payment,
      });
      return report;
    },
  });
}

const COPIED_PROBLEMS = [
  ...ENGINE_PROBLEMS,
  "bad-settings",
  "not-readable",
  "unknown-follower",
] as const satisfies readonly ProblemCode[];

function riskRoutes(parts: ApiParts) {
  const copied = async (request: FastifyRequest, follower: string | undefined) => {
    const principal = principalOf(request);
    const { allocations } = await parts.control.ask({ kind: "allocations" });
    const visible = seen(principal, allocations, (one) => one.follower);
    const meant = visible.filter((one) => follower === undefined || one.follower === follower);
    if (follower === undefined || meant.length > 0) return meant;
    const choices = [...new Set(visible.map((one) => one.follower))];
    throw new ApiProblem("unknown-follower", `no follower "${follower}" that you see copies anybody`, {
      choices,
    });
  };
  return [
    route({
      method: "GET",
      path: "/api/v1/risk",
      access: "view_reports",
      tag: "risk",
      summary: "What all copies together may lose, and by which leader",
      problems: COPIED_PROBLEMS,
      query: z.object({
        follower: nickname.optional(),
        confidence: z.coerce.number().min(0.5).max(0.999).default(0.95),
        days: z.coerce.number().int().min(30).max(3_650).default(365),
      }),
      answer: contract.riskReport,
      handle: async ({ request, query: { follower, confidence, days } }) => {
        const { accounts, filters } = configurationOf(parts);
        const question = {
          allocations: await copied(request, follower),
          limits: await parts.control.ask({ kind: "limits" }),
          nowMs: parts.nowMs(),
          days,
          confidence,
          benchmark: filters.beta_benchmark.value,
          resamples: RESAMPLES,
          seed: SEED,
        };
        return REPORTS.through(() => copiedRisk(parts.dataDir, accounts, question));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/correlations",
      access: "view_reports",
      tag: "risk",
      summary: "Which copied leaders are one bet, and how many bets each follower has in effect",
      problems: COPIED_PROBLEMS,
      query: z.object({
        follower: nickname.optional(),
        alike: z.coerce.number().min(-1).max(1).default(0.7),
      }),
      answer: contract.correlationsReport,
      handle: async ({ request, query: { follower, alike } }) => {
        const allocations = await copied(request, follower);
        const { accounts } = configurationOf(parts);
        return REPORTS.through(() => copiedCorrelations(parts.dataDir, accounts, { allocations, alike }));
      },
    }),
  ];
}
