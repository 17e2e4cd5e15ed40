/** Whom figures are told of: the one that is asked about, or all together and everybody apart; each with the days that may be its own. */
import type { Scope } from "./day-lines.ts";
import type { FollowerDay } from "./follower-days.ts";

/** How days on which no strategy chose are told apart. */
export const BY_HAND = "by-hand";

export type SubjectKind = "portfolio" | "follower" | "leader" | "strategy" | "selection";

export interface Subject {
  readonly of: SubjectKind;
  /** "" of the portfolio. */
  readonly name: string;
  readonly isPaper: boolean;
  readonly scope: Scope;
  /** None of its days is missing. */
  readonly days: readonly FollowerDay[];
}

export interface Asked {
  readonly follower?: string;
  readonly leader?: string;
  /** `by-hand`: whom the owner chose. */
  readonly strategy?: string;
}

/** Real money first, then paper; nothing of what has no day. */
export function subjectsOf(days: readonly FollowerDay[], asked: Asked): readonly Subject[] {
  return [false, true].flatMap((isPaper) => {
    const some = days.filter((one) => one.isPaper === isPaper);
    if (some.length === 0) return [];
    const one = askedFor(asked);
    const all = one === null ? everybody(some) : [{ ...one, days: some }];
    return all.map((subject) => ({ ...subject, isPaper }));
  });
}

function askedFor({ follower, leader, strategy }: Asked): Pick<Subject, "of" | "name" | "scope"> | null {
  const scope: Scope = {
    ...(follower === undefined ? {} : { follower }),
    ...(leader === undefined ? {} : { leader }),
    ...(strategy === undefined ? {} : { strategy: strategy === BY_HAND ? "" : strategy }),
  };
  const names = [follower, leader, strategy].filter((name) => name !== undefined);
  if (names.length === 0) return null;
  if (names.length > 1) return { of: "selection", name: names.join(" "), scope };
  const of = follower !== undefined ? "follower" : leader !== undefined ? "leader" : "strategy";
  return { of, name: names[0] ?? "", scope };
}

function everybody(days: readonly FollowerDay[]): readonly Omit<Subject, "isPaper">[] {
  const followers = Map.groupBy(days, ({ follower }) => follower);
  const strategies = Map.groupBy(days, ({ strategy }) => strategy);
  return [
    { of: "portfolio", name: "", scope: {}, days },
    ...inOrder(followers).map(([name, own]) => ({
      ...({ of: "follower", name, scope: { follower: name }, days: own } as const),
    })),
    ...inOrder(byLeader(days)).map(([name, own]) => ({
      ...({ of: "leader", name, scope: { leader: name }, days: own } as const),
    })),
    ...inOrder(strategies).map(([strategy, own]) => ({
      ...({
        of: "strategy",
        name: strategy === "" ? BY_HAND : strategy,
        scope: { strategy },
        days: own,
      } as const),
    })),
  ];
}

function byLeader(days: readonly FollowerDay[]): ReadonlyMap<string, readonly FollowerDay[]> {
  const found = new Map<string, FollowerDay[]>();
  for (const one of days)
    for (const { leader } of one.leaders) {
      if (leader === "") continue;
      const own = found.get(leader) ?? [];
      found.set(leader, own);
      own.push(one);
    }
  return found;
}

function inOrder(groups: ReadonlyMap<string, readonly FollowerDay[]>) {
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1));
}
