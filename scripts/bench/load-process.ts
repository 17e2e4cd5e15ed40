/**
 * Presses a server with orders that were made beforehand, over several connections with many requests under way, and counts
 * the answers: cheaper than the server, so that the server is what is measured.
 */
import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { textFrame } from "../../src/exchange/net/websocket-frames.ts";
import { type Path, SECRET, SYMBOL } from "./parameters.ts";
import { serve } from "./remote.ts";

interface Load {
  readonly rest: string;
  readonly path: Path;
  readonly group: string;
  readonly connections: number;
  readonly orders: number;
}

const WINDOW = "600000";
/** Requests under way on one connection. */
const UNDER_WAY = 64;
const BATCH = 16;
const ACCEPTED = Buffer.from('"retCode":0');

const sign = (text: string): string => createHmac("sha256", SECRET).update(text).digest("hex");
let serial = 0;

function orderText(index: number): string {
  serial += 1;
  const link = `load-${process.pid}-${String(serial).padStart(16, "0")}`;
  const side = index % 2 === 0 ? "Buy" : "Sell";
  return (
    `{"category":"linear","symbol":"${SYMBOL}","side":"${side}","orderType":"Market","qty":"0.001","positionIdx":0,` +
    `"reduceOnly":false,"orderLinkId":"${link}"}`
  );
}

function request(path: Path, host: string, apiKey: string, index: number): Buffer {
  const stamp = String(Date.now());
  const body = orderText(index);
  if (path === "ws") {
    const header = `{"X-BAPI-TIMESTAMP":"${stamp}","X-BAPI-RECV-WINDOW":"${WINDOW}"}`;
    return textFrame(`{"reqId":"${serial}","header":${header},"op":"order.create","args":[${body}]}`);
  }
  const lines = [
    "POST /v5/order/create HTTP/1.1",
    `Host: ${host}`,
    "Content-Type: application/json",
    `X-BAPI-API-KEY: ${apiKey}`,
    `X-BAPI-TIMESTAMP: ${stamp}`,
    `X-BAPI-RECV-WINDOW: ${WINDOW}`,
    `X-BAPI-SIGN: ${sign(stamp + apiKey + WINDOW + body)}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/** Opens a connection; on the stream it is logged in. */
function open(load: Load, apiKey: string): Promise<Socket> {
  const url = new URL(load.rest);
  const socket = connect(Number(url.port), url.hostname);
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    if (load.path === "rest") {
      socket.once("connect", () => resolve(socket));
      return;
    }
    const key = randomBytes(16).toString("base64");
    socket.write(
      `GET /v5/trade HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.once("data", () => {
      const expires = Date.now() + 60_000;
      const login = { op: "auth", args: [apiKey, expires, sign(`GET/realtime${expires}`)] };
      socket.write(textFrame(JSON.stringify(login)));
      socket.once("data", () => resolve(socket));
    });
  });
}

/** Writes all requests, a bounded number ahead of the answers; resolves with the last answer. */
function press(socket: Socket, requests: readonly Buffer[]): Promise<void> {
  let written = 0;
  let answered = 0;
  let tail = Buffer.alloc(0);
  const batches = Array.from({ length: Math.ceil(requests.length / BATCH) }, (_, index) =>
    Buffer.concat(requests.slice(index * BATCH, (index + 1) * BATCH)),
  );
  return new Promise((resolve, reject) => {
    const write = () => {
      while (written < batches.length && written * BATCH - answered < UNDER_WAY) {
        const batch = batches[written];
        written += 1;
        if (batch !== undefined) socket.write(batch);
      }
    };
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the connection was closed")));
    socket.on("data", (chunk: Buffer) => {
      const bytes = Buffer.concat([tail, chunk]);
      let at = bytes.indexOf(ACCEPTED);
      let end = 0;
      for (; at >= 0; at = bytes.indexOf(ACCEPTED, end)) {
        answered += 1;
        end = at + ACCEPTED.length;
      }
      tail = Buffer.from(bytes.subarray(Math.max(end, bytes.length - ACCEPTED.length + 1)));
      if (answered >= requests.length) {
        socket.removeAllListeners("close");
        socket.destroy();
        resolve();
      } else write();
    });
    write();
  });
}

const functions = {
  /** Seconds from the first request to the last answer. */
  async run(load: Load): Promise<number> {
    const keys = Array.from({ length: load.connections }, (_, index) => `${load.group}${index}`);
    const sockets = await Promise.all(keys.map((key) => open(load, key)));
    const each = Math.floor(load.orders / load.connections);
    const host = new URL(load.rest).host;
    const made = keys.map((key) =>
      Array.from({ length: each }, (_, index) => request(load.path, host, key, index)),
    );
    const startNs = process.hrtime.bigint();
    await Promise.all(sockets.map((socket, index) => press(socket, made[index] ?? [])));
    return Number(process.hrtime.bigint() - startNs) / 1e9;
  },
};

export type LoadFunctions = typeof functions;
serve(functions);
