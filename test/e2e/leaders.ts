/** A leader's hand: the unmodified third-party clients `bybit-api` and `ccxt`, trading by market orders. */
import { RestClientV5 } from "bybit-api";
import ccxt from "ccxt";
import { keyOf, secretOf, type Venue } from "./venue.ts";

export interface MarketOrder {
  /** As the venue writes it: BTCUSDT. */
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: string;
  /** In hedge mode. */
  readonly leg?: "long" | "short";
  readonly reduceOnly?: boolean;
}

export interface LeaderHand {
  /** Rejects when the order is refused. */
  market(order: MarketOrder): Promise<void>;
  /** A limit order that rests. */
  rest(
    symbol: string,
    side: "buy" | "sell",
    quantity: string,
    price: string,
    reduceOnly?: boolean,
  ): Promise<void>;
}

const INDEX = { long: 1, short: 2 } as const;

/** With another window than the client's own its orders are taken although the venue's clock is elsewhere. */
export function bybitApiHand(venue: Venue, name: string, windowMs = 5_000): LeaderHand {
  const keys = { key: keyOf(name), secret: secretOf(name) };
  const client = new RestClientV5({ baseUrl: venue.rest, ...keys, recv_window: windowMs });
  const submit = async (order: Parameters<RestClientV5["submitOrder"]>[0]) => {
    const { retCode, retMsg } = await client.submitOrder(order);
    if (retCode !== 0) throw new Error(`the leader's order: ${retCode} ${retMsg}`);
  };
  return {
    market: ({ symbol, side, quantity, leg, reduceOnly }) =>
      submit({
        category: "linear",
        symbol,
        side: sideOf(side),
        orderType: "Market",
        qty: quantity,
        ...(leg === undefined ? {} : { positionIdx: INDEX[leg] }),
        ...(reduceOnly === undefined ? {} : { reduceOnly }),
      }),
    rest: (symbol, side, qty, price, reduceOnly = false) =>
      submit({ category: "linear", symbol, side: sideOf(side), orderType: "Limit", qty, price, reduceOnly }),
  };
}

export async function ccxtHand(venue: Venue, name: string): Promise<LeaderHand> {
  const client = new ccxt.bybit({ apiKey: keyOf(name), secret: secretOf(name), enableRateLimit: false });
  client.urls.api = { public: venue.rest, private: venue.rest };
  await client.loadMarkets();
  const unified = (symbol: string): string => client.safeSymbol(symbol, undefined, undefined, "contract");
  return {
    async market({ symbol, side, quantity, leg, reduceOnly }) {
      const params = {
        ...(leg === undefined ? {} : { positionIdx: INDEX[leg] }),
        ...(reduceOnly === undefined ? {} : { reduceOnly }),
      };
      await client.createOrder(unified(symbol), "market", side, Number(quantity), undefined, params);
    },
    async rest(symbol, side, quantity, price, reduceOnly = false) {
      const params = { reduceOnly };
      await client.createOrder(unified(symbol), "limit", side, Number(quantity), Number(price), params);
    },
  };
}

function sideOf(side: "buy" | "sell"): "Buy" | "Sell" {
  return side === "buy" ? "Buy" : "Sell";
}
