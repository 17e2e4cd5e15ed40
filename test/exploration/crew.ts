/** Who goes through a layer: this thread, or several of its own with the table of what was met in common. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type Breach, type Counts, type Found, Search, type Space } from "./search.ts";
import type { Table, TableMemory } from "./table.ts";

/** A world on its way from one thread to another. */
export type Sent = readonly [text: string, coreText: string, slot: number];

export interface Layer {
  /** Worlds for the next layer. */
  readonly found: number;
  readonly breach: Breach | null;
  readonly counts: Counts;
}

/** One that does a part of the work. */
export class Hand {
  readonly #search: Search;
  readonly #table: Table;
  #layer: Found[] = [];

  constructor(space: Space, table: Table) {
    this.#search = new Search(space, table);
    this.#table = table;
  }

  begin(): void {
    this.#layer = [this.#search.begin()];
  }

  /** Goes on from all that it found before, or until it is stopped, or that moment. */
  work(untilMs: number): Layer {
    const next: Found[] = [];
    let breach: Breach | null = null;
    for (const found of this.#layer) {
      if (this.#table.isStopped || this.#table.isFull || Date.now() >= untilMs) break;
      breach = this.#search.visit(found, next);
      if (breach !== null) break;
    }
    this.#layer = next;
    return { found: next.length, breach, counts: this.#search.counts };
  }

  give(count: number): Sent[] {
    return this.#layer.splice(-count).map(({ core, text, slot }) => [text, core.text, slot]);
  }

  take(given: readonly Sent[]): void {
    for (const [text, coreText, slot] of given) this.#layer.push(this.#search.take(text, coreText, slot));
  }
}

export interface Crew {
  readonly size: number;
  begin(): Promise<void>;
  work(untilMs: number): Promise<Layer[]>;
  /** From the one to the other. */
  move(from: number, to: number, count: number): Promise<void>;
  end(): Promise<void>;
}

/** Without threads. */
export function alone(space: Space, table: Table): Crew {
  const hand = new Hand(space, table);
  return {
    size: 1,
    begin: async () => hand.begin(),
    work: async (untilMs) => [hand.work(untilMs)],
    move: async () => {},
    end: async () => {},
  };
}

export type Order =
  | { readonly kind: "begin" }
  | { readonly kind: "work"; readonly untilMs: number }
  | { readonly kind: "give"; readonly count: number }
  | { readonly kind: "take"; readonly given: readonly Sent[] };

export interface ThreadData {
  readonly space: Space;
  readonly memory: TableMemory;
}

const THREAD = fileURLToPath(new URL("./thread.ts", import.meta.url));
const THREAD_MEGABYTES = 6_000;

export function threads(space: Space, table: Table, size: number): Crew {
  const workerData: ThreadData = { space, memory: table.memory };
  const resourceLimits = { maxOldGenerationSizeMb: THREAD_MEGABYTES };
  const all = Array.from({ length: size }, () => new Worker(THREAD, { workerData, resourceLimits }));
  const ask = async (index: number, order: Order) => {
    const worker = all[index];
    if (worker === undefined) throw new Error(`there is no thread ${index}`);
    worker.postMessage(order);
    const [answer] = await once(worker, "message");
    return answer;
  };
  return {
    size,
    begin: () => ask(0, { kind: "begin" }),
    work: (untilMs) => Promise.all(all.map((_, index) => ask(index, { kind: "work", untilMs }))),
    move: async (from, to, count) => {
      await ask(to, { kind: "take", given: await ask(from, { kind: "give", count }) });
    },
    end: async () => {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}
