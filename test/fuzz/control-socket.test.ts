/**
 * The control socket as a stranger's program may speak to it, over a real Unix socket: bytes cut anywhere, lines that are too long,
 * requests that are almost right, and a facade whose own failures hold secrets. Every line is answered once or the connection
 * ends with the reason; nothing crashes, hangs or shows a secret, and the next client is served.
 */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import type { Control } from "../../src/control/control.ts";
import { parseAnswer, REQUEST_BYTES_MAX, type WireAnswer } from "../../src/control/protocol.ts";
import { type ControlServer, serveControl, startControl } from "../../src/control/server.ts";
import { controlSocketPath } from "../../src/control/socket-path.ts";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { Engine } from "../../src/engine/engine.ts";
import { recover } from "../../src/engine/recovery.ts";
import { type FileJournal, openJournalFolder } from "../../src/journal/file.ts";
import { type Log, silentLog } from "../../src/log.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { type StoreWriter, startStoreWriter } from "../../src/store/writer.ts";
import { loaded, pair } from "../configuration/folder.ts";
import { playInto, settings } from "../journal-fixture.ts";
import { damagedText, hostileBytes, runs } from "./hostile.ts";

const SECRET = "s3cr3t-of-a-venue-that-nobody-may-see";
/** Held for as long as this file runs: what holds secrets masks them. */
const held = new Credentials("key", SECRET);
const LAST_ID = 424_242;
const WAIT_MS = 5_000;
/** As many requests of one connection may wait for their answers. */
const WAITING_MAX = 16;

const wire = (request: unknown, id = 7) => ({ version: 1, id, request });
const last = `${JSON.stringify(wire({ kind: "proposals" }, LAST_ID))}\n`;

/** What the server said to these bytes and a sound question after them, and who ended it. */
function conversation(
  path: string,
  chunks: readonly Buffer[],
): Promise<{ readonly lines: readonly string[]; readonly ended: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let text = "";
    const finish = (ended: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ lines: text.split("\n").filter((line) => line !== ""), ended });
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer within ${WAIT_MS} ms; so far: ${text.slice(0, 500)}`));
    }, WAIT_MS);
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
      if (text.includes(`"id":${LAST_ID}`) && text.endsWith("\n")) finish(false);
    });
    socket.on("close", () => finish(true));
    // Writing to what the other side has ended.
    socket.on("error", () => {});
    for (const chunk of chunks) socket.write(chunk);
    socket.write(`\n${last}`);
  });
}

function answersIn(lines: readonly string[]): readonly WireAnswer[] {
  return lines.map(parseAnswer);
}

/** A log that keeps what failed in a way that nobody foresaw. */
function watchingLog(): { readonly log: Log; readonly failures: unknown[] } {
  const failures: unknown[] = [];
  const log: Log = { ...silentLog, error: (...told) => failures.push(told) };
  return { log, failures };
}

describe("a running engine's control socket", () => {
  const { log, failures } = watchingLog();
  let dataDir: string;
  let journal: FileJournal;
  let engine: Engine;
  let writer: StoreWriter;
  let server: ControlServer;
  let path: string;

  beforeAll(async () => {
    dataDir = realpathSync(mkdtempSync(join(tmpdir(), "control-fuzz-")));
    journal = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 }).journal;
    playInto(journal, [{ kind: "trade", symbol: 0, side: "buy", quantity: 10 }, { kind: "settle" }]);
    const { state } = recover(journal);
    engine = new Engine({
      state,
      journal,
      clock: new VirtualClock(state.nowMs),
      chance: () => 0.5,
      connections: new Map(),
      feeds: new Map(),
      observer: {},
    });
    engine.start(settings, []);
    writer = startStoreWriter({ dataDir });
    server = startControl({ dataDir, engine, configuration: loaded(pair), log, store: writer });
    expect(await server.ready).toBe(true);
    path = controlSocketPath(dataDir);
  });

  afterAll(async () => {
    await server.close();
    engine.stop();
    await writer.close();
    journal.close();
    rmSync(dataDir, { recursive: true });
  });

  const commands = [
    { kind: "pause", follower: "first" },
    { kind: "resume" },
    { kind: "close", follower: "first", symbol: "BTCUSDT" },
    { kind: "copy", leader: "leader", follower: "follower", values: { copy_multiplier: 0.5 } },
    { kind: "uncopy", leader: "lead", follower: "first", stopMode: "leave" },
    { kind: "release", follower: "first", leader: "lead", symbol: "BTCUSDT" },
    { kind: "panic", follower: "second" },
    { kind: "approve", proposal: 1, target: "0.1" },
    { kind: "decline", proposal: 1 },
  ];
  const questions = [
    ...[{ kind: "status" }, { kind: "parity" }, { kind: "allocations" }, { kind: "proposals" }],
    ...[{ kind: "explain", follower: "first", symbol: "BTCUSDT" }, { kind: "explain" }],
    ...[
      { kind: "preview", command: commands[2] },
      { kind: "preview", command: commands[6] },
    ],
    ...[
      { kind: "preview-close", follower: "first" },
      { kind: "limits", follower: "second" },
      { kind: "limits" },
    ],
    ...[
      { kind: "holdings", follower: "first", leader: "lead" },
      { kind: "capital", leader: "lead", follower: "first" },
    ],
    {
      kind: "journal",
      filter: { follower: "second", symbol: "BTCUSDT", reason: "paused", before: 10, limit: 5 },
    },
  ];

  it("answers every request that is almost right once, by its id, and fails in no way that nobody foresaw", async () => {
    const property = fc.asyncProperty(
      damagedText([...commands, ...questions].map((one) => wire(one))),
      async (request) => {
        const line = request.replaceAll("\n", " ");
        const { lines, ended } = await conversation(path, [Buffer.from(line)]);
        expect(ended).toBe(Buffer.byteLength(line) > REQUEST_BYTES_MAX);
        expectNoSecret(lines);
        for (const answer of answersIn(lines))
          if ("error" in answer) expect(answer.error.message.length).toBeLessThan(2_000);
        // A line of nothing at all is a request that is none, too.
        expect(answersIn(lines)).toHaveLength(ended ? 1 : 2);
        expect(failures).toEqual([]);
      },
    );
    await fc.assert(property, runs(400));
  }, 120_000);

  it("cuts bytes into requests wherever they are cut, and ends where none can be told", async () => {
    const sound = `${JSON.stringify(wire({ kind: "allocations" }))}\n`;
    const pieces = [
      sound,
      sound.slice(0, 20),
      "\n",
      "{}\n",
      sound.repeat(20),
      "x".repeat(REQUEST_BYTES_MAX + 1),
    ];
    const property = fc.asyncProperty(hostileBytes(pieces), async (chunks) => {
      const { lines, ended } = await conversation(path, chunks);
      expectNoSecret(lines);
      const answers = answersIn(lines);
      const parts = Buffer.concat(chunks).toString("latin1").split("\n");
      const asked = parts.length + 1;
      const longest = Math.max(...parts.map(({ length }) => length));
      if (longest > REQUEST_BYTES_MAX) expect(ended).toBe(true);
      else if (asked <= WAITING_MAX) expect(ended).toBe(false);
      if (ended) expect(answers.at(-1)).toMatchObject({ id: -1, error: { kind: "bad-request" } });
      else expect(answers).toHaveLength(asked);
      expect(answers.length).toBeLessThanOrEqual(asked);
      expect(failures).toEqual([]);
    });
    await fc.assert(property, runs(150));
    const { lines } = await conversation(path, []);
    expect(answersIn(lines).at(-1)).toMatchObject({ id: LAST_ID, answer: { proposals: [] } });
  }, 120_000);
});

describe("a facade that fails", () => {
  const odd: readonly unknown[] = [
    undefined,
    null,
    1n,
    Symbol("x"),
    () => SECRET,
    new Map([[SECRET, 1]]),
    circular(),
    held,
  ];
  const thrown: fc.Arbitrary<unknown> = fc.oneof(
    fc.string().map((words) => new Error(`${words} ${SECRET} ${words}`)),
    fc.constant(new Error("a cause", { cause: new Error(SECRET) })),
    fc.constant(new TypeError(JSON.stringify({ api_secret: SECRET }))),
    fc.constant(SECRET),
    fc.constantFrom(...odd),
  );

  it("is told as a failure, whatever it throws or answers, without a secret", async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "control-fuzz-")));
    const path = join(folder, "engine.sock");
    let next: () => unknown = () => null;
    const control: Control = {
      // Answers of no contract at all.
      ask: async (request) => (request.kind === "proposals" ? { proposals: [] } : next()) as never,
      close: async () => {},
    };
    const server = serveControl(control, path, silentLog);
    expect(await server.ready).toBe(true);
    const behaviour = fc.oneof(
      thrown.map((what) => () => {
        throw what;
      }),
      fc.constantFrom(...odd).map((what) => () => what),
    );
    const property = fc.asyncProperty(behaviour, async (acts) => {
      next = acts;
      const { lines, ended } = await conversation(path, [
        Buffer.from(JSON.stringify(wire({ kind: "status" }))),
      ]);
      expect(ended).toBe(false);
      expectNoSecret(lines);
      expect(answersIn(lines).map(({ id }) => id)).toEqual([7, LAST_ID]);
    });
    try {
      await fc.assert(property, runs(200));
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});

function expectNoSecret(lines: readonly string[]): void {
  const text = lines.join("\n");
  for (const secret of [SECRET, "leader-secret", "follower-secret"]) expect(text).not.toContain(secret);
}

function circular(): object {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
}
