/** Tokens of our own: what was encrypted comes back under its key, and nothing else is taken for a token. */
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FernetKey } from "./fernet.ts";
import { looksEncrypted, Vault } from "./vault.ts";

const key = FernetKey.generate();
const messages = fc.uint8Array({ maxLength: 300 });

describe("a token", () => {
  test("gives its message back under its key, and nothing under another", () => {
    const other = FernetKey.generate();
    fc.assert(
      fc.property(messages, (message) => {
        const token = key.encrypt(message);
        expect(looksEncrypted(token)).toBe(true);
        expect(key.decrypt(token)).toEqual(Buffer.from(message));
        expect(other.decrypt(token)).toBeNull();
      }),
    );
  });

  test("changed in any character, cut or lengthened, is refused", () => {
    const token = key.encrypt(Buffer.from("a secret of thirty-six characters..."));
    for (let at = 0; at < token.length; at += 1) {
      for (const letter of ["A", "B", "_", "=", "+", "%", ""]) {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        if (changed !== token) expect(key.decrypt(changed)).toBeNull();
      }
    }
    for (const changed of ["", "=", token.repeat(2), `${token}\n`, `${token}AAAA`, token.replace(/=+$/, "")])
      if (changed !== token) expect(key.decrypt(changed)).toBeNull();
  });

  test("has an age only where one is asked for: the last second of its time counts, a minute ahead too", () => {
    const token = key.encrypt(Buffer.from("x"), { nowMs: 1_000_000 });
    const at = (nowMs: number) => key.decrypt(token, { ttlSeconds: 60, nowMs }) !== null;
    expect([940_000, 1_000_000, 1_060_999].map(at)).toEqual([true, true, true]);
    expect([939_999, 1_061_000].map(at)).toEqual([false, false]);
    expect(key.decrypt(token)).toEqual(Buffer.from("x"));
  });

  test("of the same message is never the same", () => {
    const made = new Set(Array.from({ length: 100 }, () => key.encrypt(Buffer.from("x"), { nowMs: 0 })));
    expect(made.size).toBe(100);
  });
});

describe("a key", () => {
  test("is read back from what is written, in either alphabet", () => {
    const written = key.reveal();
    expect(written).toMatch(/^[\w-]{43}=$/);
    expect(FernetKey.parse(written)?.equals(key)).toBe(true);
    const standard = Buffer.from(written, "base64url").toString("base64");
    expect(FernetKey.parse(standard)?.equals(key)).toBe(true);
    expect(FernetKey.parse(written)?.name).toBe(key.name);
  });

  test.each([
    "",
    "correct horse battery staple",
    "x".repeat(44),
    `${"A".repeat(42)}==`,
    `${"A".repeat(44)}=`,
  ])("is not %j", (text) => {
    expect(FernetKey.parse(text)).toBeNull();
  });

  test("and the vault that holds it show nothing", () => {
    const vault = new Vault(key);
    const shown = [
      String(key),
      JSON.stringify({ key, vault }),
      inspect({ key, vault }, { showHidden: true }),
    ];
    for (const half of [key.reveal().slice(0, 20), key.reveal().slice(24)])
      expect(shown.join("\n")).not.toContain(half);
  });
});

test("a vault reads with all its keys and writes with the newest", () => {
  const newer = FernetKey.generate();
  const old = new Vault(key).encrypt("secret");
  const both = new Vault(newer, key);
  expect(both.decrypt(old)?.toString()).toBe("secret");
  expect([both.isCurrent(old), both.isCurrent(both.encrypt("secret"))]).toEqual([false, true]);
  expect(new Vault(newer).decrypt(old)).toBeNull();
  expect(new Vault(newer).decrypt(both.encrypt("secret"))?.toString()).toBe("secret");
});
