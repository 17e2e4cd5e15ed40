/** Keeps what a watched trader does: soon after each change whatever is new is taken into the trader store, and once more at the end. */
import type { TraderStore } from "../store/trader-store.ts";
import { fetchInto } from "./fetch-trader.ts";
import type { TraderSource } from "./trader-sources.ts";
import type { WatchedItem } from "./watch-trader.ts";

/** A burst of fills is fetched once. */
const SOON_MS = 3_000;

export class KeepWatched {
  readonly #store: TraderStore;
  readonly #source: TraderSource;
  readonly #tell: (item: WatchedItem) => void;
  #timer: NodeJS.Timeout | null = null;
  /** One fetch after the other. */
  #running: Promise<void> = Promise.resolve();

  constructor(store: TraderStore, source: TraderSource, tell: (item: WatchedItem) => void) {
    this.#store = store;
    this.#source = source;
    this.#tell = tell;
  }

  /** Something happened. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.fetch();
    }, SOON_MS);
  }

  fetch(): void {
    this.#running = this.#running.then(() => this.#fetch());
  }

  /** Resolves once what was under way is kept. */
  async end(): Promise<void> {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.fetch();
    }
    await this.#running;
  }

  async #fetch(): Promise<void> {
    const nowMs = Date.now();
    try {
      const options = { whole: false, nowMs, onProgress: () => {} };
      const { added } = await fetchInto(this.#store, this.#source, options);
      if (added > 0) this.#tell({ kind: "stored", added, atMs: nowMs });
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.#tell({
        kind: "notice",
        text: `not kept: ${cause}; it is tried again with the next fill`,
        atMs: nowMs,
      });
    }
  }
}
