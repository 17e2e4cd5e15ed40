/** What is signed, character by character. */
import { expect, test } from "vitest";
import { loginMessage, requestSignature } from "./signature.ts";

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
