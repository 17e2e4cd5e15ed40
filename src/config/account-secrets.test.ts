/** Only the values of api_key and api_secret of an account file change, whatever else its text holds and however it is written. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FernetKey } from "../security/fernet.ts";
import { Vault } from "../security/vault.ts";
import { encryptedText, holdsTheSame, secretsIn, stateOf } from "./account-secrets.ts";

const older = FernetKey.generate();
const newest = FernetKey.generate();
const vault = new Vault(newest, older);

function encrypted(text: string): string {
  return encryptedText(text, secretsIn(text) ?? [], vault);
}

test("the text stays as it was around the two values", () => {
  const text =
    '\uFEFF{\r\n\t"api_secret" : "s\\u0065cret\\"2",\r\n  "nickname":"x", "note": {"api_key": "inner"},\n"a":[{"api_secret":"deep"}],"api_key":"key"  }\n';
  const [before = "", between = "", after = ""] = text.split(/"s\\u0065cret\\"2"|"key"(?= {2}\})/);
  const result = encrypted(text);
  const [secret, key] = secretsIn(result) ?? [];
  expect(vault.decrypt(secret?.value ?? "")?.toString()).toBe('secret"2');
  expect(vault.decrypt(key?.value ?? "")?.toString()).toBe("key");
  expect(result).toBe(
    [before, JSON.stringify(secret?.value), between, JSON.stringify(key?.value), after].join(""),
  );
  expect(holdsTheSame(text, result, vault)).toBe(true);
});

test("every JSON object comes back with the same content, encrypted once", () => {
  const key = fc.stringMatching(/^[!-~]{1,40}$/);
  const content = fc.record(
    {
      api_key: key,
      other: fc.jsonValue(),
      api_secret: key,
      more: fc.dictionary(fc.string(), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(content, fc.constantFrom(0, 2, "\t"), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const result = encrypted(text);
      const opened = JSON.parse(result);
      for (const name of ["api_key", "api_secret"] as const) {
        if (stateOf({ value: opened[name] ?? "" }, vault) === "encrypted")
          opened[name] = vault.decrypt(opened[name])?.toString();
      }
      expect(opened).toEqual(JSON.parse(text));
      expect(encrypted(result)).toBe(result);
    }),
  );
});

describe("a value", () => {
  const token = new Vault(older).encrypt("secret");
  test.each([
    ["secret", "plain"],
    [vault.encrypt("secret"), "encrypted"],
    [token, "older"],
    [`${token.slice(0, 40)}${token[40] === "x" ? "y" : "x"}${token.slice(41)}`, "unreadable"],
    [token.slice(0, -4), "unreadable"],
    [new Vault(FernetKey.generate()).encrypt("secret"), "unreadable"],
    ["your_api_key", "none"],
    ["two words", "none"],
    ["", "none"],
  ])("%s is %s", (value, state) => {
    expect(stateOf({ value }, vault)).toBe(state);
  });

  test("of another type is left to the form's check", () => {
    expect(secretsIn('{"api_key": 5, "api_secret": null}')).toEqual([]);
  });
});

test.each(["", "[]", "null", '"api_key"', '{"api_key": "a"', "{api_key: 'a'}"])(
  "%j is no account file",
  (text) => {
    expect(secretsIn(text)).toBeNull();
  },
);

test("a text with another secret, or another character elsewhere, does not hold the same", () => {
  const text = '{"api_key": "a", "nickname": "x"}';
  for (const other of ['{"api_key": "b", "nickname": "x"}', '{"api_key": "a", "nickname": "y"}', "{}", ""])
    expect(holdsTheSame(text, other === "" ? "" : encrypted(other), vault)).toBe(false);
});
