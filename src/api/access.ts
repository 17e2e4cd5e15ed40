/** What of the accounts somebody sees: asked for by name, left out of lists, and never told of in a message. */
import type { Control } from "../control/control.ts";
import type { Principal } from "../identity/identity.ts";
import { maySee, type Permission } from "../identity/permissions.ts";
import { ApiProblem } from "./contract/problems.ts";

type Seen = Pick<Principal, "accounts">;

/** Throws as if there were no such account where he does not see it: what there is beside his own is nobody's business. */
export function assertSees(principal: Seen, follower: string | undefined): void {
  if (follower === undefined || maySee(principal.accounts, follower)) return;
  throw unknownFollower(principal, follower);
}

export function assertSeesLeader({ accounts }: Seen, leader: string | undefined): void {
  if (leader === undefined || maySee(accounts, leader)) return;
  throw new ApiProblem("unknown-leader", `there is no leader "${leader}" that you see`);
}

/**
 * Throws as if there were no such leader where he neither sees it nor sees a follower that copies it: whoever could have any leader
 * copied, or ask about any, would learn what all of them hold.
 */
export async function assertKnowsLeader(
  { control }: { readonly control: Pick<Control, "ask"> },
  principal: Seen,
  leader: string | undefined,
): Promise<void> {
  if (leader === undefined || maySee(principal.accounts, leader)) return;
  const { allocations } = await control.ask({ kind: "allocations" });
  const own = seen(principal, allocations, (one) => one.follower);
  if (!own.some((one) => one.leader === leader)) assertSeesLeader(principal, leader);
}

function unknownFollower({ accounts }: Seen, follower: string): ApiProblem {
  const choices = accounts === "all" ? [] : [...accounts];
  const seen = choices.length === 0 ? "you see none" : `you see: ${choices.join(", ")}`;
  return new ApiProblem("unknown-follower", `there is no follower "${follower}"; ${seen}`, { choices });
}

/** Throws where he sees some accounts only; `why`: what all of them have to do with it. */
export function assertSeesAll({ accounts }: Seen, why: string): void {
  if (accounts !== "all") throw new ApiProblem("forbidden", `${why}, and you do not see all of them`);
}

/** Only those of a list that he sees; the list itself where he sees all. */
export function seen<Row>(
  { accounts }: Seen,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): readonly Row[] {
  return accounts === "all" ? rows : rows.filter((row) => accounts.has(nameOf(row)));
}

/**
 * Whom a command is about: the stated follower, or everybody (undefined) where he sees all; else the only one that he sees. Throws
 * where he would have to say which.
 */
export function followerMeant(
  principal: Seen,
  stated: string | undefined,
  followers: readonly string[],
): string | undefined {
  assertSees(principal, stated);
  if (stated !== undefined || principal.accounts === "all") return stated;
  return theFollower(seen(principal, followers, (name) => name));
}

/** The only one there is; throws with the list where there are several. */
export function theFollower(choices: readonly string[]): string {
  const [first, second] = choices;
  if (first === undefined) throw new ApiProblem("unknown-follower", "there is no follower that you see");
  if (second === undefined) return first;
  throw new ApiProblem("follower-needed", `follower: there are several, say which: ${choices.join(", ")}`, {
    choices,
    errors: [{ field: "follower", message: `must be one of ${choices.join(", ")}` }],
  });
}

export function may({ permissions }: Pick<Principal, "permissions">, permission: Permission): boolean {
  return permissions.has(permission);
}
