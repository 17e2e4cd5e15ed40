/** A key pair signs and is never shown. The signature's expected value is the HMAC-SHA256 test case 2 of RFC 4231. */
import { createHmac } from "node:crypto";
import { format, inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Credentials, isKeyText } from "./secrets.ts";

test("signs with HMAC-SHA256 in hexadecimal", () => {
  expect(new Credentials("key", "Jefe").sign("what do ya want for nothing?")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

test("every key and text gives what the platform's own HMAC gives, from text and from bytes", () => {
  const texts = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(texts, texts, fc.constantFrom(1, 40), (secret, part, times) => {
      const text = part.repeat(times);
      const expected = createHmac("sha256", secret).update(text).digest("hex");
      expect(new Credentials("key", secret).sign(text)).toBe(expected);
      expect(new Credentials("key", Buffer.from(secret)).sign(text)).toBe(expected);
    }),
  );
});

test("keeps its own bytes, whatever becomes of those it was given", () => {
  const given = Buffer.from("Jefe");
  const pair = new Credentials("key", given);
  given.fill(0);
  const masked: string[] = [];
  pair.maskIn((value) => masked.push(value));
  expect(masked).toEqual(["Jefe"]);
});

test("no way of printing or serialising it shows key or secret", () => {
  const pair = new Credentials("THE-KEY", "THE-SECRET");
  const shown = [
    String(pair),
    `${pair}`,
    JSON.stringify({ pair }),
    inspect({ pair }, { showHidden: true, depth: 9, getters: true }),
    format("%s %o %O %j", pair, pair, pair, pair),
    Object.entries(pair).join(),
    JSON.stringify(structuredClone({ ...pair })),
  ].join("\n");
  expect(shown).toContain("[secret]");
  expect(shown).not.toMatch(/THE-KEY|THE-SECRET/);
});

test("the same key is recognised whatever the secret", () => {
  const pair = new Credentials("one", "x");
  expect(pair.keyFingerprint()).toBe(new Credentials("one", "y").keyFingerprint());
  expect(pair.keyFingerprint()).not.toBe(new Credentials("two", "x").keyFingerprint());
});

test("key text is printable ASCII without blanks, at most 256 long", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "Z", "9", "-", "=", "~"), minLength: 1, maxLength: 256 }),
      isKeyText,
    ),
    { numRuns: 50 },
  );
  for (const text of ["", " a", "a b", "a\n", "a\r\nX-Other: 1", "é", "a".repeat(257)]) {
    expect(isKeyText(text)).toBe(false);
    expect(isKeyText(Buffer.from(text))).toBe(false);
  }
  expect(isKeyText(Buffer.from("aZ9-=~"))).toBe(true);
});
