/**
 * The exchange of the benchmark: the project's simulated exchange in a process of its own, which also plays the leaders and
 * takes the times, all on this process's clock: when a leader's execution frame is handed to its socket, and when each
 * order that answers it has come in whole.
 */
import { NO_FAULTS } from "../../src/exchange/simulated/bybit-server/faults.ts";
import { type RunningExchange, startExchange } from "../../src/exchange/simulated/bybit-server/server.ts";
import type { WireTap } from "../../src/exchange/simulated/bybit-server/wire-tap.ts";
import { SECRET, SYMBOL } from "./parameters.ts";
import { serve } from "./remote.ts";
import { type FrontFiles, openTlsFront } from "./tls-front.ts";

/** Shorter messages on an order stream are heart-beats and log-ins. */
const ORDER_LENGTH_MIN = 60;

export interface TradeWish {
  readonly leader: string;
  readonly side: "Buy" | "Sell";
  readonly quantity: string;
  /** Whose orders answer it: keys that begin so. */
  readonly answeredBy: string;
  readonly orders: number;
  /** Where they come in: "/v5/trade" or "/v5/order/create". */
  readonly path: string;
  readonly timeoutMs: number;
}

/** A trade whose orders are being counted. */
class Watch implements WireTap {
  readonly #wish: TradeWish;
  readonly #done: (latenciesUs: number[]) => void;
  readonly #latenciesUs: number[] = [];
  #sentNs = 0n;

  constructor(wish: TradeWish, done: (latenciesUs: number[]) => void) {
    this.#wish = wish;
    this.#done = done;
  }

  get arrived(): number {
    return this.#latenciesUs.length;
  }

  sending(path: string, apiKey: string | undefined): void {
    if (this.#sentNs === 0n && apiKey === this.#wish.leader && path === "/v5/private") {
      this.#sentNs = process.hrtime.bigint();
    }
  }

  received(path: string, apiKey: string | undefined, length: number): void {
    const nowNs = process.hrtime.bigint();
    if (path !== this.#wish.path || length < ORDER_LENGTH_MIN) return;
    if (apiKey?.startsWith(this.#wish.answeredBy) !== true || this.#sentNs === 0n) return;
    this.#latenciesUs.push(Number(nowNs - this.#sentNs) / 1_000);
    if (this.#latenciesUs.length === this.#wish.orders) this.#done(this.#latenciesUs);
  }
}

/** Counts REST requests, for the budget. */
class RequestCount {
  readonly timesMs: number[] = [];

  received(path: string): void {
    if (!path.startsWith("/v5/private") && !path.startsWith("/v5/public") && path !== "/v5/trade")
      this.timesMs.push(performance.now());
  }
}

let exchange: RunningExchange | null = null;
let watch: Watch | null = null;
let count: RequestCount | null = null;

function running(): RunningExchange {
  if (exchange === null) throw new Error("the exchange has not been started");
  return exchange;
}

const functions = {
  async start({
    limits,
    tls,
  }: {
    limits: "off" | "real";
    /** Everything is served encrypted when files are given. */
    tls?: FrontFiles;
  }): Promise<{ rest: string; stream: string }> {
    const tap: WireTap = {
      sending: (path, apiKey) => watch?.sending(path, apiKey),
      received: (path, apiKey, length) => {
        watch?.received(path, apiKey, length);
        count?.received(path);
      },
    };
    exchange = await startExchange({ limits, tap, control: true });
    exchange.venue.setPrice(SYMBOL, "60000");
    if (tls === undefined) return { rest: exchange.rest, stream: exchange.stream };
    const port = await openTlsFront(exchange.port, tls);
    return { rest: `https://127.0.0.1:${port}`, stream: `wss://127.0.0.1:${port}` };
  },

  accounts({ prefix, number }: { prefix: string; number: number }): void {
    const { state } = running().protocol;
    for (let index = 0; index < number; index += 1) {
      const key = number === 1 ? prefix : `${prefix}${index}`;
      state.venue.resetAccount(key, { balances: { USDT: "1000000" }, positionMode: "one-way" });
      const permissions = { ContractTrade: ["Order", "Position"] };
      state.accounts.set(
        key,
        { apiSecret: SECRET, permissions, readOnly: false, ips: [] },
        state.environment.nowMs(),
      );
    }
  },

  /** Requests are looked at half of this after they came in, and answered the other half later. */
  answerAfter({ delayMs }: { delayMs: number }): void {
    running().protocol.state.faults.replace({ ...NO_FAULTS, latencyMs: [delayMs, delayMs] });
  },

  /** The leader trades; gives the latency of each order that answers it, in order of arrival. */
  trade(wish: TradeWish): Promise<number[]> {
    const { protocol } = running();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${watch?.arrived} of ${wish.orders} orders after ${wish.timeoutMs} ms`)),
        wish.timeoutMs,
      );
      watch = new Watch(wish, (latenciesUs) => {
        clearTimeout(timer);
        watch = null;
        resolve(latenciesUs);
      });
      const { side, quantity: qty } = wish;
      const outcome = protocol.state.venue.placeOrder(wish.leader, {
        symbol: SYMBOL,
        side,
        orderType: "Market",
        qty,
      });
      protocol.flush();
      if (outcome.kind === "refused") reject(new Error(`the leader's order was refused: ${outcome.reason}`));
    });
  },

  /** A trade that nobody waits for. */
  tradeOnly({
    leader,
    side,
    quantity: qty,
  }: {
    leader: string;
    side: "Buy" | "Sell";
    quantity: string;
  }): void {
    const { protocol } = running();
    protocol.state.venue.placeOrder(leader, { symbol: SYMBOL, side, orderType: "Market", qty });
    protocol.flush();
  },

  countRequests(_: null): void {
    count = new RequestCount();
  },

  countedRequests(_: null): readonly number[] {
    return count?.timesMs ?? [];
  },

  /** Processor time of this process so far, in microseconds. */
  cpuUs(_: null): number {
    const { user, system } = process.cpuUsage();
    return user + system;
  },

  orderRequests({ prefix }: { prefix: string }): { accepted: number; refused: number } {
    const { accounts } = running().protocol.state;
    let [accepted, refused] = [0, 0];
    for (const key of accounts.keys()) {
      if (!key.startsWith(prefix)) continue;
      for (const row of accounts.get(key)?.requests.rows() ?? []) {
        if (row.outcome === "accepted") accepted += 1;
        else refused += 1;
      }
    }
    return { accepted, refused };
  },
};

export type ExchangeFunctions = typeof functions;
serve(functions);
