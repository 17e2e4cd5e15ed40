/** What one address of the Hyperliquid of our own trades and holds: fills in the venue's form, and the state that they lead to. */
import { Decimal } from "../../src/core/model/decimal.ts";

export interface Fill {
  readonly coin: string;
  readonly px: string;
  readonly sz: string;
  readonly side: "A" | "B";
  readonly time: number;
  readonly startPosition: string;
  readonly dir: string;
  readonly closedPnl: string;
  readonly hash: string;
  readonly oid: number;
  readonly tid: number;
  readonly crossed: boolean;
  readonly fee: string;
  readonly feeToken: string;
  readonly twapId: null;
}

export interface FundingPayment {
  readonly time: number;
  readonly hash: string;
  readonly delta: {
    readonly type: "funding";
    readonly coin: string;
    /** Received is positive. */
    readonly usdc: string;
    readonly szi: string;
    readonly fundingRate: string;
    readonly nSamples: number | null;
  };
}

export interface LedgerUpdate {
  readonly time: number;
  readonly hash: string;
  readonly delta: Readonly<Record<string, unknown>>;
}

export interface Trade {
  readonly coin: string;
  readonly side: "buy" | "sell";
  readonly size: string;
  readonly price: string;
  readonly pieces: number;
  readonly timeMs: number;
}

let lastId = 1_000;

export class Ledger {
  /** Oldest first. */
  readonly fills: Fill[] = [];
  readonly funding: FundingPayment[] = [];
  /** All but funding: deposits, withdrawals, transfers. Oldest first. */
  readonly updates: LedgerUpdate[] = [];
  equity = "100000";
  readonly #held = new Map<string, Decimal>();

  trade({ coin, side, size, price, pieces, timeMs }: Trade): readonly Fill[] {
    const oid = ++lastId;
    const piece = Decimal.parse(size).dividedBy(Decimal.of(BigInt(pieces), 0), 8, "half-even");
    return Array.from({ length: pieces }, () => {
      const before = this.#held.get(coin) ?? Decimal.zero;
      this.#held.set(coin, side === "buy" ? before.plus(piece) : before.minus(piece));
      const fill: Fill = {
        coin,
        px: price,
        sz: piece.toString(),
        side: side === "buy" ? "B" : "A",
        time: timeMs,
        startPosition: before.toString(),
        dir: "for people",
        closedPnl: "0.0",
        hash: `0x${"0".repeat(64)}`,
        oid,
        tid: ++lastId,
        crossed: true,
        fee: "0.01",
        feeToken: "USDC",
        twapId: null,
      };
      this.fills.push(fill);
      return fill;
    });
  }

  /** Recorded fills of an address, as they are. */
  replay(fills: readonly Fill[]): void {
    for (const fill of fills) {
      const size = Decimal.parse(fill.sz);
      const before = Decimal.parse(fill.startPosition);
      this.#held.set(fill.coin, fill.side === "B" ? before.plus(size) : before.minus(size));
      this.fills.push(fill);
    }
  }

  /** Newest first, as the venue answers without a time. */
  newest(rows: number): readonly Fill[] {
    return this.fills.slice(-rows).reverse();
  }

  held(coin: string): string {
    return (this.#held.get(coin) ?? Decimal.zero).toString();
  }

  state(dex: string, time: number): unknown {
    const isThere = (coin: string) =>
      dex === "" ? !coin.includes(":") && !isSpot(coin) : coin.startsWith(`${dex}:`);
    const open = [...this.#held].filter(([coin, quantity]) => quantity.sign !== 0 && isThere(coin));
    const summary = {
      accountValue: this.equity,
      totalNtlPos: "0.0",
      totalRawUsd: this.equity,
      totalMarginUsed: "0.0",
    };
    return {
      marginSummary: summary,
      crossMarginSummary: summary,
      crossMaintenanceMarginUsed: "0.0",
      withdrawable: this.equity,
      assetPositions: open.map(([coin, quantity]) => ({
        type: "oneWay",
        position: positionOf(coin, quantity),
      })),
      time,
    };
  }

  portfolio(nowMs: number): unknown {
    const history = { accountValueHistory: [[nowMs, this.equity]], pnlHistory: [[nowMs, "0.0"]], vlm: "0.0" };
    return ["day", "week", "month", "allTime"].map((period) => [period, history]);
  }
}

function positionOf(coin: string, quantity: Decimal) {
  return {
    coin,
    szi: quantity.toString(),
    leverage: { type: "cross", value: 5 },
    entryPx: "100.0",
    positionValue: "0.0",
    unrealizedPnl: "0.0",
    returnOnEquity: "0.0",
    liquidationPx: null,
    marginUsed: "0.0",
    maxLeverage: 20,
    cumFunding: { allTime: "0.0", sinceOpen: "0.0", sinceChange: "0.0" },
  };
}

function isSpot(coin: string): boolean {
  return coin.startsWith("@") || coin.includes("/");
}
