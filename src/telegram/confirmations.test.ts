/** A yes counts for who asked, where it was asked, for a minute, and once. */
import { expect, test } from "vitest";
import { CONFIRM_WITHIN_MS, Confirmations } from "./confirmations.ts";

const PRESS = { telegramId: "1", chatId: 1, messageId: 7 };

function waiting() {
  let nowMs = 0;
  const confirmations = new Confirmations<string>(() => nowMs);
  const token = confirmations.token();
  confirmations.offer(token, PRESS, "close");
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { confirmations, token, pass };
}

test("by the one who asked, once", () => {
  const { confirmations, token } = waiting();
  expect(confirmations.take(token, PRESS)).toEqual({ kind: "offer", offer: "close" });
  expect(confirmations.take(token, PRESS)).toEqual({ kind: "gone" });
});

test("not by another, whose press takes nothing away", () => {
  const { confirmations, token } = waiting();
  expect(confirmations.take(token, { ...PRESS, telegramId: "2" })).toEqual({ kind: "not-yours" });
  expect(confirmations.take(token, PRESS)).toMatchObject({ kind: "offer" });
});

test.each([{ chatId: 2 }, { messageId: 8 }])("not from elsewhere: %j", (other) => {
  const { confirmations, token } = waiting();
  expect(confirmations.take(token, { ...PRESS, ...other })).toEqual({ kind: "gone" });
  expect(confirmations.take("another", PRESS)).toEqual({ kind: "gone" });
});

test("for a minute", () => {
  const { confirmations, token, pass } = waiting();
  pass(CONFIRM_WITHIN_MS);
  expect(confirmations.take(token, PRESS)).toMatchObject({ kind: "offer" });
  const late = waiting();
  late.pass(CONFIRM_WITHIN_MS + 1);
  expect(late.confirmations.take(late.token, PRESS)).toEqual({ kind: "gone" });
});

test("a user's twenty-first ends his oldest, and nobody else's", () => {
  const { confirmations, token } = waiting();
  const other = { ...PRESS, telegramId: "2" };
  for (let at = 0; at < 30; at += 1) confirmations.offer(`other${at}`, { ...other, messageId: at }, "x");
  expect(confirmations.take("other0", { ...other, messageId: 0 })).toEqual({ kind: "gone" });
  expect(confirmations.take("other29", { ...other, messageId: 29 })).toMatchObject({ kind: "offer" });
  expect(confirmations.take(token, PRESS)).toMatchObject({ kind: "offer" });
});
