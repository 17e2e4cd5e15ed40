/** `copytrader traders discover` and `fetch` against servers of our own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { address } from "../hyperliquid/following.ts";
import { HyperliquidServer } from "../hyperliquid/server.ts";
import { CLOSED, OkxServer, OPEN } from "../okx/server.ts";
import { runCommand } from "./in-process.ts";
import { type Exit, killPrograms, Program } from "./program.ts";

const WHALE = address(1);
const LEAD = "540D011FDACCB47A";
const TOLD_MAX_MS = 15_000;

let okx: OkxServer;
let hyperliquid: HyperliquidServer;
let folder: string;

beforeAll(async () => {
  okx = await new OkxServer().start();
  hyperliquid = await new HyperliquidServer({ fundingRows: 3, updateRows: 3 }).start();
  folder = mkdtempSync(join(tmpdir(), "public-traders-"));
});

afterAll(async () => {
  await killPrograms();
  await okx.close();
  await hyperliquid.close();
  rmSync(folder, { recursive: true });
});

const traders = (...args: readonly string[]): Promise<Exit> => runCommand(["traders", ...args]);
const data = () => ["--data", folder];

describe("discover", () => {
  it("lists lead traders with statistics", async () => {
    const { stdout, code } = await traders(
      "discover",
      "--venue",
      "okx",
      "--url",
      okx.url,
      "--period",
      "90d",
      ...data(),
    );
    expect(code).toBe(0);
    expect(stdout).toContain(LEAD);
    expect(stdout).toContain("Crypto to the moon");
    expect(stdout).toMatch(/169\.0 +69\.6 +156 +999\/1000 +1509265 +2\/1 +265 +97/);
  });

  it("gives them as JSON", async () => {
    const { stdout } = await traders("discover", "--venue", "okx", "--url", okx.url, "--json", ...data());
    expect(JSON.parse(stdout)).toMatchObject({ venue: "okx", traders: [{ id: LEAD, statistics: null }] });
  });

  it("fails with the venue's words when there is no venue", async () => {
    const { code, stderr } = await traders(
      "discover",
      "--venue",
      "okx",
      "--url",
      "http://127.0.0.1:9",
      ...data(),
    );
    expect(code).toBe(1);
    expect(stderr).toContain("okx:");
  }, 40_000);
});

describe("whom discover has shown", () => {
  it("counts as looked at in rankings, once, also when nothing of it is ever taken in", async () => {
    const own = mkdtempSync(join(tmpdir(), "looked-at-"));
    for (const _ of [1, 2]) await traders("discover", "--venue", "okx", "--url", okx.url, "--data", own);
    const fills = join(own, "alice.csv");
    writeFileSync(fills, "time,symbol,side,price,quantity\n2024-05-01T10:00:00Z,BTCUSDT,buy,60000,0.5\n");
    await traders("import", fills, "--data", own);
    const noted = await traders("screened", "add", "40", "--where", "a leaderboard", "--json", "--data", own);
    expect(JSON.parse(noted.stdout)).toMatchObject({
      elsewhere: [{ id: 1, count: 40, where: "a leaderboard" }],
    });
    const { stdout, code } = await traders("rank", "--screened", "3", "--json", "--data", own);
    expect(code).toBe(1);
    const shown = await traders("discover", "--venue", "okx", "--url", okx.url, "--json", "--data", own);
    const ids = new Set((JSON.parse(shown.stdout).traders as readonly { id: string }[]).map(({ id }) => id));
    expect(JSON.parse(stdout)).toMatchObject({
      screened: ids.size + 1 + 40 + 3,
      traders: [{ id: "alice", verdict: "too-short", figures: null }],
    });
    rmSync(own, { recursive: true });
  }, 40_000);
});

describe("fetch", () => {
  it("brings the fills of an address, goes on where it ended, and shows what they come to", async () => {
    hyperliquid.trade(WHALE, "BTC", "buy", "0.2", 3);
    hyperliquid.trade(WHALE, "@107", "buy", "2");
    const args = ["fetch", WHALE, "--venue", "hyperliquid", "--url", hyperliquid.url, ...data()];
    const first = await traders(...args);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain("3 fills, 3 new, 0 known already");
    expect(first.stdout).toContain("1 fill of spot pairs: not looked at");
    hyperliquid.trade(WHALE, "BTC", "sell", "0.2");
    const second = await traders(...args, "--json");
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 1, known: 3 });
    const shown = await traders("show", WHALE, "--json", ...data());
    expect(shown.stdout).toContain(WHALE);
    const again = await traders(...args, "--whole", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ added: 0, known: 4, history: "complete" });
  }, 30_000);

  it("brings the funding payments of an address page by page, each once, and counts them", async () => {
    const trader = address(3);
    const [opened] = hyperliquid.trade(trader, "BTC", "buy", "1");
    const openedMs = opened?.time ?? 0;
    const payments = (coins: readonly string[], hour: number) =>
      coins.map((coin) => ({
        time: openedMs + hour * 3_600_000,
        hash: `0x${"0".repeat(64)}`,
        delta: {
          type: "funding" as const,
          ...{ coin, usdc: "-0.75", szi: "1.0", fundingRate: "0.0000125", nSamples: null },
        },
      }));
    const { funding } = hyperliquid.ledger(trader);
    // Paid before the first fill: nothing of it is known otherwise.
    funding.push(...payments(["BTC"], -1));
    for (const hour of [1, 2, 3, 4]) funding.push(...payments(["BTC", "ETH"], hour));
    const args = ["fetch", trader, "--venue", "hyperliquid", "--url", hyperliquid.url, ...data()];
    const first = await traders(...args);
    expect(first.stdout).toContain("1 fill and 8 funding payments, 9 new, 0 known already");
    funding.push(...payments(["BTC"], 5));
    const second = JSON.parse((await traders(...args, "--json")).stdout);
    expect(second).toMatchObject({ fills: 1, fundingPayments: 3, added: 1, known: 3 });
    const shown = JSON.parse((await traders("show", trader, "--json", ...data())).stdout);
    expect(shown).toMatchObject({ fills: 1, funding: "-6.75", fees: "-0.01" });
    expect(JSON.stringify(shown.quality)).not.toContain("no-funding");
  }, 30_000);

  it("brings what moved into and out of an address's account page by page, each once", async () => {
    const trader = address(5);
    const [opened] = hyperliquid.trade(trader, "BTC", "buy", "1");
    const openedMs = opened?.time ?? 0;
    const { updates } = hyperliquid.ledger(trader);
    const update = (minutes: number, delta: Readonly<Record<string, unknown>>) =>
      updates.push({ time: openedMs + minutes * 60_000, hash: `0x${"0".repeat(64)}`, delta });
    update(-60, { type: "deposit", usdc: "2703997.4500000002" });
    update(-50, { type: "spotTransfer", token: "USDC", amount: "10.5", usdcValue: "10.5" });
    for (const _ of [1, 2]) update(1, { type: "deposit", usdc: "100.0" });
    update(2, { type: "accountClassTransfer", usdc: "12.0", toPerp: false });
    update(3, { type: "airdrop", usdc: "1.0" });
    const args = ["fetch", trader, "--venue", "hyperliquid", "--url", hyperliquid.url, ...data()];
    const first = await traders(...args);
    expect(first.stdout).toContain("5 transfers into or out of the account, 5 new");
    expect(first.stdout).toContain("transfers that are kept without an amount: airdrop: no known kind");
    update(4, { type: "withdraw", usdc: "50.0", nonce: 1, fee: "1.0" });
    const second = JSON.parse((await traders(...args, "--json")).stdout);
    expect(second).toMatchObject({ transfers: 2, transfersAdded: 1 });
    const again = JSON.parse((await traders(...args, "--whole", "--json")).stdout);
    expect(again).toMatchObject({ transfers: 6, transfersAdded: 0 });
  }, 30_000);

  it("tells what was paid in while a position was losing, and that returns leave it out", async () => {
    const trader = address(7);
    const ledger = hyperliquid.ledger(trader);
    const hourMs = 3_600_000;
    const firstMs = Date.UTC(2024, 4, 1, 1);
    const order = { coin: "BTC", size: "1", pieces: 1 };
    ledger.trade({ ...order, side: "buy", price: "60000", timeMs: firstMs });
    ledger.trade({ ...order, side: "sell", price: "60500", timeMs: firstMs + 5 * hourMs });
    const deposit = (hours: number, usdc: string) =>
      ledger.updates.push({
        time: firstMs + hours * hourMs,
        hash: `0x${"0".repeat(64)}`,
        delta: { type: "deposit", usdc },
      });
    for (const [hours, usdc] of [
      [-1, "5000"],
      [2.5, "250"],
      [4.5, "650"],
      [5, "100"],
    ] as const)
      deposit(hours, usdc);
    const own = mkdtempSync(join(tmpdir(), "top-ups-"));
    const closes = [60_000, 59_000, 59_000, 61_000, 60_500];
    const bars = closes.map(
      (close, hour) => `${firstMs + hour * hourMs},${close},${close},${close},${close},10`,
    );
    writeFileSync(join(own, "BTC.csv"), `open_time_ms,open,high,low,close,volume\n${bars.join("\n")}\n`);
    const imported = await runCommand([
      ...["market", "import", join(own, "BTC.csv"), "--venue", "hyperliquid", "--data", own],
    ]);
    expect(imported.code).toBe(0);
    await traders("fetch", trader, "--venue", "hyperliquid", "--url", hyperliquid.url, "--data", own);
    const { figures, returns } = JSON.parse((await traders("show", trader, "--json", "--data", own)).stdout);
    expect(figures).toMatchObject({ marginTopUps: 1, marginTopUpAmount: 250, marginTopUpShare: 0.25 });
    expect(returns.assumptions[1]).toMatchObject({ word: "transfers-not-counted" });
    const { stdout } = await traders("show", trader, "--data", own);
    expect(stdout).toMatch(/top-ups +paid in 1 time while a position was losing: 250\.00, 25\.0 % of all/);
    expect(stdout).toMatch(/3 payments in of 1000\.00\s+together/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    rmSync(own, { recursive: true });
  }, 30_000);

  it("takes nothing in where the answer is no list of them", async () => {
    const trader = address(6);
    hyperliquid.trade(trader, "BTC", "buy", "1");
    hyperliquid.ledger(trader).updates.push({ time: Date.now(), hash: "0x0", delta: { type: 7 } });
    const args = ["fetch", trader, "--venue", "hyperliquid", "--url", hyperliquid.url, ...data()];
    const { code, stderr } = await traders(...args);
    expect(code).toBe(1);
    expect(stderr).toContain("type is missing or no text; nothing was taken in");
  }, 30_000);

  it("brings the positions of a lead trader as openings and closings in coins", async () => {
    const { stdout, code } = await traders(
      "fetch",
      LEAD,
      "--venue",
      "okx",
      "--url",
      okx.url,
      ...data(),
      "--json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ added: 3, history: "truncated" });
    const shown = JSON.parse((await traders("show", LEAD, "--json", ...data())).stdout);
    expect(JSON.stringify(shown)).toContain("ETH-USDT-SWAP");
  }, 30_000);

  it.each([
    [["fetch", "0x12", "--venue", "hyperliquid"], /0x and 40 hexadecimal digits/],
    [["fetch", "x", "--venue", "okx"], /16 or 18 letters and digits/],
    [["fetch", LEAD, "--venue", "elsewhere"], /hyperliquid, okx/],
    [["discover"], /--venue/],
    [["screened", "add", "3"], /--where/],
    [["screened", "remove", "3", "--data", "/nonexistent/data"], /there is no note 3/],
  ])("%j is asked wrongly", async (args, complaint) => {
    const { code, stderr } = await traders(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(complaint);
  });
});

describe("watch", () => {
  const watching = (...args: readonly string[]) =>
    new Program(["traders", "watch", ...args, "--json", ...data()]);

  it("tells fills, positions and equity of an address, keeps them, and ends cleanly", async () => {
    const trader = address(2);
    hyperliquid.trade(trader, "BTC", "buy", "0.3");
    const program = watching(trader, "--url", hyperliquid.url);
    await program.line(({ kind }) => kind === "positions", TOLD_MAX_MS);
    expect(await program.line(({ kind }) => kind === "equity", TOLD_MAX_MS)).toMatchObject({
      equity: "100000",
    });
    hyperliquid.trade(trader, "BTC", "sell", "0.1");
    const fill = await program.line(({ kind }) => kind === "fill", TOLD_MAX_MS);
    expect(fill).toMatchObject({ symbol: "BTC", side: "sell", quantity: "0.1", price: "60000" });
    const held = JSON.stringify([
      { symbol: "BTC", leg: "net", quantity: "0.2", entryPrice: "100.0", leverage: "5" },
    ]);
    await program.line(({ positions }) => JSON.stringify(positions) === held, TOLD_MAX_MS);
    await program.line(({ kind, added }) => kind === "stored" && added === 1, TOLD_MAX_MS);
    hyperliquid.trade(trader, "BTC", "sell", "0.2");
    await program.line(({ kind, quantity }) => kind === "fill" && quantity === "0.2", TOLD_MAX_MS);
    program.kill("SIGINT");
    expect((await program.exit).code).toBe(0);
    const { stdout } = await traders("show", trader, "--json", ...data());
    expect(JSON.parse(stdout)).toMatchObject({ fills: 3 });
  }, 40_000);

  it("goes on through a lost connection", async () => {
    const trader = address(4);
    const program = watching(trader, "--url", hyperliquid.url, "--no-store");
    await program.line(({ kind }) => kind === "positions", TOLD_MAX_MS);
    hyperliquid.hangUp();
    await program.line(({ kind, state }) => kind === "connection" && state === "down", TOLD_MAX_MS);
    hyperliquid.trade(trader, "ETH", "buy", "2");
    await program.line(({ kind, symbol }) => kind === "fill" && symbol === "ETH", TOLD_MAX_MS);
    program.kill("SIGTERM");
    expect((await program.exit).code).toBe(0);
  }, 40_000);

  it("polls a lead trader: what is opened and what is closed", async () => {
    const program = watching(LEAD, "--url", okx.url, "--no-store");
    await program.line(({ kind }) => kind === "positions", TOLD_MAX_MS);
    const opened = {
      ...OPEN,
      subPosId: "700",
      instId: "BTC-USDT-SWAP",
      openAvgPx: "30000",
      margin: "60",
      lever: "5",
    };
    okx.open = [{ ...opened, subPos: "1" }];
    okx.closed = [{ ...CLOSED, subPosId: OPEN.subPosId }];
    expect(await program.line(({ tradeId }) => tradeId === "700-open", TOLD_MAX_MS)).toMatchObject({
      side: "sell",
      quantity: "0.01",
      price: "30000",
    });
    expect(
      await program.line(({ tradeId }) => tradeId === `${OPEN.subPosId}-close`, TOLD_MAX_MS),
    ).toMatchObject({
      price: "28385.9",
    });
    program.kill("SIGINT");
    expect((await program.exit).code).toBe(0);
  }, 40_000);

  it("of nobody is asked wrongly", async () => {
    const { code, stderr } = await traders("watch", "nobody", "--config", folder, ...data());
    expect(code).toBe(2);
    expect(stderr).toMatch(/nobody|leader/);
  });
});
