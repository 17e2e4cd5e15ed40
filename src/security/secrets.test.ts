/** A key pair signs and is never shown. The signature's expected value is the HMAC-SHA256 test case 2 of RFC 4231. */
import { format, inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Credentials, isKeyText } from "./secrets.ts";

test("signs with HMAC-SHA256 in hexadecimal", () => {
  expect(new Credentials("key", "Jefe").sign("what do ya want for nothing?")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
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
  for (const text of ["", " a", "a b", "a\n", "a\r\nX-Other: 1", "é", "a".repeat(257)])
    expect(isKeyText(text)).toBe(false);
});
