/** OKX's public lead traders, read from an OKX of our own that the unmodified `okx-api` understands as well. */
import { RestClient } from "okx-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import { OkxLeadTraders } from "../../src/exchange/okx/lead-traders.ts";
import { OkxPublicRest } from "../../src/exchange/okx/public-rest.ts";
import { CLOSED, OkxServer, RANK } from "../okx/server.ts";

const CODE = "540D011FDACCB47A";

let server: OkxServer;
let outside: ReturnType<typeof createRealOutside>;
let stop: AbortController;
let traders: OkxLeadTraders;

beforeEach(async () => {
  server = await new OkxServer().start();
  outside = createRealOutside();
  stop = new AbortController();
  traders = new OkxLeadTraders(new OkxPublicRest(outside, server.url, stop.signal));
});

afterEach(async () => {
  outside.close();
  await server.close();
});

test("the unmodified client understands the server", async () => {
  const client = new RestClient({ baseUrl: server.url });
  const [listed] = await client.getCopytradingLeadRanks({ limit: "10" });
  expect(listed?.ranks.map(({ uniqueCode }) => uniqueCode)).toEqual([CODE]);
  const [statistics] = await client.getCopytradingLeadStats({ uniqueCode: CODE, lastDays: "3" });
  expect(statistics?.profitDays).toBe("2");
  const [position] = await client.getCopytradingLeadPositionHistory({ uniqueCode: CODE });
  expect(position?.closeAvgPx).toBe("28385.9");
});

describe("lead traders", () => {
  test("are listed with the venue's figures, page by page of one version", async () => {
    server.ranks = Array.from({ length: 45 }, (_, index) => ({
      ...RANK,
      uniqueCode: `${index}`.padStart(16, "A"),
    }));
    const { rows } = await traders.ranks({ order: "aum", most: 30, vacant: true });
    expect(rows).toHaveLength(30);
    expect(rows[0]).toMatchObject({
      name: "Crypto to the moon",
      pnlRatio: "1.6898",
      copiers: "999",
      copiersMax: "1000",
    });
    const queries = server.asked.map(({ searchParams }) => Object.fromEntries(searchParams));
    expect(queries).toMatchObject([
      { sortType: "aum", state: "1", page: "1", limit: "20" },
      { page: "2", dataVer: "20231129213200" },
    ]);
  });

  test("who cannot be read are left out and told", async () => {
    server.ranks = [{ ...RANK, pnl: "much" }, RANK];
    const { rows, unreadable } = await traders.ranks({ order: "overview", most: 10, vacant: false });
    expect([rows.length, unreadable]).toEqual([1, ["pnl is no decimal number"]]);
  });

  test("have statistics, weeks and coins", async () => {
    expect(await traders.statistics(CODE, "90d")).toMatchObject({
      profitDays: "2",
      lossDays: "1",
      copiersPnl: "96.8071",
    });
    expect((await traders.weeklyPnl(CODE)).rows).toEqual([
      { beginMs: 1_701_014_400_000, pnl: "-2.8428", pnlRatio: "-0.0106" },
    ]);
    expect((await traders.preferences(CODE)).rows).toEqual([{ coin: "ETH", share: "0.8881" }]);
  });

  test("have a history of any number of pages", async () => {
    server.closed = Array.from({ length: 230 }, (_, index) => ({
      ...CLOSED,
      subPosId: String(9_000 - index),
    }));
    const { rows } = await traders.closedPositions(CODE);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(230);
  });
});

test("too many requests are asked again, and five in two seconds are never passed", async () => {
  server.refusals = 1;
  const startMs = performance.now();
  for (let count = 0; count < 5; count += 1) await traders.preferences(CODE);
  expect(server.asked).toHaveLength(6);
  expect(performance.now() - startMs).toBeGreaterThan(2_000);
}, 20_000);

test("a refusal is told in the venue's words", async () => {
  await expect(traders.preferences("short")).rejects.toThrow(
    "OKX refuses (51000): Parameter uniqueCode error",
  );
});

test("a stop ends what waits", async () => {
  const both = Promise.allSettled([traders.preferences(CODE), traders.preferences(CODE)]);
  stop.abort(new Error("interrupted"));
  expect((await both)[1]).toMatchObject({ status: "rejected" });
});
