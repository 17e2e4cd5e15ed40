/**
 * The one queue to Telegram, within its limits: 30 messages a second in all, one a second in a chat, 20 a minute in a group; after a 429
 * nothing is sent to anybody for as long as it says, and what an outage takes is tried again for minutes. In a chat everything goes in
 * its order, but no text waits for an upload; an edit that waits is replaced by a later one of the same message. Everything has a bound, and whoever is beyond it is told.
 */

export interface OutgoingClock {
  /** Milliseconds of a clock that nobody sets. */
  nowMs(): number;
  setTimer(delayMs: number, action: () => void): void;
}

/** What came of one try. */
export type Sent<Answer> =
  | { readonly kind: "done"; readonly answer: Answer }
  /** Nothing was done; not again before so long. */
  | { readonly kind: "later"; readonly afterMs: number }
  /** Nobody knows whether it was done: the connection was lost. */
  | { readonly kind: "lost"; readonly cause: unknown };

export interface Message<Answer> {
  readonly chat: string;
  readonly isGroup: boolean;
  /** Takes long on a slow line: these go in an order of their own, within the same limits. */
  readonly isUpload?: boolean;
  /** Of two that wait with the same one the later stands in for both. */
  readonly replaces?: string;
  readonly send: () => Promise<Sent<Answer>>;
}

export class OutgoingError extends Error {
  override readonly name = "OutgoingError";
}

interface Waiting {
  readonly message: Message<unknown>;
  readonly settle: ((answer: unknown) => void)[];
  readonly refuse: ((error: unknown) => void)[];
  losses: number;
  firstLostMs: number | null;
}

interface Lane {
  waiting: Waiting[];
  isSending: boolean;
  /** After a loss. */
  notBeforeMs: number;
  /** Of the chat: one with that of its other lane. */
  readonly pace: Pace;
}

interface Pace {
  /** When messages of the last minute went, newest last. */
  sentMs: number[];
}

const ALL_PER_SECOND = 28;
const CHAT_EVERY_MS = 1_000;
const GROUP_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const WAITING_OF_CHAT_MAX = 200;
const WAITING_MAX = 5_000;
/** A message that was lost on the way is sent again for so long: it may arrive twice rather than never. */
const LOST_FOR_MS = 10 * 60_000;
const LOSS_PAUSE_MS = 1_000;
const LOSS_PAUSE_MAX_MS = 30_000;
/** Chats whose last messages are remembered. */
const LANES_MAX = 2_000;

export class Outgoing {
  readonly #clock: OutgoingClock;
  readonly #lanes = new Map<string, Lane>();
  #sentMs: number[] = [];
  #pausedUntilMs = 0;
  #waiting = 0;
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: OutgoingClock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when it was sent; rejects with an OutgoingError where it cannot be, or with what its sending threw. */
  send<Answer>(message: Message<Answer>): Promise<Answer> {
    const lane = this.#laneOf(message);
    return new Promise<Answer>((resolve, reject) => {
      // What a message is settled with is what its own sending answered.
      const settle = (answer: unknown) => resolve(answer as Answer);
      const known = message.replaces === undefined ? -1 : this.#replaceable(lane, message.replaces);
      const before = lane.waiting[known];
      if (before !== undefined) {
        const both = { message, settle: [...before.settle, settle], refuse: [...before.refuse, reject] };
        lane.waiting[known] = { ...both, losses: 0, firstLostMs: null };
        return;
      }
      if (lane.waiting.length >= WAITING_OF_CHAT_MAX || this.#waiting >= WAITING_MAX) {
        reject(new OutgoingError("too many messages wait for Telegram"));
        return;
      }
      lane.waiting.push({ message, settle: [settle], refuse: [reject], losses: 0, firstLostMs: null });
      this.#waiting += 1;
      this.#pump();
    });
  }

  /** Nothing that waits for its turn may be what is being sent. */
  #replaceable(lane: Lane, key: string): number {
    const from = lane.isSending ? 1 : 0;
    return lane.waiting.findIndex(({ message }, at) => at >= from && message.replaces === key);
  }

  #laneOf({ chat, isUpload = false }: Pick<Message<unknown>, "chat" | "isUpload">): Lane {
    const key = laneKey(chat, isUpload);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= LANES_MAX)
      for (const [name, lane] of this.#lanes) if (lane.waiting.length === 0) this.#lanes.delete(name);
    const pace = this.#lanes.get(laneKey(chat, !isUpload))?.pace ?? { sentMs: [] };
    const lane: Lane = { waiting: [], isSending: false, notBeforeMs: 0, pace };
    this.#lanes.set(key, lane);
    return lane;
  }

  #pump(): void {
    const nowMs = this.#clock.nowMs();
    this.#sentMs = this.#sentMs.filter((atMs) => nowMs - atMs < SECOND_MS);
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const [key, lane] of this.#lanes) {
      const [first] = lane.waiting;
      if (first === undefined || lane.isSending) continue;
      const dueMs = Math.max(this.#dueMs(nowMs), laneDueMs(lane, first.message.isGroup, nowMs));
      if (dueMs > nowMs) {
        earliestMs = Math.min(earliestMs, dueMs);
        continue;
      }
      // Whoever was served last comes last.
      this.#lanes.delete(key);
      this.#lanes.set(key, lane);
      this.#go(lane, first, nowMs);
    }
    this.#wake(earliestMs, nowMs);
  }

  #dueMs(nowMs: number): number {
    const [oldest = 0] = this.#sentMs;
    const freeMs = this.#sentMs.length < ALL_PER_SECOND ? nowMs : oldest + SECOND_MS;
    return Math.max(freeMs, this.#pausedUntilMs);
  }

  #go(lane: Lane, waiting: Waiting, nowMs: number): void {
    lane.isSending = true;
    lane.pace.sentMs = [...lane.pace.sentMs.filter((atMs) => nowMs - atMs < MINUTE_MS), nowMs];
    this.#sentMs.push(nowMs);
    waiting.message.send().then(
      (sent) => this.#came(lane, waiting, sent),
      (error: unknown) => this.#end(lane, () => refuseAll(waiting, error)),
    );
  }

  #came(lane: Lane, waiting: Waiting, sent: Sent<unknown>): void {
    if (sent.kind === "done") {
      this.#end(lane, () => {
        for (const settle of waiting.settle) settle(sent.answer);
      });
      return;
    }
    const nowMs = this.#clock.nowMs();
    if (sent.kind === "later") this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + sent.afterMs);
    else {
      waiting.firstLostMs ??= nowMs;
      if (nowMs - waiting.firstLostMs >= LOST_FOR_MS) {
        this.#end(lane, () => refuseAll(waiting, sent.cause));
        return;
      }
      lane.notBeforeMs = nowMs + Math.min(LOSS_PAUSE_MS * 3 ** waiting.losses, LOSS_PAUSE_MAX_MS);
      waiting.losses += 1;
    }
    lane.isSending = false;
    this.#pump();
  }

  #end(lane: Lane, settle: () => void): void {
    lane.waiting.shift();
    lane.isSending = false;
    this.#waiting -= 1;
    settle();
    this.#pump();
  }

  #wake(atMs: number, nowMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY || (this.#wakeAtMs <= atMs && this.#wakeAtMs > nowMs)) return;
    this.#wakeAtMs = atMs;
    this.#clock.setTimer(atMs - nowMs, () => {
      if (this.#wakeAtMs === atMs) this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }
}

function laneKey(chat: string, isUpload: boolean): string {
  return isUpload ? `${chat} uploads` : chat;
}

function laneDueMs({ pace: { sentMs }, notBeforeMs }: Lane, isGroup: boolean, nowMs: number): number {
  const last = sentMs.at(-1);
  const nextMs = Math.max(last === undefined ? nowMs : last + CHAT_EVERY_MS, notBeforeMs);
  const minute = sentMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
  const [oldest = 0] = minute.slice(-GROUP_PER_MINUTE);
  return isGroup && minute.length >= GROUP_PER_MINUTE ? Math.max(nextMs, oldest + MINUTE_MS) : nextMs;
}

function refuseAll({ refuse }: Waiting, error: unknown): void {
  for (const one of refuse) one(error);
}
