/**
 * From every world the end is reached without anything more going wrong. Mostly the first such move of each world, followed on and
 * on, leads there, which costs one number a world; where that goes round in a circle every way is tried.
 */
import type { Breach, Search } from "./search.ts";
import type { Table } from "./table.ts";

const UNSEEN = 0;
const ON_THE_WAY = 1;
const ENDS = 2;
const CIRCLES = 3;

/** Null when there is none. */
export function stuck(table: Table, search: Search): Breach | null {
  const marks = new Uint8Array(table.capacity);
  const circling: number[] = [];
  for (let slot = 0; slot < table.capacity; slot += 1)
    if (table.isTaken(slot) && marks[slot] === UNSEEN) follow(table, slot, marks, circling);
  for (const slot of circling) {
    if (!search.comesToAnEnd(slot, (other) => marks[other] === ENDS))
      return { breach: "from here the followers never come to rest at their targets", slot, place: null };
    marks[slot] = ENDS;
  }
  return null;
}

function follow(table: Table, from: number, marks: Uint8Array, circling: number[]): void {
  const way: number[] = [];
  let at: number | "end" | null = from;
  while (typeof at === "number" && marks[at] === UNSEEN) {
    marks[at] = ON_THE_WAY;
    way.push(at);
    at = table.next(at);
  }
  const mark = at === "end" || (at !== null && marks[at] === ENDS) ? ENDS : CIRCLES;
  for (const slot of way) marks[slot] = mark;
  if (mark === CIRCLES) circling.push(...way);
}
