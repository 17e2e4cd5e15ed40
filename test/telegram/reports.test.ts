/** Reports in a chat: chosen by buttons, made of the data folder, as pictures and PDF. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournalFolder } from "../../src/journal/file.ts";
import { type Move, playInto } from "../journal-fixture.ts";
import { BotWorld } from "./bot-world.ts";

const DAY: readonly Move[] = [{ kind: "snapshots" }, { kind: "half-day" }, { kind: "half-day" }];
const STORY: readonly Move[] = [
  { kind: "price", to: 60_000 },
  { kind: "trade", symbol: 0, side: "buy", quantity: 20 },
  { kind: "settle" },
  ...DAY,
  { kind: "price", to: 62_000 },
  ...DAY,
];

const FAILING_SECTION = `export default {
  contract: 1, kind: "report-section", name: "mine", description: "mine",
  section: () => { throw new Error("no such thing"); },
};`;

let bot: BotWorld;
beforeEach(async () => {
  bot = await BotWorld.open();
});
afterEach(() => bot.close());

test("is chosen by account and period, and comes as a picture with its figures, and as PDF", async () => {
  const { journal } = openJournalFolder(join(bot.folder, "journal"), { reserveBytes: 0 });
  const { state } = playInto(journal, STORY, undefined, { tellsEquity: true });
  journal.sync();
  journal.close();
  mkdirSync(join(bot.folder, "config", "extensions"), { recursive: true });
  writeFileSync(join(bot.folder, "config", "extensions", "mine.mjs"), FAILING_SECTION);
  const owner = await bot.signedIn("owner");
  expect(await owner.asks("/reports")).toBe("A report of which account?\n[all]\n[follower]");
  await owner.presses("follower");
  expect(await owner.all()).toEqual(["Which period of follower?\n[daily] [weekly] [monthly]"]);
  const day = new Date(state.nowMs - 86_400_000).toISOString().slice(0, 10);
  expect(await owner.asks(`/reports all ${day}`)).toBe("Making it ...");
  const { photo, caption } = await owner.sees(/^\[picture\]/);
  expect(photo?.length).toBeGreaterThan(0);
  expect(caption).toMatch(new RegExp(`^All accounts, ${day}\\nProfit: .*\\nReturn: `));
  // What the owner's own section answers stands in the PDF; that it failed, here too.
  expect(caption).toMatch(/A section is missing: .*mine\.\W*mjs failed: Error: no such thing/);
  await owner.sees(/^\[portfolio-daily-.*\.pdf\]/);
});

test("says what is wrong, and is nobody's who does not see the account", async () => {
  const operator = await bot.signedIn("operator");
  expect(await operator.asks("/reports all daily")).toMatch(/^you do not see all accounts: name one/);
  expect(await operator.asks("/reports follower yesterday")).toMatch(/^period: "yesterday" is no period/);
  operator.says("/reports follower daily");
  await operator.sees(/^Making it/);
  await operator.sees(/^Nothing was started yet\.$/);
  const nobody = await bot.signedIn("nobody");
  expect(await nobody.asks("/reports")).toBe("There is no account that you see.");
  expect(await nobody.asks("/reports follower daily")).toBe('there is no follower "follower"; you see none');
});
