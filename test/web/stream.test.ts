/** The stream's client: what it shows is what the server has, also after gaps, silence and lost connections. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { STREAM_CLOSES } from "../../src/api/contract.ts";
import { applyChanges } from "../../web/src/live/changes.ts";
import { silenceOf } from "../../web/src/live/connection.ts";
import { LiveStream, SILENCE_MS, type Socket } from "../../web/src/live/stream.ts";

class FakeSocket implements Socket {
  readonly sent: unknown[] = [];
  isClosed = false;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  tell(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let sockets: FakeSocket[] = [];
let shown: unknown[] = [];
let states: string[] = [];
let engines: string[] = [];

function start(): LiveStream {
  return new LiveStream({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    topics: ["status"],
    onTopic: (topic, document) => shown.push([topic, document]),
    onState: (state) => states.push(state),
    onHeard: () => undefined,
    onEngine: (state) => engines.push(state),
    chance: () => 1,
  });
}

function newest(): FakeSocket {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no connection was opened");
  return socket;
}

/** Opened, greeted, with a snapshot at `sequence`. */
function greet(sequence: number, document: unknown): void {
  newest().onopen?.();
  newest().tell({ type: "hello", id: "run-1" });
  newest().tell({ topic: "status", sequence, snapshot: document });
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  shown = [];
  states = [];
  engines = [];
});
afterEach(() => vi.useRealTimers());

describe("the stream's client", () => {
  it("shows the snapshot, then each change upon it", () => {
    start();
    greet(4, { a: 1, rows: [{ held: "0" }] });
    newest().tell({ topic: "status", sequence: 5, changes: [{ path: ["rows", 0, "held"], value: "0.5" }] });
    expect(newest().sent).toEqual([{ subscribe: ["status"] }]);
    expect(shown).toEqual([
      ["status", { a: 1, rows: [{ held: "0" }] }],
      ["status", { a: 1, rows: [{ held: "0.5" }] }],
    ]);
    expect(states).toEqual(["open"]);
  });

  it("asks for a page's own topic while that page is there, on a new connection, too", () => {
    const stream = start();
    stream.add("journal");
    greet(4, { a: 1 });
    expect(newest().sent).toEqual([{ subscribe: ["status", "journal"] }]);
    newest().tell({ topic: "journal", sequence: 1, snapshot: { entries: {} } });
    expect(shown.at(-1)).toEqual(["journal", { entries: {} }]);
    stream.remove("journal");
    newest().tell({ topic: "journal", sequence: 2, snapshot: { entries: { late: 1 } } });
    expect(shown.at(-1)).toEqual(["journal", { entries: {} }]);
    stream.add("journal");
    expect(newest().sent.slice(1)).toEqual([{ unsubscribe: ["journal"] }, { subscribe: ["journal"] }]);
  });

  it("takes nothing twice and nothing out of turn: after a gap it begins anew", () => {
    start();
    greet(4, { a: 1 });
    newest().tell({ topic: "status", sequence: 4, changes: [{ path: ["a"], value: 9 }] });
    expect(shown).toHaveLength(1);
    newest().tell({ topic: "status", sequence: 6, changes: [{ path: ["a"], value: 9 }] });
    expect(shown).toHaveLength(1);
    expect(states).toEqual(["open", "closed"]);
    vi.advanceTimersByTime(500);
    newest().onopen?.();
    expect(newest().sent).toEqual([{ subscribe: ["status"], resume: { id: "run-1", sequences: {} } }]);
  });

  it("resumes where it stopped, and waits longer after each failure", () => {
    const stream = start();
    greet(4, { a: 1 });
    newest().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(499);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    newest().onopen?.();
    expect(newest().sent).toEqual([
      { subscribe: ["status"], resume: { id: "run-1", sequences: { status: 4 } } },
    ]);
    newest().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(3);
    newest().onclose?.({ code: 1006 });
    stream.retryNow();
    expect(sockets).toHaveLength(4);
    vi.advanceTimersByTime(10_000);
    expect(sockets).toHaveLength(4);
  });

  it("leaves a connection that nobody closed and nobody speaks on", () => {
    start();
    greet(1, {});
    vi.advanceTimersByTime(SILENCE_MS - 1);
    newest().tell({ type: "heartbeat" });
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(states).toEqual(["open"]);
    vi.advanceTimersByTime(1);
    expect(newest().isClosed).toBe(true);
    expect(states).toEqual(["open", "closed"]);
  });

  it("does not knock again where it is refused, nor after its end", () => {
    const final = Object.values(STREAM_CLOSES).filter(({ mayRetry }) => !mayRetry);
    for (const { code } of final) {
      start();
      newest().onclose?.({ code });
    }
    expect(states).toEqual(final.map(() => "refused"));
    const stream = start();
    stream.end();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(final.length + 1);
    expect(newest().isClosed).toBe(true);
  });

  it("tells what the server says of the engine behind it", () => {
    start();
    newest().tell({ type: "hello", id: "run-1", engine: { state: "running", as_of: 5, detail: "" } });
    newest().tell({
      type: "heartbeat",
      at: 6,
      engine: { state: "gone", as_of: 5, detail: "it does not answer" },
    });
    expect(engines).toEqual(["running", "gone"]);
  });

  it("understands nothing that is no message", () => {
    start();
    newest().onmessage?.({ data: "{" });
    newest().onmessage?.({ data: new ArrayBuffer(2) });
    newest().tell(["no", "record"]);
    newest().tell({ topic: "status", sequence: 1, changes: [] });
    expect(shown).toEqual([]);
  });
});

describe("the connection", () => {
  const heardAtMs = 1_000_000;
  const known = { heardAtMs, isEngineGone: false };

  it("is gone once nothing answers, or after so long without a word, whatever is being tried", () => {
    expect(silenceOf({ ...known, way: "stream" }, heardAtMs + SILENCE_MS)).toBeNull();
    expect(silenceOf({ ...known, way: "polled" }, heardAtMs + SILENCE_MS + 1)).toBe(SILENCE_MS + 1);
    expect(silenceOf({ ...known, way: "gone" }, heardAtMs + 2_000)).toBe(2_000);
    expect(silenceOf({ ...known, way: "connecting", heardAtMs: null }, heardAtMs)).toBeNull();
    expect(silenceOf({ ...known, way: "gone", heardAtMs: null }, heardAtMs)).toBe(0);
  });
});

describe("changes of a document", () => {
  it("replace, add and remove, and leave the old document as it was", () => {
    const before = { a: { b: 1, c: 2 }, list: [1, 2, 3] };
    const after = applyChanges(before, [
      { path: ["a", "b"], value: 5 },
      { path: ["a", "c"] },
      { path: ["list", 1] },
      { path: ["new", "deep"], value: null },
    ]);
    expect(after).toEqual({ a: { b: 5 }, list: [1, 3], new: { deep: null } });
    expect(before).toEqual({ a: { b: 1, c: 2 }, list: [1, 2, 3] });
    expect(applyChanges(before, [{ path: [], value: 7 }])).toBe(7);
  });
});
