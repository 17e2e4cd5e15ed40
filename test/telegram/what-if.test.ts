/** What copying a leader would have brought, asked in a chat: worked out aside, told with its progress, stopped, and nobody's who may not. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { withTraderStore } from "../../src/control/traders.ts";
import { takeCsv } from "../traders/take-csv.ts";
import { BotWorld } from "./bot-world.ts";

let bot: BotWorld;
beforeEach(async () => {
  bot = await BotWorld.open();
  await withTraderStore(bot.folder, async (store) => {
    const lines = [
      "time,symbol,side,price,quantity,fee",
      "2024-05-01T00:00:00Z,BTCUSDT,buy,100,1,0",
      "2024-05-02T00:00:00Z,BTCUSDT,sell,101,1,0",
    ];
    await takeCsv(store, bot.folder, { lines, statedEquity: null });
  });
});
afterEach(() => bot.close());

const point = (delayMs: number, profit: number) => ({
  ...{ delayMs, profit, interval: null, carefulProfit: profit - 1, carefulInterval: null },
  ...{ lost: 0, lostInterval: null },
});

/** In the form of the command's answer. */
const ANSWER = {
  verdict: { word: "not-shown", sentences: ["In 8 recorded days this follower gained 50 USDT (+10 %)"] },
  ...{ days: 8, trips: 32, equity: 500, own: { scaledProfit: 80 } },
  follower: {
    ...{ profit: 50, interval: null, drawdown: -0.1 },
    happenings: { orders: 64, fills: 64, traded: 9_000, fees: 9, funding: 0, liquidations: 0, reasons: {} },
  },
  ...{ starts: null, noStarts: "short-record" },
  settingCosts: [
    { name: "fees", kind: "cost", cost: 9, interval: null },
    { name: "delay", kind: "cost", cost: 21, interval: null },
    { name: "funding", kind: "cost", cost: 0, interval: null },
  ],
  delays: {
    ...{ by: "light", limit: null, carefulLimit: { kind: "never" } },
    points: [point(100, 60), point(1_000, 55), point(60_000, -20)],
  },
  terms: { delay: { medianMs: 1_500 }, orderLatencyMs: 100 },
  taken: ["the spread is assumed"],
};

test("is worked out by the command with these folders, and comes as a message and a picture", async () => {
  const owner = await bot.signedIn("owner");
  const begun = await owner.asks("/whatif me 500 position_scaling=0.5");
  expect(begun).toMatch(
    /^Working it out: what copying me with 500 USDT would have brought\.[\s\S]*\[Stop it\]$/,
  );
  expect(bot.commands.words).toEqual([
    [
      ...["what-if", "--json", `--data=${bot.folder}`],
      ...["--venue=bybit", "--equity=500", "--", "me", "position_scaling=0.5"],
    ],
  ]);
  expect(await owner.asks("/whatif me")).toMatch(/^one is being worked out for this chat already/);
  await bot.talk.passes(16_000);
  bot.commands.progress({ part: 0.42, text: "without fees" });
  await owner.sees(/^Working it out: 42 %, without fees/);
  bot.commands.end({ kind: "result", text: JSON.stringify(ANSWER), negative: false });
  const { text } = await owner.sees(/^Copying me with 500 USDT/);
  expect(text?.split("\n")).toEqual([
    "Copying me with 500 USDT",
    "8 days, 32 finished round trips",
    "NOT SHOWN: it gained, and chance alone would explain that as well",
    "• In 8 recorded days this follower gained 50 USDT (+10 %).",
    "Where the money goes",
    "The leader's own, by the capitals: +80.00 USDT (+16.00 %)",
    "This follower's result: +50.00 USDT (+10.00 %)",
    "  delay: -21.00 USDT (-4.20 %)",
    "  fees: -9.00 USDT (-1.80 %)",
    "Indented: what each makes of it, all else as it is.",
    "the spread is assumed.",
    "A past record: the leader may do otherwise tomorrow. copytrader what-if tells all of it.",
  ]);
  const { photo, caption } = await owner.sees(/^\[picture\]/);
  expect([caption, (photo?.length ?? 0) > 0]).toEqual([
    "Copying me with 500 USDT: result by how late it is copied",
    true,
  ]);
});

test("is ended by who asked, and says why there is no answer", async () => {
  const owner = await bot.signedIn("owner");
  await owner.asks("/whatif me");
  expect(bot.commands.words[0]).not.toContain("--equity");
  await owner.presses("Stop it");
  await owner.sees(/^It was stopped: there is no answer\.$/);
  expect(await owner.asks("/whatif stop")).toBe("Nothing is being worked out for this chat.");
  await owner.asks("/whatif me 500");
  bot.commands.end({ kind: "failed", code: "x", detail: "no prices are known", errors: ["of BTCUSDT"] });
  await owner.sees(/^It could not be worked out: no prices are known; of BTCUSDT$/);
  const viewer = await bot.signedIn("viewer");
  await viewer.asks("/whatif me 500");
  bot.commands.end({ kind: "failed", code: "x", detail: "of somebody else", errors: [] });
  await viewer.sees(/^It could not be worked out: it failed; who sees all accounts sees why$/);
});

test("says what is wrong with it before it is begun", async () => {
  const owner = await bot.signedIn("owner");
  expect(await owner.asks("/whatif")).toMatch(/^Write it so: \/whatif LEADER \[EQUITY\]/);
  expect(await owner.asks("/whatif nobody 500")).toBe("there is no trader nobody");
  expect(await owner.asks("/whatif leader 500")).toMatch(/^nothing is known of the record of leader/);
  expect(await owner.asks("/whatif me 500 nonsense")).toMatch(/^"nonsense" is no setting: write key=value/);
  // An account that he does not see is no trader for him.
  const nobody = await bot.signedIn("nobody");
  expect(await nobody.asks("/whatif leader 500")).toBe("there is no trader leader");
  expect(bot.commands.words).toEqual([]);
});
