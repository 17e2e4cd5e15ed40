/**
 * The state of an address over the venue's own market and those of builders, each of which is asked by itself (official
 * documentation, "Info endpoint": perpetuals). All builders' markets are looked at once; afterwards those in which the address is
 * active. Equity is that of the venue's own market: what lies at a builder's cannot bear positions here.
 */
import { ExchangeError } from "../exchange-error.ts";
import { MalformedMessage } from "../raw.ts";
import type { Scope } from "../scope.ts";
import type { Address } from "./address.ts";
import { type InfoClient, WEIGHTS } from "./info.ts";
import { type AccountState, parseState } from "./parse.ts";

export interface TimedState extends AccountState {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

export class StateReader {
  readonly #info: InfoClient;
  readonly #scope: Scope;
  readonly #address: Address;
  readonly #markets: () => readonly string[];
  /** Builders' markets in which it is active; null before all were looked at. */
  #active: Set<string> | null = null;

  constructor(info: InfoClient, scope: Scope, address: Address, markets: () => readonly string[]) {
    this.#info = info;
    this.#scope = scope;
    this.#address = address;
    this.#markets = markets;
  }

  /** It traded there. */
  noteActive(market: string): void {
    if (market !== "") this.#active?.add(market);
  }

  read(done: (result: TimedState | ExchangeError) => void): void {
    const isFirst = this.#active === null;
    const active = new Set(this.#active ?? this.#markets());
    this.#ask("", (own) => {
      if (own instanceof ExchangeError) return done(own);
      this.#askAll([...active], own, (result) => {
        if (isFirst && !(result instanceof ExchangeError)) this.#active = marketsIn(result);
        done(result);
      });
    });
  }

  #askAll(
    markets: readonly string[],
    sum: TimedState,
    done: (result: TimedState | ExchangeError) => void,
  ): void {
    const [next, ...rest] = markets;
    if (next === undefined) return done(sum);
    this.#ask(next, (state) => {
      if (state instanceof ExchangeError) return done(state);
      this.#askAll(rest, { ...sum, positions: [...sum.positions, ...state.positions] }, done);
    });
  }

  #ask(market: string, done: (result: TimedState | ExchangeError) => void): void {
    const dex = market === "" ? {} : { dex: market };
    const body = { type: "clearinghouseState", user: this.#address, ...dex };
    this.#info.ask({ body, weight: WEIGHTS.state, urgency: "ask" }, this.#scope, (answer) => {
      if (answer.kind === "error") return done(answer.error);
      const { value, sentAtMs, receivedAtMs } = answer;
      try {
        done({ ...parseState(value), sentAtMs, receivedAtMs });
      } catch (error) {
        if (!(error instanceof MalformedMessage)) throw error;
        done(new ExchangeError("give-up", 0, error.message, { cause: error }));
      }
    });
  }
}

function marketsIn({ positions }: AccountState): Set<string> {
  return new Set(
    positions.flatMap(({ coin }) => (coin.includes(":") ? [coin.slice(0, coin.indexOf(":"))] : [])),
  );
}
