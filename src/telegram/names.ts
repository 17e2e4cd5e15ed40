/** Names that somebody writes, held against what he sees. */
import { assertSees, followerMeant, seen } from "../api/access.ts";
import { unknownFollower } from "../control/queries.ts";
import type { Call } from "./call.ts";
import { CallError } from "./call.ts";

/** The follower that is meant: stated, or undefined for all (who sees all), or the only one. */
export async function meantFollower(
  { principal, parts }: Call,
  stated: string | undefined,
): Promise<string | undefined> {
  const { followers } = await parts.control.ask({ kind: "status" });
  const names = followers.map(({ nickname }) => nickname);
  const meant = followerMeant(principal, stated, names);
  if (meant !== undefined && !names.includes(meant))
    throw unknownFollower(
      meant,
      seen(principal, names, (name) => name),
    );
  return meant;
}

/** A follower that has to be named. */
export function seenFollower({ principal }: Call, stated: string | undefined): string {
  if (stated === undefined) throw new CallError("");
  assertSees(principal, stated);
  return stated;
}

export function needed(stated: string | undefined): string {
  if (stated === undefined) throw new CallError("");
  return stated;
}

/** As the venue writes it. */
export function symbolOf(stated: string): string {
  return stated.toUpperCase();
}
