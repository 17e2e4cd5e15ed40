/**
 * One Bybit account for a program: what it holds, and orders of its owner's. **An order placed here is the owner's own**, as if it had been
 * typed at the exchange: it does not go through sizing, limits or the journal, because those are of copied orders, which the engine alone
 * makes. The engine sees the position as foreign: it never touches it, and copies nothing in that instrument on that account while it is
 * there. So it takes two deliberate words, and never looks like an order of the engine's.
 */
import { randomBytes } from "node:crypto";
import type { ConfiguredAccount } from "../config.ts";
import { ORDER_MARK } from "../core/client-order-id.ts";
import type { EquityReport, PositionRow } from "../core/event.ts";
import {
  type AccountAccess,
  type Result,
  readEquity,
  readSnapshot,
  type Snapshot,
} from "../exchange/bybit/account-reads.ts";
import { meaningOf } from "../exchange/bybit/errors.ts";
import { inspectKey } from "../exchange/bybit/inspect.ts";
import type { KeyInspection } from "../exchange/exchange.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import { createRealOutside, type RealOutside } from "../exchange/net/outside.ts";
import { isRow } from "../exchange/raw.ts";
import { Scope } from "../exchange/scope.ts";
import { silentLog } from "../log.ts";
import { objectionTo } from "../run/admission.ts";
import { openVenue, type Venue } from "../run/venues.ts";
import { configurationOf } from "./configuration.ts";
import { type Folders, foldersOf, LibraryError } from "./folders.ts";

export interface BybitAPIHandlerOptions extends Folders {
  /** Nickname of an account of the data folder: its key, its host. */
  readonly account: string;
  /** The deliberate word that orders of your own may be placed. */
  readonly ownOrders?: boolean;
  /** The deliberate word that an account of type `live` needs besides. */
  readonly live?: boolean;
}

/** In the venue's words. Quantities and prices are decimal texts. */
export interface OrderRequest {
  readonly symbol: string;
  readonly side: "Buy" | "Sell";
  readonly orderType: "Market" | "Limit";
  readonly quantity: string;
  /** Of a limit order. */
  readonly price?: string;
  readonly timeInForce?: "GTC" | "IOC" | "FOK" | "PostOnly";
  readonly reduceOnly?: boolean;
  /** 1 and 2 in hedge mode: long, short. */
  readonly positionIdx?: 0 | 1 | 2;
  /** At most 36 characters of your own; a random one when left out. */
  readonly orderLinkId?: string;
}

export type OrderOutcome =
  | { readonly kind: "accepted"; readonly orderId: string; readonly orderLinkId: string }
  /** The venue certainly did not take it. */
  | { readonly kind: "rejected"; readonly code: number; readonly text: string; readonly orderLinkId: string }
  /** Nobody knows: look at the account before anything that would add to it. It is never sent again by itself. */
  | { readonly kind: "unknown"; readonly cause: string; readonly orderLinkId: string };

const DECIMAL = /^\d+(\.\d+)?$/;
const SYMBOL = /^[A-Z0-9]{2,30}$/;
const LINK_ID = /^[\w-]{1,36}$/;
const ORDER_VALID_MS = 5_000;

export class BybitAPIHandler {
  readonly #options: BybitAPIHandlerOptions;
  readonly #outside: RealOutside = createRealOutside();
  readonly #scope = new Scope(this.#outside.clock);
  #open: {
    readonly account: ConfiguredAccount;
    readonly venue: Venue;
    readonly access: AccountAccess;
  } | null = null;

  constructor(options: BybitAPIHandlerOptions) {
    this.#options = options;
  }

  /** Reads the key once: one that is wrong, may withdraw, or lacks what its account needs is refused with a LibraryError. */
  async initialise(): Promise<KeyInspection> {
    const account = this.#account();
    const { credentials, url, streamUrl } = account;
    if (credentials === null)
      throw new LibraryError("unknown-account", `"${account.account}" has no API key`);
    const venue = openVenue({ url, streamUrl, outside: this.#outside, log: silentLog, onPrice: () => {} });
    const access: AccountAccess = {
      venue: venue.id,
      credentials,
      rest: venue.rest,
      scope: this.#scope,
      priority: "ask",
    };
    await new Promise<void>((known) => venue.rest.clock.use(known));
    const inspection = await new Promise<KeyInspection | ExchangeError>((done) =>
      inspectKey(access, account.account, venue.bybit.keyInspection, done),
    );
    if (inspection instanceof ExchangeError) throw exchangeError(inspection);
    const objection = objectionTo(account, inspection);
    if (objection !== null) throw new LibraryError("not-allowed", `"${account.account}": ${objection}`);
    this.#open = { account, venue, access };
    return inspection;
  }

  /** Open positions, with signed quantities as decimal texts. */
  async getPositions(): Promise<readonly PositionRow[]> {
    const { positions } = await this.#answer<Snapshot>((done) => readSnapshot(this.#access, "none", done));
    return positions;
  }

  /** Equity, free margin and balance, as decimal texts in the settle coin. */
  async getBalance(): Promise<EquityReport> {
    return this.#answer<EquityReport>((done) => readEquity(this.#access, done));
  }

  /** Sends an order of the owner's own, once. Rejects with a LibraryError before anything is sent where a word is missing or a field is wrong. */
  async placeOrder(order: OrderRequest): Promise<OrderOutcome> {
    const { access, account, venue } = this.#opened;
    this.#assertAllowed(account);
    const orderLinkId = order.orderLinkId ?? `own-${randomBytes(12).toString("hex")}`;
    const problems = problemsOf(order, orderLinkId);
    if (problems.length > 0) throw new LibraryError("bad-order", "the order was not sent", problems);
    const payload = JSON.stringify(bodyOf(order, orderLinkId));
    const { credentials } = access;
    const validUntilMs = this.#outside.clock.nowMs() + ORDER_VALID_MS;
    return new Promise((settle) =>
      venue.rest.send(
        { method: "POST", path: "/v5/order/create", payload, credentials, priority: "open", validUntilMs },
        (answer) => {
          if (answer.kind === "answered") {
            const { code, text, result } = answer;
            if (code !== 0) return settle(outcomeOfCode(code, text, orderLinkId));
            const orderId = isRow(result) && typeof result.orderId === "string" ? result.orderId : "";
            return settle({ kind: "accepted", orderId, orderLinkId });
          }
          if (answer.kind === "turned-away")
            return settle({ kind: "rejected", code: answer.status, text: answer.error.message, orderLinkId });
          const cause = answer.kind === "held-back" ? "it was held back" : answer.cause;
          const mayHaveArrived = answer.kind === "failed" && answer.mayHaveArrived;
          settle(
            mayHaveArrived
              ? { kind: "unknown", cause, orderLinkId }
              : { kind: "rejected", code: 0, text: `not sent: ${cause}`, orderLinkId },
          );
        },
      ),
    );
  }

  close(): void {
    this.#scope.close();
    this.#open?.venue.rest.clock.release();
    this.#open?.venue.feed.close();
    this.#outside.close();
    this.#open = null;
  }

  #account(): ConfiguredAccount {
    const { accounts } = configurationOf(foldersOf(this.#options));
    const found = accounts.find(({ account }) => account === this.#options.account);
    if (found !== undefined && found.exchange === "bybit") return found;
    const names = accounts
      .filter(({ exchange }) => exchange === "bybit")
      .map(({ account }) => account)
      .join(", ");
    throw new LibraryError(
      "unknown-account",
      `there is no Bybit account "${this.#options.account}"; there are: ${names}`,
    );
  }

  #assertAllowed({ account, accountType }: ConfiguredAccount): void {
    const { ownOrders = false, live = false } = this.#options;
    if (!ownOrders) {
      const message = `an order placed here is the owner's own on "${account}", outside of copying and its limits: ownOrders: true allows it`;
      throw new LibraryError("not-allowed", message);
    }
    if (accountType === "live" && !live)
      throw new LibraryError("not-allowed", `"${account}" trades real money: live: true allows orders on it`);
  }

  get #opened() {
    if (this.#open === null) throw new LibraryError("not-started", "initialise() comes first");
    return this.#open;
  }

  get #access(): AccountAccess {
    return this.#opened.access;
  }

  async #answer<Value>(ask: (done: (result: Result<Value>) => void) => void): Promise<Value> {
    const result = await new Promise<Result<Value>>((done) => ask(done));
    if (result.kind === "error") throw exchangeError(result.error);
    return result.value;
  }
}

function problemsOf(order: OrderRequest, orderLinkId: string): readonly string[] {
  const { symbol, quantity, orderType, price } = order;
  const isAmount = (text: string) => DECIMAL.test(text) && Number(text) > 0;
  return [
    ...(SYMBOL.test(symbol) ? [] : ["symbol: must be as the venue writes it, such as BTCUSDT"]),
    ...(isAmount(quantity) ? [] : ['quantity: must be a decimal above zero as a text, such as "0.01"']),
    ...(orderType === "Market" || (price !== undefined && isAmount(price))
      ? []
      : ["price: a limit order needs one, as a decimal text"]),
    ...(LINK_ID.test(orderLinkId) ? [] : ["orderLinkId: must be 1 to 36 letters, digits, - or _"]),
    ...(orderLinkId.startsWith(ORDER_MARK)
      ? [`orderLinkId: must not begin with ${ORDER_MARK}, the mark of the engine's own orders`]
      : []),
  ];
}

function bodyOf(order: OrderRequest, orderLinkId: string): Readonly<Record<string, unknown>> {
  const { symbol, side, orderType, quantity, price, timeInForce, reduceOnly, positionIdx } = order;
  return {
    category: "linear",
    symbol,
    side,
    orderType,
    qty: quantity,
    ...(orderType === "Limit" ? { price, timeInForce: timeInForce ?? "GTC" } : {}),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
    ...(positionIdx === undefined ? {} : { positionIdx }),
    orderLinkId,
  };
}

function exchangeError(error: ExchangeError): LibraryError {
  return new LibraryError("exchange", error.message, [], { cause: error });
}

export type { EquityReport, KeyInspection, PositionRow };

/** Some refusals leave open whether the venue took the order: whoever sent it again could hold it twice. */
function outcomeOfCode(code: number, text: string, orderLinkId: string): OrderOutcome {
  const { class: kind, meaning } = meaningOf(code);
  if (kind !== "unknown") return { kind: "rejected", code, text, orderLinkId };
  return { kind: "unknown", cause: `${meaning} (${code}: ${text})`, orderLinkId };
}
