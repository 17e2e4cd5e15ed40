/**
 * A Hyperliquid of our own on a port of the loopback interface: the read side of `/info` and `/ws` as the official documentation
 * describes it, over addresses whose trades a test writes. It shares nothing with the connector. Counts the weight of what
 * is asked, and can fall silent, hang up, forget and refuse.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { type Fill, Ledger } from "./ledger.ts";

type Json = Readonly<Record<string, unknown>>;

/** Coins of the venue's own market: decimals of sizes, and a price. */
export const COINS = {
  BTC: { szDecimals: 5, maxLeverage: 40, price: "60000" },
  ETH: { szDecimals: 4, maxLeverage: 25, price: "3000" },
  kPEPE: { szDecimals: 0, maxLeverage: 10, price: "0.012" },
  CASHCAT: { szDecimals: 0, maxLeverage: 3, price: "0.06" },
} as const;

export interface ServerOptions {
  /** Builders' markets and their coins. */
  readonly builders?: Readonly<Record<string, readonly string[]>>;
  /** Rows in an answer to `userFillsByTime`; the venue's 2,000 by default. */
  readonly pageRows?: number;
  /** Rows in an answer to `userFunding`; 500 by default, as they were seen. */
  readonly fundingRows?: number;
  /** Rows in an answer to `userNonFundingLedgerUpdates`; 500 by default. */
  readonly updateRows?: number;
  /** Newest fills that are kept; the venue's 10,000 by default. */
  readonly keptFills?: number;
  /** Addresses that are streamed to one internet address; the venue's 10 by default. */
  readonly usersMax?: number;
  /** Messages that a subscription of market data plays, by its type. */
  readonly recorded?: readonly Json[];
}

const WEIGHTS: Readonly<Record<string, number>> = {
  l2Book: 2,
  allMids: 2,
  clearinghouseState: 2,
  orderStatus: 2,
  spotClearinghouseState: 2,
  exchangeStatus: 2,
  userRole: 60,
};
const BY_ROWS = new Set(["userFills", "userFillsByTime", "userFunding", "userNonFundingLedgerUpdates"]);
const WS_SNAPSHOT_ROWS = 2_000;

export class HyperliquidServer {
  readonly ledgers = new Map<string, Ledger>();
  /** What was asked: type, weight and when. */
  readonly asked: { readonly type: string; readonly weight: number; readonly atMs: number }[] = [];
  /** Streams carry nothing although they stand. */
  isMute = false;
  /** Every question is refused for too many requests. */
  isRefusing = false;
  /** Every question fails. */
  isBroken = false;
  /** By how much its clock is ahead. */
  aheadMs = 0;
  roles = new Map<string, Json>();
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #subscribed = new Map<WebSocket, Set<string>>();

  constructor(options: ServerOptions = {}) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#sockets = new WebSocketServer({ noServer: true });
    this.#server.on("upgrade", (request, socket, head) => {
      if (request.url !== "/ws") return void socket.destroy();
      return this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#opened(opened));
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url(): string {
    const address = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  get wsUrl(): string {
    return `${this.url.replace("http", "ws")}/ws`;
  }

  nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  /** How many streams stand. */
  get connections(): number {
    return this.#subscribed.size;
  }

  ledger(address: string): Ledger {
    const lower = address.toLowerCase();
    const known = this.ledgers.get(lower) ?? new Ledger();
    this.ledgers.set(lower, known);
    return known;
  }

  /** Trades as one order in so many pieces, each a fill, and streams them. */
  trade(address: string, coin: string, side: "buy" | "sell", size: string, pieces = 1): readonly Fill[] {
    const price = coin in COINS ? COINS[coin as keyof typeof COINS].price : "100";
    const fills = this.ledger(address).trade({ coin, side, size, price, pieces, timeMs: this.nowMs() });
    this.stream(address, fills);
    return fills;
  }

  /** Tells the address's watchers of fills, whatever its ledger says. */
  stream(address: string, fills: readonly Fill[]): void {
    const lower = address.toLowerCase();
    if (this.isMute) return;
    for (const [socket, topics] of this.#subscribed)
      if (topics.has(lower)) say(socket, { channel: "userFills", data: { user: lower, fills } });
  }

  /** Cuts every stream. */
  hangUp(): void {
    for (const socket of this.#subscribed.keys()) socket.terminate();
  }

  /** The most weight that was asked in any minute. */
  weightInWorstMinute(): number {
    const sums = this.asked.map(({ atMs }) =>
      this.asked
        .filter((one) => one.atMs >= atMs && one.atMs < atMs + 60_000)
        .reduce((sum, { weight }) => sum + weight, 0),
    );
    return Math.max(0, ...sums);
  }

  async close(): Promise<void> {
    this.hangUp();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (this.isBroken) return void response.writeHead(502).end();
    if (this.isRefusing) return void response.writeHead(429).end();
    const answer = request.url === "/info" ? this.#info(parsed(Buffer.concat(chunks).toString())) : undefined;
    if (answer === undefined)
      return void response
        .writeHead(422, { "content-type": "text/plain" })
        .end("Failed to deserialize the JSON body");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  #info(body: Json): unknown {
    const type = String(body.type);
    const value = this.#valueOf(type, body);
    const rows = BY_ROWS.has(type) && Array.isArray(value) ? Math.ceil(value.length / 20) : 0;
    this.asked.push({ type, weight: (WEIGHTS[type] ?? 20) + rows, atMs: Date.now() });
    return value;
  }

  #valueOf(type: string, body: Json): unknown {
    const user = String(body.user ?? "");
    switch (type) {
      case "meta":
        return this.#meta(String(body.dex ?? ""));
      case "allPerpMetas":
        return ["", ...Object.keys(this.#options.builders ?? {})].map((dex) => this.#meta(dex));
      case "allMids":
        return Object.fromEntries(Object.entries(COINS).map(([coin, { price }]) => [coin, price]));
      case "exchangeStatus":
        return { time: this.nowMs(), specialStatuses: null };
      case "clearinghouseState":
        return this.ledger(user).state(String(body.dex ?? ""), this.nowMs());
      case "userRole":
        return this.roles.get(user.toLowerCase()) ?? { role: "user" };
      case "userFills":
        return this.ledger(user).newest(WS_SNAPSHOT_ROWS);
      case "userFillsByTime":
        return this.#fillsByTime(
          user,
          Number(body.startTime),
          Number(body.endTime ?? Number.POSITIVE_INFINITY),
        );
      case "userFunding":
        return this.ledger(user)
          .funding.filter(({ time }) => time >= Number(body.startTime))
          .slice(0, this.#options.fundingRows ?? 500);
      case "userNonFundingLedgerUpdates":
        return this.ledger(user)
          .updates.filter(({ time }) => time >= Number(body.startTime))
          .slice(0, this.#options.updateRows ?? 500);
      case "portfolio":
        return this.ledger(user).portfolio(this.nowMs());
      default:
        return undefined;
    }
  }

  #fillsByTime(user: string, startMs: number, endMs: number): readonly Fill[] {
    const { pageRows = 2_000, keptFills = 10_000 } = this.#options;
    const kept = this.ledger(user).fills.slice(-keptFills);
    return kept.filter(({ time }) => time >= startMs && time <= endMs).slice(0, pageRows);
  }

  #meta(dex: string): Json {
    const builders = this.#options.builders?.[dex] ?? [];
    const own = Object.entries(COINS).map(([name, { szDecimals, maxLeverage }]) => ({
      ...{ name, szDecimals, maxLeverage, marginTableId: maxLeverage },
    }));
    const theirs = builders.map((name) => ({
      name: `${dex}:${name}`,
      szDecimals: 1,
      maxLeverage: 10,
      marginTableId: 10,
    }));
    return { universe: dex === "" ? own : theirs, marginTables: [], collateralToken: 0 };
  }

  #opened(socket: WebSocket): void {
    this.#subscribed.set(socket, new Set());
    socket.send("Websocket connection established.");
    socket.on("message", (data) => this.#heard(socket, parsed(String(data))));
    socket.on("close", () => this.#subscribed.delete(socket));
  }

  #heard(socket: WebSocket, { method, subscription, id, request }: Json): void {
    if (method === "ping") return say(socket, { channel: "pong" });
    if (method === "post") return this.#post(socket, Number(id), request as Json);
    if (method === "subscribe") return this.#subscribe(socket, subscription as Json);
    if (method !== "unsubscribe") return say(socket, { channel: "error", data: "Invalid method" });
    this.#subscribed.get(socket)?.delete(String((subscription as Json).user).toLowerCase());
    say(socket, { channel: "subscriptionResponse", data: { method, subscription } });
  }

  #post(socket: WebSocket, id: number, request: Json): void {
    const payload = request.payload as Json;
    const response = { type: "info", payload: { type: payload.type, data: this.#info(payload) } };
    say(socket, { channel: "post", data: { id, response } });
  }

  #subscribe(socket: WebSocket, subscription: Json): void {
    const acknowledged = { channel: "subscriptionResponse", data: { method: "subscribe", subscription } };
    if (subscription.type !== "userFills") {
      say(socket, acknowledged);
      for (const message of this.#options.recorded ?? [])
        if (message.channel === subscription.type && coinOf(message) === subscription.coin)
          say(socket, message);
      return;
    }
    const user = String(subscription.user).toLowerCase();
    const users = new Set([...this.#subscribed.values()].flatMap((topics) => [...topics]));
    const { usersMax = 10 } = this.#options;
    if (!users.has(user) && users.size >= usersMax)
      return say(socket, { channel: "error", data: `Cannot track more than ${usersMax} total users.` });
    if (this.#subscribed.get(socket)?.has(user))
      return say(socket, { channel: "error", data: `Already subscribed: ${JSON.stringify(subscription)}` });
    this.#subscribed.get(socket)?.add(user);
    say(socket, acknowledged);
    const fills = this.ledger(user).newest(WS_SNAPSHOT_ROWS);
    say(socket, { channel: "userFills", data: { user, fills, isSnapshot: true } });
  }
}

function say(socket: WebSocket, message: Json): void {
  socket.send(JSON.stringify(message));
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Json) : {};
  } catch {
    // Answered like any other body that is not understood.
    return {};
  }
}

function coinOf({ data }: Json): unknown {
  const first: unknown = Array.isArray(data) ? data[0] : data;
  return typeof first === "object" && first !== null && "coin" in first ? first.coin : undefined;
}
