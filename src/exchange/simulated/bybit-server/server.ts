/**
 * The simulated exchange on a port of the loopback interface: REST, streams, order entry and (on request) the control
 * interface, all on one. A shell of sockets round protocol.ts.
 */
import { createServer, type Server, type Socket } from "node:net";
import { shippedInstruments } from "../instruments.ts";
import { instrumentOfBars, readBars } from "../recorded-bars.ts";
import type { InstrumentSettings, LiquiditySource, Venue, VenueLimits } from "../venue-types.ts";
import type { Behaviour } from "./behaviours.ts";
import { type Environment, SYSTEM_ENVIRONMENT } from "./environment.ts";
import { HttpConnection } from "./http-connection.ts";
import { BybitProtocol } from "./protocol.ts";
import type { WireTap } from "./wire-tap.ts";

/** `{ file }` names a CSV file of recorded bars; the first bar plays when the exchange starts. */
export type Market = "flat" | "moving" | { readonly file: string } | LiquiditySource;

export interface ExchangeOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Where prices and liquidity come from. Default flat: prices move only by control. */
  readonly market?: Market;
  /** Whether /control is served. Default false. */
  readonly control?: boolean;
  /** Default real. */
  readonly limits?: "off" | "real";
  readonly behaviour?: Behaviour;
  readonly venueLimits?: Partial<VenueLimits>;
  readonly environment?: Environment;
  /** Hears of every message, for measuring. */
  readonly tap?: WireTap;
}

export interface RunningExchange {
  /** `http://127.0.0.1:PORT` */
  readonly rest: string;
  /** `ws://127.0.0.1:PORT` */
  readonly stream: string;
  readonly port: number;
  readonly venue: Venue;
  readonly protocol: BybitProtocol;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const CONNECTIONS_MAX = 50_000;
const CLOSE_GRACE_MS = 500;

/**
 * Resolves when the exchange listens; rejects when the port is taken, or with a RangeError that names the file when
 * recorded bars cannot be read.
 */
export async function startExchange(options: ExchangeOptions = {}): Promise<RunningExchange> {
  const environment = options.environment ?? SYSTEM_ENVIRONMENT;
  const liquidity = liquidityOf(options.market ?? "flat", environment.nowMs());
  const protocol = new BybitProtocol({
    environment,
    seed: options.seed ?? 1,
    liquidity,
    instruments: instrumentsFor(liquidity),
    control: options.control ?? false,
    limits: options.limits ?? "real",
    ...(options.behaviour === undefined ? {} : { behaviour: options.behaviour }),
    ...(options.venueLimits === undefined ? {} : { venueLimits: options.venueLimits }),
  });
  const served = await serveProtocol(protocol, options);
  protocol.start();
  return served;
}

/**
 * An exchange whose clockwork somebody else starts; it answers as soon as this resolves. Rejects when the port is taken.
 */
export async function serveProtocol(
  protocol: BybitProtocol,
  { port: wanted, tap }: Pick<ExchangeOptions, "port" | "tap"> = {},
): Promise<RunningExchange> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    new HttpConnection(socket, protocol, tap);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, wanted ?? 0);
  return {
    rest: `http://${HOST}:${port}`,
    stream: `ws://${HOST}:${port}`,
    port,
    venue: protocol.state.venue,
    protocol,
    close: () => closeAll(server, sockets, protocol),
  };
}

function liquidityOf(market: Market, nowMs: number): LiquiditySource {
  if (typeof market === "string") return { kind: market };
  if ("kind" in market) return market;
  const series = readBars(market.file);
  const firstMs = Math.min(...series.map((one) => one.bars[0]?.openTimeMs ?? Number.POSITIVE_INFINITY));
  return { kind: "bars", series, offsetMs: nowMs - firstMs };
}

/** What is listed anyway, and what recorded bars tell of besides. */
function instrumentsFor(liquidity: LiquiditySource): readonly InstrumentSettings[] {
  const shipped = shippedInstruments();
  if (liquidity.kind !== "bars") return shipped;
  const listed = new Set(shipped.map(({ symbol }) => symbol));
  const unlisted = liquidity.series.filter(({ symbol, bars }) => !listed.has(symbol) && bars.length > 0);
  return [...shipped, ...unlisted.map(instrumentOfBars)];
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: HOST, backlog: 4096 }, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the server has no port"));
      else resolve(address.port);
    });
  });
}

/** Streams get their close frames; whatever is still open after the grace is cut. */
async function closeAll(
  server: Server,
  sockets: ReadonlySet<Socket>,
  protocol: BybitProtocol,
): Promise<void> {
  protocol.stop();
  // The close frames leave at the end of this turn; ending the sockets before would swallow them.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    for (const socket of sockets) socket.end();
  });
}
