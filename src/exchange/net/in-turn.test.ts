/** Messages that wait their turn: order kept, the event loop never held up for long. */
import { expect, test } from "vitest";
import type { SocketListener, SocketTransport } from "../transport.ts";
import { inTurn } from "./in-turn.ts";

/** A transport whose sockets are played by the test. */
function played(): { readonly transport: SocketTransport; readonly listeners: SocketListener[] } {
  const listeners: SocketListener[] = [];
  const open: SocketTransport["open"] = (_url, listener) => {
    listeners.push(listener);
    return { send: () => true, close: () => {} };
  };
  return { transport: { open }, listeners };
}

function recording(log: string[], name: string, work: () => void = () => {}): SocketListener {
  return {
    opened: () => log.push(`${name} opened`),
    received: (text) => {
      work();
      log.push(`${name} ${text}`);
    },
    closed: (cause) => log.push(`${name} closed ${cause}`),
  };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("notices of all sockets keep their order and come later than they were made", async () => {
  const { transport, listeners } = played();
  const log: string[] = [];
  const polite = inTurn(transport);
  for (const name of ["a", "b"]) polite.open("ws://here", recording(log, name));
  const [a, b] = listeners;
  a?.opened();
  b?.opened();
  a?.received("1");
  b?.received("2");
  a?.closed("over");
  expect(log).toEqual([]);
  while (log.length < 5) await nextTurn();
  expect(log).toEqual(["a opened", "b opened", "a 1", "b 2", "a closed over"]);
});

test("slow listeners leave the event loop its turns", async () => {
  const { transport, listeners } = played();
  const log: string[] = [];
  const busy = () => {
    for (const untilMs = performance.now() + 1; performance.now() < untilMs; );
  };
  inTurn(transport, 2).open("ws://here", recording(log, "a", busy));
  for (let index = 0; index < 40; index += 1) listeners[0]?.received(String(index));
  let turns = 0;
  while (log.length < 40) {
    await nextTurn();
    turns += 1;
  }
  expect(turns).toBeGreaterThan(10);
  expect(log).toEqual(Array.from({ length: 40 }, (_, index) => `a ${index}`));
});
