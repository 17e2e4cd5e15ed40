/**
 * The copier: what a user would otherwise run. On the leader's frame an SDK reads the leader's balance and then, one follower
 * after another, the follower's balance, and places the order. With ccxt as it comes, with ccxt's limiter switched off, and
 * with bybit-api's REST client. It is told of the leader's trade by the exchange's stream at once, which such copiers seldom are.
 */
import { createHmac } from "node:crypto";
import { RestClientV5 } from "bybit-api";
import ccxt, { type Exchange } from "ccxt";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import { SECRET, SYMBOL } from "./parameters.ts";
import { serve } from "./remote.ts";

export type CopierKind = "ccxt" | "ccxtUnlimited" | "bybitApi";

interface CopierSetup {
  readonly rest: string;
  readonly stream: string;
  readonly leader: string;
  readonly group: string;
  readonly followers: number;
}

interface Client {
  balance(): Promise<unknown>;
  order(side: "Buy" | "Sell", quantity: string): Promise<unknown>;
}

const clients = new Map<CopierKind, readonly Client[]>();
let armed: { kind: CopierKind; followers: number; side: "Buy" | "Sell" } | null = null;

function viaBybitApi(rest: string, key: string): Client {
  const client = new RestClientV5({ baseUrl: rest, key, secret: SECRET });
  return {
    balance: () => client.getWalletBalance({ accountType: "UNIFIED" }),
    order: async (side, qty) => {
      const order = { category: "linear", symbol: SYMBOL, side, orderType: "Market", qty } as const;
      const { retCode, retMsg } = await client.submitOrder(order);
      if (retCode !== 0) throw new Error(`the copier's order: ${retCode} ${retMsg}`);
    },
  };
}

function viaCcxt(rest: string, key: string, options: object, markets: Exchange | null): Client {
  const client = new ccxt.bybit({ apiKey: key, secret: SECRET, ...options });
  client.urls.api = { public: rest, private: rest };
  if (markets !== null) client.setMarkets(markets.markets);
  const symbol = "BTC/USDT:USDT";
  return {
    balance: () => client.fetchBalance({ type: "unified" }),
    order: (side, quantity) =>
      client.createOrder(symbol, "market", side === "Buy" ? "buy" : "sell", Number(quantity)),
  };
}

/** Copies once: exactly the steps that such copiers take, one after another. */
async function copy({ kind, followers, side }: NonNullable<typeof armed>): Promise<void> {
  const [leader, ...all] = clients.get(kind) ?? [];
  await leader?.balance();
  for (const follower of all.slice(0, followers)) {
    await follower.balance();
    await follower.order(side, "0.01");
  }
}

function follow({ stream, leader }: CopierSetup): void {
  const expires = Date.now() + 60_000;
  const signature = createHmac("sha256", SECRET).update(`GET/realtime${expires}`).digest("hex");
  const socket = createRealOutside().sockets.open(`${stream}/v5/private`, {
    opened: () => {
      socket.send(JSON.stringify({ op: "auth", args: [leader, expires, signature] }));
      socket.send(JSON.stringify({ op: "subscribe", args: ["execution"] }));
    },
    received: (text) => {
      if (armed === null || !text.slice(0, 90).includes('"topic":"execution"')) return;
      const wish = armed;
      armed = null;
      void copy(wish);
    },
    closed: () => {},
  });
}

const functions = {
  async start(setup: CopierSetup): Promise<void> {
    const { rest, leader, group, followers } = setup;
    const keys = [leader, ...Array.from({ length: followers }, (_, index) => `${group}${index}`)];
    const first = new ccxt.bybit({ apiKey: leader, secret: SECRET, enableRateLimit: false });
    first.urls.api = { public: rest, private: rest };
    await first.loadMarkets();
    clients.set(
      "ccxt",
      keys.map((key) => viaCcxt(rest, key, {}, first)),
    );
    clients.set(
      "ccxtUnlimited",
      keys.map((key) => viaCcxt(rest, key, { enableRateLimit: false }, first)),
    );
    clients.set(
      "bybitApi",
      keys.map((key) => viaBybitApi(rest, key)),
    );
    follow(setup);
  },

  prepare(wish: { kind: CopierKind; followers: number; side: "Buy" | "Sell" }): void {
    armed = wish;
  },

  settle(_: null): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 50));
  },
};

export type CopierFunctions = typeof functions;
serve(functions);
