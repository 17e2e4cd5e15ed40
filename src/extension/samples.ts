/** Questions that an extension must be able to answer: ordinary ones and those at the edges, the same each time. */
import type { Account, ApprovedIncrease, Increase, Position } from "./contract.ts";
import { deeplyFrozen } from "./question.ts";

const MONDAY_MS = Date.UTC(2026, 0, 5);
const HOUR_MS = 3_600_000;
const HOURS = [0, 9, 23, 24 * 2 + 12, 24 * 4 + 23, 24 * 5, 24 * 6 + 12];

const RICH: Account = { nickname: "follower", equity: "1000000", available: "800000", balance: "990000" };
const ACCOUNTS: readonly Account[] = [
  RICH,
  { ...RICH, equity: "12.5", available: "0", balance: "12.5" },
  { ...RICH, equity: "-3", available: "0", balance: "0" },
  { ...RICH, equity: null, available: null, balance: null },
];

interface Market {
  readonly symbol: string;
  readonly baseCoin: string;
  readonly price: string;
  readonly quantity: string;
  readonly value: string;
}

const MARKETS: readonly Market[] = [
  { symbol: "BTCUSDT", baseCoin: "BTC", price: "60000", quantity: "0.001", value: "60" },
  { symbol: "ETHUSDT", baseCoin: "ETH", price: "3000.05", quantity: "1000", value: "3000050" },
  { symbol: "1000PEPEUSDT", baseCoin: "1000PEPE", price: "0.0000001", quantity: "90000000", value: "9" },
];

const MANY: readonly Position[] = Array.from({ length: 200 }, (_, place) => ({
  symbol: `COIN${place}USDT`,
  leg: "net",
  quantity: place % 2 === 0 ? "12.5" : "-0.001",
  inFlight: place % 3 === 0 ? "1" : "0",
  value: place % 5 === 0 ? null : "150.25",
}));

/** Every account in every market, both sides, at hours of a whole week, with nothing, something and much held. */
export function sampleQuestions(): readonly Increase[] {
  return MARKETS.flatMap((market) =>
    ACCOUNTS.flatMap((account) => HOURS.map((hour) => sampleOf(market, account, MONDAY_MS + hour * HOUR_MS))),
  );
}

/** The same for a style: just changed and long ago, never ordered and just ordered, with and without a price at worst. */
export function sampleOrders(): readonly ApprovedIncrease[] {
  return sampleQuestions().map((question, place) =>
    deeplyFrozen<ApprovedIncrease>({
      ...question,
      changedAtMs: question.atMs - (place % 5) * 700_000,
      lastOrderAtMs: place % 3 === 0 ? null : question.atMs - (place % 4) * 2_500,
      worstPrice: place % 2 === 0 ? null : question.price,
      tickSize: "0.0000001",
    }),
  );
}

function sampleOf({ price, quantity, value, ...market }: Market, follower: Account, atMs: number): Increase {
  const held = HELD[(atMs / HOUR_MS) % HELD.length] ?? "0";
  const own: Position = { symbol: market.symbol, leg: "net", quantity: held, inFlight: "0", value };
  const isQuoted = held !== "0";
  return deeplyFrozen<Increase>({
    ...market,
    atMs,
    follower,
    leaders: isQuoted ? ["leader", "other"] : ["leader"],
    venue: "bybit",
    settleCoin: "USDT",
    leg: isQuoted ? "net" : "short",
    side: held.startsWith("-") || held === "0" ? "sell" : "buy",
    quantity,
    price,
    value,
    held,
    bid: isQuoted ? price : null,
    ask: isQuoted ? price : null,
    mark: isQuoted ? price : null,
    positions: isQuoted ? [own, ...MANY] : [],
  });
}

const HELD = ["0", "0.5", "-0.5"];
