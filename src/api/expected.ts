/** Nobody changes what he has not seen: the revision comes as `If-Match`, and goes out as `ETag`. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Outcome } from "./carry-out.ts";
import { ApiProblem } from "./contract/problems.ts";

/** The revision that was seen; throws where it has to be told and is not. */
export function expectedOf(
  { headers }: FastifyRequest,
  { isNeeded }: { readonly isNeeded: boolean },
): { readonly expected?: string } {
  const found = headers["if-match"];
  if (found === undefined && isNeeded)
    throw new ApiProblem(
      "precondition-needed",
      "If-Match: send the ETag of the settings as you saw them, so that you do not undo what somebody else has changed",
    );
  if (found === undefined || found.trim() === "*") return {};
  const expected = found.trim().replace(/^W\//, "").replaceAll('"', "");
  if (expected !== "") return { expected };
  throw new ApiProblem("bad-request", "If-Match: it must be a revision in quotes, or *", {
    errors: [{ field: "If-Match", message: "must be a revision in quotes, or *" }],
  });
}

/** After a change the revision is another. */
export function taggedOutcome(reply: FastifyReply, done: Outcome): Outcome {
  const revision = done.report?.revision;
  if (revision !== undefined) reply.header("ETag", `"${revision}"`);
  return done;
}
