/** The WebSocket client against the `ws` server, and against a raw server that misbehaves on purpose. */
import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Socket as NetSocket, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { Socket, SocketListener } from "../transport.ts";
import { createSocketTransport, type WebSocketOptions } from "./websocket.ts";

/** Records what a connection reports, and lets a test await it. */
class Recorder implements SocketListener {
  readonly messages: string[] = [];
  readonly log: string[] = [];
  cause: string | null = null;
  #waiting: { readonly ready: () => boolean; readonly go: () => void }[] = [];

  opened(): void {
    this.log.push("opened");
    this.#check();
  }

  received(text: string): void {
    this.messages.push(text);
    this.#check();
  }

  closed(cause: string): void {
    this.log.push("closed");
    this.cause = cause;
    this.#check();
  }

  until(ready: () => boolean): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ ready, go });
      this.#check();
    });
  }

  #check(): void {
    const due = this.#waiting.filter((one) => one.ready());
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const one of due) one.go();
  }
}

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function wsServer(onConnection: (peer: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  cleanUps.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on("connection", onConnection);
  await new Promise((resolve) => server.once("listening", resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/path?max_active_time=60s`;
}

async function rawServer(onConnection: (peer: NetSocket) => void): Promise<string> {
  const server: Server = createServer(onConnection);
  cleanUps.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A raw server that shakes hands properly and then sends `bytes`, cut into pieces of `piece` bytes. */
function sendingServer(bytes: Buffer, piece = bytes.length): Promise<string> {
  return rawServer((peer) => {
    peer.on("error", () => {});
    peer.once("data", (request) => {
      peer.write(handshakeAnswer(request.toString("latin1")));
      for (let at = 0; at < bytes.length; at += piece) peer.write(bytes.subarray(at, at + piece));
    });
  });
}

function handshakeAnswer(request: string): string {
  const key = /sec-websocket-key: (.+)\r/i.exec(request)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function open(url: string, options: Partial<WebSocketOptions> = {}): { socket: Socket; seen: Recorder } {
  const seen = new Recorder();
  const socket = createSocketTransport(options).open(url, seen);
  cleanUps.push(() => socket.close());
  return { socket, seen };
}

/** An unmasked server frame. */
function frame(first: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  if (body.length < 126) return Buffer.concat([Buffer.from([first, body.length]), body]);
  const head = Buffer.from([first, 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, body]);
}

describe("with a ws server", () => {
  test.each([0, 1, 3, 125, 126, 127, 65_535, 65_536, 1_000_003])("echoes %i characters", async (size) => {
    const text = "é"[0]?.repeat(1).concat("x".repeat(size)) ?? "";
    const url = await wsServer((peer) => peer.on("message", (data) => peer.send(data.toString())));
    const { socket, seen } = open(url);
    await seen.until(() => seen.log.includes("opened"));
    expect(socket.send(text)).toBe(true);
    await seen.until(() => seen.messages.length === 1);
    expect(seen.messages[0]).toBe(text);
  });

  test("keeps order over many messages", async () => {
    const url = await wsServer((peer) => peer.on("message", (data) => peer.send(data.toString())));
    const { socket, seen } = open(url);
    await seen.until(() => seen.log.includes("opened"));
    const sent = Array.from({ length: 500 }, (_, index) => `message ${index}`);
    for (const text of sent) socket.send(text);
    await seen.until(() => seen.messages.length === sent.length);
    expect(seen.messages).toEqual(sent);
  });

  test("answers pings and asks for the path and query as given", async () => {
    const pong = Promise.withResolvers<string>();
    const url = await wsServer((peer) => {
      peer.on("pong", (data) => pong.resolve(data.toString()));
      peer.ping("are you there");
    });
    open(url);
    expect(await pong.promise).toBe("are you there");
  });

  test("close by us: one closed, nothing sent afterwards", async () => {
    const code = Promise.withResolvers<number>();
    const url = await wsServer((peer) => peer.on("close", (value) => code.resolve(value)));
    const { socket, seen } = open(url);
    await seen.until(() => seen.log.includes("opened"));
    socket.close();
    expect(socket.send("late")).toBe(false);
    await seen.until(() => seen.cause !== null);
    expect(seen.log).toEqual(["opened", "closed"]);
    expect(seen.cause).toBe("closed by us");
    expect(await code.promise).toBe(1000);
  });

  test("close by the peer names code and reason", async () => {
    const url = await wsServer((peer) => peer.close(4001, "maintenance"));
    const { seen } = open(url);
    await seen.until(() => seen.cause !== null);
    expect(seen.cause).toBe("the peer closed with code 4001: maintenance");
  });

  test("a broken connection is closed once", async () => {
    const url = await wsServer((peer) => peer.terminate());
    const { socket, seen } = open(url);
    await seen.until(() => seen.cause !== null);
    expect(seen.log.filter((line) => line === "closed")).toHaveLength(1);
    expect(socket.send("x")).toBe(false);
  });
});

describe("sent together", () => {
  test("messages of several connections leave at the end of the action, in order and also when it throws", async () => {
    const heard: string[] = [];
    const url = await wsServer((peer) => peer.on("message", (data) => heard.push(String(data))));
    const transport = createSocketTransport();
    const [one, other] = [new Recorder(), new Recorder()];
    const sockets = [transport.open(url, one), transport.open(url, other)];
    cleanUps.push(...sockets.map((socket) => () => socket.close()));
    await Promise.all([one, other].map((each) => each.until(() => each.log.includes("opened"))));
    expect(() =>
      transport.together(() => {
        transport.together(() => expect(sockets.map((socket) => socket.send("first"))).toEqual([true, true]));
        sockets[0]?.send("second");
        throw new Error("half-way");
      }),
    ).toThrow("half-way");
    sockets[0]?.send("third");
    while (heard.length < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(heard.filter((text) => text !== "first")).toEqual(["second", "third"]);
  });
});

describe("what a server may do to us", () => {
  const text = 0x81;
  const split = Buffer.concat([
    frame(0x01, "one "),
    frame(0x89, "ping between"),
    frame(0x00, "two "),
    frame(0x80, "three"),
    frame(text, "after"),
  ]);

  test.each([1, 2, 3, 7, split.length])(
    "fragments and split frames, in pieces of %i bytes",
    async (piece) => {
      const { seen } = open(await sendingServer(split, piece));
      await seen.until(() => seen.messages.length === 2);
      expect(seen.messages).toEqual(["one two three", "after"]);
    },
  );

  test.each<[string, Buffer, string]>([
    ["a masked frame", Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]), "a server frame is masked"],
    ["reserved bits", frame(0xc1, "x"), "reserved bits are set"],
    ["a binary message", frame(0x82, "x"), "a binary message arrived"],
    ["text that is not UTF-8", frame(text, Buffer.from([0xff, 0xfe])), "a text message is not UTF-8"],
    ["a continuation of nothing", frame(0x80, "x"), "opcode 0 is out of place"],
    [
      "text inside a message",
      Buffer.concat([frame(0x01, "a"), frame(text, "b")]),
      "opcode 1 is out of place",
    ],
    ["an unknown control frame", frame(0x8b, ""), "unknown opcode 11"],
    ["a fragmented ping", frame(0x09, ""), "a control frame is fragmented or too long"],
    ["a close of one byte", frame(0x88, "x"), "a close frame is malformed"],
    ["a message past the limit", frame(text, "x".repeat(2000)), "a message is larger than 1000 bytes"],
  ])("%s fails the connection", async (_name, bytes, cause) => {
    const { seen } = open(await sendingServer(bytes), { messageBytesMax: 1000 });
    await seen.until(() => seen.cause !== null);
    expect(seen).toMatchObject({ cause, messages: [] });
  });

  test("fragments together past the limit fail the connection", async () => {
    const bytes = Buffer.concat([frame(0x01, "x".repeat(600)), frame(0x80, "x".repeat(600))]);
    const { seen } = open(await sendingServer(bytes), { messageBytesMax: 1000 });
    await seen.until(() => seen.cause !== null);
    expect(seen.cause).toBe("a message is larger than 1000 bytes");
  });

  test.each([
    ["HTTP/1.1 503 Unavailable\r\n\r\n", "the stream was refused with HTTP status 503"],
    [
      "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n",
      "the answer's accept key is wrong",
    ],
    ["HTTP/1.1 101 x\r\n\r\n", "the answer does not upgrade to WebSocket"],
    [`HTTP/1.1 101 ${"x".repeat(20_000)}`, "the handshake answer is too long"],
  ])("handshake answer %j", async (answer, cause) => {
    const url = await rawServer((peer) => {
      peer.on("error", () => {});
      peer.once("data", () => peer.write(answer));
    });
    const { seen } = open(url);
    await seen.until(() => seen.cause !== null);
    expect(seen).toMatchObject({ cause, log: ["closed"] });
  });

  test("a handshake that is never answered times out", async () => {
    const { seen } = open(await rawServer(() => {}), { openTimeoutMs: 50 });
    await seen.until(() => seen.cause !== null);
    expect(seen.cause).toBe("no answer in time");
  });

  test("a refused connection and a bad address are closed, not thrown", async () => {
    const refused = open("ws://127.0.0.1:1/");
    const bad = open("not a url");
    await refused.seen.until(() => refused.seen.cause !== null);
    await bad.seen.until(() => bad.seen.cause !== null);
    expect(refused.seen.cause).toContain("ECONNREFUSED");
    expect(bad.seen.cause).toBe("the address is not a ws or wss URL");
  });

  test("a peer that does not read is given up", async () => {
    const url = await rawServer((peer) => {
      peer.on("error", () => {});
      peer.once("data", (request) => {
        peer.write(handshakeAnswer(request.toString("latin1")));
        peer.pause();
      });
    });
    const { socket, seen } = open(url, { unsentBytesMax: 100_000 });
    await seen.until(() => seen.log.includes("opened"));
    const large = "x".repeat(1_000_000);
    for (let count = 0; count < 50 && socket.send(large); count++);
    await seen.until(() => seen.cause !== null);
    expect(seen.cause).toBe("the peer does not take what we send");
  });
});
