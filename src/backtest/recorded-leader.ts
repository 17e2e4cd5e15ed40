/**
 * A recorded trader as the account of a leader: its fills come in as late as the delay model says, snapshots show what was heard of by
 * then. What it held before its record is known only where a fill tells it; what closes more than is known to be held closes
 * something from before, and counts as far as it is known. It never trades by itself.
 */
import type { PositionRow } from "../core/event.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueId } from "../core/model/identifiers.ts";
import { InstrumentId as instrumentIdOf, TradeId, VenueOrderId } from "../core/model/identifiers.ts";
import type { ApprovedOrder } from "../core/order.ts";
import type {
  AccountConnection,
  AccountInspection,
  Capabilities,
  ConnectionEvent,
  ConnectionListener,
} from "../exchange/exchange.ts";
import { Scope } from "../exchange/scope.ts";
import type { Clock } from "../exchange/transport.ts";
import type { LeaderFill } from "./leader-fill.ts";

export interface RecordedLeaderParts {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly clock: Clock;
  readonly listener: ConnectionListener;
}

interface Holding {
  readonly instrument: InstrumentId;
  readonly leg: PositionRow["leg"];
  quantity: Decimal;
  /** Of the fills that opened what is held. */
  entry: Decimal;
  sequence: number;
  timeMs: number;
}

const CAPABILITIES: Capabilities = { orderEntryStream: false, hedgeMode: true };
const NEVER_TRADES = "a recorded trader never trades";
/** Digits of an average price. */
const PRICE_SCALE = 12;

export class RecordedLeader implements AccountConnection {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly capabilities = CAPABILITIES;
  readonly #parts: RecordedLeaderParts;
  readonly #scope: Scope;
  readonly #holdings = new Map<string, Holding>();
  #equity = "";
  #sequence = 0;
  /** Everything until then was heard of; 0 before the first fill. */
  #heardUpToMs = 0;
  #isTold = false;
  /** Fills that closed something from before the record, as far as nobody knows of it. */
  unseen = 0;

  constructor(parts: RecordedLeaderParts) {
    this.account = parts.account;
    this.venue = parts.venue;
    this.#parts = parts;
    this.#scope = new Scope(parts.clock);
  }

  /** From here on the engine hears of it. Again: its equity is read anew. */
  tell(equity: string): void {
    this.#equity = equity;
    if (!this.#isTold) {
      this.#isTold = true;
      this.#emit({
        kind: "connection-changed",
        account: this.account,
        state: "up",
        cause: "",
        atMs: this.#scope.nowMs(),
      });
    }
    this.requestSnapshot();
  }

  get isTold(): boolean {
    return this.#isTold;
  }

  /** A fill is heard of, now. */
  heard(fill: LeaderFill): void {
    this.#heardUpToMs = fill.timeMs;
    const holding = this.#holdingOf(fill);
    const signed = fill.side === "buy" ? fill.quantity : fill.quantity.negated();
    const before = this.#before(holding, fill);
    const moved = counted(fill, before, signed);
    if (!moved.equals(signed)) this.unseen += 1;
    this.#sequence += 1;
    if (!before.equals(holding.quantity)) this.#correct(holding, before, fill);
    if (moved.isZero) return;
    holding.entry = entryAfter(holding, fill.price, moved);
    holding.quantity = before.plus(moved);
    holding.sequence = this.#sequence;
    holding.timeMs = fill.timeMs;
    if (!this.#isTold) return;
    this.#emit({
      kind: "leader-filled",
      account: this.account,
      instrument: holding.instrument,
      leg: fill.leg,
      tradeId: TradeId(`${this.account}-${this.#sequence}`),
      venueOrderId: VenueOrderId(`${this.account}-${this.#sequence}`),
      side: fill.side,
      quantity: moved.absolute().toString(),
      price: fill.price.toString(),
      fee: "0",
      sequence: this.#sequence,
      venueTimeMs: fill.timeMs,
      receivedAtMs: this.#scope.nowMs(),
    });
  }

  inspectKey(done: (result: AccountInspection) => void): void {
    this.inspect(done);
  }

  inspect(done: (result: AccountInspection) => void): void {
    this.#scope.setTimer(0, () =>
      done({
        account: this.account,
        userId: null,
        readOnly: true,
        canTrade: false,
        canWithdraw: false,
        permissions: ["recorded"],
        expiresAtMs: null,
        equity: this.#equity,
        available: "",
        clockOffsetMs: 0,
        positionMode: "hedge",
        marginMode: "",
      }),
    );
  }

  /** Nothing is told before `tell`. */
  open(): void {}

  close(): void {
    this.#scope.close();
  }

  requestSnapshot(): void {
    if (!this.#isTold) return;
    const requestedAtMs = this.#scope.nowMs();
    this.#scope.setTimer(0, () => this.#emit(this.#snapshot(requestedAtMs)));
  }

  describeMarket(instrument: InstrumentId): void {
    this.#questionFailed("describe-market", instrument);
  }

  submit(orders: readonly ApprovedOrder[]): void {
    const rejection = { class: "account-refused", code: 0, text: NEVER_TRADES } as const;
    const about = { account: this.account, rejection, atMs: this.#scope.nowMs() };
    for (const { clientOrderId } of orders) this.#emit({ kind: "order-rejected", clientOrderId, ...about });
  }

  cancel(): void {
    // Nothing of ours is ever there.
  }

  amend(): void {
    // Nothing of ours is ever there.
  }

  lookUp(clientOrderId: ClientOrderId): void {
    this.#questionFailed("look-up", clientOrderId);
  }

  setLeverage(instrument: InstrumentId): void {
    this.#questionFailed("set-leverage", instrument);
  }

  #holdingOf({ symbol, leg }: LeaderFill): Holding {
    const name = `${symbol} ${leg}`;
    const known = this.#holdings.get(name);
    if (known !== undefined) return known;
    const instrument = instrumentIdOf(symbol, this.venue);
    const made = {
      instrument,
      leg,
      quantity: Decimal.zero,
      entry: Decimal.zero,
      sequence: -1,
      timeMs: 0,
    };
    this.#holdings.set(name, made);
    return made;
  }

  #before({ quantity }: Holding, { positionBefore }: LeaderFill): Decimal {
    return positionBefore ?? quantity;
  }

  /** The record tells that something else was held before the fill: as a venue's own statement would. */
  #correct(holding: Holding, quantity: Decimal, { price, timeMs }: LeaderFill): void {
    holding.quantity = quantity;
    holding.entry = price;
    holding.sequence = this.#sequence;
    holding.timeMs = timeMs;
    const receivedAtMs = this.#scope.nowMs();
    if (this.#isTold)
      this.#emit({
        kind: "leader-position-reported",
        account: this.account,
        position: rowOf(holding),
        receivedAtMs,
      });
    this.#sequence += 1;
  }

  /** Stamped with the time that it tells of: what is still on its way then is no part of it, and counts when it is heard of. */
  #snapshot(requestedAtMs: number): ConnectionEvent {
    const nowMs = this.#scope.nowMs();
    const held = [...this.#holdings.values()].filter(({ quantity }) => !quantity.isZero);
    return {
      kind: "leader-snapshot-taken",
      account: this.account,
      positions: held.map(rowOf),
      orders: [],
      equity: { equity: this.#equity, available: "", balance: this.#equity },
      serverTimeMs: this.#heardUpToMs,
      requestedAtMs,
      receivedAtMs: nowMs,
    };
  }

  #questionFailed(question: "describe-market" | "look-up" | "set-leverage", subject: string): void {
    const about = { account: this.account, subject, cause: NEVER_TRADES, atMs: this.#scope.nowMs() };
    this.#scope.setTimer(0, () => this.#emit({ kind: "question-failed", question, ...about }));
  }

  #emit(event: ConnectionEvent): void {
    if (!this.#scope.isClosed) this.#parts.listener(event);
  }
}

function rowOf({ instrument, leg, quantity, entry, sequence, timeMs }: Holding): PositionRow {
  return {
    instrument,
    leg,
    quantity: quantity.toString(),
    entryPrice: quantity.isZero ? "" : entry.toString(),
    leverage: "",
    sequence,
    venueTimeMs: timeMs,
  };
}

/** How much of a fill counts: what closes something that nobody knows of does not. */
function counted({ leg, realises }: LeaderFill, before: Decimal, signed: Decimal): Decimal {
  const after = before.plus(signed);
  // One leg of hedge mode never changes its side.
  if (leg === "long" && after.sign < 0) return before.negated();
  if (leg === "short" && after.sign > 0) return before.negated();
  // Of a one-way account what realises profit closes; it opens nothing beyond.
  if (leg === "net" && realises && before.sign * signed.sign >= 0) return Decimal.zero;
  return signed;
}

function entryAfter({ quantity, entry }: Holding, price: Decimal, moved: Decimal): Decimal {
  const after = quantity.plus(moved);
  if (after.isZero) return Decimal.zero;
  if (quantity.isZero || quantity.sign !== after.sign) return price;
  if (quantity.sign !== moved.sign) return entry;
  const paid = quantity.times(entry).plus(moved.times(price));
  return paid.dividedBy(after, PRICE_SCALE, "half-even");
}
