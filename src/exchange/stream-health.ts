/** What a data heartbeat found of its stream: since when it is silent, how much it missed, and what is said of it meanwhile. */

export interface StreamHealth {
  /** `late`: a snapshot was first, and the stream still has time; `silent`: it has none left, until it is proven again. */
  readonly state: "sound" | "late" | "silent";
  /** When the first change was shown that the stream did not tell; 0 while it is sound. */
  readonly sinceMs: number;
  /** Changes since then that snapshots showed and the stream did not tell. */
  readonly missed: number;
}

const SOUND: StreamHealth = { state: "sound", sinceMs: 0, missed: 0 };

interface Untold {
  /** When something else first showed it. */
  readonly sinceMs: number;
}

export class Silence {
  #sinceMs: number | null = null;
  #missed = 0;

  /** The stream had its time to tell these, of which there is at least one. */
  found(overdue: readonly Untold[]): void {
    this.#sinceMs ??= Math.min(...overdue.map(({ sinceMs }) => sinceMs));
    this.#missed += overdue.length;
  }

  /** The stream is proven again. */
  end(): void {
    this.#sinceMs = null;
    this.#missed = 0;
  }

  /** `awaited`: what the stream still has time to tell, the oldest first. */
  health(awaited: ReadonlyMap<string, Untold>): StreamHealth {
    if (this.#sinceMs !== null) return { state: "silent", sinceMs: this.#sinceMs, missed: this.#missed };
    const [first] = awaited.values();
    return first === undefined ? SOUND : { state: "late", sinceMs: first.sinceMs, missed: awaited.size };
  }
}
