/** What others supply (names, symbols, arguments) stays text: no markup, no link, no command, no message that Telegram refuses. */
import { afterEach, expect, test } from "vitest";
import type { ControlAnswers, ControlKind, RequestOf } from "../../src/control/control.ts";
import { BotWorld } from "./bot-world.ts";
import type { Message } from "./world/shapes.ts";

let bot: BotWorld;
afterEach(() => bot.close());

const HOSTILE = [
  "</code></b><a href='tg://user?id=1'>x</a>",
  "<b><i",
  "&lt;b&gt; &amp; &#60;b&#62; &",
  "*bold* _it_ [x](http://evil.com) `c` ||s||",
  "/panic all",
  "https://evil.com/login",
  "@mallory",
  "\u202eTSURT\u202c \u2066x\u2069",
  "a\nCopying runs (live)\r\n\u2028b\u0085c",
  "\u200b\u200d\ufeff\u0000\u001b[31m",
  "👨‍👩‍👧‍👦🏴‍☠️".repeat(20),
  "ä€😀<".repeat(2_500),
];

/** Nobody sees these, or they turn what stands around them. The joiner that keeps links apart is our own. */
const INVISIBLE = /[\u200b\u202a-\u202e\u2066-\u2069\ufeff\u2028]|(?!\n)\p{Cc}/u;
const JOINER = /\u2060/g;

/** Whatever the facade answers names its leader, follower and market so. */
function rename(name: () => string): void {
  const { control } = bot;
  const renamed = (value: unknown): unknown => {
    if (typeof value === "string")
      return value.replaceAll(/\b(?:follower|leader|BTCUSDT)\b/g, () => `$${name()}`);
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one)]));
  };
  const ask = control.ask.bind(control);
  control.ask = async <Kind extends ControlKind>(request: RequestOf<Kind>) =>
    // The form of the answer stays as it is.
    renamed(await ask<Kind>(request)) as ControlAnswers[Kind];
}

function linksOf({ text = "", entities = [] }: Message): readonly string[] {
  const links = entities.filter(({ type }) => ["text_link", "mention", "url", "bot_command"].includes(type));
  return links.map(({ offset, length }) => text.slice(offset, offset + length));
}

function refusedCalls(): readonly unknown[] {
  return bot.talk.telegram.calls.filter(({ outcome }) => outcome !== null && "refusal" in outcome);
}

test("names of accounts and markets are shown as text, in any sentence", async () => {
  bot = await BotWorld.open();
  bot.story.leaderFill("buy", "0.1");
  const owner = await bot.signedIn("owner");
  let name = "";
  rename(() => name);
  for (const [at, hostile] of HOSTILE.entries()) {
    name = hostile;
    for (const command of ["/status", "/positions", "/leaders", "/why follower BTCUSDT", "/sync_status"]) {
      owner.says(command);
      const message = await owner.sees(/\$/);
      expect(linksOf(message)).toEqual([]);
      expect(message.text).not.toMatch(INVISIBLE);
      expect(message.text).not.toMatch(/^Copying runs \(live\)/m);
      if (at < 7) expect(message.text?.replaceAll(JOINER, "")).toContain(`$${hostile}`);
    }
    await bot.talk.passes(60_000);
  }
  expect(refusedCalls()).toEqual([]);
});

test("what somebody writes behind a command, and what he calls himself, does no harm", async () => {
  bot = await BotWorld.open();
  const owner = await bot.signedIn("owner");
  for (const [at, hostile] of HOSTILE.entries()) {
    const argument = hostile.slice(0, 4_000);
    owner.says(`${["/why", "/positions", "/nothing"][at % 3]} ${argument}`);
    const answer = await owner.sees(/^/);
    expect(answer.text?.length).toBeLessThan(1_100);
    expect(linksOf(answer).filter((link) => link !== "/help")).toEqual([]);
    await bot.talk.passes(3_600_000);
    bot.talk.person(hostile.slice(0, 64), 600 + at).says(`/start ${argument}`);
    const report = await owner.sees(/^A stranger/);
    expect(linksOf(report)).toEqual([]);
    expect(report.text).not.toMatch(INVISIBLE);
    expect(report.text?.split("\n")).toHaveLength(2);
  }
  expect(refusedCalls()).toEqual([]);
});
