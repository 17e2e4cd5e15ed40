/** Signatures against published vectors, and the secret's silence. */
import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bybitCredentials, loginMessage, requestSignature } from "./signature.ts";

test("HMAC-SHA256 in lower-case hex (RFC 4231, case 2)", () => {
  const signature = bybitCredentials("key", "Jefe").sign("what do ya want for nothing?");
  expect(signature).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

test("every key and text gives what the platform's own HMAC gives", () => {
  const texts = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(texts, texts, fc.constantFrom(1, 40), (secret, part, times) => {
      const text = part.repeat(times);
      const expected = createHmac("sha256", secret).update(text).digest("hex");
      expect(bybitCredentials("key", secret).sign(text)).toBe(expected);
    }),
  );
});

test("a request signs time-stamp, key, window and payload without separators", () => {
  const credentials = { apiKey: "KEY", sign: (text: string) => `<${text}>` };
  expect(requestSignature(credentials, 1_700, 5_000, "category=linear&cursor=a%3Db")).toBe(
    "<1700KEY5000category=linear&cursor=a%3Db>",
  );
  expect(requestSignature(credentials, 1_700, 5_000, "")).toBe("<1700KEY5000>");
});

test("a log-in signs the fixed path and the expiry, and sends the expiry as a number", () => {
  const credentials = { apiKey: "KEY", sign: (text: string) => `<${text}>` };
  expect(loginMessage(credentials, 1_711)).toBe('{"op":"auth","args":["KEY",1711,"<GET/realtime1711>"]}');
});

test("the secret shows in no text of the credentials", () => {
  const secret = "very-secret-text";
  const credentials = bybitCredentials("ABCDEFGH", secret);
  const holder = { nested: { credentials } };
  const shown = [
    JSON.stringify(holder),
    inspect(holder, { depth: 10, showHidden: true }),
    String(credentials),
    Object.values(credentials).join(),
  ];
  for (const text of shown) expect(text).not.toContain(secret);
});
