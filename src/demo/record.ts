/**
 * What happened in the demo since its present began, read from the engine's own journal like anybody could: leader changes and what
 * each led to, orders with the leader's time, what everybody holds. Reads along while the engine writes.
 */
import { copiesOf } from "../core/explanation.ts";
import { hasOpenOrders } from "../core/ownership.ts";
import type { State } from "../core/state.ts";
import { legTarget } from "../core/target.ts";
import { viewJournalFolder } from "../journal/file.ts";
import { type FoldedStep, JournalFold } from "../journal/fold.ts";
import { JournalTail } from "../journal/tail.ts";

export interface SentOrder {
  readonly clientOrderId: string;
  readonly follower: string;
  /** 0 where no leader's trade led to it: a stop, or what was left over. */
  readonly leaderTimeMs: number;
}

/** Orders whose delay is told. */
const NEWEST_MAX = 1_000;

export class DemoRecord {
  readonly #tail: JournalTail;
  readonly #fold: JournalFold;
  readonly #open = new Set<string>();
  #changes = 0;
  #orders = 0;
  #newest: SentOrder[] = [];

  /** Made when the engine has begun: what it found when it began is its checkpoint. */
  constructor(journalFolder: string) {
    const { lastCheckpoint } = viewJournalFolder(journalFolder);
    this.#tail = new JournalTail(journalFolder, Math.max(1, lastCheckpoint));
    this.#fold = new JournalFold({ onDecision: (step, state) => this.#note(step, state) });
  }

  /** Takes in what was written since the last call. */
  catchUp(): void {
    for (const record of this.#tail.read(Number.MAX_SAFE_INTEGER)) this.#fold.take(record);
  }

  get state(): State {
    return this.#fold.state;
  }

  /** How many were sent. */
  get orders(): number {
    return this.#orders;
  }

  /** The last of them. */
  get newest(): readonly SentOrder[] {
    return this.#newest;
  }

  get leaderChanges(): number {
    return this.#changes;
  }

  /** Leader changes for which every follower has an order or a reason. */
  get explained(): number {
    const waiting = new Set([...this.#open].map((key) => key.slice(0, key.indexOf(" "))));
    return this.#changes - waiting.size;
  }

  /** Every follower holds its target or has a standing reason not to, with nothing in flight. */
  get inSync(): boolean {
    return this.state.markets.every((market) =>
      market.legs.every((leg) => {
        if (hasOpenOrders(leg)) return false;
        const parts = market.copies.flatMap((copy) => copy.legs.filter((part) => part.leg === leg.leg));
        const target = parts.reduce((sum, part) => sum + legTarget(part), 0);
        return target === leg.ownedLots || market.lastReason !== null;
      }),
    );
  }

  #note({ decision }: FoldedStep, state: State): void {
    for (const change of state.changes) {
      this.#changes += 1;
      for (const { leader, follower } of state.settings.allocations) {
        if (leader === change.leader)
          this.#open.add(keyOf(change.change, change.instrument, change.leg, follower));
      }
    }
    for (const planned of decision.orders) {
      const { clientOrderId, account: follower, context } = planned.order;
      const copies = copiesOf(planned);
      const answers = copies.some(({ pendingChanges }) => pendingChanges.length > 0);
      this.#orders += 1;
      this.#newest.push({ clientOrderId, follower, leaderTimeMs: answers ? context.leaderTimeMs : 0 });
      for (const copy of copies) this.#explain(copy.pendingChanges, follower);
    }
    if (this.#newest.length > 2 * NEWEST_MAX) this.#newest = this.#newest.slice(-NEWEST_MAX);
    for (const denial of decision.denials) this.#explain(denial.changes, denial.follower);
  }

  #explain(changes: readonly { change: number; instrument: string; leg: string }[], follower: string): void {
    for (const change of changes)
      this.#open.delete(keyOf(change.change, change.instrument, change.leg, follower));
  }
}

function keyOf(change: number, instrument: string, leg: string, follower: string): string {
  return `${change}/${instrument}/${leg} ${follower}`;
}
