/** Updates by webhook: only with the secret, each once, and back to polling when it is switched off. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Bot, GrammyError } from "grammy";
import { afterEach, expect, test, vi } from "vitest";
import { silentLog } from "../../src/log.ts";
import { SharedSecret } from "../../src/security/shared-secret.ts";
import { posted, refusalOf } from "../../src/telegram/updates.ts";
import { BotWorld } from "./bot-world.ts";

let bot: BotWorld | null = null;
afterEach(async () => {
  await bot?.close();
  bot = null;
});

const SECRET = "a-secret-of-the-webhook_0123456789";

/** One that nobody listens on, a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("updates come with the secret, count once though they come twice, and strangers' requests do nothing", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/telegram`;
  const webhook = { url, secretToken: new SharedSecret(SECRET), host: "127.0.0.1", port };
  const world = await BotWorld.open({ webhook });
  bot = world;
  const { telegram } = world.talk;
  expect(telegram.webhook.settings).toMatchObject({ url, secret: SECRET });
  const owner = await world.signedIn("owner");
  expect(await owner.asks("/status")).toMatch(/^Copying runs/);

  const message = {
    message_id: 5,
    date: Math.floor(world.talk.clock.nowMs() / 1000),
    chat: owner.chat,
    from: owner.user,
    text: "/balance",
    entities: [{ type: "bot_command", offset: 0, length: 8 }],
  };
  const post = (update: object | string, secret: string | null, path = "/telegram") =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        connection: "close",
        ...(secret === null ? {} : { "x-telegram-bot-api-secret-token": secret }),
      },
      body: typeof update === "string" ? update : JSON.stringify(update),
    }).then(
      ({ status }) => status,
      () => "refused",
    );
  const forged = { update_id: 1, message };
  for (const secret of [null, "", "wrong", `${SECRET}x`])
    expect([401, "refused"]).toContain(await post(forged, secret));
  expect([404, "refused"]).toContain(await post(forged, SECRET, "/elsewhere"));
  for (const body of ["", "{", "[]", "1", "null"]) expect(await post(body, SECRET)).toBe(400);
  expect(await post("x".repeat(2 * 1024 * 1024), SECRET)).not.toBe(200);
  expect(await owner.all()).toEqual([]);

  const twice = { update_id: 2, message };
  expect(await post(twice, SECRET)).toBe(200);
  expect(await post(twice, SECRET)).toBe(200);
  expect(await owner.all()).toEqual([expect.stringMatching(/^Balances/)]);

  await world.stopBot();
  owner.says("/status");
  await vi.waitFor(() => expect(telegram.webhook.failures).toBeGreaterThan(0), { timeout: 15_000 });
  await world.startBot();
  expect(await owner.all()).toEqual([expect.stringMatching(/^Copying runs/)]);
  await world.stopBot();
  await world.startBot({ webhook: null });
  expect(telegram.webhook.settings).toBeNull();
  expect(await owner.asks("/status")).toMatch(/^Copying runs/);
});

test("a Telegram that has trouble when it is told of the webhook is told again", async () => {
  const port = await freePort();
  const webhook = {
    url: `http://127.0.0.1:${port}/telegram`,
    secretToken: new SharedSecret(SECRET),
    host: "127.0.0.1",
    port,
  };
  const answer = (error_code: number) => ({ ok: false as const, error_code, description: "trouble" });
  const refused = (status: number) => new GrammyError("refused", answer(status), "setWebhook", {});
  const other = new Bot("1:a");
  vi.spyOn(other.api, "setWebhook").mockRejectedValueOnce(refused(502)).mockResolvedValueOnce(true);
  const failed = await posted(other, webhook, silentLog).catch((error: unknown) => refusalOf(error));
  expect(failed).toMatchObject({ name: "Error", message: "trouble" });
  const updates = await posted(other, webhook, silentLog);
  await updates.stop();
  for (const status of [429, 500, 503]) expect(refusalOf(refused(status)).name).toBe("Error");
  for (const status of [400, 401, 404, 409]) expect(refusalOf(refused(status)).name).toBe("BotRefusedError");
});
