/** Where prices come from: control alone, a seed, or a file of recorded bars. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Market } from "../../../src/exchange/simulated/bybit-server/server.ts";
import { open, rowsOf, startTestExchange, type TestExchange } from "./clients.ts";

async function lastPrice(exchange: TestExchange): Promise<unknown> {
  const { result } = await open(exchange.rest, "/v5/market/tickers?category=linear&symbol=BTCUSDT");
  return rowsOf(result.list)[0]?.lastPrice;
}

async function withMarket<Seen>(
  market: Market,
  look: (exchange: TestExchange) => Promise<Seen>,
): Promise<Seen> {
  const exchange = await startTestExchange({ market });
  try {
    return await look(exchange);
  } finally {
    await exchange.close();
  }
}

describe("market", () => {
  it("flat stands still", async () => {
    const seen = await withMarket("flat", async (exchange) => {
      const before = await lastPrice(exchange);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return [before, await lastPrice(exchange)];
    });
    expect(seen[0]).toBe(seen[1]);
  });

  it("moving moves", async () => {
    await withMarket("moving", async (exchange) => {
      const before = await lastPrice(exchange);
      await expect.poll(() => lastPrice(exchange)).not.toBe(before);
    });
  });

  it("of a file plays its bars from the start of the exchange", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bars-"));
    const file = join(folder, "BTCUSDT.csv");
    const rows = [0, 60_000, 120_000].map((time) => `${1_700_000_000_000 + time},31000,31500,30500,31200,12`);
    await writeFile(file, ["open_time_ms,open,high,low,close,volume", ...rows, ""].join("\n"));
    const price = await withMarket({ file }, async (exchange) => {
      await expect.poll(async () => Number(await lastPrice(exchange))).toBeLessThan(32_000);
      return Number(await lastPrice(exchange));
    });
    expect(price).toBeGreaterThan(30_000);
    await rm(folder, { recursive: true });
  });

  it("of a file that is no table of bars is refused by name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bars-"));
    const file = join(folder, "nonsense.csv");
    await writeFile(file, "hello\n");
    await expect(startTestExchange({ market: { file } })).rejects.toThrow("nonsense.csv");
    await rm(folder, { recursive: true });
  });
});
