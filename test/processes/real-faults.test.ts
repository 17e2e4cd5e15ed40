/**
 * Engine and exchange as programs of their own, and what befalls programs: they are set aside, the network between them
 * breaks in every way, clocks step, the disk is full. Each ends in parity, with nothing doubled, and opens nothing from what is stale.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { until } from "../e2e/await.ts";
import { killPrograms } from "../e2e/program.ts";
import { nothingDoubled, startWorld, type World } from "../e2e/troubled-world.ts";
import { BLACK_HOLE, mostWithin, TcpProxy, type Weather } from "./tcp-proxy.ts";
import { mountSmall, type SmallDisk, whyNoMount } from "./tmpfs.ts";

const HEALED_MAX_MS = 20_000;
const STALE_MS = 2_000;
const yamlOf = (staleMs: number): string => `copy_trading:
  mode: live
engine:
  snapshot_interval_seconds: 1
  leader_stale_after_seconds: ${staleMs / 1_000}
  follower_stale_after_seconds: ${staleMs / 1_000}
  order_window_ms: 1500
`;
const QUICK = yamlOf(STALE_MS);
/** As by default. */
const PATIENT = yamlOf(60_000);

const proxies: TcpProxy[] = [];
const disks: SmallDisk[] = [];

afterEach(async () => {
  await killPrograms();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});
afterAll(() => {
  for (const disk of disks.splice(0)) disk.remove();
});

async function proxied(exchange: string): Promise<TcpProxy> {
  const proxy = await TcpProxy.open(exchange);
  proxies.push(proxy);
  return proxy;
}

async function healed(world: World, after: string): Promise<void> {
  const tookMs = await world.parity(HEALED_MAX_MS).catch((error: unknown) => {
    throw new Error(`after ${after}: ${String(error)}\n${world.engine.stderr.slice(-2_000)}`);
  });
  console.log(`${after}: parity after ${Math.round(tookMs)} ms`);
  await nothingDoubled(world.venue);
}

async function ordersIn(world: World, symbol: string): Promise<number> {
  const accounts = await Promise.all(["single", "both"].map((name) => world.venue.account(name)));
  return accounts.flatMap(({ orderRequests }) => orderRequests.filter(({ body }) => body.symbol === symbol))
    .length;
}

describe("a program that is set aside", () => {
  it.each([
    ["for longer than a leader may be silent", QUICK, 2 * STALE_MS],
    ["for a few seconds", PATIENT, 5_000],
  ])(
    "the engine, %s: what was opened and closed meanwhile is not opened",
    async (_, yaml, asideMs) => {
      const world = await startWorld({ yaml });
      await world.hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
      await healed(world, "the start");
      world.engine.kill("SIGSTOP");
      await world.hand.market({ symbol: "ETHUSDT", side: "buy", quantity: "1" });
      await world.hand.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.02" });
      await pause(asideMs);
      await world.hand.market({ symbol: "ETHUSDT", side: "sell", quantity: "1" });
      await world.hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.04" });
      world.engine.kill("SIGCONT");
      await healed(world, "the engine was set aside");
      expect(await ordersIn(world, "ETHUSDT")).toBe(0);
      await world.hand.market({ symbol: "ETHUSDT", side: "sell", quantity: "0.5" });
      await healed(world, "a trade afterwards");
      await world.close();
    },
    60_000,
  );

  it("the exchange: an order whose answer it held back is not sent again", async () => {
    const world = await startWorld({ yaml: QUICK });
    const { venue, hand } = world;
    await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
    venue.program.kill("SIGSTOP");
    await pause(2 * STALE_MS);
    venue.program.kill("SIGCONT");
    await healed(world, "the exchange was set aside");
    await world.trade({});
    venue.program.kill("SIGSTOP");
    await pause(300);
    venue.program.kill("SIGCONT");
    await healed(world, "the exchange was set aside for a moment");
    await world.close();
  });
});

const WEATHERS: readonly (readonly [name: string, weather: Weather, lastsMs: number])[] = [
  ["everything is cut", { cut: true }, 1_000],
  ["a black hole", BLACK_HOLE, 2_500],
  ["nothing comes back", { hole: ["to-copier"] }, 1_600],
  ["nothing gets there", { hole: ["to-exchange"] }, 1_600],
  ["the streams are cut", { cut: true, kinds: ["private", "trade", "public"] }, 1_000],
  ["REST is a black hole", { ...BLACK_HOLE, kinds: ["rest"] }, 2_000],
  ["order entry is a black hole", { ...BLACK_HOLE, kinds: ["trade"] }, 2_000],
  ["the private stream is a black hole", { ...BLACK_HOLE, kinds: ["private"] }, 2_000],
  ["everything is slow", { delayMs: 300 }, 500],
  ["connections break in the middle of what is said", { breakOff: true }, 500],
];

describe("a network that fails", () => {
  it("each way alone ends in parity", async () => {
    let proxy: TcpProxy | undefined;
    const world = await startWorld({
      yaml: QUICK,
      reachedBy: async ({ rest }) => {
        proxy = await proxied(rest);
        return proxy.url;
      },
    });
    for (const [name, weather, lastsMs] of WEATHERS) {
      proxy?.set(weather);
      await world.trade({});
      await pause(lastsMs);
      proxy?.set({});
      await healed(world, name);
    }
    await world.close();
  }, 120_000);
});

describe("clocks that step", () => {
  it("at the exchange and under the engine, forward and back", async () => {
    const folder = mkdtempSync(join(tmpdir(), "copytrader-clock-"));
    const file = join(folder, "off");
    writeFileSync(file, "0");
    const preload = fileURLToPath(new URL("stepped-clock-preload.ts", import.meta.url));
    const env = { NODE_OPTIONS: `--import=${preload}`, STEPPED_CLOCK_FILE: file };
    const world = await startWorld({ yaml: QUICK, env });
    for (const skewMs of [30_000, -30_000, 0]) {
      await world.trade({ clockSkewMs: skewMs });
      await healed(world, `the exchange's clock went to ${skewMs} ms`);
    }
    for (const offMs of [30_000, -30_000, 0]) {
      writeFileSync(file, String(offMs));
      await world.trade({});
      await healed(world, `the engine's clock went to ${offMs} ms`);
    }
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }, 90_000);
});

describe("a storm of disconnects", () => {
  it("never takes more connections and requests than the exchange allows, and heals", async () => {
    let proxy: TcpProxy | undefined;
    const world = await startWorld({
      venueArgs: ["--limits", "real"],
      reachedBy: async ({ rest }) => {
        proxy = await proxied(rest);
        return proxy.url;
      },
      furnish: async (copier, venue, url) => {
        for (let follower = 1; follower <= 60; follower += 1) {
          await venue.putAccount(`more${follower}`);
          copier.accountFile(`more${follower}`, "follower", { url, copy_multiplier: 0.1 });
        }
      },
    });
    if (proxy === undefined) throw new Error("no proxy");
    await world.hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
    // Whoever uses up the exchange's 500 has to wait for five minutes, whatever it does: the storm ends before that.
    const untilMs = performance.now() + 9_000;
    while (performance.now() < untilMs && mostWithin(proxy.streamsAtMs, 300_000) < 350) {
      proxy.breakAll();
      await pause(400);
    }
    await world.hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.02" });
    await healed(world, "the storm");
    const streams = mostWithin(proxy.streamsAtMs, 300_000);
    const requests = mostWithin(proxy.requestsAtMs, 5_000);
    console.log(`at most ${streams} connections in 5 minutes, ${requests} requests in 5 s`);
    expect(proxy.refusals).toBe(0);
    expect(streams).toBeLessThanOrEqual(500);
    expect(requests).toBeLessThanOrEqual(600);
    // It was a storm: more than the start alone takes.
    expect(streams).toBeGreaterThan(300);
    await world.close();
  }, 90_000);
});

const noMount = whyNoMount();

describe("a full disk", () => {
  const name = "reductions go on, increases halt, and with room again it goes on by itself";
  it.skipIf(noMount !== null)(
    noMount === null ? name : `${name} (no mount here: ${noMount})`,
    async () => {
      let small: SmallDisk | undefined;
      const world = await startWorld({
        yaml: QUICK,
        furnish: (copier) => {
          // More than the watchdog of the disk wants to be free.
          small = mountSmall(copier.data, 400);
          disks.push(small);
          copier.writeAccountFilesAgain();
        },
      });
      await world.hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
      await healed(world, "the start");
      small?.fill();
      // What is left of the journal's last page takes a few records more.
      await until(
        async () => {
          const { followers } = await world.copier.status();
          return followers.every(({ state }) => state === "halted");
        },
        HEALED_MAX_MS,
        "every follower is halted",
      );
      await world.hand.market({ symbol: "ETHUSDT", side: "buy", quantity: "1" });
      await world.hand.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.03" });
      await until(
        async () => (await world.venue.positions("single")).BTCUSDT === "0.02",
        HEALED_MAX_MS,
        "the reduction on a full disk",
      );
      expect(await ordersIn(world, "ETHUSDT")).toBe(0);
      small?.makeRoom();
      await healed(world, "the full disk");
      await world.end();
      for (const disk of disks.splice(0)) disk.remove();
      world.copier.close();
    },
    60_000,
  );
});
