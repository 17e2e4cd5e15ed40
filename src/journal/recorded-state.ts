/**
 * Whether a replayed state has all that a recorded one says. A later version may keep more: where the recorded text has a member
 * nowhere in that place, this version could not have known it then. Whatever the text has must be there and the same, as this
 * version reads it.
 */
import { decodeCheckpoint, encodeCheckpoint } from "../core/checkpoint.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Where the two texts of a state first differ, in words with both values; null where nothing is lost. */
export function firstLoss(recorded: string, replayed: string): string | null {
  const asRead = encodeCheckpoint(decodeCheckpoint(recorded));
  return lossAt(JSON.parse(asRead), JSON.parse(replayed), "", "", placesOf(JSON.parse(recorded)));
}

function lossAt(
  recorded: Json,
  replayed: Json,
  path: string,
  place: string,
  known: ReadonlySet<string>,
): string | null {
  if (isList(recorded) && isList(replayed)) {
    for (let index = 0; index < Math.max(recorded.length, replayed.length); index += 1) {
      const [left, right] = [recorded[index], replayed[index]];
      const at = `${path}[${index}]`;
      if (left === undefined || right === undefined) return told(at, left, right);
      const loss = lossAt(left, right, at, `${place}[]`, known);
      if (loss !== null) return loss;
    }
    return null;
  }
  if (isGroup(recorded) && isGroup(replayed)) {
    for (const name of new Set([...Object.keys(recorded), ...Object.keys(replayed)])) {
      const [left, right] = [recorded[name], replayed[name]];
      const [at, inside] = [`${path}.${name}`, `${place}.${name}`];
      if (!known.has(inside) || (left === undefined && right === undefined)) continue;
      if (left === undefined || right === undefined) return told(at, left, right);
      const loss = lossAt(left, right, at, inside, known);
      if (loss !== null) return loss;
    }
    return null;
  }
  return recorded === replayed ? null : told(path, recorded, replayed);
}

/** Every member that occurs, by the names on the way to it. */
function placesOf(value: Json, place = "", found = new Set<string>()): Set<string> {
  if (isList(value)) for (const inner of value) placesOf(inner, `${place}[]`, found);
  else if (isGroup(value)) {
    for (const [name, inner] of Object.entries(value)) {
      found.add(`${place}.${name}`);
      placesOf(inner, `${place}.${name}`, found);
    }
  }
  return found;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isGroup(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function told(path: string, recorded: Json | undefined, replayed: Json | undefined): string {
  return `${path.slice(1)} is ${shown(recorded)} there and ${shown(replayed)} when replayed`;
}

const SHOWN_MAX = 80;

function shown(value: Json | undefined): string {
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
