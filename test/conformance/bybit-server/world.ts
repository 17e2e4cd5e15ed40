/**
 * The protocol in memory, for tests: an exchange under a virtual clock, spoken to without sockets, with a log of all it
 * said.
 */
import type { HttpRequest } from "../../../src/exchange/simulated/bybit-server/http-parser.ts";
import { BybitProtocol } from "../../../src/exchange/simulated/bybit-server/protocol.ts";
import type { LiquiditySource } from "../../../src/exchange/simulated/venue-types.ts";
import { asRecord, type Json, KEY, SECRET, sign } from "./clients.ts";

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A clock that moves only when told, with timers. */
class VirtualTime {
  nowMs = START_MS;
  readonly #timers: { atMs: number; order: number; action: (() => void) | undefined }[] = [];
  #order = 0;

  readonly environment = {
    nowMs: () => this.nowMs,
    schedule: (delayMs: number, action: () => void) => {
      this.#order += 1;
      const timer = {
        atMs: this.nowMs + Math.max(0, delayMs),
        order: this.#order,
        action: action as (() => void) | undefined,
      };
      this.#timers.push(timer);
      return () => {
        timer.action = undefined;
      };
    },
  };

  run(forMs: number): void {
    const endMs = this.nowMs + forMs;
    for (;;) {
      this.#timers.sort((left, right) => left.atMs - right.atMs || left.order - right.order);
      const next = this.#timers[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#timers.shift();
      this.nowMs = next.atMs;
      next.action?.();
    }
    this.nowMs = endMs;
  }
}

export interface WorldOptions {
  readonly startMs?: number;
  readonly limits?: "off" | "real";
  readonly liquidity?: LiquiditySource;
}

const MOVING: LiquiditySource = { kind: "moving" };

export class World {
  readonly time = new VirtualTime();
  readonly log: string[] = [];
  readonly protocol: BybitProtocol;

  constructor(seed: number, { startMs = START_MS, limits = "real", liquidity = MOVING }: WorldOptions = {}) {
    this.time.nowMs = startMs;
    const { environment } = this.time;
    this.protocol = new BybitProtocol({ environment, seed, liquidity, control: true, limits });
    this.protocol.start();
  }

  http(method: string, target: string, body?: Json, headers: Json = {}): Record<string, unknown> {
    let answer: Record<string, unknown> = {};
    const [path = "", query = ""] = target.split("?");
    const request: HttpRequest = {
      method,
      path,
      query,
      headers: new Map(
        Object.entries({ host: "127.0.0.1", ...headers }).map(([key, value]) => [key, String(value)]),
      ),
      body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
      keepAlive: true,
      upgrade: false,
    };
    this.protocol.handleHttp(request, "127.0.0.1", (outcome) => {
      this.log.push(JSON.stringify(outcome));
      if (outcome.kind === "answer") answer = asRecord(JSON.parse(outcome.answer.body));
    });
    return answer;
  }

  signed(target: string, body?: Json): Record<string, unknown> {
    const timestamp = String(this.time.nowMs);
    const payload = body === undefined ? (target.split("?")[1] ?? "") : JSON.stringify(body);
    return this.http(body === undefined ? "GET" : "POST", target, body, {
      "x-bapi-api-key": KEY,
      "x-bapi-timestamp": timestamp,
      "x-bapi-sign": sign(SECRET, timestamp + KEY + payload),
    });
  }

  socket(target: string) {
    const [path = "", query = ""] = target.split("?");
    const heard: Record<string, unknown>[] = [];
    const state = { closed: "" };
    const sink = {
      send: (text: string) => {
        this.log.push(text);
        heard.push(asRecord(JSON.parse(text)));
      },
      close: (code: number, reason: string) => {
        state.closed = `${code} ${reason}`;
      },
      terminate: () => {
        state.closed = "terminated";
      },
    };
    const opened = this.protocol.openSocket({ path, query, address: "127.0.0.1" }, sink);
    if (opened.kind !== "session") throw new Error("refused");
    const send = (message: Json): void => opened.session.receive(JSON.stringify(message));
    return { send, heard, state };
  }

  authenticate(send: (message: Json) => void): void {
    const expires = this.time.nowMs + 5000;
    send({ op: "auth", args: [KEY, expires, sign(SECRET, `GET/realtime${expires}`)] });
  }
}
