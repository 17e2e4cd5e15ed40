/**
 * The platform's limits on what a bot sends: over all chats, within one chat (a short burst is tolerated), and to one group. What is
 * beyond them is refused with the whole seconds to wait, and so is everything more to that place until they have passed.
 */
import { Refusal } from "./refusal.ts";
import type { Chat, WorldClock } from "./shapes.ts";

export interface FloodLimits {
  /** Messages a second over all chats. */
  readonly perSecond: number;
  /** Within one chat, after the burst. */
  readonly chatPerSecond: number;
  /** How many may come at once in one chat. */
  readonly chatBurst: number;
  /** To one group, each minute. */
  readonly groupPerMinute: number;
}

export const PLATFORM_LIMITS: FloodLimits = {
  perSecond: 30,
  chatPerSecond: 1,
  chatBurst: 3,
  groupPerMinute: 20,
};

interface Window {
  readonly most: number;
  readonly lengthMs: number;
}

export class Flood {
  /** Null switches the limits off. */
  limits: FloodLimits | null;
  readonly #clock: WorldClock;
  /** When what was let through was sent, by place. */
  readonly #sent = new Map<string, number[]>();
  readonly #closedUntil = new Map<string, number>();

  constructor(clock: WorldClock, limits: FloodLimits | null) {
    this.#clock = clock;
    this.limits = limits;
  }

  /** Counts so many messages to a chat, or refuses all of them. */
  take(chat: Chat, messages: number): void {
    if (this.limits === null) return;
    const now = this.#clock.nowMs();
    const windows = this.#windowsOf(chat, this.limits);
    for (const [place, window] of windows) this.#refuseBeyond(place, window, messages, now);
    for (const [place] of windows)
      this.#sent.set(place, [...this.#within(place, 60_000, now), ...Array<number>(messages).fill(now)]);
  }

  #windowsOf(chat: Chat, limits: FloodLimits): readonly (readonly [string, Window])[] {
    const { chatBurst, chatPerSecond } = limits;
    return [
      ["all", { most: limits.perSecond, lengthMs: 1000 }],
      [`chat ${chat.id}`, { most: chatBurst, lengthMs: (chatBurst * 1000) / chatPerSecond }],
      ...(chat.type === "private"
        ? []
        : [[`group ${chat.id}`, { most: limits.groupPerMinute, lengthMs: 60_000 }] as const]),
    ];
  }

  #refuseBeyond(place: string, { most, lengthMs }: Window, messages: number, now: number): void {
    const closedUntil = this.#closedUntil.get(place) ?? 0;
    const sent = this.#within(place, lengthMs, now);
    // An album of more pictures than the burst goes through alone.
    const beyond = sent.length + Math.min(messages, most) - most;
    if (now >= closedUntil && beyond <= 0) return;
    const freeAt = beyond > 0 ? (sent[beyond - 1] ?? now) + lengthMs : closedUntil;
    const seconds = Math.max(1, Math.ceil((Math.max(freeAt, closedUntil) - now) / 1000));
    this.#closedUntil.set(place, now + seconds * 1000);
    throw new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
  }

  #within(place: string, lengthMs: number, now: number): readonly number[] {
    return (this.#sent.get(place) ?? []).filter((at) => at > now - lengthMs);
  }
}
