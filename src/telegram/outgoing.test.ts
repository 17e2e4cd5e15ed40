/** The queue to Telegram keeps the platform's limits, loses nothing, and floods nobody. */
import { expect, test } from "vitest";
import { TestClock } from "../../test/telegram/world/test-clock.ts";
import { type Message, Outgoing, type Sent } from "./outgoing.ts";

interface Call {
  readonly chat: string;
  readonly name: string;
  readonly atMs: number;
}

function world(
  answer: (call: Call, tries: number) => Sent<string> = ({ name }) => ({ kind: "done", answer: name }),
) {
  const clock = new TestClock();
  const queue = new Outgoing({
    nowMs: () => clock.elapsedMs(),
    setTimer: (delayMs, action) => void clock.setTimer(delayMs, action),
  });
  const calls: Call[] = [];
  const message = (chat: string, name: string, replaces?: string, isUpload = false): Message<string> => ({
    chat,
    isGroup: chat.startsWith("-"),
    isUpload,
    ...(replaces === undefined ? {} : { replaces }),
    send: async () => {
      const call = { chat, name, atMs: clock.elapsedMs() };
      calls.push(call);
      return answer(call, calls.filter((one) => one.name === name).length);
    },
  });
  /** What was asked for has begun before time goes by. */
  const pass = async (ms: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(ms);
  };
  return { pass, queue, calls, message };
}

const range = (count: number) => Array.from({ length: count }, (_, at) => String(at));
/** The most in any window of so long. */
const densest = (calls: readonly Call[], windowMs: number) =>
  Math.max(
    ...calls.map(({ atMs }) => calls.filter((one) => one.atMs >= atMs && one.atMs < atMs + windowMs).length),
  );

test("a chat gets one a second, in order", async () => {
  const { pass, queue, calls, message } = world();
  const all = range(10).map((name) => queue.send(message("1", name)));
  await pass(20_000);
  expect(await Promise.all(all)).toEqual(range(10));
  expect(calls.map(({ name }) => name)).toEqual(range(10));
  expect(densest(calls, 1_000)).toBe(1);
  expect(calls.at(-1)?.atMs).toBe(9_000);
});

test("all chats together get less than 30 a second, each its turn", async () => {
  const { pass, queue, calls, message } = world();
  const all = range(200).map((name) => queue.send(message(String(Number(name) % 100), name)));
  await pass(20_000);
  await Promise.all(all);
  expect(densest(calls, 1_000)).toBeLessThanOrEqual(30);
  expect(calls.at(-1)?.atMs).toBeLessThan(9_000);
});

test("a group gets 20 a minute", async () => {
  const { pass, queue, calls, message } = world();
  const all = range(45).map((name) => queue.send(message("-100", name)));
  await pass(180_000);
  await Promise.all(all);
  expect(densest(calls, 60_000)).toBe(20);
});

test("after a 429 nobody is sent anything for as long as it says, and nothing is lost", async () => {
  const { pass, queue, calls, message } = world(({ name }, tries) =>
    name === "b" && tries === 1 ? { kind: "later", afterMs: 30_000 } : { kind: "done", answer: name },
  );
  const all = [queue.send(message("1", "a")), queue.send(message("2", "b"))];
  await pass(10);
  all.push(queue.send(message("3", "c")));
  await pass(29_000);
  expect(calls.map(({ name }) => name)).toEqual(["a", "b"]);
  await pass(5_000);
  expect(await Promise.all(all)).toEqual(["a", "b", "c"]);
  expect(queue.waiting).toBe(0);
});

test("of edits of one message that wait only the last is sent, and all are answered", async () => {
  const { pass, queue, calls, message } = world();
  const all = range(5).map((name) => queue.send(message("1", name, "1 7")));
  await pass(5_000);
  expect(await Promise.all(all)).toEqual(["0", "4", "4", "4", "4"]);
  expect(calls.map(({ name }) => name)).toEqual(["0", "4"]);
});

test("what was lost on the way is tried again for ten minutes, and others do not wait for it", async () => {
  const cause = new Error("reset");
  const { pass, queue, calls, message } = world(({ name, atMs }) =>
    name === "gone" || (name === "held" && atMs < 300_000)
      ? { kind: "lost", cause }
      : { kind: "done", answer: name },
  );
  const held = queue.send(message("1", "held"));
  const gone = queue.send(message("2", "gone"));
  const refused = expect(gone).rejects.toBe(cause);
  await pass(10_000);
  const other = queue.send(message("3", "other"));
  const behind = queue.send(message("1", "behind"));
  await pass(2_000);
  expect(await other).toBe("other");
  await pass(330_000);
  expect([await held, await behind]).toEqual(["held", "behind"]);
  await pass(300_000);
  await refused;
  expect(calls.filter(({ name }) => name === "gone").length).toBeLessThan(30);
  expect(queue.waiting).toBe(0);
});

test("uploads go beside what is said in a chat, within the limits of both together", async () => {
  const cause = new Error("timed out");
  const { pass, queue, calls, message } = world(({ name, atMs }) =>
    name === "picture" && atMs < 200_000 ? { kind: "lost", cause } : { kind: "done", answer: name },
  );
  const picture = queue.send(message("-1", "picture", undefined, true));
  const document = queue.send(message("-1", "document", undefined, true));
  const said = range(30).map((name) => queue.send(message("-1", name)));
  await pass(8_000);
  expect(await Promise.all(said.slice(0, 5))).toEqual(range(5));
  await pass(300_000);
  expect(await Promise.all([picture, document, ...said])).toEqual(["picture", "document", ...range(30)]);
  expect(densest(calls, 1_000)).toBe(1);
  expect(densest(calls, 60_000)).toBe(20);
});

test("what is wrong with a message is told to its sender alone", async () => {
  const { pass, queue, message } = world(({ name }) => {
    if (name === "bad") throw new Error("wrong");
    return { kind: "done", answer: name };
  });
  const bad = expect(queue.send(message("1", "bad"))).rejects.toThrow("wrong");
  const good = queue.send(message("1", "good"));
  await pass(2_000);
  await bad;
  expect(await good).toBe("good");
});

test("there is a bound to what waits", async () => {
  const { queue, message } = world();
  const all = range(201).map((name) => queue.send(message("1", name)).catch((error: Error) => error.name));
  await expect(all.at(-1)).resolves.toBe("OutgoingError");
});
