/** The terminal of `start`: warnings and criticals as they come. */
import type { Alert } from "./alert.ts";
import type { AlertChannel } from "./channel.ts";

export function terminalChannel(print: (alert: Alert) => void): AlertChannel {
  return {
    name: "terminal",
    family: "terminal",
    deliver(alert, done) {
      print(alert);
      queueMicrotask(() => done({ kind: "delivered", answer: "printed" }));
    },
  };
}
