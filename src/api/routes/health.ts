/** For whoever looks after the machine: is the server alive, is everything at work, and figures for Prometheus. */
import { Gauge, Registry } from "prom-client";
import { z } from "zod";
import type { StatusReport } from "../../control/control.ts";
import { type HealthReport, worstOf } from "../../control/health-report.ts";
import type { Principal } from "../../identity/identity.ts";
import { maySee } from "../../identity/permissions.ts";
import { seen } from "../access.ts";
import { healthQuery, healthReport, live, ready } from "../contract/health.ts";
import { ApiProblem } from "../contract/problems.ts";
import { programVersion } from "../document.ts";
import { principalOf } from "../guard.ts";
import { addHealthFigures } from "../health-figures.ts";
import type { RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { accountCounts } from "../seen-status.ts";

/** Where programs that look after others usually look, and beside the rest of the API. */
const PREFIXES = ["", "/api/v1"];

export const healthRoutes: RoutePlugin = (app, { control, metrics }) => {
  const version = programVersion();
  const open = PREFIXES.flatMap((prefix) => [
    route({
      method: "GET",
      path: `${prefix}/health/live`,
      access: "public",
      tag: "health",
      summary: "This server answers",
      anyQuery: true,
      answer: live,
      handle: async () => ({
        status: "ok" as const,
        version,
        pid: process.pid,
        uptime_ms: Math.round(process.uptime() * 1_000),
      }),
    }),
    route({
      method: "GET",
      path: `${prefix}/health/ready`,
      access: "public",
      tag: "health",
      summary: "The engine copies, and every account is connected",
      description: "Says numbers only, no names.",
      anyQuery: true,
      problems: ["not-ready", "engine-unreachable", "engine-starting", "engine-failed", "busy"],
      answer: ready,
      handle: async () => readinessOf(await control.ask({ kind: "status" })),
    }),
  ]);
  addRoutes(app, [
    ...open,
    route({
      method: "GET",
      path: "/api/v1/health",
      access: "view_sync",
      tag: "health",
      summary: "How well everything is: each check with its value, threshold, state and last hours",
      description:
        "What belongs to no account is for who sees all accounts, but for `engine`: whether it runs is for everybody.",
      problems: ["engine-unreachable", "engine-starting", "engine-failed", "busy"],
      query: healthQuery,
      answer: healthReport,
      handle: async ({ query, request }) =>
        seenHealth(principalOf(request), await control.ask({ kind: "health", history: query.history })),
    }),
    route({
      method: "GET",
      path: "/metrics",
      access: "view_sync",
      tag: "health",
      summary: "Figures for Prometheus",
      description: "Text in Prometheus' format. Only what the one who asks sees of the accounts.",
      anyQuery: true,
      problems: ["engine-unreachable", "engine-starting", "engine-failed", "busy"],
      types: ["text/plain"],
      answer: z.string(),
      handle: async ({ request, reply }) => {
        const [status, health] = await Promise.all([
          control.ask({ kind: "status" }),
          control.ask({ kind: "health" }),
        ]);
        const principal = principalOf(request);
        const registry = figuresOf(ofSeenAccounts(principal, status));
        addHealthFigures(registry, seenHealth(principal, health));
        const texts = [metrics.registry.metrics(), registry.metrics()];
        const text = (await Promise.all(texts)).join("\n");
        reply.type(metrics.registry.contentType).serializer((value: unknown) => String(value));
        return text;
      },
    }),
  ]);
};

function readinessOf(report: StatusReport) {
  const { engine } = report;
  const found = {
    status: "ready" as const,
    engine: { running: engine.running, starting: engine.starting === true, as_of: engine.asOf },
    ...accountCounts(report),
  };
  if (!engine.running) throw new ApiProblem("not-ready", "the engine does not run");
  if (engine.starting === true) throw new ApiProblem("not-ready", "the engine is starting up");
  const gone = [found.followers, found.leaders].reduce((sum, one) => sum + one.all - one.connected, 0);
  if (gone > 0) throw new ApiProblem("not-ready", `${gone} account(s) are not connected`);
  return found;
}

/** Nobody is told that all is well while the engine is not: that check names nothing. */
function seenHealth(principal: Principal, report: HealthReport): HealthReport {
  if (principal.accounts === "all") return report;
  const own = <One extends { readonly account?: string }>(all: readonly One[]) =>
    all.filter(({ account }) => account !== undefined && maySee(principal.accounts, account));
  const checks = [...report.checks.filter(({ check }) => check === "engine"), ...own(report.checks)];
  return { ...report, state: worstOf(checks), checks, changes: own(report.changes) };
}

/** Counts and states only: without the accounts that he does not see nothing of it is too much for `view_sync`. */
function ofSeenAccounts(
  principal: Principal,
  { engine, followers, leaders, watchdogs }: StatusReport,
): Figures {
  const name = ({ nickname }: { readonly nickname: string }) => nickname;
  return {
    engine,
    followers: seen(principal, followers, name),
    leaders: seen(principal, leaders, name),
    watchdogs: principal.accounts === "all" ? watchdogs : [],
  };
}

type Figures = Pick<StatusReport, "engine" | "followers" | "leaders" | "watchdogs">;

/** In a registry of their own: what one user sees must not stand in what another is answered at the same time. */
function figuresOf({ engine, followers, leaders, watchdogs }: Figures): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name: `copytrader_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  gauge("engine_running", "1 while the engine runs.").set(engine.running ? 1 : 0);
  const state = gauge("follower_state", "1 for the state that a follower is in.", ["follower", "state"]);
  const ofAccount = ["account", "role"];
  const connected = gauge("account_connected", "1 while an account's stream is there.", ofAccount);
  const apart = gauge("positions_apart", "Positions away from their target by reason.", [
    "follower",
    "reason",
  ]);
  const age = gauge("snapshot_age_seconds", "Since an account was last read whole.", ofAccount);
  const watched = gauge("watchdog", "0 ok, 1 warning, 2 acting.", ["name", "subject"]);
  for (const one of followers) {
    state.set({ follower: one.nickname, state: one.state }, 1);
    for (const { steps, reason } of one.instruments)
      if (steps !== 0) apart.inc({ follower: one.nickname, reason: reason === "" ? "none" : reason });
  }
  const accounts = [
    ...followers.map((one) => ({ ...one, role: "follower" })),
    ...leaders.map((one) => ({ ...one, role: "leader" })),
  ];
  for (const one of accounts) {
    const { nickname: account, role, snapshotAgeMs } = one;
    connected.set({ account, role }, one.connected ? 1 : 0);
    if (snapshotAgeMs !== null) age.set({ account, role }, snapshotAgeMs / 1_000);
  }
  const level = { ok: 0, warning: 1, acting: 2 };
  for (const one of watchdogs) watched.set({ name: one.name, subject: one.subject }, level[one.state]);
  return registry;
}
