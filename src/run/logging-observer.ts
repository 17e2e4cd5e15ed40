/**
 * Turns what the engine did into log lines: what leaders did, orders, fills and denials on the trading channel, connections and disputes on
 * sync, each with the change of the leader that it is about. The journal is the record; the log is for people.
 */
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { type Instrument, priceText, quantityText } from "../core/model/instrument.ts";
import { restText } from "../core/order.ts";
import type { State } from "../core/state.ts";
import { FirstFills, type OwnFill } from "../engine/first-fills.ts";
import type { EngineObserver } from "../engine/observer.ts";
import type { JournalError } from "../journal/journal.ts";
import type { Log, LogFields, LogLevel } from "../log.ts";
import { type Correlations, ofChanges } from "./correlation.ts";
import { doubtedTerms } from "./doubted-terms.ts";
import { LineQueue } from "./line-queue.ts";

/** Beyond this many orders, denials or changes of one decision only their number is logged. */
const LINES_MAX = 20;

interface Hooks {
  /** Once for each decision. */
  decided?(event: Event, decision: Decision): void;
  appended(): void;
  /** Somebody trades what no list of instruments has yet, or in other steps than the list's. */
  unknownInstrument(): void;
  /** What we know of it may be outdated. */
  inDoubt(instrument: Instrument): void;
  /** An account's stream is up, the first time or again. */
  connected(account: AccountId): void;
  failed(error: JournalError): void;
}

export class LoggingObserver implements EngineObserver {
  readonly #trading: Log;
  readonly #sync: Log;
  readonly #security: Log;
  readonly #main: Log;
  readonly #correlations: Correlations;
  readonly #hooks: Hooks;
  readonly #lines: LineQueue;
  readonly #fills = new FirstFills();

  constructor(log: Log, correlations: Correlations, hooks: Hooks, lines = new LineQueue()) {
    this.#main = log;
    this.#trading = log.channel("trading");
    this.#sync = log.channel("sync");
    this.#security = log.channel("security");
    this.#correlations = correlations;
    this.#hooks = hooks;
    this.#lines = lines;
  }

  decided(event: Event, decision: Decision, state: State): void {
    this.#hooks.appended();
    this.#hooks.decided?.(event, decision);
    this.#correlations.note(event, decision, state);
    for (const instrument of doubtedTerms(event, decision, state)) this.#hooks.inDoubt(instrument);
    this.#logChanges(state);
    const fill = this.#fills.take(event, state);
    if (fill !== null) this.#logFill(fill);
    this.#logEvent(event);
    this.#logOrders(decision);
    this.#logDenials(decision);
    if (decision.refusal === null) return;
    this.#line(this.#sync, "warn", "statement refused", { event: event.kind, ...decision.refusal });
    const { kind } = decision.refusal;
    if (kind === "unknown-instrument" || kind === "wrong-step") this.#hooks.unknownInstrument();
  }

  stumbled(error: unknown): void {
    this.#lines.drain();
    this.#main.error("what was decided could not be told: logs and alerts are incomplete", { error });
  }

  failed(error: JournalError): void {
    this.#lines.drain();
    this.#main.error("the journal cannot be written: nothing more is sent", {
      failure: error.failure,
      error,
    });
    this.#hooks.failed(error);
  }

  /** Writes what waits; nothing more is logged by it. */
  close(): void {
    this.#lines.close();
  }

  #line(log: Log, level: LogLevel, message: string, fields: LogFields): void {
    this.#lines.add(log, level, message, fields);
  }

  #logChanges({ changes, instruments }: State): void {
    for (const change of changes.slice(0, LINES_MAX)) {
      const { leader, instrument, leg, byLots, holdsLots, price } = change;
      const terms = instruments.get(instrument);
      if (terms === undefined) continue;
      const at = price === null ? {} : { price: priceText(terms, price) };
      this.#line(this.#trading, "info", "leader changed", {
        leader,
        instrument,
        leg,
        by: quantityText(terms, byLots),
        holds: quantityText(terms, holdsLots),
        ...at,
        ...ofChanges([change]),
      });
    }
    this.#more("more changes", changes.length);
  }

  #logOrders({ orders }: Decision): void {
    for (const { order, market } of orders.slice(0, LINES_MAX)) {
      const { account, instrument, leg, reduceOnly, clientOrderId } = order;
      const quantity = quantityText(market.instrument, order.lots);
      const rests = restText(order.form, (ticks) => priceText(market.instrument, ticks));
      this.#line(this.#trading, "info", "order", {
        account,
        instrument,
        leg,
        quantity,
        reduceOnly,
        ...(rests === "" ? {} : { rests }),
        clientOrderId,
        ...this.#correlations.ofOrder(clientOrderId),
      });
    }
    this.#more("more orders", orders.length);
  }

  #logDenials({ denials }: Decision): void {
    for (const denial of denials.slice(0, LINES_MAX)) {
      const { leader, follower, instrument, reason, detail, changes, pending } = denial;
      if (changes.length === 0 && pending === undefined) continue;
      const about = { leader, follower, instrument, reason, ...detail };
      this.#line(this.#trading, "info", "not copied", { ...about, ...ofChanges(changes) });
    }
    this.#more("more that is not copied", denials.length);
  }

  #more(what: string, count: number): void {
    if (count > LINES_MAX) this.#line(this.#trading, "info", what, { count: count - LINES_MAX });
  }

  #logFill({ account, instrument, leg, side, quantity, price, fee, clientOrderId }: OwnFill): void {
    this.#line(this.#trading, "info", "filled", {
      account,
      instrument,
      leg,
      side,
      quantity,
      price,
      fee,
      clientOrderId,
      ...this.#correlations.ofOrder(clientOrderId),
    });
  }

  #logEvent(event: Event): void {
    switch (event.kind) {
      case "connection-changed":
        if (event.state === "up") {
          this.#line(this.#sync, "info", "connected", { account: event.account });
          this.#hooks.connected(event.account);
        } else this.#line(this.#sync, "warn", "disconnected", { account: event.account, cause: event.cause });
        return;
      case "order-accepted": {
        const { account, clientOrderId, venueOrderId } = event;
        const correlated = this.#correlations.ofOrder(clientOrderId);
        this.#line(this.#trading, "debug", "accepted", {
          account,
          clientOrderId,
          venueOrderId,
          ...correlated,
        });
        return;
      }
      case "order-rejected":
        this.#line(this.#trading, "warn", "rejected", {
          account: event.account,
          clientOrderId: event.clientOrderId,
          ...this.#correlations.ofOrder(event.clientOrderId),
          ...event.rejection,
        });
        return;
      case "order-outcome-unknown":
        this.#line(this.#trading, "warn", "outcome unknown", {
          account: event.account,
          clientOrderId: event.clientOrderId,
          ...this.#correlations.ofOrder(event.clientOrderId),
          cause: event.cause,
        });
        return;
      case "leverage-refused":
        this.#line(this.#trading, "warn", "leverage refused", {
          account: event.account,
          leverage: event.leverage,
          ...event.rejection,
        });
        return;
      case "margin-mode-set":
        this.#line(this.#trading, "warn", "margin mode set to the leader's", {
          account: event.account,
          marginMode: event.marginMode,
        });
        return;
      case "margin-mode-refused":
        this.#line(this.#trading, "warn", "margin mode refused", {
          account: event.account,
          marginMode: event.marginMode,
          ...event.rejection,
        });
        return;
      case "question-failed":
        this.#line(this.#sync, "warn", "question failed", {
          account: event.account,
          question: event.question,
          cause: event.cause,
        });
        return;
      case "account-refused":
        this.#line(this.#security, "error", "account halted", { account: event.account, cause: event.cause });
        return;
      default:
        return;
    }
  }
}
