/**
 * A leader who trades without pause through a third-party client: opens, adds, closes partly, flips and closes, by a seed.
 * Requests may fail or get lost: what it holds is the exchange's business, and it goes on from wherever it may stand.
 */
import { setTimeout as pause } from "node:timers/promises";
import { RestClientV5 } from "bybit-api";
import { keyOf, type PositionMode, secretOf, type Venue } from "../e2e/venue.ts";
import type { SeededChance } from "../simulation/chance.ts";

export interface TradedSymbol {
  readonly symbol: string;
  readonly price: string;
  /** Smallest and largest order, in steps of `step`. */
  readonly step: number;
  readonly decimals: number;
  readonly stepsMax: number;
}

export const SYMBOLS: readonly TradedSymbol[] = [
  { symbol: "BTCUSDT", price: "60000", step: 0.001, decimals: 3, stepsMax: 80 },
  { symbol: "ETHUSDT", price: "3000", step: 0.01, decimals: 2, stepsMax: 150 },
  { symbol: "SOLUSDT", price: "150", step: 0.1, decimals: 1, stepsMax: 300 },
  { symbol: "1000PEPEUSDT", price: "0.012", step: 100, decimals: 0, stepsMax: 5_000 },
];

const PAUSE_MAX_MS = 120;
const REQUEST_MAX_MS = 700;

export class TradingLeader {
  readonly #client: RestClientV5;
  readonly #mode: PositionMode;
  readonly #chance: SeededChance;
  /** Signed steps by symbol and position index, to choose what to do next; what is missing is asked for. */
  readonly #held = new Map<string, number>();
  #isTrading = true;
  #done: Promise<void> = Promise.resolve();
  orders = 0;
  failures = 0;

  constructor(venue: Venue, name: string, mode: PositionMode, chance: SeededChance) {
    const options = { baseUrl: venue.rest, key: keyOf(name), secret: secretOf(name) };
    this.#client = new RestClientV5(options, { timeout: REQUEST_MAX_MS });
    this.#mode = mode;
    this.#chance = chance;
  }

  start(): void {
    this.#done = this.#trade();
  }

  async stop(): Promise<void> {
    this.#isTrading = false;
    await this.#done;
  }

  async #trade(): Promise<void> {
    while (this.#isTrading) {
      await this.#one();
      await pause(this.#chance.whole(5, PAUSE_MAX_MS));
    }
  }

  async #one(): Promise<void> {
    const traded = this.#chance.pick(SYMBOLS);
    const index = this.#mode === "one-way" ? 0 : this.#chance.pick([1, 2] as const);
    const key = `${traded.symbol}:${index}`;
    const held = this.#held.get(key) ?? (await this.#read(traded, index));
    if (held === null) return;
    const steps = this.#nextSteps(traded, index, held);
    this.orders += 1;
    const reduceOnly = index !== 0 && Math.sign(steps) !== (index === 1 ? 1 : -1);
    const answer = await this.#client
      .submitOrder({
        category: "linear",
        symbol: traded.symbol,
        side: steps > 0 ? "Buy" : "Sell",
        orderType: "Market",
        qty: (Math.abs(steps) * traded.step).toFixed(traded.decimals),
        positionIdx: index,
        reduceOnly,
      })
      .catch(() => null);
    if (answer?.retCode === 0) this.#held.set(key, held + steps);
    else {
      this.failures += 1;
      this.#held.delete(key);
    }
  }

  /** Null where the exchange does not say. Whoever took what he does not know of for nothing would pile up positions for an hour. */
  async #read({ symbol, step }: TradedSymbol, index: number): Promise<number | null> {
    const answer = await this.#client.getPositionInfo({ category: "linear", symbol }).catch(() => null);
    if (answer?.retCode !== 0) return null;
    const position = answer.result.list.find(({ positionIdx }) => positionIdx === index);
    const side = position?.side === "Sell" ? -1 : 1;
    return Math.round(Number(position?.size ?? 0) / step) * side;
  }

  /** Opens when flat; else adds, closes partly, flips (where there is one position) or closes. */
  #nextSteps({ stepsMax }: TradedSymbol, index: number, held: number): number {
    const some = this.#chance.whole(Math.ceil(stepsMax / 10), stepsMax);
    const side =
      held !== 0 ? Math.sign(held) : index === 0 ? this.#chance.pick([1, -1]) : index === 1 ? 1 : -1;
    if (held === 0) return side * some;
    const act = this.#chance.pick(index === 0 ? [0, 1, 2, 3] : [0, 1, 3]);
    if (act === 0 && Math.abs(held) < 3 * stepsMax) return side * some;
    if (act === 1 && Math.abs(held) > 1) return -side * this.#chance.whole(1, Math.abs(held) - 1);
    return act === 2 ? -held - side * some : -held;
  }
}
