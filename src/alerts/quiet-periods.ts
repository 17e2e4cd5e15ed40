/**
 * Keeps a flapping stream from making a thousand messages. The first alert of a key passes; the same again within the quiet
 * period is counted, and one summary with the count follows at its end. When very many of one kind come at once, those beyond a
 * limit that are not critical are counted together, for each account by itself: whoever sees one account only is told of it,
 * however many alerts others have. Pure: times are arguments.
 */
import type { AccountId } from "../core/model/identifiers.ts";
import { type Alert, idOf } from "./alert.ts";

export interface QuietOptions {
  readonly quietMs: number;
  /** Different keys of one kind and account that may pass within one quiet period; what is critical passes beyond it. */
  readonly keysPerAccountMax: number;
  /** The same of all accounts together; beyond it the first of each account still passes. */
  readonly keysPerKindMax: number;
}

interface Window {
  /** When the last alert of this key was told. */
  readonly startedMs: number;
  /** The latest journaled event that is told or counted here. */
  event: number;
  count: number;
  firstMs: number;
  /** The latest that was counted, or the one that was told. */
  last: Alert;
}

export class QuietPeriods {
  #options: QuietOptions;
  readonly #windows = new Map<string, Window>();

  constructor(options: QuietOptions) {
    this.#options = options;
  }

  /** Counts for what is under way, too. */
  reconfigure(options: QuietOptions): void {
    this.#options = options;
  }

  /** An alert that was told in an earlier run. */
  restore(alert: Alert): void {
    this.#open(alert.key, alert);
  }

  /** Whether this alert is to be told; otherwise it is counted. */
  admits(alert: Alert): boolean {
    const own = this.#windowAt(alert.key, alert.atMs);
    if (own !== undefined) return this.#count(own, alert);
    const together = ofAccount(alert);
    const shared = this.#windowAt(together.key, alert.atMs);
    const isFull = shared !== undefined && shared.count > 0;
    if (alert.severity === "critical" || (!isFull && this.#hasRoomFor(alert))) {
      this.#open(alert.key, alert);
      return true;
    }
    return this.#count(shared ?? this.#open(together.key, together), together);
  }

  /** Whether this key was told a short while before. */
  isQuiet({ key, atMs }: Alert): boolean {
    return this.#windowAt(key, atMs) !== undefined;
  }

  /** Whether a journaled event is told or counted under this key already. */
  knows({ key, event }: Alert): boolean {
    return event !== undefined && event <= (this.#windows.get(key)?.event ?? -1);
  }

  /** Summaries whose quiet period is over; each begins a new one. */
  due(nowMs: number): readonly Alert[] {
    const summaries: Alert[] = [];
    for (const [key, window] of this.#windows) {
      if (!this.#isOver(window, nowMs)) continue;
      this.#windows.delete(key);
      if (window.count > 0) summaries.push(summaryOf(window, nowMs));
    }
    for (const summary of summaries) this.#open(summary.key, summary);
    return summaries;
  }

  #open(key: string, alert: Alert): Window {
    const { atMs, event = -1 } = alert;
    const window = { startedMs: atMs, event, count: 0, firstMs: atMs, last: alert };
    this.#windows.set(key, window);
    return window;
  }

  #count(window: Window, alert: Alert): false {
    if (window.count === 0) window.firstMs = alert.atMs;
    window.count += 1;
    window.event = Math.max(window.event, alert.event ?? -1);
    window.last = alert;
    return false;
  }

  /** One whose time is over but which owes a summary still counts. */
  #windowAt(key: string, atMs: number): Window | undefined {
    const window = this.#windows.get(key);
    return window === undefined || (window.count === 0 && this.#isOver(window, atMs)) ? undefined : window;
  }

  #hasRoomFor(alert: Alert): boolean {
    const { keysPerAccountMax, keysPerKindMax } = this.#options;
    const account = accountOf(alert);
    let ofKind = 0;
    let ofAccount = 0;
    for (const window of this.#windows.values()) {
      if (window.last.kind !== alert.kind || this.#isOver(window, alert.atMs)) continue;
      ofKind += 1;
      if (accountOf(window.last) === account) ofAccount += 1;
    }
    return ofAccount === 0 || (ofAccount < keysPerAccountMax && ofKind < keysPerKindMax);
  }

  /** A machine's clock that was set back must not keep anything quiet for longer. */
  #isOver({ startedMs }: Window, atMs: number): boolean {
    return Math.abs(atMs - startedMs) >= this.#options.quietMs;
  }
}

function summaryOf({ last, count, firstMs, event }: Window, nowMs: number): Alert {
  return {
    ...last,
    id: idOf(last.key, nowMs, count),
    atMs: nowMs,
    ...(event < 0 ? {} : { event }),
    repeats: { count, sinceMs: firstMs },
  };
}

/** Whose people are told. */
function accountOf({ follower, leader }: Alert): AccountId | undefined {
  return follower ?? leader;
}

/** What stands for many of one account: their kind and the account, and no longer what else they were about. */
function ofAccount({ leader, follower, instrument: _, ...shared }: Alert): Alert {
  const whose = follower !== undefined ? { follower } : leader !== undefined ? { leader } : {};
  return { ...shared, ...whose, key: `${shared.kind}|${follower ?? leader ?? ""}|*`, numbers: {} };
}
