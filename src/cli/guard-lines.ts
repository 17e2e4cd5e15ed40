/** Stops and loss limits as tables: how near each is, what it does then, and what stands of it. */
import type { GuardUse } from "../control/control.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

export interface GuardedFollower {
  readonly nickname: string;
  readonly guards: readonly GuardUse[];
}

/** `isNamed`: with a column of whose it is. */
export function guardLines(followers: readonly GuardedFollower[], isNamed: boolean): readonly string[] {
  const all = followers.flatMap(({ nickname, guards }) => guards.map((guard) => ({ nickname, ...guard })));
  const rows = all.map((one) => [
    ...(isNamed ? [one.nickname] : []),
    one.guard,
    one.of,
    cut(one.use, one),
    cut(one.at, one),
    leftText(one),
    one.unit,
    one.stands === null ? one.action : coloured("red", `${one.action} stands`),
    one.source,
  ]);
  if (rows.length === 0) return [];
  const columns = [
    ...(isNamed ? [{ title: "FOLLOWER" }] : []),
    { title: "GUARD" },
    { title: "OF" },
    { title: "USED", align: "right" },
    { title: "ACTS AT", align: "right" },
    { title: "LEFT", align: "right" },
    { title: "UNIT" },
    { title: "THEN" },
    { title: "FROM" },
  ] as const;
  const whose = (nickname: string) => (isNamed ? `${nickname}: ` : "");
  const told = new Set<string>();
  const standing = all.flatMap(({ nickname, stands }) => {
    if (stands === null || told.has(`${nickname} ${stands.id}`)) return [];
    told.add(`${nickname} ${stands.id}`);
    return wrapped(`${whose(nickname)}${stands.text}, since ${new Date(stands.since).toISOString()}`);
  });
  const notes = new Map<string, Set<string>>();
  for (const { nickname, guard, note } of all) {
    const key = `${whose(nickname)}${note}`;
    if (note !== "") notes.set(key, (notes.get(key) ?? new Set()).add(guard));
  }
  const noted = [...notes].flatMap(([note, guards]) => wrapped(`${note} (${[...guards].join(", ")})`));
  return [...table(columns, rows, { overflow: "wrap" }), ...standing, ...noted];
}

function leftText(guard: GuardUse): string {
  const { left } = guard;
  const isReached = left === "0" || left.startsWith("-");
  return isReached ? coloured("red", cut(left, guard)) : cut(left, guard);
}

/** Two places of money are enough to look at; four tell a distance apart as well. */
function cut(text: string, { unit }: GuardUse): string {
  const point = text.indexOf(".");
  return point < 0 ? text : text.slice(0, point + (unit === "USDT" ? 3 : 5));
}
