/**
 * The kill switch in two steps: the first shows what would be closed and hands out a confirmation, for the one who asked and this scope
 * alone, for a minute; the second closes.
 */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { PanicScope } from "../../control/owner-commands.ts";
import type { Principal } from "../../identity/identity.ts";
import { assertKnowsLeader, assertSees, assertSeesLeader } from "../access.ts";
import { assertSecondFactor, originOf } from "../carry-out.ts";
import { killSwitchAsked, killSwitchPulled, killSwitchScope } from "../contract/commands.ts";
import { ApiProblem } from "../contract/problems.ts";
import { principalOf } from "../guard.ts";
import { killSwitchSource, pullKillSwitch, WAY_NOTES, wayOf } from "../kill-switch.ts";
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
        const control = await killSwitchSource(parts);
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
        return { confirmation, expires_ms: untilMs, holdings, preview, way, note: WAY_NOTES[way] };
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
        assertSecondFactor(parts, request);
        const giver = { actor: principal, origin: originOf(request) };
        const { report, way } = await pullKillSwitch(parts, giver, found.scope, nowMs());
        waiting.delete(confirmation);
        return { dry_run: false, preview: null, report, way, note: WAY_NOTES[way] };
      },
    }),
  ]);
};

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
