/** Whether and how the Telegram bot runs: where its token may come from, and that it is never shown. */
import { expect, test } from "vitest";
import { describeProblem, hasBot, loadTelegram } from "../../src/config.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Vault } from "../../src/security/vault.ts";
import { loaded, pair, refusals, shown, withFolder } from "./folder.ts";

const TOKEN = "123456789:AAEtokenMARKtokenMARKtokenMARK12345";
const key = FernetKey.generate();
const sealed = (text: string) => new Vault(key).encrypt(text);
const stated = (yaml: string) => ({ ...pair, "config/bot.yaml": `telegram:\n${yaml}` });
const env = { COPYTRADER_ENCRYPTION_KEY: key.reveal() };

test("without a token there is no bot, and nothing is said of one", () => {
  const { telegram, telegramNotes, values } = loaded(pair);
  expect(hasBot(telegram)).toBe(false);
  expect(telegramNotes).toEqual([]);
  expect(values).toContainEqual({ keyPath: "telegram.bot_token", value: "none", source: "default" });
  expect(hasBot(loaded(pair, { env: { TELEGRAM_BOT_TOKEN: "your_bot_token_here" } }).telegram)).toBe(false);
});

test("the environment's token comes before an encrypted one of the file; neither is shown", () => {
  const files = stated(`  bot_token: ${sealed("987654321:fromTheFileMARKfromTheFileMARK1234")}\n`);
  const fromFile = loaded(files, { env });
  expect(fromFile.telegram.token.value?.reveal()).toContain("fromTheFile");
  expect(fromFile.telegram.token.source).toBe("config/bot.yaml");
  const both = loaded(files, { env: { ...env, TELEGRAM_BOT_TOKEN: TOKEN } });
  expect(both.telegram.token.value?.reveal()).toBe(TOKEN);
  expect(both.telegramNotes).toEqual([
    "the Telegram bot asks Telegram for updates, in private chats alone (token environment)",
  ]);
  for (const one of [fromFile, both]) expect(shown({ ok: true, configuration: one })).not.toContain("MARK");
});

test("it can be switched off, and runs in the groups that are named", () => {
  const { telegram, telegramNotes } = loaded(stated("  enabled: false\n  allowed_groups: [-100123, -5]\n"), {
    env: { TELEGRAM_BOT_TOKEN: TOKEN },
  });
  expect(hasBot(telegram)).toBe(false);
  expect(telegramNotes).toEqual(["the Telegram bot is off (config/bot.yaml)"]);
  expect(telegram.allowedGroups.value).toEqual([-100123, -5]);
});

test("a webhook's secret follows from the token where none is stated", () => {
  const yaml = "  webhook:\n    url: https://bot.example.com/hook\n";
  const found = (more: string) =>
    loaded(stated(yaml + more), { env: { ...env, TELEGRAM_BOT_TOKEN: TOKEN } }).telegram.webhook.value;
  const derived = found("");
  expect(derived).toMatchObject({ url: "https://bot.example.com/hook", host: "127.0.0.1", port: 8443 });
  expect(derived?.secretToken.reveal()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const own = found(`    secret_token: ${sealed("an-own-secret_token")}\n    port: 9000\n`);
  expect([own?.secretToken.equals("an-own-secret_token"), own?.port]).toEqual([true, 9000]);
  expect(own?.secretToken.equals("an-own-secret_tokem")).toBe(false);
});

test.each([
  [`  bot_token: "${TOKEN}"\n`, "telegram.bot_token: must be encrypted: copytrader telegram --seal"],
  [
    `  bot_token: ${new Vault(FernetKey.generate()).encrypt(TOKEN)}\n`,
    "cannot be opened with the encryption keys",
  ],
  [
    `  bot_token: ${sealed("no token at all, only words")}\n`,
    "telegram.bot_token: opened, it must be a bot's token",
  ],
  ["  api_root: http://api.telegram.org\n", "telegram.api_root: must begin with https://"],
  ["  api_root: telegram\n", "telegram.api_root: must be an address such as"],
  ["  api_root: https://me:pw@api.telegram.org\n", "must not hold a user name or password"],
  ["  allowed_groups: [100]\n", "which are negative numbers such as -1001234567890"],
  ["  allowed_groups: []\n", "must be a list of 1 to 50 ids of groups"],
  ["  webhook:\n    port: 1\n", "telegram.webhook.url: is missing"],
  ["  webhook:\n    url: https://a.example:9443/x\n", "must be on port 443, 80, 88 or 8443"],
  ["  tokn: x\n", "telegram.tokn: is not a known key"],
])("%j is refused in words, without the secret", (yaml, message) => {
  const text = refusals(stated(yaml), { env }).map(describeProblem).join("\n");
  expect(text).toContain(message);
  expect(text).not.toContain("MARK");
});

test("a token that is none is refused by the variable's name", () => {
  const [problem, ...more] = refusals(pair, { env: { TELEGRAM_BOT_TOKEN: "MARK no token" } });
  expect([problem?.keyPath, more]).toEqual(["TELEGRAM_BOT_TOKEN", []]);
  expect(problem?.message).not.toContain("MARK");
});

test("it can be read where there are no accounts yet", () => {
  withFolder({ "config/bot.yaml": "telegram:\n  api_root: http://127.0.0.1:8081/\n" }, (root) => {
    expect(loadTelegram(`${root}/config`, { TELEGRAM_BOT_TOKEN: TOKEN })).toMatchObject({
      ok: true,
      telegram: { apiRoot: { value: "http://127.0.0.1:8081" } },
    });
  });
});
