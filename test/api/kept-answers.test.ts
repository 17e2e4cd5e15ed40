/** What is kept of answers: for each user so much, whatever others send; and what is being carried out always. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KeptAnswers } from "../../src/api/kept-answers.ts";

let folder = "";
const nowMs = 1_000_000;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "answers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, "answers.jsonl");
const open = () => new KeptAnswers(path(), () => nowMs);
const asked = (userId: number, key: string) => ({ userId, key, request: `POST /pause ${key}` });

/** Carried out anew, or answered from what is kept. */
async function isAnew(answers: KeptAnswers, userId: number, key: string): Promise<boolean> {
  let carriedOut = false;
  await answers.once(asked(userId, key), async () => {
    carriedOut = true;
    return { done: key };
  });
  return carriedOut;
}

test("one user's many keys push nobody else's out, and of his own the oldest; over a restart, too", async () => {
  let answers = open();
  await isAnew(answers, 1, "mine");
  for (let count = 0; count < 700; count += 1) await isAnew(answers, 2, `other-${count}`);
  expect(await isAnew(answers, 1, "mine")).toBe(false);
  answers = open();
  expect(await isAnew(answers, 1, "mine")).toBe(false);
  expect(await isAnew(answers, 2, "other-699")).toBe(false);
  expect(await isAnew(answers, 2, "other-0")).toBe(true);
});

test("what is being carried out stays, however many come meanwhile", async () => {
  const answers = open();
  const slow = Promise.withResolvers<object>();
  const first = answers.once(asked(2, "slow"), () => slow.promise);
  for (let count = 0; count < 700; count += 1) await isAnew(answers, 2, `other-${count}`);
  await expect(isAnew(answers, 2, "slow")).rejects.toMatchObject({ code: "key-in-use" });
  slow.resolve({ done: "slow" });
  expect(await first).toEqual({ done: "slow" });
  expect(await isAnew(answers, 2, "slow")).toBe(false);
});

test("a key that fails again and again does not let the file grow without end", async () => {
  const answers = open();
  const refused = () => Promise.reject(new Error("refused"));
  for (let count = 0; count < 1_500; count += 1)
    await answers.once(asked(1, "again"), refused).catch(() => undefined);
  expect(readFileSync(path(), "utf8").split("\n").length).toBeLessThan(1_500);
});
