import { describe, expect, it } from "vitest";
import { type ImportItem, printable } from "./format.ts";
import { openFormat } from "./formats.ts";

function read(text: string, name: Parameters<typeof openFormat>[0] = "auto") {
  const items: ImportItem[] = [];
  const opened = openFormat(name, {
    head: text,
    trader: "me",
    venue: "other",
    emit: (item) => items.push(item),
  });
  opened.reader.push(text);
  opened.reader.end();
  return { name: opened.name, items, unread: opened.reader.unreadColumns };
}

const reasons = (items: readonly ImportItem[]) =>
  items.flatMap((item) => (item.kind === "rejected" ? [`${item.at.line}: ${item.reason}`] : []));
const fills = (items: readonly ImportItem[]) =>
  items.flatMap((item) => (item.kind === "fill" ? [item.fill] : []));

const LEAD_ROW =
  "{'time': 1718985883000, 'symbol': '1000PEPEUSDT', 'side': 'SELL', 'price': 1e-02, 'fee': -6.08e-06, 'feeAsset': 'USDT', 'quantity': 0.38, 'quantityAsset': 'USDT', 'realizedProfit': 9.4620, 'realizedProfitAsset': 'USDT', 'baseAsset': '1000PEPE', 'qty': 38.0, 'positionSide': 'LONG', 'activeBuy': False}";
const leads = (history: string) => `Port_IDs,Trade_History\n3672754654734989568,"${history}"\n`;

describe("raw Binance leads", () => {
  it("are exact, and turned round to oldest first", () => {
    const later = LEAD_ROW.replace("1718985883000", "1718985999000");
    const { name, items } = read(leads(`[${later}, ${LEAD_ROW}]`));
    expect(name).toBe("binance-copy");
    expect(items[0]).toEqual({
      kind: "trader",
      key: { venue: "binance", trader: "3672754654734989568" },
      history: "complete",
    });
    expect(fills(items).map(({ timeMs }) => timeMs)).toEqual([1718985883000, 1718985999000]);
    expect(fills(items)[0]).toEqual({
      kind: "trade",
      timeMs: 1718985883000,
      symbol: "1000PEPEUSDT",
      quoteAsset: "USDT",
      side: "sell",
      leg: "long",
      price: "0.01",
      quantity: "38",
      realizedPnl: "9.462",
      fee: "-0.00000608",
      feeAsset: "USDT",
      liquidity: "taker",
      tradeId: "",
      orderId: "",
      positionBefore: null,
      closedQuantity: null,
      leverage: null,
    });
  });

  it("keep a torn record as a rejected row, and know that they are cut", () => {
    const { items } = read(leads(`[${LEAD_ROW}, {'time': 17189`));
    expect(items[0]).toMatchObject({ kind: "trader", history: "truncated" });
    expect(fills(items).length).toBe(1);
    expect(items[1]).toMatchObject({ kind: "rejected", at: { line: 2, record: 2 }, text: "{'time': 17189" });
  });

  it.each([
    [LEAD_ROW.replace("'SELL'", "'HOLD'"), 'side: "HOLD" is neither buy nor sell'],
    [LEAD_ROW.replace("38.0", "-38.0"), "0.38 USDT is not 1e-02 x -38.0"],
    [LEAD_ROW.replace("0.38", "0.39"), "0.39 USDT is not 1e-02 x 38.0"],
    [
      LEAD_ROW.replace("1718985883000", "1718985883"),
      "time: 1718985883 is before 2009; milliseconds since 1970 are meant, not seconds",
    ],
    [LEAD_ROW.replace("'feeAsset': 'USDT', ", ""), "feeAsset is missing"],
    [LEAD_ROW.replace("9.4620", "None"), "realizedProfit: nothing stands where a profit should"],
    ["'text'", "a dictionary is meant"],
  ])("reject %s", (row, reason) => {
    expect(reasons(read(leads(`[${row}]`)).items)).toEqual([`2: ${reason}`]);
  });

  it("know a trader without a fill", () => {
    expect(read("Port_IDs,Trade_History\n3919965573764932864,\n").items).toEqual([
      { kind: "trader", key: { venue: "binance", trader: "3919965573764932864" }, history: "complete" },
    ]);
  });
});

const HYPERLIQUID =
  '{"closedPnl":"-1.50","coin":"kBONK","crossed":true,"dir":"Close Short","fee":"0.12","feeToken":"USDC","hash":"0x1","oid":498935919581,"px":"0.00205","side":"B","startPosition":"-11676987.0","sz":"145123.0","tid":1083817443202724,"time":1784507189410,"twapId":null}';

describe("fills of Hyperliquid", () => {
  it("are paid fees below zero, and tell the position before", () => {
    const { name, items } = read(`[${HYPERLIQUID}]`);
    expect(name).toBe("hyperliquid");
    expect(items).toEqual([
      {
        kind: "fill",
        key: { venue: "hyperliquid", trader: "me" },
        at: { line: 1, record: 0 },
        fill: {
          kind: "trade",
          timeMs: 1784507189410,
          symbol: "kBONK",
          quoteAsset: "USDC",
          side: "buy",
          leg: "net",
          price: "0.00205",
          quantity: "145123",
          realizedPnl: "-1.5",
          fee: "-0.12",
          feeAsset: "USDC",
          liquidity: "taker",
          tradeId: "1083817443202724",
          orderId: "498935919581",
          positionBefore: "-11676987",
          closedQuantity: null,
          leverage: null,
        },
      },
    ]);
  });

  it("of pairs are two traders, seen when they were asked", () => {
    const answer = `{"request":{},"retrieved_at_ms":1784683128490,"fills":[${HYPERLIQUID}]}`;
    const { items } = read(`{"pair":"acc3","leader":${answer},"follower":${answer}}`);
    expect(items.flatMap((item) => (item.kind === "fill" ? [item.key.trader] : []))).toEqual([
      "acc3-leader",
      "acc3-follower",
    ]);
    expect(items[0]).toEqual({ kind: "retrieved", atMs: 1784683128490 });
  });

  it("were asked at no time that is none", () => {
    const { items } = read(
      `{"retrieved_at_ms":1e999,\n"retrieved_at_ms":"5","fills":[${HYPERLIQUID}]}`,
      "hyperliquid",
    );
    expect(reasons(items)).toEqual([
      "1: retrieved_at_ms: it is no time",
      "2: retrieved_at_ms: 5 is before 2009; milliseconds since 1970 are meant, not seconds",
    ]);
    expect(items.some(({ kind }) => kind === "retrieved")).toBe(false);
  });

  it("leave spot out, take the shape of 2023, and name what is missing", () => {
    const spot = HYPERLIQUID.replace("kBONK", "@107");
    const early = HYPERLIQUID.replace(',"feeToken":"USDC"', "").replace('"tid":1083817443202724,', "");
    const damaged = HYPERLIQUID.replace('"px":"0.00205",', "");
    const { items } = read(`[${spot},\n${early},\n${damaged}]`);
    expect(items[0]).toEqual({ kind: "skipped", why: "spot fills" });
    expect(fills(items)).toMatchObject([{ tradeId: "", quoteAsset: "USDC" }]);
    expect(reasons(items)).toEqual(["3: px is missing"]);
  });
});

describe("funding of Hyperliquid", () => {
  const payment =
    '{"time":1683849600076,"hash":"0x0","delta":{"type":"funding","coin":"ETH","usdc":"-3.625312","szi":"-49.1477","fundingRate":"0.0000417","nSamples":null}}';

  it("is cash of the position that was held", () => {
    expect(fills(read(`[${payment}]`).items)).toMatchObject([
      { kind: "funding", symbol: "ETH", side: "sell", quantity: "49.1477", price: "0", fee: "-3.625312" },
    ]);
  });

  it("is nothing else", () => {
    const deposit = payment.replace('"funding"', '"deposit"');
    expect(reasons(read(`[${deposit}]`).items)).toEqual(['1: delta.type: "deposit" is not funding']);
  });
});

const BYBIT =
  '{"symbol":"ETHPERP","side":"Buy","execTime":"1672282722429","isMaker":false,"execFee":"0.071409","feeCurrency":"","execId":"e0c","orderId":"8c0","execPrice":"1190.15","execType":"Trade","execQty":"0.1","closedSize":""}';

describe("executions of Bybit", () => {
  it("come from answers, with the fee as cash", () => {
    const { name, items } = read(`{"retCode":0,"result":{"category":"linear","list":[${BYBIT}]}}`);
    expect(name).toBe("bybit");
    expect(fills(items)).toMatchObject([
      {
        symbol: "ETHPERP",
        quoteAsset: "USDC",
        fee: "-0.071409",
        tradeId: "e0c",
        liquidity: "taker",
        realizedPnl: null,
      },
    ]);
  });

  it("have funding among them, and what is not linear is left out", () => {
    const funding = BYBIT.replace('"Trade"', '"Funding"').replace('"execId":"e0c"', '"execId":"f"');
    const inverse = BYBIT.replace("ETHPERP", "BTCUSD");
    const odd = BYBIT.replace('"Trade"', '"Party"');
    const { items } = read(`[${funding},${inverse},${odd}]`);
    expect(fills(items)).toMatchObject([{ kind: "funding", fee: "-0.071409" }]);
    expect(items[1]).toMatchObject({ kind: "skipped" });
    expect(reasons(items)).toEqual(['1: execType: "Party" is not known']);
  });

  it("come from the file that a user downloads", () => {
    const { name, items } = read(
      [
        "Market,Filled Type,Filled Quantity,Filled Price,Order Price,Fee Rate,Trading Fee,feeCoin,ExecFeeV2,Direction,Order Type,Trasaction ID,Order No.,Transaction Time(UTC+0)",
        "BTCUSDT,Trade,2,100,100,0.00055,1.1E-1,USDT,0.11,Long,Market,a1,o1,10:05 2026-01-10",
        "BTCUSDT,Funding,2,108,0,-0.0001,-0.05,,0,Long,--,f2,g2,16:00 2026-01-11",
        "BTCUSDT,Trade,2,100,100,0.00055,0.11,USDT,0.11,Up,Market,a2,o2,10:05 2026-01-10",
        "BTCUSDT,Trade,2,100,100,0.00055,0.11,USDT,0.11,Short,Market,a3,o3,soon",
        "BTCUSDT,Trade,2,100,100,0.00055,0.11,USDT,0.11,Short,Market,a4,o4,10:05 2026-02-29",
      ].join("\n"),
    );
    expect(name).toBe("bybit");
    expect(fills(items)).toMatchObject([
      { side: "buy", leg: "untold", fee: "-0.11", timeMs: Date.UTC(2026, 0, 10, 10, 5), tradeId: "a1" },
      { kind: "funding", fee: "0.05", timeMs: Date.UTC(2026, 0, 11, 16) },
    ]);
    expect(reasons(items)).toEqual([
      '4: Direction: "Up" is none of buy, sell, long, short, open long, close long, open short, close short',
      "5: Transaction Time(UTC+0): it is no time",
      "6: Transaction Time(UTC+0): it is no time",
    ]);
  });

  it("come from older downloads, with legs, leverage and another zone", () => {
    const { items } = read(
      [
        "Contracts,Filled Type,Filled Qty,Filled Price,Fees Paid,Direction,Leverage,Transaction ID,Order No.,Transaction Time(UTC+8)",
        "BTCUSDT,Trade,2,100,0.11,Close Short,10x,a1,o1,2022-03-04 05:06:07",
      ].join("\n"),
    );
    expect(fills(items)).toMatchObject([
      { side: "buy", leg: "short", leverage: "10", timeMs: Date.UTC(2022, 2, 3, 21, 6, 7) },
    ]);
  });
});

describe("the table of our own", () => {
  it("has columns by name, and tells those that nobody reads", () => {
    const { name, items, unread } = read(
      "time,symbol,side,price,quantity,realised_pnl\n2024-05-01T10:00:00+02:00,BTCUSDT,buy,60000,0.5,3\n1714550400000,X-Y,sell,1,1,1\n2024-05-01 10:00,BTCUSDT,buy,1,1,\n1,2\n2024-02-30T10:00:00Z,BTCUSDT,buy,1,1,\n",
    );
    expect(name).toBe("csv");
    expect(unread).toEqual(["realised_pnl"]);
    expect(fills(items)).toMatchObject([{ timeMs: Date.UTC(2024, 4, 1, 8), quoteAsset: "USDT", fee: "0" }]);
    expect(reasons(items)).toEqual([
      "3: quote_asset: nothing stands there, and the symbol does not end in USDT, USDC or USD",
      "4: time: it is no time",
      "5: 2 cells stand where the header has 6",
      "6: time: it is no time",
    ]);
  });

  it.each([
    ["a;b;c\n1;2;3\n", "the cells are separated by semicolons: commas are meant"],
    ["", "the file is empty"],
    ["hello\n", /^no known format/],
  ])("is not %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it("says what is missing when it was named", () => {
    expect(() => read("time,symbol\n", "csv")).toThrow("no column side, price, quantity in: time, symbol");
  });
});

describe("what quotes a file", () => {
  it("is one line of a thousand characters without half a character, and stays as it is", () => {
    const long = printable(`${"x".repeat(999)}\u{1f600}\n${"x".repeat(5_000)}`);
    expect(long).toBe(`${"x".repeat(999)} ...`);
    expect(printable(long)).toBe(long);
  });
});
