/**
 * The floor: the least that any client in this language must do. On the leader's frame it writes one order for every
 * follower, all prepared beforehand: by order-entry WebSocket a masked frame, one `socket.write` each, or by REST a request
 * of undici's pool, signed with createHmac. It parses nothing and decides nothing. So that the exchange has the same work
 * with it as with the engine, its followers are logged in on private streams too, which are read and thrown away.
 */
import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { Pool } from "undici";
import { textFrame } from "../../src/exchange/net/websocket-frames.ts";
import { Meter, type Readings } from "./meter.ts";
import { FOLLOWER_QUANTITY, type Path, QUIET_MS, SECRET, SYMBOL, WINDOW_MS } from "./parameters.ts";
import { serve } from "./remote.ts";

interface FloorSetup {
  readonly rest: string;
  readonly path: Path;
  readonly leader: string;
  readonly group: string;
  readonly followers: number;
  /** Of undici's pool. */
  readonly connections: number;
}

let setup: FloorSetup | null = null;
let meter = new Meter(1);
let pool: Pool | null = null;
let orderSockets: Socket[] = [];
let frames: Buffer[] = [];
let bodies: string[] = [];
let armed = false;
/** Followers whose order has no answer yet. */
let waiting = new Set<number>();
let heardAtMs = 0;
let lastId = 0;

const sign = (text: string): string => createHmac("sha256", SECRET).update(text).digest("hex");

/** A client stream: handshake, log-in and, on the private path, its topics. Resolves once the exchange agreed. */
function openStream(path: string, apiKey: string, heard: () => void): Promise<Socket> {
  const url = new URL(setup?.rest ?? "");
  const socket = connect(Number(url.port), url.hostname);
  socket.setNoDelay(true);
  const handshake = [
    `GET ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
    "\r\n",
  ];
  const expires = Date.now() + 60_000;
  const login = JSON.stringify({ op: "auth", args: [apiKey, expires, sign(`GET/realtime${expires}`)] });
  const topics = ["execution", "position", "order", "wallet"];
  const steps = [
    login,
    ...(path === "/v5/private" ? [JSON.stringify({ op: "subscribe", args: topics })] : []),
  ];
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.write(handshake.join("\r\n"));
    socket.on("data", function next() {
      const step = steps.shift();
      if (step !== undefined) {
        socket.write(textFrame(step));
        return;
      }
      socket.off("data", next);
      socket.on("data", heard);
      resolve(socket);
    });
  });
}

function heard(): void {
  heardAtMs = performance.now();
}

function orderAnswered(index: number): void {
  heard();
  waiting.delete(index);
}

/** The leader's frame: everything goes out. */
function leaderHeard(): void {
  heardAtMs = performance.now();
  if (!armed) return;
  armed = false;
  meter.begin();
  if (setup?.path === "ws") writeAll();
  else sendAll();
}

function writeAll(): void {
  const count = frames.length;
  for (let index = 0; index < count; index += 1) {
    orderSockets[index]?.write(frames[index] as Buffer);
    if (index === count - 1) meter.allSent();
  }
}

function sendAll(): void {
  const group = setup?.group ?? "";
  for (const [index, body] of bodies.entries()) {
    const stamp = Date.now();
    const apiKey = setup?.followers === 1 ? group : `${group}${index}`;
    const headers = {
      "Content-Type": "application/json",
      "X-BAPI-API-KEY": apiKey,
      "X-BAPI-TIMESTAMP": String(stamp),
      "X-BAPI-RECV-WINDOW": String(WINDOW_MS),
      "X-BAPI-SIGN": sign(`${stamp}${apiKey}${WINDOW_MS}${body}`),
    };
    void pool
      ?.request({ path: "/v5/order/create", method: "POST", headers, body })
      .then(({ body: answer }) => answer.text())
      .then(() => orderAnswered(index));
    meter.sent();
  }
}

const functions = {
  async start(given: FloorSetup): Promise<void> {
    setup = given;
    meter = new Meter(given.followers);
    await openStream("/v5/private", given.leader, leaderHeard);
    if (given.path === "rest") {
      pool = new Pool(given.rest, { connections: given.connections, pipelining: 1 });
    }
    for (let index = 0; index < given.followers; index += 1) {
      const apiKey = given.followers === 1 ? given.group : `${given.group}${index}`;
      await openStream("/v5/private", apiKey, heard);
      if (given.path === "ws")
        orderSockets.push(await openStream("/v5/trade", apiKey, () => orderAnswered(index)));
    }
  },

  /** Builds the orders that the next leader's frame releases. */
  prepare({ side }: { side: "Buy" | "Sell" }): void {
    frames = [];
    bodies = [];
    const followers = setup?.followers ?? 0;
    for (let index = 0; index < followers; index += 1) {
      lastId += 1;
      const link = `floor-${setup?.path}-${String(lastId).padStart(12, "0")}-${process.pid}`;
      const body =
        `{"category":"linear","symbol":"${SYMBOL}","side":"${side}","orderType":"Market","qty":"${FOLLOWER_QUANTITY}",` +
        `"positionIdx":0,"reduceOnly":${side === "Sell"},"orderLinkId":"${link}"}`;
      bodies.push(body);
      frames.push(
        textFrame(
          `{"reqId":"${lastId}","header":{"X-BAPI-TIMESTAMP":"${Date.now()}","X-BAPI-RECV-WINDOW":"${WINDOW_MS}"},` +
            `"op":"order.create","args":[${body}]}`,
        ),
      );
    }
    waiting = new Set(bodies.keys());
    armed = true;
  },

  /** Resolves once nothing comes in any more. */
  async settle(_: null): Promise<void> {
    while (waiting.size > 0 || performance.now() - heardAtMs < QUIET_MS)
      await new Promise((resolve) => setTimeout(resolve, 1));
    meter.settled();
  },

  watch(_: null): void {
    meter.watch();
  },

  read(_: null): Readings {
    return meter.read();
  },

  close(_: null): void {
    for (const socket of orderSockets) socket.destroy();
    orderSockets = [];
  },
};

export type FloorFunctions = typeof functions;
serve(functions);
