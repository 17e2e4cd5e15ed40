/**
 * What is taken for the follower whose results are worked out: its money, how late it is, and what its venue charges. Part of every
 * result, as another follower gets other results.
 */
export interface CopySettings {
  /** Of the follower at the beginning, in the asset of profit; a decimal string above zero. */
  readonly equity: string;
  /** From a leader's fill to the follower's. */
  readonly delayMs: number;
  /** Of the value of each fill: 0.00055 is 0.055 %. */
  readonly feeRate: number;
  /** Half of the spread in basis points; never less than half a tick, but 0 for no spread at all. */
  readonly halfSpreadBps: number;
  /** Factor of the market impact (slippage.ts); 0 for none. */
  readonly impactFactor: number;
  /** Orders that the follower's venue takes of one account in a second. */
  readonly ordersPerSecond: number;
}

/**
 * One second is what followers of public addresses at Hyperliquid were seen to need (median 0.93 to 1.12 s over four recorded pairs).
 * The fee is that of a taker at Bybit without a VIP level (USDT perpetuals), ten orders a second are its limit (`order.create`, linear).
 */
export const COPY_DEFAULTS: CopySettings = {
  equity: "10000",
  delayMs: 1_000,
  feeRate: 0.00055,
  halfSpreadBps: 1,
  impactFactor: 1,
  ordersPerSecond: 10,
};

/** Names the settings in what is kept of results. */
export function settingsKey(settings: CopySettings): string {
  const { equity, delayMs, feeRate, halfSpreadBps, impactFactor, ordersPerSecond } = settings;
  return [equity, delayMs, feeRate, halfSpreadBps, impactFactor, ordersPerSecond].join(" ");
}
