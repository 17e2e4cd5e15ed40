/** What histories that are written down for the checker are made of. */
import type { CheckedAllocation, Evidence } from "./evidence.ts";

export const BTCUSDT: Evidence["instruments"][number] = {
  symbol: "BTCUSDT",
  quantityStep: "0.001",
  minQuantity: "0.001",
  minNotional: "5",
  maxMarketQuantity: "100",
  tickSize: "0.1",
  trading: true,
};

/** By half, from the beginning to the end. */
export const HALF: CheckedAllocation = {
  leader: "leader",
  follower: "follower",
  sizing: "multiplier",
  multiplier: "0.5",
  scaling: "1",
  minimumPolicy: "accumulate",
  excessMax: "0",
  symbols: null,
  copyExisting: true,
  constant: true,
};

/** Nothing happened, to nobody. */
export const NOTHING: Evidence = {
  instruments: [],
  allocations: [],
  leaders: [],
  followers: [],
  outcomes: [],
  intents: [],
  standing: [],
  commands: [],
  prices: [],
  halted: [],
  outages: true,
  slackMs: 1_000,
};
