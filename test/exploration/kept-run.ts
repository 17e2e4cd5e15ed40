/** A run that ended before everything was seen, in a folder: the table as it lies in memory, and the worlds to be gone on from. */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeHash } from "../../src/control/backtest/program-hash.ts";
import type { Batch } from "./edge.ts";
import type { Counts, Space } from "./search.ts";
import { Table, type TableMemory } from "./table.ts";

export interface KeptRun {
  readonly table: Table;
  readonly edge: readonly Batch[];
  readonly depth: number;
  readonly seconds: number;
  readonly counts: Counts;
}

/** Written last, removed first: without it nothing is kept. */
const HEAD = "run.json";
const EDGE = "edge.bin";
const PARTS = [
  "high",
  "low",
  "parents",
  "next",
  "places",
  "counts",
] as const satisfies readonly (keyof TableMemory)[];

interface Head extends Omit<KeptRun, "table" | "edge"> {
  /** What it is a run of, as text. */
  readonly of: string;
  /** Of the packed worlds, one after the other in a file. */
  readonly batches: readonly { readonly count: number; readonly bytes: number }[];
}

export function keepRun(folder: string, space: Space, { table, edge, ...rest }: KeptRun): void {
  forgetRun(folder);
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) write(join(folder, `${part}.bin`), [new Uint8Array(table.memory[part])]);
  write(
    join(folder, EDGE),
    edge.map(({ packed }) => packed),
  );
  const batches = edge.map(({ count, packed }) => ({ count, bytes: packed.length }));
  const head: Head = { ...rest, of: identity(space), batches };
  writeFileSync(join(folder, HEAD), JSON.stringify(head));
}

/** Null where none is kept; throws where one of something else is. */
export function readRun(folder: string, space: Space): KeptRun | null {
  if (statSync(join(folder, HEAD), { throwIfNoEntry: false }) === undefined) return null;
  const { of, batches, ...rest }: Head = JSON.parse(readFileSync(join(folder, HEAD), "utf8"));
  if (of !== identity(space))
    throw new Error(
      `${folder} keeps a run of other numbers or of another version: remove it, or name another`,
    );
  const [high, low, parents, next, places, counts] = PARTS.map((part) => read(join(folder, `${part}.bin`)));
  if (!high || !low || !parents || !next || !places || !counts) throw new Error(`${folder} lacks a part`);
  const whole = new Uint8Array(read(join(folder, EDGE)));
  let at = 0;
  const edge = batches.map(({ count, bytes }) => {
    at += bytes;
    return { count, packed: whole.slice(at - bytes, at) };
  });
  const table = new Table({ high, low, parents, next, places, counts });
  table.goOn();
  return { ...rest, table, edge };
}

export function forgetRun(folder: string): void {
  for (const name of [HEAD, EDGE, ...PARTS.map((part) => `${part}.bin`)])
    rmSync(join(folder, name), { force: true });
}

/** What another run has to have in common with one to go on from it: what is gone through, and all code. */
function identity({ steps, followers, faults, deaths, isReduced }: Space): string {
  const code = ["../../src", ".", "../simulation"].map((folder) =>
    codeHash(fileURLToPath(new URL(folder, import.meta.url))),
  );
  return JSON.stringify({ steps, followers, faults, deaths, isReduced, code });
}

function write(file: string, parts: readonly Uint8Array[]): void {
  const descriptor = openSync(file, "w");
  try {
    for (const part of parts)
      for (let at = 0; at < part.length; ) at += writeSync(descriptor, part, at, part.length - at);
  } finally {
    closeSync(descriptor);
  }
}

function read(file: string): SharedArrayBuffer {
  const descriptor = openSync(file, "r");
  try {
    const memory = new SharedArrayBuffer(statSync(file).size);
    const bytes = new Uint8Array(memory);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(descriptor, bytes, at, bytes.length - at, null);
      if (count === 0) throw new Error(`${file} is shorter than it was`);
      at += count;
    }
    return memory;
  } finally {
    closeSync(descriptor);
  }
}
