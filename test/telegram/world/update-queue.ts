/**
 * Updates that wait for the bot: each is given out again and again until a later offset confirms it. One poller at a time; a second
 * one ends the first with a conflict.
 */
import { Refusal } from "./refusal.ts";
import type { Update, UpdateContent } from "./shapes.ts";

interface Poll {
  readonly offset: number;
  readonly limit: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (updates: readonly Update[]) => void;
  readonly reject: (why: Error) => void;
}

export interface PollRequest {
  readonly offset: number;
  readonly limit: number;
  readonly timeoutMs: number;
  /** Kept for later polls; undefined leaves what was said before. */
  readonly allowed: readonly string[] | undefined;
}

/** What is left out unless it is asked for by name. */
const ONLY_BY_NAME = ["chat_member", "message_reaction", "message_reaction_count"];

export class UpdateQueue {
  /** The next update's id; a test may set it, also back. */
  nextId = 700_000_001;
  allowed: readonly string[] = [];
  readonly #waiting: Update[] = [];
  readonly #listeners = new Set<() => void>();
  #poll: Poll | null = null;

  get size(): number {
    return this.#waiting.length;
  }

  get isPolled(): boolean {
    return this.#poll !== null;
  }

  /** Null where the bot did not ask for such updates. */
  add(content: UpdateContent): Update | null {
    const kind = Object.keys(content)[0] ?? "";
    const wanted = this.allowed.length === 0 ? !ONLY_BY_NAME.includes(kind) : this.allowed.includes(kind);
    if (!wanted) return null;
    const update = structuredClone({ update_id: this.nextId, ...content });
    this.nextId += 1;
    this.#waiting.push(update);
    this.#answer();
    for (const listener of this.#listeners) listener();
    return update;
  }

  /** Told of each new update. */
  onAdded(listener: () => void): void {
    this.#listeners.add(listener);
  }

  first(): Update | undefined {
    return this.#waiting[0];
  }

  confirmBelow(offset: number): void {
    const kept = this.#waiting.filter(({ update_id }) => update_id >= offset);
    this.#waiting.splice(0, this.#waiting.length, ...kept);
  }

  dropAll(): void {
    this.#waiting.length = 0;
  }

  /** `signal` ends it without an answer when the bot has gone. */
  async poll(request: PollRequest, signal: AbortSignal): Promise<readonly Update[]> {
    this.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running");
    if (request.allowed !== undefined) this.allowed = request.allowed;
    const offset = request.offset < 0 ? this.#fromTheEnd(-request.offset) : request.offset;
    this.confirmBelow(offset);
    const ready = this.#ready(offset, request.limit);
    if (ready.length > 0 || request.timeoutMs === 0) return ready;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(poll, []), request.timeoutMs);
      const poll = { offset, limit: request.limit, timer, resolve, reject };
      this.#poll = poll;
      signal.addEventListener("abort", () => this.#end(poll, []), { once: true });
    });
  }

  /** Ends a poll under way with a conflict. */
  interrupt(why: string): void {
    const poll = this.#poll;
    if (poll === null) return;
    this.#forget(poll);
    poll.reject(new Refusal(409, `Conflict: ${why}`));
  }

  #fromTheEnd(count: number): number {
    return this.#waiting.at(-count)?.update_id ?? this.#waiting[0]?.update_id ?? 0;
  }

  #ready(offset: number, limit: number): readonly Update[] {
    return this.#waiting.filter(({ update_id }) => update_id >= offset).slice(0, limit);
  }

  #answer(): void {
    const poll = this.#poll;
    if (poll === null) return;
    const ready = this.#ready(poll.offset, poll.limit);
    if (ready.length > 0) this.#end(poll, ready);
  }

  #end(poll: Poll, updates: readonly Update[]): void {
    this.#forget(poll);
    poll.resolve(updates);
  }

  #forget(poll: Poll): void {
    clearTimeout(poll.timer);
    if (this.#poll === poll) this.#poll = null;
  }
}
