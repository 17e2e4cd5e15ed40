/**
 * What a connector tells of one account, kept and awaited: tests wait for an event or a state, never for a time. Folds
 * fills and positions by itself, so that it can be compared with what the venue says.
 */
import type { Leg } from "../../src/core/event.ts";
import type { AccountConnection, ConnectionEvent } from "../../src/exchange/exchange.ts";

type Kind = ConnectionEvent["kind"];
type Of<Name extends Kind> = Extract<ConnectionEvent, { readonly kind: Name }>;

/** The longest that anything awaited may take; tests end far sooner. */
const PATIENCE_MS = 10_000;

interface Waiting {
  readonly isDone: () => boolean;
  readonly done: () => void;
}

export class EventRecorder {
  readonly events: ConnectionEvent[] = [];
  readonly #fills = new Map<string, number>();
  readonly #held = new Map<Leg, number>();
  readonly #folded = new Map<Leg, number>();
  readonly #byOrder = new Map<string, Set<string>>();
  readonly #quantityByOrder = new Map<string, number>();
  #waiting: Waiting[] = [];
  lastSequence = -1;

  readonly listener = (event: ConnectionEvent): void => {
    this.events.push(event);
    this.#fold(event);
    const due = this.#waiting.filter((one) => one.isDone());
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const one of due) one.done();
  };

  /** The signed quantity of a leg as position reports last stated it. */
  held(leg: Leg): number {
    return this.#held.get(leg) ?? 0;
  }

  /** The signed sum of a leg's fills, each trade counted once. */
  folded(leg: Leg): number {
    return rounded(this.#folded.get(leg) ?? 0);
  }

  /** What was filled under one of our ids. */
  filled(clientOrderId: string): number {
    return rounded(this.#quantityByOrder.get(clientOrderId) ?? 0);
  }

  tradeIds(clientOrderId: string): readonly string[] {
    return [...(this.#byOrder.get(clientOrderId) ?? [])].sort();
  }

  /** Resolves once it holds; rejects, showing what was heard, when it does not in time. */
  until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiting = { isDone, done: resolve };
      this.#waiting.push(waiting);
      setTimeout(() => {
        if (!this.#waiting.includes(waiting)) return;
        reject(new Error(`waited in vain; heard ${JSON.stringify(this.events.slice(-20))}`));
      }, PATIENCE_MS).unref();
    });
  }

  /** The first event of a kind, heard already or still to come. */
  async next<Name extends Kind>(
    kind: Name,
    matches: (event: Of<Name>) => boolean = () => true,
  ): Promise<Of<Name>> {
    const find = (): Of<Name> | undefined =>
      this.events.find((event): event is Of<Name> => event.kind === kind && matches(event as Of<Name>));
    await this.until(() => find() !== undefined);
    const found = find();
    if (found === undefined) throw new Error("unreachable: it was found a moment ago");
    return found;
  }

  #fold(event: ConnectionEvent): void {
    if (event.kind === "leader-filled" || event.kind === "follower-filled") this.#foldFill(event);
    else if (event.kind === "leader-position-reported" || event.kind === "follower-position-reported") {
      this.#held.set(event.position.leg, Number(event.position.quantity));
    }
  }

  #foldFill(event: Of<"leader-filled"> | Of<"follower-filled">): void {
    this.lastSequence = Math.max(this.lastSequence, event.sequence);
    if (this.#fills.has(event.tradeId)) return;
    const quantity = Number(event.quantity);
    this.#fills.set(event.tradeId, quantity);
    const signed = event.side === "buy" ? quantity : -quantity;
    this.#folded.set(event.leg, (this.#folded.get(event.leg) ?? 0) + signed);
    const id = event.clientOrderId;
    if (id === undefined) return;
    const trades = this.#byOrder.get(id) ?? new Set();
    this.#byOrder.set(id, trades.add(event.tradeId));
    this.#quantityByOrder.set(id, (this.#quantityByOrder.get(id) ?? 0) + quantity);
  }
}

/** Sums of thousandths in doubles, back on the grid. */
function rounded(value: number): number {
  const onGrid = Math.round(value * 1e6) / 1e6;
  return onGrid === 0 ? 0 : onGrid;
}

export type TestAccount = EventRecorder & { readonly connection: AccountConnection };
