/**
 * The real outside world, put together: system clock, pooled HTTP and WebSockets. What `main.ts` hands to a connector.
 */
import type { Outside } from "../transport.ts";
import { createHttpClient, type HttpClientOptions } from "./http-client.ts";
import { systemChance, systemClock } from "./system-clock.ts";
import { createSocketTransport, type RealSockets, type WebSocketOptions } from "./websocket.ts";

export interface RealOutside extends Outside {
  readonly sockets: RealSockets;
  /** Ends pooled HTTP connections; sockets are closed by whoever opened them. */
  close(): void;
}

export interface RealOutsideOptions {
  readonly http?: Partial<HttpClientOptions>;
  readonly sockets?: Partial<WebSocketOptions>;
}

export function createRealOutside(options: RealOutsideOptions = {}): RealOutside {
  const http = createHttpClient(options.http);
  return {
    clock: systemClock,
    chance: systemChance,
    http,
    sockets: createSocketTransport(options.sockets),
    close: () => http.close(),
  };
}
