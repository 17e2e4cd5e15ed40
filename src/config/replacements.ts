/** The leaders that may take the place of one whose relation is stopped: each has to be an account that is there. */
import type { AccountSource } from "./account-files.ts";
import type { ConfiguredAllocation } from "./allocations.ts";
import { nearest } from "./nearest.ts";
import type { ConfigurationProblem } from "./problems.ts";

export function unknownReplacements(
  accounts: readonly AccountSource[],
  allocations: readonly ConfiguredAllocation[],
): readonly ConfigurationProblem[] {
  const leaders = accounts.filter(({ role }) => role === "leader").map(({ nickname }) => nickname);
  const asked = allocations.flatMap(({ follower, guards }) =>
    (guards.relation.stopLoss?.replacements ?? []).map((name) => ({ follower, name: String(name) })),
  );
  const unknown = asked.filter(({ name }) => !leaders.includes(name));
  // A follower with several leaders names them once.
  const once = new Map(unknown.map((one) => [`${one.follower} ${one.name}`, one] as const));
  return [...once.values()].flatMap(({ follower, name }) => {
    const source = accounts.find(({ nickname }) => nickname === String(follower));
    const known = leaders.map((leader) => `"${leader}"`).join(", ");
    const message = `has "${name}" among its replacements, which is no leader; leaders are ${known}`;
    return source === undefined ? [] : [source.problem("stop_loss", message, nearest(name, leaders))];
  });
}
