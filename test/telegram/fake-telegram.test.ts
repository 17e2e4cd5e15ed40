/** The fake server answers plain HTTP as the Bot API is documented to: every check, limit, conflict and outage that tests rely on. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { BOT_TOKEN, FakeTelegram, type FakeTelegramOptions } from "./world/fake-telegram.ts";
import { PLATFORM_LIMITS } from "./world/flood.ts";
import { Refusal } from "./world/refusal.ts";
import type { Chat, User } from "./world/shapes.ts";

// What a server answers is looked at freely.
type Answer = ReturnType<typeof JSON.parse>;

let telegram: FakeTelegram;
let alice: User;
let chat: Chat;
let nowMs = 1_700_000_000_000;
const servers: Server[] = [];

async function opened(options: FakeTelegramOptions = {}): Promise<void> {
  nowMs = 1_700_000_000_000;
  telegram = await FakeTelegram.open({ clock: { nowMs: () => nowMs }, ...options });
  alice = telegram.people.add({ id: 52_000_000_000_001, first_name: "Alice" });
  chat = telegram.people.privateChat(alice);
}

afterEach(async () => {
  await telegram.close();
  for (const server of servers.splice(0)) server.close();
});

async function call(method: string, fields: object | FormData = {}, token = BOT_TOKEN): Promise<Answer> {
  const isForm = fields instanceof FormData;
  const response = await fetch(`${telegram.root}/bot${token}/${method}`, {
    method: "POST",
    body: isForm ? fields : JSON.stringify(fields),
    ...(isForm ? {} : { headers: { "content-type": "application/json" } }),
  });
  const answer: Answer = await response.json();
  expect(response.status).toBe(answer.ok ? 200 : answer.error_code);
  return answer;
}

/** Alice has started the bot, and the bot has read that. */
async function started(): Promise<void> {
  telegram.people.write({ from: alice, chat, text: "/start" });
  const { result } = await call("getUpdates");
  await call("getUpdates", { offset: result.at(-1).update_id + 1 });
}

const say = (text: string, more: object = {}) => call("sendMessage", { chat_id: chat.id, text, ...more });

describe("who is asked", () => {
  test("token, method and way of asking", async () => {
    await opened();
    expect((await call("getMe")).result).toMatchObject({ is_bot: true, username: "copytrader_bot" });
    expect((await call("GETME")).ok).toBe(true);
    expect(await call("getMe", {}, "1:wrong")).toEqual({
      ok: false,
      error_code: 401,
      description: "Unauthorized",
    });
    expect((await call("getNothing")).error_code).toBe(404);
    telegram.people.write({ from: alice, chat, text: "hello" });
    const url = `${telegram.root}/bot${BOT_TOKEN}/sendMessage`;
    const query = await fetch(`${url}?chat_id=${chat.id}&text=a%26b`);
    const form = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ chat_id: `${chat.id}`, text: "form" }),
    });
    const texts = [await query.json(), await form.json()].map(({ result }: Answer) => result.text);
    expect(texts).toEqual(["a&b", "form"]);
  });

  test("a body that is none is refused by its form", async () => {
    await opened();
    const post = async (type: string, body: string) => {
      const headers = { "content-type": type };
      const response = await fetch(`${telegram.root}/bot${BOT_TOKEN}/getMe`, {
        method: "POST",
        headers,
        body,
      });
      return ((await response.json()) as Answer).description;
    };
    expect(await post("application/json", "[1]")).toBe("Bad Request: can't parse JSON object");
    expect(await post("multipart/form-data; boundary=x", "--x\r\ncut")).toMatch(/can't parse multipart/);
  });
});

describe("updates by polling", () => {
  test("are repeated until an offset confirms them, at most so many at once", async () => {
    await opened();
    for (const text of ["one", "two", "three"]) telegram.people.write({ from: alice, chat, text });
    const texts = async (fields: object) =>
      (await call("getUpdates", fields)).result.map(({ message }: Answer) => message.text);
    expect(await texts({ limit: 2 })).toEqual(["one", "two"]);
    expect(await texts({})).toEqual(["one", "two", "three"]);
    const [first] = (await call("getUpdates")).result;
    expect(await texts({ offset: first.update_id + 1 })).toEqual(["two", "three"]);
    expect(await texts({ offset: 0 })).toEqual(["two", "three"]);
    expect(await texts({ offset: -1 })).toEqual(["three"]);
    expect(await texts({})).toEqual(["three"]);
  });

  test("wait for the next one, or for the end of their time", async () => {
    await opened();
    const waiting = call("getUpdates", { timeout: 30 });
    await until(() => telegram.updates.isPolled);
    telegram.people.write({ from: alice, chat, text: "/status now" });
    const [update] = (await waiting).result;
    expect(update.message).toMatchObject({
      from: { id: alice.id },
      chat: { id: alice.id, type: "private" },
      entities: [{ type: "bot_command", offset: 0, length: 7 }],
    });
    expect((await call("getUpdates", { offset: update.update_id + 1, timeout: 1 })).result).toEqual([]);
  });

  test("go to one poller: a second one ends the first", async () => {
    await opened();
    const first = call("getUpdates", { timeout: 30 });
    await until(() => telegram.updates.isPolled);
    const second = call("getUpdates");
    expect(await first).toMatchObject({ ok: false, error_code: 409 });
    expect((await second).ok).toBe(true);
  });

  test("are of the kinds that were asked for, also by later polls", async () => {
    await opened();
    await call("getUpdates", { allowed_updates: ["callback_query"] });
    telegram.people.write({ from: alice, chat, text: "unheard" });
    expect((await call("getUpdates")).result).toEqual([]);
    await call("getUpdates", { allowed_updates: [] });
    telegram.people.write({ from: alice, chat, text: "heard" });
    expect((await call("getUpdates")).result).toHaveLength(1);
  });
});

describe("updates by webhook", () => {
  /** An address that answers as it is told. */
  async function listener(answers: readonly (readonly [number, string])[]): Promise<{
    readonly url: string;
    readonly heard: { readonly secret: string | undefined; readonly body: Answer }[];
  }> {
    const heard: { secret: string | undefined; body: Answer }[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const secret = request.headers["x-telegram-bot-api-secret-token"];
      heard.push({
        secret: secret as string | undefined,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      });
      const [status, body] = answers[heard.length - 1] ?? [200, ""];
      response.writeHead(status).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
  }

  test("carry the secret, are repeated until they are taken, and keep their order", async () => {
    await opened();
    const call1: readonly [number, string] = [
      200,
      JSON.stringify({ method: "sendMessage", chat_id: alice.id, text: "by the answer" }),
    ];
    const { url, heard } = await listener([[500, ""], [401, ""], call1]);
    await call("setWebhook", { url, secret_token: "s3cret_-" });
    expect(await call("getUpdates")).toMatchObject({ error_code: 409 });
    telegram.people.write({ from: alice, chat, text: "one" });
    telegram.people.write({ from: alice, chat, text: "two" });
    await until(() => telegram.updates.size === 0);
    expect(heard.map(({ secret, body }) => [secret, body.message.text])).toEqual([
      ["s3cret_-", "one"],
      ["s3cret_-", "one"],
      ["s3cret_-", "one"],
      ["s3cret_-", "two"],
    ]);
    expect((await call("getWebhookInfo")).result).toMatchObject({
      url,
      pending_update_count: 0,
      max_connections: 40,
      last_error_message: "Wrong response from the webhook: 401",
    });
    expect(telegram.population.room(alice.id).messages.map(({ text }) => text)).toContain("by the answer");
    expect((await call("deleteWebhook")).result).toBe(true);
    expect((await call("getUpdates")).ok).toBe(true);
  });

  test("setting one ends a poll, drops what waited when told so, and is checked", async () => {
    await opened({ webhook: { loopback: false, pauseMs: 20 } });
    const polled = call("getUpdates", { timeout: 30 });
    await until(() => telegram.updates.isPolled);
    await call("setWebhook", { url: "https://127.0.0.1:8443/", drop_pending_updates: true });
    expect(await polled).toMatchObject({ error_code: 409 });
    const refused = async (fields: object) => (await call("setWebhook", fields)).description;
    expect(await refused({ url: "http://example.org" })).toMatch(/An HTTPS URL must be provided/);
    expect(await refused({ url: "https://example.org:444" })).toMatch(/only on ports 80, 88, 443 or 8443/);
    expect(await refused({ url: "https://example.org", secret_token: "a b" })).toMatch(/secret token/);
    await call("setWebhook", { url: "" });
    telegram.people.write({ from: alice, chat, text: "dropped" });
    await call("deleteWebhook", { drop_pending_updates: true });
    expect((await call("getUpdates")).result).toEqual([]);
  });
});

describe("messages", () => {
  test("go only where the bot may write", async () => {
    await opened();
    expect((await say("too early")).description).toMatch(/^Forbidden: bot can't initiate/);
    await started();
    expect((await say("now")).result).toMatchObject({ text: "now", chat: { id: alice.id } });
    telegram.people.block(alice);
    expect(await say("again")).toMatchObject({
      error_code: 403,
      description: "Forbidden: bot was blocked by the user",
    });
    telegram.people.unblock(alice);
    expect((await say("back")).ok).toBe(true);
    expect((await call("sendMessage", { chat_id: 1, text: "x" })).description).toBe(
      "Bad Request: chat not found",
    );
  });

  test.each([
    ["", /message text is empty/],
    ["  \n ", /message text is empty/],
    ["x".repeat(4097), /message is too long/],
    ["half \ud83d of a face", /must be encoded in UTF-8/],
  ])("text %# is refused", async (text, why) => {
    await opened();
    await started();
    expect((await say(text)).description).toMatch(why);
  });

  test("length counts what is shown, in UTF-16 units", async () => {
    await opened();
    await started();
    expect((await say(`<b>${"x".repeat(4096)}</b>`, { parse_mode: "HTML" })).ok).toBe(true);
    expect((await say("😀".repeat(2048))).ok).toBe(true);
    expect((await say("😀".repeat(2049))).ok).toBe(false);
  });

  test.each([
    ["<b>a</b> &lt;&amp;&gt;&quot; & > &nope; &#39;", "a <&>\" & > &nope; '"],
    ['<a href="https://x.org/?a=1&amp;b">link</a><pre><code class="language-js">1</code></pre>', "link1"],
    ['<blockquote expandable>q</blockquote><span class="tg-spoiler">s</span>', "qs"],
  ])("HTML %# is read", async (source, text) => {
    await opened();
    await started();
    expect((await say(source, { parse_mode: "HTML" })).result.text).toBe(text);
  });

  test.each([
    ["<b>open", /Can't find end tag corresponding to start tag "b"/],
    ["<b><i>a</b></i>", /Unmatched end tag at byte offset 7, expected "<\/i>", found "<\/b>"/],
    ["ä</b>", /Unexpected end tag at byte offset 2/],
    ["1 < 2", /Unclosed start tag at byte offset 2/],
    ["1 < 2 > 1", /Unsupported start tag "" at byte offset 2/],
    ["<script>", /Unsupported start tag "script"/],
    ["<span>a</span>", /must have class "tg-spoiler"/],
    ["<b>a</b", /Unclosed end tag/],
  ])("HTML %# refuses the whole message", async (source, why) => {
    await opened();
    await started();
    const { error_code, description } = await say(source, { parse_mode: "HTML" });
    expect([error_code, description]).toEqual([
      400,
      expect.stringMatching(/^Bad Request: can't parse entities: /),
    ]);
    expect(description).toMatch(why);
    expect((await say(source)).ok).toBe(true);
  });

  test("commands, names and addresses become links by themselves, but not in code", async () => {
    await opened();
    await started();
    const source = "touch /panic, @mallory or evil.com/x <code>/panic @mallory evil.com</code>";
    const { text, entities } = (await say(source, { parse_mode: "HTML" })).result;
    expect(
      entities.map(({ type, offset, length }: Answer) => [type, text.slice(offset, offset + length)]),
    ).toEqual([
      ["bot_command", "/panic"],
      ["mention", "@mallory"],
      ["url", "evil.com/x"],
      ["code", "/panic @mallory evil.com"],
    ]);
  });

  test("buttons carry 64 bytes, and a press waits for its answer", async () => {
    await opened();
    await started();
    const keyboard = (callback_data: string) => ({
      reply_markup: { inline_keyboard: [[{ text: "Go", callback_data }]] },
    });
    expect((await say("a", keyboard("ä".repeat(33)))).description).toBe("Bad Request: BUTTON_DATA_INVALID");
    const { result } = await say("b", keyboard("ä".repeat(32)));
    const [message] = telegram.population.room(alice.id).messages.slice(-1);
    if (message === undefined) throw new Error("nothing was sent");
    const id = telegram.people.press(alice, message, "Go");
    const [update] = (await call("getUpdates")).result;
    expect(update.callback_query).toMatchObject({
      id,
      data: "ä".repeat(32),
      message: { message_id: result.message_id },
    });
    expect(telegram.answerOf(id)).toBeNull();
    await call("answerCallbackQuery", { callback_query_id: id, text: "done", show_alert: true });
    expect(telegram.answerOf(id)).toEqual({ text: "done", alert: true });
    expect((await call("answerCallbackQuery", { callback_query_id: id })).description).toMatch(/too old/);
    const late = telegram.people.press(alice, message, "Go");
    nowMs += 3_600_000;
    expect((await call("answerCallbackQuery", { callback_query_id: late })).description).toMatch(/too old/);
  });

  test("are edited, but not into what they are, and deleted within two days", async () => {
    await opened();
    await started();
    const keyboard = { reply_markup: { inline_keyboard: [[{ text: "Go", callback_data: "1" }]] } };
    const { message_id } = (await say("one", keyboard)).result;
    const edit = (text: string, more: object = {}) =>
      call("editMessageText", { chat_id: chat.id, message_id, text, ...more });
    expect((await edit("one", keyboard)).description).toMatch(/^Bad Request: message is not modified/);
    expect((await edit("<b>one</b>", { ...keyboard, parse_mode: "HTML" })).ok).toBe(true);
    expect((await edit("two")).result).not.toHaveProperty("reply_markup");
    const markup = await call("editMessageReplyMarkup", { chat_id: chat.id, message_id, ...keyboard });
    expect(markup.result).toMatchObject({ text: "two", ...keyboard });
    expect(
      (await call("editMessageText", { chat_id: chat.id, message_id: 999, text: "x" })).description,
    ).toMatch(/message to edit not found/);
    const [theirs] = telegram.population.room(alice.id).messages;
    expect(
      (await call("editMessageText", { chat_id: chat.id, message_id: theirs?.message_id, text: "x" }))
        .description,
    ).toMatch(/can't be edited/);
    const { result: old } = await say("old");
    expect((await call("deleteMessage", { chat_id: chat.id, message_id })).result).toBe(true);
    expect((await call("deleteMessage", { chat_id: chat.id, message_id })).description).toMatch(/not found/);
    nowMs += 49 * 3_600_000;
    expect(
      (await call("deleteMessage", { chat_id: chat.id, message_id: old.message_id })).description,
    ).toMatch(/can't be deleted/);
  });
});

describe("pictures and documents", () => {
  /** A PNG's head, which is all that is looked at. */
  function png(width: number, height: number): Buffer {
    const bytes = Buffer.alloc(64);
    Buffer.from("89504e470d0a1a0a", "hex").copy(bytes);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return bytes;
  }

  function form(fields: Readonly<Record<string, string>>, files: Readonly<Record<string, Buffer>>): FormData {
    const made = new FormData();
    for (const [name, value] of Object.entries(fields)) made.set(name, value);
    for (const [name, bytes] of Object.entries(files))
      made.set(name, new Blob([new Uint8Array(bytes)]), `${name}.png`);
    return made;
  }

  test("bytes arrive as they were sent, and a file may be sent again by its id", async () => {
    await opened();
    await started();
    const to = { chat_id: `${chat.id}` };
    const bytes = png(800, 600);
    const sent = await call("sendPhoto", form({ ...to, caption: "chart" }, { photo: bytes }));
    expect(sent.result).toMatchObject({
      caption: "chart",
      photo: [{ width: 800, height: 600, file_size: 64 }],
    });
    const id = sent.result.photo[0].file_id;
    expect(telegram.files.bytesOf(id).equals(bytes)).toBe(true);
    expect((await call("sendPhoto", { chat_id: chat.id, photo: id })).ok).toBe(true);
    const document = await call(
      "sendDocument",
      form({ ...to, document: "attach://d" }, { d: Buffer.from("1,2\n") }),
    );
    expect(document.result.document).toMatchObject({ file_name: "d.png", file_size: 4 });
    const media = JSON.stringify([
      { type: "photo", media: "attach://one", caption: "<b>1</b>", parse_mode: "HTML" },
      { type: "photo", media: "attach://two" },
    ]);
    const album = await call("sendMediaGroup", form({ ...to, media }, { one: bytes, two: bytes }));
    expect(album.result).toHaveLength(2);
    expect(album.result[0]).toMatchObject({ caption: "1", media_group_id: album.result[1].media_group_id });
  });

  test.each([
    ["no picture", Buffer.from("text"), "x", /IMAGE_PROCESS_FAILED/],
    ["too long", png(10_000, 600), "x", /PHOTO_INVALID_DIMENSIONS/],
    ["too thin", png(4_300, 200), "x", /PHOTO_INVALID_DIMENSIONS/],
    ["nothing", Buffer.alloc(0), "x", /file must be non-empty/],
    ["long caption", png(1, 1), "x".repeat(1025), /caption is too long/],
    ["too large", Buffer.concat([png(1, 1), Buffer.alloc(10 * 1024 * 1024)]), "x", /Entity Too Large/],
  ])("a picture is refused: %s", async (_, photo, caption, why) => {
    await opened();
    await started();
    const answer = await call("sendPhoto", form({ chat_id: `${chat.id}`, caption }, { photo }));
    expect(answer.description).toMatch(why);
  });
});

describe("groups", () => {
  test("the bot hears commands, its name and answers to it, and nothing else", async () => {
    await opened();
    const bob = telegram.people.add({ id: 7, first_name: "Bob" });
    const group = telegram.people.group("Desk", [alice, bob]);
    await call("getUpdates", { offset: -1 });
    const { result } = await call("sendMessage", { chat_id: group.id, text: "hello" });
    const own = telegram.population
      .room(group.id)
      .messages.find((one) => one.message_id === result.message_id);
    if (own === undefined) throw new Error("nothing was sent");
    for (const text of ["chatter", "/status", "/status@copytrader_bot", "/status@other_bot"])
      telegram.people.write({ from: bob, chat: group, text });
    telegram.people.write({ from: bob, chat: group, text: "yes", replyTo: own });
    telegram.people.write({ from: alice, chat: group, text: "/pause", anonymous: true });
    const messages = (await call("getUpdates", { allowed_updates: ["message"] })).result.flatMap(
      ({ message }: Answer) => (message === undefined ? [] : [message]),
    );
    expect(messages.map(({ text }: Answer) => text)).toEqual([
      "/status",
      "/status@copytrader_bot",
      "yes",
      "/pause",
    ]);
    expect(messages.at(-1)).toMatchObject({
      from: { username: "GroupAnonymousBot" },
      sender_chat: { id: group.id },
    });
    const member = (user_id: number) => call("getChatMember", { chat_id: group.id, user_id });
    expect((await member(alice.id)).result.status).toBe("administrator");
    expect((await member(7)).result.status).toBe("member");
  });

  test("one that became a supergroup names its new id", async () => {
    await opened();
    const group = telegram.people.group("Desk", [alice]);
    const supergroup = telegram.people.migrate(group);
    expect(await call("sendMessage", { chat_id: group.id, text: "x" })).toMatchObject({
      error_code: 400,
      parameters: { migrate_to_chat_id: supergroup.id },
    });
    expect((await call("sendMessage", { chat_id: supergroup.id, text: "x" })).ok).toBe(true);
    expect((await call("getChat", { chat_id: supergroup.id })).result).toEqual(supergroup);
    telegram.people.removeBot(alice, supergroup);
    expect((await call("sendMessage", { chat_id: supergroup.id, text: "x" })).error_code).toBe(403);
    const kinds = (await call("getUpdates")).result.map((update: Answer) => Object.keys(update)[1]);
    expect(kinds).toEqual(["my_chat_member", "message", "message", "my_chat_member"]);
  });
});

test("menus are shown by the narrowest scope, and checked", async () => {
  await opened();
  const group = telegram.people.group("Desk", [alice]);
  const list = (command: string) => [{ command, description: command }];
  await call("setMyCommands", { commands: list("help") });
  await call("setMyCommands", { commands: list("status"), scope: { type: "chat", chat_id: chat.id } });
  await call("setMyCommands", {
    commands: list("mine"),
    scope: { type: "chat_member", chat_id: group.id, user_id: alice.id },
  });
  expect(telegram.menu.shown(alice.id, alice.id)).toEqual(list("status"));
  expect(telegram.menu.shown(alice.id, group.id)).toEqual(list("mine"));
  expect(telegram.menu.shown(999, group.id)).toEqual(list("help"));
  await call("deleteMyCommands", { scope: { type: "chat", chat_id: chat.id } });
  expect(telegram.menu.shown(alice.id, alice.id)).toEqual(list("help"));
  expect((await call("getMyCommands")).result).toEqual(list("help"));
  const refused = async (fields: object) => (await call("setMyCommands", fields)).description;
  expect(await refused({ commands: list("Help") })).toBe("Bad Request: BOT_COMMAND_INVALID");
  expect(await refused({ commands: [{ command: "a", description: "" }] })).toMatch(/DESCRIPTION_INVALID/);
  expect(await refused({ commands: list("a"), scope: { type: "chat", chat_id: 5 } })).toMatch(
    /chat not found/,
  );
});

describe("limits", () => {
  const bothSeconds = ({ error_code, parameters }: Answer) => [error_code, parameters?.retry_after];

  test("in one chat, after a burst", async () => {
    await opened({ limits: PLATFORM_LIMITS });
    await started();
    for (const text of ["1", "2", "3"]) expect((await say(text)).ok).toBe(true);
    const refused = await say("4");
    expect(bothSeconds(refused)).toEqual([429, 3]);
    expect(refused.description).toBe("Too Many Requests: retry after 3");
    nowMs += 2_000;
    expect(bothSeconds(await say("4"))).toEqual([429, 1]);
    nowMs += 1_000;
    expect((await say("4")).ok).toBe(true);
    telegram.flood.limits = null;
    for (let sent = 0; sent < 50; sent += 1) expect((await say("free")).ok).toBe(true);
  });

  test("twenty a minute to one group", async () => {
    await opened({ limits: PLATFORM_LIMITS });
    const group = telegram.people.group("Desk", [alice]);
    const post = () => call("sendMessage", { chat_id: group.id, text: "x" });
    for (let sent = 0; sent < 20; sent += 1) {
      expect((await post()).ok).toBe(true);
      nowMs += 1_000;
    }
    expect(bothSeconds(await post())).toEqual([429, 40]);
  });

  test("thirty a second over all chats", async () => {
    await opened({ limits: PLATFORM_LIMITS });
    const answers: Answer[] = [];
    for (let id = 1; id <= 31; id += 1) {
      const user = telegram.people.add({ id, first_name: `user ${id}` });
      telegram.people.write({ from: user, chat: telegram.people.privateChat(user), text: "/start" });
      answers.push(await call("sendMessage", { chat_id: id, text: "x" }));
    }
    expect(answers.filter(({ ok }) => ok)).toHaveLength(30);
    expect(bothSeconds(answers.at(-1))).toEqual([429, 1]);
  });
});

describe("outages", () => {
  test("reset, a proxy's page, silence; and they end", async () => {
    await opened();
    await started();
    const polled = call("getUpdates", { timeout: 30 });
    await until(() => telegram.updates.isPolled);
    telegram.outage({ kind: "reset" });
    await expect(polled).rejects.toThrow();
    await expect(say("a")).rejects.toThrow();
    telegram.outage({ kind: "status", status: 502 });
    const page = await fetch(`${telegram.root}/bot${BOT_TOKEN}/getMe`);
    expect([page.status, await page.text()]).toEqual([502, "<html>nginx</html>"]);
    telegram.outage({ kind: "silence" });
    const silent = say("b");
    const outcome = await Promise.race([
      silent.catch(() => "broken"),
      new Promise((resolve) => setTimeout(resolve, 50, "silent")),
    ]);
    expect(outcome).toBe("silent");
    telegram.outageEnds();
    await expect(silent).rejects.toThrow();
    expect((await say("c")).ok).toBe(true);
    expect(telegram.population.room(alice.id).messages.map(({ text }) => text)).toEqual(["/start", "c"]);
  });

  test("single calls: what was done although its answer was lost, and any refusal", async () => {
    await opened();
    await started();
    telegram.faults.plan({ kind: "lost-answer" }, { method: "sendMessage" });
    await expect(say("done all the same")).rejects.toThrow();
    telegram.faults.plan(
      { kind: "refusal", refusal: new Refusal(500, "Internal Server Error") },
      { times: 2 },
    );
    telegram.faults.plan({ kind: "slow", ms: 30 });
    expect([(await say("x")).error_code, (await call("getMe")).error_code]).toEqual([500, 500]);
    const before = performance.now();
    expect((await say("slow")).ok).toBe(true);
    expect(performance.now() - before).toBeGreaterThan(25);
    expect(telegram.population.room(alice.id).messages.map(({ text }) => text)).toEqual([
      "/start",
      "done all the same",
      "slow",
    ]);
    expect(telegram.received()).toContain("done all the same");
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}
