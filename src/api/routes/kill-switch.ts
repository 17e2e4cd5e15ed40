/**
 * The kill switch in two steps: the first shows what would be closed and hands out a confirmation, for the one who asked and this scope
 * alone, for a minute; the second closes.
 */
import { randomBytes } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Control } from "../../control/control.ts";
import type { PanicScope, PreviewReport } from "../../control/owner-commands.ts";
import { answeredInTime, leavePanicFile } from "../../control/panic-file.ts";
import { StoppedControl } from "../../control/stopped.ts";
import type { Principal } from "../../identity/identity.ts";
import { assertKnowsLeader, assertSees, assertSeesLeader } from "../access.ts";
import { assertSecondFactor, noteChange, originOf } from "../carry-out.ts";
import { commanded } from "../commanded.ts";
import { killSwitchAsked, killSwitchPulled, killSwitchScope } from "../contract/commands.ts";
import { ApiProblem } from "../contract/problems.ts";
import { principalOf } from "../guard.ts";
import { ownFollowers } from "../own-followers.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { ENGINE_PROBLEMS, stated } from "./copying.ts";

const CONFIRM_WITHIN_MS = 60_000;
/** Of one user; a further one ends his oldest, and nobody else's. */
const WAITING_MAX = 20;

interface Waiting {
  readonly userId: number;
  readonly scope: PanicScope;
  readonly untilMs: number;
}

export const killSwitchRoutes: RoutePlugin = (app, parts) => {
  const waiting = new Map<string, Waiting>();
  const { nowMs } = parts;
  addRoutes(app, [
    route({
      method: "POST",
      path: "/api/v1/kill_switch",
      access: "trade",
      tag: "risk",
      summary: "First step: what the kill switch would close",
      description:
        "Nothing is done yet. The confirmation is valid for a minute. An engine that does not answer within five seconds is taken for one that cannot.",
      problems: [...ENGINE_PROBLEMS, "not-readable", "unknown-follower", "unknown-leader", "follower-needed"],
      body: killSwitchScope,
      answer: killSwitchAsked,
      handle: async ({ request, body }) => {
        const principal = principalOf(request);
        const scope = stated(body);
        assertWithin(parts, principal, scope);
        const control = await whom(parts);
        await assertKnowsLeader({ control }, principal, scope.leader);
        const [holdings, preview] = await Promise.all([
          control.ask({ kind: "holdings", ...scope }),
          control.ask({ kind: "preview", command: { kind: "panic", ...scope } }),
        ]);
        forget(waiting, principal.userId, nowMs());
        const confirmation = randomBytes(24).toString("base64url");
        const untilMs = nowMs() + CONFIRM_WITHIN_MS;
        waiting.set(confirmation, { userId: principal.userId, scope, untilMs });
        const way = wayOf(parts, control, preview);
        return { confirmation, expires_ms: untilMs, holdings, preview, way, note: NOTES[way] };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/kill_switch/confirm",
      access: "trade",
      tag: "risk",
      summary: "Second step: close what is ours, and stop copying there",
      description:
        "Until resume or release nothing is opened there again. `way` says whether the engine closes at once; where it is stopped, nothing is closed before its next start.",
      problems: [
        ...ENGINE_PROBLEMS,
        "not-readable",
        "engine-stopped",
        "unknown-confirmation",
        "second-factor-needed",
        "unknown-follower",
        "unknown-leader",
      ],
      idempotent: true,
      body: z.strictObject({ confirmation: z.string().min(1).max(100) }),
      answer: killSwitchPulled,
      handle: async ({ request, body: { confirmation } }) => {
        const principal = principalOf(request);
        const found = waiting.get(confirmation);
        if (found === undefined || found.userId !== principal.userId || nowMs() > found.untilMs)
          throw new ApiProblem(
            "unknown-confirmation",
            "there is nothing of yours to confirm by that: ask again with POST /api/v1/kill_switch, and confirm within a minute",
          );
        assertWithin(parts, principal, found.scope);
        const pulled = await pull(parts, request, found.scope);
        waiting.delete(confirmation);
        return pulled;
      },
    }),
  ]);
};

type Way = z.output<typeof killSwitchPulled>["way"];

const NOTES: Readonly<Record<Way, string>> = {
  engine: "",
  file: "the engine does not answer: a file PANIC in its data folder tells it to close as soon as it can; to close now, stop that process and run copytrader panic on its machine",
  "next-start":
    "the engine is stopped: it is written down, and nothing is closed before it starts; copytrader panic on its machine closes at once, without it",
};

/** The engine, stopped or not; its data folder where it does not answer. */
async function whom(parts: ApiParts): Promise<Pick<Control, "ask">> {
  const answered = await answeredInTime(parts.control.ask({ kind: "holdings" }));
  return answered === null ? new StoppedControl(parts) : parts.control;
}

function wayOf(parts: ApiParts, control: Pick<Control, "ask">, { engine }: PreviewReport): Way {
  if (control !== parts.control || engine.starting === true) return "file";
  return engine.running ? "engine" : "next-start";
}

/** To close twice is to close once: what may or may not have reached the engine is left for it as well. */
async function pull(parts: ApiParts, request: FastifyRequest, scope: PanicScope) {
  const command = { kind: "panic", ...scope } as const;
  const control = await whom(parts);
  const preview = await control.ask({ kind: "preview", command });
  assertSecondFactor(parts, request);
  const pulled = { dry_run: false, preview: null };
  const giver = { actor: principalOf(request), origin: originOf(request) };
  if (wayOf(parts, control, preview) !== "file") {
    const report = await answeredInTime(commanded(parts, giver, command, preview));
    const way = report?.running === true ? "engine" : "next-start";
    if (report !== null) return { ...pulled, report, way, note: NOTES[way] } as const;
  }
  leavePanicFile(parts.dataDir, scope);
  const { followers } = preview;
  const after = { ...scope, way: "file", orders: preview.orders.length };
  await noteChange(parts, request, { action: "panic", subject: followers.join(", ").slice(0, 500), after });
  const { leader } = scope;
  const report = {
    command: "panic",
    followers,
    ...(leader === undefined ? {} : { leader }),
    atMs: parts.nowMs(),
    running: false,
  } as const;
  return { ...pulled, report, way: "file", note: NOTES.file } as const;
}

/** Everything is more than somebody may close who sees only some accounts. */
function assertWithin(parts: ApiParts, principal: Principal, { follower, leader }: PanicScope): void {
  assertSees(principal, follower);
  if (principal.accounts === "all" || follower !== undefined) return;
  assertSeesLeader(principal, leader);
  const choices = ownFollowers(parts, principal);
  throw new ApiProblem(
    "follower-needed",
    `follower: you do not see all accounts, say which: ${choices.join(", ")}`,
    {
      choices,
    },
  );
}

function forget(waiting: Map<string, Waiting>, asking: number, nowMs: number): void {
  for (const [key, { untilMs }] of waiting) if (nowMs > untilMs) waiting.delete(key);
  const own = [...waiting].filter(([, { userId }]) => userId === asking);
  for (const [key] of own.slice(0, Math.max(0, own.length - WAITING_MAX + 1))) waiting.delete(key);
}
