/** Alerts in chats: to whom they are, each once, bursts as one message, outages without loss and without a flood. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AlertReport } from "../../src/alerts/alert.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { BotWorld } from "./bot-world.ts";

let bot: BotWorld;
beforeEach(async () => {
  bot = await BotWorld.open({ alertsEveryMs: 15_000, telegramIds: new Map([["other", "8888"]]) });
});
afterEach(() => bot.close());

const HERE = { kind: "local", name: "test" } as const;
const FOLLOWER = AccountId("follower");
let nextMs = Date.UTC(2026, 0, 5, 9);
const alert = (more: Partial<AlertReport> = {}): AlertReport => {
  nextMs += 1;
  return {
    kind: "order-rejected",
    follower: FOLLOWER,
    cause: "no money",
    atMs: nextMs,
    topic: String(nextMs),
    ...more,
  };
};

test("reach owners, users who see the account, and whom an account names; nobody else", async () => {
  const [owner, viewer, nobody] = [
    await bot.signedIn("owner"),
    await bot.signedIn("viewer"),
    await bot.signedIn("nobody"),
  ];
  const named = bot.talk.person("Named", 8_888);
  named.says("/start");
  await named.sees(/^This bot is private/);
  await owner.all();
  bot.alerts.raise(alert());
  bot.alerts.raise(alert({ follower: AccountId("other"), cause: "of the other" }));
  bot.alerts.raise({ kind: "disk-low", cause: "of the machine", atMs: nextMs });
  await bot.talk.passes(19_000);
  const [told = "", ...more] = await owner.all();
  expect(told).toMatch(/WARNING follower: the venue rejected an order: no money/);
  expect([told.includes("of the other"), told.includes("of the machine"), more]).toEqual([true, true, []]);
  expect(await viewer.all()).toEqual([expect.stringMatching(/^WARNING follower: .*no money/)]);
  expect(await named.all()).toEqual([expect.stringMatching(/^WARNING other: .*of the other/)]);
  expect(await nobody.all()).toEqual([]);
  expect(bot.alerts.takenIds).toHaveLength(3);
});

test("fifty at once are one message with a summary", async () => {
  const owner = await bot.signedIn("owner");
  for (let at = 0; at < 50; at += 1) bot.alerts.raise(alert(at < 30 ? { kind: "not-copied" } : {}));
  await bot.talk.passes(19_000);
  const told = await owner.all();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(
    /^50 alerts from 01-05 09:00 UTC to 01-05 09:00 UTC:\n30 × not-copied\n20 × order-rejected\nThe gravest:/,
  );
  for (let at = 0; at < 5; at += 1) bot.alerts.raise(alert());
  await bot.talk.passes(16_000);
  expect(await owner.all()).toEqual([]);
  await bot.talk.passes(30_000);
  expect(await owner.all()).toHaveLength(1);
});

test("what is critical waits for nothing, and can be acknowledged", async () => {
  const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
  bot.alerts.raise(alert());
  bot.alerts.raise(alert({ kind: "account-stopped", cause: "max_daily_loss" }));
  await bot.talk.passes(15_100);
  const told = await owner.sees(/^CRITICAL follower: .*max_daily_loss/);
  expect(told.text).toMatch(/WARNING follower/);
  expect(told.reply_markup?.inline_keyboard[0]?.map(({ text }) => text)).toEqual(["Seen"]);
  const ask = vi.spyOn(bot.control, "ask").mockResolvedValueOnce({ acknowledged: ["a1"] });
  await owner.presses("Seen");
  await owner.sees(/^1 alert acknowledged/);
  expect(ask.mock.calls[0]?.[0]).toMatchObject({ kind: "acknowledge-alerts", by: "owner" });
  const { entries } = await bot.identity.auditEntries(HERE, { action: "alerts-acknowledged" });
  expect(entries).toMatchObject([{ actor: "owner", subject: "a1", address: "telegram:1001" }]);
  // For everybody: nothing that a viewer may do.
  const shown = await viewer.sees(/^CRITICAL follower/);
  expect(shown.reply_markup?.inline_keyboard ?? []).toEqual([]);
});

test("each is told once, however often it is handed over, over a restart too", async () => {
  const owner = await bot.signedIn("owner");
  const one = alert();
  bot.alerts.raise(one, one);
  await bot.talk.passes(19_000);
  expect(await owner.all()).toHaveLength(1);
  await bot.stopBot();
  await bot.startBot();
  bot.alerts.raise(one);
  await bot.talk.passes(19_000);
  expect(await owner.all()).toEqual([]);
});

test("with a full disk each is told all the same, and once", async () => {
  const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
  bot.isDiskFull = true;
  bot.alerts.raise(alert({ kind: "account-stopped", cause: "grave" }));
  await bot.talk.passes(20_000);
  await viewer.sees(/grave/);
  await bot.talk.passes(4 * 60_000);
  expect(await viewer.all()).toEqual([]);
  expect(await owner.all()).toEqual([expect.stringMatching(/grave/)]);
  expect(bot.alerts.takenIds).toHaveLength(1);
  bot.isDiskFull = false;
  bot.alerts.raise(alert());
  await bot.talk.passes(2 * 60_000);
  expect(await owner.all()).toEqual([expect.stringMatching(/no money/)]);
  expect(JSON.stringify(bot.kept)).not.toMatch(/grave|no money/);
});

test("what was taken over and not sent before a death is sent after it", async () => {
  const owner = await bot.signedIn("owner");
  bot.alerts.raise(alert());
  await bot.talk.clock.advance(15_100);
  expect(bot.alerts.takenIds).toHaveLength(1);
  await bot.stopBot();
  expect(bot.talk.screen(owner.chat).join()).not.toMatch(/no money/);
  await bot.startBot();
  await bot.talk.passes(19_000);
  expect(await owner.all()).toEqual([expect.stringMatching(/no money/)]);
});

describe("while Telegram cannot be reached", () => {
  test("nothing is lost, and one message in each chat tells what came meanwhile", async () => {
    const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
    bot.talk.telegram.outage({ kind: "status", status: 502 });
    for (let at = 0; at < 40; at += 1) {
      bot.alerts.raise(alert());
      if (at % 10 === 0) await bot.talk.clock.advance(20_000);
    }
    await bot.talk.clock.advance(60_000);
    bot.talk.telegram.outageEnds();
    for (let turn = 0; turn < 12; turn += 1) await bot.talk.passes(10_000);
    for (const person of [owner, viewer]) {
      // The one that was on its way, and all that came meanwhile.
      const [first, rest, ...more] = await person.all();
      expect(first).toMatch(/^WARNING follower/);
      expect(rest).toMatch(/^39 alerts/);
      expect(more).toEqual([]);
    }
  });
});

test("who blocked the bot holds nobody else up, and gets what is new once he is back", async () => {
  const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
  bot.talk.telegram.people.block(owner.user);
  bot.alerts.raise(alert());
  await bot.talk.passes(19_000);
  expect(await viewer.all()).toHaveLength(1);
  expect(await owner.all()).toEqual([]);
});

test("who wants quiet gets what is critical alone", async () => {
  const owner = await bot.signedIn("owner");
  await owner.asks("/mute 8h");
  bot.alerts.raise(alert(), alert({ kind: "account-stopped", cause: "grave" }));
  await bot.talk.passes(19_000);
  expect(await owner.all()).toEqual([expect.stringMatching(/^CRITICAL follower: .*grave/)]);
  await owner.asks("/mute off");
  bot.alerts.raise(alert());
  await bot.talk.passes(19_000);
  expect(await owner.all()).toHaveLength(1);
});

test("a summary of what waited shows each only what is his", async () => {
  const viewer = await bot.signedIn("viewer");
  const part = (follower: string, message: string) =>
    ({
      id: message,
      kind: "order-rejected",
      severity: "warning",
      message,
      follower: AccountId(follower),
      atMs: nextMs,
    }) as const;
  bot.alerts.raiseSummary([part("follower", "mine"), part("other", "not mine")]);
  await bot.talk.passes(19_000);
  const [told = ""] = await viewer.all();
  expect(told).toMatch(/mine/);
  expect(told).not.toMatch(/not mine|other/);
});

test("who is removed while something waits for him hears nothing of it", async () => {
  const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
  bot.alerts.raise(alert());
  await bot.talk.clock.advance(15_100);
  expect(bot.alerts.takenIds).toHaveLength(1);
  const { id = 0 } = (await bot.identity.users(HERE)).find(({ name }) => name === "viewer") ?? {};
  await bot.identity.removeUser(HERE, id);
  await bot.talk.passes(19_000);
  expect(await owner.all()).toHaveLength(1);
  expect(await viewer.all()).toEqual([]);
  expect(JSON.stringify(bot.kept)).not.toMatch(/no money/);
});

test("who sees an account no more while something waits for him hears nothing of it", async () => {
  const viewer = await bot.signedIn("viewer");
  const { id = 0 } = (await bot.identity.users(HERE)).find(({ name }) => name === "viewer") ?? {};
  await bot.identity.changeUser(HERE, id, { given: ["follower", "other"] });
  const part = { kind: "order-rejected", severity: "warning", atMs: nextMs } as const;
  bot.alerts.raise(alert());
  bot.alerts.raiseSummary([
    { ...part, id: "mine", message: "part of mine", follower: FOLLOWER },
    { ...part, id: "still", message: "part of the other", follower: AccountId("other") },
  ]);
  await bot.talk.clock.advance(15_100);
  await vi.waitFor(() => expect(bot.alerts.takenIds).toHaveLength(2), { timeout: 15_000 });
  await bot.identity.changeUser(HERE, id, { given: ["other"] });
  await bot.talk.passes(19_000);
  const [told = "", ...more] = await viewer.all();
  expect(told).toMatch(/1 alert waited[\s\S]*part of the other/);
  expect([told.match(/no money|mine/), more]).toEqual([null, []]);
  expect(JSON.stringify(bot.kept)).not.toMatch(/no money/);
});

test("a scheduled report comes with its pictures and its document, to whom it is for", async () => {
  const [owner, viewer, nobody] = [
    await bot.signedIn("owner"),
    await bot.signedIn("viewer"),
    await bot.signedIn("nobody"),
  ];
  const [charts, reports] = [join(bot.folder, "charts"), join(bot.folder, "reports")];
  mkdirSync(charts);
  mkdirSync(reports);
  for (const theme of ["light", "dark"])
    writeFileSync(join(charts, `account-follower-daily-2026-01-04-overview-${theme}.png`), ONE_PIXEL);
  writeFileSync(join(reports, "account-follower-daily-2026-01-04.pdf"), "%PDF-1.4");
  writeFileSync(join(reports, "account-other-daily-2026-01-04.pdf"), "%PDF-1.4");
  bot.alerts.raise(readyReport("2026-01-04"));
  await bot.talk.passes(25_000);
  for (const person of [owner, viewer])
    expect(await person.all()).toEqual([
      expect.stringMatching(/^follower: a scheduled report is ready: daily 2026-01-04 \(01-05 09:00 UTC\)$/),
      "[picture]\nfollower 2026-01-04",
      "[account-follower-daily-2026-01-04.pdf]\nfollower 2026-01-04",
    ]);
  expect(await nobody.all()).toEqual([]);
});

test("a report whose pictures do not get through holds no alert up, nobody's", async () => {
  const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
  const charts = join(bot.folder, "charts");
  mkdirSync(charts);
  writeFileSync(join(charts, "account-follower-daily-2026-01-04-overview-light.png"), ONE_PIXEL);
  const { faults } = bot.talk.telegram;
  faults.plan({ kind: "silence" }, { method: "sendPhoto", times: 2 });
  bot.alerts.raise(readyReport("2026-01-04"));
  await bot.talk.passes(20_000);
  bot.alerts.raise(alert({ kind: "account-stopped", cause: "grave" }));
  await bot.talk.passes(20_000);
  for (const person of [owner, viewer]) await person.sees(/^CRITICAL follower: .*grave/);
});

test("a report comes with its pictures though many alerts came after it in the same message", async () => {
  const owner = await bot.signedIn("owner");
  const charts = join(bot.folder, "charts");
  mkdirSync(charts);
  writeFileSync(join(charts, "account-follower-daily-2026-01-04-overview-light.png"), ONE_PIXEL);
  bot.alerts.raise(readyReport("2026-01-04"));
  for (let at = 0; at < 5; at += 1) bot.alerts.raise(alert());
  await bot.talk.passes(25_000);
  expect(await owner.all()).toEqual([expect.anything(), "[picture]\nfollower 2026-01-04"]);
});

/** Of the follower's days. */
function readyReport(period: string): AlertReport {
  return {
    kind: "report-ready",
    follower: FOLLOWER,
    cause: `daily ${period}`,
    numbers: { of: "account", period, files: "../../etc/passwd" },
    atMs: nextMs,
    topic: period,
  };
}

const ONE_PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
