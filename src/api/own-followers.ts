/** The followers among the accounts that somebody sees: a leader that he was given, too, is nobody whose copies he could mean. */
import type { FastifyRequest } from "fastify";
import { loadConfiguration } from "../config.ts";
import type { Principal } from "../identity/identity.ts";
import { followerMeant } from "./access.ts";
import { principalOf } from "./guard.ts";
import type { ApiParts } from "./parts.ts";

type Folders = Pick<ApiParts, "configDir" | "dataDir">;

/** Whose figures: all of them (undefined) for who sees all, else the stated or the only follower that he sees. Throws as `followerMeant`. */
export function followerAsked(
  folders: Folders,
  request: FastifyRequest,
  stated: string | undefined,
): string | undefined {
  const principal = principalOf(request);
  return followerMeant(principal, stated, stated === undefined ? ownFollowers(folders, principal) : []);
}

/** None for who sees all. Where the configuration has problems nobody is known to be a leader. */
export function ownFollowers(
  { configDir, dataDir }: Folders,
  { accounts }: Pick<Principal, "accounts">,
): readonly string[] {
  if (accounts === "all") return [];
  const loaded = loadConfiguration({ configDir, dataDir, live: false, purpose: "inspect" });
  const known = loaded.ok ? loaded.configuration.accounts : [];
  const leaders = new Set<string>(
    known.filter(({ role }) => role === "leader").map(({ account }) => account),
  );
  return [...accounts].filter((name) => !leaders.has(name));
}
