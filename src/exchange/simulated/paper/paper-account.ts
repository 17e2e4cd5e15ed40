/**
 * The trading account of a paper follower: the same contract as a real one, fulfilled by the paper venue. An order meets
 * the real venue's book as it stands when the order would have arrived there, walks it and pays fees; what rests is filled by
 * what the book shows later. Questions take the same time. Every answer is a later event, none comes within the call. Orders
 * that rest live in memory: after a restart the venue knows them no more, as if they had been cancelled.
 */
import type { ChangeRefusal, PositionMode, Rejection } from "../../../core/event.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueId } from "../../../core/model/identifiers.ts";
import type { Instrument } from "../../../core/model/instrument.ts";
import type { ApprovedChange, ApprovedOrder } from "../../../core/order.ts";
import type {
  AccountConnection,
  AccountInspection,
  Capabilities,
  ConnectionEvent,
  ConnectionListener,
  RiskTierSource,
} from "../../exchange.ts";
import { Scope } from "../../scope.ts";
import type { Clock } from "../../transport.ts";
import type { SimulatedVenue } from "../simulated-venue.ts";
import type { ExecutionRow, OrderOutcome, SettingOutcome } from "../venue-types.ts";
import { amendmentOf, changeRefusalOf, referenceOf, requestOf } from "./paper-orders.ts";
import { noPrices, rejectionOf } from "./paper-refusals.ts";
import type { PaperRestore } from "./paper-restore.ts";
import {
  equityReport,
  fillReport,
  fundingReport,
  orderRow,
  positionRow,
  venueOrderId,
} from "./paper-rows.ts";
import type { AccountEventListener, PaperVenue } from "./paper-venue.ts";

interface PaperAccountOptions {
  /** From a request to its effect and its answer. */
  readonly latencyMs: number;
  /** Of instruments in which nothing is restored. */
  readonly positionMode: PositionMode;
  /** How long the first question about an instrument may wait for its prices. */
  readonly pricesWaitMsMax: number;
}

const PAPER_DEFAULTS: PaperAccountOptions = {
  latencyMs: 50,
  positionMode: "one-way",
  pricesWaitMsMax: 3_000,
};

export interface PaperAccountParts {
  readonly account: AccountId;
  readonly paperVenue: PaperVenue;
  /** USDT that a new account begins with. */
  readonly balance: string;
  /** What it held before a restart; null for a new account. */
  readonly restore: PaperRestore | null;
  readonly clock: Clock;
  /** Of the real venue; what a market is described after. */
  readonly riskTiers?: RiskTierSource;
  readonly listener: ConnectionListener;
  readonly options?: Partial<PaperAccountOptions>;
  /** What is amiss but does not stop the account: a position whose instrument is gone. */
  readonly onNotice?: (text: string) => void;
}

/** Creates the account at the paper venue at once. Throws a RangeError when balance or restored figures are no numbers. */
export function connectPaperAccount(parts: PaperAccountParts): AccountConnection {
  return new PaperAccount(parts);
}

const CAPABILITIES: Capabilities = { orderEntryStream: false, hedgeMode: true };

class PaperAccount implements AccountConnection {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly capabilities = CAPABILITIES;
  readonly #parts: PaperAccountParts;
  readonly #options: PaperAccountOptions;
  readonly #paper: PaperVenue;
  readonly #scope: Scope;
  #isOpen = false;

  constructor(parts: PaperAccountParts) {
    this.account = parts.account;
    this.venue = parts.paperVenue.venue;
    this.#parts = parts;
    this.#options = { ...PAPER_DEFAULTS, ...parts.options };
    this.#paper = parts.paperVenue;
    this.#scope = new Scope(parts.clock);
    createPaperAccount(parts, this.#options.positionMode);
  }

  inspectKey(done: (result: AccountInspection) => void): void {
    this.inspect(done);
  }

  inspect(done: (result: AccountInspection) => void): void {
    this.#scope.setTimer(0, () => {
      const { equity, available } = this.#equity();
      done({
        account: this.account,
        userId: null,
        readOnly: false,
        canTrade: true,
        canWithdraw: false,
        permissions: ["paper"],
        expiresAtMs: null,
        equity,
        available,
        clockOffsetMs: 0,
        positionMode: this.#options.positionMode,
        marginMode: "REGULAR_MARGIN",
      });
    });
  }

  open(): void {
    if (this.#isOpen || this.#scope.isClosed) return;
    this.#isOpen = true;
    this.#paper.listen(this.account, this.#onVenueEvent);
    this.#scope.setTimer(0, () => {
      this.#emit({
        kind: "connection-changed",
        account: this.account,
        state: "up",
        cause: "",
        ...this.#now(),
      });
      this.requestSnapshot();
    });
  }

  close(): void {
    this.#scope.close();
    this.#paper.unlisten(this.account);
  }

  requestSnapshot(): void {
    const requestedAtMs = this.#scope.nowMs();
    this.#later(() => this.#emit(this.#snapshot(requestedAtMs)));
  }

  describeMarket(instrument: InstrumentId): void {
    this.#withPrices("describe-market", instrument, ({ spec: { symbol } }) => {
      const row = this.#paper.ask((venue) => venue.positions(this.account, symbol)[0]);
      const mode = this.#paper.ask((venue) => venue.positionModeOf(this.account, symbol));
      const about = { account: this.account, instrument, ...this.#now() };
      const described = { kind: "market-described", ...about, mode, leverage: row?.leverage ?? "" } as const;
      const { riskTiers } = this.#parts;
      if (riskTiers === undefined) this.#emit(described);
      else riskTiers.whenTold(instrument, () => this.#emit({ ...described, ...this.#now() }));
    });
  }

  submit(orders: readonly ApprovedOrder[]): void {
    this.#later(() => {
      for (const order of orders) this.#arrived(order);
    });
  }

  cancel(clientOrderId: ClientOrderId, id: InstrumentId): void {
    this.#change("order-cancel-refused", clientOrderId, id, (venue, instrument) =>
      venue.cancelOrder(this.account, referenceOf(clientOrderId, instrument)),
    );
  }

  amend(clientOrderId: ClientOrderId, id: InstrumentId, change: ApprovedChange): void {
    this.#change("order-amend-refused", clientOrderId, id, (venue, instrument) =>
      venue.amendOrder(this.account, amendmentOf(clientOrderId, instrument, change)),
    );
  }

  lookUp(clientOrderId: ClientOrderId, instrument: InstrumentId): void {
    this.#later(() => {
      const symbol = symbolOf(instrument);
      const query = { symbol, orderLinkId: clientOrderId };
      const row = this.#paper.ask((venue) => venue.order(this.account, query));
      if (row === undefined) {
        const serverTimeMs = this.#scope.nowMs();
        const { account } = this;
        this.#emit({ kind: "order-not-found", account, clientOrderId, serverTimeMs, ...this.#now() });
        return;
      }
      const executions = this.#paper.ask((venue) => venue.executions(this.account, query));
      for (const execution of executions.toReversed()) this.#filled(execution);
      const order = orderRow(this.#paper.origin, row);
      this.#emit({ kind: "order-reported", account: this.account, order, ...this.#now() });
    });
  }

  setLeverage(instrument: InstrumentId, leverage: string): void {
    this.#withPrices("set-leverage", instrument, ({ spec: { symbol } }) => {
      const request = { symbol, buyLeverage: leverage, sellLeverage: leverage };
      this.#paper.act(
        (venue) => venue.setLeverage(this.account, request),
        (outcome) => this.#leverageAnswered(instrument, leverage, outcome),
      );
    });
  }

  #leverageAnswered(instrument: InstrumentId, leverage: string, outcome: SettingOutcome): void {
    const about = { account: this.account, instrument, leverage, ...this.#now() };
    const isSet = outcome.kind === "done" || outcome.reason === "leverage-not-modified";
    if (isSet) this.#emit({ kind: "leverage-set", ...about });
    else this.#emit({ kind: "leverage-refused", ...about, rejection: rejectionOf(outcome) });
  }

  /** An order reaches the venue. */
  #arrived(order: ApprovedOrder): void {
    const instrument = this.#paper.instrument(order.instrument);
    if (instrument === undefined || order.lots === 0) {
      this.#rejected(order, { class: "bad-request", code: 0, text: "paper: the order cannot be understood" });
      return;
    }
    if (!this.#paper.show(order.instrument)) {
      this.#paper.follow([order.instrument]);
      this.#rejected(order, noPrices(instrument.spec.symbol));
      return;
    }
    this.#paper.act(
      (venue) => venue.placeOrder(this.account, requestOf(order, instrument)),
      (outcome) => this.#answered(order, outcome),
    );
  }

  /** The same id again is no second order: what became of the first is to be looked up. */
  #answered(order: ApprovedOrder, outcome: OrderOutcome): void {
    const { clientOrderId } = order;
    const about = { account: this.account, clientOrderId, ...this.#now() };
    if (outcome.kind === "accepted") {
      const id = venueOrderId(this.#paper.origin, outcome.orderId);
      this.#emit({ kind: "order-accepted", ...about, venueOrderId: id });
    } else if (outcome.reason === "duplicate-order-link-id") {
      this.#emit({ kind: "order-outcome-unknown", ...about, cause: "an order with this id exists" });
    } else this.#rejected(order, rejectionOf(outcome));
  }

  /** A change reaches the venue; what it does to the order is told by the order's own report. */
  #change(
    refused: "order-cancel-refused" | "order-amend-refused",
    clientOrderId: ClientOrderId,
    id: InstrumentId,
    change: (venue: SimulatedVenue, instrument: Instrument) => OrderOutcome,
  ): void {
    const refuse = (refusal: ChangeRefusal): void =>
      this.#emit({ kind: refused, account: this.account, clientOrderId, refusal, ...this.#now() });
    this.#later(() => {
      const instrument = this.#paper.instrument(id);
      if (instrument === undefined) {
        refuse({ class: "bad-request", code: 0, text: "paper: the instrument is not listed" });
        return;
      }
      this.#paper.show(id);
      this.#paper.act(
        (venue) => change(venue, instrument),
        (outcome) => {
          if (outcome.kind === "refused") refuse(changeRefusalOf(outcome));
        },
      );
    });
  }

  #rejected({ clientOrderId }: ApprovedOrder, rejection: Rejection): void {
    this.#emit({ kind: "order-rejected", account: this.account, clientOrderId, rejection, ...this.#now() });
  }

  readonly #onVenueEvent: AccountEventListener = (event) => {
    const { account } = this;
    switch (event.kind) {
      case "executed":
        if (event.row.execType === "Funding") this.#funded(event.row);
        else this.#filled(event.row);
        return;
      case "order-changed": {
        if (event.row.orderLinkId === "") return;
        const order = orderRow(this.#paper.origin, event.row);
        this.#emit({ kind: "order-reported", account, order, ...this.#now() });
        return;
      }
      case "position-changed": {
        const position = positionRow(this.#paper.origin, event.row);
        const receivedAtMs = this.#scope.nowMs();
        this.#emit({ kind: "follower-position-reported", account, position, receivedAtMs });
        return;
      }
      case "wallet-changed":
        this.#emit({ kind: "equity-reported", account, ...equityReport(event.row), ...this.#now() });
        return;
    }
  };

  #filled(row: ExecutionRow): void {
    const fill = fillReport(this.#paper.origin, this.account, row, this.#scope.nowMs());
    this.#emit({ kind: "follower-filled", ...fill });
  }

  #funded(row: ExecutionRow): void {
    this.#emit(fundingReport(this.#paper.origin, this.account, row, this.#scope.nowMs()));
  }

  #snapshot(requestedAtMs: number): ConnectionEvent {
    const { origin } = this.#paper;
    const read = <Row>(rows: (venue: SimulatedVenue) => Row): Row => this.#paper.ask(rows);
    const orders = read((venue) => venue.openOrders(this.account));
    const ours = orders.filter((row) => row.orderLinkId !== "");
    const nowMs = this.#scope.nowMs();
    return {
      kind: "follower-snapshot-taken",
      account: this.account,
      positions: read((venue) => venue.positions(this.account)).map((row) => positionRow(origin, row)),
      orders: ours.map((row) => orderRow(origin, row)),
      foreignOrders: orders.length - ours.length,
      equity: this.#equity(),
      serverTimeMs: nowMs,
      requestedAtMs,
      receivedAtMs: nowMs,
    };
  }

  #equity(): ReturnType<typeof equityReport> {
    const row = this.#paper.ask((venue) => venue.wallet(this.account));
    return row === undefined ? { equity: "", available: "" } : equityReport(row);
  }

  /** Answers a question about an instrument once its prices are known, or says that they are not. */
  #withPrices(
    question: "describe-market" | "set-leverage",
    id: InstrumentId,
    answer: (instrument: Instrument) => void,
  ): void {
    this.#later(() => {
      this.#paper.whenShown(id, this.#options.pricesWaitMsMax, (isShown) => {
        if (this.#scope.isClosed) return;
        const instrument = this.#paper.instrument(id);
        if (isShown && instrument !== undefined) {
          answer(instrument);
          return;
        }
        const cause = instrument === undefined ? "it is not listed" : "its public prices are not known yet";
        const { account } = this;
        this.#emit({ kind: "question-failed", account, question, subject: id, cause, ...this.#now() });
      });
    });
  }

  #later(action: () => void): void {
    this.#scope.setTimer(this.#options.latencyMs, action);
  }

  #now(): { readonly atMs: number } {
    return { atMs: this.#scope.nowMs() };
  }

  #emit(event: ConnectionEvent): void {
    if (!this.#scope.isClosed) this.#parts.listener(event);
  }
}

function createPaperAccount(parts: PaperAccountParts, positionMode: PositionMode): void {
  const { account, paperVenue, restore, balance, onNotice } = parts;
  paperVenue.raiseSequence(restore?.sequenceFloor ?? 0);
  const positions = (restore?.positions ?? []).flatMap((position) => {
    const instrument = paperVenue.instrument(position.instrument);
    if (instrument !== undefined) return [{ ...position, instrument }];
    onNotice?.(
      `${account}: the paper position ${position.quantity} ${position.instrument} is gone, as it is not listed any more`,
    );
    return [];
  });
  paperVenue.admit(account, { positionMode, equity: restore?.equity ?? balance, positions });
}

function symbolOf(instrument: InstrumentId): string {
  const at = instrument.indexOf("@");
  return at < 0 ? instrument : instrument.slice(0, at);
}
