/** Names that somebody writes, held against what he sees. */
import { assertSees, followerMeant } from "../api/access.ts";
import type { Call } from "./call.ts";
import { CallError } from "./call.ts";

/** The follower that is meant: stated, or undefined for all (who sees all), or the only one. */
export async function meantFollower(
  { principal, parts }: Call,
  stated: string | undefined,
): Promise<string | undefined> {
  const { followers } = await parts.control.ask({ kind: "status" });
  return followerMeant(
    principal,
    stated,
    followers.map(({ nickname }) => nickname),
  );
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
