/** What others supply is never markup, and long texts are split where they may be. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { code, escaped, Html, html, lines, plainText, withoutMarkup } from "./html.ts";
import { commandIn } from "./incoming.ts";
import { Presses } from "./presses.ts";
import { split } from "./split.ts";

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."<>&\"'/\\_*[]()~`>#+-=|{}.!\n\r\t\u202e\u2066\u200b\u2028\u0000@b;"),
    fc.string({ unit: "binary", maxLength: 1 }),
  ),
  maxLength: 400,
});

test("nothing that is filled in opens a tag, an entity, a line or the direction of writing", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { markup } = html`<b>${text}</b> ${code(text)} ${[html`${text}`, html`${text}`]}`;
      const inside = escaped(text);
      expect(inside).not.toMatch(/[<>\n\r\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]|\p{Cc}/u);
      expect(inside.replace(/&(amp|lt|gt);/g, "")).not.toContain("&");
      expect(markup.match(/<[^>]*>/g)).toEqual(["<b>", "</b>", "<code>", "</code>"]);
      expect(markup.split("\n")).toHaveLength(2);
    }),
  );
});

test("without markup it is what was filled in", () => {
  expect(withoutMarkup(html`<b>${"a < b & <c>"}</b>`)).toBe("a < b & <c>");
  expect(plainText("\u202eabc\ndef", 200)).toBe("abc def");
  expect(plainText("x".repeat(300), 200)).toHaveLength(200);
});

test("pieces are within the bound, lose no line and cut no tag", () => {
  fc.assert(
    fc.property(
      fc.array(hostile, { maxLength: 40 }),
      fc.integer({ min: 200, max: 5_000 }),
      (texts, lengthMax) => {
        const rows = texts.map((text) => html`<b>${text.slice(0, 20)}</b> ${code(text)}`);
        const pieces = split(lines(rows), lengthMax);
        expect(pieces.length).toBeLessThanOrEqual(5);
        for (const { markup } of pieces) {
          expect(markup.length).toBeLessThanOrEqual(lengthMax);
          expect(markup.match(/<b>/g)?.length).toBe(markup.match(/<\/b>/g)?.length);
          expect(markup.match(/<code>/g)?.length).toBe(markup.match(/<\/code>/g)?.length);
          expect(markup).not.toMatch(/&(?!amp;|lt;|gt;)/);
        }
      },
    ),
  );
});

test("a flood ends with a word of how much is left out", () => {
  const pieces = split(lines(Array.from({ length: 5_000 }, (_, at) => html`line ${at}`)), 1_000);
  expect(pieces).toHaveLength(5);
  expect(pieces.at(-1)?.markup).toMatch(/\n\.\.\. and \d+ more lines$/);
  expect(split(Html.of("one"))).toEqual([Html.of("one")]);
});

test.each([
  ["/status", 7, { name: "status", args: [] }],
  ["/Why@Our_Bot slave1  BTCUSDT ", 12, { name: "why", args: ["slave1", "BTCUSDT"] }],
  ['/copy "my leader" “other one” x', 5, { name: "copy", args: ["my leader", "other one", "x"] }],
  ["/status@another_bot", 19, null],
])("%j is read as %j", (text, length, expected) => {
  expect(commandIn(text, length, "our_bot")).toEqual(expected);
});

test("buttons carry any names in 64 bytes, and what nobody made is none", () => {
  const presses = new Presses();
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { maxLength: 4 }), (args) => {
      const data = presses.data(null, "why", ...args);
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
      expect(presses.read(data)).toEqual({ command: "why", args, of: null });
      const inGroup = presses.data({ chat: { isPrivate: false }, telegramId: "7000000123" }, "why", ...args);
      expect(Buffer.byteLength(inGroup)).toBeLessThanOrEqual(64);
      expect(presses.read(inGroup)).toEqual({ command: "why", args, of: "7000000123" });
    }),
  );
  expect(presses.read("~nothing")).toBeNull();
  expect(presses.read("why %E0%A4%A")).toBeNull();
});
