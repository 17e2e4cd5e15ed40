/** Hostile histories of fills: whatever a file holds, each row becomes a sound fill or a reason, and nothing else happens. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/core/model/decimal.ts";
import { FormatError, type ImportItem, printable } from "../../src/traders/formats/format.ts";
import { FORMAT_NAMES } from "../../src/traders/formats/format-names.ts";
import { openFormat } from "../../src/traders/formats/formats.ts";
import { positionFills } from "../../src/traders/position-fills.ts";
import { damagedText, NASTY, runs } from "./hostile.ts";

const HYPERLIQUID = {
  ...{ coin: "BTC", px: "60000.5", sz: "0.5", side: "B", time: 1_714_521_600_000, startPosition: "0.0" },
  ...{ dir: "Open Long", closedPnl: "0.0", fee: "0.12", feeToken: "USDC", crossed: true, oid: 1, tid: 2 },
};
const FUNDING = {
  time: 1_714_521_600_000,
  delta: { type: "funding", coin: "ETH", usdc: "-3.6", szi: "-49.1", fundingRate: "0.00004" },
};
const BYBIT = {
  ...{
    symbol: "BTCUSDT",
    side: "Buy",
    execTime: "1714521600000",
    isMaker: false,
    execFee: "0.07",
    execId: "a",
  },
  ...{
    orderId: "b",
    execPrice: "60000",
    execType: "Trade",
    execQty: "0.1",
    closedSize: "0",
    feeCurrency: "",
  },
};
const DOCUMENTS = [
  [HYPERLIQUID, FUNDING],
  {
    pair: "p",
    leader: { retrieved_at_ms: 1_784_683_128_490, fills: [HYPERLIQUID] },
    follower: { fills: [HYPERLIQUID] },
  },
  { result: { category: "linear", list: [BYBIT] } },
  [{ result: { list: [BYBIT] } }],
];
const TABLES = [
  "time,symbol,side,price,quantity,fee\n1714521600000,BTCUSDT,buy,60000,0.5,-1\n",
  "port_id,time_ms,symbol,quote_asset,side,position_side,price,qty_base,quantity_quote,fee,fee_asset,realized_pnl,active_buy\n3672754654734989568,1718389338000,BTCUSDT,USDT,SELL,LONG,2,3,6,0.0,USDT,-1,false\n",
  "Port_IDs,Trade_History\n1,\"[{'time': 1718985883000, 'symbol': 'BTCUSDT', 'side': 'SELL', 'price': 2.0, 'fee': -0.04, 'feeAsset': 'USDT', 'quantity': 6.0, 'quantityAsset': 'USDT', 'realizedProfit': 9.4, 'qty': 3.0, 'positionSide': 'LONG', 'activeBuy': False}]\"\n",
  "Market,Filled Type,Filled Quantity,Filled Price,Trading Fee,Direction,Trasaction ID,Order No.,Transaction Time(UTC+0)\nBTCUSDT,Trade,2,100,0.11,Long,a1,o1,10:05 2026-01-10\n",
];

/** One cell of a table replaced, or bytes of it torn out. */
const damagedTable = fc
  .tuple(fc.constantFrom(...TABLES), fc.nat(), fc.constantFrom(...NASTY))
  .chain(([table, at, value]) => {
    const cells = table.split(/(,|\n)/);
    cells[(at % Math.ceil(cells.length / 2)) * 2] =
      typeof value === "string" ? value : (JSON.stringify(value) ?? "");
    return damagedText([cells.join("")]);
  });

function read(text: string, format: (typeof FORMAT_NAMES)[number] | "auto"): readonly ImportItem[] {
  const items: ImportItem[] = [];
  try {
    const { reader } = openFormat(format, {
      head: text.slice(0, 1_000),
      trader: "me",
      venue: "other",
      emit: (item) => items.push(item),
    });
    for (let at = 0; at < text.length; at += 700) reader.push(text.slice(at, at + 700));
    reader.end();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(printable(error.message)).toBe(error.message);
  }
  return items;
}

function expectSound(items: readonly ImportItem[]): void {
  for (const item of items) {
    if (item.kind === "retrieved") expect(item.atMs).toBeGreaterThan(1e12);
    if (item.kind !== "fill") continue;
    const { fill, key } = item;
    expect(key.trader).toMatch(/^[\w.:-]{1,80}$/);
    expect(["buy", "sell"]).toContain(fill.side);
    expect(["net", "long", "short", "untold"]).toContain(fill.leg);
    expect(Number.isSafeInteger(fill.timeMs)).toBe(true);
    expect(Decimal.parse(fill.quantity).sign).toBe(1);
    if (fill.kind === "funding") continue;
    const exact = positionFills(fill);
    expect(exact.length).toBeGreaterThan(0);
    expect(exact.every(({ price, quantity }) => price.sign > 0 && quantity.sign > 0)).toBe(true);
  }
}

const formats = fc.constantFrom(...FORMAT_NAMES, "auto" as const);

describe("hostile histories", () => {
  it("in JSON give sound fills or reasons", () => {
    fc.assert(
      fc.property(damagedText(DOCUMENTS), formats, (text, format) => expectSound(read(text, format))),
      runs(2_000),
    );
  });

  it("in tables give sound fills or reasons", () => {
    fc.assert(
      fc.property(damagedTable, formats, (text, format) => expectSound(read(text, format))),
      runs(2_000),
    );
  });

  it("of nothing but noise give reasons", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3_000, size: "max" }), formats, (text, format) => {
        expect(read(text, format).filter(({ kind }) => kind === "fill")).toEqual([]);
      }),
      runs(500),
    );
  });
});
