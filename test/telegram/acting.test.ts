/** What changes something: shown first, done on a yes by the one who asked, where he asked, within a minute, once. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PANIC_FILE } from "../../src/control/panic-file.ts";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { BotWorld } from "./bot-world.ts";

const KEPT = fileURLToPath(new URL("../journal/kept/0.1.0", import.meta.url));

let bot: BotWorld;
beforeEach(async () => {
  bot = await BotWorld.open();
});
afterEach(() => bot.close());

const HERE = { kind: "local", name: "test" } as const;
const isPaused = async () => {
  const { followers } = await bot.control.ask({ kind: "status" });
  return followers.map(({ paused }) => paused);
};
const done = () =>
  bot.asked.filter((kind) => !["status", "preview", "allocations", "holdings"].includes(kind));

test("a command shows what it would lead to, and does nothing before the yes", async () => {
  const operator = await bot.signedIn("operator");
  operator.says("/pause");
  const shown = await operator.sees(/^\/pause/);
  expect(shown.text).toMatch(/No order would be sent\.\nPause it\? For a minute, by you alone\.$/);
  expect([await isPaused(), done()]).toEqual([[false], []]);
  await operator.presses("Pause");
  await operator.sees(/^Copying is paused on follower\.$/);
  expect([await isPaused(), done()]).toEqual([[true], ["pause"]]);
  const { entries } = await bot.identity.auditEntries(HERE, { action: "pause" });
  expect(entries).toMatchObject([{ actor: "operator", subject: "follower", address: "telegram:1002" }]);
});

test("a no does nothing, and the button is used up", async () => {
  const owner = await bot.signedIn("owner");
  owner.says("/pause");
  const shown = await owner.sees(/^\/pause/);
  const data = shown.reply_markup?.inline_keyboard[0]?.[0]?.callback_data ?? "";
  await owner.presses("No");
  await owner.sees(/^Nothing was done\.$/);
  expect((await owner.forges(shown, data)).text).toMatch(/^This is over/);
  expect(done()).toEqual([]);
});

test("after a minute the yes is over", async () => {
  const owner = await bot.signedIn("owner");
  owner.says("/pause");
  await owner.sees(/^\/pause/);
  await bot.talk.passes(61_000);
  expect(await owner.presses("Pause")).toMatchObject({
    text: expect.stringMatching(/^This is over/),
    alert: true,
  });
  expect(await isPaused()).toEqual([false]);
});

test("of two presses one does it", async () => {
  const owner = await bot.signedIn("owner");
  owner.says("/pause");
  const shown = await owner.sees(/^\/pause/);
  const data = shown.reply_markup?.inline_keyboard[0]?.[0]?.callback_data ?? "";
  await Promise.all([owner.forges(shown, data), owner.forges(shown, data)]);
  await bot.talk.settles();
  expect(done()).toEqual(["pause"]);
});

test("in a group that is allowed only the one who asked can say yes", async () => {
  const [owner, operator] = [await bot.signedIn("owner"), await bot.signedIn("operator")];
  const group = bot.talk.group("Desk", [owner, operator, bot.person("stranger")]);
  bot.allow(group.id);
  await bot.stopBot();
  await bot.startBot();
  owner.says("/pause", { in: group });
  const shown = await owner.sees(/^\/pause/, { in: group });
  for (const thief of [operator, bot.person("stranger")])
    expect(await thief.presses("Pause", { in: group })).toMatchObject({
      text: "This is not for you.",
      alert: true,
    });
  expect(await isPaused()).toEqual([false]);
  // The same yes under another message, or in another chat, is none.
  const data = shown.reply_markup?.inline_keyboard[0]?.[0]?.callback_data ?? "";
  owner.says("/status");
  const other = await owner.sees(/^Copying/);
  expect((await owner.forges(other, data)).text).toMatch(/^This is over/);
  await owner.presses("Pause", { in: group });
  await owner.sees(/^Copying is paused/, { in: group });
});

test("what he may not do any more is not done, although it was shown", async () => {
  const operator = await bot.signedIn("operator");
  operator.says("/pause follower");
  await operator.sees(/^\/pause/);
  const users = await bot.identity.users(HERE);
  const { id = 0 } = users.find(({ name }) => name === "operator") ?? {};
  await bot.identity.changeUser(HERE, id, { role: "viewer" });
  await operator.presses("Pause");
  await operator.sees(/^You may not do that: it needs the permission manage_copying/);
  await bot.identity.changeUser(HERE, id, { role: "operator" });
  operator.says("/pause follower");
  await operator.sees(/^\/pause/);
  await bot.identity.changeUser(HERE, id, { given: [] });
  await operator.presses("Pause");
  await operator.sees(/^there is no follower "follower"; you see none$/);
  expect(await isPaused()).toEqual([false]);
});

test("a restart in the middle leaves nothing that could be pressed", async () => {
  const owner = await bot.signedIn("owner");
  owner.says("/pause");
  await owner.sees(/^\/pause/);
  await bot.stopBot();
  await bot.startBot();
  expect((await owner.presses("Pause")).text).toMatch(/^This is over/);
  expect(await owner.asks("/status")).toMatch(/^Copying runs/);
  expect(await isPaused()).toEqual([false]);
});

describe("whoever may not", () => {
  test.each([
    ["/pause", "manage_copying"],
    ["/resume", "manage_copying"],
    ["/copy leader follower", "manage_copying"],
    ["/uncopy leader follower", "manage_copying"],
    ["/close follower", "trade"],
    ["/panic all", "trade"],
    ["/whatif close follower", "trade"],
    ["/stop_loss follower 100 200", "manage_stop_loss"],
    ["/admin list_users", "admin"],
  ])("%s needs %s", async (command, permission) => {
    const viewer = await bot.signedIn("viewer");
    expect(await viewer.asks(command)).toBe(`You may not do that: it needs the permission ${permission}.`);
    expect(done()).toEqual([]);
  });

  test.each([
    "/close follower",
    "/panic follower",
    "/copy leader follower",
    "/uncopy leader follower",
    "/pause follower",
  ])("does %s with no account that he does not see", async (command) => {
    const nobody = await bot.signedIn("nobody");
    expect(await nobody.asks(command)).toBe('there is no follower "follower"; you see none');
    expect(done()).toEqual([]);
  });

  test("sees not all accounts pulls the kill switch on none but his", async () => {
    const operator = await bot.signedIn("operator");
    expect(await operator.asks("/panic all")).toMatch(
      /^you do not see all accounts: name a follower\nWrite it so:/,
    );
  });
});

test("the kill switch shows what is held, and closes on a yes", async () => {
  const owner = await bot.signedIn("owner");
  owner.says("/panic all");
  const { text } = await owner.sees(/^\/panic/);
  expect(text).toContain("Nothing of ours is held there.");
  expect(text).toContain("CLOSE ALL OF THIS, and buy nothing until you resume?");
  await owner.presses("CLOSE EVERYTHING");
  await owner.sees(/^The kill switch was pulled on every follower/);
  expect(await owner.asks("/status")).toMatch(/kill switch|panic|stopped/);
});

test("the kill switch leaves a file for an engine that does not answer, and says that nothing is closed yet", async () => {
  const owner = await bot.signedIn("owner");
  cpSync(KEPT, dataFolderPaths(bot.folder).journal, { recursive: true });
  bot.isEngineMute = true;
  owner.says("/panic follower1");
  const { text } = await owner.sees(/^\/panic/);
  expect(text).toContain("Held now:");
  const file = join(bot.folder, PANIC_FILE);
  expect(existsSync(file)).toBe(false);
  await owner.presses("CLOSE EVERYTHING");
  await owner.sees(/^Nothing is closed yet: the engine does not answer: a file PANIC/);
  expect(readFileSync(file, "utf8")).toBe("follower follower1\n");
});

test("copying is begun with settings, and asked about without a button", async () => {
  const owner = await bot.signedIn("owner");
  expect(await owner.asks("/whatif copy leader follower copy_multiplier=0.25")).toMatch(
    /^If you did \/copy now\nWould be set: .*copy_multiplier 0.25/,
  );
  owner.says("/copy leader follower copy_multiplier=0.25");
  await owner.sees(/copy_multiplier 0.25/);
  await owner.presses("Copy");
  await owner.sees(/^follower copies leader\.$/);
  const { allocations } = await bot.control.ask({ kind: "allocations" });
  expect(allocations[0]?.settings).toContainEqual({
    keyPath: "copy_multiplier",
    value: 0.25,
    source: "run-time",
  });
  expect(await owner.asks("/copy leader follower copy_multiplier=-3")).toMatch(/copy_multiplier/);
  expect(await owner.asks("/copy leader follower nonsense")).toMatch(
    /^"nonsense" is no setting: write key=value/,
  );
});

test("stop tiers are shown and set, and not over a change that was not seen", async () => {
  const owner = await bot.signedIn("owner");
  expect(await owner.asks("/stop_loss")).toMatch(/^follower\nsl_loss_tiers_usd not set/);
  owner.says("/stop_loss follower 100:reduce:0.5 300:close");
  await owner.sees(/^Stop tiers of follower\nWould be set: .*sl_loss_tiers_usd/);
  await owner.presses("Set them");
  await owner.sees(/^The stop tiers of follower are set/);
  expect(await owner.asks("/stop_loss follower")).toMatch(/reduce/);
  owner.says("/stop_loss follower off");
  await owner.sees(/^Stop tiers/);
  await bot.control.ask({ kind: "settings", follower: "follower", values: { sl_loss_tiers_usd: [50] } });
  await owner.presses("Set them");
  await owner.sees(/changed|others/);
  expect(await owner.asks("/stop_loss follower")).toMatch(/sl_loss_tiers_usd 50/);
  expect(await owner.asks("/stop_loss follower 100 x:close")).toMatch(/^"100" has no action/);
});

test("quiet is asked for, and ended", async () => {
  const viewer = await bot.signedIn("viewer");
  expect(await viewer.asks("/mute")).toBe("You are not muted. /mute 8h mutes.");
  expect(await viewer.asks("/mute 8h")).toMatch(/^Only critical alerts until 2026-01-05 17:00 UTC/);
  expect(await viewer.asks("/mute")).toMatch(/^You are muted until/);
  await bot.stopBot();
  await bot.startBot();
  expect(await viewer.asks("/mute")).toMatch(/^You are muted until/);
  expect(await viewer.asks("/mute off")).toBe("You get alerts again.");
  expect(await viewer.asks("/mute 30d")).toMatch(/^at most seven days/);
});

describe("/admin", () => {
  test("lets in, lists and removes users, each on a yes", async () => {
    const owner = await bot.signedIn("owner");
    const carol = bot.talk.person("Carol", 7_777);
    owner.says("/admin add_user 7777 carol user");
    await owner.sees(/^Let 7777 in as carol, viewer\?/);
    await owner.presses("Add");
    await owner.sees(/^carol is a user now/);
    expect(await carol.asks("/start")).toMatch(/^Welcome, carol \(viewer\)/);
    expect(await owner.asks("/admin list_users")).toMatch(/carol viewer, Telegram 7777, sees no account/);
    owner.says("/admin remove_user 7777");
    await owner.sees(/^Remove carol viewer/);
    await owner.presses("Remove");
    await owner.sees(/^carol is no user any more/);
    expect(await carol.asks("/status")).toBe("This bot is private.");
    const { entries } = await bot.identity.auditEntries(HERE, { actor: "owner" });
    expect(entries.map(({ action }) => action)).toEqual(["user-removed", "user-added", "logged-in"]);
  });

  test("makes nobody more than the one who asks, and says what is wrong", async () => {
    const owner = await bot.signedIn("owner");
    expect(await owner.asks("/admin add_user 7777 carol king")).toMatch(
      /^"king" is no role: owner, operator, viewer/,
    );
    expect(await owner.asks("/admin add_user x carol user")).toMatch(/^"x" is no Telegram id/);
    expect(await owner.asks("/admin frobnicate")).toMatch(/^Write it so: \/admin add_user ID NAME ROLE/);
    owner.says("/admin remove_user owner");
    await owner.sees(/^Remove owner/);
    await owner.presses("Remove");
    await owner.sees(/last owner/);
    owner.says("/admin add_user 1002 again viewer");
    await owner.sees(/^Let 1002/);
    await owner.presses("Add");
    await owner.sees(/belongs to the user operator/);
  });

  test("shows the log, its texts escaped, and to owners alone", async () => {
    const owner = await bot.signedIn("owner");
    expect(await owner.asks("/admin logs 5")).toMatch(/^nothing was logged yet/);
    mkdirSync(join(bot.folder, "logs"));
    const line = (message: string, level = "warn") =>
      JSON.stringify({ level, time: "2026-01-05T09:00:00.000Z", channel: "main", message, cause: "<b>&" });
    const text = [line("first"), line("a <i>second</i>"), line("detail", "debug")].join("\n");
    writeFileSync(join(bot.folder, "logs", "main.log"), `${text}\n`);
    expect(await owner.asks("/admin logs 1")).toBe(
      "01-05 09:00:00 warn main: a <i>second</\u2060i> cause=<b>&",
    );
    expect(await owner.asks("/admin logs 5 debug")).toMatch(/first(.|\n)*second(.|\n)*detail/);
    expect(await owner.asks("/admin logs many")).toMatch(/^write how many, from 1 to 100/);
    const users = await bot.identity.users(HERE);
    const { id = 0 } = users.find(({ name }) => name === "operator") ?? {};
    await bot.identity.changeUser(HERE, id, { listed: ["admin"] });
    const operator = await bot.signedIn("operator");
    expect(await operator.asks("/admin logs 5")).toBe("only an owner may read the log");
    expect(await operator.asks("/admin backup")).toBe("only an owner may make backups");
  });

  test("sends a backup that is encrypted", async () => {
    const owner = await bot.signedIn("owner");
    expect(await owner.asks("/admin backup")).toMatch(/^Making a backup/);
    await owner.sees(/^\[.*\]\nBackup made and read back: \d+ files, .* encrypted with the encryption key/);
    const accounts = readFileSync(join(bot.folder, "accounts", "follower.json"), "utf8");
    expect(accounts).toContain("follower-secret");
    expect(bot.talk.telegram.received()).not.toContain("follower-secret");
  });
});
