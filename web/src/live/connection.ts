/**
 * What is known of the way to the engine: whether the stream or the polling brings news, and when something was last heard. The band
 * across the top and every age on the screen go by it.
 */
import { useSyncExternalStore } from "react";

export interface Connection {
  /** `stream`: news come by themselves. `polled`: they are asked for. `gone`: nothing answers. */
  readonly way: "connecting" | "stream" | "polled" | "gone";
  /** When anything was last heard from the server, on this device's clock; null before the first answer. */
  readonly heardAtMs: number | null;
  /** The server answers, and says that the engine does not. */
  readonly isEngineGone: boolean;
}

/** After so long without a word what is on the screen is old, whatever is being tried. */
const SILENT_MS = 15_000;

/** For how long nothing was heard; null while there is a connection. */
export function silenceOf({ way, heardAtMs }: Connection, nowMs: number): number | null {
  if (heardAtMs === null) return way === "gone" ? 0 : null;
  const silentMs = nowMs - heardAtMs;
  return way === "gone" || silentMs > SILENT_MS ? silentMs : null;
}

let connection: Connection = { way: "connecting", heardAtMs: null, isEngineGone: false };
const listeners = new Set<() => void>();

export function updateConnection(change: Partial<Connection>): void {
  connection = { ...connection, ...change };
  for (const listener of listeners) listener();
}

export function connectionNow(): Connection {
  return connection;
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, connectionNow);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
