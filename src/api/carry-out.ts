/**
 * A command of the owner's as the API carries it out: the same plan that a preview shows, checked against what the one who asks sees,
 * with an entry in the audit log of what was there before and is there now.
 */
import type { FastifyRequest } from "fastify";
import type { CommandReport, OwnerCommand, PreviewReport } from "../control/owner-commands.ts";
import { type AuditNote, hasFreshSecondFactor, type Origin, type Principal } from "../identity/identity.ts";
import { seen } from "./access.ts";
import { commanded, noted } from "./commanded.ts";
import { ApiProblem } from "./contract/problems.ts";
import { principalOf } from "./guard.ts";
import type { ApiParts } from "./parts.ts";
import { problemFrom } from "./problems.ts";

export interface Outcome {
  readonly dry_run: boolean;
  readonly preview: PreviewReport | null;
  readonly report: CommandReport | null;
}

/** Rejects with a ControlError or an ApiProblem where it cannot be; a preview of what is refused is refused the same. */
export async function carryOut(
  parts: ApiParts,
  request: FastifyRequest,
  command: OwnerCommand,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Outcome> {
  const { control } = parts;
  const preview = await control
    .ask({ kind: "preview", command })
    .catch((error: unknown) => withChoices(parts, principalOf(request), error));
  if (dryRun) return { dry_run: true, preview, report: null };
  assertSecondFactor(parts, request);
  const giver = { actor: principalOf(request), origin: originOf(request) };
  const report = await commanded(parts, giver, command, preview);
  return { dry_run: false, preview: null, report };
}

/** Of an unknown follower those are told that there are, as everywhere. */
async function withChoices({ control }: ApiParts, principal: Principal, error: unknown): Promise<never> {
  const told = problemFrom(error, principal.accounts === "all");
  if (told?.code !== "unknown-follower") throw error;
  const { followers } = await control.ask({ kind: "status" });
  const choices = seen(principal, followers, ({ nickname }) => nickname).map(({ nickname }) => nickname);
  throw new ApiProblem(told.code, told.message, { choices });
}

/** Who switched a second factor on is asked for it before anything that trades. */
export function assertSecondFactor({ nowMs }: ApiParts, request: FastifyRequest): void {
  if (hasFreshSecondFactor(principalOf(request), nowMs())) return;
  throw new ApiProblem(
    "second-factor-needed",
    "give a code of your second factor first (POST /api/v1/session/second_factor); it counts for ten minutes",
  );
}

export function originOf({ ip, headers }: FastifyRequest): Origin {
  return { address: ip, agent: (headers["user-agent"] ?? "").slice(0, 200) };
}

/** Of a change that is no command. */
export async function noteChange(parts: ApiParts, request: FastifyRequest, entry: AuditNote): Promise<void> {
  await noted(parts, { actor: principalOf(request), origin: originOf(request) }, entry);
}
