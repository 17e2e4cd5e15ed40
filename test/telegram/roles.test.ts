/** Each command for each kind of user: answered where he may, refused by the permission's name where not; nothing is done by any of it. */
import { afterEach, expect, test } from "vitest";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { type Permission, permissionsOf } from "../../src/identity/permissions.ts";
import { botCommands } from "../../src/telegram/commands.ts";
import { LiveMessages } from "../../src/telegram/live.ts";
import { WhatIfs } from "../../src/telegram/what-if.ts";
import { follower, leader } from "../configuration/folder.ts";
import { ALLOCATION, Story, VENUE } from "../core/story.ts";
import { BotWorld, USERS } from "./bot-world.ts";

let bot: BotWorld;
const open: BotWorld[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function opened(options: Parameters<typeof BotWorld.open>[0] = {}): Promise<void> {
  bot = await BotWorld.open(options);
  open.push(bot);
}

interface Row {
  readonly command: string;
  /** All of them; what is asked for first comes first. */
  readonly needs: readonly Permission[];
  /** What somebody sees who may. */
  readonly sees: RegExp;
}

const TABLE: readonly Row[] = [
  { command: "/help", needs: [], sees: /^You are \w+ \(\w+\)/ },
  { command: "/status", needs: ["view_sync"], sees: /^Copying runs/ },
  { command: "/balance", needs: ["view_balance"], sees: /^Balances\nfollower 10,000\.00/ },
  { command: "/positions", needs: ["view_positions"], sees: /^Positions/ },
  { command: "/sync_status", needs: ["view_sync"], sees: /followers in sync\nfollower/ },
  { command: "/leaders", needs: ["view_sync"], sees: /^Leaders\nleader/ },
  { command: "/why follower BTCUSDT", needs: ["view_positions"], sees: /leader/ },
  { command: "/reports", needs: ["view_reports"], sees: /^A report of which account\?\n[\s\S]*\[follower\]/ },
  { command: "/stop_loss", needs: ["view_reports"], sees: /^follower\nsl_loss_tiers_usd/ },
  {
    command: "/stop_loss follower 100:close",
    needs: ["view_reports", "manage_stop_loss"],
    sees: /^Stop tiers of follower\n[\s\S]*\[Set them\] \[No\]$/,
  },
  {
    command: "/whatif pause follower",
    needs: ["view_positions", "manage_copying"],
    sees: /^If you did \/pause now/,
  },
  {
    command: "/whatif nobody 500",
    needs: ["view_positions", "view_reports"],
    sees: /^there is no trader nobody$/,
  },
  { command: "/pause follower", needs: ["manage_copying"], sees: /\[Pause\] \[No\]$/ },
  { command: "/resume follower", needs: ["manage_copying"], sees: /\[Resume\] \[No\]$/ },
  { command: "/copy leader follower", needs: ["manage_copying"], sees: /\[Copy\] \[No\]$/ },
  { command: "/uncopy leader follower", needs: ["manage_copying"], sees: /\[End it\] \[No\]$/ },
  { command: "/close follower", needs: ["trade"], sees: /follower|nothing/ },
  { command: "/panic follower", needs: ["trade"], sees: /\[CLOSE EVERYTHING\] \[No\]$/ },
  { command: "/seen", needs: ["manage_copying"], sees: /^the outbox of alerts cannot be used/ },
  { command: "/mute", needs: [], sees: /^You are not muted/ },
  { command: "/code", needs: [], sees: /^Write it so: \/code 123456/ },
  { command: "/admin list_users", needs: ["admin"], sees: /^6 users/ },
  { command: "/admin logs 5", needs: ["admin"], sees: /^nothing was logged yet/ },
  { command: "/admin add_user 5 five viewer", needs: ["admin"], sees: /\[Add\] \[No\]$/ },
  { command: "/admin remove_user keeper", needs: ["admin"], sees: /\[Remove\] \[No\]$/ },
  { command: "/admin backup", needs: ["admin"], sees: /^Making a backup|^There is no backup/ },
];

/** What changes nothing of what is traded. */
const LOOKING = [
  ...["status", "allocations", "preview", "holdings", "explain", "changeable-settings"],
  "acknowledge-alerts",
];

test("the table has every command", () => {
  const known = new Set(TABLE.map(({ command }) => command.slice(1).split(" ")[0]));
  expect(botCommands(new LiveMessages(), new WhatIfs()).filter(({ name }) => !known.has(name))).toEqual([]);
});

test.each(["owner", "operator", "viewer", "trader", "keeper"] as const)("%s", async (name) => {
  await opened();
  bot.story.leaderFill("buy", "0.1");
  const person = await bot.signedIn(name);
  const user: {
    readonly role: (typeof USERS)[typeof name]["role"];
    readonly listed?: readonly Permission[];
  } = USERS[name];
  const may = permissionsOf(user.role, user.listed ?? []);
  for (const { command, needs, sees } of TABLE) {
    const lacking = needs.find((one) => !may.has(one));
    const answer = await person.asks(command);
    expect([command, answer]).toEqual([
      command,
      lacking === undefined
        ? expect.stringMatching(sees)
        : `You may not do that: it needs the permission ${lacking}.`,
    ]);
  }
  const offered = bot.talk.telegram.menu.shown(person.user.id, person.chat.id).map(({ command }) => command);
  const answered = TABLE.filter(({ needs: [first] }) => first === undefined || may.has(first));
  expect(new Set(offered)).toEqual(
    new Set(["start", ...answered.map(({ command }) => command.slice(1).split(" ")[0])]),
  );
  expect(new Set(bot.asked.filter((kind) => !LOOKING.includes(kind)))).toEqual(new Set());
});

test("a stranger hears once that the bot is private, whatever he writes, and is offered nothing", async () => {
  await opened();
  const stranger = bot.person("stranger");
  for (const { command } of TABLE) stranger.says(command);
  expect(await stranger.all()).toEqual(["This bot is private."]);
  expect(bot.talk.telegram.menu.shown(stranger.user.id, stranger.chat.id)).toEqual([
    { command: "start", description: "open a session" },
  ]);
  expect(bot.asked).toEqual([]);
});

test("a user without a session is told of nothing but how to open one", async () => {
  await opened();
  const owner = bot.person("owner");
  for (const { command } of TABLE) {
    expect(await owner.asks(command)).toBe(
      "Your session has ended. Send /start to open one; it lasts 24 hours.",
    );
  }
  expect(bot.asked).toEqual([]);
});

test("whoever was given one account hears of no other, by whatever he asks", async () => {
  const story = new Story();
  const [hiddenLeader, hiddenFollower] = [AccountId("hidden-leader"), AccountId("hidden-follower")];
  story.configure({
    ...story.settings,
    accounts: [
      ...story.settings.accounts,
      { account: hiddenLeader, venue: VENUE, role: "leader" },
      { account: hiddenFollower, venue: VENUE, role: "follower" },
    ],
    allocations: [
      ...story.settings.allocations,
      { ...ALLOCATION, leader: hiddenLeader, follower: hiddenFollower },
    ],
  });
  story.leaderFill("buy", "0.1");
  const accounts = [
    { ...leader, nickname: "hidden-leader", api_key: "k3", api_secret: "s3" },
    { ...follower, nickname: "hidden-follower", leader: "hidden-leader", api_key: "k4", api_secret: "s4" },
  ];
  // By the Telegram id in the account's own file.
  await opened({ story, accounts, telegramIds: new Map([["follower", "1004"]]) });
  const one = await bot.signedIn("nobody");
  const owner = await bot.signedIn("owner");
  expect(await owner.asks("/status")).toContain("hidden-follower");
  for (const { command } of TABLE.filter(({ needs: [first] }) => first !== "admin")) {
    expect(await one.asks(command)).not.toMatch(/hidden|you see none|may not/);
    const hidden = command.replace(/\bfollower\b/, "hidden-follower").replace(/\bleader\b/, "hidden-leader");
    if (hidden === command) continue;
    expect([hidden, await one.asks(hidden)]).toEqual([
      hidden,
      expect.stringMatching(/^there is no (follower|leader) "hidden-\w+"; you see(:|) [^-]*$/),
    ]);
    await bot.talk.passes(2_000);
  }
  expect(new Set(bot.asked.filter((kind) => !LOOKING.includes(kind)))).toEqual(new Set());
});
