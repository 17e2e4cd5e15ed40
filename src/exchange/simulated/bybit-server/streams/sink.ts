/**
 * Where a WebSocket session writes: a socket in production, a queue in a simulator.
 */

export interface Sink {
  send(text: string): void;
  /** Closes in good order. */
  close(code: number, reason: string): void;
  /** Breaks the connection without a word. */
  terminate(): void;
}
