/**
 * The outside world that a connector may use: clock, timers, chance, HTTP and WebSockets, all injected and all by
 * callback, so that a connector can be run against real sockets or, message for message, under a virtual clock.
 * After a simulated death no callback comes back.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** UTC milliseconds. */
  nowMs(): number;
  /** Milliseconds since some moment, which pass evenly whoever sets the machine's clock: for what a venue counts within a while. */
  elapsedMs(): number;
  setTimer(delayMs: number, action: () => void): Timer;
}

/** Uniform in [0, 1). */
export type Chance = () => number;

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Origin, path and query exactly as signed. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export type HttpOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Lower-case names. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** `mayHaveArrived` is false only when the request certainly never left (connection refused, name unknown). */
  | { readonly kind: "failed"; readonly mayHaveArrived: boolean; readonly cause: string };

export interface HttpTransport {
  /** Calls `done` exactly once, never before `send` returned. */
  send(request: HttpRequest, done: (outcome: HttpOutcome) => void): void;
}

export interface SocketListener {
  opened(): void;
  /** One whole text message. */
  received(text: string): void;
  /** The last call; also when opening failed. */
  closed(cause: string): void;
}

export interface Socket {
  /** Writes one text message at once; false when the socket is not open (nothing was sent). */
  send(text: string): boolean;
  /** Closes; `closed` follows. */
  close(): void;
}

export interface SocketTransport {
  open(url: string, listener: SocketListener): Socket;
}

export interface Outside {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly http: HttpTransport;
  readonly sockets: SocketTransport;
}
