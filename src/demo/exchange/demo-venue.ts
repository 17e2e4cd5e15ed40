/**
 * The demo's exchange: the simulated one with the demo's markets and accounts, prices that the market model moves, and the leaders at
 * work. What was so in the past goes on in the present: the same books, positions and orders, under another clock.
 */
import type { VirtualClock } from "../../backtest/virtual-clock.ts";
import { DEFAULT_PERMISSIONS } from "../../exchange/simulated/bybit-server/accounts.ts";
import { BybitProtocol } from "../../exchange/simulated/bybit-server/protocol.ts";
import { shippedInstruments } from "../../exchange/simulated/instruments.ts";
import type { InstrumentSettings, MarketPast } from "../../exchange/simulated/market-types.ts";
import type { Member } from "../cast.ts";
import { LEADERS } from "../leaders.ts";
import { MARKETS, type MarketModel } from "../market-model.ts";
import { HandedClock } from "./handed-clock.ts";
import { LeaderDesk } from "./leader-desk.ts";

export interface DemoVenueParts {
  readonly seed: number;
  readonly clock: VirtualClock;
  /** Where the markets stand when the venue opens. */
  readonly model: MarketModel;
  readonly members: readonly Member[];
}

/** In the past nothing of the exchange's own is due more often. */
const PAST_TICK_MS = 10_000;
const PRICE_DIGITS = 8;
/** A week in strides of minutes, and days of the present. */
const CANDLES_KEPT = 30_000;

export class DemoVenue {
  readonly protocol: BybitProtocol;
  readonly desks: readonly LeaderDesk[];
  readonly #clock: HandedClock;
  readonly #model: MarketModel;
  /** What was set last, to see what somebody else sets. */
  readonly #set = new Map<string, string>();

  constructor({ seed, clock, model, members }: DemoVenueParts) {
    this.#clock = new HandedClock(clock);
    this.#model = model;
    this.protocol = new BybitProtocol({
      environment: this.#clock,
      seed,
      liquidity: { kind: "flat" },
      instruments: instrumentsAt(model),
      control: true,
      limits: "off",
      venueLimits: { candlesKept: CANDLES_KEPT },
      tickMs: PAST_TICK_MS,
    });
    for (const member of members) this.#admit(member);
    this.desks = LEADERS.map((leader, index) => {
      const account = members.find(({ nickname }) => nickname === leader.nickname)?.credentials.apiKey;
      if (account === undefined) throw new Error(`no account for ${leader.nickname}`);
      return new LeaderDesk({ leader, account, venue: this.protocol.state.venue, seed: seed + index });
    });
  }

  /** Bars of a time before it opened, which its public history then tells. */
  tellPast(symbol: string, past: MarketPast): void {
    this.protocol.state.venue.addPast(symbol, past);
  }

  /** Prices go on by a stride, and every leader looks at them. */
  step(strideMs: number): void {
    const { venue } = this.protocol.state;
    for (const { symbol } of MARKETS) this.#follow(symbol);
    this.#model.step(strideMs);
    for (const { symbol } of MARKETS) {
      venue.setPrice(symbol, this.#model.price(symbol).toFixed(PRICE_DIGITS));
      venue.setFundingRate(symbol, this.#model.fundingRate(symbol));
      this.#set.set(symbol, venue.ticker(symbol)?.lastPrice ?? "");
    }
    for (const desk of this.desks) desk.look((symbol) => this.#model.price(symbol));
    this.protocol.flush();
  }

  /** One leader does what its rule says, if anything. */
  trade(desk: LeaderDesk): void {
    desk.trade();
    this.protocol.flush();
  }

  /** The virtual clock's time is over. */
  toPresent(): void {
    this.protocol.stop();
    this.#clock.toPresent();
    this.protocol.start();
  }

  #admit({ credentials: { apiKey }, secret: apiSecret, setup }: Member): void {
    const { venue, accounts, environment } = this.protocol.state;
    const { balance, positionMode } = setup;
    venue.resetAccount(apiKey, { balances: { USDT: balance }, positionMode });
    const rights = { permissions: DEFAULT_PERMISSIONS, readOnly: false, ips: [] };
    accounts.set(apiKey, { apiSecret, ...rights }, environment.nowMs());
  }

  /** A price that was set by control is where the path goes on. */
  #follow(symbol: string): void {
    const now = this.protocol.state.venue.ticker(symbol)?.lastPrice;
    const own = this.#set.get(symbol);
    if (now !== undefined && own !== undefined && now !== own) this.#model.moveTo(symbol, Number(now));
  }
}

function instrumentsAt(model: MarketModel): readonly InstrumentSettings[] {
  const listed = new Set(MARKETS.map(({ symbol }) => symbol));
  return shippedInstruments()
    .filter(({ symbol }) => listed.has(symbol))
    .map((settings) => ({ ...settings, basePrice: onGrid(model.price(settings.symbol), settings.tickSize) }));
}

function onGrid(price: number, tickSize: string): string {
  const tick = Number(tickSize);
  return (Math.round(price / tick) * tick).toFixed(tickSize.split(".")[1]?.length ?? 0);
}
