/**
 * What is watched at the mouth of a simulated process, message by message: an order leaves only when its intent is in the
 * journal, and an id stands for one order for ever, whatever was lost between. And that nothing grows without bound.
 */
import { parseClientOrderId } from "../../src/core/client-order-id.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { Event } from "../../src/core/event.ts";
import type { State } from "../../src/core/state.ts";
import { type FoldedStep, JournalFold } from "../../src/journal/fold.ts";
import type { Journal } from "../../src/journal/journal.ts";
import { decidedBreaches, scheduledBreaches, type Waiting } from "./wire-bounds.ts";

const CREATES: ReadonlySet<string> = new Set(["order.create", "order.create-batch"]);
const ORDERS_PER_SECOND = 10;
const CREATE_PATHS: ReadonlySet<string> = new Set(["/v5/order/create", "/v5/order/create-batch"]);

type Order = Readonly<Record<string, unknown>>;

export class WireWatch {
  readonly breach: (text: string) => void;
  /** Every id that was read from a journal. */
  readonly #intended = new Set<string>();
  readonly #sent = new Map<string, string>();
  /** By account, when orders left in this life lately. */
  readonly #sendings = new Map<string, readonly number[]>();
  #reader: { readonly journal: Journal; readonly fold: JournalFold; next: number } | null = null;

  constructor(breach: (text: string) => void) {
    this.breach = breach;
  }

  /** A life begins, on this journal. */
  begin(journal: Journal): void {
    const onDecision = ({ decision }: FoldedStep): void => {
      for (const { order } of decision.orders) this.#intended.add(order.clientOrderId);
    };
    this.#sendings.clear();
    this.#reader = { journal, fold: new JournalFold({ onDecision }), next: 0 };
  }

  /** A message on its way out: of a WebSocket, or with the path of a request. */
  leaving(text: string, path: string, state: State | null, nowMs: number): void {
    for (const order of ordersIn(text, path)) {
      const { orderLinkId, symbol, side, qty, positionIdx, price = "" } = order;
      const id = String(orderLinkId);
      const body = [symbol, side, qty, positionIdx, price].join(" ");
      if (!this.#isIntended(id)) this.breach(`${id} leaves before its intent is in the journal`);
      const index = parseClientOrderId(id)?.market ?? -1;
      const follower = state?.markets[index]?.follower;
      if (follower !== undefined) this.#noteSending(follower.account, nowMs);
      const isAdding = order.reduceOnly !== true && follower !== undefined;
      if (isAdding && follower.halted !== null)
        this.breach(`${id} adds, and its follower is halted: ${follower.halted}`);
      if (isAdding && follower.paused) this.breach(`${id} adds, and its follower is paused`);
      const earlier = this.#sent.get(id);
      if (earlier !== undefined && earlier !== body) this.breach(`${id} is sent as ${body} after ${earlier}`);
      this.#sent.set(id, body);
    }
  }

  /** After each decision: queues are bounded, nothing opens on old news of a follower, and a fresh look at an account agrees with what is believed. */
  decided(event: Event, { refusal, orders }: Decision, state: State): void {
    for (const breach of decidedBreaches(event, state, (id) => this.#sent.has(id))) this.breach(breach);
    for (const { order, market } of orders) {
      const ageMs = state.nowMs - market.follower.confirmedAtMs;
      if (!order.reduceOnly && ageMs > state.settings.followerStaleAfterMs)
        this.breach(`${order.clientOrderId} adds, and nothing was heard of its follower for ${ageMs} ms`);
    }
    if (event.kind !== "follower-snapshot-taken" || refusal !== null) return;
    const follower = state.followers.get(event.account);
    for (const market of follower?.markets.values() ?? []) {
      for (const leg of market.legs) {
        // A difference may be news that is on its way; what matters is that it is known as one.
        if (leg.mismatchSinceMs === null && leg.ownedLots + leg.foreignLots !== leg.venue.lots)
          this.breach(
            `${state.nowMs} ${market.follower.account} ${market.instrument.id} ${leg.leg}: owned ${leg.ownedLots} + foreign ${leg.foreignLots} after a snapshot of ${leg.venue.lots}`,
          );
      }
    }
  }

  /** After each step of the scheduler. */
  stepped(timers: number, waiting: Waiting | null, accounts: number): void {
    for (const breach of scheduledBreaches(timers, waiting, accounts)) this.breach(breach);
  }

  /** The venue takes so many orders of a key within a second; owners, with the same key, come beside them. */
  #noteSending(account: string, nowMs: number): void {
    const lately = (this.#sendings.get(account) ?? []).filter((atMs) => atMs > nowMs - 1_000);
    this.#sendings.set(account, [...lately, nowMs]);
    if (lately.length >= ORDERS_PER_SECOND)
      this.breach(`${account}: more than ${ORDERS_PER_SECOND} orders leave within a second`);
  }

  /** By the journal itself, as recovery would read it. */
  #isIntended(id: string): boolean {
    const reader = this.#reader;
    if (this.#intended.has(id) || reader === null) return this.#intended.has(id);
    const { journal, fold } = reader;
    const records = reader.next === 0 ? journal.sinceCheckpoint() : journal.read(reader.next);
    for (const record of records) {
      fold.take(record);
      reader.next = record.sequence + 1;
    }
    return this.#intended.has(id);
  }
}

function ordersIn(text: string, path: string): readonly Order[] {
  if (!text.includes("orderLinkId")) return [];
  const message = asRecord(JSON.parse(text));
  if (CREATE_PATHS.has(path))
    return Array.isArray(message.request) ? message.request.map(asRecord) : [message];
  if (!CREATES.has(String(message.op)) || !Array.isArray(message.args)) return [];
  return message.args
    .map(asRecord)
    .flatMap((one) => (Array.isArray(one.request) ? one.request.map(asRecord) : [one]));
}

function asRecord(value: unknown): Order {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
