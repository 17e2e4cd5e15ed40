/**
 * Turns what the engine did into log lines: orders and denials on the trading channel, connections and disputes on sync. The
 * journal is the record; the log is for people.
 */
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { type Instrument, priceText, quantityText } from "../core/model/instrument.ts";
import { restText } from "../core/order.ts";
import type { State } from "../core/state.ts";
import type { EngineObserver } from "../engine/observer.ts";
import type { JournalError } from "../journal/journal.ts";
import type { Log } from "../log.ts";
import { doubtedTerms } from "./doubted-terms.ts";

/** Beyond this many orders or denials of one decision only their number is logged. */
const LINES_MAX = 20;

interface Hooks {
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
  readonly #main: Log;
  readonly #hooks: Hooks;

  constructor(log: Log, hooks: Hooks) {
    this.#main = log;
    this.#trading = log.channel("trading");
    this.#sync = log.channel("sync");
    this.#hooks = hooks;
  }

  decided(event: Event, decision: Decision, state: State): void {
    this.#hooks.appended();
    for (const instrument of doubtedTerms(event, decision, state)) this.#hooks.inDoubt(instrument);
    this.#logEvent(event);
    this.#logOrders(decision);
    for (const denial of decision.denials.slice(0, LINES_MAX)) {
      const { leader, follower, instrument, reason, detail, changes, pending } = denial;
      if (changes.length > 0 || pending !== undefined)
        this.#trading.info("not copied", { leader, follower, instrument, reason, ...detail });
    }
    if (decision.refusal === null) return;
    this.#sync.warn("statement refused", { event: event.kind, ...decision.refusal });
    const { kind } = decision.refusal;
    if (kind === "unknown-instrument" || kind === "wrong-step") this.#hooks.unknownInstrument();
  }

  stumbled(error: unknown): void {
    this.#main.error("what was decided could not be told: logs and alerts are incomplete", { error });
  }

  failed(error: JournalError): void {
    this.#main.error("the journal cannot be written: nothing more is sent", {
      failure: error.failure,
      error,
    });
    this.#hooks.failed(error);
  }

  #logOrders({ orders }: Decision): void {
    for (const { order, market } of orders.slice(0, LINES_MAX)) {
      const { account, instrument, leg, reduceOnly, clientOrderId } = order;
      const quantity = quantityText(market.instrument, order.lots);
      const rests = restText(order.form, (ticks) => priceText(market.instrument, ticks));
      const resting = rests === "" ? {} : { rests };
      this.#trading.info("order", {
        account,
        instrument,
        leg,
        quantity,
        reduceOnly,
        ...resting,
        clientOrderId,
      });
    }
    if (orders.length > LINES_MAX) this.#trading.info("more orders", { count: orders.length - LINES_MAX });
  }

  #logEvent(event: Event): void {
    switch (event.kind) {
      case "connection-changed":
        if (event.state === "up") {
          this.#sync.info("connected", { account: event.account });
          this.#hooks.connected(event.account);
        } else this.#sync.warn("disconnected", { account: event.account, cause: event.cause });
        return;
      case "order-rejected":
        this.#trading.warn("rejected", {
          account: event.account,
          order: event.clientOrderId,
          ...event.rejection,
        });
        return;
      case "order-outcome-unknown":
        this.#trading.warn("outcome unknown", {
          account: event.account,
          order: event.clientOrderId,
          cause: event.cause,
        });
        return;
      case "leverage-refused":
        this.#trading.warn("leverage refused", {
          account: event.account,
          leverage: event.leverage,
          ...event.rejection,
        });
        return;
      case "margin-mode-set":
        this.#trading.warn("margin mode set to the leader's", {
          account: event.account,
          marginMode: event.marginMode,
        });
        return;
      case "margin-mode-refused":
        this.#trading.warn("margin mode refused", {
          account: event.account,
          marginMode: event.marginMode,
          ...event.rejection,
        });
        return;
      case "question-failed":
        this.#sync.warn("question failed", {
          account: event.account,
          question: event.question,
          cause: event.cause,
        });
        return;
      case "account-refused":
        this.#main.error("account halted", { account: event.account, cause: event.cause });
        return;
      default:
        return;
    }
  }
}
