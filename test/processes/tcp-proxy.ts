/**
 * A wire between the copier and the exchange that can be cut: every TCP connection goes through it, REST and streams told apart
 * by their first bytes. It can refuse, break, go silent while everything seems open (both ways, or one), be slow, and break in
 * the middle of what is being said. It counts what gets
 * there, as the exchange does: requests, new streams, and refusals with HTTP 403.
 */
import { createServer, connect as netConnect, type Server, type Socket } from "node:net";

export type WireKind = "rest" | "private" | "trade" | "public";
export type Way = "to-exchange" | "to-copier";

export interface Weather {
  /** Connections end at once, and new ones too. */
  readonly cut?: boolean;
  /**
   * What is sent this way stays on the way while the connections stay open; as TCP sends again, it arrives when this ends, late,
   * unless the connections were broken before.
   */
  readonly hole?: readonly Way[];
  /** Each way, in order. */
  readonly delayMs?: number;
  /** The next answer or message of each connection breaks off half-way, and the connection with it. */
  readonly breakOff?: boolean;
  /** Whom it meets; everybody when left out. */
  readonly kinds?: readonly WireKind[];
}

const BOTH_WAYS = ["to-exchange", "to-copier"] as const;
export const BLACK_HOLE: Weather = { hole: BOTH_WAYS };

/** The exchange sees the copier under an address of its own, so that others do not use up its limits. */
const SEEN_AS = "127.0.0.2";

export class TcpProxy {
  /** When each stream and each request got to the exchange, on `performance.now()`. */
  readonly streamsAtMs: number[] = [];
  readonly requestsAtMs: number[] = [];
  /** Answers with HTTP 403. */
  refusals = 0;
  weather: Weather = {};
  readonly #server: Server;
  readonly #exchange: URL;
  readonly #wires = new Set<Wire>();

  private constructor(exchange: URL) {
    this.#exchange = exchange;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(exchange: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(exchange));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** What to write into an account's file. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy is not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  /** From now on; what stands open is met by it too. */
  set(weather: Weather): void {
    this.weather = weather;
    if (weather.cut === true) this.breakAll();
    for (const wire of [...this.#wires]) wire.letGo();
  }

  /** Every connection that the weather meets ends with a reset; new ones are as the weather is. */
  breakAll(): void {
    for (const wire of [...this.#wires]) if (this.meets(wire.kind)) wire.reset();
  }

  meets(kind: WireKind | null): boolean {
    const { kinds } = this.weather;
    return kinds === undefined || (kind !== null && kinds.includes(kind));
  }

  get open(): number {
    return this.#wires.size;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const wire of [...this.#wires]) wire.reset();
    await closed;
  }

  #accept(copier: Socket): void {
    const { hostname, port } = this.#exchange;
    const exchange = netConnect({ host: hostname, port: Number(port), localAddress: SEEN_AS });
    const wire = new Wire(this, copier, exchange, () => this.#wires.delete(wire));
    this.#wires.add(wire);
  }
}

/** One connection of the copier, and its other half. */
class Wire {
  kind: WireKind | null = null;
  readonly #proxy: TcpProxy;
  readonly #copier: Socket;
  readonly #exchange: Socket;
  readonly #ended: () => void;
  readonly #dueMs: Record<Way, number> = { "to-exchange": 0, "to-copier": 0 };
  readonly #held: Record<Way, Buffer[]> = { "to-exchange": [], "to-copier": [] };
  #isOver = false;

  constructor(proxy: TcpProxy, copier: Socket, exchange: Socket, ended: () => void) {
    this.#proxy = proxy;
    this.#copier = copier;
    this.#exchange = exchange;
    this.#ended = ended;
    for (const socket of [copier, exchange]) {
      socket.setNoDelay(true);
      socket.on("error", () => this.reset());
      socket.on("close", () => this.reset());
    }
    copier.on("data", (bytes) => this.#said("to-exchange", bytes));
    exchange.on("data", (bytes) => this.#said("to-copier", bytes));
  }

  reset(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#copier.resetAndDestroy();
    this.#exchange.resetAndDestroy();
    this.#ended();
  }

  /** What was held back goes on, where nothing holds it any more. */
  letGo(): void {
    const { hole } = this.#proxy.meets(this.kind) ? this.#proxy.weather : {};
    for (const way of BOTH_WAYS) {
      if (hole?.includes(way) === true) continue;
      for (const bytes of this.#held[way].splice(0)) this.#passOn(way, bytes, 0);
    }
  }

  #said(way: Way, bytes: Buffer): void {
    this.kind ??= kindOf(bytes);
    const { cut, hole, delayMs = 0, breakOff } = this.#proxy.meets(this.kind) ? this.#proxy.weather : {};
    if (cut === true) this.reset();
    else if (hole?.includes(way) === true) this.#held[way].push(bytes);
    else if (breakOff === true && way === "to-copier") this.#breakOff(bytes);
    else this.#passOn(way, bytes, delayMs);
  }

  #passOn(way: Way, bytes: Buffer, delayMs: number): void {
    const nowMs = performance.now();
    const dueMs = Math.max(nowMs + delayMs, this.#dueMs[way]);
    if (dueMs <= nowMs) {
      this.#write(way, bytes);
      return;
    }
    this.#dueMs[way] = dueMs;
    setTimeout(() => this.#isOver || this.#write(way, bytes), dueMs - nowMs);
  }

  #write(way: Way, bytes: Buffer): void {
    this.#count(way, bytes);
    const socket = way === "to-exchange" ? this.#exchange : this.#copier;
    socket.write(bytes);
  }

  #breakOff(bytes: Buffer): void {
    const half = bytes.subarray(0, bytes.length >> 1);
    this.#copier.write(half, () => this.reset());
  }

  #count(way: Way, bytes: Buffer): void {
    if (way === "to-exchange") {
      const requests = occurrences(bytes, " HTTP/1.1\r\n");
      const times = this.kind === "rest" ? this.#proxy.requestsAtMs : this.#proxy.streamsAtMs;
      for (let count = 0; count < requests; count += 1) times.push(performance.now());
    } else this.#proxy.refusals += occurrences(bytes, "HTTP/1.1 403");
  }
}

/** The most of `timesMs`, which rise, that lie within any `windowMs`. */
export function mostWithin(timesMs: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  for (const [at, timeMs] of timesMs.entries()) {
    while (timeMs - (timesMs[first] ?? timeMs) >= windowMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

function kindOf(bytes: Buffer): WireKind {
  const path = bytes.toString("latin1", 0, 200).split(" ")[1] ?? "";
  if (path.startsWith("/v5/private")) return "private";
  if (path.startsWith("/v5/trade")) return "trade";
  return path.startsWith("/v5/public") ? "public" : "rest";
}

function occurrences(bytes: Buffer, text: string): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) count += 1;
  return count;
}
