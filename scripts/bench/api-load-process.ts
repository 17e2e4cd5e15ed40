/** Whoever looks at the dashboard, all at once: clients of the stream, and requests at an even rate whatever the answers take. */
import { Agent, get } from "node:http";
import WebSocket from "ws";
import { giveWay } from "../../src/api/give-way.ts";
import { serve } from "./remote.ts";
import { median, quantile, rounded } from "./statistics.ts";

export interface ApiLoad {
  readonly port: number;
  readonly token: string;
  readonly clients: number;
  readonly requestsPerSecond: number;
}

export interface ApiLoadReadings {
  readonly seconds: number;
  readonly clientsOpen: number;
  readonly messages: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Answers that were not 200, and requests without an answer. */
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const PATHS = ["status", "positions", "allocations", "followers", "limits"] as const;
const TOPICS = ["status", "positions", "copies", "parity", "health", "alerts", "jobs"];
const NICENESS_MAX = 19;
const TICK_MS = 10;
const SOCKETS = 64;

const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
let sockets: WebSocket[] = [];
let timer: NodeJS.Timeout | undefined;
let startedAtMs = 0;
let messages = 0;
let sent = 0;
let failures = 0;
let tookMs: number[] = [];

function request({ port, token }: ApiLoad): void {
  const path = PATHS[sent % PATHS.length] ?? "status";
  sent += 1;
  const beganAtMs = performance.now();
  const headers = { authorization: `Bearer ${token}` };
  get({ host: "127.0.0.1", port, path: `/api/v1/${path}`, agent, headers }, (response) => {
    response.resume();
    response.on("end", () => {
      tookMs.push(performance.now() - beganAtMs);
      if (response.statusCode !== 200) failures += 1;
    });
  }).on("error", () => {
    failures += 1;
  });
}

function listen({ port, token }: ApiLoad): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  socket.on("message", () => {
    messages += 1;
  });
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => {
      socket.send(JSON.stringify({ subscribe: TOPICS }));
      resolve(socket);
    });
  });
}

const functions = {
  /** Resolves once every client listens and requests are under way. */
  async begin(load: ApiLoad): Promise<void> {
    // They stand for other machines, whose processors are not the engine's.
    giveWay(process.pid, NICENESS_MAX);
    [messages, sent, failures, tookMs] = [0, 0, 0, []];
    sockets = await Promise.all(Array.from({ length: load.clients }, () => listen(load)));
    startedAtMs = performance.now();
    timer = setInterval(() => {
      const due = ((performance.now() - startedAtMs) * load.requestsPerSecond) / 1_000;
      while (sent < due) request(load);
    }, TICK_MS);
  },

  end(_: null): ApiLoadReadings {
    clearInterval(timer);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const clientsOpen = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
    for (const socket of sockets) socket.terminate();
    return {
      seconds: rounded(seconds),
      clientsOpen,
      messages,
      requests: tookMs.length,
      requestsPerSecond: rounded(tookMs.length / seconds),
      failures,
      p50Ms: rounded(median(tookMs)),
      p99Ms: rounded(quantile(tookMs, 0.99)),
    };
  },
};

export type ApiLoadFunctions = typeof functions;
serve(functions);
