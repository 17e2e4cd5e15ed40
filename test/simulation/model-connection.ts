/**
 * The network between an engine and the model venue, with everything that goes wrong there: requests and answers take
 * their time, get lost before or after the venue acted, and are refused for passing reasons; stream messages are lost,
 * doubled, late and out of order; reads lag behind. It keeps the promises of the contract (every submission gets
 * accepted, rejected or unknown) and no others.
 */

import type { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import type {
  ChangeRefusal,
  EquityReport,
  FollowedMarginMode,
  LeaderOrderRow,
  OrderRow,
  PositionRow,
} from "../../src/core/event.ts";
import {
  type AccountId,
  ClientOrderId,
  InstrumentId,
  TradeId,
  type VenueId,
  VenueOrderId,
} from "../../src/core/model/identifiers.ts";
import type { ApprovedChange, ApprovedOrder } from "../../src/core/order.ts";
import type {
  AccountConnection,
  AccountInspection,
  Capabilities,
  ConnectionEvent,
  ConnectionListener,
} from "../../src/exchange/exchange.ts";
import type { ExchangeError } from "../../src/exchange/exchange-error.ts";
import type { SeededChance } from "./chance.ts";
import {
  isOpen,
  type ModelVenue,
  text,
  type VenueAccount,
  type VenueFill,
  type VenueOrder,
  type VenuePosition,
} from "./model-venue.ts";
import type { Tally } from "./tally.ts";

/** Probabilities from 0 to 1; everything off is a perfect network. */
export interface Faults {
  readonly requestLost: number;
  readonly answerLost: number;
  readonly rateLimited: number;
  readonly latencyMaxMs: number;
  /** A request may be held up this long on its way; the venue refuses what is older than its window. */
  readonly heldUp: number;
  readonly partialFills: number;
  readonly streamDropped: number;
  readonly streamDoubled: number;
  readonly streamDelayMaxMs: number;
  readonly readLagMaxMs: number;
  readonly readLost: number;
}

type FaultChance = Exclude<keyof Faults, "latencyMaxMs" | "streamDelayMaxMs" | "readLagMaxMs">;

export const NO_FAULTS: Faults = {
  requestLost: 0,
  answerLost: 0,
  rateLimited: 0,
  latencyMaxMs: 5,
  heldUp: 0,
  partialFills: 0,
  streamDropped: 0,
  streamDoubled: 0,
  streamDelayMaxMs: 3,
  readLagMaxMs: 0,
  readLost: 0,
};

const TIME_OUT_MS = 3_000;
const HELD_UP_MAX_MS = 9_000;
const MATCHING_MAX_MS = 40;
const CATCH_UP_MS = 10 * 60_000;

export interface ConnectionParts {
  readonly clock: VirtualClock;
  readonly venue: ModelVenue;
  readonly chance: SeededChance;
  readonly faults: () => Faults;
  /** Until when no read of the account is answered, and whether its stream is silent, too; null: no outage. */
  readonly outage: () => { readonly untilMs: number; readonly streamToo: boolean } | null;
  /** Where faults that struck are counted. */
  readonly struck: Tally;
  readonly listener: ConnectionListener;
  readonly role: "leader" | "follower";
  readonly orderWindowMs: number;
}

export class ModelConnection implements AccountConnection {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly capabilities: Capabilities = { orderEntryStream: true, hedgeMode: true };
  readonly #parts: ConnectionParts;
  readonly #truth: VenueAccount;
  #alive = false;
  #streaming = false;
  #followsOrders = false;
  #tellsMargin = false;
  /** Of a follower: what was executed while nobody listened is still to be told; how many of that. */
  #isUnheard = true;
  #unheard = 0;

  constructor(account: AccountId, venue: VenueId, parts: ConnectionParts) {
    this.account = account;
    this.venue = venue;
    this.#parts = parts;
    const truth = parts.venue.accounts.get(account);
    if (truth === undefined) throw new Error(`no account ${account}`);
    this.#truth = truth;
  }

  inspectKey(done: (result: AccountInspection | ExchangeError) => void): void {
    this.inspect(done);
  }

  inspect(done: (result: AccountInspection | ExchangeError) => void): void {
    const { mode } = this.#truth;
    const { equity, available } = this.#parts.venue.moneyOf(this.#truth);
    this.#later(() =>
      done({
        account: this.account,
        userId: null,
        readOnly: false,
        canTrade: true,
        canWithdraw: false,
        permissions: [],
        expiresAtMs: null,
        equity,
        available,
        clockOffsetMs: 0,
        positionMode: mode,
        marginMode: this.#truth.marginMode,
      }),
    );
  }

  open(): void {
    this.#alive = true;
    this.#truth.watcher = {
      ordered: (order) => {
        if (order.clientOrderId !== "") this.#stream(this.#orderEvent(order));
        else if (this.#followsOrders) this.#stream(this.#leaderOrderEvent(order));
      },
      filled: (fill) => this.#stream(this.#fillEvent(fill)),
      moved: (position) => this.#stream(this.#positionEvent(position)),
    };
    this.#later(() => this.#connect());
  }

  /** Death: nothing comes back from here on, but what was sent is on its way. */
  close(): void {
    this.#alive = false;
    this.#streaming = false;
    this.#truth.watcher = null;
  }

  /** The private stream breaks, and comes back after a while. */
  dropStream(forMs: number): void {
    if (!this.#streaming) return;
    this.#streaming = false;
    this.#parts.struck.add("disconnect");
    this.#tell({
      kind: "connection-changed",
      account: this.account,
      state: "down",
      cause: "dropped",
      atMs: this.#now(),
    });
    this.#parts.clock.setTimer(forMs, () => this.#connect());
  }

  /** At once, where the stream is broken. */
  reconnect(): void {
    this.#connect();
  }

  followOrders(wanted: boolean): void {
    const isNew = wanted && !this.#followsOrders;
    this.#followsOrders = wanted;
    if (isNew && this.#alive) this.requestSnapshot();
  }

  tellMarginMode(wanted: boolean): void {
    const isNew = wanted && !this.#tellsMargin;
    this.#tellsMargin = wanted;
    if (isNew && this.#alive) this.requestSnapshot();
  }

  setMarginMode(marginMode: FollowedMarginMode): void {
    const { venue } = this.#parts;
    this.#ask("set-margin-mode", marginMode, () => {
      const isSet = venue.setMarginMode(this.#truth, marginMode);
      const head = { account: this.account, marginMode };
      const rejection = { class: "bad-request", code: 3400045, text: "the account has positions" } as const;
      return () =>
        isSet
          ? { kind: "margin-mode-set", ...head, atMs: this.#now() }
          : { kind: "margin-mode-refused", ...head, rejection, atMs: this.#now() };
    });
  }

  requestSnapshot(): void {
    const requestedAtMs = this.#now();
    this.#ask("snapshot", "", () => {
      const { venue, role } = this.#parts;
      const stale = this.#copyOfAccount();
      const told = {
        ...(this.#followsOrders ? { leaderOrders: stale.leaderOrders } : {}),
        ...(this.#tellsMargin
          ? { marginMode: this.#truth.marginMode, foreignOrders: stale.leaderOrders.length }
          : {}),
      };
      return (lagMs: number) => {
        const kind = role === "leader" ? "leader-snapshot-taken" : "follower-snapshot-taken";
        return {
          kind,
          account: this.account,
          positions: stale.positions,
          orders: stale.orders,
          ...(role === "follower" && this.#isUnheard ? { awaitsExecutions: true as const } : {}),
          ...told,
          equity: stale.equity,
          serverTimeMs: venue.nowMs() + lagMs,
          requestedAtMs,
          receivedAtMs: this.#now(),
        };
      };
    });
  }

  describeMarket(instrument: InstrumentId): void {
    this.#ask("describe-market", instrument, () => {
      const { mode, leverage } = this.#truth;
      const value = String(leverage.get(symbolOf(instrument)) ?? 10);
      return () => ({
        kind: "market-described",
        account: this.account,
        instrument,
        mode,
        leverage: value,
        atMs: this.#now(),
      });
    });
  }

  submit(orders: readonly ApprovedOrder[]): void {
    for (const order of orders) this.#send(order);
  }

  cancel(clientOrderId: ClientOrderId): void {
    this.#change("order-cancel-refused", clientOrderId, (venue) => venue.cancel(this.#truth, clientOrderId));
  }

  amend(clientOrderId: ClientOrderId, _instrument: InstrumentId, change: ApprovedChange): void {
    const { price, quantity, triggerPrice } = change;
    const asked = {
      ...(price === undefined ? {} : { price }),
      ...(quantity === undefined ? {} : { steps: quantity }),
      ...(triggerPrice === undefined ? {} : { trigger: triggerPrice }),
    };
    this.#change("order-amend-refused", clientOrderId, (venue) =>
      venue.amend(this.#truth, clientOrderId, asked),
    );
  }

  lookUp(clientOrderId: ClientOrderId, instrument: InstrumentId): void {
    this.#ask("look-up", clientOrderId, () => {
      const order = this.#truth.byClientId.get(clientOrderId);
      const row = order === undefined ? null : this.#orderRow(order);
      return (lagMs) =>
        row === null
          ? {
              kind: "order-not-found",
              account: this.account,
              clientOrderId,
              serverTimeMs: this.#parts.venue.nowMs() + lagMs,
              atMs: this.#now(),
            }
          : {
              kind: "order-reported",
              account: this.account,
              order: { ...row, instrument },
              atMs: this.#now(),
            };
    });
  }

  setLeverage(instrument: InstrumentId, leverage: string): void {
    this.#ask("set-leverage", instrument, () => {
      const isSet = this.#parts.venue.setLeverage(this.#truth, symbolOf(instrument), Number(leverage));
      const head = { account: this.account, instrument, leverage };
      const rejection = { class: "leverage-too-high", code: 110013, text: "the risk tier" } as const;
      return () =>
        isSet
          ? { kind: "leverage-set", ...head, atMs: this.#now() }
          : { kind: "leverage-refused", ...head, rejection, atMs: this.#now() };
    });
  }

  #connect(): void {
    if (!this.#alive || this.#streaming) return;
    const outage = this.#parts.outage();
    if (outage?.streamToo) {
      this.#parts.clock.setTimer(outage.untilMs - this.#now(), () => this.#connect());
      return;
    }
    this.#streaming = true;
    this.#tell({
      kind: "connection-changed",
      account: this.account,
      state: "up",
      cause: "",
      atMs: this.#now(),
    });
    this.requestSnapshot();
    this.#catchUp();
  }

  /** What was executed lately is told again after each connection; most of it is known. */
  #catchUp(): void {
    const sinceMs = this.#parts.venue.nowMs() - CATCH_UP_MS;
    const missed = this.#truth.fills.filter(({ timeMs }) => timeMs >= sinceMs);
    this.#unheard += missed.length;
    this.#isUnheard = this.#unheard > 0;
    for (const fill of missed)
      this.#later(() => {
        this.#tell(stamped(this.#fillEvent(fill), this.#now()));
        this.#unheard -= 1;
        this.#isUnheard = this.#unheard > 0;
      });
  }

  #send(order: ApprovedOrder): void {
    const { chance, clock, faults: current, orderWindowMs, venue } = this.#parts;
    const faults = current();
    const sentAtMs = clock.nowMs();
    const ticket = {
      symbol: symbolOf(order.instrument),
      leg: order.leg,
      side: order.lots > 0 ? ("buy" as const) : ("sell" as const),
      steps: Math.abs(order.lots),
      reduceOnly: order.reduceOnly,
      clientOrderId: order.clientOrderId,
      form: order.form,
    };
    const answer = this.#answerFor(order.clientOrderId);
    clock.setTimer(TIME_OUT_MS, () => answer.unknown("no answer in time"));
    if (this.#strikes("requestLost", faults)) {
      venue.noteLost(this.#truth, ticket);
      if (chance.hits(0.5)) this.#later(() => answer.unknown("connection lost"));
      return;
    }
    const delayMs = this.#strikes("heldUp", faults)
      ? chance.between(0, HELD_UP_MAX_MS)
      : chance.between(1, faults.latencyMaxMs);
    clock.setTimer(delayMs, () => {
      if (clock.nowMs() > sentAtMs + orderWindowMs) return venue.noteLost(this.#truth, ticket);
      if (this.#strikes("rateLimited", faults))
        return this.#later(() => answer.rejected("rate-limited", 10006));
      const result = venue.place(this.#truth, ticket);
      if (result.kind === "accepted") this.#match(result.order, faults);
      if (this.#strikes("answerLost", faults)) {
        if (chance.hits(0.5)) this.#later(() => answer.unknown("connection lost"));
        return;
      }
      if (result.kind === "accepted") this.#later(() => answer.accepted(result.order.orderId));
      else this.#later(() => answer.rejected(result.class, result.code));
    });
  }

  /** A cancellation or an amendment on its way, with the same troubles as an order; its answer says nothing when it was done. */
  #change(
    kind: "order-cancel-refused" | "order-amend-refused",
    clientOrderId: ClientOrderId,
    act: (venue: ModelVenue) => VenueOrder | null | "refused",
  ): void {
    const { chance, clock, faults: current, orderWindowMs, venue } = this.#parts;
    const faults = current();
    const sentAtMs = clock.nowMs();
    let open = true;
    const refuse = (refusal: ChangeRefusal): void => {
      if (open) this.#tell({ kind, account: this.account, clientOrderId, refusal, atMs: this.#now() });
      open = false;
    };
    const unknown = (): void => refuse({ class: "unknown", code: 0, text: "no answer in time" });
    clock.setTimer(TIME_OUT_MS, unknown);
    if (this.#strikes("requestLost", faults)) return;
    const delayMs = this.#strikes("heldUp", faults)
      ? chance.between(0, HELD_UP_MAX_MS)
      : chance.between(1, faults.latencyMaxMs);
    clock.setTimer(delayMs, () => {
      if (clock.nowMs() > sentAtMs + orderWindowMs) return;
      if (this.#strikes("rateLimited", faults))
        return this.#later(() => refuse({ class: "rate-limited", code: 10006, text: "" }));
      const done = act(venue);
      if (this.#strikes("answerLost", faults)) return;
      this.#later(() => {
        if (done === null) refuse({ class: "already-gone", code: 110001, text: "" });
        else if (done === "refused") refuse({ class: "bad-request", code: 10001, text: "" });
        open = false;
      });
    });
  }

  #match(order: VenueOrder, faults: Faults): void {
    const { chance, clock, venue } = this.#parts;
    const share = this.#strikes("partialFills", faults) ? chance.pick([0, 0.3, 0.7]) : 1;
    const matching = { share, executions: chance.whole(1, 3) };
    if (chance.hits(0.5)) return venue.match(this.#truth, order, matching);
    clock.setTimer(chance.between(0, MATCHING_MAX_MS), () => venue.match(this.#truth, order, matching));
  }

  /** Whichever comes first is told; the rest is silence. */
  #answerFor(clientOrderId: ClientOrderId): Answers {
    let open = true;
    const once = (event: () => ConnectionEvent): void => {
      if (!open) return;
      open = false;
      this.#tell(event());
    };
    const head = { account: this.account, clientOrderId };
    return {
      accepted: (orderId) =>
        once(() => ({
          kind: "order-accepted",
          ...head,
          venueOrderId: VenueOrderId(orderId),
          atMs: this.#now(),
        })),
      rejected: (kind, code) =>
        once(() => ({
          kind: "order-rejected",
          ...head,
          rejection: { class: kind, code, text: "" },
          atMs: this.#now(),
        })),
      unknown: (cause) => once(() => ({ kind: "order-outcome-unknown", ...head, cause, atMs: this.#now() })),
    };
  }

  /** A read: looked at some time before it is answered, or lost. */
  #ask(
    question: "snapshot" | "describe-market" | "look-up" | "set-leverage" | "set-margin-mode",
    subject: string,
    look: () => (lagMs: number) => ConnectionEvent,
  ): void {
    const { chance, clock, faults: current } = this.#parts;
    const faults = current();
    if (this.#parts.outage() !== null || this.#strikes("readLost", faults)) {
      this.#later(() =>
        this.#tell({
          kind: "question-failed",
          account: this.account,
          question,
          subject,
          cause: "lost",
          atMs: this.#now(),
        }),
      );
      return;
    }
    const lagMs = chance.between(0, faults.readLagMaxMs);
    clock.setTimer(chance.between(1, faults.latencyMaxMs), () => {
      const answer = look();
      clock.setTimer(lagMs, () => {
        const event = answer(0);
        this.#later(() => this.#tell(event));
      });
    });
  }

  #strikes(fault: FaultChance, faults: Faults): boolean {
    const hit = this.#parts.chance.hits(faults[fault]);
    if (hit) this.#parts.struck.add(fault);
    return hit;
  }

  #stream(event: ConnectionEvent): void {
    if (!this.#streaming) return;
    const { chance, clock, faults: current } = this.#parts;
    const faults = current();
    if (this.#strikes("streamDropped", faults)) return;
    const times = this.#strikes("streamDoubled", faults) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      clock.setTimer(chance.between(0, faults.streamDelayMaxMs), () =>
        this.#tell(stamped(event, this.#now())),
      );
    }
  }

  #tell(event: ConnectionEvent): void {
    if (this.#alive) this.#parts.listener(event);
  }

  #later(action: () => void): void {
    this.#parts.clock.setTimer(this.#parts.chance.between(1, this.#parts.faults().latencyMaxMs), action);
  }

  #now(): number {
    return this.#parts.clock.nowMs();
  }

  #copyOfAccount(): {
    readonly positions: PositionRow[];
    readonly orders: OrderRow[];
    readonly leaderOrders: LeaderOrderRow[];
    readonly equity: EquityReport;
  } {
    const positions = [...this.#truth.positions.values()].filter(({ steps }) => steps !== 0);
    const orders = [...this.#truth.byClientId.values()].filter(isOpen);
    const own = [...this.#truth.orders.values()].filter(
      (order) => order.clientOrderId === "" && isOpen(order),
    );
    const { venue } = this.#parts;
    const { equity, available, balance } = venue.moneyOf(this.#truth);
    return {
      leaderOrders: own.map((order) => this.#leaderOrderRow(order)),
      equity: venue.keepsMoney ? { equity, available, balance } : { equity, available },
      positions: positions.map((position) => this.#positionRow(position)),
      orders: orders.map((order) => this.#orderRow(order)),
    };
  }

  #positionRow(position: VenuePosition): PositionRow {
    const { symbol, leg, steps, sequence, updatedMs } = position;
    const { entry, liquidation } = this.#parts.venue.termsOf(this.#truth, position);
    return {
      instrument: InstrumentId(symbol, this.venue),
      leg,
      quantity: this.#quantity(symbol, steps),
      entryPrice: entry,
      ...(liquidation === "" ? {} : { liquidationPrice: liquidation }),
      leverage: String(this.#truth.leverage.get(symbol) ?? 10),
      sequence,
      venueTimeMs: updatedMs,
    };
  }

  #orderRow(order: VenueOrder): OrderRow {
    return {
      instrument: InstrumentId(order.symbol, this.venue),
      leg: order.leg,
      clientOrderId: ClientOrderId(order.clientOrderId),
      venueOrderId: VenueOrderId(order.orderId),
      side: order.side,
      status: order.status,
      orderType: order.price === 0 ? "market" : "limit",
      price: order.price === 0 ? "" : this.#price(order.symbol, order.price),
      triggerPrice: order.trigger === 0 ? "" : this.#price(order.symbol, order.trigger),
      quantity: this.#quantity(order.symbol, order.steps),
      filledQuantity: this.#quantity(order.symbol, order.filledSteps),
      averagePrice: "",
      reduceOnly: order.reduceOnly,
      venueReason: order.venueReason,
      venueTimeMs: order.updatedMs,
    };
  }

  #leaderOrderRow(order: VenueOrder): LeaderOrderRow {
    const { form, side } = order;
    const { instrument, leg, venueOrderId, status, quantity, filledQuantity, averagePrice, ...rest } =
      this.#orderRow(order);
    const {
      reduceOnly,
      venueReason,
      venueTimeMs,
      orderType = "market",
      price = "",
      triggerPrice = "",
    } = rest;
    const direction = form.kind === "conditional" ? form.direction : null;
    const takesProfit = (side === "sell") === (direction === "rises");
    const simple = form.kind === "conditional" ? form.becomes : form;
    return {
      instrument,
      leg,
      venueOrderId,
      orderKind: direction === null || !reduceOnly ? "order" : takesProfit ? "take-profit" : "stop-loss",
      side,
      status,
      quantity,
      filledQuantity,
      averagePrice,
      orderType,
      price,
      triggerPrice,
      timeInForce: simple.kind === "limit" ? simple.timeInForce : "IOC",
      triggerBy: form.kind === "conditional" ? form.by : null,
      triggerDirection: direction,
      reduceOnly,
      venueReason,
      venueTimeMs,
    };
  }

  #leaderOrderEvent(order: VenueOrder): ConnectionEvent {
    return {
      kind: "leader-order-reported",
      account: this.account,
      order: this.#leaderOrderRow(order),
      atMs: 0,
    };
  }

  #orderEvent(order: VenueOrder): ConnectionEvent {
    return { kind: "order-reported", account: this.account, order: this.#orderRow(order), atMs: 0 };
  }

  #fillEvent(fill: VenueFill): ConnectionEvent {
    const kind = this.#parts.role === "leader" ? "leader-filled" : "follower-filled";
    const own = fill.clientOrderId === "" ? {} : { clientOrderId: ClientOrderId(fill.clientOrderId) };
    return {
      kind,
      account: this.account,
      instrument: InstrumentId(fill.symbol, this.venue),
      leg: fill.leg,
      tradeId: TradeId(fill.tradeId),
      venueOrderId: VenueOrderId(fill.orderId),
      ...own,
      side: fill.side,
      quantity: this.#quantity(fill.symbol, fill.steps),
      price: fill.price,
      fee: "0",
      sequence: fill.sequence,
      venueTimeMs: fill.timeMs,
      receivedAtMs: 0,
    };
  }

  #positionEvent(position: VenuePosition): ConnectionEvent {
    const kind = this.#parts.role === "leader" ? "leader-position-reported" : "follower-position-reported";
    return { kind, account: this.account, position: this.#positionRow(position), receivedAtMs: 0 };
  }

  #price(symbol: string, ticks: number): string {
    return this.#parts.venue.priceText(symbol, ticks);
  }

  #quantity(symbol: string, steps: number): string {
    return text(steps, this.#parts.venue.instruments.get(symbol)?.quantityStep ?? "1");
  }
}

interface Answers {
  accepted(orderId: string): void;
  rejected(
    kind: Extract<ConnectionEvent, { kind: "order-rejected" }>["rejection"]["class"],
    code: number,
  ): void;
  unknown(cause: string): void;
}

/** Streamed events carry the time of their arrival. */
function stamped(event: ConnectionEvent, nowMs: number): ConnectionEvent {
  return "receivedAtMs" in event ? { ...event, receivedAtMs: nowMs } : { ...event, atMs: nowMs };
}

function symbolOf(instrument: InstrumentId): string {
  return instrument.slice(0, instrument.indexOf("@"));
}
