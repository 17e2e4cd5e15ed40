/**
 * The real outside world, put together: system clock, pooled HTTP and WebSockets. What `main.ts` hands to a connector.
 */
import { availableParallelism } from "node:os";
import type { Outside } from "../transport.ts";
import { createHttpClient, type HttpClientOptions } from "./http-client.ts";
import { systemChance, systemClock } from "./system-clock.ts";
import { Wakefulness } from "./wakefulness.ts";
import { createSocketTransport, type RealSockets, type WebSocketOptions } from "./websocket.ts";

export interface RealOutside extends Outside {
  readonly sockets: RealSockets;
  /** More messages are expected soon; see wakefulness.ts. */
  readonly stayAwake: () => void;
  /** Ends pooled HTTP connections; sockets are closed by whoever opened them. */
  close(): void;
}

export interface RealOutsideOptions {
  readonly http?: Partial<HttpClientOptions>;
  readonly sockets?: Partial<WebSocketOptions>;
}

export function createRealOutside(options: RealOutsideOptions = {}): RealOutside {
  const http = createHttpClient(options.http);
  // A single processor has others' work to do.
  const wakefulness = availableParallelism() > 1 ? new Wakefulness() : null;
  return {
    clock: systemClock,
    chance: systemChance,
    http,
    sockets: createSocketTransport(options.sockets),
    stayAwake: wakefulness === null ? () => {} : () => wakefulness.stay(),
    close: () => http.close(),
  };
}
