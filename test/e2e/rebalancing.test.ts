/** Strategies over real processes: what one decides is proposed or carried out, with every order shown before, and stands over a death. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program, runProgram } from "./program.ts";
import { importRecord } from "./records.ts";
import { startVenue, type Venue } from "./venue.ts";

const DAYS = 120;
/** Every four seconds. */
const SHORT = 0.0011;
const BOUNDS = {
  min_performance: 0.1,
  max_drawdown: "off",
  risk_threshold: "off",
  performance_threshold: "off",
};

let venue: Venue;
let copier: Copier;
let engine: Program | null = null;
beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);
beforeEach(async () => {
  copier = new Copier(venue);
  for (const name of ["lead", "other", "poor", "one"]) await venue.putAccount(name);
  for (const name of ["lead", "other", "poor"]) copier.accountFile(name, "leader");
  await venue.price("BTCUSDT", "60000");
  await venue.price("ETHUSDT", "2000");
  await record("lead", (day) => 30 + 40 * Math.sin(day * 2.4));
  await record("other", (day) => 30 + 40 * Math.cos(day * 1.1));
  await record("poor", (day) => -30 + 40 * Math.sin(day));
});
afterEach(async () => {
  engine?.kill("SIGKILL");
  await engine?.exit;
  engine = null;
  copier.close();
});

function record(trader: string, profitOf: (day: number) => number): Promise<void> {
  return importRecord(copier, { trader, days: DAYS, quantity: "1.001", profitOf, equity: "10000" });
}

function portfolio(values: object): void {
  const text = JSON.stringify({ portfolio: values, strategies: { selective: BOUNDS } });
  copier.yaml("portfolio_config.yaml", text);
}

async function told(kind: string) {
  const { alerts } = await copier.json("alerts");
  return alerts.filter((one: { readonly kind: string }) => one.kind === kind);
}

/** What is held, rounded: equities differ by what was paid in fees. */
async function held(): Promise<Readonly<Record<string, string>>> {
  const positions = Object.entries(await venue.positions("one"));
  return Object.fromEntries(
    positions.map(([symbol, quantity]) => [symbol, Number(quantity).toFixed(symbol === "BTCUSDT" ? 2 : 1)]),
  );
}

const follower = { leader: ["lead", "poor"], sizing: "equity-proportional" };

test("a strategy proposes, shows every order, and moves nothing without a word; with it all at once", {
  timeout: 120_000,
}, async () => {
  portfolio({ strategy: "selective", rebalancing_frequency: SHORT });
  copier.accountFile("one", "follower", follower);
  engine = await copier.started();
  expect(engine.lines.map((line) => JSON.stringify(line)).join("\n")).toContain(
    "strategy selective_copying (config/portfolio_config.yaml) decides every 0.0011 hours",
  );
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  await bybitApiHand(venue, "other").market({ symbol: "ETHUSDT", side: "buy", quantity: "1" });
  await untilEqual(held, { BTCUSDT: "0.10" }, 10_000);
  await untilEqual(async () => (await told("rebalancing-proposed")).length > 0, true, 30_000);
  const [proposed] = await told("rebalancing-proposed");
  expect(proposed).toMatchObject({ follower: "one", cause: "lead 0.5, other 0.5, poor ends" });
  expect(await held()).toEqual({ BTCUSDT: "0.10" });

  const shown = await copier.json("rebalance");
  expect(shown.planned[0].request.shares).toEqual([
    { leader: "lead", factor: "0.5" },
    { leader: "other", factor: "0.5" },
    { leader: "poor", factor: "0" },
  ]);
  expect(shown.planned[0].preview).toMatchObject({
    ended: ["poor"],
    orders: [
      {
        follower: "one",
        symbol: "BTCUSDT",
        side: "sell",
        quantity: expect.stringMatching(/^0\.0(49|50?|51)$/),
        reduceOnly: true,
      },
      { follower: "one", symbol: "ETHUSDT", side: "buy", quantity: expect.stringMatching(/^0\.(49|5)$/) },
    ],
  });
  expect(shown.followers[0].decision.verdicts).toMatchObject([
    { trader: "lead", isIn: true, reason: "kept", from: 1, weight: 0.5 },
    { trader: "other", isIn: true, reason: "chosen", from: 0, weight: 0.5 },
    { trader: "poor", isIn: false, reason: "performance-too-low", from: 1, weight: 0 },
  ]);
  const { code, stderr } = await copier.run(["rebalance", "--execute"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("nothing was changed: add --yes to confirm")]);
  expect(stderr).toContain("Would be copied no more: poor");
  expect(await held()).toEqual({ BTCUSDT: "0.10" });

  const { done } = await copier.json("rebalance", "one", "--execute", "--yes");
  expect(done).toMatchObject([{ command: "rebalance", followers: ["one"], running: true }]);
  await untilEqual(held, { BTCUSDT: "0.05", ETHUSDT: "0.5" }, 10_000);
  const { allocations } = await copier.json("allocations");
  expect(allocations.map(({ leader, state }: Record<string, string>) => [leader, state]).sort()).toEqual([
    ["lead", "copying"],
    ["other", "copying"],
    ["poor", "ended"],
  ]);
  const again = await copier.run(["rebalance"]);
  expect(again.stdout).toContain("There is nothing to move.");
});

test("with the word automatic decisions are carried out, and hold over a death", {
  timeout: 120_000,
}, async () => {
  portfolio({ strategy: "selective", rebalancing_frequency: SHORT, rebalancing: "automatic" });
  copier.accountFile("one", "follower", follower);
  engine = await copier.started();
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  await untilEqual(held, { BTCUSDT: "0.05" }, 30_000);
  await untilEqual(async () => (await told("rebalanced")).length, 1, 10_000);
  engine.kill("SIGKILL");
  await engine.exit;
  engine = await copier.started();
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  await untilEqual(held, { BTCUSDT: "0.10" }, 10_000);
  expect((await told("rebalanced")).length).toBe(1);
});

test("nobody is let go because nothing is known of somebody, and why is told", {
  timeout: 120_000,
}, async () => {
  portfolio({ strategy: "selective", rebalancing_frequency: SHORT, rebalancing: "automatic" });
  await venue.putAccount("unseen");
  copier.accountFile("unseen", "leader");
  copier.accountFile("one", "follower", { ...follower, leader: ["poor", "unseen"] });
  engine = await copier.started();
  await untilEqual(async () => (await told("rebalancing-failed")).length > 0, true, 30_000);
  const [failed] = await told("rebalancing-failed");
  expect(failed).toMatchObject({
    follower: "one",
    cause: expect.stringContaining("nothing is known of unseen"),
  });
  const { allocations } = await copier.json("allocations");
  expect(allocations.map(({ state }: { readonly state: string }) => state)).toEqual(["copying", "copying"]);
  expect((await copier.run(["rebalance"])).code).toBe(1);
});

test("strategies are listed with their options, and say of each leader why it is in or out", async () => {
  portfolio({ strategy: "selective" });
  copier.accountFile("one", "follower", follower);
  const listed = await copier.run(["strategies"]);
  expect(listed.stdout).toMatch(/selective_copying\s+selective\s+in force/);
  const found = await copier.run(["strategies", "selective"]);
  expect(found.code).toBe(0);
  expect(found.stdout).toMatch(/min_performance\s+0\.1\s+config\/portfolio_config\.yaml/);
  expect(found.stdout).toMatch(
    /poor\s+100\.0 %\s+-\s+-\s+performance-too-low \(cagr -0\.\d+, least 0\.100\)/,
  );
  const other = await copier.json("strategies", "dynamic");
  expect(other).toMatchObject({ name: "dynamic_copying", isInForce: false });
  expect(other.followers[0].decision.notes.join("\n")).toContain("regret: the best");
  const wrong = await copier.run(["strategies", "selectve"]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean "selective"?')]);
});

test("one that is asked about a follower whose sizes follow no share of the equity is refused", async () => {
  copier.accountFile("one", "follower", { ...follower, sizing: "multiplier", copy_multiplier: 0.5 });
  for (const more of [[], ["--execute", "--yes"]]) {
    const { code, stdout, stderr } = await copier.run([
      "rebalance",
      "one",
      "--strategy",
      "portfolio",
      ...more,
    ]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("which follows no share of the equity: strategy portfolio_copying needs");
  }
  expect((await copier.run(["strategies", "portfolio"])).code).toBe(0);
});

test("strategies are told before there is an account", async () => {
  portfolio({ strategy: "selective" });
  const folders = ["--config", copier.config, "--data", join(copier.data, "empty")];
  const listed = await runProgram(["strategies", ...folders], copier.options);
  expect(listed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/selective_copying\s+selective\s+in force/),
  });
  const found = await runProgram(["strategies", "dynamic", ...folders], copier.options);
  expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining("There is no follower") });
});

test("a strategy of the owner's own decides like the others; an unknown one is refused at start", async () => {
  const own = join(copier.config, "extensions");
  mkdirSync(own, { mode: 0o755 });
  for (const name of ["strategy-contract.ts", "calm-few.ts"])
    copyFileSync(
      fileURLToPath(new URL(`../../examples/extensions/${name}`, import.meta.url)),
      join(own, name),
    );
  copier.yaml("portfolio_config.yaml", "portfolio: {strategy: calm-few}\n");
  copier.accountFile("one", "follower", follower);
  const { followers } = await copier.json("rebalance");
  expect(followers[0].decision.verdicts.map(({ reason }: { readonly reason: string }) => reason)).toEqual([
    "own-in",
    "own-in",
    "own-out",
  ]);
  engine = await copier.started();
  expect(engine.lines.map((line) => JSON.stringify(line)).join("\n")).toContain(
    "strategy of your own calm-few",
  );
  engine.kill("SIGKILL");
  await engine.exit;
  copier.yaml("portfolio_config.yaml", "portfolio: {strategy: calm-fw}\n");
  engine = copier.start();
  expect(await engine.exit).toMatchObject({ code: 2, stdout: expect.stringContaining("portfolio.strategy") });
});
