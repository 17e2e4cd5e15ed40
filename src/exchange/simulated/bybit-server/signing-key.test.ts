/** Signatures: the same as Node's own HMAC for any secret, text and body. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SigningKey } from "./signing-key.ts";

function expected(secret: string, text: string, body: Buffer | undefined): string {
  const hmac = createHmac("sha256", secret).update(text);
  return (body === undefined ? hmac : hmac.update(body)).digest("hex");
}

describe("signing key", () => {
  it("agrees with RFC 4231, test case 2", () => {
    const signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    expect(new SigningKey("Jefe").sign("what do ya want for nothing?", undefined)).toBe(signature);
  });

  it("signs any text and body", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 });
    const body = fc.option(fc.uint8Array({ maxLength: 600 }), { nil: undefined });
    fc.assert(
      fc.property(text, text, body, (secret, message, bytes) => {
        const buffer = bytes === undefined ? undefined : Buffer.from(bytes);
        expect(new SigningKey(secret).sign(message, buffer)).toBe(expected(secret, message, buffer));
      }),
    );
  });

  it.each([0, 63, 64, 65, 16_383, 16_384, 16_385, 200_000])("signs a body of %i bytes", (length) => {
    const key = new SigningKey("secret");
    const body = Buffer.alloc(length, "b");
    expect(key.sign("text", body)).toBe(expected("secret", "text", body));
    // What a longer message left behind is not signed with a shorter one.
    expect(key.sign("ü€", undefined)).toBe(expected("secret", "ü€", undefined));
  });

  it.each([63, 64, 65, 100])("takes a secret of %i bytes", (length) => {
    const secret = "s".repeat(length);
    expect(new SigningKey(secret).sign("text", undefined)).toBe(expected(secret, "text", undefined));
  });
});
