/** Who goes through a layer: this thread, or several of its own with the table of what was met in common. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type Batch, Edge, unpacked } from "./edge.ts";
import { type Breach, type Counts, Search, type Space } from "./search.ts";
import type { Table, TableMemory } from "./table.ts";

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
  #edge = new Edge();

  constructor(space: Space, table: Table) {
    this.#search = new Search(space, table);
    this.#table = table;
  }

  begin(): void {
    this.#edge.push(this.#search.begin());
  }

  /** Goes on from all that it found before, or until it is stopped, or that moment. */
  work(untilMs: number): Layer {
    const next = new Edge();
    let breach: Breach | null = null;
    const isOver = () => breach !== null || this.#table.isEnding || Date.now() >= untilMs;
    for (const batch of this.#edge.drain()) {
      if (isOver()) next.take([batch]);
      else breach = this.#visit(batch, next);
    }
    this.#edge = next;
    return { found: next.size, breach, counts: this.#search.counts };
  }

  #visit(batch: Batch, next: Edge): Breach | null {
    for (const waiting of unpacked(batch)) {
      const breach = this.#search.visit(waiting, next);
      if (breach !== null) return breach;
    }
    return null;
  }

  /** At most so many. */
  give(count: number): Batch[] {
    return this.#edge.give(count);
  }

  take(given: readonly Batch[]): void {
    this.#edge.take(given);
  }
}

export interface Crew {
  readonly size: number;
  begin(): Promise<void>;
  work(untilMs: number): Promise<Layer[]>;
  /** At most so many worlds from the one to the other. */
  move(from: number, to: number, count: number): Promise<void>;
  /** All that is to be gone on from; nobody has it then. */
  giveAll(): Promise<Batch[]>;
  take(given: readonly Batch[]): Promise<void>;
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
    giveAll: async () => hand.give(Number.POSITIVE_INFINITY),
    take: async (given) => hand.take(given),
    end: async () => {},
  };
}

export type Order =
  | { readonly kind: "begin" }
  | { readonly kind: "work"; readonly untilMs: number }
  | { readonly kind: "give"; readonly count: number }
  | { readonly kind: "take"; readonly given: readonly Batch[] };

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
    giveAll: async () => {
      const order = { kind: "give", count: Number.POSITIVE_INFINITY } as const;
      return (await Promise.all(all.map((_, index) => ask(index, order)))).flat();
    },
    take: async (given) => {
      const part = Math.ceil(given.length / size);
      const takes = all.map((_, index) =>
        ask(index, { kind: "take", given: given.slice(index * part, (index + 1) * part) }),
      );
      await Promise.all(takes);
    },
    end: async () => {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}
